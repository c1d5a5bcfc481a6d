import { type Flow, formatIp, ICMP, ip, TCP, UDP } from '../../src/net/index.ts'
import {
  type PreparedNetwork,
  sourceAddress,
  type Trace,
  trace,
  traceAcknowledgement,
  traceRejection,
  traceReply,
  traceServerData,
} from '../../src/trace/index.ts'
import type { Outcome, Probe, Result, Seen } from './lab-network.ts'

/** What our tracer says of a probe: any of these; none when it cannot tell. */
export interface Prediction {
  readonly outcomes: readonly Outcome[]
  readonly traces: readonly Trace[]
}

/** Traces a probe there and back. Several outcomes are paths of equal cost. */
export function predict(prepared: PreparedNetwork, probe: Probe): Prediction {
  const destination = ip(probe.destination)
  const protocol = { tcp: TCP, udp: UDP, icmp: ICMP }[probe.protocol]
  const source = sourceAddress(prepared, probe.from, destination, { protocol, destinationPort: probe.port })
  if (source === undefined) return { outcomes: [], traces: [] }
  const isEcho = probe.protocol === 'icmp'
  const flow: Flow = {
    protocol,
    source,
    sourcePort: isEcho ? 0 : probe.sourcePort,
    destination,
    destinationPort: probe.port,
    ...(isEcho && { icmpType: 8, icmpCode: 0 }),
  }
  const traces: Trace[] = []
  const outcomes: Outcome[] = []
  for (const forward of trace(prepared, probe.from, flow)) {
    traces.push(forward)
    // Where in the loop the packet dies of age, and so whether the word of it comes back, is not traced.
    if (forward.disposition === 'loop') {
      outcomes.push({ result: 'silent' }, { result: 'host-unreachable' })
      continue
    }
    const outcome = outcomeOf(prepared, probe, forward, traces)
    if (!outcome) return { outcomes: [], traces }
    outcomes.push(outcome)
  }
  return { outcomes, traces }
}

function outcomeOf(prepared: PreparedNetwork, probe: Probe, forward: Trace, traces: Trace[]): Outcome | undefined {
  if (!forward.arrival) {
    const result = failed(prepared, probe, forward, traces)
    return result && { result }
  }
  const reply = traceReply(prepared, forward)[0]
  if (reply) traces.push(reply)
  if (forward.disposition === 'unknown' || !reply || reply.disposition === 'unknown') return undefined
  const seen = seenBy(forward.arrival)
  if (probe.protocol !== 'tcp') return { result: reply.arrival ? 'answered' : 'silent', seen }
  if (!reply.arrival) return { result: 'silent' }
  const acknowledgement = traceAcknowledgement(prepared, forward, reply)[0]
  if (acknowledgement) traces.push(acknowledgement)
  if (!acknowledgement || acknowledgement.disposition === 'unknown') return undefined
  if (!acknowledgement.arrival) return { result: 'open-silent' }
  const data = traceServerData(prepared, forward, acknowledgement)[0]
  if (data) traces.push(data)
  if (!data || data.disposition === 'unknown') return undefined
  return data.arrival ? { result: 'answered', seen } : { result: 'open-silent' }
}

function seenBy({ device, flow }: NonNullable<Trace['arrival']>): Seen {
  return {
    device,
    source: formatIp(flow.source),
    sourcePort: flow.sourcePort,
    destination: formatIp(flow.destination),
    destinationPort: flow.destinationPort,
  }
}

function failed(prepared: PreparedNetwork, probe: Probe, forward: Trace, traces: Trace[]): Result | undefined {
  // Dropped or rejected by its own output rules: send() fails, where connect() of TCP hears nothing or the rejection.
  const ownHook = forward.hops.length === 1 ? hookOfTheEnd(forward) : undefined
  const refusedOnSending = (ownHook === 'output' || ownHook === 'postrouting') && probe.protocol !== 'tcp'
  switch (forward.disposition) {
    case 'unknown':
      return undefined
    case 'denied':
      return refusedOnSending ? 'not-sent' : 'silent'
    case 'null-routed':
      return forward.hops.length === 1 ? 'not-sent' : 'silent'
    default: {
      if (refusedOnSending && forward.disposition === 'rejected') return 'not-sent'
      const answer = traceRejection(prepared, forward)[0]
      if (!answer) return 'silent'
      traces.push(answer.trace)
      if (answer.trace.disposition === 'unknown') return undefined
      if (!answer.trace.arrival) return 'silent'
      // A prohibit route of the sender's own is "permission denied".
      if (answer.rejection === 'admin-prohibited' && answer.trace.hops === forward.hops) return 'not-sent'
      return RESULTS[answer.rejection] ?? 'silent'
    }
  }
}

function hookOfTheEnd(forward: Trace): string | undefined {
  const steps = forward.hops[0]?.steps ?? []
  const last = steps[steps.length - 1]
  return last?.kind === 'filter' ? last.hook : undefined
}

const RESULTS: Readonly<Record<string, Result>> = {
  'tcp-reset': 'refused',
  'port-unreachable': 'refused',
  'host-unreachable': 'host-unreachable',
  'net-unreachable': 'net-unreachable',
  'protocol-unreachable': 'protocol-unreachable',
  'host-prohibited': 'host-unreachable',
  'net-prohibited': 'net-unreachable',
  'admin-prohibited': 'host-unreachable',
}
