import type { Match, StandIn } from '../model/index.ts'
import {
  type AddressSet,
  addressSetContains,
  hasPorts,
  ICMP,
  ICMP6,
  type Ip,
  isIp4,
  type PortRange,
  portsContain,
  TCP,
  UDP,
} from '../net/index.ts'
import type { Packet } from './packet.ts'
import { isSplit } from './stand-in.ts'
import { sameTuple } from './tracking.ts'
import { NO, negated, type Truth, UNKNOWN, YES } from './truth.ts'

/** A match made ready to be asked many times. */
export type Matcher = (packet: Packet) => Truth

/** What only the device itself can answer of a packet. */
export interface Surroundings {
  /** Whether an encapsulation of this device would take the packet as it is now. */
  wouldEncapsulate(packet: Packet): boolean
  addressType(address: Ip, packet: Packet): string
  /** To whom the frame it came in was addressed. */
  frameType(packet: Packet): 'unicast' | 'broadcast' | 'multicast'
  reversePath(packet: Packet, mode: 'strict' | 'loose'): boolean
  /** The addresses that stand for ones that are not known; absent = there are none. */
  readonly standIns?: ReadonlyMap<Ip, StandIn>
}

/** Makes a match ready: nothing is parsed or allocated when it is asked. */
export function matcherOf(match: Match, around: Surroundings): Matcher {
  switch (match.kind) {
    case 'any':
      return () => YES
    case 'all':
      return allOf(match.of.map((one) => matcherOf(one, around)))
    case 'some':
      return someOf(match.of.map((one) => matcherOf(one, around)))
    case 'not': {
      const inner = matcherOf(match.of, around)
      return (packet) => negated(inner(packet))
    }
    case 'opaque':
      return () => UNKNOWN
    case 'server-name':
      return match.lookedUp ? lookedUp(match.in, match.lookedUp) : serverName(match.in)
    case 'source-mac':
      return ({ senderMac }) => (senderMac === undefined ? NO : senderMac === '' ? UNKNOWN : known(match.in, senderMac))
    case 'mark':
      return (packet) => maskedEquals(packet.mark, packet.unknownMark, match.value, match.mask)
    case 'session-mark':
      return (packet) =>
        hasEntry(packet) ? maskedEquals(packet.sessionMark, packet.unknownSessionMark, match.value, match.mask) : NO
    case 'source':
      return addressMatcher(match.in, ({ flow }) => flow.source, around)
    case 'destination':
      return addressMatcher(match.in, ({ flow }) => flow.destination, around)
    case 'original-source':
      return addressMatcher(match.in, (packet) => (hasEntry(packet) ? firstOf(packet).source : undefined), around)
    case 'original-destination':
      return addressMatcher(match.in, (packet) => (hasEntry(packet) ? firstOf(packet).destination : undefined), around)
    default: {
      const test = certainTest(match, around)
      return (packet) => (test(packet) ? YES : NO)
    }
  }
}

function allOf(of: readonly Matcher[]): Matcher {
  return (packet) => {
    let result: Truth = YES
    for (const one of of) {
      const value = one(packet)
      if (value === NO) return NO
      if (value === UNKNOWN) result = UNKNOWN
    }
    return result
  }
}

function someOf(of: readonly Matcher[]): Matcher {
  return (packet) => {
    let result: Truth = NO
    for (const one of of) {
      const value = one(packet)
      if (value === YES) return YES
      if (value === UNKNOWN) result = UNKNOWN
    }
    return result
  }
}

function known(wanted: readonly string[], found: string): Truth {
  return wanted.includes(found) ? YES : NO
}

type CertainMatch = Exclude<
  Match,
  | { kind: 'any' | 'all' | 'some' | 'not' | 'opaque' | 'server-name' | 'source-mac' | 'mark' | 'session-mark' }
  | AddressMatch
>

type AddressMatch = Extract<Match, { kind: 'source' | 'destination' | 'original-source' | 'original-destination' }>

/** Whether a set holds an address of a packet; a set that holds some of what an address may turn out to be cannot tell. */
function addressMatcher(set: AddressSet, addressOf: (packet: Packet) => Ip | undefined, around: Surroundings): Matcher {
  const { standIns } = around
  const holds = (address: Ip): Truth => (addressSetContains(set, address) ? YES : NO)
  if (!standIns) {
    return (packet) => {
      const address = addressOf(packet)
      return address === undefined ? NO : holds(address)
    }
  }
  const told = new Map<Ip, Truth>()
  return (packet) => {
    const address = addressOf(packet)
    if (address === undefined) return NO
    const known = told.get(address)
    if (known !== undefined) return known
    const standIn = standIns.get(address)
    if (!standIn) return holds(address)
    const truth = isSplit(set, standIn) ? UNKNOWN : holds(address)
    told.set(address, truth)
    return truth
  }
}

function certainTest(match: CertainMatch, around: Surroundings): (packet: Packet) => boolean {
  switch (match.kind) {
    case 'protocol':
      return (packet) => match.in.includes(packet.flow.protocol)
    case 'source-bits':
      return (packet) => bitsEqual(packet.flow.source, match.value, match.mask)
    case 'destination-bits':
      return (packet) => bitsEqual(packet.flow.destination, match.value, match.mask)
    case 'in-interface':
      return (packet) => names(match.in, packet.inInterface)
    case 'out-interface':
      return (packet) => names(match.in, packet.outInterface)
    case 'session':
      return (packet) => match.in.includes(packet.state)
    case 'direction':
      return (packet) => hasEntry(packet) && directionOf(packet) === match.is
    case 'stamp':
      return (packet) => packet.stamps.some((stamp) => match.in.includes(stamp))
    case 'tunnel':
      return (packet) =>
        (match.direction === 'in' ? packet.fromTunnel : around.wouldEncapsulate(packet)) === match.present
    case 'reverse-path':
      return (packet) => around.reversePath(packet, match.mode) === match.passes
    case 'source-type':
      return (packet) => (match.in as readonly string[]).includes(around.addressType(packet.flow.source, packet))
    case 'frame-type':
      return (packet) => match.in.includes(around.frameType(packet))
    case 'destination-type':
      return (packet) => (match.in as readonly string[]).includes(around.addressType(packet.flow.destination, packet))
    default:
      return transportTest(match)
  }
}

type TransportMatch = Extract<
  Match,
  {
    kind:
      | 'source-port'
      | 'destination-port'
      | 'original-source-port'
      | 'original-destination-port'
      | 'translated'
      | 'tcp-flags'
      | 'icmp-type'
  }
>

function transportTest(match: TransportMatch): (packet: Packet) => boolean {
  switch (match.kind) {
    case 'source-port':
      return (packet) => hasPorts(packet.flow.protocol) && holds(match.in, packet.flow.sourcePort)
    case 'destination-port':
      return (packet) => hasPorts(packet.flow.protocol) && holds(match.in, packet.flow.destinationPort)
    case 'original-source-port':
      return (packet) =>
        hasEntry(packet) && hasPorts(firstOf(packet).protocol) && holds(match.in, firstOf(packet).sourcePort)
    case 'original-destination-port':
      return (packet) =>
        hasEntry(packet) && hasPorts(firstOf(packet).protocol) && holds(match.in, firstOf(packet).destinationPort)
    case 'translated':
      return (packet) => (match.which === 'source' ? sourceTranslated(packet) : destinationTranslated(packet))
    case 'tcp-flags':
      return (packet) => packet.flow.protocol === TCP && flagsEqual(packet.tcpFlags, match.mask, match.set)
    case 'icmp-type':
      return (packet) =>
        (packet.flow.protocol === ICMP || packet.flow.protocol === ICMP6) &&
        match.in.some(
          (one) =>
            one.type === packet.flow.icmpType && (one.code === undefined || one.code === (packet.flow.icmpCode ?? 0)),
        )
  }
}

function holds(ranges: readonly PortRange[], port: number): boolean {
  return portsContain(ranges, port)
}

function maskedEquals(value: number, unknown: number, wanted: number, mask: number): Truth {
  if (((value ^ wanted) & mask & ~unknown) !== 0) return NO
  return (mask & unknown) === 0 ? YES : UNKNOWN
}

/** Whether connection tracking has an entry for it; tests of the entry fail for a packet without (Linux: xt_conntrack, nft_ct). */
export function hasEntry(packet: Packet): boolean {
  return packet.state !== 'invalid' && packet.state !== 'untracked'
}

/** Seen from the device's own entry, whose first packet may have been an answer. */
function directionOf({ session, original, about }: Packet): Packet['direction'] {
  if (!session || (!about && sameTuple(session.original, original))) return 'original'
  return 'reply'
}

/** The connection's first packet, before translation here: what conntrack calls the original tuple. */
function firstOf(packet: Packet) {
  return packet.session?.original ?? packet.original
}

function sourceTranslated(packet: Packet): boolean {
  return packet.sourceTranslated || packet.session?.sourceTranslated === true
}

function destinationTranslated(packet: Packet): boolean {
  return packet.destinationTranslated || packet.session?.destinationTranslated === true
}

function bitsEqual(address: Ip, value: Ip, mask: Ip): boolean {
  if (isIp4(address) && isIp4(value) && isIp4(mask)) return ((address ^ value) & mask) === 0
  return (
    typeof address === 'bigint' &&
    typeof value === 'bigint' &&
    typeof mask === 'bigint' &&
    ((address ^ value) & mask) === 0n
  )
}

/** Whether a list of interface names holds one; a trailing `*` stands for any ending. */
export function names(list: readonly string[], name: string | undefined): boolean {
  if (name === undefined) return false
  for (const one of list) {
    if (one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1)))) return true
  }
  return false
}

function flagsEqual(flags: string, mask: string, set: string): boolean {
  for (const flag of mask) if (flags.includes(flag) !== set.includes(flag)) return false
  return true
}

/** The client's name is enough; its address is one the device looked up too. */
function lookedUp(names: readonly string[], found: { addresses: AddressSet; complete: boolean }): Matcher {
  return ({ flow, direction }) => {
    if (addressSetContains(found.addresses, flow.destination)) return YES
    if (direction === 'original' && flow.serverName !== undefined && names.includes(flow.serverName)) return YES
    return found.complete ? NO : UNKNOWN
  }
}

function serverName(patterns: readonly string[]): Matcher {
  const exact = new Set(patterns.filter((pattern) => !pattern.startsWith('*')))
  const below = patterns.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1))
  const every = patterns.includes('*')
  return (packet) => {
    const { protocol, serverName: name } = packet.flow
    if (protocol !== TCP && protocol !== UDP) return NO
    // A reply carries no name of its own; what it answers was judged on the way there.
    if (name === undefined) return packet.direction === 'reply' ? NO : UNKNOWN
    return every || exact.has(name) || below.some((suffix) => name.endsWith(suffix)) ? YES : NO
  }
}
