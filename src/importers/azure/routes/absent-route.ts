import type { Source } from '../../../model/index.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { beyondPeers } from '../estate/peering.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { gatewayRoutes } from '../gateways/gateway-route.ts'
import { type CandidateRoute, systemRoute } from './candidate-route.ts'
import { gatewayCandidate } from './gateway-candidate.ts'
import { type PeeringGap, peeringGaps } from './peering-gap.ts'

/**
 * The routes a subnet does not have and would have, were a peering connected or in sync, transit allowed, gateway routes
 * propagated: for the explanation alone, no tool of Azure lists them.
 */
export function absentRoutes(
  estate: Estate,
  subnet: Subnet,
  system: readonly CandidateRoute[],
  propagates: boolean,
): CandidateRoute[] {
  const known = new Set(system.map((one) => prefixKey(one.prefix)))
  const isNew = (one: CandidateRoute) => !known.has(prefixKey(one.prefix))
  const gaps = peeringGaps(estate, subnet.vnet)
  return [
    ...(propagates ? withheld(estate, subnet) : unpropagated(estate, subnet)),
    ...(propagates ? overDownConnections(estate, subnet) : []),
    ...gaps.flatMap(behindGap).filter(isNew),
    ...gaps.flatMap((gap) => gatewayBehindGap(estate, subnet, gap)),
    ...notTransitive(estate, subnet).filter(isNew),
  ]
}

function absent(route: CandidateRoute, inactive: string, source: Source): CandidateRoute {
  return { ...route, inactive, source, unlisted: true }
}

/** Routes a peering would bring if it let the other VNet's gateway through. */
function withheld(estate: Estate, { vnet }: Subnet): CandidateRoute[] {
  const found = gatewayRoutes(estate, vnet).withheld
  return (found?.routes ?? []).map((route) =>
    absent(gatewayCandidate(vnet, route), found?.because ?? '', found?.source ?? route.source),
  )
}

/** What would be reached over connections that are not connected. */
function overDownConnections(estate: Estate, { vnet }: Subnet): CandidateRoute[] {
  return (gatewayRoutes(estate, vnet).down ?? []).flatMap(({ routes, because, source }) =>
    routes.map((route) => absent(gatewayCandidate(vnet, route), because, source)),
  )
}

/** "Propagate gateway routes: No" (Learn: Virtual network traffic routing, "Border gateway protocol"). */
function unpropagated(estate: Estate, { vnet, routeTable }: Subnet): CandidateRoute[] {
  if (!routeTable) return []
  const because = `route table ${routeTable.name} keeps gateway routes out (disableBgpRoutePropagation is true)`
  const source = routeTable.source('disableBgpRoutePropagation')
  return gatewayRoutes(estate, vnet).routes.map((route) => absent(gatewayCandidate(vnet, route), because, source))
}

function behindGap({ origin, prefixes, because, code, source }: PeeringGap): CandidateRoute[] {
  const nextHop = { kind: 'broken', because, code } as const
  return prefixes.map((one) => absent(systemRoute(one, 'VNetPeering', nextHop, origin, source), because, source))
}

/** What the gateway behind a peering would bring that is not connected. */
function gatewayBehindGap(estate: Estate, { vnet }: Subnet, gap: PeeringGap): CandidateRoute[] {
  if (!gap.wantsGateway || !gap.remote) return []
  const { routes } = gatewayRoutes(estate, gap.remote)
  return routes.map((route) => absent(gatewayCandidate(vnet, route), gap.because, gap.source))
}

/** What a VNet behind a peer would bring, were peering transitive. */
function notTransitive(estate: Estate, { vnet }: Subnet): CandidateRoute[] {
  return beyondPeers(estate, vnet).flatMap(({ peering, through, beyond }) => {
    const because = `NoTransitivePeering: ${vnet.name} and ${beyond.name} are both peered with ${through.name}, not with each other, and peering is not transitive`
    const nextHop = { kind: 'broken', because, code: 'NoTransitivePeering' } as const
    const source = peering.body.source('name')
    return beyond.prefixes.map((one) =>
      absent(systemRoute(one, 'VNetPeering', nextHop, `VNet ${beyond.name}`, source), because, source),
    )
  })
}
