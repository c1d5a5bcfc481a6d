import type { DnsForward, DnsZone, Resolver } from '../model/index.ts'
import { isWithin, parentOf, withoutPrivatelink } from './domain-name.ts'
import type { Question } from './resolution.ts'

/** A resolver's zones and forwards by name, and by the public name they stand behind. */
export interface ResolverIndex {
  readonly zones: ReadonlyMap<string, readonly DnsZone[]>
  /** The first of each suffix; those for one name alone stand under `=name`, the one for names without a dot under `//`. */
  readonly forwards: ReadonlyMap<string, DnsForward>
  readonly zonesByPublicName: ReadonlyMap<string, readonly DnsZone[]>
  readonly forwardsByPublicName: ReadonlyMap<string, readonly DnsForward[]>
}

const prepared = new WeakMap<Resolver, ResolverIndex>()
const PLAIN = '//'

/** The index of a resolver, made when it is first asked. */
export function indexOf(resolver: Resolver): ResolverIndex {
  let index = prepared.get(resolver)
  if (!index) {
    const forwards = new Map<string, DnsForward>()
    for (const forward of resolver.forwards) {
      const key = forward.plain ? PLAIN : forward.exact ? `=${forward.suffix}` : forward.suffix
      if (!forwards.has(key)) forwards.set(key, forward)
    }
    index = {
      zones: grouped(resolver.zones, (zone) => zone.name),
      forwards,
      zonesByPublicName: grouped(resolver.zones, (zone) => withoutPrivatelink(zone.name)),
      forwardsByPublicName: grouped([...forwards.values()], (forward) =>
        withoutPrivatelink(forward.suffix.replace(/^\*\./, '')),
      ),
    }
    prepared.set(resolver, index)
  }
  return index
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

/** The zones a name is within, longest name first; several of one name in the resolver's order. */
export function zonesFor(index: ResolverIndex, name: string): DnsZone[] {
  return above(index.zones, name).filter((zone) => (zone.plain ? isPlain(name) : !zone.exact || zone.name === name))
}

/** A whole address or the front of one; digits alone count (RFC 1035 section 3.5, RFC 3596 section 2.5). */
const REVERSE = /^((\d+\.)*in-addr|([0-9a-f]\.)*ip6)\.arpa$/

/** The forward of the longest suffix of a name on label borders; `undefined` when none takes the question. */
export function forwardFor(index: ResolverIndex, { name, type }: Question): DnsForward | undefined {
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
    const narrow = at === name ? `=${at}` : at === '' && isPlain(name) ? PLAIN : `*.${at}`
    for (const forward of [index.forwards.get(narrow), index.forwards.get(at)]) {
      if (!forward || !(forward.types?.includes(type) ?? true)) continue
      if (!forward.addressesOnly || REVERSE.test(name)) return forward
    }
  }
  return undefined
}

function isPlain(name: string): boolean {
  return name !== '' && !name.includes('.')
}

/** Whether a forward is for a name, its types aside. */
export function isFor({ suffix, exact, plain }: DnsForward, name: string): boolean {
  if (plain) return isPlain(name)
  if (exact) return name === suffix
  return suffix.startsWith('*.') ? name.endsWith(suffix.slice(1)) : isWithin(name, suffix)
}

/** Zones and forwards a person would expect to have a say: their name, `privatelink` aside, is a suffix of the name's. */
export function relatedTo(index: ResolverIndex, name: string): { zones: DnsZone[]; forwards: DnsForward[] } {
  const publicName = withoutPrivatelink(name)
  return { zones: above(index.zonesByPublicName, publicName), forwards: above(index.forwardsByPublicName, publicName) }
}

function above<T>(groups: ReadonlyMap<string, readonly T[]>, name: string): T[] {
  const found: T[] = []
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
    const group = groups.get(at)
    if (group) found.push(...group)
  }
  return found
}
