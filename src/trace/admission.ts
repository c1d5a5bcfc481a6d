import { implied, type Source } from '../model/index.ts'
import { addressSetContains, formatFlow, formatIp, hasPorts, portsContain, reversed, TCP, UDP } from '../net/index.ts'
import { holdsPacket, reversePathHolds } from './prepared-device.ts'
import type { Run, Stop } from './run.ts'

const HOP_LIMIT = 64

/** Ends a packet that comes to a device a second time unchanged, or has met more devices than any path has. */
export function loopGuard(run: Run): Stop | undefined {
  const key = `${run.self.device.name}|${run.packet.inInterface ?? ''}|${run.packet.fromTunnel}|${formatFlow(run.packet.flow)}`
  if (!run.visited.has(key) && run.hops.length < HOP_LIMIT) {
    run.visited.add(key)
    return undefined
  }
  const text = `the packet comes to ${run.self.device.name} a second time: a routing loop`
  return { disposition: 'loop', decision: { text, source: lastRouteSource(run) } }
}

function lastRouteSource(run: Run): Source {
  for (let at = run.hops.length - 1; at >= 0; at--) {
    const step = run.hops[at]?.steps.find((one) => one.kind === 'route')
    if (step?.kind === 'route' && step.route) return step.route.source
  }
  return run.self.device.source
}

/** What a device checks before any rule: clear text that should be encrypted. */
export function admit(run: Run): Stop | undefined {
  const { self, packet } = run
  const { flow } = packet
  if (packet.fromTunnel) return undefined
  // Policies are in order here too: one that lets a pair pass in the clear stands before one that wants it encrypted.
  const policy = self.device.encapsulations.find((one) => holdsPacket(one, reversed(flow)))
  if (policy?.action === 'encrypt') {
    const text = `${self.device.name} drops it: ${policy.name} wants packets from ${formatIp(flow.source)} encrypted, this one came in the clear`
    return { disposition: 'denied', decision: { text, source: policy.source }, causeCode: 'clear-text-of-ipsec-policy' }
  }
  return undefined
}

/** Ends a packet that says it is from the device itself; its prerouting rules have met it by then (Linux: fib_validate_source). */
export function ownSourceStop({ self, packet }: Run): Stop | undefined {
  const { flow } = packet
  if (packet.fromTunnel) return undefined
  // A cloud's fabric and gateways own public addresses for others, so only real boxes check this.
  const isBox = self.device.kind === 'router' || self.device.kind === 'host'
  if (isBox && self.owns.has(flow.source)) {
    const text = `${self.device.name} drops it: the source ${formatIp(flow.source)} is its own address`
    const source = implied(
      'A Linux box drops packets that come in with one of its own source addresses (accept_local = 0)',
    )
    return { disposition: 'denied', decision: { text, source }, causeCode: 'own-source' }
  }
  return undefined
}

/** Ends a packet to everybody on a network of the device that comes from another one (ip-sysctl: bc_forwarding = 0); INPUT has met it. */
export function directedBroadcastStop({ self, packet }: Run): Stop {
  const to = formatIp(packet.flow.destination)
  const text = `${self.device.name} keeps it: ${to} means everybody on one of its networks, and such packets are not passed on`
  const source = implied('A router does not pass directed broadcasts on (RFC 2644; Linux: bc_forwarding = 0)')
  return { disposition: 'denied', decision: { text, source }, causeCode: 'directed-broadcast' }
}

/** Whether a packet from elsewhere is for everybody on a network of this box. */
export function isDirectedBroadcast({ self, packet }: Run): boolean {
  const isBox = self.device.kind === 'router' || self.device.kind === 'host'
  return isBox && self.surroundings.addressType(packet.flow.destination, packet) === 'broadcast'
}

/** Ends a packet whose source is not reached through the interface it came in by, where the device checks that. */
export function reversePathStop(run: Run, outInterface?: string): Stop | undefined {
  const { self, packet } = run
  const check = self.device.reversePath
  if (!check || packet.inInterface === undefined) return undefined
  const mode = check.interfaces[packet.inInterface] ?? check.default
  if (mode === 'off' || reversePathHolds(self, packet, mode, outInterface)) return undefined
  const text = `${self.device.name} drops it: the way back to ${formatIp(packet.flow.source)} does not leave by ${packet.inInterface} (rp_filter ${mode})`
  return { disposition: 'denied', decision: { text, source: self.device.source }, causeCode: 'reverse-path' }
}

/** A device that says what it answers on refuses everything else; one that does not is assumed to answer. */
export function nothingListens(run: Run): Stop | undefined {
  const { self, packet } = run
  const { flow } = packet
  const listeners = self.device.listeners
  if (!listeners || packet.direction === 'reply' || packet.session || !hasPorts(flow.protocol)) return undefined
  if (flow.protocol !== TCP && flow.protocol !== UDP) return undefined
  const on = listeners.filter(
    (one) => one.protocol === flow.protocol && portsContain([one.ports], flow.destinationPort),
  )
  if (on.some((one) => !one.from || addressSetContains(one.from, flow.source))) return undefined
  const rejection = flow.protocol === TCP ? 'tcp-reset' : 'port-unreachable'
  const closed = on[0]
  const text = closed
    ? `${self.device.name} ${closed.label} does not serve clients at ${formatIp(flow.source)}`
    : `nothing on ${self.device.name} answers on port ${flow.destinationPort}`
  return {
    disposition: 'rejected',
    decision: { text, source: closed?.source ?? self.device.source },
    rejection,
    causeCode: 'no-listener',
  }
}
