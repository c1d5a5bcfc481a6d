import type { Source } from '../../../model/index.ts'
import { type Ip, type Prefix, prefixContains } from '../../../net/index.ts'
import { effectiveAnswers } from '../estate/effective-answer.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'

/** A gateway's prefix that Azure printed among the effective routes of a network interface. */
export interface PrintedRoute {
  readonly prefix: Prefix
  readonly nextHops: readonly Ip[]
  readonly source: Source
}

/**
 * The gateway routes that Azure printed of the network interfaces in some VNets, each prefix once, those that lost
 * included. `undefined` when none was printed there, of a subnet that takes gateway routes: then it tells nothing.
 */
export function printedRoutes(estate: Estate, vnets: readonly VirtualNetwork[]): readonly PrintedRoute[] | undefined {
  const answers = effectiveAnswers(estate).filter(({ subnet, rows }) => {
    const takes = subnet.routeTable?.unnoticed().flag('disableBgpRoutePropagation') !== true
    return rows.length > 0 && takes && vnets.includes(subnet.vnet)
  })
  if (answers.length === 0) return undefined
  const routes = new Map<string, PrintedRoute>()
  for (const { prefix, by, nextHops, body } of answers.flatMap((one) => one.rows)) {
    if (by.toLowerCase() !== 'virtualnetworkgateway') continue
    const key = prefixKey(prefix)
    const known = routes.get(key)
    // A row for each instance of a gateway, or one for all.
    const hops = [...new Set([...(known?.nextHops ?? []), ...nextHops])]
    routes.set(key, { prefix, nextHops: hops, source: known?.source ?? body.source('addressPrefix') })
  }
  return [...routes.values()]
}

/** Whether a route leads straight to a machine in a VNet, as those a route server passed on do, and to no gateway. */
export function leadsToAppliance(
  route: PrintedRoute,
  vnets: readonly VirtualNetwork[],
  gateways: readonly Ip[],
): boolean {
  const holds = (prefixes: readonly Prefix[], hop: Ip) => prefixes.some((prefix) => prefixContains(prefix, hop))
  const isMachine = (hop: Ip) => {
    const vnet = vnets.find((one) => holds(one.prefixes, hop))
    const subnet = vnet?.subnets.find((one) => holds(one.prefixes, hop))
    return vnet !== undefined && subnet?.name.toLowerCase() !== 'gatewaysubnet' && !gateways.includes(hop)
  }
  return route.nextHops.length > 0 && route.nextHops.every(isMachine)
}
