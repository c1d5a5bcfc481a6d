import type { DnsForward, ForwardTarget, Resolver, ResolverHabits, Source, StubResolver } from '../../model/index.ts'
import { NO_ADDRESS } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { addressesIn } from './dhcp.ts'
import { serverTarget } from './dns-server.ts'
import { readStaticNames } from './dns-static.ts'
import { type Entry, isDisabled, isYes, sourceOf, sourceOfProperty, textOf } from './entry.ts'

/** The name server of a router and whom it asks itself. */
export interface RouterDns {
  readonly resolver: Resolver
  readonly stub: StubResolver
}

/**
 * `/ip dns` (MikroTik: DNS): static entries before upstream servers; clients are answered only with
 * `allow-remote-requests=yes`. Whether the target of a CNAME that another server sent is asked again is not
 * documented; it is taken not to be.
 */
export function readDns(configuration: Configuration, name: string): RouterDns {
  const [settings] = configuration.entries('ip dns')
  const source: Source = settings
    ? sourceOf(settings)
    : { kind: 'implied', because: 'RouterOS has a DNS cache; by default it answers nobody (MikroTik: DNS)' }
  const upstream = upstreamOf(configuration, settings, source)
  const known = readStaticNames(configuration, upstream)
  const open = isYes(settings, 'allow-remote-requests')
  const resolver: Resolver = {
    label: `DNS of ${name}`,
    habits: HABITS,
    zones: known.zones,
    forwards: [...known.forwards, ...(upstream.length > 0 ? [forwardAll(upstream, settings, source)] : [])],
    rechasesCname: false,
    ...(!open && { allows: { clients: NO_ADDRESS, otherwise: 'ignore' as const, source } }),
    otherwise: learnsServers(configuration) ? 'unknown' : 'refuse',
    ...(known.doubtfulNames.length > 0 && { doubtfulNames: known.doubtfulNames }),
    notModelled: [...known.notModelled, ...doubtsOf(configuration, settings, upstream)],
    source,
  }
  const servers = addressesIn(settings && textOf(settings, 'servers')).map((ip) => ({
    ip,
    source: settings ? sourceOfProperty(settings, 'servers') : source,
  }))
  const stub = { servers, hosts: known.records, search: [], ndots: 1, label: `/ip dns of ${name}` }
  return { resolver, stub }
}

// No document says it: the small proxies are taken to do as dnsmasq was measured to.
const HABITS: ResolverHabits = { onFailure: 'relay', withoutSoa: true, insistsOn: 'names' }

function upstreamOf(
  configuration: Configuration,
  settings: Entry | undefined,
  source: Source,
): readonly ForwardTarget[] {
  if (!settings) return []
  // DNS over HTTPS takes the place of the servers, which then only find the DoH server itself (MikroTik: DNS).
  if (textOf(settings, 'use-doh-server') !== undefined) return [{ kind: 'public' }]
  const targets: ForwardTarget[] = []
  for (const text of (textOf(settings, 'servers') ?? '').split(',')) {
    if (text === '') continue
    const target = serverTarget(text)
    if (target) targets.push(target)
    else {
      const message = 'One of the DNS servers here is not an address and was left out.'
      configuration.diagnostics.push({ severity: 'warning', code: 'NT1221', message, source })
    }
  }
  return targets
}

function forwardAll(to: readonly ForwardTarget[], settings: Entry | undefined, source: Source): DnsForward {
  const key = settings && textOf(settings, 'use-doh-server') !== undefined ? 'use-doh-server' : 'servers'
  return {
    suffix: '',
    to,
    mode: 'only',
    order: 'in-order',
    label: `/ip dns ${key}`,
    source: settings ? sourceOfProperty(settings, key) : source,
  }
}

// Clients take the servers of the other end unless told not to (`use-peer-dns`).
function learnsServers(configuration: Configuration): boolean {
  const dhcp = configuration
    .entries('ip dhcp-client')
    .some((entry) => !isDisabled(entry) && isYes(entry, 'use-peer-dns', true))
  return (
    dhcp ||
    ['interface pppoe-client', 'interface l2tp-client', 'interface lte'].some((menu) =>
      configuration
        .entries(menu)
        .some((entry) => !isDisabled(entry) && isYes(entry, 'use-peer-dns', menu === 'interface lte')),
    )
  )
}

function doubtsOf(
  configuration: Configuration,
  settings: Entry | undefined,
  upstream: readonly ForwardTarget[],
): readonly string[] {
  const doubts: string[] = []
  if (upstream.length > 0 && learnsServers(configuration)) {
    doubts.push('servers learned from the provider are asked as well (use-peer-dns)')
  }
  if (settings && textOf(settings, 'use-doh-server') !== undefined) {
    doubts.push('questions go out by DNS over HTTPS; that connection is not traced')
  }
  if (settings && textOf(settings, 'vrf') !== undefined) doubts.push('the DNS service runs in a VRF')
  return doubts
}
