import {
  type AddressType,
  ANY,
  allOf,
  type Match,
  notOf,
  type SessionState,
  type Source,
  someOf,
} from '../../model/index.ts'
import { addressesOfRanges, ICMP, ICMP6, type PortRange, parsePortRange, TCP } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import { addressRange } from './address-lists.ts'
import { type Entry, sourceOfProperty } from './entry.ts'
import { complain, type FirewallNames, interfaceListMatch, interfaceMatch, namedListMatch } from './firewall-names.ts'
import { hopLimitMatch, icmpMatch, tcpFlagsMatch } from './header-match.ts'
import { protocolNamed } from './protocol-name.ts'
import { NO_MATCHERS } from './rule-properties.ts'

/**
 * The match of a rule: all its matchers together (MikroTik: Common Firewall Matchers and Actions). An empty value
 * means the matcher is not set. A matcher we cannot evaluate, or do not know, is opaque with its own words. `without`
 * names a matcher that the rule's action already takes care of.
 */
export function ruleMatch(entry: Entry, names: FirewallNames, without?: string): Match {
  const of: Match[] = []
  for (const [key, property] of entry.properties) {
    if (!NO_MATCHERS.has(key)) entry.asked?.add(key)
    if (property.value === '' || NO_MATCHERS.has(key) || key === without) continue
    of.push(oneMatch(entry, key, property.value, names))
  }
  return allOf(...of)
}

/** What a matcher needs to be read. */
interface Reading {
  readonly key: string
  /** Without the `!` of a negation. */
  readonly value: string
  readonly negated: boolean
  readonly entry: Entry
  readonly names: FirewallNames
  readonly source: () => Source
}

function oneMatch(entry: Entry, key: string, text: string, names: FirewallNames): Match {
  const source = () => sourceOfProperty(entry, key)
  const negated = text.startsWith('!')
  const reading = { key, value: negated ? text.slice(1) : text, negated, entry, names, source }
  const whole = WHOLE_MATCHERS.get(key)
  const opaque: Match = { kind: 'opaque', text: `${key}=${text}` }
  if (whole) return whole(reading, text) ?? opaque
  const read = MATCHERS.get(key)
  if (!read) {
    if (!STATEFUL.has(key)) {
      complain(names, 'NT1215', `The matcher ${inert(key)} is not known; rules with it cannot be decided.`, source)
    }
    return opaque
  }
  const match = read(reading)
  if (match) return negated ? notOf(match) : match
  if (!NAMED.has(key) && !STATEFUL.has(key)) {
    const message = `The value of ${inert(key)}=${inert(text).slice(0, 80)} was not understood; the rule cannot be decided.`
    complain(names, 'NT1218', message, source)
  }
  return opaque
}

/** Matchers that depend on time, on counters or on what is inside the packet: true or false cannot be said. */
const STATEFUL: ReadonlySet<string> = new Set([
  ...['connection-rate', 'nth', 'random', 'time'],
  ...['per-connection-classifier', 'hotspot', 'realm', 'connection-type', 'packet-size', 'headers'],
  ...['dscp', 'priority', 'ingress-priority', 'ipv4-options', 'tcp-mss', 'in-bridge-port'],
  ...[
    'ttl',
    'hop-limit',
    'out-bridge-port',
    'in-bridge-port-list',
    'out-bridge-port-list',
    'routing-table',
    'p2p',
    'nexthop',
  ],
])

/** Matchers that report missing names themselves. */
const NAMED: ReadonlySet<string> = new Set([
  ...['in-interface', 'out-interface', 'in-interface-list', 'out-interface-list'],
])

/** Matchers whose `!` is not a negation of the whole, or that must know of it. */
const WHOLE_MATCHERS: ReadonlyMap<string, (reading: Reading, text: string) => Match | undefined> = new Map<
  string,
  (reading: Reading, text: string) => Match | undefined
>([
  ['tcp-flags', (_reading, text) => tcpFlagsMatch(text)],
  [
    'src-address-list',
    (reading) => namedListMatch(reading.names, 'source', reading.value, reading.negated, reading.source),
  ],
  [
    'dst-address-list',
    (reading) => namedListMatch(reading.names, 'destination', reading.value, reading.negated, reading.source),
  ],
  // The first packet of a TCP connection has no content yet, so these never meet it.
  ['tls-host', (_reading, text) => allOf(ESTABLISHED, { kind: 'opaque', text: `tls-host=${text}` })],
  ['content', (_reading, text) => allOf(someOf(NOT_TCP, ESTABLISHED), { kind: 'opaque', text: `content=${text}` })],
  [
    'layer7-protocol',
    (_reading, text) => allOf(someOf(NOT_TCP, ESTABLISHED), { kind: 'opaque', text: `layer7-protocol=${text}` }),
  ],
])

const ESTABLISHED: Match = { kind: 'session', in: ['established'] }
const NOT_TCP: Match = notOf({ kind: 'protocol', in: [TCP] })

/** `undefined`: the value was not understood. */
const MATCHERS: ReadonlyMap<string, (reading: Reading) => Match | undefined> = new Map<
  string,
  (reading: Reading) => Match | undefined
>([
  ['src-address', ({ value }) => addressMatch('source', value)],
  ['dst-address', ({ value }) => addressMatch('destination', value)],
  ['in-interface', ({ names, value, source }) => interfaceMatch(names, 'in-interface', value, source)],
  ['out-interface', ({ names, value, source }) => interfaceMatch(names, 'out-interface', value, source)],
  ['in-interface-list', ({ names, value, source }) => interfaceListMatch(names, 'in-interface', value, source)],
  ['out-interface-list', ({ names, value, source }) => interfaceListMatch(names, 'out-interface', value, source)],
  ['protocol', ({ value }) => protocolMatch(value)],
  ['src-port', ({ value }) => portMatch('source-port', value)],
  ['dst-port', ({ value }) => portMatch('destination-port', value)],
  [
    'port',
    ({ value }) => {
      const source = portMatch('source-port', value)
      const destination = portMatch('destination-port', value)
      return source && destination && someOf(source, destination)
    },
  ],
  [
    'connection-state',
    ({ value }) => {
      const states = listOf(value, STATES)
      return states && { kind: 'session', in: states }
    },
  ],
  [
    'connection-nat-state',
    ({ value }) => {
      const which = listOf(value, NAT_STATES)
      return which && someOf(...which.map((one): Match => ({ kind: 'translated', which: one })))
    },
  ],
  [
    'connection-mark',
    ({ names, value }) => {
      const bits = names.marks.connection(value)
      return bits && { kind: 'session-mark', ...bits }
    },
  ],
  // A remainder is below its divisor: others no connection has (MikroTik: Per connection classifier).
  [
    'per-connection-classifier',
    ({ value }) => {
      const [, divisor, remainder] = /:(\d{1,9})\/(\d{1,9})$/.exec(value) ?? []
      if (Number(remainder) >= Number(divisor)) return { kind: 'some', of: [] }
      return divisor === '1' ? ANY : undefined
    },
  ],
  ['packet-mark', ({ names, value }) => markMatch(value, names.marks.packet)],
  ['routing-mark', ({ names, value }) => (value === 'main' ? undefined : markMatch(value, names.marks.routing))],
  [
    'src-address-type',
    ({ value }) => {
      const types = listOf(value, ADDRESS_TYPES)
      return types && { kind: 'source-type', in: types }
    },
  ],
  [
    'dst-address-type',
    ({ value }) => {
      const types = listOf(value, ADDRESS_TYPES)
      return types && { kind: 'destination-type', in: types }
    },
  ],
  ['icmp-options', ({ value, names }) => icmpMatch(value, names.family === 6 ? ICMP6 : ICMP)],
  ['src-mac-address', ({ value }) => ({ kind: 'source-mac', in: [value.toLowerCase()] })],
  ['limit', (reading) => ofOneConnection(reading, true)],
  ['dst-limit', (reading) => ofOneConnection(reading, true)],
  ['connection-limit', (reading) => ofOneConnection(reading, /^0(,|$)/.test(reading.value))],
  ['psd', (reading) => ofOneConnection(reading, false)],
  ['connection-bytes', (reading) => ofOneConnection(reading, /^0(-|$)/.test(reading.value))],
  // What a trace follows is never a later piece of a packet.
  ['fragment', ({ value }) => (value === 'yes' ? { kind: 'some', of: [] } : value === 'no' ? ANY : undefined)],
  ['ttl', ({ value }) => hopLimitMatch(value)],
  ['hop-limit', ({ value }) => hopLimitMatch(value)],
  ['ipsec-policy', ({ value }) => IPSEC_POLICIES.get(value)],
])

/**
 * The answer of a matcher that counts, for one connection alone: it is under every rate, the first of its client, no port
 * scan, and has carried nothing yet (MikroTik: Common Firewall Matchers and Actions). What is assumed is said once.
 */
function ofOneConnection({ key, value, names, source }: Reading, holds: boolean): Match {
  const text = `${inert(key)}=${inert(value).slice(0, 60)}`
  if (!names.complained.has(text)) {
    names.complained.add(text)
    const message = `"${text}" is taken as ${holds ? 'met' : 'not met'}: answers are about the start of one connection, which reaches no limit.`
    names.configuration.diagnostics.push({ severity: 'note', code: 'NT1223', message, source: source() })
  }
  return holds ? ANY : { kind: 'some', of: [] }
}

function addressMatch(kind: 'source' | 'destination', value: string): Match | undefined {
  const range = addressRange(value)
  return range && { kind, in: addressesOfRanges([range]) }
}

function protocolMatch(value: string): Match | undefined {
  const protocol = protocolNamed(value)
  return protocol === undefined ? undefined : { kind: 'protocol', in: [protocol] }
}

/** Port ranges of `80,443,8000-8010`; `undefined` when one of them is none. */
function portsIn(value: string): readonly PortRange[] | undefined {
  const ranges = value.split(',').map(parsePortRange)
  const read = ranges.filter((range) => range !== undefined)
  return read.length === ranges.length ? read : undefined
}

function portMatch(kind: 'source-port' | 'destination-port', value: string): Match | undefined {
  const ports = portsIn(value)
  return ports && { kind, in: ports }
}

const STATES: ReadonlyMap<string, SessionState> = new Map<string, SessionState>([
  ['established', 'established'],
  ['related', 'related'],
  ['new', 'new'],
  ['invalid', 'invalid'],
  ['untracked', 'untracked'],
])

const NAT_STATES: ReadonlyMap<string, 'source' | 'destination'> = new Map<string, 'source' | 'destination'>([
  ['srcnat', 'source'],
  ['dstnat', 'destination'],
])

const ADDRESS_TYPES: ReadonlyMap<string, AddressType> = new Map<string, AddressType>([
  ['unicast', 'unicast'],
  ['local', 'local'],
  ['broadcast', 'broadcast'],
  ['multicast', 'multicast'],
  ['blackhole', 'blackhole'],
  ['unreachable', 'unreachable'],
  ['prohibit', 'prohibit'],
])

const IPSEC_POLICIES: ReadonlyMap<string, Match> = new Map<string, Match>([
  ['in,ipsec', { kind: 'tunnel', direction: 'in', present: true }],
  ['in,none', { kind: 'tunnel', direction: 'in', present: false }],
  ['out,ipsec', { kind: 'tunnel', direction: 'out', present: true }],
  ['out,none', { kind: 'tunnel', direction: 'out', present: false }],
])

/** The words of a comma list, each looked up; `undefined` when one is unknown. */
function listOf<T>(value: string, known: ReadonlyMap<string, T>): readonly T[] | undefined {
  const found: T[] = []
  for (const word of value.split(',')) {
    const one = known.get(word)
    if (one === undefined) return undefined
    found.push(one)
  }
  return found
}

function markMatch(value: string, numbered: FirewallNames['marks']['packet']): Match | undefined {
  const of: Match[] = []
  for (const name of value.split(',')) {
    const bits = numbered(name)
    if (!bits) return undefined
    of.push({ kind: 'mark', ...bits })
  }
  return someOf(...of)
}
