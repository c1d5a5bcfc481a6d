import { expect } from 'vitest'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import type { Route } from '../../../src/model/index.ts'
import { formatPrefix, ip } from '../../../src/net/index.ts'
import { lookupRoute } from '../../../src/trace/index.ts'
import { NotReplayable } from './not-replayable.ts'
import {
  type Case,
  deviceOf,
  fabricOf,
  type Json,
  listOf,
  type Snapshot,
  snapshotOf,
  targetOf,
} from './recorded-case.ts'

/**
 * Effective routes as a set of rows; the reserved None rows, which differ from year to year (2016 to 2023), aside. Where
 * a gateway of the estate learns prefixes that no body and no other answer holds, the recorded rows of gateways are
 * given to the import, as a person would give them, and everything else must follow.
 */
export function compareRoutes(one: Case): void {
  const { target, response, partial } = one.query
  const rows = listOf(response.value ?? response.effectiveRoutes ?? response.routes)
  if (rows.length === 0) throw new NotReplayable('the answer holds no row')
  const plain = snapshotOf(one, { learned: true, tags: true })
  const name = lastPart(String(target))
  const beside = {
    learned: true,
    tags: true,
    files: { [`${name}.effective-routes.json`]: JSON.stringify({ value: rows }) },
  }
  const snapshot = learnsUnseen(plain, target) ? snapshotOf(one, beside) : plain
  const routes = routesOf(snapshot, target)
  const hasIp6 = routes.some(
    (route) => typeof route.prefix.ip === 'bigint' && route.listing?.nextHopType === 'VnetLocal',
  )
  const shown = (row: string) => (hasCircuit(snapshot) ? row.replace(/( VirtualNetworkGateway) \S+$/, '$1') : row)
  const expected = new Set(rows.flatMap((row) => recordedRows(row, hasIp6)).map(shown))
  const found = new Set(routes.flatMap(listed).map(shown))
  // A cut answer is missing rows; of a service endpoint's row the presence counts, as Microsoft's list of its day is gone.
  if (partial) for (const row of found) if (!expected.has(row)) found.delete(row)
  for (const prefix of behindSilentTunnels(snapshot, [...expected]))
    for (const row of found) if (row.startsWith(`VirtualNetworkGateway Active ${prefix} `)) found.delete(row)
  expect(found).toEqual(expected)
}

function routesOf(snapshot: Snapshot, target: unknown): readonly Route[] {
  const device = deviceOf(snapshot, target)
  const fabric = snapshot.network.devices.get(fabricOf(device)) ?? device
  return fabric.tables.find((table) => table.name === 'main')?.routes ?? []
}

/** Whether the import says that prefixes are learned which nothing of the estate holds. */
function learnsUnseen(snapshot: Snapshot, target: unknown): boolean {
  return routesOf(snapshot, target).some(
    ({ nextHop, listing }) => nextHop.kind === 'unknown' && listing?.nextHopType === 'None',
  )
}

/** Whether some gateway leads over a circuit: its next hop is Microsoft's edge router, which is in no body. */
function hasCircuit({ resources }: Snapshot): boolean {
  return resources.some(({ properties }) => /^expressroute$/i.test(String(properties?.gatewayType)))
}

/**
 * The prefixes of sites to which a connection leads whose body has no status: where Azure lists none of them, the tunnel
 * was down, and its static prefixes absent.
 */
function behindSilentTunnels({ resources }: Snapshot, expected: readonly string[]): readonly string[] {
  const silent = resources.filter(
    ({ type, properties }) =>
      /\/connections$/i.test(type) && /^(undefined|unknown|)$/i.test(`${properties?.connectionStatus}`),
  )
  return silent.flatMap(({ properties }) => {
    const id = String(((properties?.localNetworkGateway2 ?? {}) as Json).id).toLowerCase()
    const site = resources.find((body) => body.id.toLowerCase() === id)
    const space = (site?.properties?.localNetworkAddressSpace ?? {}) as Json
    const prefixes = Array.isArray(space.addressPrefixes) ? space.addressPrefixes.map(String) : []
    return prefixes.some((prefix) => expected.some((row) => row.includes(` ${prefix} `))) ? [] : prefixes
  })
}

/** What the next hop tool says: type, address, route table. */
export function compareNextHop(one: Case): void {
  const snapshot = snapshotOf(one, { learned: true })
  const { request, response } = one.query
  const device = targetOf(snapshot, request)
  const { best } = lookupRoute(snapshot.prepared, fabricOf(device), ip(String(request?.destinationIPAddress)))
  const table = response.routeTableId === undefined ? undefined : String(response.routeTableId).toLowerCase()
  const ours = best.map((route) => ({
    // A user route to an address in no reachable prefix is answered with None and the address.
    type: typeNamed(route.nextHop.kind === 'broken' ? 'None' : route.listing?.nextHopType),
    addresses: route.listing?.nextHopIpAddress ?? '',
    table: table === undefined ? undefined : tableOf(snapshot, route).toLowerCase(),
  }))
  const address = String(response.nextHopIpAddress ?? '')
  const type = typeNamed(String(response.nextHopType))
  // Of the instances of an active-active gateway the tool names one.
  const holds = ours.some(
    (each) => each.type === type && each.table === table && each.addresses.split(',').includes(address),
  )
  expect(holds ? [{ type, addresses: address, table }] : ours).toEqual([{ type, addresses: address, table }])
}

function recordedRows(row: Json, hasIp6: boolean): string[] {
  const prefixes = listOrEmpty(row.addressPrefix ?? row.addressPrefixes)
  const hops = listOrEmpty(row.nextHopIpAddress ?? row.nextHopIpAddresses ?? row.nextHop)
  return prefixes.flatMap((prefix) => {
    // For a while in 2018 the IPv6 default was listed for VNets without IPv6.
    if (prefix.includes(':') && !hasIp6) return []
    return rowsOf(String(row.source), String(row.state), prefix, String(row.nextHopType), hops)
  })
}

function listOrEmpty(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.map(String)
  return typeof value === 'string' && value !== '' ? [value] : ['']
}

/** A row for each next hop address: the instances of a gateway are listed in one row or in several. */
function rowsOf(source: string, state: string, prefix: string, type: string, hops: readonly string[]): string[] {
  const named = typeNamed(type)
  if (named === 'None' && source === 'Default') return []
  const shown = named === 'VirtualNetworkServiceEndpoint' ? 'prefixes of a service' : prefix
  return hops.map((hop) => [source, state, shown, named, hop].join(' ').trimEnd())
}

function listed(route: Route): string[] {
  const { listing } = route
  if (!listing) return []
  const { source = '', state = '', nextHopType = '', nextHopIpAddress = '' } = listing
  return rowsOf(source, state, formatPrefix(route.prefix), nextHopType, nextHopIpAddress.split(','))
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  virtualnetwork: 'VnetLocal',
  vnetlocal: 'VnetLocal',
  virtualnetworkpeering: 'VNetPeering',
  vnetpeering: 'VNetPeering',
  vnetglobalpeering: 'VNetGlobalPeering',
  virtualnetworkglobalpeering: 'VNetGlobalPeering',
  // The next hop tool's word for a gateway (Learn: Next Hop - Get, NextHopType).
  hypernetgateway: 'VirtualNetworkGateway',
}

/** A next hop type as one of its spellings: the tools differ in case and blanks, and some were renamed in September 2017. */
function typeNamed(type: string | undefined): string {
  const plain = (type ?? '').replace(/\s+/g, '')
  return OTHER_NAMES[plain.toLowerCase()] ?? plain
}

function tableOf({ resources }: Snapshot, { listing, source }: Route): string {
  if (listing?.source !== 'User' || source.kind !== 'pointer') return 'System Route'
  const body = resources[Number(/^\/(?:value\/)?(\d+)/.exec(source.pointer)?.[1])]
  // A route may be a body of its own.
  return (body?.id ?? '').replace(/(\/routetables\/[^/]+)\/routes\/[^/]+$/i, '$1')
}
