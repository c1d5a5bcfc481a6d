import { cannotTake, type FunctionTable, taking } from './function-table.ts'
import { plainText } from './plain-text.ts'
import { sameValue } from './same-value.ts'
import { isMembers, type Members, memberName, setMember, unevaluated } from './value.ts'

const LENGTH_LIMIT = 10_000

/** The functions on arrays, and on texts or objects as on arrays (Learn: Array, Object functions for ARM templates). */
export const LIST_FUNCTIONS: FunctionTable = {
  array: taking(1, 1, (value) => (Array.isArray(value) ? value : [value])),
  concat: taking(1, 999, concatenated),
  contains: taking(2, 2, contains),
  createarray: taking(0, 9999, (...values) => values),
  createobject: taking(0, 9999, madeObject),
  empty: taking(1, 1, isEmpty),
  first: taking(1, 1, (list) => elementAt('first', list, 0)),
  last: taking(1, 1, (list) => elementAt('last', list, -1)),
  indexfromend: taking(2, 2, (list, index) => elementAt('indexFromEnd', list, typeof index === 'number' ? -index : 0)),
  tryindexfromend: taking(2, 2, (list, index) =>
    Array.isArray(list) && typeof index === 'number' ? (list.at(-index) ?? null) : null,
  ),
  indexof: taking(2, 2, (list, wanted) => positionOf('indexOf', list, wanted, false)),
  lastindexof: taking(2, 2, (list, wanted) => positionOf('lastIndexOf', list, wanted, true)),
  intersection: taking(1, 999, intersection),
  items: taking(1, 1, (value) =>
    isMembers(value)
      ? Object.keys(value)
          .sort()
          .map((key) => ({ key, value: value[key] }))
      : cannotTake('items', value),
  ),
  length: taking(1, 1, (value) => {
    if (typeof value === 'string' || Array.isArray(value)) return value.length
    return isMembers(value) ? Object.keys(value).length : cannotTake('length', value)
  }),
  objectkeys: taking(1, 1, (value) => (isMembers(value) ? Object.keys(value).sort() : cannotTake('objectKeys', value))),
  range: taking(2, 2, (start, count) =>
    typeof start === 'number' && typeof count === 'number' && count >= 0 && count <= LENGTH_LIMIT
      ? Array.from({ length: count }, (_, index) => start + index)
      : cannotTake('range', start, count),
  ),
  shallowmerge: taking(1, 1, (list) =>
    Array.isArray(list) && list.every(isMembers) ? merged(list, false) : cannotTake('shallowMerge', list),
  ),
  skip: taking(2, 2, (list, count) => partOf('skip', list, count, (many) => [many, undefined])),
  take: taking(2, 2, (list, count) => partOf('take', list, count, (many) => [0, many])),
  union: taking(1, 999, union),
}

function concatenated(...values: readonly unknown[]): unknown {
  if (values.some(Array.isArray)) return values.every(Array.isArray) ? values.flat(1) : cannotTake('concat', ...values)
  return values.some(isMembers) ? cannotTake('concat', ...values) : values.map(plainText).join('')
}

function contains(list: unknown, wanted: unknown): unknown {
  if (typeof list === 'string') return list.includes(plainText(wanted))
  if (Array.isArray(list)) return list.some((one) => sameValue(one, wanted))
  if (isMembers(list)) return memberName(list, plainText(wanted)) !== undefined
  return list === null ? false : cannotTake('contains', list, wanted)
}

function madeObject(...words: readonly unknown[]): unknown {
  const made: Record<string, unknown> = {}
  if (words.length % 2 === 1) return unevaluated('createObject() needs a value for every key')
  for (let at = 0; at < words.length; at += 2) setMember(made, plainText(words[at]), words[at + 1])
  return made
}

function isEmpty(value: unknown): unknown {
  if (value === null || value === undefined) return true
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0
  return isMembers(value) ? Object.keys(value).length === 0 : cannotTake('empty', value)
}

function elementAt(name: string, list: unknown, index: number): unknown {
  if (typeof list === 'string') return list.at(index) ?? ''
  if (!Array.isArray(list)) return cannotTake(name, list)
  const value: unknown = list.at(index)
  return value === undefined ? null : value
}

function positionOf(name: string, list: unknown, wanted: unknown, last: boolean): unknown {
  if (typeof list === 'string' && typeof wanted === 'string') {
    const text = list.toLowerCase()
    return last ? text.lastIndexOf(wanted.toLowerCase()) : text.indexOf(wanted.toLowerCase())
  }
  if (!Array.isArray(list)) return cannotTake(name, list, wanted)
  const same = (one: unknown) => sameValue(one, wanted)
  return last ? list.findLastIndex(same) : list.findIndex(same)
}

function intersection(...values: readonly unknown[]): unknown {
  const [head, ...others] = values
  if (Array.isArray(head) && others.every(Array.isArray)) {
    const lists = others as readonly (readonly unknown[])[]
    return head.filter((one) => lists.every((list) => list.some((other) => sameValue(one, other))))
  }
  if (!isMembers(head) || !others.every(isMembers)) return cannotTake('intersection', ...values)
  const kept = Object.entries(head).filter(([key, value]) =>
    others.every((other) => Object.hasOwn(other, key) && sameValue(other[key], value)),
  )
  return Object.fromEntries(kept)
}

function union(...values: readonly unknown[]): unknown {
  if (values.every(Array.isArray)) {
    const found: unknown[] = []
    for (const one of values.flat(1)) if (!found.some((other) => sameValue(one, other))) found.push(one)
    return found
  }
  return values.every(isMembers) ? merged(values, true) : cannotTake('union', ...values)
}

/** The last value of a key wins; with `deep`, objects under one key are merged in turn. */
function merged(objects: readonly Members[], deep: boolean): Members {
  const made: Record<string, unknown> = {}
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      const name = memberName(made, key) ?? key
      const before = Object.hasOwn(made, name) ? made[name] : undefined
      setMember(made, name, deep && isMembers(before) && isMembers(value) ? merged([before, value], true) : value)
    }
  }
  return made
}

function partOf(
  name: string,
  list: unknown,
  count: unknown,
  bounds: (many: number) => [number, number | undefined],
): unknown {
  if (typeof count !== 'number') return cannotTake(name, list, count)
  const [start, end] = bounds(Math.max(0, count))
  return typeof list === 'string' || Array.isArray(list) ? list.slice(start, end) : cannotTake(name, list, count)
}
