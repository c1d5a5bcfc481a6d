import type { Route, RouteTable } from '../model/index.ts'
import { type Ip, isIp4, prefixOf } from '../net/index.ts'

/** A table made ready: active and inactive routes by prefix length and prefix, longest first. */
export interface RouteIndex {
  readonly name: string
  readonly v4: readonly LengthGroup[]
  readonly v6: readonly LengthGroup[]
}

interface LengthGroup {
  readonly length: number
  readonly routes: ReadonlyMap<Ip, readonly Route[]>
}

/** What a lookup found: the best routes (several are ECMP) and the others that hold the destination, best first. */
export interface Found {
  readonly best: readonly Route[]
  readonly passedOver: readonly Route[]
}

/** Makes a table ready. */
export function indexRoutes(table: RouteTable): RouteIndex {
  const groups = { v4: new Map<number, Map<Ip, Route[]>>(), v6: new Map<number, Map<Ip, Route[]>>() }
  for (const route of table.routes) {
    const family = isIp4(route.prefix.ip) ? groups.v4 : groups.v6
    const group = family.get(route.prefix.length) ?? new Map<Ip, Route[]>()
    family.set(route.prefix.length, group)
    const same = group.get(route.prefix.ip)
    if (same) same.push(route)
    else group.set(route.prefix.ip, [route])
  }
  return { name: table.name, v4: sorted(groups.v4), v6: sorted(groups.v6) }
}

function sorted(groups: Map<number, Map<Ip, Route[]>>): LengthGroup[] {
  for (const group of groups.values())
    for (const routes of group.values()) if (routes.length > 1) routes.sort(byPreference)
  return [...groups].sort((a, b) => b[0] - a[0]).map(([length, routes]) => ({ length, routes }))
}

function byPreference(a: Route, b: Route): number {
  const active = Number(a.inactive !== undefined) - Number(b.inactive !== undefined)
  return active || a.distance - b.distance || a.metric - b.metric
}

/**
 * Looks a destination up: longest prefix, then lowest distance, then lowest metric. Routes no longer than
 * `suppressed` count as missing.
 */
export function lookup(index: RouteIndex, destination: Ip, suppressed = -1): Found {
  const groups = isIp4(destination) ? index.v4 : index.v6
  let best: readonly Route[] = []
  const passedOver: Route[] = []
  for (const group of groups) {
    if (group.length <= suppressed) break
    const routes = group.routes.get(networkOf(destination, group.length))
    if (!routes) continue
    if (best.length > 0) passedOver.push(...routes)
    else best = firstEqual(routes, passedOver)
  }
  return { best, passedOver }
}

/** The first address of the prefix of a length that holds an address; nothing is allocated for IPv4. */
function networkOf(destination: Ip, length: number): Ip {
  if (!isIp4(destination)) return prefixOf(destination, length).ip
  return (length === 0 ? 0 : (destination & (-1 << (32 - length))) >>> 0) as Ip
}

function firstEqual(routes: readonly Route[], passedOver: Route[]): readonly Route[] {
  const first = routes[0]
  if (!first || first.inactive !== undefined) {
    passedOver.push(...routes)
    return []
  }
  if (routes.length === 1) return routes
  const equal = routes.filter((route) => route.inactive === undefined && byPreference(route, first) === 0)
  passedOver.push(...routes.filter((route) => !equal.includes(route)))
  return equal
}
