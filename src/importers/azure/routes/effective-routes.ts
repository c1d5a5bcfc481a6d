import type { Route } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  isIp4,
  type Prefix,
  prefixContains,
  prefixCovers,
} from '../../../net/index.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { blindPeering } from '../estate/peering.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { leaningOn } from '../estate/settings.ts'
import { gatewayRoutes } from '../gateways/gateway-route.ts'
import { absentRoutes } from './absent-route.ts'
import { type CandidateRoute, setCovers, toRoute } from './candidate-route.ts'
import { withDifferences } from './effective-difference.ts'
import { gatewayCandidate } from './gateway-candidate.ts'
import { serviceEndpointRoutes } from './service-endpoint-route.ts'
import { systemRoutes } from './system-route.ts'
import { isUserRoutePrefix, userRoutes } from './user-route.ts'

/**
 * The routes that act on packets leaving a subnet, those that lost included, as effective routes show them
 * (Learn: Virtual network traffic routing). `withoutTable` leaves the subnet's route table out: what a private
 * endpoint in it answers through, as its provider cannot be routed by the customer.
 */
export function effectiveRoutesOf(estate: Estate, subnet: Subnet, withoutTable = false): readonly Route[] {
  const table = withoutTable ? undefined : subnet.routeTable
  const user = table ? userRoutes(estate, subnet, table) : []
  const gateway = propagates(subnet, withoutTable) ? gatewayCandidates(estate, subnet) : []
  const endpoint = withoutTable ? [] : serviceEndpointRoutes(estate, subnet)
  // A learned 0.0.0.0/0 makes the internet route vanish too; a user route only the reserved ones.
  const learnedAll = new Set(gateway.filter((one) => one.prefix.length === 0).map((one) => prefixKey(one.prefix)))
  const isTaken = (one: CandidateRoute) => one.type === 'Internet' && learnedAll.has(prefixKey(one.prefix))
  const platform = systemRoutes(estate, subnet).filter((one) => !isTaken(one))
  const system = withoutReserved(estate, platform, user, gateway)
  weighUserRoutes(estate, user, [...system, ...gateway], endpoint)
  weighGatewayRoutes(estate, gateway, system, endpoint)
  weighEndpointRoutes(user, system)
  const absent = absentRoutes(estate, subnet, system, propagates(subnet, withoutTable))
  const all = [...system, ...gateway, ...endpoint, ...user, ...absent]
  const reserved = platform.filter((one) => one.type === 'None')
  const routes = uncertain(estate, subnet, withoutTable, all, reserved).map(toRoute)
  return withoutTable ? routes : withDifferences(estate, subnet, routes)
}

/** "Propagate gateway routes: No" removes static prefixes of connections too, not only BGP's. */
function propagates(subnet: Subnet, withoutTable: boolean): boolean {
  return withoutTable || subnet.routeTable?.flag('disableBgpRoutePropagation') !== true
}

function gatewayCandidates(estate: Estate, subnet: Subnet): CandidateRoute[] {
  return gatewayRoutes(estate, subnet.vnet).routes.map((one) => gatewayCandidate(subnet.vnet, one))
}

/**
 * The reserved None routes go where a 0.0.0.0/0 comes. The page shows that for a user route to an appliance; for any
 * other and for a learned one it is taken over (Learn: Virtual network traffic routing, routing example). Where it is
 * taken over the reserved route stays for the explanation.
 */
function withoutReserved(
  estate: Estate,
  system: readonly CandidateRoute[],
  user: readonly CandidateRoute[],
  gateway: readonly CandidateRoute[],
): CandidateRoute[] {
  const all = [...user, ...gateway].filter((one) => one.prefix.length === 0 && isIp4(one.prefix.ip))
  const [first] = all
  if (!first) return [...system]
  if (all.some((one) => one.by === 'User' && one.type === 'VirtualAppliance')) {
    return system.filter((one) => one.type !== 'None')
  }
  const removes = estate.settings.anyDefaultRouteRemovesReserved
  const what = `${first.origin} ${removes ? 'takes the reserved None routes away' : 'leaves the reserved None routes in force'}`
  const leansOn = leaningOn(estate.settings, 'anyDefaultRouteRemovesReserved', what)
  return system.map((one) => {
    if (one.type !== 'None') return one
    return removes ? { ...one, inactive: what, unlisted: true, leansOn } : { ...one, leansOn }
  })
}

/**
 * A user route takes the place of a system or gateway route of the same prefix; a service endpoint's route takes
 * the place of the user route instead, unless the setting says otherwise.
 */
function weighUserRoutes(
  estate: Estate,
  user: readonly CandidateRoute[],
  others: readonly CandidateRoute[],
  endpoint: readonly CandidateRoute[],
): void {
  const wins = estate.settings.userRouteBeatsServiceEndpoint
  const served = addressesOfPrefixes(endpoint.map((one) => one.prefix))
  const byPrefix = new Map<string, CandidateRoute>()
  for (const route of user) {
    const contested = setCovers(served, route.prefix)
    if (contested) route.leansOn = leaningOn(estate.settings, 'userRouteBeatsServiceEndpoint', contest(route, wins))
    if (contested && !wins) {
      route.inactive = 'a service endpoint of the subnet takes these addresses; no user route overrides it'
    } else byPrefix.set(prefixKey(route.prefix), route)
  }
  for (const route of wins ? [...others, ...endpoint] : others) {
    const rival = route.fixed ? undefined : byPrefix.get(prefixKey(route.prefix))
    if (!rival) continue
    if (route.endpoint && !yieldsToHostRoute(estate, route, rival)) continue
    route.inactive = `${rival.origin} has the same prefix, and a user route comes first`
  }
}

function contest(route: CandidateRoute, wins: boolean): string {
  return `${route.origin} ${wins ? 'wins over' : 'yields to'} the service endpoint of the subnet`
}

/** Whether a private endpoint's /32 yields to a user route of the same prefix; without the route table policy two pages differ. */
function yieldsToHostRoute(estate: Estate, route: CandidateRoute, rival: CandidateRoute): boolean {
  if (hasRoutePolicy(route)) return true
  const yields = estate.settings.hostRouteBeatsPrivateEndpoint
  const what = `${rival.origin} ${yields ? 'wins over' : 'yields to'} the route of the ${route.origin}`
  const leansOn = leaningOn(estate.settings, 'hostRouteBeatsPrivateEndpoint', what)
  if (yields) route.leansOn = leansOn
  else {
    rival.leansOn = leansOn
    rival.inactive = 'the private endpoint of this address comes first'
  }
  return yields
}

function hasRoutePolicy({ endpoint }: CandidateRoute): boolean {
  return endpoint !== undefined && ['Enabled', 'RouteTableEnabled'].includes(endpoint.subnet.endpointPolicy)
}

/** VNet, peering and service endpoint routes beat learned ones even when the learned one is more specific. */
function weighGatewayRoutes(
  estate: Estate,
  gateway: readonly CandidateRoute[],
  system: readonly CandidateRoute[],
  endpoint: readonly CandidateRoute[],
): void {
  if (gateway.length === 0) return
  const preferred = system.filter((one) => PREFERRED.has(one.type))
  const inForce = preferred.filter((one) => one.inactive === undefined)
  const certain = addressesOfPrefixes([...inForce, ...endpoint].map((one) => one.prefix))
  const all = addressesOfPrefixes([...preferred, ...endpoint].map((one) => one.prefix))
  const lifted = estate.settings.learnedRouteBeatsInvalidSystemRoute
  const kept: AddressSet = lifted ? certain : all
  const learned = new Map<string, CandidateRoute>()
  for (const route of gateway) {
    if (setCovers(all, route.prefix) && !setCovers(certain, route.prefix)) {
      const what = `${route.origin} ${lifted ? 'counts' : 'does not count'} where a user route put the system route around it out of force`
      route.leansOn = leaningOn(estate.settings, 'learnedRouteBeatsInvalidSystemRoute', what)
    }
    if (setCovers(kept, route.prefix)) {
      route.inactive ??= 'VNet, peering and service endpoint routes come before prefixes learned through a gateway'
    } else learned.set(prefixKey(route.prefix), route)
  }
  for (const route of system) {
    const rival = PREFERRED.has(route.type) || route.fixed ? undefined : learned.get(prefixKey(route.prefix))
    if (rival) route.inactive ??= `${rival.origin} has the same prefix, and a gateway route comes before a system route`
  }
}

const PREFERRED = new Set(['VnetLocal', 'VNetPeering', 'VNetGlobalPeering', 'ConnectedGroup'])

/**
 * With the route table policy on the endpoint's subnet, its /32 yields to a user route that holds it and is at least
 * as long as the VNet's own range around it (Learn: Manage network policies for private endpoints).
 */
function weighEndpointRoutes(user: readonly CandidateRoute[], system: readonly CandidateRoute[]): void {
  const candidates = user.filter((one) => one.inactive === undefined && isUserRoutePrefix(one))
  if (candidates.length === 0) return
  for (const route of system) {
    const endpoint = route.endpoint
    if (!endpoint || !hasRoutePolicy(route)) continue
    const range = endpoint.subnet.vnet.prefixes.find((one) => prefixContains(one, endpoint.ip))
    const rival = candidates.find((one) => covers(one.prefix, range, endpoint.ip))
    if (rival) route.inactive ??= `${rival.origin} covers it, and ${endpoint.subnet.name} has the route table policy on`
  }
}

function covers(prefix: Prefix, range: Prefix | undefined, ip: Prefix['ip']): boolean {
  return prefixContains(prefix, ip) && prefix.length >= (range?.length ?? 0)
}

/** Routes whose outcome depends on something the export lacks lead to `unknown`. */
function uncertain(
  estate: Estate,
  subnet: Subnet,
  withoutTable: boolean,
  routes: readonly CandidateRoute[],
  reserved: readonly CandidateRoute[],
): readonly CandidateRoute[] {
  const wanted = subnet.body.reference('routeTable')
  if (!withoutTable && wanted !== undefined && !subnet.routeTable) {
    const because = `the route table ${wanted.slice(wanted.lastIndexOf('/') + 1)} of ${subnet.fabric} is not in the export`
    estate.report(subnet.body.diagnostic('warning', 'NT1605', because, 'routeTable'))
    return routes.map((one) => (one.fixed ? one : { ...one, nextHop: { kind: 'unknown', because } }))
  }
  const table = withoutTable ? undefined : subnet.routeTable
  if (table?.isDoubtful('disableBgpRoutePropagation')) {
    const why = `disableBgpRoutePropagation of ${table.name} is neither true nor false: it is not known whether gateway routes count`
    const changes = routes.some((one) => one.by === 'VirtualNetworkGateway')
    const contested = (one: CandidateRoute) =>
      one.by === 'VirtualNetworkGateway' || one.type === 'None' || one.type === 'Internet'
    if (changes)
      return routes.map((one) => (contested(one) ? { ...one, nextHop: { kind: 'unknown', because: why } } : one))
  }
  const learning = propagates(subnet, withoutTable) ? gatewayRoutes(estate, subnet.vnet).unknown?.because : undefined
  const unknown = learning ?? blindPeering(estate, subnet.vnet)
  if (unknown === undefined) return routes
  const because = `${unknown}: one of them may hold this address`
  const inForce = new Set(routes.filter((one) => one.type === 'None' && one.by === 'Default' && !one.inactive))
  const held = new Set([...inForce].map((one) => prefixKey(one.prefix)))
  const lost = reserved.filter((one) => !held.has(prefixKey(one.prefix)) && !leadsToGateway(routes, one.prefix))
  return [
    ...routes.map((one) => (inForce.has(one) ? { ...one, nextHop: { kind: 'unknown', because } as const } : one)),
    ...lost.map((one) => mayBeLearned(one, because)),
  ]
}

/** Whether what took a reserved route's place leads to the gateway too: then it is the same which of them counts. */
function leadsToGateway(routes: readonly CandidateRoute[], reserved: Prefix): boolean {
  const wider = routes.filter((one) => !one.inactive && prefixCovers(one.prefix, reserved))
  const length = Math.max(...wider.map((one) => one.prefix.length))
  return wider.some((one) => one.prefix.length === length && one.type === 'VirtualNetworkGateway')
}

/** A user route in the place of a reserved one yields to every longer prefix that is learned. */
function mayBeLearned({ inactive: _, ...route }: CandidateRoute, because: string): CandidateRoute {
  return { ...route, nextHop: { kind: 'unknown', because }, fixed: true }
}
