import type { Device, Source } from '../../model/index.ts'
import type { LineLedger } from '../../text/index.ts'
import type { SavedText, Setting } from './saved-text.ts'

type ReversePath = NonNullable<Device['reversePath']>

const MODES = ['off', 'strict', 'loose'] as const

/**
 * rp_filter as the kernel takes it: the larger of `all` and the interface's own value (ip-sysctl); interfaces that are
 * not listed have `default`. `undefined` when the export has none, which is read as off, the kernel's default.
 */
export function reversePath(settings: SavedText['settings']): ReversePath | undefined {
  const own = new Map<string, number>()
  for (const [name, setting] of ofInterfaces(settings, 'rp_filter')) own.set(name, Number(setting.value))
  if (own.size === 0) return undefined
  const all = own.get('all') ?? 0
  const modeOf = (value: number) => MODES[Math.max(all, value)] ?? 'off'
  const named = [...own].filter(([name]) => name !== 'all' && name !== 'default')
  return {
    default: modeOf(own.get('default') ?? 0),
    interfaces: Object.fromEntries(named.map(([name, value]) => [name, modeOf(value)])),
  }
}

/** What the export says of forwarding, and of interfaces that differ (ip-sysctl: conf/interface/forwarding); `undefined` when it says nothing. */
export function forwarding(settings: SavedText['settings']): Device['forwards'] | undefined {
  const setting = settings.get('net.ipv4.ip_forward') ?? settings.get('net.ipv4.conf.all.forwarding')
  if (!setting) return undefined
  const enabled = setting.value === '1'
  const differ = [...ofInterfaces(settings, 'forwarding')].filter(
    ([name, one]) => !['all', 'default', 'lo'].includes(name) && (one.value === '1') !== enabled,
  )
  const except = Object.fromEntries(differ.map(([name, one]) => [name, one.source]))
  return { enabled, source: setting.source, ...(differ.length > 0 && { except }) }
}

/**
 * Interfaces over which 127.0.0.0/8 may be reached: those where `route_localnet` is 1, every one (`*`) when that of
 * `all` is (ip-sysctl). `undefined` when none is known, which is the kernel's default.
 */
export function loopbackOver(settings: SavedText['settings']): string[] | undefined {
  const on = [...ofInterfaces(settings, 'route_localnet')].filter(([, one]) => one.value === '1').map(([name]) => name)
  if (on.includes('all')) return ['*']
  const names = on.filter((name) => name !== 'default')
  return names.length > 0 ? names : undefined
}

/** The lines `net.ipv4.conf.NAME.key` by NAME, which may be `all` or `default`. */
function ofInterfaces(settings: SavedText['settings'], key: string): Map<string, Setting> {
  const found = new Map<string, Setting>()
  const [start, end] = ['net.ipv4.conf.', `.${key}`]
  for (const [name, setting] of settings) {
    if (name.startsWith(start) && name.endsWith(end) && name.length > start.length + end.length)
      found.set(name.slice(start.length, -end.length), setting)
  }
  return found
}

/** Notes whether the line that sets `name` is in the model, could be, or cannot matter (ip-sysctl, nf_conntrack-sysctl). */
export function noteSetting(name: string, value: string, source: Source, ledger: LineLedger | undefined): void {
  if (!ledger || source.kind === 'implied') return
  // With its default a setting says what every packet here meets anyway.
  const isDefault = value === (DEFAULTS[name.split('.').at(-1) ?? ''] ?? '0')
  if (READ.test(name) || (MATTERS.test(name) && isDefault)) ledger.modelled(source.line)
  else if (MATTERS.test(name)) ledger.known(source.line, `${name.split('.').at(-1)} is not in the model`)
  else ledger.inert(source.line, 'this setting decides neither where packets go nor which pass')
}

/** The kernel's defaults that are not 0 (ip-sysctl, nf_conntrack-sysctl). */
const DEFAULTS: Readonly<Record<string, string>> = {
  ip_default_ttl: '64',
  accept_ra: '1',
  nf_conntrack_tcp_loose: '1',
  nf_conntrack_checksum: '1',
}

const READ = /^net\.ipv4\.(?:ip_forward$|conf\..+\.(?:rp_filter|forwarding|route_localnet)$)/
const MATTERS = new RegExp(
  [
    ...[
      /^net\.ipv4\.conf\..+\.(?:accept_local|src_valid_mark|arp_ignore|arp_filter|arp_announce|proxy_arp|proxy_arp_pvlan)$/,
    ],
    ...[
      /^net\.ipv4\.conf\..+\.(?:ignore_routes_with_linkdown|accept_source_route|promote_secondaries|disable_policy|disable_xfrm)$/,
    ],
    ...[/^net\.ipv4\.(?:icmp_echo_ignore_all|ip_default_ttl|ip_nonlocal_bind|ip_no_pmtu_disc)$/],
    ...[
      /^net\.ipv4\.(?:fib_multipath_hash_policy|fib_multipath_use_neigh|fwmark_reflect|tcp_mtu_probing|tcp_fwmark_accept)$/,
    ],
    ...[/^net\.ipv6\.conf\..+\.(?:forwarding|disable_ipv6|accept_ra|proxy_ndp|ignore_routes_with_linkdown)$/],
    ...[/^net\.ipv6\.(?:icmp\.echo_ignore_all|fib_multipath_hash_policy|ip_nonlocal_bind)$/],
    ...[/^net\.(?:netfilter|ipv4\.netfilter)\.(?:nf|ip)_conntrack_(?:tcp_loose|tcp_be_liberal|helper|checksum)$/],
    ...[/^net\.bridge\.bridge-nf-/],
  ]
    .map((one) => one.source)
    .join('|'),
)
