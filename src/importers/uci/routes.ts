import { implied, type NextHop, type Route, type RouteTable } from '../../model/index.ts'
import { isIp4, maskLength, type Prefix, parseIp, parsePrefix, prefix, prefixOf } from '../../net/index.ts'
import { allowedPrefixes, peersOf } from './interfaces.ts'
import { assignablePrefixes } from './ip6-assignment.ts'
import type { Complaints, UciNetwork, UciNetworks } from './network.ts'
import {
  flagOf,
  isDisabled,
  numberOf,
  placeOf,
  sectionsOf,
  textOf,
  type UciPackage,
  type UciSection,
} from './section.ts'

// What of a prefix no network got leads nowhere (practice: netifd, metric 2147483647).
const LAST = 0x7fffffff

const DEFAULT4 = prefix('0.0.0.0/0')
const DEFAULT6 = prefix('::/0')

/** The route tables: connected networks, gateways of interfaces, `config route` sections, routes to WireGuard peers. */
export function tablesOf(network: UciPackage | undefined, networks: UciNetworks, complaints: Complaints): RouteTable[] {
  const tables = new Map<string, Route[]>([['main', []]])
  const add = (table: string, route: Route | undefined) => {
    if (!route) return
    const routes = tables.get(table)
    if (routes) routes.push(route)
    else tables.set(table, [route])
  }
  for (const one of networks.values()) {
    if (one.disabled) continue
    const own = textOf(one.section, 'ip4table')
    for (const route of connectedRoutes(one)) add('main', route)
    for (const route of defaultRoutes(one, complaints)) add(own === undefined ? 'main' : tableName(own), route)
    if (own !== undefined) complaints.diagnostics.push(ownTable(one))
    for (const route of peerRoutes(one, network)) add('main', route)
  }
  for (const { prefix, source } of assignablePrefixes(network)) {
    const nextHop = { kind: 'discard', answer: 'unreachable' } as const
    add('main', { prefix, nextHop, distance: 1, metric: LAST, origin: 'not assigned', source })
  }
  for (const section of sectionsOf(network, 'route', 'route6')) {
    if (isDisabled(section)) continue
    add(tableName(textOf(section, 'table') ?? 'main'), staticRoute(section, networks, complaints))
  }
  return [...tables].map(([name, routes]) => ({ name, routes }))
}

/** The default routes of each network that is on, by its UCI name. */
export function defaultsOf(networks: UciNetworks): ReadonlyMap<string, readonly Route[]> {
  const on = [...networks.values()].filter((one) => !one.disabled)
  return new Map(on.map((one) => [one.name, defaultRoutes(one, { diagnostics: [] })]))
}

/** A table by the name people use: the kernel's numbers 254 and 253 are `main` and `default`. */
export function tableName(text: string): string {
  return { '254': 'main', '253': 'default', '255': 'local' }[text] ?? text
}

function connectedRoutes(one: UciNetwork): Route[] {
  return one.addresses.map((address) => ({
    prefix: address.prefix,
    nextHop: { kind: 'connected', interface: one.device },
    distance: 0,
    metric: 0,
    origin: 'connected',
    source: address.source,
  }))
}

/** Protocols that speak to one peer only: their default route needs no gateway. */
const POINT_TO_POINT = new Set(['pppoe', 'pppoa', 'ppp', 'pptp', 'l2tp', '3g'])

function defaultRoutes(one: UciNetwork, complaints: Complaints): Route[] {
  const { section } = one
  const metric = numberOf(section, 'metric') ?? 0
  if (!flagOf(section, 'defaultroute', true)) return []
  const advertised = advertisedDefaults(one)
  if (one.dynamic) return [dynamicDefault(one, metric), ...advertised]
  const routes: Route[] = [...advertised]
  for (const key of ['gateway', 'ip6gw']) {
    const text = textOf(section, key)
    if (text === undefined) continue
    const gateway = parseIp(text)
    const source = placeOf(section, key)
    if (gateway === undefined) {
      const message = `The gateway "${text.slice(0, 60)}" of ${one.name} is no address; there is no default route by it.`
      complaints.diagnostics.push({ severity: 'warning', code: 'NT1312', message, source })
    } else {
      const nextHop = { kind: 'via', gateway, interface: one.device } as const
      const origin = `gateway of ${one.name}`
      routes.push({ prefix: isIp4(gateway) ? DEFAULT4 : DEFAULT6, nextHop, distance: 1, metric, origin, source })
    }
  }
  return routes
}

/**
 * IPv6 ways out that only the other side's advertisements say: over PPP with `ipv6 auto`, and where `accept_ra` is set
 * (OpenWrt: network configuration). Nothing tells whether they come.
 */
function advertisedDefaults(one: UciNetwork): Route[] {
  const asks = POINT_TO_POINT.has(one.protocol) && textOf(one.section, 'ipv6') === 'auto'
  if (!asks && !flagOf(one.section, 'accept_ra', false)) return []
  const because = `Whether ${one.name} has a way out for IPv6 is told by its other side at run time and is not in the export.`
  const source = placeOf(one.section, asks ? 'ipv6' : 'accept_ra')
  const origin = `router advertisement on ${one.name}`
  return [{ prefix: DEFAULT6, nextHop: { kind: 'unknown', because }, distance: 1, metric: 1024, origin, source }]
}

/** A default route that appears with the lease or the session: over PPP it needs no gateway, else we do not know it. */
function dynamicDefault(one: UciNetwork, metric: number): Route {
  const because = `The gateway of ${one.name} comes by ${one.protocol.toUpperCase()} at run time and is not in the export.`
  const nextHop: NextHop = POINT_TO_POINT.has(one.protocol)
    ? { kind: 'connected', interface: one.device }
    : { kind: 'unknown', because }
  return {
    prefix: one.protocol === 'dhcpv6' ? DEFAULT6 : DEFAULT4,
    nextHop,
    distance: 1,
    metric,
    origin: `${one.protocol} of ${one.name}`,
    source: placeOf(one.section, 'proto'),
  }
}

/** Routes to what a WireGuard peer may hold, made only with `route_allowed_ips` (OpenWrt: WireGuard). */
function peerRoutes(one: UciNetwork, network: UciPackage | undefined): Route[] {
  if (one.protocol !== 'wireguard') return []
  return peersOf(network, one.name)
    .filter((peer) => flagOf(peer, 'route_allowed_ips', false))
    .flatMap((peer) => {
      const source = placeOf(peer, 'allowed_ips')
      return allowedPrefixes(peer, { diagnostics: [] }).map((allowed) => ({
        prefix: allowed,
        nextHop: { kind: 'connected', interface: one.device } as const,
        distance: 1,
        metric: numberOf(one.section, 'metric') ?? 0,
        origin: `allowed_ips of ${one.name}`,
        source,
      }))
    })
}

const DISCARDS: Readonly<Record<string, 'silent' | 'unreachable' | 'prohibited'>> = {
  blackhole: 'silent',
  unreachable: 'unreachable',
  prohibit: 'prohibited',
}

function staticRoute(section: UciSection, networks: UciNetworks, complaints: Complaints): Route | undefined {
  const target = targetOf(section)
  const through = networks.get(textOf(section, 'interface') ?? '')
  const type = textOf(section, 'type') ?? 'unicast'
  const discard = DISCARDS[type]
  if (!target || (!through && !discard) || (type !== 'unicast' && !discard)) {
    complaints.diagnostics.push(badRoute(section))
    return undefined
  }
  const gateway = parseIp(textOf(section, 'gateway') ?? '')
  const preferredSource = parseIp(textOf(section, 'source') ?? '')
  const nextHop: NextHop = discard
    ? { kind: 'discard', answer: discard }
    : gateway !== undefined
      ? { kind: 'via', gateway, interface: through?.device ?? '' }
      : { kind: 'connected', interface: through?.device ?? '' }
  return {
    prefix: target,
    nextHop,
    distance: 1,
    metric: numberOf(section, 'metric') ?? (through ? (numberOf(through.section, 'metric') ?? 0) : 0),
    origin: 'static',
    source: section.source,
    ...(preferredSource !== undefined && { preferredSource }),
    ...(through?.disabled && { inactive: `the interface ${through.name} is switched off` }),
  }
}

function targetOf(section: UciSection): Prefix | undefined {
  const text = textOf(section, 'target')
  const netmask = textOf(section, 'netmask')
  if (text === undefined || netmask === undefined || text.includes('/')) return parsePrefix(text ?? '')
  const address = parseIp(text)
  const length = maskLength(netmask)
  return address === undefined || length === undefined ? undefined : prefixOf(address, length)
}

function badRoute(section: UciSection) {
  const message =
    'This route was not read: it needs a target network, an interface the file defines, and a type this reading knows.'
  return { severity: 'warning', code: 'NT1313', message, source: section.source } as const
}

function ownTable(one: UciNetwork) {
  const message = `${one.name} keeps its routes in a table of its own; the rules netifd makes for it are not read.`
  return { severity: 'warning', code: 'NT1314', message, source: placeOf(one.section, 'ip4table') } as const
}

/** Forwarding is on by default (OpenWrt: base-files, /etc/sysctl.d/10-default.conf). */
export const FORWARDS = {
  enabled: true,
  source: implied('OpenWrt forwards packets by default (OpenWrt: base-files, sysctl.d/10-default.conf).'),
} as const
