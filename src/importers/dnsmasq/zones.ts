import type { DnsZone, ResourceRecord, Source } from '../../model/index.ts'
import { type Ip, ip, isIp4 } from '../../net/index.ts'
import type { DnsmasqOption } from './option.ts'
import { readServerValue } from './server-value.ts'

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
  const exact = (name: string) => pieces.records.filter((record) => isBelow(bare(record.name), name))
  const add = (zone: DnsZone) => {
    const before = zones.get(zone.name)
    const records = before ? [...before.records, ...zone.records] : [...exact(zone.name), ...zone.records]
    zones.set(zone.name, { ...zone, ...before, records })
  }
  for (const one of pieces.unknown) {
    add({
      name: one.suffix,
      label: `${pieces.label} for ${one.suffix}`,
      records: [],
      onMissing: 'unknown',
      source: one.source,
    })
  }
  const addresses = addressZones(pieces)
  for (const zone of addresses) add(zone)
  for (const suffix of pieces.forwarded) {
    if (!zones.has(suffix) && addresses.some((zone) => isBelow(suffix, zone.name))) {
      add({
        name: suffix,
        label: `${pieces.label} for ${suffix}`,
        records: [],
        onMissing: 'forward',
        source: pieces.source,
      })
    }
  }
  if (pieces.leaseDomain !== undefined) add(leaseZone(pieces, pieces.leaseDomain))
  if (!zones.has('') && pieces.records.length > 0) {
    add({ name: '', label: `names ${pieces.label} holds`, records: [], onMissing: 'forward', source: pieces.source })
  }
  return [...zones.values()]
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
    for (const name of domains) {
      // address=/domain/ is the same as local=/domain/ (dnsmasq(8)).
      const onMissing = target.kind === 'local' ? 'nxdomain' : target.kind === 'other' ? 'unknown' : 'forward'
      const values = target.kind === 'address' ? [target.ip] : target.kind === 'default' ? NULL_ADDRESSES : []
      const records = values.flatMap((value) => wildcard(name, value, option.source))
      zones.push({
        name,
        label: `address of ${pieces.label} for ${name || 'every name'}`,
        records,
        onMissing,
        source: option.source,
      })
    }
  }
  return zones
}

const NULL_ADDRESSES: readonly Ip[] = [ip('0.0.0.0'), ip('::')]

function wildcard(name: string, value: Ip, source: Source): ResourceRecord[] {
  const type = isIp4(value) ? 'A' : 'AAAA'
  const below = name === '' ? '*' : `*.${name}`
  return [
    { name, type, value, source },
    { name: below, type, value, source },
  ]
}

function bare(name: string): string {
  return name.startsWith('*.') ? name.slice(2) : name
}

/** Whether a name is a domain or below it. */
function isBelow(name: string, domain: string): boolean {
  return domain === '' || name === domain || name.endsWith(`.${domain}`)
}
