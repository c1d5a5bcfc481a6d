import {
  type Device,
  type Interface,
  implied,
  type Link,
  type Listener,
  NO_STAGES,
  type Route,
  type Source,
} from '../../../model/index.ts'
import {
  hostPrefix,
  type Ip,
  isIp4,
  type Prefix,
  prefix,
  prefixCovers,
  singlePort,
  TCP,
  UDP,
} from '../../../net/index.ts'
import { PLATFORM_ADDRESS } from '../estate/address-space.ts'
import { INTERNET, onSegment } from '../estate/attachment.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { defaultSite, type Gateway, gatewaysOf } from '../gateways/gateway.ts'
import { type GatewayConnection, transitVnets } from '../gateways/gateway-connection.ts'
import { reportStrayRows } from '../gateways/learned-route.ts'
import { fastPath } from './fast-path.ts'
import { gatewayNat } from './gateway-nat-stage.ts'
import { circuitTransit, otherGatewayRoutes } from './gateway-transit.ts'
import { nearEnds } from './tunnel-end.ts'

/** The devices of the VPN and ExpressRoute gateways. */
export function gatewayDevices(estate: Estate): readonly Device[] {
  reportStrayRows(estate)
  return gatewaysOf(estate).map((one) => {
    reportMisuse(estate, one)
    return gatewayDevice(estate, one)
  })
}

/** IPv4 prefixes a circuit's private peering takes from Azure on one connection (Learn: ExpressRoute FAQ). */
const PREFIX_LIMIT = 1000

/** Over the limit the BGP session drops, and every route with it. */
function reportPrefixLimit(estate: Estate, { body, kind, vnet }: Gateway): void {
  if (kind !== 'expressroute') return
  const count = advertisedPrefixes(estate, vnet).length
  if (count <= PREFIX_LIMIT) return
  const message = `BgpPrefixLimit: gateway ${body.name} advertises ${count} prefixes and a connection takes ${PREFIX_LIMIT}: its BGP session drops`
  estate.report(body.diagnostic('warning', 'NT1634', message, 'name'))
}

/** The IPv4 ranges a gateway tells the other side: its VNet's and those of the peers that use it, whole address spaces. */
export function advertisedPrefixes(estate: Estate, vnet: VirtualNetwork): readonly Prefix[] {
  return [vnet, ...transitVnets(estate, vnet)].flatMap((one) => one.prefixes).filter((one) => isIp4(one.ip))
}

/** What breaks a gateway subnet (Learn: About VPN Gateway configuration settings, "Gateway subnet"). */
function reportMisuse(estate: Estate, gateway: Gateway): void {
  const { body, subnet } = gateway
  reportPrefixLimit(estate, gateway)
  const table = subnet.routeTable
  const all = table?.children('routes').find((one) => one.text('addressPrefix') === '0.0.0.0/0')
  if (all) {
    const message = `a route table with 0.0.0.0/0 on GatewaySubnet is not supported: gateway ${body.name} cannot work with it`
    estate.report(all.diagnostic('warning', 'NT1628', message, 'addressPrefix'))
  }
  if (table?.flag('disableBgpRoutePropagation') === true) {
    const message = `gateway route propagation is off on GatewaySubnet: gateway ${body.name} stops working`
    estate.report(table.diagnostic('warning', 'NT1628', message, 'disableBgpRoutePropagation'))
  }
  if (subnet.securityGroup) {
    const message = `an NSG on GatewaySubnet is not supported: gateway ${body.name} may stop working`
    estate.report(subnet.body.diagnostic('warning', 'NT1628', message, 'networkSecurityGroup'))
  }
}

const CLIENTS = 'point-to-site'

function gatewayDevice(estate: Estate, gateway: Gateway): Device {
  const source = gateway.body.source('name')
  const fast = fastPath(estate, gateway)
  const transit = circuitTransit(estate, gateway)
  const nat = gatewayNat(gateway.connections, (one) => instancesOf(gateway, one))
  return {
    name: gateway.device,
    kind: 'gateway',
    label: gateway.kind === 'vpn' ? 'Azure VPN gateway' : 'Azure ExpressRoute gateway',
    aliases: [gateway.body.id],
    interfaces: [
      address(onSegment(gateway.vnet), gateway.privateIps, source),
      address(INTERNET, gateway.publicIps, source),
      ...gateway.connections.flatMap((one) => tunnels(gateway, one)),
      ...(gateway.clientPools.length > 0 ? [clientSide(gateway)] : []),
    ],
    tables: [{ name: 'main', routes: mainRoutes(estate, gateway) }, ...(nat?.tables ?? []), ...fast.tables],
    tableRules: fast.tableRules,
    forwards: { enabled: true, source },
    ruleSets: { ...nat?.ruleSets, ...(transit && { [transit.name]: transit }) },
    pipeline: {
      ...(nat?.pipeline ?? NO_STAGES),
      ...(transit && { forward: [{ kind: 'filter', ruleSet: transit.name }] }),
    },
    encapsulations: [],
    listeners: gateway.kind === 'vpn' ? LISTENERS : [],
    stamps: [],
    notModelled: [],
    source,
  }
}

const IKE = implied('a VPN gateway answers IKE and, for point-to-site clients, TLS (Learn: VPN Gateway FAQ)')
const LISTENERS: readonly Listener[] = [
  { protocol: UDP, ports: singlePort(500), label: 'IKE', source: IKE },
  { protocol: UDP, ports: singlePort(4500), label: 'IKE', source: IKE },
  { protocol: TCP, ports: singlePort(443), label: 'point-to-site', source: IKE },
]

function address(name: string, ips: Gateway['privateIps'], source: Source): Interface {
  return { name, aliases: [], addresses: ips.map((ip) => ({ ip, prefix: hostPrefix(ip), source })), source }
}

const NEAR_END = implied("the export does not give the gateway's own address among its clients: the first of the pool")

/** Where point-to-site clients hang: they are offered the name servers that the VNet names (Learn: About point-to-site VPN). */
function clientSide({ clientPools, vnet }: Gateway): Interface {
  const addresses = clientPools.map(({ prefix: pool }) => ({ ip: firstHost(pool), prefix: pool, source: NEAR_END }))
  const source = clientPools[0]?.source ?? NEAR_END
  const [first] = vnet.dnsServers
  const nameServers = vnet.dnsServers.map((one) => one.ip)
  const offer = { nameServers, search: [], source: first?.source ?? vnet.body.source('dhcpOptions') }
  return { name: CLIENTS, aliases: [], addresses, dhcp: offer, source }
}

function firstHost({ ip }: Prefix): Ip {
  return isIp4(ip) ? ((ip + 1) as Ip) : ((ip + 1n) as Ip)
}

/** One near end for each instance; the second stands by, as an export does not tell which of them the site uses. */
function tunnels(gateway: Gateway, connection: GatewayConnection): Interface[] {
  const { body, kind, remoteIp, selectors } = connection
  const source = body.source('name')
  const names = instancesOf(gateway, connection)
  const made = names.map((name, index): Interface => {
    const local = gateway.publicIps[index]
    return {
      name,
      aliases: index === 0 ? [connection.name] : [],
      addresses: [],
      tunnel: {
        kind: kind === 'circuit' ? 'expressroute' : 'ipsec',
        ...(local !== undefined && kind !== 'circuit' && { local }),
        ...(remoteIp !== undefined && { remote: remoteIp }),
        ...(names.length > 1 && { connection: connection.name }),
        ...(selectors && { selectors: selectors.map((one) => ({ ...one, source })) }),
      },
      source,
    }
  })
  return made
}

function instancesOf(gateway: Gateway, connection: GatewayConnection): readonly string[] {
  const isEach = connection.kind === 'site' && gateway.activeActive
  return nearEnds(connection.interface, isEach ? gateway.publicIps : [])
}

function mainRoutes(estate: Estate, gateway: Gateway): Route[] {
  const toFabric = { kind: 'device', device: gateway.subnet.fabric } as const
  const own = gateway.body.source('name')
  const route = (to: Prefix, nextHop: Route['nextHop'], origin: string, source: Source, metric = 0): Route => ({
    prefix: to,
    nextHop,
    distance: 0,
    metric,
    origin,
    source,
  })
  // A site may send such packets into its tunnel; they end here (Learn: What is IP address 168.63.129.16?).
  const routes: Route[] = [route(PLATFORM_ADDRESS, { kind: 'discard', answer: 'silent' }, PLATFORM_ONLY, NOT_THROUGH)]
  routes.push(...otherGatewayRoutes(estate, gateway))
  const isInside = (to: Prefix) => gateway.vnet.prefixes.some((own) => prefixCovers(own, to))
  for (const connection of gateway.connections) {
    for (const [index, name] of instancesOf(gateway, connection).entries()) {
      for (const { prefix: to, source } of connection.prefixes) {
        const nextHop = { kind: 'connected', interface: name } as const
        const made = route(to, nextHop, `connection ${connection.name}`, source, index)
        routes.push(isInside(to) ? { ...made, inactive: OWN_FIRST } : made)
      }
    }
  }
  for (const { prefix: to, source } of gateway.clientPools) {
    routes.push(route(to, { kind: 'connected', interface: CLIENTS }, 'point-to-site clients', source))
  }
  const site = defaultSite(gateway)
  const all = prefix('0.0.0.0/0')
  if (!site) return [...routes, route(all, toFabric, `VNet ${gateway.vnet.name}`, own)]
  const vnets = [gateway.vnet, ...transitVnets(estate, gateway.vnet)]
  const home = vnets.flatMap((one) => one.prefixes.map((to) => route(to, toFabric, `VNet ${one.name}`, own)))
  const out = { kind: 'connected', interface: site.interface } as const
  return [...routes, ...home, route(all, out, 'default site', gateway.body.source('gatewayDefaultSite'))]
}

const OWN_FIRST = 'the addresses of the VNet come before what is told of the other side'
const PLATFORM_ONLY = '168.63.129.16 answers only inside a VNet'
const NOT_THROUGH = implied(
  "Azure's platform address is reached from machines inside a VNet alone, never through a gateway (Learn: What is IP address 168.63.129.16?)",
)

/** The tunnels between two gateways of the export; those to sites are joined where the sites are known. */
export function gatewayLinks(estate: Estate): readonly Link[] {
  const links = new Map<string, Link>()
  const gateways = gatewaysOf(estate)
  const byId = new Map(gateways.map((one) => [one.body.id.toLowerCase(), one]))
  for (const near of gateways) {
    for (const connection of near.connections) {
      const far = byId.get(connection.remoteGateway ?? '')
      const back = far?.connections.find((one) => one.remoteGateway === near.body.id.toLowerCase())
      if (!far || !back) continue
      const ends = [
        { device: near.device, interface: connection.interface },
        { device: far.device, interface: back.interface },
      ]
      const key = ends
        .map((one) => `${one.device} ${one.interface}`)
        .sort()
        .join()
      if (links.has(key)) continue
      const source = connection.body.source('name')
      links.set(key, { name: connection.name, kind: 'tunnel', ends, source })
    }
  }
  return [...links.values()]
}
