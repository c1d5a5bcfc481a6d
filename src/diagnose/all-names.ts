import { type Query, type Resolution, resolve } from '../dns/index.ts'
import type { Network, ResourceRecord, Service, ServiceName } from '../model/index.ts'
import { type Ip, isPrivate } from '../net/index.ts'
import { nearestNames } from '../text/index.ts'
import type { PreparedNetwork } from '../trace/index.ts'
import { nameCauses } from './cause.ts'
import type { Cause } from './connection.ts'
import { deviceNamed, serviceOf } from './party.ts'
import { UsageError } from './usage-error.ts'

/**
 * Where a name leads: to a private endpoint or another private address, to the public front door, nowhere, or it cannot be
 * told. `public` does not need an address: that a name is public can be known where its address is not.
 */
export type NameLeads = 'private' | 'public' | 'nowhere' | 'unknown'

/** One name as one device sees it. */
export interface NameSeen {
  readonly resolution: Resolution
  readonly causes: readonly Cause[]
  readonly leads: NameLeads
  /** The zone whose record, or whose lack of one, decided, by its label; absent where none did. */
  readonly zone?: string
}

/** Every name of a service, each as every asking device sees it, in the order asked. */
export interface AllNames {
  readonly service: Service
  readonly senders: readonly string[]
  readonly rows: readonly { readonly of: ServiceName; readonly seen: readonly NameSeen[] }[]
}

/**
 * Resolves every name of a service from each device. Throws a UsageError when a word means no service or no device, or
 * the service has no name.
 */
export function allNames(prepared: PreparedNetwork, word: string, from: readonly string[]): AllNames {
  const { network } = prepared
  const service = serviceNamed(network, word)
  const senders = from.map((one) => deviceNamed(network, one).name)
  const names = service.allNames ?? service.names.map((name) => ({ name, use: service.label, endpoints: [] }))
  if (names.length === 0) throw new UsageError(`the ${service.label} ${service.name} has no name in the input`)
  const rows = names.map((of) => ({ of, seen: senders.map((device) => seenFrom(prepared, device, of.name)) }))
  return { service, senders, rows }
}

function serviceNamed(network: Network, word: string): Service {
  const found = serviceOf(network, word.toLowerCase().replace(/\.$/, ''))
  if (found) return found
  const known = network.services.map((one) => one.name)
  const near = nearestNames(word, known)
  const hint =
    near.length > 0 ? `did you mean ${near.map((one) => `"${one}"`).join(', ')}?` : 'nettrace devices lists them'
  throw new UsageError(`"${word}" is no service of this topology; ${hint}`)
}

function seenFrom(prepared: PreparedNetwork, device: string, name: string): NameSeen {
  const resolution = resolve(prepared, { device, name, type: 'A' })
  const { network } = prepared
  const zone = decidingZone(network, resolution, resolution.queries)
  const leads = leadsOf(network, resolution)
  return { resolution, causes: nameCauses(prepared, resolution), leads, ...(zone !== undefined && { zone }) }
}

/** The zone that holds the last record of the answer, or that says there is none: the last asked first. */
function decidingZone(network: Network, resolution: Resolution, queries: readonly Query[]): string | undefined {
  const { answer, addresses } = resolution
  const last = addresses.length > 0 ? answer.records[answer.records.length - 1] : undefined
  for (const query of [...queries].reverse()) {
    const inner = decidingZone(network, resolution, query.asked)
    if (inner !== undefined) return inner
    const zones = (query.answeredBy === undefined ? undefined : network.devices.get(query.answeredBy))?.resolver?.zones
    const zone = zones?.find((one) =>
      last ? one.records.some((each) => isFrom(each, last)) : one.source === answer.source,
    )
    if (zone) return zone.label
  }
  return undefined
}

/** A wildcard's record is a copy by another name. */
function isFrom(record: ResourceRecord, given: ResourceRecord): boolean {
  return record.source === given.source && record.value === given.value
}

function leadsOf(network: Network, { answer, addresses }: Resolution): NameLeads {
  if (addresses.length > 0) return addresses.every((one) => isPrivately(network, one)) ? 'private' : 'public'
  if (answer.kind === 'unknown') return answer.publicName === undefined ? 'unknown' : 'public'
  return 'nowhere'
}

/** A private endpoint may stand in a VNet that uses public addresses inside. */
function isPrivately(network: Network, address: Ip): boolean {
  if (isPrivate(address)) return true
  for (const { kind, interfaces } of network.devices.values()) {
    if (kind === 'private-endpoint' && interfaces.some((one) => one.addresses.some(({ ip }) => ip === address)))
      return true
  }
  return false
}
