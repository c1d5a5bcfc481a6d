import type { Route } from '../../model/index.ts'
import { type AddressSet, addressesOfPrefixes, type Prefix, prefixContains } from '../../net/index.ts'
import { type CandidateRoute, prefixKey, setCovers, toRoute } from './candidate-route.ts'
import type { Estate, Subnet } from './estate.ts'
import { type GatewayRoute, gatewayRoutes } from './gateway-route.ts'
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
  const takesAll = (routes: readonly CandidateRoute[]) => routes.some((one) => one.prefix.length === 0)
  const system = systemRoutes(estate, subnet).filter((one) => {
    // A learned 0.0.0.0/0 makes the internet route and the reserved ones vanish; a user route only the reserved.
    if (one.type === 'None') return !takesAll(gateway) && !takesAll(user)
    return one.type !== 'Internet' || !takesAll(gateway)
  })
  weighUserRoutes(estate, user, [...system, ...gateway], endpoint)
  weighGatewayRoutes(gateway, system, endpoint)
  weighEndpointRoutes(user, system)
  const withheld = propagates(subnet, withoutTable) ? withheldCandidates(estate, subnet) : []
  const all = [...system, ...gateway, ...endpoint, ...user, ...withheld]
  return uncertain(estate, subnet, withoutTable, all).map(toRoute)
}

/** "Propagate gateway routes: No" removes static prefixes of connections too, not only BGP's. */
function propagates(subnet: Subnet, withoutTable: boolean): boolean {
  return withoutTable || subnet.routeTable?.flag('disableBgpRoutePropagation') !== true
}

function gatewayCandidates(estate: Estate, subnet: Subnet): CandidateRoute[] {
  return gatewayRoutes(estate, subnet.vnet).routes.map(gatewayCandidate)
}

/** Routes a peering would bring if it let the other VNet's gateway through. */
function withheldCandidates(estate: Estate, subnet: Subnet): CandidateRoute[] {
  const { withheld } = gatewayRoutes(estate, subnet.vnet)
  return (withheld?.routes ?? []).map((route) => ({
    ...gatewayCandidate(route),
    source: withheld?.source ?? route.source,
    inactive: withheld?.because ?? '',
    unlisted: true,
  }))
}

function gatewayCandidate(route: GatewayRoute): CandidateRoute {
  return {
    prefix: route.prefix,
    nextHop: { kind: 'device', device: route.gateway.device },
    by: 'VirtualNetworkGateway',
    type: 'VirtualNetworkGateway',
    nextHops: route.nextHops,
    origin: route.origin,
    source: route.source,
    metric: 0,
  }
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
  const served = wins ? undefined : addressesOfPrefixes(endpoint.map((one) => one.prefix))
  const byPrefix = new Map<string, CandidateRoute>()
  for (const route of user) {
    if (served && setCovers(served, route.prefix)) {
      route.inactive = 'a service endpoint of the subnet takes these addresses; no user route overrides it'
    } else byPrefix.set(prefixKey(route.prefix), route)
  }
  for (const route of wins ? [...others, ...endpoint] : others) {
    const rival = route.fixed ? undefined : byPrefix.get(prefixKey(route.prefix))
    if (rival) route.inactive = `${rival.origin} has the same prefix, and a user route comes first`
  }
}

/** VNet, peering and service endpoint routes beat learned ones even when the learned one is more specific. */
function weighGatewayRoutes(
  gateway: readonly CandidateRoute[],
  system: readonly CandidateRoute[],
  endpoint: readonly CandidateRoute[],
): void {
  if (gateway.length === 0) return
  const preferred = system.filter((one) => PREFERRED.has(one.type)).map((one) => one.prefix)
  const kept: AddressSet = addressesOfPrefixes([...preferred, ...endpoint.map((one) => one.prefix)])
  const learned = new Map<string, CandidateRoute>()
  for (const route of gateway) {
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
    if (!endpoint || !['Enabled', 'RouteTableEnabled'].includes(endpoint.subnet.endpointPolicy)) continue
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
): readonly CandidateRoute[] {
  const wanted = subnet.body.reference('routeTable')
  if (!withoutTable && wanted !== undefined && !subnet.routeTable) {
    const because = `the route table ${wanted.slice(wanted.lastIndexOf('/') + 1)} of ${subnet.fabric} is not in the export`
    estate.report(subnet.body.diagnostic('warning', 'NT1605', because, 'routeTable'))
    return routes.map((one) => (one.fixed ? one : { ...one, nextHop: { kind: 'unknown', because } }))
  }
  const unknown = propagates(subnet, withoutTable) ? gatewayRoutes(estate, subnet.vnet).unknown : undefined
  if (!unknown) return routes
  const because = `${unknown.because}: one of them may hold this address`
  return routes.map((one) =>
    one.type === 'None' && one.by === 'Default' ? { ...one, nextHop: { kind: 'unknown', because } } : one,
  )
}
