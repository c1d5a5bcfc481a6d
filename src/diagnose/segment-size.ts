import type { Link } from '../model/index.ts'
import { TCP } from '../net/index.ts'
import type { Trace } from '../trace/index.ts'

/** Bytes of IPv4 and TCP headers without options. */
const HEADERS = 40

/**
 * Finds path MTU black holes (RFC 2923): a full-size segment that is larger than a link on its way whose "fragmentation
 * needed" is lost never arrives. Each side sends segments as large as its own link and the other side's MSS allow. Returns
 * the traces with the one that cannot carry full segments changed to `too-big`; the others are returned as they are.
 */
export function tooBig(forward: Trace, replies: readonly Trace[]): { forward: Trace; replies: readonly Trace[] } {
  const back = replies[0]
  if (forward.flow.protocol !== TCP || !forward.arrival || !back) return { forward, replies }
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

function blackHole(trace: Trace, mss: number): Link | undefined {
  for (const hop of trace.hops) {
    for (const step of hop.steps) {
      const link = step.kind === 'send' ? step.link : undefined
      if (link?.mtu !== undefined && link.fragmentationNeeded === 'lost' && mss + HEADERS > link.mtu) return link
    }
  }
  return undefined
}

function changed(trace: Trace, link: Link, mss: number): Trace {
  const { arrival: _arrival, ...rest } = trace
  const text = `a full segment of ${mss + HEADERS} bytes does not fit the ${link.mtu} bytes of ${link.name}, and "fragmentation needed" is lost there`
  return { ...rest, disposition: 'too-big', decision: { text, source: link.source }, causeCode: 'mtu-black-hole' }
}
