import type { NextHop, Route } from '../../model/index.ts'
import { type Ip, parseIp, parsePrefix, prefix, prefixContains } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, textOf } from './entry.ts'
import { isDown, masterOf, type Ports } from './port.ts'
import { addAt, type PrefixIndex, valuesHolding } from './prefix-index.ts'

/** Works gateways out: to a neighbour, an interface, or why not. */
export interface Gateways {
  /** The next hop of one gateway of a route in a table, or why RouterOS would not use the route. */
  nextHop(gateway: string, targetScope: number, table: string): NextHop | Unused
}

/** Why RouterOS does not use a route. */
interface Unused {
  readonly kind: 'inactive'
  readonly because: string
}

interface Candidate {
  readonly gateway: string
  readonly scope: number
  readonly targetScope: number
}

const RECURSION_LIMIT = 6

type Resolve = (gateway: Ip, targetScope: number, depth: number) => NextHop | undefined

/**
 * How RouterOS resolves gateways (MikroTik: IP Routing, next-hop lookup): on a connected network, or through another
 * route whose scope is not above the route's target scope; else the route is not active. `connected` are the connected
 * routes of `main` and of each VRF: 7 looks a gateway up in `main` unless `@` says otherwise, 6 in the VRF's own table.
 */
export function gatewaysOf(
  configuration: Configuration,
  ports: Ports,
  connected: ReadonlyMap<string, readonly Route[]>,
): Gateways {
  const learned = learnedNetworks(configuration)
  const resolvers = new Map<string, Resolve>()
  for (const [table, routes] of connected) resolvers.set(table, resolverOf(configuration, ports, routes, table))
  return {
    nextHop(gateway, targetScope, table) {
      const port = masterOf(ports, gateway)
      if (port) {
        if (isDown(ports, port)) return { kind: 'inactive', because: `its interface ${gateway} is disabled` }
        return { kind: 'connected', interface: port.name }
      }
      const otherwise = configuration.major >= 7 || !resolvers.has(table) ? 'main' : table
      return addressHop({ gateway, targetScope, ports, learned, otherwise, resolvers })
    },
  }
}

function resolverOf(configuration: Configuration, ports: Ports, connected: readonly Route[], table: string): Resolve {
  const networks: PrefixIndex<string> = new Map()
  for (const { prefix, nextHop } of connected)
    if (nextHop.kind === 'connected') addAt(networks, prefix, nextHop.interface)
  const recursive: PrefixIndex<Candidate> = new Map()
  for (const menu of ['ip route', 'ipv6 route'])
    for (const entry of configuration.entries(menu)) addCandidate(recursive, entry, table)
  const resolve: Resolve = (gateway, targetScope, depth) => {
    for (const name of valuesHolding(networks, gateway)) return { kind: 'via', gateway, interface: name }
    if (depth >= RECURSION_LIMIT) return undefined
    for (const { gateway: next, scope, targetScope: further } of valuesHolding(recursive, gateway)) {
      if (scope > targetScope) continue
      const port = masterOf(ports, next)
      if (port) return { kind: 'via', gateway, interface: port.name }
      const address = parseIp(next.split(/[%@]/)[0] ?? '')
      const found = address === undefined ? undefined : resolve(address, further, depth + 1)
      if (found) return found
    }
    return undefined
  }
  return resolve
}

interface AddressHop {
  readonly gateway: string
  readonly targetScope: number
  readonly ports: Ports
  readonly learned: string | undefined
  /** The table it is looked up in when it does not say. */
  readonly otherwise: string
  readonly resolvers: ReadonlyMap<string, Resolve>
}

// `1.2.3.4`, `1.2.3.4%ether1`, `1.2.3.4@table`, or the name of an interface that is not there.
function addressHop(hop: AddressHop): NextHop | Unused {
  const { gateway, targetScope, ports, learned } = hop
  const [beforeTable, table = hop.otherwise] = splitAt(gateway, '@')
  const [text, out] = splitAt(beforeTable, '%')
  const address = parseIp(text)
  const named = address === undefined ? masterOf(ports, text) : undefined
  if (named && !isDown(ports, named)) return { kind: 'connected', interface: named.name }
  if (address === undefined)
    return { kind: 'inactive', because: `its gateway ${gateway} is no interface and no address` }
  if (isLinkLocal(address)) {
    return { kind: 'unknown', because: `${gateway} is a link-local address, and which neighbour has it no export says` }
  }
  const resolve = hop.resolvers.get(table)
  if (!resolve) return { kind: 'unknown', because: `the gateway ${gateway} is looked up in the table ${table}` }
  if (out !== undefined) {
    const port = masterOf(ports, out)
    if (!port || isDown(ports, port))
      return { kind: 'inactive', because: `its interface ${out} is missing or disabled` }
    return { kind: 'via', gateway: address, interface: port.name }
  }
  const found = resolve(address, targetScope, 0)
  if (found) return found
  if (learned === undefined) return { kind: 'inactive', because: `the gateway ${gateway} is on no connected network` }
  return { kind: 'unknown', because: `the gateway ${gateway} is on no network in the export, and ${learned}` }
}

const LINK_LOCAL = prefix('fe80::/10')

function isLinkLocal(address: Ip): boolean {
  return prefixContains(LINK_LOCAL, address)
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function addCandidate(index: PrefixIndex<Candidate>, entry: Entry, table: string): void {
  const to = parsePrefix(textOf(entry, 'dst-address') ?? (entry.menu === 'ipv6 route' ? '::/0' : '0.0.0.0/0'))
  if (!to || isDisabled(entry) || tableOf(entry) !== table) return
  for (const gateway of (textOf(entry, 'gateway') ?? '').split(',')) {
    const scope = numberIn(entry, 'scope', 30)
    addAt(index, to, { gateway, scope, targetScope: numberIn(entry, 'target-scope', 10) })
  }
}

/** The table a route is in: `routing-table` (7) or `routing-mark` (6), else main. */
export function tableOf(entry: Entry): string {
  return textOf(entry, 'routing-table') ?? textOf(entry, 'routing-mark') ?? 'main'
}

/** A property that is a whole number; `otherwise` when it is absent or not one. */
export function numberIn(entry: Entry, key: string, otherwise: number): number {
  const text = textOf(entry, key)
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise
}

// What may add connected networks at run time, in words.
function learnedNetworks(configuration: Configuration): string | undefined {
  const client = configuration.entries('ip dhcp-client').find((entry) => !isDisabled(entry))
  if (client) return `${textOf(client, 'interface') ?? 'an interface'} gets its address by DHCP`
  for (const menu of DIALING) {
    const entry = configuration.entries(menu).find((one) => !isDisabled(one))
    if (entry) return `${textOf(entry, 'name') ?? 'a tunnel'} gets its address when it connects`
  }
  return configuration.menus.some((menu) => /^routing (bgp|ospf|rip|isis)/.test(menu))
    ? 'routes may be learned at run time'
    : undefined
}

/** Clients that get an address, and usually a default route, from the other end. */
export const DIALING: readonly string[] = [
  'interface pppoe-client',
  'interface l2tp-client',
  'interface sstp-client',
  'interface pptp-client',
  'interface ovpn-client',
  'interface ppp-client',
  'interface lte',
]
