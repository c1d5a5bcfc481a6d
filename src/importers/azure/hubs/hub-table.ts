import { implied, type NextHop, type Route, type Source } from '../../../model/index.ts'
import { type Ip, type Prefix, parseIp, parsePrefix, prefix, prefixContains } from '../../../net/index.ts'
import { INTERNET } from '../estate/attachment.ts'
import type { Estate } from '../estate/estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { prefixesOf } from '../estate/virtual-network.ts'
import { chosen, type HubChoice } from './hub-routing-preference.ts'
import { type HubTable, hopTo, type VirtualHub, virtualHubs } from './virtual-hub.ts'
import type { HubConnection } from './virtual-hub-connection.ts'

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefix)
const DEFAULT = prefix('0.0.0.0/0')
/** What is not known counts last of all. */
const [STATIC, LEARNED, UNKNOWN] = [1, 2, 9]

/**
 * The routes of one of a hub's tables: static ones before learned ones of the same prefix, this hub's before those of
 * other hubs (Learn: About virtual hub routing, hub routing preference). With a routing intent for private traffic every
 * private packet goes to its next hop (Learn: How to configure Virtual WAN hub routing intent).
 */
export function hubRoutes(estate: Estate, hub: VirtualHub, table: HubTable): Route[] {
  if (table.isMissing)
    return unknownRoutes([DEFAULT], `route table ${table.device} is not in the export`, hub.body.source('name'))
  const through = hub.intent.privateTraffic
  const direct = directRoutes(estate, hub, table)
  const learned = through
    ? direct.map((one) => ({ ...one, nextHop: through.nextHop, origin: `${one.origin}, by routing intent` }))
    : direct
  const aggregates = through
    ? PRIVATE.map((one) => routeOf(one, through.nextHop, 'routing intent for private traffic', through.source, STATIC))
    : []
  const { internet } = hub.intent
  const out = internet
    ? [routeOf(DEFAULT, internet.nextHop, 'routing intent for the internet', internet.source, STATIC)]
    : []
  return [...firewallRoute(hub), ...aggregates, ...out, ...staticRoutes(estate, hub, table), ...learned]
}

/** What the hub does with a packet that its firewall sends: no route table and no routing intent any more. */
export function behindFirewall(estate: Estate, hub: VirtualHub): Route[] {
  const source = implied(
    'a secured hub sends to the internet what its firewall lets out (Learn: What is a secured virtual hub?)',
  )
  const out = routeOf(DEFAULT, { kind: 'connected', interface: INTERNET }, 'internet', source, STATIC)
  const perhaps = perhapsLearned(estate, hub, hub.tables[0], true)
  return [out, ...directRoutes(estate, hub, hub.tables[0], true), ...perhaps]
}

function routeOf(to: Prefix, nextHop: NextHop, origin: string, source: Source, distance: number): Route {
  return { prefix: to, nextHop, distance, metric: 0, origin, source }
}

function firewallRoute({ firewall }: VirtualHub): Route[] {
  if (firewall?.ip === undefined) return []
  const nextHop = { kind: 'device', device: firewall.device } as const
  const source = firewall.body.source('hubIPAddresses')
  return [routeOf({ ip: firewall.ip, length: 32 }, nextHop, 'the firewall of the hub', source, 0)]
}

function directRoutes(estate: Estate, hub: VirtualHub, table: HubTable, everything = false): Route[] {
  const counts = (one: HubConnection) => !one.down && (everything || propagatesTo(one, table))
  const found = hub.connections.filter(counts).flatMap((one) => choicesOf(hub, one))
  for (const other of hubsBeside(estate, hub)) {
    const nextHop = { kind: 'device', device: other.tables[0].device } as const
    const reached = other.connections.filter(counts).flatMap((one) => choicesOf(other, one))
    // A default route stays in its hub (Learn: Route traffic to indirect spokes or the internet).
    const passed = reached.filter(({ route }) => route.prefix.length > 0)
    const origin = `virtual hub ${other.body.name}`
    found.push(...passed.map((one) => ({ ...one, isLocal: false, route: { ...one.route, nextHop, origin } })))
  }
  found.push(...listedChoices(hub, found))
  return chosen(hub.body, found)
}

function choicesOf(hub: VirtualHub, { name, by, prefixes }: HubConnection): HubChoice[] {
  const origin = `connection ${name} of virtual hub ${hub.body.name}`
  return prefixes
    .filter((one) => !one.staysHere)
    .map((one) => {
      const { prefix: to, nextHop, source, leansOn, pathLength } = one
      const route = { ...routeOf(to, nextHop, origin, source, LEARNED), ...(leansOn !== undefined && { leansOn }) }
      return { route, by, isLocal: true, ...(pathLength !== undefined && { pathLength }) }
    })
}

/** What the hub's own listing says and no body does. */
function listedChoices(hub: VirtualHub, known: readonly HubChoice[]): HubChoice[] {
  const own = hub.network.prefixes
  const said = new Set([...own, ...known.map(({ route }) => route.prefix)].map(prefixKey))
  return (hub.listed?.elsewhere ?? [])
    .filter((one) => !said.has(prefixKey(one.prefix)))
    .map(({ prefix: to, nextHop, source, pathLength }) => ({
      route: routeOf(to, nextHop, `effective routes of virtual hub ${hub.body.name}`, source, LEARNED),
      by: 'circuit' as const,
      isLocal: false,
      ...(pathLength !== undefined && { pathLength }),
    }))
}

/** The other hubs of the same Virtual WAN. */
function hubsBeside(estate: Estate, hub: VirtualHub): VirtualHub[] {
  return virtualHubs(estate).filter((one) => one !== hub && one.wan === hub.wan)
}

/** Why a table may know more than bodies say: somebody who propagates to it learns by BGP; `undefined` when nobody does. */
export function learningOf(
  estate: Estate,
  hub: VirtualHub,
  table: HubTable,
  everything = false,
): { readonly because: string; readonly source: Source } | undefined {
  if (table.isMissing)
    return { because: `route table ${table.device} is not in the export`, source: hub.body.source('name') }
  const own = hub.connections
  const others = hub.listed ? [] : hubsBeside(estate, hub).flatMap((one) => one.connections)
  const found = [...own, ...others].find(
    (one) => one.learns !== undefined && !one.down && (everything || propagatesTo(one, table)),
  )
  return found?.learns === undefined ? undefined : { because: found.learns, source: found.body.source('name') }
}

/** Private addresses that nothing known is for, in a table that may know more. */
export function perhapsLearned(estate: Estate, hub: VirtualHub, table: HubTable, everything = false): Route[] {
  const learning = learningOf(estate, hub, table, everything)
  if (!learning || table.isMissing) return []
  return unknownRoutes(PRIVATE, `${learning.because}: one of them may hold this address`, learning.source)
}

function unknownRoutes(to: readonly Prefix[], because: string, source: Source): Route[] {
  return to.map((one) => routeOf(one, { kind: 'unknown', because }, 'not known', source, UNKNOWN))
}

/** Whether a route table learns a connection's prefixes. By id, or by a label: labels reach the tables of all hubs that have it. */
export function propagatesTo(connection: HubConnection, table: HubTable): boolean {
  if (connection.propagated.includes(table.id)) return true
  const isDefault = connection.propagated.some((one) => one.endsWith('/hubroutetables/defaultroutetable'))
  const labels = isDefault ? [...connection.labels, 'default'] : connection.labels
  return labels.some((one) => table.labels.includes(one))
}

function staticRoutes(estate: Estate, hub: VirtualHub, table: HubTable): Route[] {
  const routes = (table.body?.children('routes') ?? []).flatMap((route) => {
    const texts = route.texts('destinations')
    const origin = `static route ${route.name} of ${table.device}`
    return texts.flatMap((text) => {
      const to = parsePrefix(text)
      if (!to) return []
      return [
        routeOf(to, staticHop(estate, hub, route.reference('nextHop'), to), origin, route.source('nextHop'), STATIC),
      ]
    })
  })
  const old = table === hub.tables[0] ? (hub.body.child('routeTable')?.children('routes') ?? []) : []
  for (const route of old) {
    const gateway = route.text('nextHopIpAddress') ?? ''
    const because = `virtual hub ${hub.body.name} sends this to ${gateway}, whose place the old route table of the hub does not tell`
    for (const to of prefixesOf(route, ['addressPrefixes'], estate.report)) {
      const nextHop = applianceHop(hub, parseIp(gateway)) ?? { kind: 'unknown', because }
      routes.push(routeOf(to, nextHop, 'route of the hub', route.source('nextHopIpAddress'), STATIC))
    }
  }
  return routes
}

function staticHop(estate: Estate, hub: VirtualHub, id: string | undefined, to: Prefix): NextHop {
  const connection = hub.connections.find((one) => one.body.id.toLowerCase() === id)
  if (!connection) return hopTo(estate, hub.body, id, hub.firewall?.device)
  const behind = connection.prefixes.find(
    (one) => one.nextHop.kind === 'via' && one.prefix.ip === to.ip && one.prefix.length === to.length,
  )
  const because = `connection ${connection.name} names no appliance for this destination`
  return behind?.nextHop ?? { kind: 'unknown', because }
}

function applianceHop(hub: VirtualHub, gateway: Ip | undefined): NextHop | undefined {
  if (gateway === undefined) return undefined
  if (gateway === hub.firewall?.ip) return { kind: 'device', device: hub.firewall.device }
  for (const { vnet, prefixes } of hub.connections) {
    const own = vnet && prefixes.find((one) => one.nextHop.kind === 'connected' && prefixContains(one.prefix, gateway))
    if (own?.nextHop.kind === 'connected') return { kind: 'via', gateway, interface: own.nextHop.interface }
  }
  return undefined
}
