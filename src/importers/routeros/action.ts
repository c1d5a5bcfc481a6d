import type { Action, Rejection, Rewrite } from '../../model/index.ts'
import { type PortRange, parsePortRange, parsePrefix } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import { addressRange } from './address-lists.ts'
import { type Entry, isYes, sourceOfProperty, textOf } from './entry.ts'
import { complain, type FirewallNames } from './firewall-names.ts'
import type { FirewallTable } from './pipeline.ts'
import { chainKey } from './pipeline.ts'

/** What a rule's action is read with. */
export interface ActionReading {
  readonly entry: Entry
  readonly table: FirewallTable
  /** Whether the rule's chain rewrites destinations (`dstnat` and chains it jumps to) or sources. */
  readonly rewrites: 'destination' | 'source'
  readonly names: FirewallNames
}

/**
 * What a rule does, in order: usually one action; a mark with `passthrough=no` is two, a routing mark is the mark and
 * the table (MikroTik: Common Firewall Matchers and Actions). No action means accept.
 */
export function ruleActions(reading: ActionReading): readonly Action[] {
  const { entry, names } = reading
  const word = textOf(entry, 'action') ?? 'accept'
  const make = ACTIONS.get(word)
  const made = make?.(reading)
  if (made) return ENDS_UNLESS_PASSED.test(word) && !isYes(entry, 'passthrough', true) ? [...made, ACCEPT] : made
  const source = () => sourceOfProperty(entry, 'action')
  if (!make) complain(names, 'NT1216', `The action ${inert(word)} is not known; what it does cannot be said.`, source)
  else
    complain(names, 'NT1218', `What action=${inert(word)} needs was not understood in this rule.`, () =>
      sourceOfProperty(entry, 'action'),
    )
  return [{ kind: 'opaque', text: `action=${word}` }]
}

const ENDS_UNLESS_PASSED = /^(mark-|change-|set-priority$)/

const ACCEPT: Action = { kind: 'accept' }
const PASS: Action = { kind: 'pass' }

type MakeActions = (reading: ActionReading) => readonly Action[] | undefined

const ACTIONS: ReadonlyMap<string, MakeActions> = new Map<string, MakeActions>([
  ['accept', () => [ACCEPT]],
  ['drop', () => [{ kind: 'drop' }]],
  // Holds TCP connections open and passes nothing on.
  ['tarpit', () => [{ kind: 'drop' }]],
  ['reject', rejection],
  ['return', () => [{ kind: 'return' }]],
  ['jump', jump],
  // Later packets of the connection skip the firewall; the first is judged by the rules behind, where real
  // configurations have an accept for the same packets (MikroTik: Packet Flow in RouterOS, FastTrack).
  ['fasttrack-connection', () => [PASS]],
  ['log', () => [PASS]],
  ['passthrough', () => [PASS]],
  ['add-src-to-address-list', () => [PASS]],
  ['add-dst-to-address-list', () => [PASS]],
  ['sniff', () => [PASS]],
  ['sniff-pc', () => [PASS]],
  ['sniff-tzsp', () => [PASS]],
  ['set-priority', () => [PASS]],
  ['change-dscp', () => [PASS]],
  ['change-ttl', () => [PASS]],
  ['clear-df', () => [PASS]],
  ['strip-ipv4-options', () => [PASS]],
  ['notrack', () => [{ kind: 'no-track' }]],
  ['mark-packet', markPacket],
  ['mark-connection', markConnection],
  ['mark-routing', markRouting],
  ['change-mss', changeMss],
  ['dst-nat', (reading) => rewrite(reading, 'rewrite-destination')],
  ['src-nat', (reading) => rewrite(reading, 'rewrite-source')],
  ['same', (reading) => rewrite(reading, reading.rewrites === 'source' ? 'rewrite-source' : 'rewrite-destination')],
  ['netmap', netmap],
  ['masquerade', (reading) => ownAddress(reading, 'rewrite-source')],
  ['redirect', (reading) => ownAddress(reading, 'rewrite-destination')],
])

const REJECTIONS: ReadonlyMap<string, Rejection> = new Map<string, Rejection>([
  ['icmp-network-unreachable', 'net-unreachable'],
  ['icmp-net-unreachable', 'net-unreachable'],
  ['icmp-host-unreachable', 'host-unreachable'],
  ['icmp-port-unreachable', 'port-unreachable'],
  ['icmp-protocol-unreachable', 'protocol-unreachable'],
  ['icmp-net-prohibited', 'net-prohibited'],
  ['icmp-host-prohibited', 'host-prohibited'],
  ['icmp-admin-prohibited', 'admin-prohibited'],
  ['tcp-reset', 'tcp-reset'],
  // ICMPv6 (RFC 4443 section 3.1): no route, beyond scope of the source address, address unreachable.
  ['icmp-no-route', 'net-unreachable'],
  ['icmp-not-neighbour', 'host-unreachable'],
  ['icmp-address-unreachable', 'host-unreachable'],
])

function rejection({ entry, names }: ActionReading): readonly Action[] | undefined {
  const otherwise = names.family === 6 ? 'icmp-no-route' : 'icmp-network-unreachable'
  const answer = REJECTIONS.get(textOf(entry, 'reject-with') ?? otherwise)
  return answer && [{ kind: 'reject', with: answer }]
}

function jump({ entry, table, names }: ActionReading): readonly Action[] | undefined {
  const target = textOf(entry, 'jump-target')
  return target === undefined ? undefined : [{ kind: 'jump', to: chainKey(table, target, names.family) }]
}

function markPacket({ entry, names }: ActionReading): readonly Action[] | undefined {
  const name = textOf(entry, 'new-packet-mark') ?? 'no-mark'
  if (!names.markUse.packet(name)) return [PASS]
  const bits = names.marks.packet(name)
  return bits && [{ kind: 'mark', ...bits }]
}

function markConnection({ entry, names }: ActionReading): readonly Action[] | undefined {
  const name = textOf(entry, 'new-connection-mark') ?? 'no-mark'
  if (!names.markUse.connection(name)) return [PASS]
  const bits = names.marks.connection(name)
  return bits && [{ kind: 'session-mark', ...bits }]
}

function markRouting({ entry, names }: ActionReading): readonly Action[] | undefined {
  const table = textOf(entry, 'new-routing-mark')
  const bits = table === undefined ? undefined : names.marks.routing(table)
  return table === undefined || !bits
    ? undefined
    : [
        { kind: 'mark', ...bits },
        { kind: 'use-table', table },
      ]
}

function changeMss({ entry }: ActionReading): readonly Action[] | undefined {
  const size = textOf(entry, 'new-mss')
  if (size === 'clamp-to-pmtu') return [{ kind: 'clamp-mss', to: 'path' }]
  return size !== undefined && /^\d{1,5}$/.test(size) ? [{ kind: 'clamp-mss', to: Number(size) }] : undefined
}

/**
 * Whether a `tcp-mss` matcher only asks what the clamp does anyway: an MSS is lowered, never raised, so asking for
 * "more than the new value" (or a limit below it) changes nothing.
 */
export function clampImpliesMss(entry: Entry): boolean {
  if (textOf(entry, 'action') !== 'change-mss') return false
  const size = textOf(entry, 'new-mss')
  const asked = /^(?:!0-(\d+)|(\d+)-65535)$/.exec(textOf(entry, 'tcp-mss') ?? '')
  if (!asked || size === undefined || !/^\d+$/.test(size)) return false
  const lowest = asked[1] === undefined ? Number(asked[2]) : Number(asked[1]) + 1
  return lowest <= Number(size) + 1
}

type Rewriting = 'rewrite-source' | 'rewrite-destination'

function rewrite({ entry }: ActionReading, kind: Rewriting): readonly Action[] | undefined {
  const addresses = newAddress(entry)
  const ports = newPorts(entry)
  if (ports === 'unread') return undefined
  if (addresses === undefined) return [{ kind, to: { kind: 'same' }, ...(ports && { ports }) }]
  const range = addressRange(addresses)
  if (!range) return undefined
  const to: Rewrite = { kind: 'address', first: range[0], last: range[1] }
  return [{ kind, to, ...(ports && { ports }) }]
}

// Keeps the host bits; with one address it is an ordinary translation.
function netmap(reading: ActionReading): readonly Action[] | undefined {
  const kind = reading.rewrites === 'source' ? 'rewrite-source' : 'rewrite-destination'
  const prefix = parsePrefix(newAddress(reading.entry) ?? '')
  if (!prefix || prefix.length === 32 || prefix.length === 128) return rewrite(reading, kind)
  const ports = newPorts(reading.entry)
  return ports === 'unread' ? undefined : [{ kind, to: { kind: 'prefix', prefix }, ...(ports && { ports }) }]
}

function ownAddress({ entry }: ActionReading, kind: Rewriting): readonly Action[] | undefined {
  const ports = newPorts(entry)
  return ports === 'unread' ? undefined : [{ kind, to: { kind: 'own-address' }, ...(ports && { ports }) }]
}

// `/ipv6 firewall nat` calls it `to-address` (MikroTik: NAT).
function newAddress(entry: Entry): string | undefined {
  return textOf(entry, 'to-addresses') ?? textOf(entry, 'to-address')
}

function newPorts(entry: Entry): PortRange | undefined | 'unread' {
  const text = textOf(entry, 'to-ports')
  return text === undefined ? undefined : (parsePortRange(text) ?? 'unread')
}
