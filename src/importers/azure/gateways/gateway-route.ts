import type { Source } from '../../../model/index.ts'
import { formatIp, type Ip, type Prefix } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Peering, VirtualNetwork } from '../estate/estate.ts'
import { peersOf } from '../estate/peering.ts'
import { perEstate } from '../estate/per-estate.ts'
import { routesFromHub } from '../hubs/virtual-hub-route.ts'
import { type Gateway, gatewaysIn } from './gateway.ts'
import { type LearnedRoute, learnedBy } from './learned-route.ts'
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
}

/** What a VNet learns from gateways. */
export interface GatewayRoutes {
  readonly routes: readonly GatewayRoute[]
  /** Why there may be more prefixes than these: BGP, or a gateway that is not in the export. */
  readonly unknown?: { readonly because: string; readonly source: Source }
  /** What a peering would bring and does not, with the flag that says so. */
  readonly withheld?: { readonly routes: readonly GatewayRoute[]; readonly because: string; readonly source: Source }
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
      const because = `peering ${peering.name} does not use the gateway of the other VNet (useRemoteGateways is false)`
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
  let unknown: GatewayRoutes['unknown']
  for (const gateway of gatewaysIn(estate, vnet)) {
    for (const route of routesOf(gateway)) {
      const key = `${gateway.device} ${route.prefix.ip}/${route.prefix.length}`
      if (!routes.has(key)) routes.set(key, route)
    }
    const learning = gateway.connections.find((one) => one.learns !== undefined)
    if (learning) unknown ??= { because: learning.learns ?? '', source: learning.body.source('name') }
  }
  const wan = routesFromHub(estate, vnet)
  for (const { device, ...route } of wan?.routes ?? []) {
    const key = `${device} ${route.prefix.ip}/${route.prefix.length}`
    if (!routes.has(key)) routes.set(key, { ...route, to: { kind: 'gateway', device }, nextHops: [] })
  }
  unknown ??= wan?.unknown
  for (const hub of connectedHubs(estate, vnet)) {
    const learned = learnedBy(estate, hub)
    for (const route of learned ?? []) {
      const key = `${route.nextHop} ${route.prefix.ip}/${route.prefix.length}`
      routes.set(key, ofRouteServer(hub, vnet, route))
    }
    if (learned) continue
    unknown ??= { because: `route server ${hub.name} learns prefixes by BGP`, source: hub.source('name') }
  }
  return { routes: [...routes.values()], ...(unknown && { unknown }) }
}

/** A route server does not forward: packets go straight to the appliance (Learn: What is Azure Route Server?). */
function ofRouteServer(hub: Body, vnet: VirtualNetwork, { prefix, nextHop, source }: LearnedRoute): GatewayRoute {
  const origin = `prefix that ${formatIp(nextHop)} announced to route server ${hub.name}`
  return { prefix, to: { kind: 'appliance', ip: nextHop, vnet }, nextHops: [formatIp(nextHop)], origin, source }
}

function routesOf(gateway: Gateway): GatewayRoute[] {
  const to = { kind: 'gateway', device: gateway.device } as const
  const shown = gateway.activeActive ? gateway.privateIps : gateway.publicIps.slice(0, 1)
  const nextHops = shown.map(formatIp)
  const ofConnections = gateway.connections.flatMap((connection) =>
    connection.prefixes.map(({ prefix, source }) => ({
      prefix,
      to,
      nextHops,
      origin: `gateway prefix of connection ${connection.name}`,
      source,
    })),
  )
  const ofClients = gateway.clientPools.map(({ prefix, source }) => ({
    prefix,
    to,
    nextHops,
    origin: `point-to-site clients of gateway ${gateway.device}`,
    source,
  }))
  return [...ofConnections, ...ofClients]
}
