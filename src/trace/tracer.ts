import { type Hook, implied } from '../model/index.ts'
import { type Flow, formatIp, hasPorts, type Ip, reversed, TCP } from '../net/index.ts'
import { freshPacket, type Packet } from './packet.ts'
import { pass } from './passage.ts'
import type { PreparedDevice, PreparedNetwork } from './prepared.ts'
import { type Found, lookup } from './route-index.ts'
import { sourceAddressFor, type Wanted } from './routing.ts'
import type { Run } from './run.ts'
import type { Session } from './session.ts'
import { runHook } from './stages.ts'
import type { Decision, Step, Trace } from './trace.ts'
import { sameTuple } from './tracking.ts'

/**
 * Traces the first packet of a flow from a device of the network: every path it can take (several only with ECMP),
 * each to its end. Throws when there is no device of that name.
 */
export function trace(prepared: PreparedNetwork, from: string, flow: Flow): readonly Trace[] {
  const self = deviceNamed(prepared, from)
  const mss = flow.protocol === TCP ? ownMss(self) : undefined
  return start(
    prepared,
    self,
    freshPacket(flow, flow.protocol === TCP ? 'S' : '', 'original', self.device.stamps, mss),
    new Map(),
  )
}

/** Traces the answer to a packet that arrived, through the connections it made; nothing for one that did not arrive. */
export function traceReply(prepared: PreparedNetwork, forward: Trace): readonly Trace[] {
  const { arrival } = forward
  if (!arrival) return []
  const self = deviceNamed(prepared, arrival.device)
  const mss = forward.flow.protocol === TCP ? ownMss(self) : undefined
  const flags = forward.flow.protocol === TCP ? 'SA' : ''
  const packet = freshPacket(reversed(arrival.flow), flags, 'reply', self.device.stamps, mss)
  return start(prepared, self, packet, forward.sessions).map((reply) => asTheClientSeesIt(forward, reply))
}

/**
 * Traces the third packet of a TCP handshake: it finds out stateful devices that saw the first packet and not its
 * answer. Nothing for other protocols, or when the answer did not come back.
 */
export function traceAcknowledgement(prepared: PreparedNetwork, forward: Trace, reply: Trace): readonly Trace[] {
  if (forward.flow.protocol !== TCP || !reply.arrival) return []
  const self = deviceNamed(prepared, forward.from)
  const packet = freshPacket(forward.flow, 'A', 'original', self.device.stamps, undefined)
  return start(prepared, self, packet, reply.sessions)
}

/**
 * Traces what the server says after the handshake: it finds out stateful devices that only see the server's packets and
 * take this one for the first of a new connection (Linux: nf_conntrack_tcp_loose = 1). Nothing for other protocols, or
 * when the third packet did not arrive.
 */
export function traceServerData(prepared: PreparedNetwork, forward: Trace, acknowledgement: Trace): readonly Trace[] {
  const { arrival } = acknowledgement
  if (forward.flow.protocol !== TCP || !arrival) return []
  const self = deviceNamed(prepared, arrival.device)
  const packet = freshPacket(reversed(arrival.flow), 'A', 'reply', self.device.stamps, undefined)
  return start(prepared, self, packet, acknowledgement.sessions).map((data) => asTheClientSeesIt(forward, data))
}

/** The device of a name. Throws when there is none. */
export function deviceNamed(prepared: PreparedNetwork, name: string): PreparedDevice {
  const device = prepared.device(name)
  if (!device) throw new Error(`no device named ${name}`)
  return device
}

// Ethernet's 1500 bytes less 40 for the headers (RFC 9293 section 3.7.1), or what the interface says.
function ownMss(self: PreparedDevice): number {
  return Math.min(...self.device.interfaces.map((one) => one.mtu ?? 1500), 1500) - 40
}

/** Sends a packet off from a device through the connections that are there. */
export function start(
  network: PreparedNetwork,
  self: PreparedDevice,
  packet: Packet,
  sessions: ReadonlyMap<string, readonly Session[]>,
): Trace[] {
  const run: Run = {
    network,
    from: self.device.name,
    firstFlow: packet.flow,
    self,
    packet,
    hops: [],
    steps: [],
    hopFlow: packet.flow,
    sessions: new Map(sessions),
    doubts: [],
    lastFilter: undefined,
    neighbor: undefined,
    visited: new Set(),
  }
  return pass(run)
}

/** A client ignores an answer that comes from another address than it asked (a hairpin without source translation). */
function asTheClientSeesIt(forward: Trace, reply: Trace): Trace {
  const { arrival } = reply
  if (!arrival) return reply
  const wanted = reversed(forward.flow)
  // An echo reply is taken whoever sends it; ping says that the address is another.
  const isEcho = !hasPorts(wanted.protocol) && arrival.flow.destination === wanted.destination
  if (arrival.device === forward.from && (isEcho || sameTuple(arrival.flow, wanted))) return reply
  const text =
    arrival.device === forward.from
      ? `${forward.from} asked ${formatIp(forward.flow.destination)} and is answered by ${formatIp(arrival.flow.source)}: it ignores the answer`
      : `the answer goes to ${arrival.device}, not to ${forward.from}`
  const source = implied(
    'A TCP or UDP client takes an answer only from the address and port it asked (RFC 9293, RFC 1122)',
  )
  const { arrival: _gone, ...rest } = reply
  return { ...rest, disposition: 'denied', decision: { text, source }, causeCode: 'answer-from-elsewhere' }
}

/** What a table lookup on a device finds: best routes, and the others that hold the destination. */
export function lookupRoute(prepared: PreparedNetwork, device: string, destination: Ip, table = 'main'): Found {
  const index = deviceNamed(prepared, device).table(table)
  return index ? lookup(index, destination) : { best: [], passedOver: [] }
}

/** How the filters of one hook judge a new packet, without tracing it anywhere: the steps, and what stopped it, if anything did. */
export function judge(
  prepared: PreparedNetwork,
  device: string,
  hook: Hook,
  interfaceName: string | undefined,
  flow: Flow,
): { readonly steps: readonly Step[]; readonly stop?: Decision } {
  const self = deviceNamed(prepared, device)
  const packet = freshPacket(flow, flow.protocol === TCP ? 'S' : '', 'original', [], undefined)
  if (hook === 'output' || hook === 'postrouting') packet.outInterface = interfaceName
  else packet.inInterface = interfaceName
  const run: Run = {
    network: prepared,
    from: device,
    firstFlow: flow,
    self,
    packet,
    hops: [],
    steps: [],
    hopFlow: flow,
    sessions: new Map(),
    doubts: [],
    lastFilter: undefined,
    neighbor: undefined,
    visited: new Set(),
  }
  const stop = runHook(run, hook)
  return { steps: run.steps, ...(stop && { stop: stop.decision }) }
}

/**
 * The source address a device uses towards a destination; `undefined` when it has none of that family. `wanted` is for
 * policy rules that ask for protocols or ports.
 */
export function sourceAddress(
  prepared: PreparedNetwork,
  device: string,
  destination: Ip,
  wanted?: Wanted,
): Ip | undefined {
  return sourceAddressFor(deviceNamed(prepared, device), destination, wanted)
}
