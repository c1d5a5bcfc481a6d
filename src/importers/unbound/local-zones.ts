import { type Diagnostic, type DnsZone, implied, type RecordType, type ResourceRecord } from '../../model/index.ts'
import { type Ip, ip, isIp4, parseIp } from '../../net/index.ts'
import type { UnboundOption } from './read.ts'

/** What an unbound answers by itself. */
export interface LocalZones {
  readonly zones: readonly DnsZone[]
  readonly notModelled: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

interface OpenZone {
  readonly name: string
  readonly type: string
  readonly records: ResourceRecord[]
  readonly source: DnsZone['source']
}

/**
 * `local-zone` and `local-data` (unbound.conf(5); the types measured with unbound 1.17.1), and the zones unbound has by
 * itself. Data below no zone makes a transparent one of its own name.
 */
export function localZones(options: readonly UnboundOption[]): LocalZones {
  const notModelled: string[] = []
  const diagnostics: Diagnostic[] = []
  const zones = new Map<string, OpenZone>()
  const removed = new Set<string>()
  for (const option of options) {
    if (option.name !== 'local-zone') continue
    const [text = '', type = ''] = option.values
    const name = domainOf(text)
    if (type.toLowerCase() === 'nodefault') removed.add(name)
    else zones.set(name, { name, type: type.toLowerCase(), records: [], source: option.source })
  }
  const unblocked = options.some((option) => option.name === 'unblock-lan-zones' && option.values[0] === 'yes')
  for (const zone of defaultZones(unblocked)) {
    if (!zones.has(zone.name) && !removed.has(zone.name)) zones.set(zone.name, zone)
  }
  const records = options.flatMap((option) => dataOf(option, notModelled, diagnostics))
  for (const record of records) {
    const zone = zoneOf(zones, record.name)
    if (zone) zone.records.push(record)
    else zones.set(record.name, { name: record.name, type: 'transparent', records: [record], source: record.source })
  }
  return { zones: [...zones.values()].map((zone) => lowered(zone, notModelled)), notModelled, diagnostics }
}

function zoneOf(zones: ReadonlyMap<string, OpenZone>, name: string): OpenZone | undefined {
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
    const zone = zones.get(at)
    if (zone) return zone
  }
  return undefined
}

function parentOf(name: string): string | undefined {
  if (name === '') return undefined
  const dot = name.indexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}

/** A domain as resolvers compare it: lower case, without the final dot; the root is ''. */
export function domainOf(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

/** What a zone type says of the names it does not hold. */
const ON_MISSING: Readonly<Record<string, DnsZone['onMissing']>> = {
  static: 'nxdomain',
  inform_deny: 'ignore',
  deny: 'ignore',
  refuse: 'refuse',
  redirect: 'nodata',
  inform_redirect: 'nodata',
  transparent: 'forward',
  inform: 'forward',
  typetransparent: 'forward',
  always_transparent: 'forward',
  always_nxdomain: 'nxdomain',
  always_nodata: 'nodata',
  always_null: 'nodata',
  always_refuse: 'refuse',
  always_deny: 'ignore',
}

function lowered(zone: OpenZone, notModelled: string[]): DnsZone {
  const { name, type, source } = zone
  const onMissing = ON_MISSING[type]
  if (onMissing === undefined) notModelled.push(`local-zone ${name} of type ${type}`)
  const label = `local-zone ${name === '' ? '.' : name} ${type}`
  return {
    name,
    label,
    records: recordsOf(zone),
    onMissing: onMissing ?? 'unknown',
    ...((type === 'transparent' || type === 'inform') && { typesWhole: true as const }),
    // Only that of a redirect zone is looked up (measured with 1.17.1).
    ...(type.endsWith('redirect') && { aliasTarget: 'past-zones' as const }),
    source,
  }
}

function recordsOf({ name, type, records, source }: OpenZone): ResourceRecord[] {
  const below = name === '' ? '*' : `*.${name}`
  const everywhere = (of: readonly ResourceRecord[]) => of.flatMap((record) => [record, { ...record, name: below }])
  if (type === 'redirect' || type === 'inform_redirect') {
    return everywhere(records.filter((record) => record.name === name))
  }
  if (type === 'always_null') return [...records, ...nulls(name, records, source)]
  return type.startsWith('always_') ? [] : records
}

const NULL_ADDRESSES: readonly Ip[] = [ip('0.0.0.0'), ip('::')]

/** The null addresses for every name of a zone that has none of its own. */
function nulls(zone: string, records: readonly ResourceRecord[], source: DnsZone['source']): ResourceRecord[] {
  const names = new Set<string>([zone])
  for (const record of records) {
    for (let at: string | undefined = record.name; at !== undefined && !names.has(at); at = parentOf(at)) names.add(at)
  }
  return [...names].flatMap((name) => {
    const below = name === '' ? '*' : `*.${name}`
    return NULL_ADDRESSES.flatMap((value): ResourceRecord[] => {
      const type = isIp4(value) ? 'A' : 'AAAA'
      const held = records.some((one) => one.name === name && (one.type === type || one.type === 'CNAME'))
      return [...(held ? [] : [{ name, type, value, source } as const]), { name: below, type, value, source }]
    })
  })
}

const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'PTR', 'NS', 'SOA', 'MX', 'TXT', 'SRV'])
const NAMES: ReadonlySet<string> = new Set(['CNAME', 'NS', 'PTR'])

function dataOf(option: UnboundOption, notModelled: string[], diagnostics: Diagnostic[]): ResourceRecord[] {
  if (option.name === 'local-data-ptr') return pointer(option)
  if (option.name !== 'local-data') return []
  const words = option.values.join(' ').trim().split(/\s+/)
  const [owner = '', ...rest] = words
  while (rest.length > 2 && /^(\d+|IN|CH|HS)$/i.test(rest[0] ?? '')) rest.shift()
  const [typeText = '', ...data] = rest
  const type = typeText.toUpperCase()
  const text = data.join(' ')
  if (!TYPES.has(type)) {
    notModelled.push(`local-data ${option.values.join(' ')}`)
    return []
  }
  const address = type === 'A' || type === 'AAAA' ? parseIp(text) : undefined
  if ((type === 'A' || type === 'AAAA') && address === undefined) {
    diagnostics.push(notRead(option))
    return []
  }
  const value = address ?? (NAMES.has(type) ? domainOf(text) : text)
  return [{ name: domainOf(owner), type: type as RecordType, value, source: option.source }]
}

/** `local-data-ptr: "192.0.2.3 www.example.com"` is the reverse name of the address. */
function pointer(option: UnboundOption): ResourceRecord[] {
  const [address = '', ...rest] = option.values.join(' ').trim().split(/\s+/)
  const name = rest[rest.length - 1]
  const value = parseIp(address)
  if (value === undefined || name === undefined) return []
  return [{ name: reverseName(value), type: 'PTR', value: domainOf(name), source: option.source }]
}

function reverseName(address: Ip): string {
  if (isIp4(address)) return `${[0, 8, 16, 24].map((shift) => (address >>> shift) & 255).join('.')}.in-addr.arpa`
  return `${[...address.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa`
}

const BUILT_IN = implied('unbound has this zone by itself (unbound.conf(5), local-zone).')

/** Reverse names of private and other special addresses, gone with `unblock-lan-zones` (measured with 1.17.1). */
const LAN: readonly string[] = [
  '10.in-addr.arpa',
  ...Array.from({ length: 16 }, (_, index) => `${16 + index}.172.in-addr.arpa`),
  '168.192.in-addr.arpa',
  ...Array.from({ length: 64 }, (_, index) => `${64 + index}.100.in-addr.arpa`),
  '254.169.in-addr.arpa',
  '0.in-addr.arpa',
  '2.0.192.in-addr.arpa',
  '100.51.198.in-addr.arpa',
  '113.0.203.in-addr.arpa',
  '255.255.255.255.in-addr.arpa',
  '8.b.d.0.1.0.0.2.ip6.arpa',
  'd.f.ip6.arpa',
  '8.e.f.ip6.arpa',
  '9.e.f.ip6.arpa',
  'a.e.f.ip6.arpa',
  'b.e.f.ip6.arpa',
]

const ALWAYS: readonly string[] = ['127.in-addr.arpa', 'home.arpa', 'onion', 'test', 'invalid']

function defaultZones(unblocked: boolean): OpenZone[] {
  const apex = (name: string): ResourceRecord => ({ name, type: 'SOA', value: 'localhost', source: BUILT_IN })
  const made = [...ALWAYS, ...(unblocked ? [] : LAN)].map((name) => ({
    name,
    type: 'static',
    records: [apex(name)],
    source: BUILT_IN,
  }))
  const own = [
    { name: 'localhost', type: 'A', value: ip('127.0.0.1'), source: BUILT_IN },
    { name: 'localhost', type: 'AAAA', value: ip('::1'), source: BUILT_IN },
  ] as const
  return [...made, { name: 'localhost', type: 'static', records: [...own], source: BUILT_IN }]
}

function notRead(option: UnboundOption): Diagnostic {
  const message = `"${option.values.join(' ').slice(0, 60)}" holds no address; unbound refuses to start with it.`
  return { severity: 'error', code: 'NT1855', message, source: option.source }
}
