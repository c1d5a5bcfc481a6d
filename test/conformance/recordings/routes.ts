import { expect } from 'vitest'
import type { Route } from '../../../src/model/index.ts'
import { formatPrefix, ip } from '../../../src/net/index.ts'
import { lookupRoute } from '../../../src/trace/index.ts'
import { type Case, deviceOf, fabricOf, type Json, listOf, type Snapshot, snapshotOf } from './recorded-case.ts'

/** Effective routes as a set of rows; the reserved None rows, which differ from year to year (2016 to 2023), aside. */
export function compareRoutes(one: Case): void {
  const snapshot = snapshotOf(one, true)
  const fabric = snapshot.network.devices.get(fabricOf(deviceOf(snapshot, one.query.target)))
  const routes = fabric?.tables.find((table) => table.name === 'main')?.routes ?? []
  const hasIp6 = routes.some(
    (route) => typeof route.prefix.ip === 'bigint' && route.listing?.nextHopType === 'VnetLocal',
  )
  // A service endpoint's row is cut in the recording, and no list of service tags of its date is at hand.
  const whole = listOf(one.query.response.value).filter((row) => !row.addressPrefixTruncated)
  const cut = whole.length < listOf(one.query.response.value).length
  const expected = whole.flatMap((row) => recordedRows(row, hasIp6))
  const found = routes.flatMap(listed).filter((row) => !cut || !row.includes('VirtualNetworkServiceEndpoint'))
  expect(new Set(found)).toEqual(new Set(expected))
}

/** What the next hop tool says: type, address, route table. */
export function compareNextHop(one: Case): void {
  const snapshot = snapshotOf(one, true)
  const { request, response } = one.query
  const device = deviceOf(snapshot, request?.targetNicResourceId ?? request?.targetResourceId)
  const { best } = lookupRoute(snapshot.prepared, fabricOf(device), ip(String(request?.destinationIPAddress)))
  const route = best[0]
  // A user route to an address in no reachable prefix is answered with None and the address.
  const type = route?.nextHop.kind === 'broken' ? 'None' : route?.listing?.nextHopType
  expect({
    type: printed(type),
    address: route?.listing?.nextHopIpAddress ?? '',
    table: route && tableOf(snapshot, route).toLowerCase(),
  }).toEqual({
    type: printed(String(response.nextHopType)),
    address: response.nextHopIpAddress ?? '',
    table: String(response.routeTableId).toLowerCase(),
  })
}

function recordedRows(row: Json, hasIp6: boolean): string[] {
  const prefixes = Array.isArray(row.addressPrefix) ? row.addressPrefix : []
  const hops = listOrEmpty(row.nextHopIpAddress)
  return prefixes.flatMap((prefix) => {
    // For a while in 2018 the IPv6 default was listed for VNets without IPv6.
    if (String(prefix).includes(':') && !hasIp6) return []
    return rowsOf(String(row.source), String(row.state), String(prefix), String(row.nextHopType), hops)
  })
}

function listOrEmpty(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.map(String)
  return typeof value === 'string' && value !== '' ? [value] : ['']
}

/** A row for each next hop address: the instances of a gateway are listed in one row or in several. */
function rowsOf(source: string, state: string, prefix: string, type: string, hops: readonly string[]): string[] {
  if (type === 'None' && source === 'Default') return []
  return hops.map((hop) => [source, state, prefix, type, hop].join(' '))
}

function listed(route: Route): string[] {
  const { listing } = route
  if (!listing) return []
  const { source = '', state = '', nextHopType = '', nextHopIpAddress = '' } = listing
  return rowsOf(source, state, formatPrefix(route.prefix), nextHopType, nextHopIpAddress.split(','))
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  VnetLocal: 'VirtualNetwork',
  VNetLocal: 'VirtualNetwork',
  VNetPeering: 'VirtualNetworkPeering',
  VNetGlobalPeering: 'VirtualNetworkPeering',
}

/** The next hop tool renamed some types in September 2017 and later. */
function printed(type: string | undefined): string {
  return OTHER_NAMES[type ?? ''] ?? type ?? ''
}

function tableOf({ resources }: Snapshot, { listing, source }: Route): string {
  if (listing?.source !== 'User' || source.kind !== 'pointer') return 'System Route'
  return resources[Number(source.pointer.split('/')[1])]?.id ?? ''
}
