import { FABRIC_VNET, overPeering } from '../estate/attachment.ts'
import type { VirtualNetwork } from '../estate/estate.ts'
import type { GatewayRoute } from '../gateways/gateway-route.ts'
import type { CandidateRoute } from './candidate-route.ts'

/** A prefix known through a gateway as the subnets of a VNet route it. */
export function gatewayCandidate(vnet: VirtualNetwork, route: GatewayRoute): CandidateRoute {
  const { to } = route
  return {
    prefix: route.prefix,
    nextHop:
      to.kind === 'gateway'
        ? { kind: 'device', device: to.device }
        : { kind: 'via', gateway: to.ip, interface: to.vnet === vnet ? FABRIC_VNET : overPeering(to.vnet) },
    by: 'VirtualNetworkGateway',
    type: 'VirtualNetworkGateway',
    nextHops: route.nextHops,
    origin: route.origin,
    source: route.source,
    metric: route.preference,
    ...(route.leansOn !== undefined && { leansOn: route.leansOn }),
  }
}
