import type { Source } from '../../../model/index.ts'
import { type Ip, type Prefix, parseIp, parsePrefix } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import { isCircuitRow, isCircuitSummaryRow, placeCircuitRows } from '../estate/circuit-route.ts'
import { isEffectiveRow } from '../estate/effective-answer.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { isHubRow, placeHubRows } from '../hubs/hub-effective-route.ts'
import { gatewaySpeakers } from './gateway-address.ts'

/** A prefix that another router announced by BGP to a gateway or a route server. */
export interface LearnedRoute {
  readonly prefix: Prefix
  readonly nextHop: Ip
  /** How many networks the announcement passed. */
  readonly pathLength: number
  readonly source: Source
}

/**
 * The rows of what a gateway or a route server prints of its learned routes: `{ "value": [...] }`, an array, or an array
 * for each instance (`az network vnet-gateway list-learned-routes`, `az network routeserver peering
 * list-learned-routes`); the route table of a circuit and the effective routes of a virtual hub likewise (`az network
 * express-route list-route-tables`, `az network vhub get-effective-routes`). `undefined` when the value is something else.
 */
export function learnedRowsOf(value: unknown): readonly object[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const listed = Array.isArray(value) ? value : (value as Record<string, unknown>).value
  if (Array.isArray(listed)) return listed.length > 0 && listed.every(isRow) ? listed : undefined
  const members = Object.entries(value)
  const roles = members.every(([key, rows]) => /^RouteServiceRole_IN_\d+$/i.test(key) && Array.isArray(rows))
  if (members.length === 0 || !roles) return undefined
  return members.flatMap(([, rows]) => (Array.isArray(rows) ? rows.filter(isRow) : []))
}

function isRow(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (isCircuitRow(value) || isCircuitSummaryRow(value) || isHubRow(value)) return true
  return 'network' in value && 'localAddress' in value && !('id' in value)
}

/** The rows by the gateway or route server that owns their `localAddress`. */
const byOwner = perEstate((estate) => {
  const owners = new Map<Ip, Body[]>()
  const add = (body: Body, ips: readonly Ip[]) => {
    for (const ip of ips) owners.set(ip, [...(owners.get(ip) ?? []), body])
  }
  for (const body of estate.ofType('microsoft.network/virtualnetworkgateways')) add(body, gatewaySpeakers(body))
  for (const body of estate.ofType('microsoft.network/virtualhubs')) {
    add(
      body,
      body
        .texts('virtualRouterIps')
        .map(parseIp)
        .filter((one) => one !== undefined),
    )
  }
  const rows = new Map<Body, Body[]>()
  for (const row of estate.printedRows) {
    if (isEffectiveRow(row.value)) continue
    const owner = ownerOf(estate, owners, row)
    if (owner) rows.set(owner, [...(rows.get(owner) ?? []), row])
  }
  return rows
})

/** Reports what Azure's tools printed of routes that belongs to nothing in the export. */
export function reportStrayRows(estate: Estate): void {
  byOwner(estate)
  placeCircuitRows(estate)
  placeHubRows(estate)
}

/** Two gateways may have one address in VNets that overlap: then the file's name tells them apart. */
function ownerOf(estate: Estate, owners: ReadonlyMap<Ip, readonly Body[]>, row: Body): Body | undefined {
  const text = row.text('localAddress')
  // Without BGP the list repeats the connections' own prefixes and names no address.
  if (text === undefined) return undefined
  const local = parseIp(text)
  const candidates = (local === undefined ? undefined : owners.get(local)) ?? []
  const file = row.file.slice(row.file.lastIndexOf('/') + 1).toLowerCase()
  const named = candidates.filter((one) => file.includes(one.name.toLowerCase()))
  const owner = candidates.length === 1 ? candidates[0] : named.length === 1 ? named[0] : undefined
  if (!owner) {
    const why =
      candidates.length === 0
        ? 'no gateway and no route server of the export has this address'
        : `it is an address of ${candidates.map((one) => one.name).join(' and ')}: put the name of the right one into the file's name`
    estate.report(row.diagnostic('warning', 'NT1631', `routes learned by ${text} are left out: ${why}`, 'localAddress'))
  }
  return owner
}

/**
 * What a gateway or a route server learned from others: of each prefix the announcements that passed the fewest networks.
 * `undefined` when no file holds its learned routes.
 */
export function learnedBy(estate: Estate, owner: Body): readonly LearnedRoute[] | undefined {
  const rows = byOwner(estate).get(owner)
  if (!rows) return undefined
  const own = new Set([...gatewaySpeakers(owner), ...owner.texts('virtualRouterIps').map(parseIp)])
  const routes = new Map<string, LearnedRoute>()
  for (const row of rows) {
    const route = learnedRoute(estate, row)
    // What the other instance passed on, and what it originates itself.
    if (!route || own.has(route.nextHop)) continue
    const key = `${route.prefix.ip}/${route.prefix.length} ${route.nextHop}`
    const known = routes.get(key)
    if (!known || route.pathLength < known.pathLength) routes.set(key, route)
  }
  const all = [...routes.values()]
  return all.filter((one) => all.every((other) => !samePrefix(one, other) || one.pathLength <= other.pathLength))
}

function samePrefix(one: LearnedRoute, other: LearnedRoute): boolean {
  return one.prefix.ip === other.prefix.ip && one.prefix.length === other.prefix.length
}

function learnedRoute(estate: Estate, row: Body): LearnedRoute | undefined {
  const text = row.text('network') ?? ''
  const prefix = parsePrefix(text)
  if (!prefix) {
    estate.report(row.diagnostic('warning', 'NT1602', `"${text}" is not an address prefix`, 'network'))
    return undefined
  }
  const hop = row.text('nextHop')
  const nextHop = hop === undefined ? undefined : parseIp(hop)
  if (nextHop === undefined) return undefined
  const pathLength = (row.text('asPath') ?? '').split(/[-\s]+/).filter((one) => one !== '').length
  return { prefix, nextHop, pathLength, source: row.source('network') }
}
