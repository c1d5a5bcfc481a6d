import { expect } from 'vitest'
import {
  addressesOfPrefixes,
  addressSet,
  complementOf,
  formatAddressSet,
  formatPrefix,
  hostPrefix,
  intersectionOf,
  isEmptyAddressSet,
  type Prefix,
  parseIp,
  parsePrefix,
} from '../../../src/net/index.ts'
import { NotReplayable } from './not-replayable.ts'
import {
  type Case,
  deviceOf,
  fileOf,
  type Json,
  listOf,
  queriesOf,
  type Resource,
  type Snapshot,
  snapshotOf,
} from './recorded-case.ts'

/** The prefixes a gateway sends over its connections. */
function overConnections(snapshot: Snapshot, gateway: unknown): readonly Prefix[] {
  const device = deviceOf(snapshot, gateway)
  const tunnels = new Set(device.interfaces.filter((one) => one.tunnel).map((one) => one.name))
  const routes = device.tables.flatMap((table) => table.routes)
  return routes
    .filter(({ nextHop }) => nextHop.kind === 'connected' && tunnels.has(nextHop.interface))
    .map((one) => one.prefix)
}

/** The device that speaks for a gateway or, as a route server has none, the fabric of its subnet. */
function speakerOf(snapshot: Snapshot, id: unknown): unknown {
  const wanted = String(id).toLowerCase()
  const server = snapshot.resources.find(
    (body) => /\/virtualhubs$/i.test(body.type) && wanted.startsWith(body.id.toLowerCase()),
  )
  return server ? subnetOf(snapshot.resources, server) : id
}

/** The prefixes of the VNet that a gateway, or the subnet of a route server, stands in. */
function ownPrefixes(snapshot: Snapshot, gateway: unknown): readonly Prefix[] {
  const device = deviceOf(snapshot, gateway)
  const isFabric = device.name.includes('/')
  const segment = isFabric
    ? device.name.slice(0, device.name.indexOf('/'))
    : device.interfaces[0]?.name.replace(/^vnet:/, '')
  const fabrics = [...snapshot.network.devices.values()].filter((one) => one.name.startsWith(`${segment}/`))
  const routes = fabrics.flatMap((one) => one.tables[0]?.routes ?? [])
  return routes
    .filter((one) => one.listing?.nextHopType === 'VnetLocal' && one.listing.source === 'Default')
    .map((one) => one.prefix)
}

const texts = (prefixes: readonly Prefix[]) => [...new Set(prefixes.map(formatPrefix))].sort()

/**
 * Learned routes: the prefixes from elsewhere are those the gateway sends over its connections. Given as an export of
 * their own where the gateway speaks BGP with somebody whose announcements no body holds.
 */
export function compareLearned(one: Case): void {
  const { target, response } = one.query
  const rows = rowsOf(response)
  const own = texts(ownPrefixes(snapshotOf(one), target))
  // What the other instance or a route server of the VNet passed on came over no connection of this one.
  const inside = addressesOfPrefixes(ownPrefixes(snapshotOf(one), target))
  const isPassedOn = ({ nextHop }: Json) => {
    const hop = parseIp(String(nextHop ?? ''))
    return hop !== undefined && !isEmptyAddressSet(intersectionOf(inside, addressesOfPrefixes([hostPrefix(hop)])))
  }
  const fromPeers = rows.filter((row) => !isPassedOn(row))
  const learned = fromPeers.map((row) => parsePrefix(String(row.network))).filter((prefix) => prefix !== undefined)
  const elsewhere = texts(learned).filter((text) => !own.includes(text))
  const known = texts(overConnections(snapshotOf(one), target))
  // Nothing from elsewhere: no tunnel was up yet, whatever the bodies hold.
  if (elsewhere.length === 0 && known.length > 0)
    throw new NotReplayable('it had learned nothing from elsewhere: no tunnel was up yet')
  // Everything the bodies hold is learned; without BGP from elsewhere that is all of it.
  expect(known.filter((text) => !elsewhere.includes(text))).toEqual([])
  expect(texts(overConnections(snapshotOf(one, { learned: true }), target))).toEqual(elsewhere)
}

/** The rows of a listing: in `value`, or of each instance (`RouteServiceRole_IN_0`). */
function rowsOf(response: Json): readonly Json[] {
  return Object.values(response).flatMap(listOf)
}

const pathLength = (row: Json) =>
  String(row.asPath ?? '')
    .split('-')
    .filter((part) => part !== '').length

/**
 * What a route server learned from one peer: given as an export, each prefix is a route of its VNet that leads to who
 * announced it, unless another peer's announcement passed fewer networks.
 */
export function compareRouteServer(one: Case): void {
  const { network, resources } = snapshotOf(one, { learned: true })
  const isHub = (body: Resource) =>
    /\/virtualhubs$/i.test(body.type) && one.query.target?.toLowerCase().startsWith(body.id.toLowerCase())
  const server = resources.find(isHub)
  if (!server) throw new NotReplayable('the route server is not among the bodies')
  const subnet = subnetOf(resources, server)
  const fabric = [...network.devices.values()].find((device) => device.aliases.includes(subnet))
  const together = queriesOf(one.folder)
    .filter((each) => /routeserverlearnedroutes$/i.test(each.kind) && fileOf(each) === fileOf(one.query))
    .filter((each) => each.target?.toLowerCase().startsWith(server.id.toLowerCase()))
    .flatMap((each) => rowsOf(each.response))
  const best = (row: Json) =>
    together.every((other) => other.network !== row.network || pathLength(other) >= pathLength(row))
  const rows = rowsOf(one.query.response)
  if (rows.length === 0) throw new NotReplayable('this peer had announced nothing yet')
  const announcers = new Set(rows.map((row) => String(row.nextHop)))
  const listing = (fabric?.tables[0]?.routes ?? []).filter((route) => route.listing?.source === 'VirtualNetworkGateway')
  const ours = listing
    .filter((route) => announcers.has(route.listing?.nextHopIpAddress ?? ''))
    .map((route) => `${formatPrefix(route.prefix)} ${route.listing?.nextHopIpAddress}`)
  expect(new Set(ours)).toEqual(new Set(rows.filter(best).map((row) => `${row.network} ${row.nextHop}`)))
}

function subnetOf(resources: readonly Resource[], server: Resource | undefined): string {
  const configuration = resources.find((body) =>
    body.id.toLowerCase().startsWith(`${server?.id.toLowerCase()}/ipconfigurations/`),
  )
  const { id } = (configuration?.properties?.subnet ?? {}) as Json
  return String(id ?? '').toLowerCase()
}

/** Advertised routes: the VNet's own ranges among them, and nothing that is on the other side. */
export function compareAdvertised(one: Case): void {
  const snapshot = snapshotOf(one, { learned: true })
  const rows = rowsOf(one.query.response)
  if (rows.length === 0) throw new NotReplayable('nothing was advertised: the session was not up')
  const networks = addressSet(...rows.map((row) => String(row.network)))
  const own = addressesOfPrefixes(ownPrefixes(snapshot, speakerOf(snapshot, one.query.target)))
  expect(isEmptyAddressSet(own)).toBe(false)
  expect(isEmptyAddressSet(intersectionOf(own, complementOf(networks))), formatAddressSet(networks)).toBe(true)
}

/** BGP peers: whom the connections with BGP lead to, the gateway's own instances aside. */
export function comparePeers(one: Case): void {
  const { resources } = snapshotOf(one)
  const byId = new Map(resources.map((body) => [body.id.toLowerCase(), body]))
  const mine = byId.get(one.query.target?.toLowerCase() ?? '')
  if (!mine || !/\/virtualnetworkgateways$/i.test(mine.type))
    throw new NotReplayable('only of gateways among the bodies is it known with whom they speak')
  const own = speakers(mine)
  const inside = addressesOfPrefixes(ownPrefixes(snapshotOf(one), one.query.target))
  const isInside = (text: string) => !isEmptyAddressSet(intersectionOf(inside, addressSet(text)))
  const peers = resources
    .filter((body) => /\/connections$/i.test(body.type) && body.properties?.enableBgp === true)
    .flatMap((body) => otherEnd(byId, body, mine))
    .flatMap(speakers)
  const neighbours = listOf(one.query.response.value)
    .map((row) => String(row.neighbor))
    // The other instance, and the route servers of the VNet, are no neighbours over a connection.
    .filter((ip) => !own.includes(ip) && !isInside(ip))
  const asked = /[?&]peer=([^&]+)/.exec(one.query.uri ?? '')?.[1]
  const named = (ip: string) => asked === undefined || ip === asked
  expect(new Set(neighbours.filter(named))).toEqual(new Set(peers.filter(named)))
}

function otherEnd(byId: ReadonlyMap<string, Resource>, connection: Resource, mine: Resource | undefined): Resource[] {
  const ends = ['virtualNetworkGateway1', 'virtualNetworkGateway2', 'localNetworkGateway2'].map((key) =>
    byId.get(String(((connection.properties?.[key] ?? {}) as Json).id ?? '').toLowerCase()),
  )
  return ends.includes(mine) ? (ends.filter((end) => end !== undefined && end !== mine) as Resource[]) : []
}

function speakers(body: Resource | undefined): string[] {
  const settings = (body?.properties?.bgpSettings ?? {}) as Json
  return String(settings.bgpPeeringAddress ?? '')
    .split(',')
    .filter((one) => one !== '')
}

/**
 * VPN troubleshooting. A VNet-to-VNet connection is healthy exactly when both gateways have theirs, so that there is a
 * tunnel; of one to a site only the status in its body tells.
 */
export function compareTroubleshoot(one: Case): void {
  const snapshot = snapshotOf(one, { learned: true })
  const target = String(one.query.request?.targetResourceId ?? '').toLowerCase()
  const connection = snapshot.resources.find((body) => body.id.toLowerCase() === target)
  if (connection && !/\/connections$/i.test(connection.type))
    throw new NotReplayable('the health of a gateway itself is in no body, only that of its connections')
  if (!connection) throw new NotReplayable(`${target.slice(target.lastIndexOf('/') + 1)} is not among the bodies`)
  const { connectionType, connectionStatus, virtualNetworkGateway1 } = connection.properties ?? {}
  if (connectionType === 'Vnet2Vnet') {
    const near = deviceOf(snapshot, ((virtualNetworkGateway1 ?? {}) as Json).id)
    const tunnels = snapshot.network.links.filter((link) => link.kind === 'tunnel')
    const joined = tunnels.some((link) => link.ends.some((end) => end.device === near.name))
    expect(joined ? 'Healthy' : 'UnHealthy').toBe(one.query.response.code)
    return
  }
  if (connectionStatus === undefined || connectionStatus === 'Unknown')
    throw new NotReplayable('of a connection to a site only its status tells, and the body has none')
  expect(connectionStatus === 'Connected' ? 'Healthy' : 'UnHealthy').toBe(one.query.response.code)
}
