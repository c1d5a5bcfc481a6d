import { type DnsZone, formatSource, type Network } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import { shownValue } from './agreement.ts'
import { isWithin, parentOf, withoutPrivatelink } from './domain-name.ts'
import type { Question } from './resolution.ts'
import { lookUp } from './zone-contents.ts'

/** An address that a private zone of the network holds for a name of a chain. */
export interface PrivateRecord {
  readonly zone: DnsZone
  readonly name: string
  readonly addresses: readonly Ip[]
  /** `acct.privatelink.x 10.1.0.4`. */
  readonly shown: string
}

/**
 * What some private zone of the network, linked or not, says of one of the names; of a name's `privatelink` twin
 * where the name itself stands in none. The longest zone name first; `undefined` when none holds any.
 */
export function heldPrivately(
  network: Network,
  question: Question,
  names: readonly string[],
): PrivateRecord | undefined {
  const zones = privateZones(network)
  for (const name of names) {
    const held = heldIn(zones.byName, name, question.type)
    if (held) return held
  }
  for (const name of names) {
    for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
      for (const zone of zones.byPublicName.get(at) ?? []) {
        if (zone.name === at || !isWithin(name, at)) continue
        const twin = name === at ? zone.name : `${name.slice(0, -at.length - 1)}.${zone.name}`
        const held = recordIn(zone, twin, question.type)
        if (held) return held
      }
    }
  }
  return undefined
}

type ByName = ReadonlyMap<string, readonly DnsZone[]>

function heldIn(byName: ByName, name: string, type: Question['type']): PrivateRecord | undefined {
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
    for (const zone of byName.get(at) ?? []) {
      const held = recordIn(zone, name, type)
      if (held) return held
    }
  }
  return undefined
}

function recordIn(zone: DnsZone, name: string, type: Question['type']): PrivateRecord | undefined {
  const found = lookUp(zone, name, type)
  if (found.kind !== 'records') return undefined
  const addresses = found.records.flatMap((record) => (typeof record.value === 'string' ? [] : [record.value]))
  if (addresses.length === 0) return undefined
  return { zone, name, addresses, shown: `${name} ${addresses.map(shownValue).join(', ')}` }
}

const zonesOf = new WeakMap<Network, { readonly byName: ByName; readonly byPublicName: ByName }>()

function privateZones(network: Network): { readonly byName: ByName; readonly byPublicName: ByName } {
  let known = zonesOf.get(network)
  if (!known) {
    const byName = new Map<string, DnsZone[]>()
    const byPublicName = new Map<string, DnsZone[]>()
    const seen = new Set<string>()
    for (const device of network.devices.values()) {
      const { resolver } = device
      if (resolver?.role !== 'platform') continue
      for (const zone of [...resolver.zones, ...(resolver.zonesNotLinked ?? [])]) {
        if (zone.closed) continue
        const key = identityOf(zone)
        if (seen.has(key)) continue
        seen.add(key)
        append(byName, zone.name, zone)
        append(byPublicName, withoutPrivatelink(zone.name), zone)
      }
    }
    known = { byName, byPublicName }
    zonesOf.set(network, known)
  }
  return known
}

/** Whether two zones are one: a zone linked to several VNets stands in each of their resolvers. */
export function isSameZone(a: DnsZone, b: DnsZone): boolean {
  return a === b || identityOf(a) === identityOf(b)
}

function identityOf(zone: DnsZone): string {
  return `${zone.name}\n${formatSource(zone.source)}`
}

function append(groups: Map<string, DnsZone[]>, key: string, zone: DnsZone): void {
  const group = groups.get(key)
  if (group) group.push(zone)
  else groups.set(key, [zone])
}
