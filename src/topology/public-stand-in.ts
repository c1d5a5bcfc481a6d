import { type DnsZone, implied, type Resolver, type ResourceRecord, type Service } from '../model/index.ts'
import {
  type AddressSet,
  addressSetContains,
  complementOf,
  formatIp,
  type Ip,
  isIp4,
  PRIVATE_ADDRESSES,
  prefix,
} from '../net/index.ts'
import { publicAddresses } from './public-dns.ts'

// Kept for benchmarks, so that no export holds one of them (RFC 2544).
const NOBODYS = prefix('198.19.128.0/17')
const ANYWHERE = complementOf(PRIVATE_ADDRESSES)

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
      const standsFor = { among: service.publicRange ?? ANYWHERE, because }
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

/** The lowest IPv4 address of a range, or of the addresses nobody has, that stands for nothing else yet. */
function free(range: AddressSet | undefined, taken: ReadonlySet<Ip>): Ip | undefined {
  const start = range?.v4[0] ?? (isIp4(NOBODYS.ip) ? NOBODYS.ip + 1 : 0)
  for (let ip = start; ip < start + 65_536; ip++) {
    const isIn = range === undefined || addressSetContains(range, ip as Ip)
    if (isIn && !taken.has(ip as Ip)) return ip as Ip
  }
  return undefined
}
