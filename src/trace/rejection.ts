import { implied, type Rejection } from '../model/index.ts'
import { type Flow, formatIp, ICMP, ICMP6, type Ip, isIp4, reversed } from '../net/index.ts'
import { isOwn } from './loopback.ts'
import { freshPacket, type Packet } from './packet.ts'
import type { PreparedDevice, PreparedNetwork } from './prepared.ts'
import { sourceAddressFor } from './routing.ts'
import type { Hop, Trace } from './trace.ts'
import { deviceNamed, start } from './tracer.ts'
import { sameTuple } from './tracking.ts'

/** The word a device sends back for a packet it does not deliver, and that word's own way to the sender. */
export interface Refusal {
  readonly rejection: Rejection
  /** Where `arrival` is absent the sender learns nothing: to it the rejection looks like a timeout. */
  readonly trace: Trace
}

/**
 * Traces what is sent back for a packet that was rejected, had no route or no neighbour: a TCP reset or an ICMP error,
 * made on the device where the packet ended and subject to its own output rules and to every filter on the way
 * (Linux: REJECT, icmp_send; RFC 792, RFC 1812 section 5.2.7). Nothing for a packet that arrived or was dropped in silence.
 */
export function traceRejection(prepared: PreparedNetwork, forward: Trace): readonly Refusal[] {
  const rejection = rejectionOf(forward)
  const hop = forward.hops[forward.hops.length - 1]
  if (!rejection || !hop) return []
  const self = deviceNamed(prepared, hop.device)
  const about = flowAtTheEnd(hop)
  if (forward.hops.length === 1 && isOwnRouting(forward, hop)) return [{ rejection, trace: toldAtOnce(forward) }]
  const packet = rejection === 'tcp-reset' ? resetOf(about, forward) : errorOf(self, about, rejection)
  if (!packet) return []
  return start(prepared, self, packet, forward.sessions).map((trace) => ({
    rejection,
    trace: asTheSenderSeesIt(forward, trace),
  }))
}

function rejectionOf(forward: Trace): Rejection | undefined {
  switch (forward.disposition) {
    case 'rejected':
      return (forward.rejection as Rejection | undefined) ?? 'port-unreachable'
    case 'no-route':
      return 'net-unreachable'
    case 'neighbor-unreachable':
      return 'host-unreachable'
    default:
      return undefined
  }
}

function flowAtTheEnd(hop: Hop): Flow {
  for (let at = hop.steps.length - 1; at >= 0; at--) {
    const step = hop.steps[at]
    if (step?.kind === 'translate') return step.after
  }
  return hop.flow
}

/** A device knows at once that it has no route of its own; of a neighbour that is not there an ICMP error tells it. */
function isOwnRouting(forward: Trace, hop: Hop): boolean {
  if (forward.disposition === 'no-route') return true
  const last = hop.steps[hop.steps.length - 1]
  return forward.disposition === 'rejected' && last?.kind === 'stop' && forward.causeCode !== 'no-listener'
}

function toldAtOnce(forward: Trace): Trace {
  return { ...forward, disposition: 'accepted', arrival: { device: forward.from, flow: reversed(forward.flow) } }
}

function resetOf(about: Flow, forward: Trace): Packet {
  const packet = freshPacket(reversed(about), 'RA', 'reply', [], undefined)
  packet.answersHere = forward.causeCode !== 'no-listener'
  return packet
}

// Types and codes: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1; RFC 4443 section 3.1.
const CODES: Readonly<Record<Exclude<Rejection, 'tcp-reset'>, readonly [v4: number, v6: number]>> = {
  'net-unreachable': [0, 0],
  'host-unreachable': [1, 3],
  'protocol-unreachable': [2, 4],
  'port-unreachable': [3, 4],
  'net-prohibited': [9, 1],
  'host-prohibited': [10, 1],
  'admin-prohibited': [13, 1],
}

function errorOf(self: PreparedDevice, about: Flow, rejection: Exclude<Rejection, 'tcp-reset'>): Packet | undefined {
  const isForUs = isOwn(self, about.destination)
  const protocol = isIp4(about.source) ? ICMP : ICMP6
  const source = isForUs ? about.destination : sourceAddressFor(self, about.source, { protocol, destinationPort: 0 })
  if (source === undefined) return undefined
  const [code4, code6] = CODES[rejection]
  const isV4 = isIp4(about.source)
  const flow: Flow = {
    protocol,
    source,
    sourcePort: 0,
    destination: about.source as Ip,
    destinationPort: 0,
    icmpType: isV4 ? 3 : 1,
    icmpCode: isV4 ? code4 : code6,
  }
  const packet = freshPacket(flow, '', 'reply', self.device.stamps, undefined)
  packet.about = about
  packet.anySource = !isForUs
  packet.answersHere = true
  return packet
}

function asTheSenderSeesIt(forward: Trace, trace: Trace): Trace {
  const { arrival } = trace
  if (!arrival) return trace
  const asked = arrival.about ?? reversed(arrival.flow)
  // An echo is told by its identifier alone (Linux: ping_lookup); where it was sent to is not looked at.
  const isEcho = asked.icmpType !== undefined && asked.icmpType === forward.flow.icmpType
  const isAsked = sameTuple(asked, forward.flow) || (isEcho && asked.source === forward.flow.source)
  if (arrival.device === forward.from && isAsked) return trace
  const text = `${arrival.device} is told about a packet from ${formatIp(asked.source)} to ${formatIp(asked.destination)} that it never sent, and ignores it`
  const source = implied(
    'An ICMP error or a reset counts only for a connection its receiver has (RFC 1122 section 4.2.3.9)',
  )
  const { arrival: _gone, ...rest } = trace
  return { ...rest, disposition: 'denied', decision: { text, source }, causeCode: 'answer-from-elsewhere' }
}
