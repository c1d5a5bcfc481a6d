import type { DnsZone, ResourceRecord, Source } from '../../model/index.ts'
import { type Ip, ip, isIp4 } from '../../net/index.ts'
import type { DnsmasqOption } from './option.ts'
import { bareName, readServerValue } from './server-value.ts'

/** What a dnsmasq answers itself: the pieces its zones are made of. */
export interface ZonePieces {
  readonly records: readonly ResourceRecord[]
  readonly options: readonly DnsmasqOption[]
  /** Suffixes that `server` and `local` name. */
  readonly forwarded: readonly string[]
  /** Names that go to servers we do not know. */
  readonly unknown: readonly { readonly suffix: string; readonly source: Source }[]
  /** The domain DHCP clients have their names in; absent = no DHCP is served or they have none. */
  readonly leaseDomain?: string
  readonly label: string
  readonly source: Source
}

/**
 * The local data of a dnsmasq as zones. Exact names (hosts, host-record, cname) come before everything; an `address`
 * domain answers itself and all names below it for the family of its address; `server` and `address` are one list in
 * which the longest domain wins, so a server's domain below an address domain becomes a zone that forwards.
 */
export function zonesOf(pieces: ZonePieces): DnsZone[] {
  const zones = new Map<string, DnsZone>()
  const add = (zone: DnsZone) => {
    const before = zones.get(zone.name)
    zones.set(zone.name, before ? { ...before, records: [...before.records, ...zone.records] } : zone)
  }
  const { label } = pieces
  for (const { suffix, source } of pieces.unknown) add(partZone(label, suffix, 'unknown', source))
  const addresses = addressZones(pieces)
  for (const zone of addresses) add(zone)
  for (const suffix of pieces.forwarded) {
    const name = bareName(suffix)
    const above = addresses.filter((zone) => isBelow(name, zone.name))
    if (above.length === 0 || zones.has(name)) continue
    // Below a denied domain the names go out and the domain itself does not: no zone of ours says that.
    const mixed = name !== suffix && above.some((zone) => zone.onMissing === 'nxdomain')
    add(partZone(label, name, mixed ? 'unknown' : 'forward', pieces.source))
  }
  if (pieces.leaseDomain !== undefined) add(leaseZone(pieces, pieces.leaseDomain))
  return [...ownNames(pieces, [...zones.keys()]), ...zones.values()]
}

/** The exact names, before every other zone of the same name, and at the root where there is none. */
function ownNames({ records, label, source }: ZonePieces, names: readonly string[]): DnsZone[] {
  return [...new Set([...names, ''])].flatMap((name) => {
    const within = records.filter((record) => isBelow(record.name, name))
    if (within.length === 0) return []
    return [{ name, label: `names ${label} holds`, records: within, onMissing: 'forward', source }]
  })
}

function partZone(label: string, name: string, onMissing: DnsZone['onMissing'], source: Source): DnsZone {
  return { name, label: `${label} for ${name}`, records: [], onMissing, source }
}

function leaseZone(pieces: ZonePieces, name: string): DnsZone {
  const label = `names of DHCP clients of ${pieces.label}, given at run time`
  return { name, label, records: [], onMissing: 'unknown', source: pieces.source }
}

function addressZones(pieces: ZonePieces): DnsZone[] {
  const zones: DnsZone[] = []
  for (const option of pieces.options) {
    if (option.name !== 'address') continue
    const { domains, target } = readServerValue(option.value)
    for (const domain of domains) {
      const name = bareName(domain)
      const below = name !== domain
      const values = target.kind === 'address' ? [target.ip] : target.kind === 'default' ? NULL_ADDRESSES : []
      const records = values.flatMap((value) => covering(name, value, below, option.source))
      // address=/domain/ is the same as local=/domain/ (dnsmasq(8)); beside `*.domain` no zone of ours says it.
      const whole = !below && !pieces.forwarded.includes(`*.${name}`)
      const local = target.kind === 'local' && whole ? 'nxdomain' : 'unknown'
      zones.push({
        name,
        label: `address of ${pieces.label} for ${domain || 'every name'}`,
        records,
        onMissing: values.length > 0 ? 'forward' : local,
        source: option.source,
      })
    }
  }
  return zones
}

const NULL_ADDRESSES: readonly Ip[] = [ip('0.0.0.0'), ip('::')]

function covering(name: string, value: Ip, belowOnly: boolean, source: Source): ResourceRecord[] {
  const type = isIp4(value) ? 'A' : 'AAAA'
  const below: ResourceRecord = { name: name === '' ? '*' : `*.${name}`, type, value, source }
  return belowOnly ? [below] : [{ name, type, value, source }, below]
}

/** Whether a name is a domain or below it. */
function isBelow(name: string, domain: string): boolean {
  return domain === '' || name === domain || name.endsWith(`.${domain}`)
}
