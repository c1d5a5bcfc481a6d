import type { DnsForward, ForwardTarget, Source } from '../../model/index.ts'
import type { DnsmasqOption } from './option.ts'
import { bareName, PLAIN_NAMES, readServerValue, reverseZones, type ServerTarget } from './server-value.ts'
import type { DnsmasqSurroundings } from './surroundings.ts'

/** Whom a dnsmasq asks for what. */
export interface ForwardPlan {
  readonly forwards: readonly DnsForward[]
  /** Names that go to servers we do not know. */
  readonly unknown: readonly UnknownServers[]
  /** Where names no forward takes go: `refuse` when there is no server at all (dnsmasq 2.90 answers REFUSED). */
  readonly otherwise: 'refuse' | 'unknown'
  readonly notModelled: readonly string[]
}

/** A domain whose servers we do not know. */
export interface UnknownServers {
  readonly suffix: string
  /** Names without a dot alone. */
  readonly plain?: true
  readonly source: Source
}

interface Entry {
  readonly suffix: string
  readonly targets: ForwardTarget[]
  usesDefault: boolean
  /** Some of its servers are written in a way this reading cannot follow. */
  lacking: boolean
  readonly option: string
  readonly source: Source
}

/**
 * The servers for each domain (dnsmasq(8), --server): the longest domain wins, a domain without a server is answered
 * locally, servers of one domain are peers unless `strict-order` is set, and silence ends in SERVFAIL, not in another
 * domain's servers.
 */
export function forwardPlan(options: readonly DnsmasqOption[], around: DnsmasqSurroundings): ForwardPlan {
  const notModelled: string[] = []
  const entries = entriesOf(options, notModelled)
  const usesResolv = !options.some((option) => option.name === 'no-resolv')
  const general = entries.get('')
  const standard = general?.targets ?? []
  if (usesResolv) standard.push(...around.nameServers.map(({ ip }) => ({ kind: 'server', ip, port: 53 }) as const))
  const lacking = usesResolv ? around.nameServersLacking : undefined
  if (lacking !== undefined) notModelled.push(lacking)
  entries.delete('')
  const order = options.some((option) => option.name === 'strict-order') ? 'in-order' : 'any'
  const forwards: DnsForward[] = []
  const unknown: UnknownServers[] = []
  for (const entry of entries.values()) {
    const plain = entry.suffix === PLAIN_NAMES
    // Without servers for everything those for names without a dot are not found, and `//#` refuses A questions alone
    // (measured with 2.90).
    if (plain && standard.length === 0 && lacking === undefined && !general?.lacking) continue
    if (plain && entry.usesDefault) {
      unknown.push({ suffix: '', plain, source: entry.source })
      continue
    }
    // `#` beside servers of the same domain: the default servers alone are asked (measured with 2.90).
    const to = entry.usesDefault ? standard : entry.targets
    const nobody = to.length === 0 && (entry.lacking || entry.usesDefault)
    if (nobody)
      unknown.push({ ...(plain ? { suffix: '', plain } : { suffix: bareName(entry.suffix) }), source: entry.source })
    else forwards.push({ ...shape(entry), to, order })
  }
  if (standard.length > 0) {
    const source = general?.source ?? around.nameServers[0]?.source ?? around.source
    const label = 'servers of dnsmasq for everything else'
    forwards.push({ suffix: '', to: standard, mode: 'only', order, label, source })
  }
  const otherwise = lacking === undefined && !general?.lacking ? 'refuse' : 'unknown'
  return { forwards, unknown, otherwise, notModelled }
}

function shape(entry: Entry): Omit<DnsForward, 'to' | 'order'> {
  if (entry.suffix === PLAIN_NAMES) {
    const label = `${entry.option} of dnsmasq for names without a dot`
    return { suffix: '', plain: true, mode: 'only', label, source: entry.source }
  }
  const label = `${entry.option} of dnsmasq for ${entry.suffix}`
  const types = entry.option === 'bogus-priv' ? { types: ['PTR'] as const, addressesOnly: true as const } : {}
  return { suffix: entry.suffix, ...types, mode: 'only', label, source: entry.source }
}

function entriesOf(options: readonly DnsmasqOption[], notModelled: string[]): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const option of options) {
    if (option.name === 'server' || option.name === 'local') {
      const { domains, otherDomains, target } = readServerValue(option.value)
      for (const domain of otherDomains) notModelled.push(`${option.name} for ${domain}`)
      for (const domain of domains) add(entries, domain, target, option, notModelled)
    } else if (option.name === 'address') {
      // address=/domain/ is the same as local=/domain/ (dnsmasq(8), --address).
      const { domains, target } = readServerValue(option.value)
      if (target.kind === 'local') for (const domain of domains) add(entries, domain, target, option, notModelled)
    } else if (option.name === 'rev-server') {
      const [network = '', ...rest] = option.value.split(',')
      const zones = reverseZones(network)
      if (zones.length === 0) notModelled.push(`rev-server ${option.value}`)
      for (const zone of zones) add(entries, zone, readServerValue(rest.join(',')).target, option, notModelled)
    }
  }
  const bogus = options.find((option) => option.name === 'bogus-priv')
  if (!bogus) return entries
  const given = [...entries.keys()].filter((suffix) => suffix !== '')
  for (const zone of PRIVATE_REVERSE) {
    if (given.some((suffix) => zone === suffix || zone.endsWith(`.${bareName(suffix)}`))) continue
    add(entries, zone, { kind: 'local' }, bogus, [])
  }
  return entries
}

// dnsmasq(8), --bogus-priv: PTR questions for private addresses that are not in hosts or leases are NXDOMAIN, unless a
// server is named for them; the ranges and the type are measured with 2.90.
const PRIVATE_REVERSE = `10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 127.0.0.0/8 0.0.0.0/8 192.0.2.0/24
  198.51.100.0/24 203.0.113.0/24 255.255.255.255/32 fd00::/8 fe80::/12 fe90::/12 fea0::/12 feb0::/12 2001:db8::/32`
  .split(/\s+/)
  .flatMap(reverseZones)

function add(
  entries: Map<string, Entry>,
  suffix: string,
  target: ServerTarget,
  option: DnsmasqOption,
  notModelled: string[],
): void {
  const entry = entries.get(suffix) ?? {
    suffix,
    targets: [],
    usesDefault: false,
    lacking: false,
    option: option.name,
    source: option.source,
  }
  entries.set(suffix, entry)
  if (target.kind === 'address') entry.targets.push({ kind: 'server', ip: target.ip, port: target.port })
  else if (target.kind === 'default') entry.usesDefault = true
  else if (target.kind === 'other') {
    notModelled.push(`${option.name} ${option.value}`)
    entry.lacking = true
  }
}
