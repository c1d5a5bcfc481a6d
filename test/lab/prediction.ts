import { type Flow, formatIp, ICMP, ICMP6, type Ip, ip, isIp4, TCP, UDP } from '../../src/net/index.ts'
import {
  lookupRoute,
  type PreparedNetwork,
  sourceAddress,
  type Trace,
  trace,
  traceAcknowledgement,
  traceRejection,
  traceReply,
  traceServerData,
} from '../../src/trace/index.ts'
import type { PacketKind } from './kernel-trace.ts'
import type { Outcome, Probe, Result, Seen } from './lab-network.ts'

/** What our tracer says of a probe: any of these; none when it cannot tell. */
export interface Prediction {
  readonly outcomes: readonly Outcome[]
  readonly traces: readonly Trace[]
  /** The ways its packets can take, each with its outcome: those of `outcomes`, less loops. */
  readonly ways: readonly Way[]
}

/** One way of a probe there and back. */
export interface Way {
  readonly outcome: Outcome
  readonly packets: readonly { readonly kind: PacketKind; readonly trace: Trace }[]
}

/** Traces a probe there and back. Several outcomes are paths of equal cost. */
export function predict(prepared: PreparedNetwork, probe: Probe): Prediction {
  const isEcho = probe.protocol === 'icmp'
  const destination = ip(probe.destination)
  const traces: Trace[] = []
  const outcomes: Outcome[] = []
  const ways: Way[] = []
  for (const source of sourcesOf(prepared, probe)) {
    const flow: Flow = {
      protocol: isEcho && !isIp4(destination) ? ICMP6 : PROTOCOLS[probe.protocol],
      source,
      sourcePort: isEcho ? 0 : probe.sourcePort,
      destination,
      destinationPort: probe.port,
      ...(isEcho && { icmpType: isIp4(destination) ? 8 : 128, icmpCode: 0 }),
    }
    for (const forward of trace(prepared, probe.from, flow)) {
      // Where in the loop the packet dies of age, and so whether the word of it comes back, is not traced.
      if (forward.disposition === 'loop') {
        traces.push(forward)
        outcomes.push({ result: 'silent' }, { result: 'host-unreachable' })
        continue
      }
      for (const { packets, outcome } of waysOn(prepared, probe, [{ kind: 'first', trace: forward }])) {
        traces.push(...packets.map((one) => one.trace).filter((one) => !traces.includes(one)))
        if (!outcome) return { outcomes: [], traces, ways: [] }
        outcomes.push(outcome)
        ways.push({ outcome, packets })
      }
    }
  }
  return { outcomes, traces, ways }
}

const PROTOCOLS = { tcp: TCP, udp: UDP, icmp: ICMP } as const

/** The addresses it can be sent from: with several equal routes, that of any of them (Linux: ip_route_connect looks twice). */
function sourcesOf(prepared: PreparedNetwork, probe: Probe): Ip[] {
  const destination = ip(probe.destination)
  const wanted = { protocol: PROTOCOLS[probe.protocol], destinationPort: probe.port }
  const source = sourceAddress(prepared, probe.from, destination, wanted)
  if (source === undefined) return []
  const { best } = lookupRoute(prepared, probe.from, destination)
  const names = best.flatMap(({ nextHop }) => ('interface' in nextHop && nextHop.interface) || [])
  const device = prepared.device(probe.from)?.device
  const others = best.length < 2 ? [] : names.map((name) => device?.interfaces.find((one) => one.name === name))
  return [...new Set([source, ...others.flatMap((one) => one?.addresses[0]?.ip ?? [])])]
}

type Packets = readonly { readonly kind: PacketKind; readonly trace: Trace }[]
type Told = { readonly packets: Packets; readonly outcome: Outcome | undefined }

/** What comes after the packets that are there: each of them can have several ways. */
function waysOn(prepared: PreparedNetwork, probe: Probe, packets: Packets): Told[] {
  const [first, , third] = packets.map((one) => one.trace)
  const last = packets[packets.length - 1]?.trace
  if (!first || !last) return []
  const end = (outcome: Outcome | undefined): Told[] => [{ packets, outcome }]
  if (!first.arrival) return waysOfRefusal(prepared, probe, first)
  if (last.disposition === 'unknown') return end(undefined)
  const go = (kind: PacketKind, traces: readonly Trace[]) =>
    traces.length === 0
      ? end(undefined)
      : traces.flatMap((trace) => waysOn(prepared, probe, [...packets, { kind, trace }]))
  const seen = seenBy(first.arrival)
  switch (packets.length) {
    case 1:
      return go('answer', traceReply(prepared, first))
    case 2:
      if (probe.protocol !== 'tcp') return end({ result: last.arrival ? 'answered' : 'silent', seen })
      return last.arrival ? go('third', traceAcknowledgement(prepared, first, last)) : end({ result: 'silent' })
    case 3:
      if (!third?.arrival) return end({ result: 'open-silent' })
      return go('data', traceServerData(prepared, first, third))
    default:
      return end(last.arrival ? { result: 'answered', seen } : { result: 'open-silent' })
  }
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

function waysOfRefusal(prepared: PreparedNetwork, probe: Probe, forward: Trace): Told[] {
  const packets: Packets = [{ kind: 'first', trace: forward }]
  // Dropped or rejected by its own output rules: send() fails, where connect() of TCP hears nothing or the rejection.
  const ownHook = forward.hops.length === 1 ? hookOfTheEnd(forward) : undefined
  const refusedOnSending = (ownHook === 'output' || ownHook === 'postrouting') && probe.protocol !== 'tcp'
  const end = (result: Result): Told[] => [{ packets, outcome: { result } }]
  if (forward.disposition === 'unknown') return [{ packets, outcome: undefined }]
  if (forward.disposition === 'denied') return end(refusedOnSending ? 'not-sent' : 'silent')
  if (forward.disposition === 'null-routed') return end(forward.hops.length === 1 ? 'not-sent' : 'silent')
  const notSent = refusedOnSending && forward.disposition === 'rejected'
  const answers = traceRejection(prepared, forward)
  if (answers.length === 0) return end(notSent ? 'not-sent' : 'silent')
  return answers.map((answer): Told => {
    // What a device's own routing says needs no packet.
    const isTold = answer.trace.hops === forward.hops
    const kind = answer.rejection === 'tcp-reset' ? 'reset' : 'error'
    const result = notSent ? 'not-sent' : resultOf(answer, isTold)
    return {
      packets: isTold ? packets : [...packets, { kind, trace: answer.trace }],
      outcome: result && { result },
    }
  })
}

function resultOf(
  { trace, rejection }: ReturnType<typeof traceRejection>[number],
  isTold: boolean,
): Result | undefined {
  if (trace.disposition === 'unknown') return undefined
  if (!trace.arrival) return 'silent'
  // A prohibit route of the sender's own is "permission denied".
  if (rejection === 'admin-prohibited' && isTold) return 'not-sent'
  // Over IPv6 a prohibition from afar is the same error (kernel: icmpv6_err_convert).
  if (rejection.endsWith('-prohibited') && !isIp4(trace.flow.source)) return 'not-sent'
  return RESULTS[rejection] ?? 'silent'
}

function hookOfTheEnd(forward: Trace): string | undefined {
  const steps = forward.hops[0]?.steps ?? []
  const last = steps[steps.length - 1]
  return last?.kind === 'filter' && last.verdict !== 'accept' ? last.hook : undefined
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
