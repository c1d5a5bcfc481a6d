import type { DnsZone, ResourceRecord, Source } from '../../model/index.ts'
import { type Ip, ip, isIp4 } from '../../net/index.ts'
import type { UnknownServers } from './forwards.ts'
import type { DnsmasqOption } from './option.ts'
import { bareName, PLAIN_NAMES, readServerValue } from './server-value.ts'

/** What a dnsmasq answers itself: the pieces its zones are made of. */
export interface ZonePieces {
  readonly records: readonly ResourceRecord[]
  readonly reverse: readonly ResourceRecord[]
  readonly options: readonly DnsmasqOption[]
  /** Names that go to servers we do not know. */
  readonly unknown: readonly UnknownServers[]
  /** The domain DHCP clients have their names in; absent = no DHCP is served or they have none. */
  readonly leaseDomain?: string
  /** Suffixes nothing of which is passed on. */
  readonly localOnly: readonly string[]
  /** Names without a dot have servers of their own. */
  readonly forwardsPlain: boolean
  /** Of several addresses of a name those near the asker's are given. */
  readonly localises: boolean
  readonly label: string
  readonly source: Source
}

/**
 * The local data of a dnsmasq as zones. Exact names (hosts, host-record, cname) come before everything; an `address`
 * domain is a pattern: it answers itself and all names below it for the family of its address, unless a longer domain
 * of `server` or `local` takes the name.
 */
export function zonesOf(pieces: ZonePieces): DnsZone[] {
  const zones = new Map<string, DnsZone>()
  const add = (zone: DnsZone) => {
    const before = zones.get(zone.name)
    const doubtful = before?.onMissing === 'unknown' || zone.onMissing === 'unknown'
    const records = [...(before?.records ?? []), ...zone.records]
    zones.set(zone.name, { ...(before ?? zone), records, ...(doubtful && { onMissing: 'unknown' }) })
  }
  for (const { suffix, plain, source } of pieces.unknown) {
    if (!plain) add(unknownZone(pieces.label, suffix, source))
  }
  for (const zone of addressZones(pieces)) add(zone)
  if (pieces.leaseDomain !== undefined) add(leaseZone(pieces, pieces.leaseDomain))
  return [...ownNames(pieces, [...zones.keys()]), ...reverseZone(pieces), ...plainZones(pieces), ...zones.values()]
}

/** The exact names, before every other zone of the same name, and at the root where there is none. */
function ownNames({ records, label, localises, source }: ZonePieces, names: readonly string[]): DnsZone[] {
  return [...new Set([...names, ''])].flatMap((name) => {
    const within = records.filter((record) => isBelow(record.name, name))
    if (within.length === 0) return []
    const near = localises && { nearest: true as const }
    return [{ name, label: `names ${label} holds`, records: within, onMissing: 'forward', ...near, source }]
  })
}

/** The reverse names stand at their own top, so that no longer zone hides them. */
function reverseZone({ reverse, label, source }: ZonePieces): DnsZone[] {
  return ['in-addr.arpa', 'ip6.arpa'].flatMap((name): DnsZone[] => {
    const records = reverse.filter((record) => isBelow(record.name, name))
    if (records.length === 0) return []
    return [{ name, label: `addresses ${label} has names for`, records, onMissing: 'forward', typesOnly: true, source }]
  })
}

/** `address=//`; other types than the address's are refused there unless such names have servers (measured with 2.90). */
function plainZones({ options, unknown, label, forwardsPlain }: ZonePieces): DnsZone[] {
  const given = options.flatMap(addressOptions).filter((one) => one.pattern === PLAIN_NAMES)
  const records = given.map(({ value, source }) => addressRecord('*', value, source))
  const doubtful = unknown.find((one) => one.plain)
  const source = given[0]?.source ?? doubtful?.source
  if (!source) return []
  const onMissing = doubtful ? 'unknown' : forwardsPlain ? 'forward' : 'refuse'
  return [{ name: '', plain: true, label: `${label} for names without a dot`, records, onMissing, source }]
}

function addressRecord(name: string, value: Ip, source: Source): ResourceRecord {
  return { name, type: isIp4(value) ? 'A' : 'AAAA', value, source }
}

function unknownZone(label: string, name: string, source: Source): DnsZone {
  return { name, label: `${label} for ${name}`, records: [], onMissing: 'unknown', source }
}

function leaseZone(pieces: ZonePieces, name: string): DnsZone {
  const label = `names of DHCP clients of ${pieces.label}, given at run time`
  // A client's name has a domain part only where that part is the whole domain (dnsmasq(8), --domain).
  const whole = pieces.localOnly.includes(name) && { lacksOnlyChildren: true as const }
  return { name, label, records: [], onMissing: 'unknown', ...whole, source: pieces.source }
}

interface AddressOption {
  /** `x`, or `*.x` for the names below x alone. */
  readonly pattern: string
  readonly value: Ip
  /** It is one of the null addresses `#` stands for. */
  readonly isNull: boolean
  readonly source: Source
}

function addressZones({ options, label }: ZonePieces): DnsZone[] {
  const given = options.flatMap(addressOptions).filter((one) => one.pattern !== PLAIN_NAMES)
  return given.flatMap((one): DnsZone[] => {
    const name = bareName(one.pattern)
    const same = given.filter((other) => bareName(other.pattern) === name && isIp4(other.value) === isIp4(one.value))
    // An address goes before `#` of the same domain, `*.x` before x (measured with 2.90).
    if (one.isNull && same.some((other) => !other.isNull && other.pattern === one.pattern)) return []
    const below = name !== one.pattern
    const hidden = !below && same.some((other) => other.pattern === `*.${name}`)
    const owners = [...(below ? [] : [name]), ...(hidden ? [] : [name === '' ? '*' : `*.${name}`])]
    const records = owners.map((owner) => addressRecord(owner, one.value, one.source))
    const words = `address of ${label} for ${one.pattern || 'every name'}`
    return [{ name, label: words, records, onMissing: 'forward', source: one.source }]
  })
}

function addressOptions(option: DnsmasqOption): AddressOption[] {
  if (option.name !== 'address') return []
  const { domains, target } = readServerValue(option.value)
  const isNull = target.kind === 'default'
  const values = target.kind === 'address' ? [target.ip] : isNull ? NULL_ADDRESSES : []
  return domains.flatMap((pattern) => values.map((value) => ({ pattern, value, isNull, source: option.source })))
}

const NULL_ADDRESSES: readonly Ip[] = [ip('0.0.0.0'), ip('::')]

/** Whether a name is a domain or below it. */
function isBelow(name: string, domain: string): boolean {
  return domain === '' || name === domain || name.endsWith(`.${domain}`)
}
