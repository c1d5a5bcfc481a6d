import {
  allOf,
  type Device,
  type Interface,
  implied,
  NO_STAGES,
  type Route,
  type RuleSet,
  type Source,
} from '../../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, type Ip, prefix } from '../../../net/index.ts'
import { PLATFORM_ADDRESS } from '../estate/address-space.ts'
import { INTERNET, onSegment } from '../estate/attachment.ts'
import type { Estate } from '../estate/estate.ts'
import { behindFirewall, hubRoutes, perhapsLearned } from '../hubs/hub-table.ts'
import { type VirtualHub, virtualHubs } from '../hubs/virtual-hub.ts'
import type { HubGateway } from '../hubs/virtual-hub-connection.ts'
import { nearEnds } from './tunnel-end.ts'

/**
 * The devices of the virtual hubs: one for each route table, since a packet meets the table of the connection it comes
 * from; one behind the firewall of a secured hub; the gateways (Learn: About virtual hub routing).
 */
export function hubDevices(estate: Estate): readonly Device[] {
  return virtualHubs(estate).flatMap((hub) => {
    const source = hub.body.source('name')
    const tables = hub.tables.map((table) => {
      const label = table === hub.tables[0] ? 'Azure virtual hub' : `route table of virtual hub ${hub.body.name}`
      const aliases = table === hub.tables[0] ? [hub.body.id] : []
      const routes = [...hubRoutes(estate, hub, table), ...perhapsLearned(estate, hub, table)]
      return router(table.device, label, aliases, routes, source)
    })
    const behind = hub.firewall
      ? [afterFirewall(hub, [...platformRoute(hub), ...behindFirewall(estate, hub)], source)]
      : []
    return [...tables, ...behind, ...hub.gateways.map((one) => gatewayDevice(estate, hub, one))]
  })
}

function afterFirewall(hub: VirtualHub, routes: readonly Route[], source: Source): Device {
  const name = hub.firewall?.subnet.fabric ?? ''
  return router(name, `virtual hub ${hub.body.name}, behind its firewall`, [], routes, source)
}

/** 168.63.129.16 of the hub's own network, which its firewall asks for names. */
function platformRoute(hub: VirtualHub): Route[] {
  const nextHop = { kind: 'connected', interface: onSegment(hub.network) } as const
  const source = hub.body.source('name')
  return [{ prefix: PLATFORM_ADDRESS, nextHop, distance: 0, metric: 0, origin: 'platform', source }]
}

function router(name: string, label: string, aliases: readonly string[], routes: readonly Route[], source: Source) {
  const names = new Set<string>()
  for (const { nextHop } of routes) {
    if (nextHop.kind === 'connected' || nextHop.kind === 'via') names.add(nextHop.interface ?? '')
  }
  const made: Device = {
    name,
    kind: 'router',
    label,
    aliases: aliases.filter((one) => one !== ''),
    interfaces: [...names].filter((one) => one !== '').map((one) => interfaceOf(one, [], source)),
    tables: [{ name: 'main', routes }],
    tableRules: [],
    forwards: { enabled: true, source },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    listeners: [],
    stamps: [],
    notModelled: [],
    source,
  }
  return made
}

function interfaceOf(name: string, ips: readonly Ip[], source: Source): Interface {
  return { name, aliases: [], addresses: ips.map((ip) => ({ ip, prefix: hostPrefix(ip), source })), source }
}

const CLIENTS = 'point-to-site'
const TO_HUB = implied(
  'a gateway hands what it receives to its hub (Learn: Virtual WAN global transit network architecture)',
)

function gatewayDevice(estate: Estate, hub: VirtualHub, gateway: HubGateway): Device {
  const source = gateway.body.source('name')
  const routeOf = (
    to: Route['prefix'],
    nextHop: Route['nextHop'],
    origin: string,
    from: Source,
    metric = 0,
  ): Route => ({
    prefix: to,
    nextHop,
    distance: 0,
    metric,
    origin,
    source: from,
  })
  const ends = gateway.tunnels.flatMap((tunnel) =>
    nearEnds(tunnel.interface, gateway.publicIps).map((name) => ({ tunnel, name })),
  )
  const sites = ends.flatMap(({ tunnel, name }, index) =>
    tunnel.prefixes.map((one) => {
      const nextHop = { kind: 'connected', interface: name } as const
      return routeOf(one.prefix, nextHop, tunnel.interface.replace(':', ' '), one.source, index)
    }),
  )
  const clients = gateway.clientPools.map((one) =>
    routeOf(one.prefix, { kind: 'connected', interface: CLIENTS }, 'point-to-site clients', one.source),
  )
  const home = routeOf(prefix('0.0.0.0/0'), { kind: 'device', device: hub.tables[0].device }, 'virtual hub', TO_HUB)
  const made = router(gateway.device, gateway.label, [gateway.body.id], [...sites, ...clients, home], source)
  const closed = closedBranches(estate, hub)
  const outside = gateway.publicIps.length > 0 ? [interfaceOf(INTERNET, gateway.publicIps, source)] : []
  const pool = gateway.clientPools.length > 0 ? [interfaceOf(CLIENTS, [], source)] : []
  const whole: Device = { ...made, kind: 'gateway', interfaces: [...outside, ...tunnelEnds(gateway), ...pool] }
  if (!closed) return whole
  const pipeline = { ...NO_STAGES, forward: [{ kind: 'filter', ruleSet: closed.name }] } as const
  return { ...whole, ruleSets: { [closed.name]: closed }, pipeline }
}

/** The filter that keeps branches apart where their WAN says so (Learn: Virtual WAN FAQ, branch-to-branch). */
function closedBranches(estate: Estate, hub: VirtualHub): RuleSet | undefined {
  const wan = estate.byId(hub.wan)
  if (wan?.flag('allowBranchToBranchTraffic') !== false) return undefined
  const source = wan.source('allowBranchToBranchTraffic')
  const branches = virtualHubs(estate)
    .filter((one) => one.wan === hub.wan)
    .flatMap((one) => one.connections.filter(({ by }) => by !== 'vnet'))
  const behind = addressesOfPrefixes(branches.flatMap((one) => one.prefixes.map(({ prefix: to }) => to)))
  return {
    name: 'branches',
    label: `Virtual WAN ${wan.name}`,
    rules: [
      {
        name: 'allowBranchToBranchTraffic is false',
        match: allOf({ kind: 'source', in: behind }, { kind: 'destination', in: behind }),
        action: { kind: 'drop' },
        source,
      },
    ],
    policy: { kind: 'accept' },
    policySource: source,
  }
}

/** A site has a tunnel to each of the gateway's two instances (Learn: About VPN sites and their links in Virtual WAN). */
function tunnelEnds({ tunnels, publicIps }: HubGateway): Interface[] {
  return tunnels.flatMap((tunnel) =>
    nearEnds(tunnel.interface, publicIps).map((name, index) => nearEnd(tunnel, name, publicIps[index], index)),
  )
}

function nearEnd(tunnel: HubGateway['tunnels'][number], name: string, local: Ip | undefined, index: number): Interface {
  return {
    name,
    aliases: tunnel.alias === '' || index > 0 ? [] : [tunnel.alias],
    addresses: [],
    tunnel: {
      kind: tunnel.kind,
      ...(local !== undefined && tunnel.kind === 'ipsec' && { local }),
      connection: tunnel.connection,
      ...(tunnel.remote !== undefined && { remote: tunnel.remote }),
    },
    source: tunnel.source,
  }
}
