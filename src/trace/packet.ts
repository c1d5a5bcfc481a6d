import type { SessionState } from '../model/index.ts'
import type { Flow } from '../net/index.ts'
import type { Session } from './session.ts'

/** A flow in transit through one device: what connection tracking, marks and interfaces say of it right now. */
export interface Packet {
  flow: Flow
  /** TCP flags, letters of `FSRPAU`; empty for other protocols. */
  readonly tcpFlags: string
  readonly direction: 'original' | 'reply'
  inInterface: string | undefined
  outInterface: string | undefined
  /** It came out of a tunnel of this device. */
  fromTunnel: boolean
  state: SessionState
  /** Connection tracking has looked at it here. Until then it has no entry: where tracking is to come it is invalid, else untracked. */
  isTracked: boolean
  session: Session | undefined
  /** The packet as tracking saw it here, before any translation. */
  original: Flow
  mark: number
  /** Bits of the mark that a rule we cannot evaluate may have changed. */
  unknownMark: number
  sessionMark: number
  unknownSessionMark: number
  /** The table a `use-table` rule chose. */
  table: string | undefined
  noTrack: boolean
  sourceTranslated: boolean
  destinationTranslated: boolean
  /** A rule here has said what becomes of its source or destination, be it nothing new: no other is asked. */
  sourceSettled: boolean
  destinationSettled: boolean
  stamps: readonly string[]
  /** The MSS its SYN announces; absent for anything but a TCP SYN or SYN+ACK. */
  mss: number | undefined
  /** An ICMP error: the packet it is about, as it looks here; translated along with the error. Absent for all others. */
  about?: Flow
  /** It answers for a packet that ended on this device: that packet's connection is its own, seen before or not. */
  answersHere?: boolean
  /** The Ethernet address it came from; empty = not known; absent = it came in no Ethernet frame. */
  senderMac?: string
  /** Its sender named no source, so that policy rules on the sender see none; the route gives it its source. */
  anySource?: boolean
}

/** A packet as its sender makes it. */
export function freshPacket(
  flow: Flow,
  tcpFlags: string,
  direction: Packet['direction'],
  stamps: readonly string[],
  mss: number | undefined,
): Packet {
  return {
    flow,
    tcpFlags,
    direction,
    inInterface: undefined,
    outInterface: undefined,
    fromTunnel: false,
    state: 'untracked',
    isTracked: false,
    session: undefined,
    original: flow,
    mark: 0,
    unknownMark: 0,
    sessionMark: 0,
    unknownSessionMark: 0,
    table: undefined,
    noTrack: false,
    sourceTranslated: false,
    destinationTranslated: false,
    sourceSettled: false,
    destinationSettled: false,
    stamps,
    mss,
  }
}

/** The packet as the next device gets it: what only the last device knew of it (marks, tracking) is gone. */
export function arrivingPacket(packet: Packet, inInterface: string | undefined, fromTunnel: boolean): Packet {
  const arrived = freshPacket(packet.flow, packet.tcpFlags, packet.direction, packet.stamps, packet.mss)
  arrived.inInterface = inInterface
  arrived.fromTunnel = fromTunnel
  if (packet.about) arrived.about = packet.about
  return arrived
}
