import type { Route } from '../../../model/index.ts'
import type { Body } from '../estate/body.ts'
import { prefixKey } from '../estate/prefix-key.ts'

/** A route that a hub could take, with what it is chosen by. */
export interface HubChoice {
  readonly route: Route
  /** Over what its packets go; an appliance that announces by BGP counts as VPN. */
  readonly by: 'vnet' | 'vpn' | 'circuit'
  /** Over a connection of this hub, not over another hub. */
  readonly isLocal: boolean
  /** How many networks the announcement passed; absent = not said. */
  readonly pathLength?: number
}

/**
 * Learned routes with what a hub prefers put into their metric: of routes for one prefix the lower one counts, equal
 * ones share (Learn: Virtual hub routing preference). Where the length of paths decides and is not known, so is the way.
 */
export function chosen(hub: Body, choices: readonly HubChoice[]): Route[] {
  const preference = hub.text('hubRoutingPreference')?.toLowerCase() ?? 'expressroute'
  const byPrefix = new Map<string, HubChoice[]>()
  for (const one of choices) {
    const key = prefixKey(one.route.prefix)
    byPrefix.set(key, [...(byPrefix.get(key) ?? []), one])
  }
  return choices.map((one) => {
    const rivals = byPrefix.get(prefixKey(one.route.prefix)) ?? []
    if (preference === 'aspath' && !isClear(rivals))
      return { ...one.route, nextHop: { kind: 'unknown', because: UNCLEAR } }
    return { ...one.route, metric: rank(one, preference) }
  })
}

const UNCLEAR =
  'the virtual hub prefers the shortest path (hubRoutingPreference ASPath), and the export does not hold the lengths: az network vhub get-effective-routes prints them'

/** A VNet of the hub's own is nearest whatever is preferred; else every path has to be known. */
function isClear(rivals: readonly HubChoice[]): boolean {
  if (rivals.length < 2 || rivals.some((one) => one.by === 'vnet')) return true
  return rivals.every((one) => one.pathLength !== undefined)
}

const FAR = 1 << 20

function rank({ by, isLocal, pathLength = 0 }: HubChoice, preference: string): number {
  if (by === 'vnet') return isLocal ? 0 : FAR - 1
  const distance = isLocal ? 0 : 1
  const path = Math.min(pathLength, 1023)
  const circuitFirst = preference === 'vpngateway' ? false : isLocal
  const kind = (by === 'circuit') === circuitFirst ? 0 : 1
  if (preference === 'aspath') return 1 + path * 4 + distance * 2 + kind
  return 1 + distance * FAR + kind * (FAR >> 1) + path
}
