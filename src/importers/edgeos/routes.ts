import type { NextHop, Route, RouteTable } from '../../model/index.ts'
import { type Prefix, parseIp, parsePrefix, prefix } from '../../net/index.ts'
import { type Configuration, type EdgeInterface, warn } from './configuration.ts'
import { delegatedRoutes } from './delegated.ts'
import { learnedRoutes } from './learned.ts'
import { at, type EdgeNode, isOff, numberAt, sourceOf, tagsAt, textAt } from './node.ts'

const DEFAULT = prefix('0.0.0.0/0')

/**
 * The tables: connected networks, what DHCP and PPPoE bring, `protocols static`, and its numbered tables. `own` are the
 * interfaces whose networks are listed; routes may leave by any interface of the configuration.
 */
export function lowerTables(configuration: Configuration, own = configuration.interfaces): RouteTable[] {
  const { root } = configuration
  const main = [
    ...own.flatMap(connectedRoutes),
    ...own.flatMap(dynamicDefault),
    ...own.flatMap(delegatedRoutes),
    ...gatewayAddress(root),
    ...staticRoutes(at(root, 'protocols', 'static'), configuration),
    ...learnedRoutes(configuration),
  ]
  const others = tagsAt(root, 'protocols', 'static', 'table').map((table) => ({
    name: tableName(table.name),
    routes: staticRoutes(table, configuration),
  }))
  return [{ name: 'main', routes: main }, ...others.filter((table) => table.name !== 'main'), ...loadBalanced(root)]
}

/** The table that stands for what a load balancing group does. */
export function loadBalanceTable(group: string): string {
  return `load-balance ${group}`
}

function loadBalanced(root: EdgeNode): RouteTable[] {
  const used = tagsAt(root, 'firewall', 'modify').flatMap((set) =>
    tagsAt(set, 'rule').flatMap((rule) => at(rule, 'modify', 'lb-group') ?? []),
  )
  const groups = new Map(used.map((node) => [textAt(node) ?? '', node]))
  return [...groups].map(([group, node]) => {
    const because = `The load-balance group ${group} chooses the uplink at run time.`
    const nextHop: NextHop = { kind: 'unknown', because }
    const origin = `load-balance group ${group}`
    const name = loadBalanceTable(group)
    return { name, routes: [{ prefix: DEFAULT, nextHop, distance: 1, metric: 0, origin, source: sourceOf(node) }] }
  })
}

/** A table by the name people use: the kernel's number 254 is `main`. */
export function tableName(text: string): string {
  return text === '254' ? 'main' : text
}

function connectedRoutes(one: EdgeInterface): Route[] {
  if (one.disabled) return []
  return one.addresses.map((address) => ({
    prefix: address.prefix,
    nextHop: { kind: 'connected', interface: one.name },
    distance: 0,
    metric: 0,
    origin: 'connected',
    source: address.source,
  }))
}

// Practice: a default route by DHCP has distance 210 unless `default-route-distance` says otherwise.
const DHCP_DISTANCE = 210

function dynamicDefault(one: EdgeInterface): Route[] {
  if (!one.dynamic || one.disabled) return []
  const pppoe = one.kind === 'pppoe'
  const setting = textAt(one.node, 'default-route') ?? textAt(one.node, 'dhcp-options', 'default-route') ?? 'auto'
  if (setting === 'none' || setting === 'no-update') return []
  const because = `The gateway of ${one.name} comes by DHCP at run time and is not in the configuration.`
  const nextHop: NextHop = pppoe ? { kind: 'connected', interface: one.name } : { kind: 'unknown', because }
  const distance = numberAt(one.node, 'dhcp-options', 'default-route-distance') ?? (pppoe ? 1 : DHCP_DISTANCE)
  const origin = `${pppoe ? 'PPPoE' : 'DHCP'} on ${one.name}`
  return [{ prefix: DEFAULT, nextHop, distance, metric: 0, origin, source: sourceOf(one.node, 'address') }]
}

function gatewayAddress(root: EdgeNode): Route[] {
  const gateway = parseIp(textAt(root, 'system', 'gateway-address') ?? '')
  if (gateway === undefined) return []
  const source = sourceOf(root, 'system', 'gateway-address')
  const nextHop = { kind: 'via', gateway } as const
  return [{ prefix: DEFAULT, nextHop, distance: 1, metric: 0, origin: 'system gateway-address', source }]
}

/** `route`, `interface-route` and their IPv6 twins of `protocols static` or of one of its tables. */
function staticRoutes(node: EdgeNode | undefined, configuration: Configuration): Route[] {
  const routes: Route[] = []
  for (const kind of ['route', 'route6', 'interface-route', 'interface-route6']) {
    for (const route of tagsAt(node, kind)) {
      const target = parsePrefix(route.name)
      if (target) routes.push(...routesTo(target, route, configuration))
      else
        warn(configuration, 'NT1434', `The route to ${route.name} names no network; it was left out.`, sourceOf(route))
    }
  }
  return routes
}

function routesTo(target: Prefix, route: EdgeNode, configuration: Configuration): Route[] {
  const routes: Route[] = []
  const add = (nextHop: NextHop, node: EdgeNode, inactive?: string) => {
    const distance = numberAt(node, 'distance') ?? 1
    if (at(node, 'disable') && !isOff(node, 'disable')) return
    const why = inactive === undefined ? {} : { inactive }
    routes.push({ prefix: target, nextHop, distance, metric: 0, origin: 'static', source: sourceOf(node), ...why })
  }
  for (const hop of tagsAt(route, 'next-hop')) {
    const gateway = parseIp(hop.name)
    const through = textAt(hop, 'interface')
    if (gateway !== undefined) {
      add({ kind: 'via', gateway, ...(through !== undefined && { interface: through }) }, hop)
    } else
      warn(configuration, 'NT1434', `The next hop ${hop.name} is no address; the route was left out.`, sourceOf(hop))
  }
  for (const hop of tagsAt(route, 'next-hop-interface'))
    add(throughInterface(hop, configuration), hop, silence(hop, target, configuration))
  const blackhole = at(route, 'blackhole')
  if (blackhole) add({ kind: 'discard', answer: 'silent' }, blackhole)
  const unreachable = at(route, 'unreachable')
  if (unreachable) add({ kind: 'discard', answer: 'unreachable' }, unreachable)
  return routes
}

/** PPPoE carries IPv6 only where it is told to (EdgeOS: PPPoE, `ipv6 enable`). */
function silence(hop: EdgeNode, target: Prefix, { interfaces }: Configuration): string | undefined {
  const found = interfaces.find((one) => one.name === hop.name)
  if (found?.kind !== 'pppoe' || typeof target.ip !== 'bigint') return undefined
  const speaks = at(found.node, 'ipv6', 'enable') ?? at(found.node, 'ipv6') ?? at(found.node, 'dhcpv6-pd')
  return speaks ? undefined : `${hop.name} has no "ipv6 enable"`
}

function throughInterface(hop: EdgeNode, configuration: Configuration): NextHop {
  if (configuration.interfaces.some((one) => one.name === hop.name)) return { kind: 'connected', interface: hop.name }
  const message = `The route leaves by ${hop.name}, which is no interface of this configuration.`
  warn(configuration, 'NT1435', message, sourceOf(hop))
  return { kind: 'unknown', because: message }
}
