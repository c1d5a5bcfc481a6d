import type { Source } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  formatIp,
  hostPrefix,
  type Ip,
  type Prefix,
  parseIp,
} from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import { circuitRoutes } from '../estate/circuit-route.ts'
import { connectionStatus, type OutOfOrder, statusProblem } from '../estate/connection-status.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { circuitOf, circuitProblem } from '../estate/express-route-circuit.ts'
import { perEstate } from '../estate/per-estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { prefixesOf } from '../estate/virtual-network.ts'
import { bgpSpeakers, gatewayAddresses, gatewaySpeakers } from './gateway-address.ts'
import { type GatewayNatRule, knownPrefix, natRulesOf } from './gateway-nat.ts'
import { type LearnedRoute, learnedBy } from './learned-route.ts'
import { leadsToAppliance, type PrintedRoute, printedRoutes } from './printed-route.ts'

/** A prefix that is reached over a connection, and the line that says so. */
export interface ReachedPrefix {
  readonly prefix: Prefix
  readonly source: Source
}

/** A connection of a gateway. */
export interface GatewayConnection {
  readonly body: Body
  readonly name: string
  /** The name of the gateway device's interface that is the tunnel's near end. */
  readonly interface: string
  /** What is at the other end: a site, a gateway of another VNet, an ExpressRoute circuit. */
  readonly kind: 'site' | 'vnet' | 'circuit'
  readonly prefixes: readonly ReachedPrefix[]
  /** The outer address of the other end; absent when the export does not hold it. */
  readonly remoteIp?: Ip
  /** The id of the gateway at the other end of a VNet-to-VNet connection. */
  readonly remoteGateway?: string
  /** The addresses that speak BGP at the other end, where they are known. */
  readonly peers: readonly Ip[]
  /** Present when it learns prefixes by BGP that no ARM body holds and no export of learned routes does. */
  readonly learns?: string
  /** The lower-case id of its ExpressRoute circuit. */
  readonly circuit?: string
  /** Why it carries nothing; absent = it is up, or the export does not say that it is down. */
  readonly down?: OutOfOrder
  /** Absent = its addresses are not translated. */
  readonly natRules?: readonly GatewayNatRule[]
  /** The encryption domain, for policy-based selectors. */
  readonly selectors?: readonly { readonly local: AddressSet; readonly remote: AddressSet }[]
}

const byGateway = perEstate((estate) => {
  const map = new Map<string, Body[]>()
  for (const body of estate.ofType('microsoft.network/connections')) {
    const near = body.reference('virtualNetworkGateway1') ?? ''
    map.set(near, [...(map.get(near) ?? []), body])
    const far = body.reference('virtualNetworkGateway2')
    // A VNet-to-VNet connection that Azure reports as up has its other half, even where the export lacks it.
    if (far !== undefined && connectionStatus(body) === 'up' && !hasReverse(estate, near, far)) {
      map.set(far, [...(map.get(far) ?? []), body])
    }
  }
  return map
})

function hasReverse(estate: Estate, near: string, far: string): boolean {
  const connections = estate.ofType('microsoft.network/connections')
  return connections.some(
    (one) =>
      one.reference('virtualNetworkGateway1') === far &&
      one.reference('virtualNetworkGateway2') === near &&
      connectionStatus(one) !== 'down',
  )
}

/** The connections of a gateway: those that are up, or of which the export does not say that they are down, and the others. */
export function makeConnections(
  estate: Estate,
  gateway: Body,
): { readonly up: readonly GatewayConnection[]; readonly down: readonly GatewayConnection[] } {
  const id = gateway.id.toLowerCase()
  const up: GatewayConnection[] = []
  const down: GatewayConnection[] = []
  for (const body of byGateway(estate).get(id) ?? []) {
    const connection = makeConnection(estate, id, body)
    const why = downBecause(estate, body)
    if (why) {
      estate.report({
        severity: 'note',
        code: 'NT1621',
        message: `${why.because}: its prefixes are not routed`,
        source: why.source,
      })
      down.push({ ...connection, down: why })
    } else up.push(connection)
  }
  return { up: withLearned(estate, gateway, up), down }
}

function downBecause(estate: Estate, body: Body): GatewayConnection['down'] {
  const own = statusProblem(body) ?? missingHalf(estate, body)
  if (own) return own
  const problem = circuitProblem(estate, estate.byId(circuitOf(body)))
  return problem && { because: `connection ${body.name}: ${problem.because}`, source: problem.source }
}

/** VNets are joined by a connection of each gateway (Learn: Configure a VNet-to-VNet VPN gateway connection). */
function missingHalf(estate: Estate, body: Body): OutOfOrder | undefined {
  const far = estate.byId(body.reference('virtualNetworkGateway2'))
  const isJoint = body.text('connectionType')?.toLowerCase() === 'vnet2vnet'
  if (!far || !isJoint || connectionStatus(body) !== 'unsaid') return undefined
  if (hasReverse(estate, body.reference('virtualNetworkGateway1') ?? '', far.id.toLowerCase())) return undefined
  const because = `connection ${body.name} has no connection back from ${far.name} in the export, and VNets are joined by one of each gateway`
  return { because, source: body.source('virtualNetworkGateway2') }
}

/** The connections with the prefixes that came over each, where an export of the learned routes holds them. */
function withLearned(estate: Estate, gateway: Body, connections: readonly GatewayConnection[]): GatewayConnection[] {
  const routes = learnedBy(estate, gateway)
  if (!routes) return withPrinted(estate, gateway, connections)
  const circuits = connections.filter((one) => one.kind === 'circuit')
  const over = (route: LearnedRoute) =>
    connections.find((one) => one.peers.includes(route.nextHop) || one.remoteIp === route.nextHop) ??
    (circuits.length === 1 ? circuits[0] : undefined)
  const strangers = routes.filter((one) => !over(one))
  for (const one of strangers) {
    const message = `gateway ${gateway.name} learned a prefix from ${formatIp(one.nextHop)}, which none of its connections leads to`
    estate.report({ severity: 'warning', code: 'NT1632', message, source: one.source })
  }
  return connections.map((connection) => {
    const { learns, prefixes, ...rest } = connection
    const known = new Set(prefixes.map(({ prefix }) => prefixKey(prefix)))
    const learned = routes.filter((one) => over(one) === connection && !known.has(prefixKey(one.prefix)))
    const all = [...prefixes, ...learned.map(({ prefix, source }) => ({ prefix, source }))]
    return { ...rest, prefixes: all, ...(learns !== undefined && strangers.length > 0 && { learns }) }
  })
}

/**
 * Where no list of learned routes is at hand, what Azure printed among the routes in force at a network interface: it
 * came over the one connection that learns. Of two nobody can say over which.
 */
function withPrinted(estate: Estate, gateway: Body, connections: readonly GatewayConnection[]): GatewayConnection[] {
  const learning = connections.filter((one) => one.learns !== undefined)
  const vnet = vnetOf(estate, gateway)
  const vnets = vnet ? [vnet, ...transitVnets(estate, vnet)] : []
  const printed = learning.length === 1 ? printedRoutes(estate, vnets) : undefined
  if (!printed) return [...connections]
  const known = new Set(connections.flatMap((one) => one.prefixes.map(({ prefix }) => prefixKey(prefix))))
  const beside = estate
    .ofType('microsoft.network/virtualnetworkgateways')
    .filter((one) => one !== gateway && vnetOf(estate, one) === vnet)
  const own = shownAddresses(estate, gateway)
  const others = beside.flatMap((one) => shownAddresses(estate, one))
  const isCircuit = learning.every((one) => one.kind === 'circuit')
  // A VPN gateway is shown with its own addresses, a circuit with those of Microsoft's edge, which no body holds.
  const isOwn = ({ nextHops }: PrintedRoute) =>
    beside.length === 0 ||
    nextHops.some((hop) => own.includes(hop)) ||
    (isCircuit && !nextHops.some((hop) => others.includes(hop)))
  const isNew = (one: PrintedRoute) =>
    !known.has(prefixKey(one.prefix)) && isOwn(one) && !leadsToAppliance(one, vnets, [...own, ...others])
  const more = printed.filter(isNew).map(({ prefix, source }) => ({ prefix, source }))
  return connections.map((connection) => {
    const { learns, ...rest } = connection
    return learns === undefined ? connection : { ...rest, prefixes: [...rest.prefixes, ...more] }
  })
}

/** The addresses that routes to a gateway are shown with. */
function shownAddresses(estate: Estate, gateway: Body): readonly Ip[] {
  const configurations = gateway.children('ipConfigurations')
  const ips = configurations.map((one) => estate.publicIp(one.reference('publicIPAddress')))
  return [...gatewaySpeakers(gateway), ...ips.filter((one) => one !== undefined)]
}

/** The VNet a gateway stands in. */
function vnetOf(estate: Estate, gateway: Body): VirtualNetwork | undefined {
  const subnets = gateway.children('ipConfigurations').map((one) => estate.subnet(one.reference('subnet')))
  return subnets.find((one) => one !== undefined)?.vnet
}

function makeConnection(estate: Estate, gateway: string, body: Body): GatewayConnection {
  const type = body.text('connectionType')?.toLowerCase()
  const shared = { body, name: body.name, interface: `connection:${body.name}` }
  if (type === 'expressroute') {
    const learns = `ExpressRoute connection ${body.name} learns its prefixes by BGP; no ARM body holds them`
    const circuit = circuitOf(body)
    const known = circuitRoutes(estate, circuit)
    return {
      ...shared,
      kind: 'circuit',
      prefixes: (known ?? []).map(({ prefix, source }) => ({ prefix, source })),
      peers: [],
      ...(!known && { learns }),
      ...(circuit !== undefined && { circuit }),
    }
  }
  if (type === 'vnet2vnet') return vnetConnection(estate, gateway, body, shared)
  return siteConnection(estate, gateway, body, shared)
}

type Shared = Pick<GatewayConnection, 'body' | 'name' | 'interface'>

function siteConnection(estate: Estate, gateway: string, body: Body, shared: Shared): GatewayConnection {
  const site = estate.byId(body.reference('localNetworkGateway2')) ?? embedded(body, 'localNetworkGateway2')
  if (!site) {
    const message = `connection ${body.name} names a local network gateway that is not in the export`
    estate.report(body.diagnostic('warning', 'NT1622', message, 'localNetworkGateway2'))
    return { ...shared, kind: 'site', prefixes: [], peers: [], learns: message }
  }
  const space = site.child('localNetworkAddressSpace')
  const source = (space ?? site).source('addressPrefixes')
  const natRules = natRulesOf(estate, estate.byId(gateway), body)
  const stated = prefixesOf(space, ['addressPrefixes'], estate.report)
  const prefixes = stated.map((prefix) => ({ prefix: knownPrefix(natRules, prefix), source }))
  const bgp = body.flag('enableBgp') === true || body.isDoubtful('enableBgp')
  const peer = parsed(site.child('bgpSettings')?.text('bgpPeeringAddress'))
  if (bgp && peer !== undefined && !prefixes.some((one) => one.prefix.ip === peer)) {
    prefixes.push({
      prefix: hostPrefix(peer),
      source: site.child('bgpSettings')?.source('bgpPeeringAddress') ?? source,
    })
  }
  const remoteIp = parsed(site.text('gatewayIpAddress'))
  const selectors = selectorsOf(estate, gateway, body, prefixes)
  return {
    ...shared,
    kind: 'site',
    prefixes,
    peers: bgpSpeakers(site),
    ...(remoteIp !== undefined && { remoteIp }),
    ...(bgp && { learns: `connection ${body.name} learns prefixes by BGP; no ARM body holds them` }),
    ...(natRules.length > 0 && { natRules }),
    ...(selectors && { selectors }),
  }
}

/** An object printed inside its reference, as `$expand` does. */
function embedded(body: Body, key: string): Body | undefined {
  const child = body.child(key)
  return child?.has('localNetworkAddressSpace') ? child : undefined
}

function vnetConnection(estate: Estate, gateway: string, body: Body, shared: Shared): GatewayConnection {
  const near = body.reference('virtualNetworkGateway1')
  const far = near === gateway ? body.reference('virtualNetworkGateway2') : near
  const remote = estate.byId(far)
  if (far === undefined || !remote) {
    const message = `the other gateway of connection ${body.name} is not in the export`
    estate.report(body.diagnostic('warning', 'NT1622', message, 'virtualNetworkGateway2'))
    return { ...shared, kind: 'vnet', prefixes: [], peers: [], learns: message }
  }
  const configurations = remote.children('ipConfigurations')
  const vnet = configurations.map((one) => estate.subnet(one.reference('subnet'))?.vnet).find((one) => one)
  const remoteIp = estate.publicIp(configurations[0]?.reference('publicIPAddress'))
  return {
    ...shared,
    kind: 'vnet',
    prefixes: vnet ? remotePrefixes(estate, vnet, remote, body.flag('enableBgp') === true) : [],
    peers: gatewayAddresses(remote),
    remoteGateway: far,
    ...(remoteIp !== undefined && { remoteIp }),
  }
}

/**
 * Without BGP the remote VNet's address space; with BGP also what the remote gateway announces: the spaces of the
 * peers that use it, and its own BGP address (seen in recorded effective routes).
 */
function remotePrefixes(estate: Estate, vnet: VirtualNetwork, gateway: Body, bgp: boolean): ReachedPrefix[] {
  const own = (of: VirtualNetwork) => {
    const source = (of.body.child('addressSpace') ?? of.body).source('addressPrefixes')
    return of.prefixes.map((prefix) => ({ prefix, source }))
  }
  if (!bgp) return own(vnet)
  const settings = gateway.child('bgpSettings')
  const speakers = (settings?.text('bgpPeeringAddress') ?? '').split(',').map((text) => parseIp(text.trim()))
  const hosts = speakers.filter((one) => one !== undefined).map(hostPrefix)
  const source = (settings ?? gateway).source('bgpPeeringAddress')
  return [...own(vnet), ...transitVnets(estate, vnet).flatMap(own), ...hosts.map((prefix) => ({ prefix, source }))]
}

/** The VNets that use the gateway of a VNet over a peering that allows it on both sides. */
export function transitVnets(estate: Estate, hub: VirtualNetwork): VirtualNetwork[] {
  const spokes: VirtualNetwork[] = []
  for (const peering of hub.peerings) {
    if (!peering.connected || !peering.allowsGatewayTransit) continue
    const spoke = estate.vnet(peering.remoteId)
    if (spoke?.peerings.some((one) => one.connected && one.remoteId === hub.id && one.usesRemoteGateways)) {
      spokes.push(spoke)
    }
  }
  return spokes
}

/**
 * Policy-based selectors: `trafficSelectorPolicies` where given, else every prefix of the VNet and of the VNets that
 * use its gateway with every prefix of the site (Learn: Connect a VPN gateway to multiple on-premises policy-based
 * VPN devices).
 */
function selectorsOf(estate: Estate, gateway: string, body: Body, remote: readonly ReachedPrefix[]) {
  const policies = body.children('trafficSelectorPolicies')
  if (policies.length > 0) {
    return policies.map((policy) => ({
      local: addressesOfPrefixes(prefixesOf(policy, ['localAddressRanges'], estate.report)),
      remote: addressesOfPrefixes(prefixesOf(policy, ['remoteAddressRanges'], estate.report)),
    }))
  }
  const near = estate.byId(gateway)
  const policyBased = near?.text('vpnType')?.toLowerCase() === 'policybased'
  if (body.flag('usePolicyBasedTrafficSelectors') !== true && !policyBased) return undefined
  const subnets = near?.children('ipConfigurations').map((one) => estate.subnet(one.reference('subnet'))) ?? []
  const vnet = subnets.find((one) => one !== undefined)?.vnet
  const local = vnet ? [vnet, ...transitVnets(estate, vnet)].flatMap((one) => one.prefixes) : []
  return [{ local: addressesOfPrefixes(local), remote: addressesOfPrefixes(remote.map((one) => one.prefix)) }]
}

function parsed(text: string | undefined): Ip | undefined {
  return text === undefined ? undefined : parseIp(text)
}
