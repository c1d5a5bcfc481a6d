import type { NextHop, Source } from '../../../model/index.ts'
import { type Ip, parseIp } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { type ListedRoutes, listedRoutes, withAnnounced, withListed } from './hub-listed-route.ts'
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
  /** A connection names it, and it is not in the export. */
  readonly isMissing?: true
}

/** A hub of a Virtual WAN. */
export interface VirtualHub {
  readonly body: Body
  readonly network: VirtualNetwork
  /** The lower-case id of its Virtual WAN; hubs of one WAN reach each other. */
  readonly wan: string
  readonly gateways: readonly HubGateway[]
  readonly connections: readonly HubConnection[]
  /** What it knows from other hubs, by its own listing of what is in force; absent = no file holds that. */
  readonly listed?: ListedRoutes
  /** The default route table first. */
  readonly tables: readonly [HubTable, ...HubTable[]]
  /** The next hops of the routing policies of its routing intent, where there is one. */
  readonly intent: { readonly privateTraffic?: IntentHop; readonly internet?: IntentHop }
  /** The firewall in it, when the export holds it, with where it stands. */
  readonly firewall?: { readonly body: Body; readonly device: string; readonly ip?: Ip; readonly subnet: Subnet }
}

/** Where a routing policy leads. */
export interface IntentHop {
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
  const listed = listedRoutes(estate, body)
  const gateways = hubGateways(estate, body).map((one) => (listed ? withListed(one, listed) : one))
  const vnets = vnetConnections(estate, body).map((one) => (listed ? withAnnounced(estate, body, one, listed) : one))
  const connections = [...vnets, ...gateways.flatMap((one) => one.connections), ...appliances(estate, body, listed)]
  const firewall = firewallOf(estate, body, network)
  return {
    body,
    network,
    wan: body.reference('virtualWan') ?? body.id.toLowerCase(),
    gateways,
    connections,
    ...(listed && { listed }),
    tables: tablesOf(estate, body, connections),
    intent: intentOf(estate, body, firewall?.device),
    ...(firewall && { firewall }),
  }
}

/** Network virtual appliances inside the hub: whom they bring, nobody but the hub knows. */
function appliances(estate: Estate, hub: Body, listed: ListedRoutes | undefined): HubConnection[] {
  const id = hub.id.toLowerCase()
  const apart = estate.ofType('microsoft.network/networkvirtualappliances')
  const own = apart.filter((one) => one.reference('virtualHub') === id)
  const known = new Set(own.map((one) => one.id.toLowerCase()))
  const named = hub.references('networkVirtualAppliances').filter((one) => !known.has(one))
  const names = [...own.map((one) => one.name), ...named.map((one) => one.slice(one.lastIndexOf('/') + 1))]
  return names.map((name, index): HubConnection => {
    const body = own[index] ?? hub
    const because = `appliance ${name} in virtual hub ${hub.name} is not modelled: what it announces is unknown`
    const source = own[index]?.source('name') ?? hub.source('networkVirtualAppliances')
    estate.report({ severity: 'warning', code: 'NT1641', message: because, source })
    const propagated = [`${id}/hubroutetables/defaultroutetable`]
    const shared = { body, name, by: 'vpn', prefixes: [], propagated, labels: [], takesDefault: true } as const
    return { ...shared, ...(!listed && { learns: because }) }
  })
}

function firewallOf(estate: Estate, hub: Body, network: VirtualNetwork): VirtualHub['firewall'] {
  const id = hub.id.toLowerCase()
  const body = estate.ofType('microsoft.network/azurefirewalls').find((one) => one.reference('virtualHub') === id)
  if (!body) return undefined
  const ip = parseIp(body.child('hubIPAddresses')?.text('privateIPAddress') ?? '')
  const subnet = hubFirewallSubnet(network)
  return { body, device: estate.deviceName(body), subnet, ...(ip !== undefined && { ip }) }
}

function tablesOf(estate: Estate, hub: Body, connections: readonly HubConnection[]): VirtualHub['tables'] {
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
  const others = bodies.filter((one) => one !== own && one.name.toLowerCase() !== 'noneroutetable').map(tableOf)
  const known = new Set([first, ...others].map((one) => one.id))
  const named = new Set(connections.map((one) => one.associated).filter((one) => one !== undefined && !known.has(one)))
  const missing = [...named].map((tableId = ''): HubTable => {
    const last = tableId.slice(tableId.lastIndexOf('/') + 1)
    const source = connections.find((one) => one.associated === tableId)?.body ?? hub
    const message = `route table ${last} of virtual hub ${hub.name} is not in the export: what its connections reach is unknown`
    estate.report(source.diagnostic('warning', 'NT1672', message))
    return { id: tableId, device: `${name}/${last}`, labels: [], isMissing: true }
  })
  return [first, ...others, ...missing]
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
export function hopTo(estate: Estate, hub: Body, id: string | undefined, firewall: string | undefined): NextHop {
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

/** The route table of a hub that packets from a connection meet: the one it is associated with, else the default one. */
export function tableOf(hub: VirtualHub, { associated }: HubConnection): HubTable {
  return hub.tables.find((one) => one.id === associated) ?? hub.tables[0]
}
