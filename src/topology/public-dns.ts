import {
  type Device,
  type DnsZone,
  implied,
  type Resolver,
  type ResourceRecord,
  type Service,
  type Source,
} from '../model/index.ts'
import { type AddressSet, addressesOfRanges, type Ip, ip, isIp4, isPublic } from '../net/index.ts'
import type { PublicName } from './plan.ts'

/**
 * The address that stands for "a public resolver" where a host on the internet has none given. It is of RFC 5737,
 * so nobody owns it, and the internet answers for it.
 */
export const PUBLIC_RESOLVER: Ip = ip('192.0.2.53')

const IMPLIED = implied('what the topology says under "public:", and the public names of the services in the input')

/**
 * Public DNS as far as it is known: the topology's names and the CNAMEs that exist because a service has a private
 * endpoint. Where both speak of one name, the CNAME stays and the topology's address goes to what it points to, if
 * nothing else is said of that; a CNAME of the topology's own replaces the service's.
 */
export function publicResolver(names: readonly PublicName[], services: readonly Service[]): Resolver {
  const given = new Map(names.map((one) => [one.name, recordsOf(one)]))
  const records: ResourceRecord[] = []
  const known = new Set<string>()
  for (const record of services.flatMap((one) => one.records)) {
    const own = given.get(record.name)
    const key = `${record.name} ${record.type} ${record.value}`
    if (own?.some((one) => one.type === 'CNAME') || known.has(key)) continue
    known.add(key)
    records.push(record)
    if (!own || record.type !== 'CNAME' || typeof record.value !== 'string') continue
    given.delete(record.name)
    const target = record.value
    if (!given.has(target))
      given.set(
        target,
        own.map((one) => ({ ...one, name: target })),
      )
  }
  records.push(...[...given.values()].flat())
  const zone: DnsZone = { name: '', label: 'public DNS', records, onMissing: 'unknown', source: IMPLIED }
  const zones = [zone, ...unpublishedZones(services, (name) => publicAddresses({ zones: [zone] }, name).length > 0)]
  return {
    label: 'public DNS',
    role: 'public',
    zones,
    forwards: [],
    rechasesCname: true,
    otherwise: 'unknown',
    notModelled: [],
    source: IMPLIED,
  }
}

/** Names that are known not to be in public DNS, each as a zone without a record; what the topology says wins. */
function unpublishedZones(services: readonly Service[], given: (name: string) => boolean): DnsZone[] {
  return services.flatMap((service) =>
    (service.unpublished ?? [])
      .filter((name) => !given(name))
      .map(
        (name) => ({ name, label: 'public DNS', records: [], onMissing: 'nxdomain', source: service.source }) as const,
      ),
  )
}

function recordsOf({ name, addresses, cname }: PublicName): ResourceRecord[] {
  if (cname) return [{ name, type: 'CNAME', value: cname.value, source: cname.source }]
  return addresses.map(({ value, source }) => ({ name, type: isIp4(value) ? 'A' : 'AAAA', value, source }))
}

const CHAIN_LIMIT = 12

/**
 * The addresses public DNS gives a name, CNAMEs followed, wildcards used; for `*.x` those of every name below x. Empty
 * when it is not known.
 */
export function publicAddresses(resolver: Pick<Resolver, 'zones'>, name: string): readonly Found[] {
  const byName = recordsByName(resolver)
  if (!name.startsWith('*.')) return addressesOf(byName, name)
  const below = [...byName.keys()].filter((one) => one.endsWith(name.slice(1)))
  return below.flatMap((one) => addressesOf(byName, one))
}

interface Found {
  readonly ip: Ip
  readonly source: Source
}

function addressesOf(byName: ReadonlyMap<string, readonly ResourceRecord[]>, name: string): readonly Found[] {
  let wanted = name
  for (let step = 0; step < CHAIN_LIMIT; step++) {
    const records = byName.get(wanted) ?? wildcardOf(byName, wanted)
    const addresses = records.flatMap(({ value, source }) => (typeof value === 'string' ? [] : [{ ip: value, source }]))
    if (addresses.length > 0) return addresses
    const alias = records.find((one) => one.type === 'CNAME')?.value
    if (typeof alias !== 'string') return []
    wanted = alias
  }
  return []
}

function wildcardOf(byName: ReadonlyMap<string, readonly ResourceRecord[]>, name: string): readonly ResourceRecord[] {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const records = byName.get(`*${name.slice(dot)}`)
    if (records) return records
  }
  return []
}

const indexes = new WeakMap<Pick<Resolver, 'zones'>, ReadonlyMap<string, readonly ResourceRecord[]>>()

function recordsByName(resolver: Pick<Resolver, 'zones'>): ReadonlyMap<string, readonly ResourceRecord[]> {
  const known = indexes.get(resolver)
  if (known) return known
  const byName = new Map<string, ResourceRecord[]>()
  for (const record of resolver.zones.flatMap((zone) => zone.records)) {
    const same = byName.get(record.name)
    if (same) same.push(record)
    else byName.set(record.name, [record])
  }
  indexes.set(resolver, byName)
  return byName
}

/** The public addresses that name servers and hosts files of the network itself hand out: right or stale. */
export function locallyKnownPublicAddresses(devices: Iterable<Device>): AddressSet {
  const found = new Set<Ip>()
  for (const device of devices) {
    const records = [
      ...(device.resolver?.zones.flatMap((zone) => zone.records) ?? []),
      ...(device.stubResolver?.hosts ?? []),
    ]
    for (const { value } of records) if (typeof value !== 'string' && isPublic(value)) found.add(value)
  }
  return addressesOfRanges([...found].map((one) => [one, one] as const))
}
