import type { Link } from '../model/index.ts'
import { TCP } from '../net/index.ts'
import type { Trace } from '../trace/index.ts'

/** Bytes of IPv4 and TCP headers without options. */
const HEADERS = 40
const DNS = 53

/**
 * Finds path MTU black holes (RFC 2923): a full-size segment that is larger than a link on its way whose "fragmentation
 * needed" is lost never arrives. Each side sends segments as large as its own link and the other side's MSS allow. Returns
 * the traces with the one that cannot carry full segments changed to `too-big`; the others are returned as they are.
 *
 * A DNS answer over TCP is what did not fit a UDP answer of some 1,232 bytes (DNS flag day 2020) and rarely fills a
 * segment, so port 53 counts as small.
 */
export function tooBig(forward: Trace, replies: readonly Trace[]): { forward: Trace; replies: readonly Trace[] } {
  const back = replies[0]
  if (forward.flow.protocol !== TCP || !forward.arrival || !back) return { forward, replies }
  // Without a handshake no segment is ever full.
  if (replies.some((reply) => !reply.arrival)) return { forward, replies }
  if (forward.flow.destinationPort === DNS) return { forward, replies }
  // The MSS in the SYN limits what comes back, the one in the SYN+ACK what goes there.
  const smallest = Math.min(forward.mss ?? 1460, back.mss ?? 1460)
  const there = blackHole(forward, back.mss ?? 1460)
  if (there) return { forward: changed(forward, there, back.mss ?? smallest), replies: [] }
  const changedReplies = replies.map((reply) => {
    const hole = blackHole(reply, forward.mss ?? 1460)
    return hole ? changed(reply, hole, forward.mss ?? smallest) : reply
  })
  return { forward, replies: changedReplies }
}

/** The link that full segments do not pass, and the hop that sends them into it. */
interface BlackHole {
  readonly link: Link
  readonly at: number
}

function blackHole(trace: Trace, mss: number): BlackHole | undefined {
  for (const [at, hop] of trace.hops.entries()) {
    for (const step of hop.steps) {
      const link = step.kind === 'send' ? step.link : undefined
      if (link?.mtu !== undefined && link.fragmentationNeeded === 'lost' && mss + HEADERS > link.mtu)
        return { link, at }
    }
  }
  return undefined
}

function changed(trace: Trace, { link, at }: BlackHole, mss: number): Trace {
  const { arrival: _arrival, ...rest } = trace
  const text = `a full segment of ${mss + HEADERS} bytes does not fit the ${link.mtu} bytes of ${link.name}, and "fragmentation needed" is lost there; an MSS of ${(link.mtu ?? HEADERS) - HEADERS} would fit, set on ${trace.hops[at]?.device ?? 'the way'} for both directions (clamp-mss, change-mss)`
  const decision = { text, source: link.source }
  const hops = trace.hops
    .slice(0, at + 1)
    .map((hop, index) =>
      index === at ? { ...hop, steps: [...hop.steps, { kind: 'stop' as const, ...decision }] } : hop,
    )
  return { ...rest, hops, disposition: 'too-big', decision, causeCode: 'mtu-black-hole' }
}
