import type { NextHop, Route, RouteTable, Source } from '../../model/index.ts'
import { type Prefix, parseIp, parsePrefix, prefix } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, sourceOfProperty, textOf } from './entry.ts'
import { DIALING, type Gateways, gatewaysOf, numberIn, tableOf } from './gateway.ts'
import type { Ports } from './port.ts'
import type { Vrf } from './vrf.ts'

const DEFAULT: Prefix = prefix('0.0.0.0/0')
const DEFAULT6: Prefix = prefix('::/0')

const CLIENTS = [
  ['ip dhcp-client', true, DEFAULT],
  ['ipv6 dhcp-client', false, DEFAULT6],
] as const

/**
 * The route tables of a router: connected and static routes, and the default routes that clients add at run time,
 * which an export does not show. Several gateways are several routes of one distance (MikroTik: IP Routing). A
 * disabled route, and one RouterOS would not use, is listed as inactive. `atRunTime`: what others say is learned.
 */
export function readRoutes(
  configuration: Configuration,
  ports: Ports,
  connected: readonly Route[],
  vrfs: readonly Vrf[],
  atRunTime: readonly { readonly table: string; readonly route: Route }[] = [],
): RouteTable[] {
  const tables = new Map<string, Route[]>([['main', []], ...vrfs.map(({ name }): [string, Route[]] => [name, []])])
  const tableAt = (name: string | undefined) =>
    tables.get(vrfs.find((vrf) => name !== undefined && vrf.interfaces.includes(name))?.name ?? 'main') ?? []
  for (const route of connected) {
    tableAt(route.nextHop.kind === 'connected' ? route.nextHop.interface : undefined).push(route)
  }
  const gateways = gatewaysOf(configuration, ports, new Map([...tables].map(([name, own]) => [name, [...own]])))
  for (const table of configuration.entries('routing table')) {
    const name = textOf(table, 'name')
    if (name !== undefined && !isDisabled(table)) tables.set(name, tables.get(name) ?? [])
  }
  const declared = new Set(tables.keys())
  const sixth = hasNoIpv6(configuration) ? [] : configuration.entries('ipv6 route')
  for (const entry of [...configuration.entries('ip route'), ...sixth]) {
    const name = tableOf(entry)
    const missing = configuration.major >= 7 && !declared.has(name)
    const routes = staticRoutes(
      configuration,
      gateways,
      entry,
      missing ? `the table ${name} is not in /routing table` : undefined,
    )
    const table = tables.get(name)
    if (table) for (const route of routes) table.push(route)
    else tables.set(name, [...routes])
  }
  for (const { at, into, route } of [...clientRoutes(configuration), ...dialedRoutes(configuration)]) {
    for (const table of into?.map((name) => tables.get(name)) ?? [tableAt(at)]) table?.push(route)
  }
  for (const { table, route } of atRunTime) {
    const own = tables.get(table)
    if (own) own.push(route)
    else tables.set(table, [route])
  }
  return [...tables].map(([name, routes]) => ({ name, routes }))
}

function staticRoutes(
  configuration: Configuration,
  gateways: Gateways,
  entry: Entry,
  invalid: string | undefined,
): readonly Route[] {
  const to = parsePrefix(textOf(entry, 'dst-address') ?? (entry.menu === 'ipv6 route' ? '::/0' : '0.0.0.0/0'))
  if (!to) {
    const message = `This route leads to no prefix: ${inert(textOf(entry, 'dst-address') ?? '')}.`
    const source = sourceOfProperty(entry, 'dst-address')
    configuration.diagnostics.push({ severity: 'warning', code: 'NT1212', message, source })
    return []
  }
  const off = isDisabled(entry) ? 'it is disabled' : invalid
  const discard = discardOf(entry)
  if (discard) return [routeOf(entry, to, discard, off)]
  const names = (textOf(entry, 'gateway') ?? '').split(',').filter((name) => name !== '')
  if (names.length === 0) return [routeOf(entry, to, UNRESOLVED, off ?? 'it has no gateway')]
  return names.map((name) => {
    const hop = gateways.nextHop(name, numberIn(entry, 'target-scope', 10), tableOf(entry))
    if (hop.kind === 'inactive') return routeOf(entry, to, UNRESOLVED, off ?? hop.because)
    return routeOf(entry, to, hop, off)
  })
}

const UNRESOLVED: NextHop = { kind: 'unknown', because: 'RouterOS does not use this route' }

// RouterOS 6 has `type=`, RouterOS 7 the switch `blackhole` alone.
function discardOf(entry: Entry): NextHop | undefined {
  const type = textOf(entry, 'type')
  if (type === 'unreachable') return { kind: 'discard', answer: 'unreachable' }
  if (type === 'prohibit') return { kind: 'discard', answer: 'prohibited' }
  if (type === 'blackhole' || isYes(entry, 'blackhole')) return { kind: 'discard', answer: 'silent' }
  return undefined
}

const LISTED = ['check-gateway', 'pref-src', 'scope', 'target-scope', 'comment']

function routeOf(entry: Entry, to: Prefix, nextHop: NextHop, inactive: string | undefined): Route {
  const listing: Record<string, string> = {}
  for (const key of LISTED) {
    const value = textOf(entry, key)
    if (value !== undefined) listing[key] = value
  }
  const preferredSource = parseIp(listing['pref-src'] ?? '')
  return {
    prefix: to,
    nextHop,
    distance: numberIn(entry, 'distance', 1),
    metric: 0,
    origin: 'static',
    source: sourceOf(entry),
    ...(preferredSource !== undefined && { preferredSource }),
    ...(inactive !== undefined && { inactive }),
    ...(Object.keys(listing).length > 0 && { listing }),
  }
}

/** A route that a client adds, and the interface it comes by: it is in that interface's table. */
interface ClientRoute {
  readonly at: string | undefined
  /** The tables it is put into instead (`default-route-tables`). */
  readonly into?: readonly string[]
  readonly route: Route
}

/**
 * The default route a DHCP client adds; the gateway comes from the server (MikroTik: DHCP). The one for IPv6 adds none
 * unless it says so.
 */
function* clientRoutes(configuration: Configuration): Generator<ClientRoute> {
  for (const [menu, otherwise, to] of CLIENTS) {
    for (const entry of configuration.entries(menu)) {
      const into = textOf(entry, 'default-route-tables')?.split(',')
      const distance = numberIn(entry, 'default-route-distance', 1)
      if (isDisabled(entry) || !isYes(entry, 'add-default-route', otherwise)) continue
      const at = textOf(entry, 'interface')
      const because = `the DHCP server on ${at ?? '?'} says which gateway to use; that is not in the export`
      yield {
        at,
        ...(into && { into }),
        route: dynamicDefault(to, { kind: 'unknown', because }, distance, 'DHCP', sourceOf(entry)),
      }
    }
  }
  const [settings] = configuration.entries('ipv6 settings')
  if (settings && textOf(settings, 'accept-router-advertisements') === 'yes') {
    const because = 'routers on the link announce the way out (accept-router-advertisements); that is not in the export'
    const source = sourceOfProperty(settings, 'accept-router-advertisements')
    yield { at: undefined, route: dynamicDefault(DEFAULT6, { kind: 'unknown', because }, 1, 'SLAAC', source) }
  }
}

/** The default route of a dialling client: the link itself is the gateway (MikroTik: PPPoE, LTE). */
function* dialedRoutes(configuration: Configuration): Generator<ClientRoute> {
  const profiles = configuration.entries('interface lte apn').map((entry) => ({
    isDefault: isYes(entry, 'default'),
    name: textOf(entry, 'name') ?? textOf(entry, 'apn'),
    told: defaultRouteOf(entry, true, 2),
  }))
  for (const menu of DIALING) {
    for (const entry of configuration.entries(menu)) {
      const name = textOf(entry, 'name') ?? textOf(entry, 'default-name')
      // An LTE modem is told by its access point's profile, and adds a default route unless that says no.
      const lte = menu === 'interface lte'
      const profile = lte ? textOf(entry, 'apn-profiles')?.split(',')[0] : undefined
      const shared = profiles.find((one) => (profile === undefined ? one.isDefault : one.name === profile))
      const own = defaultRouteOf(entry, lte, lte ? 2 : 1)
      const { adds, distance } = (lte ? shared?.told : undefined) ?? own
      if (name === undefined || isDisabled(entry) || !adds) continue
      const hop: NextHop = { kind: 'connected', interface: name }
      const origin = menu.replace('interface ', '')
      yield { at: name, route: dynamicDefault(DEFAULT, hop, distance, origin, sourceOf(entry)) }
    }
  }
}

function defaultRouteOf(entry: Entry, otherwise: boolean, distance: number): { adds: boolean; distance: number } {
  const told = numberIn(entry, 'default-route-distance', distance)
  return { adds: isYes(entry, 'add-default-route', otherwise), distance: told }
}

function dynamicDefault(to: Prefix, nextHop: NextHop, distance: number, origin: string, source: Source): Route {
  return { prefix: to, nextHop, distance, metric: 0, origin, source }
}

/** Whether IPv6 is switched off as a whole (MikroTik: IPv6 Settings). */
export function hasNoIpv6(configuration: Configuration): boolean {
  return isYes(configuration.entries('ipv6 settings')[0], 'disable-ipv6')
}

/** Whether anything in the export is about IPv6: else no packet of it meets the router. */
export function speaksIpv6(configuration: Configuration): boolean {
  if (hasNoIpv6(configuration)) return false
  return IPV6.some((menu) => configuration.entries(`ipv6 ${menu}`).some((entry) => !isDisabled(entry)))
}

const IPV6 = ['address', 'route', 'dhcp-client', 'firewall filter', 'firewall nat', 'firewall mangle', 'firewall raw']
