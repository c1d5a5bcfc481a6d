import type { SessionState } from '../model/index.ts'
import { type Flow, hasPorts, reversed, TCP } from '../net/index.ts'
import type { Packet } from './packet.ts'
import type { Session } from './session.ts'

/** Looks a packet up among a device's connections and notes what it is (Linux: nf_conntrack, nf_conntrack_tcp_loose = 1). */
export function track(packet: Packet, sessions: readonly Session[]): void {
  packet.original = packet.flow
  packet.isTracked = true
  packet.state = 'untracked'
  if (packet.noTrack) return
  const known = packet.answersHere ? sessions : sessions.filter((one) => !one.unconfirmed)
  if (packet.about) trackError(packet, packet.about, known)
  else trackPacket(packet, known)
}

function trackPacket(packet: Packet, sessions: readonly Session[]): void {
  for (const session of sessions) {
    const isOriginal = sameTuple(session.original, packet.flow)
    if (!isOriginal && !sameTuple(session.reply, packet.flow)) continue
    const state = isOriginal ? stateOfOriginal(packet, session) : 'established'
    follow(packet, session, packet.answersHere ? 'related' : state)
    return
  }
  packet.state = stateWithoutSession(packet)
}

/** An ICMP error belongs to the connection of the packet it is about; without one it is invalid. Errors about replies are not traced. */
function trackError(packet: Packet, about: Flow, sessions: readonly Session[]): void {
  packet.state = 'invalid'
  const back = reversed(about)
  const session = sessions.find((one) => sameTuple(one.reply, back))
  if (session) follow(packet, session, 'related')
}

function follow(packet: Packet, session: Session, state: SessionState): void {
  packet.state = state
  // An invalid packet is not given its connection's entry (Linux: nf_conntrack_in).
  if (state === 'invalid') return
  // A retransmitted first packet of a connection nobody answered is new again and meets every rule.
  packet.session = session
  packet.sessionMark = session.mark
}

function stateOfOriginal(packet: Packet, session: Session): SessionState {
  if (session.replied) return 'established'
  // The third packet of a handshake whose second one went another way: out of window for this device.
  if (packet.flow.protocol === TCP && !packet.tcpFlags.includes('S')) return 'invalid'
  return 'new'
}

function stateWithoutSession(packet: Packet): SessionState {
  if (packet.flow.protocol === TCP) return packet.tcpFlags === 'S' || packet.tcpFlags === 'A' ? 'new' : 'invalid'
  const { icmpType } = packet.flow
  return icmpType === 0 || icmpType === 129 ? 'invalid' : 'new'
}

/** Whether two packets belong to one direction of one connection. */
export function sameTuple(a: Flow, b: Flow): boolean {
  if (a.protocol !== b.protocol || a.source !== b.source || a.destination !== b.destination) return false
  if (!hasPorts(a.protocol)) return a.icmpType === b.icmpType
  return a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort
}

/**
 * Whether the answers to a new connection would be taken for packets of a translated one: what came back to the device
 * on a detour looks like that (Linux: nf_nat_used_tuple).
 */
export function clashes(packet: Packet, sessions: readonly Session[]): boolean {
  if (packet.session || packet.state !== 'new') return false
  const back = reversed(packet.flow)
  return sessions.some(
    (one) =>
      (one.sourceTranslated || one.destinationTranslated) &&
      (sameTuple(one.original, back) || sameTuple(one.reply, back)),
  )
}

/**
 * The device's connections after a packet has passed it: a new one is confirmed, an answered one noted. A packet
 * that is dropped never gets here, so its connection is never made (Linux: conntrack confirms last). `ends` = it is
 * answered instead of passed on.
 */
export function confirm(packet: Packet, sessions: readonly Session[], ends = false): readonly Session[] {
  if (packet.state === 'untracked' || packet.state === 'invalid' || packet.noTrack) return sessions
  const known = packet.session
  if (!known) {
    const made: Session = {
      original: packet.original,
      reply: reversed(packet.flow),
      sourceTranslated: packet.sourceTranslated,
      destinationTranslated: packet.destinationTranslated,
      mark: packet.sessionMark,
      tracked: true,
      replied: false,
      ...(ends && { unconfirmed: true as const }),
    }
    return [...sessions, made]
  }
  const replied = known.replied || sameTuple(known.reply, packet.original)
  if (replied === known.replied && known.mark === packet.sessionMark) return sessions
  return sessions.map((one) => (one === known ? { ...known, replied, mark: packet.sessionMark } : one))
}
