import { expect } from 'vitest'
import {
  addressesOfPrefixes,
  addressSet,
  complementOf,
  formatAddressSet,
  formatPrefix,
  intersectionOf,
  isEmptyAddressSet,
  type Prefix,
  parsePrefix,
} from '../../../src/net/index.ts'
import { type Case, deviceOf, type Json, listOf, type Resource, type Snapshot, snapshotOf } from './recorded-case.ts'

/** The prefixes a gateway sends over its connections. */
function overConnections(snapshot: Snapshot, gateway: unknown): readonly Prefix[] {
  const device = deviceOf(snapshot, gateway)
  const tunnels = new Set(device.interfaces.filter((one) => one.tunnel).map((one) => one.name))
  const routes = device.tables.flatMap((table) => table.routes)
  return routes
    .filter(({ nextHop }) => nextHop.kind === 'connected' && tunnels.has(nextHop.interface))
    .map((one) => one.prefix)
}

/** The prefixes of the VNet a gateway stands in. */
function ownPrefixes(snapshot: Snapshot, gateway: unknown): readonly Prefix[] {
  const device = deviceOf(snapshot, gateway)
  const segment = device.interfaces[0]?.name.replace(/^vnet:/, '')
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
  const rows = listOf(response.value)
  const own = texts(ownPrefixes(snapshotOf(one, false), target))
  const learned = rows.map((row) => parsePrefix(String(row.network))).filter((prefix) => prefix !== undefined)
  const elsewhere = texts(learned).filter((text) => !own.includes(text))
  const known = texts(overConnections(snapshotOf(one, false), target))
  // Everything the bodies hold is learned; without BGP from elsewhere that is all of it.
  expect(known.filter((text) => !elsewhere.includes(text))).toEqual(rows.length === 0 ? known : [])
  expect(texts(overConnections(snapshotOf(one, true), target))).toEqual(rows.length === 0 ? known : elsewhere)
}

/** What a route server learned: given as an export, each prefix is a route of its VNet that leads to who announced it. */
export function compareRouteServer(one: Case): void {
  const { network, resources } = snapshotOf(one, true)
  const server = resources.find(
    (body) => one.query.target?.toLowerCase().startsWith(body.id.toLowerCase()) && /\/virtualhubs$/i.test(body.type),
  )
  const subnet = subnetOf(resources, server)
  const fabric = [...network.devices.values()].find((device) => device.aliases.includes(subnet))
  const rows = Object.values(one.query.response).flatMap(listOf)
  const learned = new Set(rows.map((row) => `${row.network} ${row.nextHop}`))
  const routes = (fabric?.tables[0]?.routes ?? []).filter((route) => route.listing?.source === 'VirtualNetworkGateway')
  expect(new Set(routes.map((route) => `${formatPrefix(route.prefix)} ${route.listing?.nextHopIpAddress}`))).toEqual(
    learned,
  )
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
  const snapshot = snapshotOf(one, true)
  const rows = listOf(one.query.response.value)
  const networks = addressSet(...rows.map((row) => String(row.network)))
  const own = addressesOfPrefixes(ownPrefixes(snapshot, one.query.target))
  expect(isEmptyAddressSet(intersectionOf(own, complementOf(networks))), formatAddressSet(networks)).toBe(true)
}

/** BGP peers: whom the connections with BGP lead to, the gateway's own instances aside. */
export function comparePeers(one: Case): void {
  const { resources } = snapshotOf(one, false)
  const byId = new Map(resources.map((body) => [body.id.toLowerCase(), body]))
  const mine = byId.get(one.query.target?.toLowerCase() ?? '')
  const own = speakers(mine)
  const peers = resources
    .filter((body) => /\/connections$/i.test(body.type) && body.properties?.enableBgp === true)
    .flatMap((body) => otherEnd(byId, body, mine))
    .flatMap(speakers)
  const neighbours = listOf(one.query.response.value)
    .map((row) => String(row.neighbor))
    .filter((ip) => !own.includes(ip))
  expect(new Set(neighbours)).toEqual(new Set(peers))
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
  const snapshot = snapshotOf(one, true)
  const target = String(one.query.request?.targetResourceId ?? '').toLowerCase()
  const connection = snapshot.resources.find((body) => body.id.toLowerCase() === target)
  const { connectionType, connectionStatus, virtualNetworkGateway1 } = connection?.properties ?? {}
  if (connectionType === 'Vnet2Vnet') {
    const near = deviceOf(snapshot, ((virtualNetworkGateway1 ?? {}) as Json).id)
    const tunnels = snapshot.network.links.filter((link) => link.kind === 'tunnel')
    const joined = tunnels.some((link) => link.ends.some((end) => end.device === near.name))
    expect(joined ? 'Healthy' : 'UnHealthy').toBe(one.query.response.code)
    return
  }
  expect(connection, 'a tool was asked about a connection the estate lacks').toBeDefined()
  if (connectionStatus === undefined || connectionStatus === 'Unknown') return
  expect(connectionStatus === 'Connected' ? 'Healthy' : 'UnHealthy').toBe(one.query.response.code)
}
