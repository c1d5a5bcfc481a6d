import { type DnsZone, implied, type Resolver, type ResourceRecord, type Service } from '../model/index.ts'
import { type AddressSet, addressSet, formatIp, type Ip } from '../net/index.ts'
import { ROUTED } from './internet.ts'
import { publicAddresses } from './public-dns.ts'

// Kept for benchmarks, so that no export holds one of them (RFC 2544).
const NOBODYS = addressSet('198.19.128.0/18')

/**
 * Public DNS with an address for every name of a service that has none: the platform gives each a public one, which
 * no export holds. It is one of those the platform publishes for such services, where it does.
 */
export function withStandIns(resolver: Resolver, services: readonly Service[]): Resolver {
  const [zone, ...others] = resolver.zones
  if (!zone) return resolver
  const records: ResourceRecord[] = []
  const aliases = aliasesIn(zone.records)
  const ends = new Set<string>()
  const taken = new Set<Ip>(zone.records.flatMap(({ value }) => (typeof value === 'string' ? [] : [value])))
  for (const service of services) {
    for (const name of service.names) {
      const end = endOf(aliases, name)
      const isNone = name.startsWith('*') || service.unpublished?.includes(name) === true || ends.has(end)
      const ip = isNone || publicAddresses(resolver, name).length > 0 ? undefined : free(service.publicRange, taken)
      if (ip === undefined) continue
      taken.add(ip)
      ends.add(end)
      const because = `every ${service.label} has a public address, which no export holds; ${formatIp(ip)} stands for it`
      const standsFor = { among: service.publicRange ?? ROUTED, because }
      records.push({ name: end, type: 'A', value: ip, source: implied(because), standsFor })
    }
  }
  const whole: DnsZone = { ...zone, records: [...zone.records, ...records] }
  return records.length === 0 ? resolver : { ...resolver, zones: [whole, ...others] }
}

function aliasesIn(records: readonly ResourceRecord[]): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>()
  for (const { name, type, value } of records)
    if (type === 'CNAME' && typeof value === 'string' && !aliases.has(name)) aliases.set(name, value)
  return aliases
}

const CHAIN_LIMIT = 12

/** Where the CNAMEs of a name end. */
function endOf(aliases: ReadonlyMap<string, string>, name: string): string {
  let end = name
  for (let step = 0; step < CHAIN_LIMIT; step++) {
    const alias = aliases.get(end)
    if (alias === undefined) return end
    end = alias
  }
  return end
}

/**
 * The highest IPv4 address of a range, or of those nobody has, that stands for nothing yet. The first address of a
 * range is left alone: who asks about a whole service tag asks with it.
 */
function free(range: AddressSet | undefined, taken: ReadonlySet<Ip>): Ip | undefined {
  const { v4 } = range ?? NOBODYS
  for (let at = v4.length - 2; at >= 0; at -= 2) {
    const [first = 0, last = 0] = [v4[at], v4[at + 1]]
    for (let ip = last; ip > first; ip--) if (!taken.has(ip as Ip)) return ip as Ip
  }
  return undefined
}
