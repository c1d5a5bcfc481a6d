import type { Interface, NextHop, Route, TableRule } from '../model/index.ts'
import { type Flow, type Ip, type Ip4, type Ip6, isIp4, prefixContains } from '../net/index.ts'
import { isLoopback } from './loopback.ts'
import { freshPacket, type Packet } from './packet.ts'
import type { PreparedDevice } from './prepared.ts'
import { lookup } from './route-index.ts'
import { UNKNOWN, YES } from './truth.ts'

/** Where a device would send a packet. */
export interface Choice {
  readonly table: string
  /** The best routes; several are ECMP, none is no route. */
  readonly routes: readonly Route[]
  readonly passedOver: readonly Route[]
  /** A policy rule that ends the lookup by itself. */
  readonly refusedBy?: TableRule
  /** A policy rule whose match cannot be evaluated and that would have been asked first. */
  readonly doubt?: TableRule
}

/**
 * The routes to a destination: the table a `use-table` rule chose, then policy rules in order, then `main` (Linux:
 * ip-rule(8); MikroTik: Policy Routing). `packet` absent = main alone. Whether the destination is the device's own is
 * not asked here.
 */
export function chooseRoute(self: PreparedDevice, packet: Packet | undefined, destination: Ip): Choice {
  const passedOver: Route[] = []
  let doubt: TableRule | undefined
  const ask = (table: string, suppressed?: number): Choice | undefined => {
    const index = self.table(table)
    const found = index && lookup(index, destination, suppressed)
    if (found) passedOver.push(...found.passedOver)
    if (!found || found.best.length === 0) return undefined
    return { table, routes: found.best, passedOver, ...(doubt && { doubt }) }
  }
  if (packet?.table !== undefined) {
    const chosen = ask(packet.table)
    if (chosen) return chosen
  }
  for (const { rule, matcher } of packet ? self.tableRules : []) {
    const value = matcher(packet as Packet)
    if (value === UNKNOWN) doubt ??= rule
    if (value !== YES) continue
    if (rule.action.kind === 'discard') return { table: rule.name, routes: [], passedOver, refusedBy: rule }
    const chosen = ask(rule.action.table, rule.action.suppressPrefixLength)
    if (chosen) return chosen
    if (rule.action.onMiss === 'stop') return { table: rule.action.table, routes: [], passedOver, refusedBy: rule }
  }
  return ask('main') ?? { table: 'main', routes: [], passedOver, ...(doubt && { doubt }) }
}

/** A next hop worked out to an interface and the neighbour to find on its link. */
export type Exit =
  | { readonly kind: 'link'; readonly interface: string; readonly neighbor: Ip }
  | { readonly kind: 'device'; readonly device: string; readonly interface: string | undefined }
  | { readonly kind: 'dead'; readonly text: string; readonly code?: string }
  | { readonly kind: 'unknown'; readonly because: string }
  | { readonly kind: 'discard'; readonly answer: 'silent' | 'unreachable' | 'prohibited' }

const RECURSION_LIMIT = 4

/** Works a next hop out: a gateway without an interface is looked up in turn (recursive routing). */
export function exitOf(self: PreparedDevice, next: NextHop, destination: Ip, depth = 0): Exit {
  switch (next.kind) {
    case 'connected':
      return { kind: 'link', interface: next.interface, neighbor: destination }
    case 'device':
      return { kind: 'device', device: next.device, interface: next.interface }
    case 'discard':
      return { kind: 'discard', answer: next.answer }
    case 'broken':
      return { kind: 'dead', text: next.because, code: next.code }
    case 'unknown':
      return { kind: 'unknown', because: next.because }
    case 'table': {
      const index = self.table(next.table)
      const inner = index && lookup(index, destination).best[0]
      if (!inner || depth >= RECURSION_LIMIT) return { kind: 'dead', text: `table ${next.table} has no route` }
      return exitOf(self, inner.nextHop, destination, depth + 1)
    }
    case 'via':
      return viaExit(self, next, depth)
  }
}

function viaExit(self: PreparedDevice, next: Extract<NextHop, { kind: 'via' }>, depth: number): Exit {
  if (next.interface !== undefined) return { kind: 'link', interface: next.interface, neighbor: next.gateway }
  const route = depth < RECURSION_LIMIT ? chooseRoute(self, undefined, next.gateway).routes[0] : undefined
  if (!route || (route.nextHop.kind === 'via' && route.nextHop.gateway === next.gateway)) {
    return { kind: 'dead', text: 'the gateway is on no connected network' }
  }
  if (route.nextHop.kind === 'connected')
    return { kind: 'link', interface: route.nextHop.interface, neighbor: next.gateway }
  return exitOf(self, route.nextHop, next.gateway, depth + 1)
}

/** What is known of a packet before its source is: policy rules may ask. */
export type Wanted = Pick<Flow, 'protocol' | 'destinationPort'>

/** 127.0.0.1. */
export const LOOPBACK = 0x7f000001 as Ip4

/** The source of a packet that has none yet: 0.0.0.0 or ::. */
export function unspecified(family: Ip): Ip {
  return isIp4(family) ? (0 as Ip4) : (0n as Ip6)
}

/**
 * The address a device gives its own packets towards a destination: the one its route asks for, else the one on the
 * out-interface whose network holds the next hop, else that interface's first, else the device's first of the family.
 * Policy rules see it without a source.
 */
export function sourceAddressFor(self: PreparedDevice, destination: Ip, wanted?: Wanted): Ip | undefined {
  if (isLoopback(destination)) return isIp4(destination) ? LOOPBACK : destination
  const own = self.owns.get(destination)
  if (own) return primaryOf(own, destination)
  const ends = { source: unspecified(destination), sourcePort: 0, destination }
  const flow = { protocol: 0, destinationPort: 0, ...wanted, ...ends }
  const route = chooseRoute(self, freshPacket(flow, '', 'original', [], undefined), destination).routes[0]
  if (route?.preferredSource !== undefined && self.owns.has(route.preferredSource)) return route.preferredSource
  const exit = route && exitOf(self, route.nextHop, destination)
  const out = exit?.kind === 'link' || exit?.kind === 'device' ? exit.interface : undefined
  const near =
    out === undefined ? undefined : ownAddressOn(self, out, exit?.kind === 'link' ? exit.neighbor : destination)
  if (near !== undefined) return near
  for (const address of self.owns.keys()) if (isIp4(address) === isIp4(destination)) return address
  return undefined
}

/** The first address of the network an own address is in: the kernel talks to its secondary addresses from there (Linux: fib_add_ifaddr). */
function primaryOf(own: Interface, address: Ip): Ip {
  const network = own.addresses.find((one) => one.ip === address)?.prefix
  const first = own.addresses.find((one) => one.prefix.ip === network?.ip && one.prefix.length === network.length)
  return first?.ip ?? address
}

/** The address of an interface that suits a neighbour: in the neighbour's network, else the first of its family. */
export function ownAddressOn(self: PreparedDevice, interfaceName: string, neighbor: Ip): Ip | undefined {
  const addresses = self.interface(interfaceName)?.addresses.filter((one) => isIp4(one.ip) === isIp4(neighbor)) ?? []
  const near = addresses.find(
    (one) => one.prefix.length < (isIp4(neighbor) ? 32 : 128) && prefixContains(one.prefix, neighbor),
  )
  return (near ?? addresses[0])?.ip
}
