import type { Body, MisreadMember } from '../estate/body.ts'
import { choicesOf, isExpression } from '../estate/choices.ts'
import { typeOf } from '../estate/resource-id.ts'

/** More candidates than this of one reference are not tried. */
const CANDIDATES = 4

/** Two addresses nobody has (RFC 2544): what holds of both holds of an address that is not known. */
const ADDRESSES = ['198.19.254.1', '198.19.254.2']
/** Two words nobody uses. */
const WORDS = ['unreadable-1', 'unreadable-2']
/** Everything, and the ranges for which a subnet has routes of its own (Learn: Virtual network traffic routing, Default). */
const PREFIXES = ['0.0.0.0/0', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
const PORTS = ['1', '65535']

/** What a member that cannot be read may be; beside being absent. Of what is endless, such that what holds of these holds of any. */
export function possibleValues({ part, key, as }: MisreadMember, bodies: readonly Body[]): readonly unknown[] {
  const value = part.unnoticed().raw(key)
  switch (as) {
    case 'flag':
      return [true, false]
    case 'number':
      return PORTS.map(Number)
    case 'text':
      return choicesOf(key) ?? [...candidates(key, bodies), ...textsFor(key)]
    case 'texts':
      return textsFor(key).map((one) => mended(value, isText, one))
    case 'reference':
      return [...candidates(key, bodies), WORDS[0]].map((id) => ({ id }))
    case 'references':
      return [...candidates(key, bodies), WORDS[0]].map((id) => mended(value, isReference, { id }))
    case 'object':
    case 'objects':
      return listsFor(key, bodies)
  }
}

const isText = (one: unknown) => (typeof one === 'string' && !isExpression(one)) || typeof one === 'number'
const isReference = (one: unknown) =>
  (typeof one === 'string' && !isExpression(one)) ||
  (typeof one === 'object' && one !== null && typeof (one as { id?: unknown }).id === 'string')

/** A list with what cannot be read in it replaced. */
function mended(value: unknown, isRead: (one: unknown) => boolean, by: unknown): unknown {
  return Array.isArray(value) ? value.map((one) => (isRead(one) ? one : by)) : [by]
}

/** Lists of objects that are hardly more than an address or an id. */
function listsFor(key: string, bodies: readonly Body[]): readonly unknown[] {
  if (/^appliesToGroups$/i.test(key))
    return candidates('networkGroupId', bodies).map((networkGroupId) => [{ networkGroupId }])
  if (/addressSpace$/i.test(key)) return PREFIXES.map((one) => ({ addressPrefixes: [one] }))
  if (/^aRecords$/i.test(key)) return [[{ ipv4Address: ADDRESSES[0] }]]
  return /^cnameRecord$/i.test(key) ? [{ cname: 'unreadable.invalid' }] : []
}

/** Texts by what the member's name says it holds. */
function textsFor(key: string): readonly string[] {
  if (/port/i.test(key)) return PORTS
  // Routes of a hub name prefixes, its routing intent one of two words.
  if (/^destinations$/i.test(key)) return [...PREFIXES, 'Internet', 'PrivateTraffic']
  if (/protocol/i.test(key)) return ['TCP', 'UDP']
  if (/prefix|space|range|sourceaddresses|destinationaddresses/i.test(key)) return PREFIXES
  if (/address|server|ip$|ipv4/i.test(key)) return ADDRESSES
  return WORDS
}

/** The ids of resources that a reference of this name can mean: those it means elsewhere, and those its name ends with. */
function candidates(key: string, bodies: readonly Body[]): readonly string[] {
  const known = found.get(bodies) ?? new Map<string, readonly string[]>()
  found.set(bodies, known)
  const ids = known.get(key) ?? lookForIds(key, bodies)
  known.set(key, ids)
  return ids
}

const found = new WeakMap<readonly Body[], Map<string, readonly string[]>>()

function lookForIds(key: string, bodies: readonly Body[]): readonly string[] {
  const wanted = singular(key.toLowerCase().replace(/ids?$/, ''))
  const ids = new Set<string>()
  for (const body of bodies) {
    const kind = kindOf(typeOf(body))
    // A network group's members are networks.
    if ((wanted !== '' && wanted.endsWith(kind)) || (wanted === 'resource' && kind === 'virtualnetwork'))
      ids.add(body.id)
    lookFor(body.value, (name, value) => {
      const lower = name.toLowerCase()
      const isList = wanted !== '' && Array.isArray(value) && wanted.endsWith(singular(lower))
      if (lower.endsWith(key.toLowerCase()) || isList) for (const id of idsIn(value)) ids.add(id)
    })
    if (ids.size >= CANDIDATES) break
  }
  return [...ids].filter((id) => id !== '' && !isExpression(id)).slice(0, CANDIDATES)
}

const kindOf = (type: string) => singular(type.slice(type.lastIndexOf('/') + 1))

const singular = (word: string) =>
  word
    .replace(/ies$/, 'y')
    .replace(/sses$/, 'ss')
    .replace(/([^s])s$/, '$1')

/** Looks at every member below a value. */
function lookFor(value: unknown, look: (name: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    look(name, inner)
    lookFor(inner, look)
  }
}

/** An id, the id of an object, or those of a list. */
function idsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(idsIn)
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined
  return typeof id === 'string' ? [id] : []
}
