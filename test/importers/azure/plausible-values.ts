import { type Member, valueAt } from './consulted-members.ts'

/** A value an estate could have there, or none at all (`undefined`). */
export type Value = unknown

/** An expression of a template that could not be evaluated. */
export const EXPRESSION = "[parameters('x')]"

/** The values that members of each path have in some estates: what they could be elsewhere. */
export type Pool = ReadonlyMap<string, readonly Value[]>

/** A pool of what members are in estates. */
export function poolOf(estates: readonly { bodies: readonly Value[]; members: readonly Member[] }[]): Pool {
  const pool = new Map<string, Map<string, Value>>()
  for (const { bodies, members } of estates) {
    for (const { path, pointer } of members) {
      const value = valueAt(bodies, pointer)
      if (value === undefined || value === null) continue
      const known = pool.get(path) ?? new Map<string, Value>()
      known.set(JSON.stringify(value), value)
      pool.set(path, known)
    }
  }
  return new Map([...pool].map(([path, values]) => [path, [...values.values()]]))
}

const LIMIT = 5

/** What a member may well be: absent, as it stands, what others are, and with each element of a list left out. */
export function plausible(member: Member, value: Value, pool: Pool): readonly Value[] {
  if (member.accessor === 'flag') return [undefined, true, false]
  const pooled = isShared(member) ? (pool.get(member.path) ?? []) : []
  const others = pooled.filter((one) => JSON.stringify(one) !== JSON.stringify(value))
  const list = Array.isArray(value)
    ? value.slice(0, 3).map((_one, index) => value.filter((_other, at) => at !== index))
    : []
  const alike = others.filter((one) => member.accessor !== 'text' || isWord(one) === isWord(value ?? one))
  return [undefined, ...(value === undefined || value === null ? [] : [value]), ...list, ...alike.slice(0, LIMIT)]
}

/** Whether two bodies can have the same: no two have one address, and a part names the body that it is of. */
function isShared({ accessor, path }: Member): boolean {
  return accessor !== 'child' && accessor !== 'children' && !/ipaddress$/.test(path)
}

/** One word of an enumeration, rather than an address or an id. */
const isWord = (value: Value) => typeof value === 'string' && /^[A-Za-z*]+$/.test(value)

/** What nobody can read as such a member. */
export function unreadable(member: Member, value: Value): readonly Value[] {
  switch (member.accessor) {
    case 'flag':
      return [EXPRESSION, { $ref: 'x' }]
    case 'number':
      return [EXPRESSION, {}]
    case 'text':
      return isWord(value) || value === undefined || value === null ? [{ $ref: 'x' }, EXPRESSION] : [{ $ref: 'x' }]
    case 'child':
      return [EXPRESSION]
    case 'reference':
      return [7, {}]
    case 'children':
      return [EXPRESSION, ...eachReplaced(value, EXPRESSION)]
    case 'texts':
      return [{ $ref: 'x' }, ...eachReplaced(value, { $ref: 'x' })]
    case 'references':
      return [7, ...eachReplaced(value, {})]
  }
}

function eachReplaced(value: Value, by: Value): Value[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, 2).map((_one, index) => value.map((other, at) => (at === index ? by : other)))
}
