import type { NextHop, Route } from '../../model/index.ts'
import { parseIp, parsePrefix, prefix } from '../../net/index.ts'
import { type Entry, flagOf, numberOf, sourceOf, textOf } from './entry.ts'
import { nameOf } from './networks.ts'
import type { Site, WanNetwork } from './site.ts'

/** The routing table of the gateway: connected networks, uplinks' default routes, `routing`. */
export function lowerRoutes(site: Site, entries: readonly Entry[]): Route[] {
  const connected = site.interfaces
    .filter((one) => !one.disabled)
    .flatMap((one) =>
      one.addresses.map((address): Route => {
        const nextHop = { kind: 'connected', interface: one.name } as const
        return { prefix: address.prefix, nextHop, distance: 0, metric: 0, origin: 'connected', source: address.source }
      }),
    )
  const defaults = site.wans.map((wan, at) => defaultRoute(wan, at, site.wans.length))
  return [...connected, ...defaults, ...entries.flatMap((entry) => staticRoute(entry, site))]
}

/** Of several uplinks the one with the lowest priority is used; `weighted` ones share. */
function defaultRoute(wan: WanNetwork, at: number, count: number): Route {
  const because = `the gateway of ${wan.name} comes from the provider and is not in the export`
  const nextHop: NextHop = wan.gateway
    ? { kind: 'via', gateway: wan.gateway.ip, interface: wan.interface }
    : { kind: 'unknown', because }
  const shared = textOf(wan.entry, 'wan_load_balance_type') === 'weighted'
  const priority = numberOf(wan.entry, 'wan_failover_priority') ?? at + 1
  return {
    prefix: prefix('0.0.0.0/0'),
    nextHop,
    distance: count === 1 || shared ? 1 : priority,
    metric: 0,
    origin: `default route of ${wan.name}`,
    source: wan.gateway?.source ?? sourceOf(wan.entry, 'wan_type'),
  }
}

function staticRoute(entry: Entry, site: Site): Route[] {
  if (flagOf(entry, 'enabled') === false) return []
  const name = nameOf(entry)
  const prefix = parsePrefix(textOf(entry, 'static-route_network') ?? '')
  const source = sourceOf(entry, 'static-route_network')
  if (textOf(entry, 'gateway_type') === 'switch') return []
  const nextHop = nextHopOf(entry, site)
  if (!prefix || !nextHop) {
    const message = `The static route ${name} is not understood (${prefix ? 'next hop' : 'network'}); it was left out.`
    site.diagnostics.push({ severity: 'warning', code: 'NT1406', message, source })
    return []
  }
  const distance = numberOf(entry, 'static-route_distance') ?? 1
  return [{ prefix, nextHop, distance, metric: 0, origin: `static route ${name}`, source }]
}

function nextHopOf(entry: Entry, site: Site): NextHop | undefined {
  const type = textOf(entry, 'static-route_type')
  if (type === 'blackhole') return { kind: 'discard', answer: 'silent' }
  if (type === 'nexthop-route') {
    const gateway = parseIp(textOf(entry, 'static-route_nexthop') ?? '')
    return gateway === undefined ? undefined : { kind: 'via', gateway }
  }
  if (type !== 'interface-route') return undefined
  const wanted = (textOf(entry, 'static-route_interface') ?? '').toLowerCase().replace(/^wan1$/, 'wan')
  const found = site.interfaces.find((one) => one.aliases.some((alias) => alias.toLowerCase() === wanted))
  if (!found) return { kind: 'unknown', because: `the interface "${wanted}" is not in the export` }
  const wan = site.wans.find((one) => one.interface === found.name)
  // An uplink with a gateway sends there; a tunnel or a point-to-point link needs none.
  if (wan?.gateway) return { kind: 'via', gateway: wan.gateway.ip, interface: found.name }
  return { kind: 'connected', interface: found.name }
}
