import { implied, type NextHop } from '../../../model/index.ts'
import { formatIp, hostPrefix, isIp4, prefix, prefixCovers } from '../../../net/index.ts'
import { PLATFORM_ADDRESS, RESERVED } from '../estate/address-space.ts'
import { FABRIC_VNET, overPeering } from '../estate/attachment.ts'
import { endpointsIn } from '../estate/endpoint-address.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { type PeerLink, peersOf, takesPart } from '../estate/peering.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { hubBehind } from '../hubs/virtual-hub-route.ts'
import { internetNextHop } from '../outbound/outbound.ts'
import { type CandidateRoute, systemRoute } from './candidate-route.ts'
import { connectedGroupsOf } from './network-group.ts'
import { perhapsByEndpoint } from './service-endpoint-route.ts'

const LOCAL: NextHop = { kind: 'connected', interface: FABRIC_VNET }
const SYSTEM = implied('a system route of every subnet (Learn: Virtual network traffic routing, "System routes")')
const PLATFORM = implied(
  '168.63.129.16 is reached from every subnet and cannot be routed elsewhere (Learn: What is IP address 168.63.129.16?)',
)

/** The routes Azure makes for a subnet by itself: VNet, peerings, connected groups, endpoints, internet, reserved. */
export function systemRoutes(estate: Estate, subnet: Subnet): CandidateRoute[] {
  const { vnet } = subnet
  const space = (vnet.body.child('addressSpace') ?? vnet.body).source('addressPrefixes')
  const own = vnet.prefixes.map((one) => systemRoute(one, 'VnetLocal', LOCAL, `VNet ${vnet.name}`, space))
  const peered = peersOf(estate, vnet).flatMap((peer) => peeringRoutes(estate, subnet, peer))
  const platform = systemRoute(PLATFORM_ADDRESS, 'VnetLocal', LOCAL, 'platform', PLATFORM)
  return [
    ...own,
    { ...platform, fixed: true },
    ...peered,
    ...groupRoutes(estate, vnet, new Set([...own, ...peered].map((one) => prefixKey(one.prefix)))),
    ...endpointRoutes(estate, vnet),
    ...internetRoutes(estate, subnet),
    ...reservedRoutes(vnet),
  ]
}

function internetRoutes(estate: Estate, subnet: Subnet): CandidateRoute[] {
  const families = subnet.vnet.prefixes.some((one) => !isIp4(one.ip)) ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0']
  const stamp = perhapsByEndpoint(estate, subnet)
  return families.map(prefix).map((one) => {
    const route = systemRoute(one, 'Internet', internetNextHop(estate, subnet, one), 'system route', SYSTEM)
    return { ...route, ...stamp }
  })
}

/** A VNet range equal to a reserved one or around it takes its place; one inside it stands beside it. */
function reservedRoutes(vnet: VirtualNetwork): CandidateRoute[] {
  const reserved = RESERVED.filter((one) => !vnet.prefixes.some((own) => prefixCovers(own, one)))
  return reserved.map((one) =>
    systemRoute(one, 'None', { kind: 'discard', answer: 'silent' }, 'system route for reserved addresses', SYSTEM),
  )
}

function peeringRoutes(estate: Estate, subnet: Subnet, { peering, remote, global }: PeerLink): CandidateRoute[] {
  const type = global ? 'VNetGlobalPeering' : 'VNetPeering'
  const source = peering.body.source(peering.body.has('remoteAddressSpace') ? 'remoteAddressSpace' : 'name')
  const nextHop = peeringNextHop(estate, subnet, { peering, global, ...(remote && { remote }) })
  return peering.remotePrefixes.map((one) => systemRoute(one, type, nextHop, `VNet peering ${peering.name}`, source))
}

function peeringNextHop(estate: Estate, subnet: Subnet, { peering, remote }: PeerLink): NextHop {
  if (peering.body.isDoubtful('peerCompleteVnets')) {
    return { kind: 'unknown', because: `peerCompleteVnets of peering ${peering.name} is neither true nor false` }
  }
  if (!takesPart(peering, subnet.name)) {
    const because = `peering ${peering.name} carries only the subnets it lists, and ${subnet.name} is not one`
    return { kind: 'broken', because, code: 'SubnetNotPeered' }
  }
  if (remote) return { kind: 'connected', interface: overPeering(remote) }
  const hub = hubBehind(estate, subnet.vnet, peering)
  if (hub) return { kind: 'device', device: hub.tables[0].device }
  return { kind: 'unknown', because: `the VNet behind peering ${peering.name} is not in the export` }
}

function groupRoutes(estate: Estate, vnet: VirtualNetwork, taken: ReadonlySet<string>): CandidateRoute[] {
  return connectedGroupsOf(estate, vnet).flatMap(({ body, members }) =>
    members.flatMap((member) =>
      member.prefixes
        .filter((one) => !taken.has(prefixKey(one)))
        .map((one) => {
          const nextHop: NextHop = { kind: 'connected', interface: overPeering(member) }
          return systemRoute(one, 'ConnectedGroup', nextHop, `connected group of ${body.name}`, body.source('name'))
        }),
    ),
  )
}

/** A private endpoint's /32 is in every subnet of its VNet and of VNets peered with it directly, never further. */
function endpointRoutes(estate: Estate, vnet: VirtualNetwork): CandidateRoute[] {
  const routes: CandidateRoute[] = []
  const add = (of: VirtualNetwork, nextHop: NextHop) => {
    for (const address of endpointsIn(estate, of)) {
      const origin = `private endpoint ${address.endpoint.name} (${formatIp(address.ip)})`
      const source = address.endpoint.source('name')
      const route = systemRoute(hostPrefix(address.ip), 'InterfaceEndpoint', nextHop, origin, source)
      routes.push({ ...route, endpoint: address })
    }
  }
  add(vnet, LOCAL)
  for (const { remote } of peersOf(estate, vnet)) {
    if (remote) add(remote, { kind: 'connected', interface: overPeering(remote) })
  }
  return routes
}
