import type { NextHop, Source } from '../../../model/index.ts'
import { type Ip, type Prefix, parseIp, prefixCovers } from '../../../net/index.ts'
import { onSegment } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import { circuitRoutes } from '../estate/circuit-route.ts'
import { type OutOfOrder, statusProblem } from '../estate/connection-status.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { circuitOf, circuitProblem } from '../estate/express-route-circuit.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { parentId } from '../estate/resource-id.ts'
import { prefixesOf } from '../estate/virtual-network.ts'

/** A prefix behind a connection of a hub, and where the hub sends its packets. */
export interface HubPrefix {
  readonly prefix: Prefix
  readonly nextHop: NextHop
  readonly source: Source
  /** How many networks its announcement passed; absent = not said. */
  readonly pathLength?: number
  /** No route table learns it: it only says where a static route of one leads. */
  readonly staysHere?: true
  /** Where pages differ about it, a sentence for the answer. */
  readonly leansOn?: string
}

/** What a virtual hub is connected to: a VNet, or sites, clients and circuits through a gateway in the hub. */
export interface HubConnection {
  readonly body: Body
  readonly name: string
  readonly by: 'vnet' | 'vpn' | 'circuit'
  readonly vnet?: VirtualNetwork
  readonly prefixes: readonly HubPrefix[]
  /** The lower-case id of the route table its packets meet; absent = the default one. */
  readonly associated?: string
  /** Lower-case ids of the route tables that learn its prefixes. */
  readonly propagated: readonly string[]
  readonly labels: readonly string[]
  /** Whether 0.0.0.0/0 is handed on to it. */
  readonly takesDefault: boolean
  /** Why it may bring more prefixes than these; absent when it cannot. */
  readonly learns?: string
  /** Why it carries nothing; absent = it is up, or the export does not say that it is down. */
  readonly down?: OutOfOrder
}

/** A near end of a tunnel from a hub's VPN gateway to a site. */
export interface HubTunnel {
  readonly interface: string
  readonly alias: string
  readonly connection: string
  readonly remote?: Ip
  readonly prefixes: readonly { readonly prefix: Prefix; readonly source: Source }[]
  readonly kind: 'ipsec' | 'expressroute'
  readonly source: Source
}

/** A VPN, point-to-site or ExpressRoute gateway inside a hub. */
export interface HubGateway {
  readonly body: Body
  readonly device: string
  readonly label: string
  readonly publicIps: readonly Ip[]
  readonly tunnels: readonly HubTunnel[]
  readonly clientPools: readonly { readonly prefix: Prefix; readonly source: Source }[]
  readonly connections: readonly HubConnection[]
}

/** The children of a hub's or gateway's body, inside it or as bodies of their own; each once. */
export function childBodies(estate: Estate, parent: Body, member: string, type: string): Body[] {
  const apart = estate.ofType(`${type}/${member}`.toLowerCase()).filter((one) => parentId(one.id) === idOf(parent))
  const names = new Set(apart.map((one) => one.name.toLowerCase()))
  return [...parent.children(member).filter((one) => !names.has(one.name.toLowerCase())), ...apart]
}

const idOf = (body: Body): string => body.id.toLowerCase()

/** The connections of a hub to VNets of the export. */
export function vnetConnections(estate: Estate, hub: Body): HubConnection[] {
  const speakers = childBodies(estate, hub, 'bgpConnections', 'microsoft.network/virtualhubs')
  const bodies = childBodies(estate, hub, 'hubVirtualNetworkConnections', 'microsoft.network/virtualhubs')
  return bodies.flatMap((body): HubConnection[] => {
    const vnet = estate.vnet(body.reference('remoteVirtualNetwork'))
    if (!vnet) {
      const message = `connection ${body.name} of virtual hub ${hub.name} leads to a VNet that is not in the export`
      estate.report(body.diagnostic('warning', 'NT1640', message, 'remoteVirtualNetwork'))
      return [{ ...routing(body, hub), by: 'vnet', prefixes: [], takesDefault: false, learns: message }]
    }
    const id = body.id.toLowerCase()
    const speaker = speakers.find((one) => one.reference('hubVirtualNetworkConnection') === id)
    return [
      {
        ...routing(body, hub),
        by: 'vnet',
        vnet,
        prefixes: vnetPrefixes(body, vnet, appliancePrefixes(estate, body, onSegment(vnet))),
        takesDefault: body.flag('enableInternetSecurity') === true,
        ...(speaker && { learns: announcedBy(hub, speaker) }),
      },
    ]
  })
}

function announcedBy(hub: Body, speaker: Body): string {
  const peer = speaker.text('peerIp') ?? 'its peer'
  return `virtual hub ${hub.name} learns what ${peer} announces over BGP connection ${speaker.name}; no ARM body holds it`
}

/**
 * A VNet's own prefixes and those behind an appliance in it. A static route around a whole prefix of the VNet takes also
 * what is for the VNet itself to the appliance, unless only an equal one is to (`vnetLocalRouteOverrideCriteria`; Learn:
 * How to configure virtual hub routing, "Bypass Next Hop IP for workloads within this VNet").
 */
function vnetPrefixes(body: Body, vnet: VirtualNetwork, behind: readonly HubPrefix[]): HubPrefix[] {
  const settings = body.child('routingConfiguration')?.child('vnetRoutes')?.child('staticRoutesConfig')
  const onlyEqual = settings?.text('vnetLocalRouteOverrideCriteria')?.toLowerCase() === 'equal'
  const onto = { kind: 'connected', interface: onSegment(vnet) } as const
  const source = (vnet.body.child('addressSpace') ?? vnet.body).source('addressPrefixes')
  const overrides = (one: HubPrefix, own: Prefix) =>
    onlyEqual ? prefixKey(one.prefix) === prefixKey(own) : prefixCovers(one.prefix, own)
  const own = vnet.prefixes.map((prefix): HubPrefix => {
    const [around] = behind
      .filter((one) => overrides(one, prefix))
      .sort((one, other) => other.prefix.length - one.prefix.length)
    return around ? { prefix, nextHop: around.nextHop, source: around.source } : { prefix, nextHop: onto, source }
  })
  const mine = new Set(vnet.prefixes.map(prefixKey))
  return [...own, ...behind.filter((one) => !mine.has(prefixKey(one.prefix)))]
}

const STATIC_PROPAGATE =
  'static routes of a VNet connection are learned by the route tables it propagates to; an older export does not say whether they are (propagateStaticRoutes)'

/** Prefixes behind an appliance in a connected VNet (Learn: Virtual WAN, route traffic through an NVA in a spoke). */
function appliancePrefixes(estate: Estate, body: Body, onto: string): HubPrefix[] {
  const given = body.child('routingConfiguration')?.child('vnetRoutes')
  const propagates = given?.child('staticRoutesConfig')?.flag('propagateStaticRoutes')
  return (given?.children('staticRoutes') ?? []).flatMap((route) => {
    const gateway = parseIp(route.text('nextHopIpAddress') ?? '')
    if (gateway === undefined) return []
    const shared = {
      nextHop: { kind: 'via', gateway, interface: onto } as const,
      source: route.source('addressPrefixes'),
      ...(propagates === false && { staysHere: true as const }),
      ...(propagates === undefined && { leansOn: STATIC_PROPAGATE }),
    }
    return prefixesOf(route, ['addressPrefixes'], estate.report).map((prefix) => ({ prefix, ...shared }))
  })
}

type Routing = Pick<HubConnection, 'body' | 'name' | 'associated' | 'propagated' | 'labels'>

/** Without a routing configuration a connection is associated with and propagates to the default route table. */
function routing(body: Body, hub: Body): Routing {
  const settings = body.child('routingConfiguration')
  const associated = settings?.reference('associatedRouteTable')
  const propagated = settings?.child('propagatedRouteTables')
  return {
    body,
    name: body.name,
    ...(associated !== undefined && { associated }),
    propagated: propagated?.references('ids') ?? [`${idOf(hub)}/hubroutetables/defaultroutetable`],
    labels: (propagated?.texts('labels') ?? []).map((one) => one.toLowerCase()),
  }
}

/** The gateways in a hub. */
export function hubGateways(estate: Estate, hub: Body): HubGateway[] {
  const inHub = (type: string) => estate.ofType(type).filter((one) => one.reference('virtualHub') === idOf(hub))
  return [
    ...inHub('microsoft.network/vpngateways').map((one) => vpnGateway(estate, hub, one)),
    ...inHub('microsoft.network/p2svpngateways').map((one) => clientGateway(estate, hub, one)),
    ...inHub('microsoft.network/expressroutegateways').map((one) => circuitGateway(estate, hub, one)),
  ]
}

function vpnGateway(estate: Estate, hub: Body, body: Body): HubGateway {
  const device = estate.deviceName(body)
  const publicIps = body
    .children('ipConfigurations')
    .map((one) => parseIp(one.text('publicIpAddress') ?? ''))
    .filter((one) => one !== undefined)
  const tunnels: HubTunnel[] = []
  const connections: HubConnection[] = []
  for (const one of childBodies(estate, body, 'vpnConnections', 'microsoft.network/vpngateways')) tell(one)
  for (const one of body.children('connections')) tell(one)
  return { body, device, label: 'Azure VPN gateway of a virtual hub', publicIps, tunnels, clientPools: [], connections }

  function tell(connection: Body): void {
    if (connections.some((one) => one.name === connection.name)) return
    const made = siteTunnels(estate, connection)
    const down = downBecause(estate, connection)
    if (!down) tunnels.push(...made)
    const links = [connection, ...connection.children('vpnLinkConnections')]
    const isTranslated = links.some((one) =>
      ['ingressNatRules', 'egressNatRules'].some((rules) => one.references(rules).length > 0),
    )
    const because = `connection ${connection.name} of ${body.name} has NAT rules, which are not modelled in a virtual hub`
    const nextHop: NextHop = isTranslated ? { kind: 'unknown', because } : { kind: 'device', device }
    const prefixes = made.slice(0, 1).flatMap((tunnel) => tunnel.prefixes.map((one) => ({ ...one, nextHop })))
    const missing =
      made.length === 0 ? `connection ${connection.name} names a VPN site that is not in the export` : undefined
    const bgp = links.some((one) => one.flag('enableBgp') === true)
    connections.push({
      ...routing(connection, hub),
      by: 'vpn',
      prefixes,
      takesDefault: connection.flag('enableInternetSecurity') === true,
      ...(down && { down }),
      ...(bgp && { learns: `connection ${connection.name} learns prefixes by BGP; no ARM body holds them` }),
      ...(missing !== undefined && { learns: missing }),
    })
  }
}

/** A connection is down when it says so, or when each of its links does. */
function downBecause(estate: Estate, connection: Body): OutOfOrder | undefined {
  const links = connection.children('vpnLinkConnections').map(statusProblem)
  const found = statusProblem(connection) ?? (links.every((one) => one !== undefined) ? links[0] : undefined)
  if (found) reportDown(estate, found)
  return found
}

function reportDown(estate: Estate, { because, source }: OutOfOrder): void {
  estate.report({ severity: 'note', code: 'NT1621', message: `${because}: its prefixes are not routed`, source })
}

/** One near end for each link of the site. */
function siteTunnels(estate: Estate, connection: Body): HubTunnel[] {
  const site = estate.byId(connection.reference('remoteVpnSite'))
  if (!site) {
    const message = `connection ${connection.name} names a VPN site that is not in the export`
    estate.report(connection.diagnostic('warning', 'NT1622', message, 'remoteVpnSite'))
    return []
  }
  const space = site.child('addressSpace')
  const source = (space ?? site).source('addressPrefixes')
  const prefixes = prefixesOf(space, ['addressPrefixes'], estate.report).map((prefix) => ({ prefix, source }))
  const links = linksOf(site, connection)
  const outer = links.length > 0 ? links.map((one) => one.text('ipAddress')) : [site.text('ipAddress')]
  return outer.map((text, index) => {
    const remote = parseIp(text ?? '')
    return {
      interface: `connection:${connection.name}${index === 0 ? '' : `/${index + 1}`}`,
      alias: index === 0 ? connection.name : '',
      connection: connection.name,
      ...(remote !== undefined && { remote }),
      prefixes,
      kind: 'ipsec',
      source: connection.source('name'),
    }
  })
}

/** The links of a site that a connection uses; one that names none uses them all. */
function linksOf(site: Body, connection: Body): Body[] {
  const links = site.children('vpnSiteLinks')
  const used = connection.children('vpnLinkConnections').map((one) => one.reference('vpnSiteLink')?.toLowerCase())
  const named = links.filter((one) => used.includes(one.id.toLowerCase()))
  return named.length > 0 ? named : links
}

function clientGateway(estate: Estate, hub: Body, body: Body): HubGateway {
  const device = estate.deviceName(body)
  const configurations = body.children('p2SConnectionConfigurations')
  const pools = configurations.map((one) => {
    const pool = one.child('vpnClientAddressPool')
    const source = (pool ?? one).source('addressPrefixes')
    return prefixesOf(pool, ['addressPrefixes'], estate.report).map((prefix) => ({ prefix, source }))
  })
  const connections = configurations.map(
    (one, index): HubConnection => ({
      ...routing(one, hub),
      by: 'vpn',
      prefixes: (pools[index] ?? []).map((pool) => ({ ...pool, nextHop: { kind: 'device', device } })),
      takesDefault: one.flag('enableInternetSecurity') === true,
    }),
  )
  const label = 'Azure point-to-site gateway of a virtual hub'
  return { body, device, label, publicIps: [], tunnels: [], clientPools: pools.flat(), connections }
}

function circuitGateway(estate: Estate, hub: Body, body: Body): HubGateway {
  const device = estate.deviceName(body)
  const all = childBodies(estate, body, 'expressRouteConnections', 'microsoft.network/expressroutegateways')
  const circuits = all.map((one) => ({ one, ...overCircuit(estate, one) }))
  return {
    body,
    device,
    label: 'Azure ExpressRoute gateway of a virtual hub',
    publicIps: [],
    tunnels: circuits.map(({ one, known }) => ({
      interface: `connection:${one.name}`,
      alias: one.name,
      connection: one.name,
      prefixes: known,
      kind: 'expressroute',
      source: one.source('name'),
    })),
    clientPools: [],
    connections: circuits.map(({ one, known, learns, down }) => ({
      ...routing(one, hub),
      by: 'circuit',
      prefixes: known.map((prefix) => ({ ...prefix, nextHop: { kind: 'device', device } })),
      takesDefault: one.flag('enableInternetSecurity') === true,
      ...(learns !== undefined && { learns }),
      ...(down && { down }),
    })),
  }
}

/** What a circuit's route table says is behind it, where the export holds that; nothing when the circuit is out. */
function overCircuit(estate: Estate, connection: Body) {
  const circuit = circuitOf(connection)
  const problem = circuitProblem(estate, estate.byId(circuit))
  if (problem) {
    const down = { ...problem, because: `connection ${connection.name}: ${problem.because}` }
    reportDown(estate, down)
    return { known: circuitRoutes(estate, circuit) ?? [], down }
  }
  const known = circuitRoutes(estate, circuit)
  if (known) return { known }
  return {
    known: [],
    learns: `ExpressRoute connection ${connection.name} learns its prefixes by BGP; no ARM body holds them`,
  }
}
