import type { NextHop, Route, RouteTable, Source } from '../../model/index.ts'
import { type Prefix, parsePrefix, prefix } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, sourceOfProperty, textOf } from './entry.ts'
import { DIALING, type Gateways, gatewaysOf, numberIn, tableOf } from './gateway.ts'
import type { Ports } from './port.ts'

const DEFAULT: Prefix = prefix('0.0.0.0/0')

/**
 * The route tables of a router: connected and static routes, and the default routes that clients add at run time,
 * which an export does not show. Several gateways are several routes of one distance (MikroTik: IP Routing). A
 * disabled route, and one RouterOS would not use, is listed as inactive.
 */
export function readRoutes(configuration: Configuration, ports: Ports, connected: readonly Route[]): RouteTable[] {
  const gateways = gatewaysOf(configuration, ports, connected)
  const tables = new Map<string, Route[]>([['main', [...connected]]])
  for (const table of configuration.entries('routing table')) {
    const name = textOf(table, 'name')
    if (name !== undefined && !isDisabled(table)) tables.set(name, tables.get(name) ?? [])
  }
  const declared = new Set(tables.keys())
  for (const entry of configuration.entries('ip route')) {
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
  const main = tables.get('main') ?? []
  for (const route of [...clientRoutes(configuration), ...dialedRoutes(configuration)]) main.push(route)
  if (namesIpv6(configuration)) main.push(ipv6Route())
  return [...tables].map(([name, routes]) => ({ name, routes }))
}

function staticRoutes(
  configuration: Configuration,
  gateways: Gateways,
  entry: Entry,
  invalid: string | undefined,
): readonly Route[] {
  const to = parsePrefix(textOf(entry, 'dst-address') ?? '0.0.0.0/0')
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
    const hop = gateways.nextHop(name, numberIn(entry, 'target-scope', 10))
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
  return {
    prefix: to,
    nextHop,
    distance: numberIn(entry, 'distance', 1),
    metric: 0,
    origin: 'static',
    source: sourceOf(entry),
    ...(inactive !== undefined && { inactive }),
    ...(Object.keys(listing).length > 0 && { listing }),
  }
}

/** The default route a DHCP client adds; the gateway comes from the server (MikroTik: DHCP). */
function* clientRoutes(configuration: Configuration): Generator<Route> {
  for (const entry of configuration.entries('ip dhcp-client')) {
    if (isDisabled(entry) || !isYes(entry, 'add-default-route', true)) continue
    const name = textOf(entry, 'interface') ?? '?'
    const because = `the DHCP server on ${name} says which gateway to use; that is not in the export`
    yield dynamicDefault(
      { kind: 'unknown', because },
      numberIn(entry, 'default-route-distance', 1),
      'DHCP',
      sourceOf(entry),
    )
  }
}

/** The default route of a dialling client: the link itself is the gateway (MikroTik: PPPoE, LTE). */
function* dialedRoutes(configuration: Configuration): Generator<Route> {
  for (const menu of DIALING) {
    for (const entry of configuration.entries(menu)) {
      const name = textOf(entry, 'name') ?? textOf(entry, 'default-name')
      // An LTE modem is told by its access point's profile, and adds a default route unless that says no.
      const lte = menu === 'interface lte'
      const told = lte ? (profileOf(configuration, entry) ?? entry) : entry
      if (name === undefined || isDisabled(entry) || !isYes(told, 'add-default-route', lte)) continue
      const distance = numberIn(told, 'default-route-distance', lte ? 2 : 1)
      const hop: NextHop = { kind: 'connected', interface: name }
      yield dynamicDefault(hop, distance, menu.replace('interface ', ''), sourceOf(entry))
    }
  }
}

function profileOf(configuration: Configuration, modem: Entry): Entry | undefined {
  const name = textOf(modem, 'apn-profiles')?.split(',')[0]
  return configuration
    .entries('interface lte apn')
    .find((entry) => (name === undefined ? isYes(entry, 'default') : textOf(entry, 'name') === name))
}

function dynamicDefault(nextHop: NextHop, distance: number, origin: string, source: Source): Route {
  return { prefix: DEFAULT, nextHop, distance, metric: 0, origin, source }
}

function namesIpv6(configuration: Configuration): boolean {
  return ['ipv6 address', 'ipv6 route', 'ipv6 dhcp-client'].some((menu) =>
    configuration.entries(menu).some((entry) => !isDisabled(entry)),
  )
}

function ipv6Route(): Route {
  const because = 'IPv6 is not read from RouterOS exports'
  return {
    prefix: prefix('::/0'),
    nextHop: { kind: 'unknown', because },
    distance: 1,
    metric: 0,
    origin: 'IPv6',
    source: { kind: 'implied', because },
  }
}
