import { implied, type NextHop, type Route, type Source } from '../../../model/index.ts'
import { type Ip, type Prefix, parseIp, parsePrefix, prefix, prefixContains } from '../../../net/index.ts'
import { INTERNET } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { prefixesOf } from '../estate/virtual-network.ts'
import {
  childBodies,
  type HubConnection,
  type HubGateway,
  hubGateways,
  vnetConnections,
} from './virtual-hub-connection.ts'
import { hubFirewallSubnet, isWanHub } from './virtual-hub-network.ts'

/** A route table of a virtual hub: one device, because what a packet meets depends on where it came from. */
export interface HubTable {
  /** Lower case. */
  readonly id: string
  readonly device: string
  readonly body?: Body
  readonly labels: readonly string[]
}

/** A hub of a Virtual WAN. */
export interface VirtualHub {
  readonly body: Body
  readonly network: VirtualNetwork
  /** The lower-case id of its Virtual WAN; hubs of one WAN reach each other. */
  readonly wan: string
  readonly gateways: readonly HubGateway[]
  readonly connections: readonly HubConnection[]
  /** The default route table first. */
  readonly tables: readonly [HubTable, ...HubTable[]]
  /** The next hops of the routing policies of its routing intent, where there is one. */
  readonly intent: { readonly privateTraffic?: IntentHop; readonly internet?: IntentHop }
  /** The firewall in it, when the export holds it, with where it stands. */
  readonly firewall?: { readonly body: Body; readonly device: string; readonly ip?: Ip; readonly subnet: Subnet }
}

interface IntentHop {
  readonly nextHop: NextHop
  readonly source: Source
}

/** The hubs of the Virtual WANs of an estate, in file order. */
export const virtualHubs: (estate: Estate) => readonly VirtualHub[] = perEstate((estate) =>
  estate.ofType('microsoft.network/virtualhubs').flatMap((body) => {
    const network = isWanHub(body) ? estate.vnet(body.id) : undefined
    return network ? [makeHub(estate, body, network)] : []
  }),
)

function makeHub(estate: Estate, body: Body, network: VirtualNetwork): VirtualHub {
  const gateways = hubGateways(estate, body)
  const firewall = firewallOf(estate, body, network)
  for (const what of ['networkVirtualAppliances', 'bgpConnections'] as const) {
    for (const one of childBodies(estate, body, what, 'microsoft.network/virtualhubs')) {
      const message = `${what === 'bgpConnections' ? 'BGP connection' : 'appliance'} ${one.name || one.id} of virtual hub ${body.name} is not modelled: what it announces is unknown`
      estate.report(one.diagnostic('warning', 'NT1641', message))
    }
  }
  return {
    body,
    network,
    wan: body.reference('virtualWan') ?? body.id.toLowerCase(),
    gateways,
    connections: [...vnetConnections(estate, body), ...gateways.flatMap((one) => one.connections)],
    tables: tablesOf(estate, body),
    intent: intentOf(estate, body, firewall?.device),
    ...(firewall && { firewall }),
  }
}

function firewallOf(estate: Estate, hub: Body, network: VirtualNetwork): VirtualHub['firewall'] {
  const id = hub.id.toLowerCase()
  const body = estate.ofType('microsoft.network/azurefirewalls').find((one) => one.reference('virtualHub') === id)
  if (!body) return undefined
  const ip = parseIp(body.child('hubIPAddresses')?.text('privateIPAddress') ?? '')
  const subnet = hubFirewallSubnet(network)
  return { body, device: estate.deviceName(body), subnet, ...(ip !== undefined && { ip }) }
}

function tablesOf(estate: Estate, hub: Body): VirtualHub['tables'] {
  const name = estate.deviceName(hub)
  const defaultId = `${hub.id.toLowerCase()}/hubroutetables/defaultroutetable`
  const bodies = childBodies(estate, hub, 'hubRouteTables', 'microsoft.network/virtualhubs')
  const tableOf = (body: Body): HubTable => ({
    id: `${hub.id.toLowerCase()}/hubroutetables/${body.name.toLowerCase()}`,
    device: `${name}/${body.name}`,
    body,
    labels: body.texts('labels').map((one) => one.toLowerCase()),
  })
  const own = bodies.find((one) => one.name.toLowerCase() === 'defaultroutetable')
  const first: HubTable = { id: defaultId, device: name, labels: ['default'], ...(own && { body: own }) }
  return [first, ...bodies.filter((one) => one !== own && one.name.toLowerCase() !== 'noneroutetable').map(tableOf)]
}

function intentOf(estate: Estate, hub: Body, firewall: string | undefined): VirtualHub['intent'] {
  const found: { privateTraffic?: IntentHop; internet?: IntentHop } = {}
  for (const intent of childBodies(estate, hub, 'routingIntent', 'microsoft.network/virtualhubs')) {
    for (const policy of intent.children('routingPolicies')) {
      const hop = {
        nextHop: hopTo(estate, hub, policy.reference('nextHop'), firewall),
        source: policy.source('nextHop'),
      }
      const destinations = policy.texts('destinations').map((one) => one.toLowerCase())
      if (destinations.includes('privatetraffic')) found.privateTraffic = hop
      if (destinations.includes('internet')) found.internet = hop
    }
  }
  return found
}

/** The next hop a resource id stands for: the hub's firewall, else something nothing here models. */
function hopTo(estate: Estate, hub: Body, id: string | undefined, firewall: string | undefined): NextHop {
  const body = estate.byId(id)
  if (body && firewall !== undefined && estate.deviceName(body) === firewall)
    return { kind: 'device', device: firewall }
  const name = id?.slice(id.lastIndexOf('/') + 1) ?? 'a next hop'
  return {
    kind: 'unknown',
    because: `virtual hub ${hub.name} sends this through ${name}, which is not modelled or not in the export`,
  }
}

const byVnet = perEstate((estate) => {
  const map = new Map<string, { hub: VirtualHub; connection: HubConnection }>()
  for (const hub of virtualHubs(estate)) {
    for (const connection of hub.connections) if (connection.vnet) map.set(connection.vnet.id, { hub, connection })
  }
  return map
})

/** The hub a VNet is connected to. */
export function hubOf(estate: Estate, vnet: VirtualNetwork) {
  return byVnet(estate).get(vnet.id)
}

/** The route table of a hub that packets from a connection meet; an unknown one counts as the default one. */
export function tableOf(hub: VirtualHub, { associated }: HubConnection): HubTable {
  return hub.tables.find((one) => one.id === associated) ?? hub.tables[0]
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefix)
const DEFAULT = prefix('0.0.0.0/0')
const [STATIC, LEARNED, REMOTE] = [1, 2, 3]

/**
 * The routes of one of a hub's tables: static ones before learned ones of the same prefix, this hub's before those of
 * other hubs (Learn: About virtual hub routing, hub routing preference). With a routing intent for private traffic every
 * private packet goes to its next hop (Learn: How to configure Virtual WAN hub routing intent).
 */
export function hubRoutes(estate: Estate, hub: VirtualHub, table: HubTable): Route[] {
  const through = hub.intent.privateTraffic
  const direct = directRoutes(estate, hub, table)
  const learned = through
    ? direct.map((one) => ({ ...one, nextHop: through.nextHop, origin: `${one.origin}, by routing intent` }))
    : direct
  const aggregates = through
    ? PRIVATE.map((one) => routeOf(one, through.nextHop, 'routing intent for private traffic', through.source, STATIC))
    : []
  const { internet } = hub.intent
  const out = internet
    ? [routeOf(DEFAULT, internet.nextHop, 'routing intent for the internet', internet.source, STATIC)]
    : []
  return [...firewallRoute(hub), ...aggregates, ...out, ...staticRoutes(estate, hub, table), ...learned]
}

/** What the hub does with a packet that its firewall sends: no route table and no routing intent any more. */
export function behindFirewall(estate: Estate, hub: VirtualHub): Route[] {
  const source = implied(
    'a secured hub sends to the internet what its firewall lets out (Learn: What is a secured virtual hub?)',
  )
  const out = routeOf(DEFAULT, { kind: 'connected', interface: INTERNET }, 'internet', source, STATIC)
  return [out, ...directRoutes(estate, hub, hub.tables[0], true)]
}

function routeOf(to: Prefix, nextHop: NextHop, origin: string, source: Source, distance: number): Route {
  return { prefix: to, nextHop, distance, metric: 0, origin, source }
}

function firewallRoute({ firewall }: VirtualHub): Route[] {
  if (firewall?.ip === undefined) return []
  const nextHop = { kind: 'device', device: firewall.device } as const
  const source = firewall.body.source('hubIPAddresses')
  return [routeOf({ ip: firewall.ip, length: 32 }, nextHop, 'the firewall of the hub', source, 0)]
}

function directRoutes(estate: Estate, hub: VirtualHub, table: HubTable, everything = false): Route[] {
  const own = hub.connections.filter((one) => everything || propagatesTo(one, table))
  const routes = own.flatMap((one) => routesTo(one, `connection ${one.name} of virtual hub ${hub.body.name}`, LEARNED))
  for (const other of virtualHubs(estate)) {
    if (other === hub || other.wan !== hub.wan) continue
    const nextHop = { kind: 'device', device: other.tables[0].device } as const
    const reached = other.connections.filter((one) => everything || propagatesTo(one, table))
    for (const route of reached.flatMap((one) => routesTo(one, `virtual hub ${other.body.name}`, REMOTE))) {
      routes.push({ ...route, nextHop })
    }
  }
  return routes
}

function routesTo({ prefixes }: HubConnection, origin: string, distance: number): Route[] {
  return prefixes.map((one) => routeOf(one.prefix, one.nextHop, origin, one.source, distance))
}

/** By id, or by a label: labels reach the tables of all hubs that have it. */
function propagatesTo(connection: HubConnection, table: HubTable): boolean {
  if (connection.propagated.includes(table.id)) return true
  const isDefault = connection.propagated.some((one) => one.endsWith('/hubroutetables/defaultroutetable'))
  const labels = isDefault ? [...connection.labels, 'default'] : connection.labels
  return labels.some((one) => table.labels.includes(one))
}

function staticRoutes(estate: Estate, hub: VirtualHub, table: HubTable): Route[] {
  const routes = (table.body?.children('routes') ?? []).flatMap((route) => {
    const texts = route.texts('destinations')
    const origin = `static route ${route.name} of ${table.device}`
    return texts.flatMap((text) => {
      const to = parsePrefix(text)
      if (!to) return []
      return [
        routeOf(to, staticHop(estate, hub, route.reference('nextHop'), to), origin, route.source('nextHop'), STATIC),
      ]
    })
  })
  const old = table === hub.tables[0] ? (hub.body.child('routeTable')?.children('routes') ?? []) : []
  for (const route of old) {
    const gateway = route.text('nextHopIpAddress') ?? ''
    const because = `virtual hub ${hub.body.name} sends this to ${gateway}, whose place the old route table of the hub does not tell`
    for (const to of prefixesOf(route, ['addressPrefixes'], estate.report)) {
      const nextHop = applianceHop(hub, parseIp(gateway)) ?? { kind: 'unknown', because }
      routes.push(routeOf(to, nextHop, 'route of the hub', route.source('nextHopIpAddress'), STATIC))
    }
  }
  return routes
}

function staticHop(estate: Estate, hub: VirtualHub, id: string | undefined, to: Prefix): NextHop {
  const connection = hub.connections.find((one) => one.body.id.toLowerCase() === id)
  if (!connection) return hopTo(estate, hub.body, id, hub.firewall?.device)
  const behind = connection.prefixes.find(
    (one) => one.nextHop.kind === 'via' && one.prefix.ip === to.ip && one.prefix.length === to.length,
  )
  const because = `connection ${connection.name} names no appliance for this destination`
  return behind?.nextHop ?? { kind: 'unknown', because }
}

function applianceHop(hub: VirtualHub, gateway: Ip | undefined): NextHop | undefined {
  if (gateway === undefined) return undefined
  if (gateway === hub.firewall?.ip) return { kind: 'device', device: hub.firewall.device }
  for (const { vnet, prefixes } of hub.connections) {
    const own = vnet && prefixes.find((one) => one.nextHop.kind === 'connected' && prefixContains(one.prefix, gateway))
    if (own?.nextHop.kind === 'connected') return { kind: 'via', gateway, interface: own.nextHop.interface }
  }
  return undefined
}
