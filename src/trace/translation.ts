import type { Hook, Rewrite } from '../model/index.ts'
import { type Flow, hasPorts, type Ip, type Ip4, type Ip6, isIp4, type Prefix } from '../net/index.ts'
import type { Packet } from './packet.ts'
import type { PreparedDevice } from './prepared.ts'
import { LOOPBACK, ownAddressOn } from './routing.ts'
import type { Ending } from './rule-walk.ts'
import type { Session } from './session.ts'
import { sameTuple } from './tracking.ts'

/** Destinations change before routing, sources after it. */
export function rewritesDestination(hook: Hook): boolean {
  return hook === 'prerouting' || hook === 'output'
}

/**
 * The flow after a known connection's translation is applied or undone at a hook: un-SNAT happens where
 * destinations change, un-DNAT where sources do.
 */
export function bySession(packet: Packet, hook: Hook): Flow {
  const { session, flow } = packet
  if (!session) return flow
  if (packet.about) return errorBySession(packet, session, packet.about, hook)
  const isReply = sameTuple(session.reply, packet.original)
  if (rewritesDestination(hook)) {
    if (isReply)
      return session.sourceTranslated
        ? withDestination(flow, session.original.source, session.original.sourcePort)
        : flow
    return session.destinationTranslated ? withDestination(flow, session.reply.source, session.reply.sourcePort) : flow
  }
  if (isReply) {
    return session.destinationTranslated
      ? withSource(flow, session.original.destination, session.original.destinationPort)
      : flow
  }
  return session.sourceTranslated ? withSource(flow, session.reply.destination, session.reply.destinationPort) : flow
}

/** An ICMP error gets the ends its sender's peer knows, and so does the packet inside it (Linux: nf_nat_icmp_reply_translation). */
function errorBySession(packet: Packet, session: Session, about: Flow, hook: Hook): Flow {
  const { flow } = packet
  const { original } = session
  if (rewritesDestination(hook)) {
    if (!session.sourceTranslated) return flow
    packet.about = withSource(about, original.source, original.sourcePort)
    return withDestination(flow, original.source, 0)
  }
  if (!session.destinationTranslated) return flow
  packet.about = withDestination(about, original.destination, original.destinationPort)
  return withSource(flow, original.destination, 0)
}

/** The flow after a rule's rewriting; `undefined` when the device has no address to use. */
export function byRule(
  self: PreparedDevice,
  packet: Packet,
  ending: Extract<Ending, { kind: 'rewrite-source' | 'rewrite-destination' }>,
  neighbor: Ip,
): Flow | undefined {
  const toSource = ending.kind === 'rewrite-source'
  const { flow } = packet
  const before = toSource ? flow.source : flow.destination
  const interfaceName = toSource ? packet.outInterface : packet.inInterface
  const address = newAddress(self, ending.to, before, interfaceName, toSource ? neighbor : flow.source)
  if (address === undefined) return undefined
  const oldPort = toSource ? flow.sourcePort : flow.destinationPort
  // Linux keeps a port that is inside the given range, else takes the range's first.
  const kept = ending.ports === undefined || (oldPort >= ending.ports.first && oldPort <= ending.ports.last)
  const port = kept ? oldPort : (ending.ports?.first ?? oldPort)
  return toSource ? withSource(flow, address, port) : withDestination(flow, address, port)
}

function newAddress(
  self: PreparedDevice,
  to: Rewrite,
  before: Ip,
  interfaceName: string | undefined,
  neighbor: Ip,
): Ip | undefined {
  switch (to.kind) {
    case 'address':
      return to.first
    case 'same':
      return before
    case 'prefix':
      return mapped(to.prefix, before)
    case 'own-address':
      // REDIRECT of the device's own packets goes there (iptables-extensions(8)).
      if (interfaceName === undefined) return LOOPBACK
      return ownAddressOn(self, interfaceName, neighbor) ?? (interfaceName === 'lo' ? anyOwn(self, before) : undefined)
  }
}

// Over lo a box that masquerades its own packets takes the first address it has (Linux: inet_select_addr).
function anyOwn(self: PreparedDevice, family: Ip): Ip | undefined {
  for (const address of self.owns.keys()) if (isIp4(address) === isIp4(family)) return address
  return undefined
}

function mapped(prefix: Prefix, address: Ip): Ip | undefined {
  if (isIp4(prefix.ip) && isIp4(address)) {
    return (prefix.length === 0 ? address : (prefix.ip | (address & (2 ** (32 - prefix.length) - 1))) >>> 0) as Ip4
  }
  if (isIp4(prefix.ip) || isIp4(address)) return undefined
  return (prefix.ip | (address & ((1n << BigInt(128 - prefix.length)) - 1n))) as Ip6
}

function withSource(flow: Flow, source: Ip, port: number): Flow {
  return { ...flow, source, ...(hasPorts(flow.protocol) && { sourcePort: port }) }
}

function withDestination(flow: Flow, destination: Ip, port: number): Flow {
  return { ...flow, destination, ...(hasPorts(flow.protocol) && { destinationPort: port }) }
}
