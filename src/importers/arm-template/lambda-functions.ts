import { cannotTake, type FunctionTable, taking } from './function-table.ts'
import { plainText } from './plain-text.ts'
import { isMembers, isUnevaluated, setMember, unevaluated } from './value.ts'

/** A lambda of an expression. */
export type Lambda = (...values: readonly unknown[]) => unknown

function isLambda(value: unknown): value is Lambda {
  return typeof value === 'function'
}

/** The functions that take lambdas (Learn: Lambda functions for ARM templates). */
export const LAMBDA_FUNCTIONS: FunctionTable = {
  map: taking(2, 2, (list, make) =>
    Array.isArray(list) && isLambda(make) ? list.map((one, index) => make(one, index)) : cannotTake('map', list, make),
  ),
  filter: taking(2, 2, filtered),
  reduce: taking(3, 3, (list, start, make) =>
    Array.isArray(list) && isLambda(make)
      ? list.reduce((made: unknown, one: unknown, index) => make(made, one, index), start)
      : cannotTake('reduce', list, make),
  ),
  sort: taking(2, 2, sorted),
  toobject: taking(2, 3, (list, key, value) => {
    if (!Array.isArray(list) || !isLambda(key)) return cannotTake('toObject', list, key)
    return gathered(list, key, (made, name, one) => setMember(made, name, isLambda(value) ? value(one) : one))
  }),
  groupby: taking(2, 2, (list, key) => {
    if (!Array.isArray(list) || !isLambda(key)) return cannotTake('groupBy', list, key)
    return gathered(list, key, (made, name, one) => {
      const group = Object.hasOwn(made, name) ? made[name] : undefined
      setMember(made, name, Array.isArray(group) ? [...group, one] : [one])
    })
  }),
  mapvalues: taking(2, 2, (object, make) => {
    if (!isMembers(object) || !isLambda(make)) return cannotTake('mapValues', object, make)
    const made: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(object)) setMember(made, name, make(value))
    return made
  }),
}

function filtered(list: unknown, keep: unknown): unknown {
  if (!Array.isArray(list) || !isLambda(keep)) return cannotTake('filter', list, keep)
  const kept: unknown[] = []
  for (const [index, one] of list.entries()) {
    const truth = keep(one, index)
    if (isUnevaluated(truth)) return truth
    if (typeof truth !== 'boolean') return unevaluated('filter() needs a boolean')
    if (truth) kept.push(one)
  }
  return kept
}

function sorted(list: unknown, before: unknown): unknown {
  if (!Array.isArray(list) || !isLambda(before)) return cannotTake('sort', list, before)
  let missing: unknown
  const made = list.toSorted((a: unknown, b: unknown) => {
    const truth = before(a, b)
    if (typeof truth !== 'boolean') missing ??= isUnevaluated(truth) ? truth : unevaluated('sort() needs a boolean')
    return truth === true ? -1 : before(b, a) === true ? 1 : 0
  })
  return missing ?? made
}

function gathered(
  list: readonly unknown[],
  key: Lambda,
  add: (made: Record<string, unknown>, name: string, one: unknown) => void,
): unknown {
  const made: Record<string, unknown> = {}
  for (const one of list) {
    const name = key(one)
    if (isUnevaluated(name)) return name
    add(made, plainText(name), one)
  }
  return made
}
