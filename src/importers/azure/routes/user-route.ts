import type { NextHop } from '../../../model/index.ts'
import { formatIp, type Ip, type Prefix, parseIp, parsePrefix, prefixContains } from '../../../net/index.ts'
import { nearestNames } from '../../../text/index.ts'
import { PUBLIC_SPACE } from '../estate/address-space.ts'
import { FABRIC_VNET, INTERNET, overPeering } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { peersOf } from '../estate/peering.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { prefixesOfSet } from '../estate/service-tags.ts'
import { type Gateway, gatewaysIn } from '../gateways/gateway.ts'
import { internetNextHop } from '../outbound/outbound.ts'
import type { CandidateRoute } from './candidate-route.ts'
import { connectedGroupsOf } from './network-group.ts'
import { perhapsByEndpoint } from './service-endpoint-route.ts'

/** The routes of a subnet's route table, service tags spelled out as their prefixes. */
export function userRoutes(estate: Estate, subnet: Subnet, table: Body): CandidateRoute[] {
  return routeBodies(estate, table).flatMap((body) => expanded(estate, subnet, table, body))
}

/** The bodies of a route table's routes, inside it or beside it; one that is in both places counts once. */
export function routeBodies(estate: Estate, table: Body): readonly Body[] {
  const inside = table.children('routes')
  const names = new Set(inside.map((one) => one.name.toLowerCase()))
  const apart = routesApart(estate).get(table.id.toLowerCase()) ?? []
  return [...inside, ...apart.filter((one) => !names.has(one.name.toLowerCase()))]
}

const routesApart = perEstate((estate) => {
  const byTable = new Map<string, Body[]>()
  for (const body of estate.ofType('microsoft.network/routetables/routes')) {
    const table = parentId(body.id)
    byTable.set(table, [...(byTable.get(table) ?? []), body])
  }
  return byTable
})

/** Whether a user route is one for a prefix, not for a service tag. */
export function isUserRoutePrefix(route: CandidateRoute): boolean {
  return route.metric === 0
}

function expanded(estate: Estate, subnet: Subnet, table: Body, body: Body): CandidateRoute[] {
  const text = body.text('addressPrefix') ?? ''
  const origin = `user route ${body.name} of ${table.name}`
  const nextHopIp = parsedIp(body.text('nextHopIpAddress'))
  const nextHop = nextHopOf(estate, subnet, body, nextHopIp)
  const towards = (to: Prefix) => (nextHop === TO_INTERNET ? internetNextHop(estate, subnet, to) : nextHop)
  const base = {
    by: 'User' as const,
    type: spelled(body.text('nextHopType') ?? ''),
    nextHops: nextHopIp === undefined ? [] : [formatIp(nextHopIp)],
    origin,
    source: body.source('name'),
    ...(nextHop === TO_INTERNET && perhapsByEndpoint(estate, subnet)),
  }
  const prefix = parsePrefix(text)
  if (prefix) return [{ ...base, nextHop: towards(prefix), prefix, metric: 0 }]
  const tag = estate.tag(text)
  if (tag) {
    const metric = tagRank(text)
    return prefixesOfSet(tag).map((one) => ({ ...base, nextHop: towards(one), prefix: one, metric, serviceTag: text }))
  }
  const near = nearestNames(text, estate.tags?.tags.keys() ?? [])
  const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''
  const because = `${origin} is for the service tag "${text}", whose prefixes we do not have`
  estate.report(body.diagnostic('warning', 'NT1606', `${because}${hint}`, 'addressPrefix'))
  // Any public address could be one of the tag's: a longer route than 0.0.0.0/0 says so.
  const unknown: NextHop = { kind: 'unknown', because }
  return prefixesOfSet(PUBLIC_SPACE).map((one) => ({ ...base, nextHop: unknown, prefix: one, metric: 9 }))
}

/** Of user routes for one prefix: an explicit prefix, then regional tags, then others, AzureCloud last. */
function tagRank(tag: string): number {
  const name = tag.toLowerCase()
  if (name === 'azurecloud') return 4
  if (name.startsWith('azurecloud.')) return 3
  return name.includes('.') ? 1 : 2
}

/** Stands for the internet until the prefix is known: a NAT gateway takes IPv4 alone. */
const TO_INTERNET: NextHop = { kind: 'connected', interface: INTERNET }

const SPELLINGS = ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None']

function spelled(type: string): string {
  return SPELLINGS.find((one) => one.toLowerCase() === type.toLowerCase()) ?? type
}

function nextHopOf(estate: Estate, subnet: Subnet, body: Body, address: Ip | undefined): NextHop {
  switch (body.text('nextHopType')?.toLowerCase()) {
    case 'vnetlocal':
      return { kind: 'connected', interface: FABRIC_VNET }
    case 'internet':
      return TO_INTERNET
    case 'none':
      return { kind: 'discard', answer: 'silent' }
    case 'virtualnetworkgateway':
      return gatewayNextHop(estate, subnet)
    case 'virtualappliance':
      return applianceNextHop(estate, subnet, body, address)
    default: {
      const because = `next hop type "${body.text('nextHopType') ?? ''}" of route ${body.name} is not known`
      estate.report(body.diagnostic('warning', 'NT1607', because, 'nextHopType'))
      return { kind: 'unknown', because }
    }
  }
}

/**
 * A user route to the gateway works only with a VPN gateway, and not where ExpressRoute stands beside it (Learn: Virtual
 * network traffic routing, "User-defined"). Of a gateway that is not in the export nobody can say which it is.
 */
function gatewayNextHop(estate: Estate, subnet: Subnet): NextHop {
  const { vnet } = subnet
  const gateways = usableGateways(estate, subnet)
  const elsewhere = peersOf(estate, vnet).find((one) => one.peering.usesRemoteGateways && !one.remote)
  if (gateways.length === 0 && elsewhere) {
    const { peering } = elsewhere
    return { kind: 'unknown', because: `the VNet whose gateway peering ${peering.name} uses is not in the export` }
  }
  const vpn = gateways.find((one) => one.kind === 'vpn')
  if (!vpn || gateways.some((one) => one.kind === 'expressroute')) {
    const because = `VNet ${vnet.name} has no gateway that a user route may lead to (a VPN gateway without ExpressRoute)`
    return { kind: 'broken', because, code: 'NoVirtualNetworkGateway' }
  }
  return { kind: 'device', device: vpn.device }
}

function usableGateways(estate: Estate, { vnet }: Subnet): readonly Gateway[] {
  const own = gatewaysIn(estate, vnet)
  if (own.length > 0) return own
  const peer = peersOf(estate, vnet).find((one) => one.peering.usesRemoteGateways)
  const back = peer?.remote?.peerings.find((one) => one.connected && one.remoteId === vnet.id)
  return peer?.remote && back?.allowsGatewayTransit ? gatewaysIn(estate, peer.remote) : []
}

/** An appliance must be in the VNet or in one peered with it directly; not behind a gateway. */
function applianceNextHop(estate: Estate, subnet: Subnet, body: Body, address: Ip | undefined): NextHop {
  const text = body.text('nextHopIpAddress')
  if (address === undefined && text !== undefined) {
    return { kind: 'unknown', because: `the next hop of route ${body.name} cannot be read: ${text}` }
  }
  if (address === undefined) {
    return { kind: 'broken', because: `route ${body.name} names no next hop address`, code: 'NextHopUnreachable' }
  }
  const holds = (prefixes: readonly Prefix[]) => prefixes.some((one) => prefixContains(one, address))
  if (holds(subnet.vnet.prefixes)) return { kind: 'via', gateway: address, interface: FABRIC_VNET }
  for (const { peering, remote } of peersOf(estate, subnet.vnet)) {
    if (!holds(peering.remotePrefixes)) continue
    if (remote) return { kind: 'via', gateway: address, interface: overPeering(remote) }
    return { kind: 'unknown', because: `the VNet of next hop ${formatIp(address)} is not in the export` }
  }
  for (const member of connectedGroupsOf(estate, subnet.vnet).flatMap((one) => one.members)) {
    if (holds(member.prefixes)) return { kind: 'via', gateway: address, interface: overPeering(member) }
  }
  const because = `next hop ${formatIp(address)} is neither in VNet ${subnet.vnet.name} nor in one peered with it`
  return { kind: 'broken', because, code: 'NextHopUnreachable' }
}

function parsedIp(text: string | undefined): Ip | undefined {
  return text === undefined ? undefined : parseIp(text)
}
