import type { NextHop, Route, RouteTable } from '../../model/index.ts'
import { type Prefix, parseIp, parsePrefix, prefix } from '../../net/index.ts'
import { visitAll } from './line-notes.ts'
import { type Notes, noteOnce } from './notes.ts'
import { childRows, hasMember, numberOf, type Row, sourceOf, textOf, wordsOf } from './row.ts'

/** What routes depend on beside themselves. */
export interface RouteContext {
  /** Where a lookup goes on after a `throw` in this table. */
  readonly afterThrow: (table: string) => NextHop
  readonly notes: Notes
}

// What the kernel keeps in table local follows from the addresses.
const OF_ADDRESSES: ReadonlySet<string> = new Set(['local', 'broadcast', 'anycast', 'multicast'])

/**
 * The tables of `ip -j route`, `main` first. Linux has no administrative distance: within a prefix the lowest metric
 * wins whatever made the route (ip-route(8)), so that every distance is 0.
 */
export function lowerRoutes(rows: readonly Row[], context: RouteContext): RouteTable[] {
  const tables = new Map<string, Route[]>([['main', []]])
  for (const row of rows) {
    const table = tableName(textOf(row, 'table') ?? 'main')
    const type = textOf(row, 'type') ?? 'unicast'
    if (table === 'local' || (table === 'main' && OF_ADDRESSES.has(type))) {
      visitAll(row.document, row.value)
      continue
    }
    const routes = tables.get(table) ?? []
    tables.set(table, routes)
    routes.push(...lowerRoute(row, table, type, context))
  }
  return [...tables].map(([name, routes]) => ({ name, routes }))
}

/** `254` and `main` are one table (rt_tables). */
export function tableName(text: string): string {
  return text === '254' ? 'main' : text === '253' ? 'default' : text === '255' ? 'local' : text
}

function lowerRoute(row: Row, table: string, type: string, context: RouteContext): Route[] {
  const prefix = destinationOf(row)
  if (!prefix) {
    const message = `"${textOf(row, 'dst') ?? ''}" is no destination; the route was left out.`
    noteOnce(context.notes, textOf(row, 'dst') ?? '', 'warning', 'NT1520', message, sourceOf(row))
    return []
  }
  const members = childRows(row, 'nexthops')
  const hops = members.length > 0 ? members : [row]
  const inactive = inactiveBecause(row)
  const preferredSource = parseIp(textOf(row, 'prefsrc') ?? '')
  return hops.map((hop) => {
    const because = inactive ?? (wordsOf(hop, 'flags').includes('dead') ? DEAD : undefined)
    return {
      prefix,
      nextHop: nextHopOf(hop, row, table, type, context),
      distance: 0,
      metric: numberOf(row, 'metric') ?? 0,
      origin: originOf(row, type),
      source: sourceOf(row, 'dst'),
      ...(preferredSource === undefined ? {} : { preferredSource }),
      ...(because === undefined ? {} : { inactive: because }),
    }
  })
}

const DEAD = 'dead: its interface is down'

function destinationOf(row: Row): Prefix | undefined {
  const text = textOf(row, 'dst')
  if (text !== 'default') return text === undefined ? undefined : parsePrefix(text)
  const gateway = textOf(row, 'gateway') ?? childRows(row, 'nexthops').map((hop) => textOf(hop, 'gateway'))[0] ?? ''
  // Only IPv6 routes have a preference (ip-route(8): pref).
  const six = gateway.includes(':') || hasMember(row, 'pref')
  return prefix(six ? '::/0' : '0.0.0.0/0')
}

function originOf(row: Row, type: string): string {
  if (type !== 'unicast') return type
  const protocol = textOf(row, 'protocol') ?? 'boot'
  if (protocol === 'kernel') return 'connected'
  return protocol === 'boot' ? 'static' : protocol
}

function inactiveBecause(row: Row): string | undefined {
  const tos = textOf(row, 'tos')
  return tos === undefined ? undefined : `only for packets with type of service ${tos}`
}

function nextHopOf(hop: Row, row: Row, table: string, type: string, context: RouteContext): NextHop {
  const device = textOf(hop, 'dev')
  if (type === 'blackhole') return { kind: 'discard', answer: 'silent' }
  if (type === 'unreachable') return { kind: 'discard', answer: 'unreachable' }
  if (type === 'prohibit') return { kind: 'discard', answer: 'prohibited' }
  if (type === 'throw') return context.afterThrow(table)
  const via = gatewayOf(hop)
  if (type !== 'unicast' || hasMember(row, 'encap') || (device === undefined && via === undefined)) {
    return { kind: 'unknown', because: `a route of type ${hasMember(row, 'encap') ? 'encap' : type} is not modelled` }
  }
  // Without carrier the kernel still uses the route (ip-sysctl: ignore_routes_with_linkdown).
  if (wordsOf(hop, 'flags').includes('linkdown')) {
    return { kind: 'broken', because: `the link of ${device ?? 'its interface'} was down`, code: 'link-down' }
  }
  if (via === undefined) return { kind: 'connected', interface: device ?? '' }
  const gateway = parseIp(via)
  if (gateway === undefined) return { kind: 'unknown', because: `its gateway "${via}" is not an address` }
  return device === undefined ? { kind: 'via', gateway } : { kind: 'via', gateway, interface: device }
}

/** The gateway, or for a gateway of the other family `"via": {"family": "inet6", "host": "fe80::1"}`. */
function gatewayOf(hop: Row): string | undefined {
  const via = hop.value.via
  const host = typeof via === 'object' && via !== null && 'host' in via ? via.host : undefined
  return textOf(hop, 'gateway') ?? (typeof host === 'string' ? host : undefined)
}
