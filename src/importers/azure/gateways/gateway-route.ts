import type { Source } from '../../../model/index.ts'
import { formatIp, type Ip, type Prefix, prefix as prefixOf } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Peering, VirtualNetwork } from '../estate/estate.ts'
import { peeringTo, peersOf } from '../estate/peering.ts'
import { perEstate } from '../estate/per-estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { type HubRoute, routesFromHub } from '../hubs/virtual-hub-route.ts'
import { defaultSite, type Gateway, gatewaysIn } from './gateway.ts'
import { gatewaySpeakers } from './gateway-address.ts'
import { type GatewayConnection, transitVnets } from './gateway-connection.ts'
import { type LearnedRoute, learnedBy } from './learned-route.ts'
import { leadsToAppliance, printedRoutes } from './printed-route.ts'
import { connectedHubs } from './route-server.ts'

/** Where a gateway route leads: to a gateway's device, or straight to the appliance that announced it to a route server. */
export type GatewayTarget =
  | { readonly kind: 'gateway'; readonly device: string }
  | { readonly kind: 'appliance'; readonly ip: Ip; readonly vnet: VirtualNetwork }

/** A prefix a VNet's subnets know through a gateway, its own or a peer's. */
export interface GatewayRoute {
  readonly prefix: Prefix
  readonly to: GatewayTarget
  /** What `nextHopIpAddress` lists: the public address, or the instances' private ones when active-active. */
  readonly nextHops: readonly string[]
  readonly origin: string
  readonly source: Source
  /** Of routes for one prefix the lower one comes first: ExpressRoute before VPN (Learn: Configure ExpressRoute and site-to-site coexisting connections). */
  readonly preference: number
  /** Where pages differ about it, a sentence for the answer. */
  readonly leansOn?: string
}

/** Routes that would count, were it not for something. */
export interface WithheldRoutes {
  readonly routes: readonly GatewayRoute[]
  readonly because: string
  readonly source: Source
}

/** What a VNet learns from gateways. */
export interface GatewayRoutes {
  readonly routes: readonly GatewayRoute[]
  /** Why there may be more prefixes than these: BGP, or a gateway that is not in the export. */
  readonly unknown?: { readonly because: string; readonly source: Source }
  /** What a peering would bring and does not, with the flag that says so. */
  readonly withheld?: WithheldRoutes
  /** What is behind connections that are down; absent = none is. */
  readonly down?: readonly WithheldRoutes[]
}

const all = perEstate(() => new Map<string, GatewayRoutes>())

/** The gateway routes of a VNet, before any subnet's route table switches them off. */
export function gatewayRoutes(estate: Estate, vnet: VirtualNetwork): GatewayRoutes {
  const memory = all(estate)
  const known = memory.get(vnet.id)
  if (known) return known
  const made = makeGatewayRoutes(estate, vnet)
  memory.set(vnet.id, made)
  return made
}

function makeGatewayRoutes(estate: Estate, vnet: VirtualNetwork): GatewayRoutes {
  const own = ofGatewaysIn(estate, vnet)
  if (gatewaysIn(estate, vnet).length > 0 || own.unknown || own.routes.length > 0) return own
  let withheld: GatewayRoutes['withheld']
  for (const { peering, remote } of peersOf(estate, vnet)) {
    const unread = doubtfulTransit(vnet, peering, remote)
    if (unread) return { routes: [], unknown: unread }
    if (!peering.usesRemoteGateways) {
      const because = `peering ${peering.name} does not use the gateway of the other VNet (useRemoteGateways is false${transitBack(vnet, remote)})`
      withheld ??= withheldBy(estate, remote, because, peering.body.source('useRemoteGateways'))
      continue
    }
    if (!remote) {
      const because = `VNet ${vnet.name} uses the gateway of a VNet that is not in the export`
      return { routes: [], unknown: { because, source: peering.body.source('useRemoteGateways') } }
    }
    // Both sides must agree (Learn: Configure VPN gateway transit).
    const back = remote.peerings.find((one) => one.connected && one.remoteId === vnet.id)
    if (back?.allowsGatewayTransit) return ofGatewaysIn(estate, remote)
    const message = `peering ${peering.name} wants the gateway of ${remote.name}, which does not allow gateway transit`
    estate.report(peering.body.diagnostic('warning', 'NT1623', message, 'useRemoteGateways'))
    withheld ??= withheldBy(estate, remote, message, (back ?? peering).body.source('allowGatewayTransit'))
  }
  return { routes: [], ...(withheld && { withheld }) }
}

/** What the other VNet's half is to say too, where it does not. */
function transitBack(vnet: VirtualNetwork, remote: VirtualNetwork | undefined): string {
  const back = remote && peeringTo(remote, vnet)
  return !back || back.allowsGatewayTransit ? '' : `, and so is allowGatewayTransit of ${back.name} in ${remote.name}`
}

/** A flag of gateway transit that is neither true nor false, where the other VNet may have a gateway. */
function doubtfulTransit(
  vnet: VirtualNetwork,
  peering: Peering,
  remote: VirtualNetwork | undefined,
): GatewayRoutes['unknown'] {
  const back = remote?.peerings.find((one) => one.connected && one.remoteId === vnet.id)
  const flags = [
    { of: peering, flag: 'useRemoteGateways' },
    ...(back && peering.usesRemoteGateways ? [{ of: back, flag: 'allowGatewayTransit' }] : []),
  ]
  const found = flags.find(({ of, flag }) => of.body.isDoubtful(flag))
  if (!found) return undefined
  const because = `${found.flag} of peering ${found.of.name} is neither true nor false`
  return { because, source: found.of.body.source(found.flag) }
}

function withheldBy(estate: Estate, remote: VirtualNetwork | undefined, because: string, source: Source) {
  const routes = remote ? ofGatewaysIn(estate, remote).routes : []
  return routes.length > 0 ? { routes, because, source } : undefined
}

function ofGatewaysIn(estate: Estate, vnet: VirtualNetwork): GatewayRoutes {
  const routes = new Map<string, GatewayRoute>()
  const down: WithheldRoutes[] = []
  let unknown: GatewayRoutes['unknown']
  for (const gateway of gatewaysIn(estate, vnet)) {
    for (const route of routesOf(gateway)) {
      const key = `${gateway.device} ${route.prefix.ip}/${route.prefix.length}`
      if (!routes.has(key)) routes.set(key, route)
    }
    down.push(...downRoutes(gateway))
    const learning = gateway.connections.find((one) => one.learns !== undefined)
    if (learning) unknown ??= { because: learning.learns ?? '', source: learning.body.source('name') }
  }
  const wan = routesFromHub(estate, vnet)
  for (const { device, ...route } of wan?.routes ?? []) {
    const key = `${device} ${route.prefix.ip}/${route.prefix.length}`
    if (!routes.has(key)) routes.set(key, ofHub(device, route))
  }
  unknown ??= wan?.unknown
  for (const one of wan?.withheld ?? []) {
    down.push({ ...one, routes: one.routes.map(({ device, ...route }) => ofHub(device, route)) })
  }
  for (const hub of connectedHubs(estate, vnet)) {
    const learned = learnedBy(estate, hub) ?? announcedTo(estate, vnet)
    for (const route of learned ?? []) {
      const key = `${route.nextHop} ${route.prefix.ip}/${route.prefix.length}`
      routes.set(key, ofRouteServer(hub, vnet, route))
    }
    if (learned) continue
    unknown ??= { because: `route server ${hub.name} learns prefixes by BGP`, source: hub.source('name') }
  }
  return { routes: [...routes.values()], ...(unknown && { unknown }), ...(down.length > 0 && { down }) }
}

/** What appliances announced to the route server of a VNet, where Azure printed it among the routes in force at a network interface. */
function announcedTo(estate: Estate, vnet: VirtualNetwork): readonly LearnedRoute[] | undefined {
  const vnets = [vnet, ...transitVnets(estate, vnet)]
  const own = gatewaysIn(estate, vnet).flatMap((one) => gatewaySpeakers(one.body))
  return printedRoutes(estate, vnets)
    ?.filter((one) =>
      leadsToAppliance(one, [...vnets, ...peersOf(estate, vnet).flatMap((each) => each.remote ?? [])], own),
    )
    .flatMap(({ prefix, nextHops, source }) => nextHops.map((nextHop) => ({ prefix, nextHop, pathLength: 0, source })))
}

function ofHub(device: string, route: Omit<HubRoute, 'device'>): GatewayRoute {
  return { ...route, to: { kind: 'gateway', device }, nextHops: [], preference: CIRCUIT }
}

/** A route server does not forward: packets go straight to the appliance (Learn: What is Azure Route Server?). */
function ofRouteServer(hub: Body, vnet: VirtualNetwork, learned: LearnedRoute): GatewayRoute {
  const { prefix, nextHop, source } = learned
  const origin = `prefix that ${formatIp(nextHop)} announced to route server ${hub.name}`
  const shown = [formatIp(nextHop)]
  return { prefix, to: { kind: 'appliance', ip: nextHop, vnet }, nextHops: shown, origin, source, preference: OTHER }
}

/** Of one prefix the circuit's route counts, then those of tunnels and appliances. */
const [CIRCUIT, OTHER] = [0, 1]

function routesOf(gateway: Gateway): GatewayRoute[] {
  const of = { to: { kind: 'gateway', device: gateway.device } as const, nextHops: nextHopsOf(gateway) }
  const preference = gateway.kind === 'expressroute' ? CIRCUIT : OTHER
  const ofConnections = gateway.connections.flatMap((one) => routesOver(gateway, one))
  const ofClients = gateway.clientPools.map(({ prefix, source }) => ({
    ...of,
    prefix,
    origin: `point-to-site clients of gateway ${gateway.device}`,
    source,
    preference,
  }))
  return [...ofConnections, ...ofClients, ...defaultSiteRoute(gateway)]
}

function nextHopsOf(gateway: Gateway): string[] {
  const shown = gateway.activeActive ? gateway.privateIps : gateway.publicIps.slice(0, 1)
  return shown.map(formatIp)
}

function routesOver(gateway: Gateway, { name, prefixes }: GatewayConnection): GatewayRoute[] {
  return prefixes.map(({ prefix, source }) => ({
    prefix,
    to: { kind: 'gateway', device: gateway.device },
    nextHops: nextHopsOf(gateway),
    origin: `gateway prefix of connection ${name}`,
    source,
    preference: gateway.kind === 'expressroute' ? CIRCUIT : OTHER,
  }))
}

/** What would be reached over connections that are down; a prefix that another connection has too is not among them. */
function downRoutes(gateway: Gateway): WithheldRoutes[] {
  const known = new Set(gateway.connections.flatMap((one) => one.prefixes.map(({ prefix }) => prefixKey(prefix))))
  return gateway.down.flatMap((connection) => {
    const { down, learns, prefixes } = connection
    if (!down) return []
    // What it would bring is not known: it is the first to ask about a private address that nothing else is for.
    const unknown = learns !== undefined && prefixes.length === 0
    const told = unknown ? PRIVATE.map((prefix) => ({ prefix, source: down.source })) : prefixes
    const routes = routesOver(gateway, { ...connection, prefixes: told })
    const missed = routes.filter((one) => !known.has(prefixKey(one.prefix)))
    const because = unknown ? `${down.because}, so what it would bring is not there` : down.because
    return missed.length > 0 ? [{ ...down, because, routes: missed }] : []
  })
}

const TUNNELLED =
  'a default site takes the internet traffic of subnets without a user route too (Learn: Configure forced tunneling using Default Site); an older page gives each such subnet a user route to the gateway'

/** A gateway's default site is where everything goes that nothing else is for. */
function defaultSiteRoute(gateway: Gateway): GatewayRoute[] {
  if (!defaultSite(gateway)) return []
  return [
    {
      prefix: EVERYTHING,
      to: { kind: 'gateway', device: gateway.device },
      nextHops: nextHopsOf(gateway),
      origin: `default site of gateway ${gateway.device}`,
      source: gateway.body.source('gatewayDefaultSite'),
      preference: OTHER,
      leansOn: TUNNELLED,
    },
  ]
}

const EVERYTHING = prefixOf('0.0.0.0/0')
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefixOf)
