import { implied } from '../model/index.ts'
import { type Flow, formatIp, type Ip, parseIp, TCP, UDP } from '../net/index.ts'
import { type Decision, type PreparedNetwork, sourceAddress, type Trace, trace, traceReply } from '../trace/index.ts'
import type { Arrival, Carrier, Delivery, Transport } from './transport.ts'
import { remembered } from './walk.ts'

/** Any port of the dynamic range (RFC 6335) will do: no rule we know tells them apart. */
const SOURCE_PORT = 40000
/** Azure's own name server, an address that means something inside a VNet only (Learn: What is IP address 168.63.129.16). */
const AZURE_DNS = parseIp('168.63.129.16')

const transports = new WeakMap<PreparedNetwork, Transport>()

/**
 * The transport that traces a query's packet to the server and the answer back. One per network: a pair of ends is
 * traced once, however many names are asked.
 */
export function tracedTransport(prepared: PreparedNetwork): Transport {
  let transport = transports.get(prepared)
  if (!transport) {
    transport = remembered((from, server, port, over) => carried(prepared, from, server, port, over))
    transports.set(prepared, transport)
  }
  return transport
}

function carried(prepared: PreparedNetwork, from: string, server: Ip, port: number, over: Carrier): Delivery {
  const source = sourceAddress(prepared, from, server)
  if (source === undefined) {
    const text = `${from} has no address to ask ${formatIp(server)} from`
    return { arrivals: [], traces: [], because: { text, source: implied('a packet needs a source address') } }
  }
  const flow: Flow = {
    protocol: over === 'udp' ? UDP : TCP,
    source,
    sourcePort: SOURCE_PORT,
    destination: server,
    destinationPort: port,
  }
  return together(trace(prepared, from, flow).map((forward) => journeyOf(prepared, forward, server)))
}

/** One path there with its paths back. */
interface Journey {
  readonly traces: readonly Trace[]
  readonly end: 'there-and-back' | 'lost' | 'doubtful'
  readonly arrival?: Arrival
  readonly because?: Decision
}

function journeyOf(prepared: PreparedNetwork, forward: Trace, server: Ip): Journey {
  const { arrival, disposition } = forward
  const reachedInternet = forward.hops[forward.hops.length - 1]?.device === 'internet'
  if (server === AZURE_DNS && reachedInternet) return { traces: [forward], end: 'lost', because: OUTSIDE_A_VNET }
  if (!arrival) {
    return { traces: [forward], end: disposition === 'unknown' ? 'doubtful' : 'lost', because: decisionOf(forward) }
  }
  const assumed = arrival.device === 'internet'
  const replies = traceReply(prepared, forward)
  const traces = [forward, ...replies]
  const client = { device: arrival.device, client: arrival.flow.source, ...(assumed && { assumed }) }
  const bad = replies.find((reply) => reply.disposition !== 'accepted')
  if (disposition === 'unknown') return { traces, end: 'doubtful', arrival: client, because: decisionOf(forward) }
  if (!bad && replies.length > 0) return { traces, end: 'there-and-back', arrival: client }
  const back = bad ? decisionOf(bad) : { text: 'nothing is sent back', source: implied('the tracer found no way back') }
  const because = { text: `the answer does not come back: ${back.text}`, source: back.source }
  const doubtful = replies.some((reply) => reply.disposition === 'accepted' || reply.disposition === 'unknown')
  return doubtful ? { traces, end: 'doubtful', arrival: client, because } : { traces, end: 'lost', because }
}

const OUTSIDE_A_VNET: Decision = {
  text: '168.63.129.16 answers only inside a VNet, this query reached the internet',
  source: implied('Learn: What is IP address 168.63.129.16: the address is reachable from inside a VNet only'),
}

function decisionOf(path: Trace): Decision {
  const doubt = path.disposition === 'unknown' ? path.unknowns[0] : undefined
  return (
    doubt ?? path.decision ?? { text: `the packet ends: ${path.disposition}`, source: implied('the trace says so') }
  )
}

function together(journeys: readonly Journey[]): Delivery {
  const traces = journeys.flatMap((journey) => journey.traces)
  const arrivals: Arrival[] = []
  for (const { arrival, end } of journeys) {
    if (!arrival || end === 'lost') continue
    if (!arrivals.some((one) => one.device === arrival.device && one.client === arrival.client)) arrivals.push(arrival)
  }
  const bad = journeys.find((journey) => journey.end !== 'there-and-back')
  if (!bad) return { arrivals, traces }
  const doubtful = journeys.some((journey) => journey.end !== 'lost')
  return { arrivals, traces, ...(doubtful && { doubtful }), ...(bad.because && { because: bad.because }) }
}
