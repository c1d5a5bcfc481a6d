import type { Flow, Ip } from '../net/index.ts'
import type { Packet } from './packet.ts'
import type { PreparedDevice, PreparedNetwork } from './prepared.ts'
import type { Session } from './session.ts'
import type { Decision, Disposition, Hop, Step, Trace } from './trace.ts'
import { confirm } from './tracking.ts'

/** One packet under way: where it is, what has happened to it, and the connections it leaves behind. */
export interface Run {
  readonly network: PreparedNetwork
  readonly from: string
  readonly firstFlow: Flow
  self: PreparedDevice
  packet: Packet
  hops: Hop[]
  /** The steps of the device it is on. */
  steps: Step[]
  /** The flow as it came to the device it is on. */
  hopFlow: Flow
  sessions: Map<string, readonly Session[]>
  /** Rules that may have decided otherwise; they count only if the packet arrives. */
  doubts: readonly Decision[]
  lastFilter: Decision | undefined
  /** The neighbour the packet is sent to next, known after routing. */
  neighbor: Ip | undefined
  readonly visited: Set<string>
}

/** Why a packet ends where it is. */
export interface Stop {
  readonly disposition: Disposition
  readonly decision: Decision
  readonly causeCode?: string
  readonly rejection?: string
  /** What we would have to know, for an end that is `unknown` whatever came before. */
  readonly unknowns?: readonly Decision[]
}

/** The same run once more, so that one path can go on without the other (ECMP). */
export function forked(run: Run): Run {
  return {
    ...run,
    packet: { ...run.packet },
    hops: [...run.hops],
    steps: [...run.steps],
    sessions: new Map(run.sessions),
    visited: new Set(run.visited),
  }
}

/** Closes the hop the packet is on. */
export function closeHop(run: Run): void {
  run.hops.push({ device: run.self.device.name, flow: run.hopFlow, steps: run.steps })
  run.steps = []
}

/** The trace of a packet that ends for a reason. */
export function stopped(run: Run, stop: Stop): Trace {
  const last = run.steps[run.steps.length - 1]
  // What answers for the packet belongs to its connection, although that was never confirmed.
  if (stop.disposition !== 'denied') {
    const name = run.self.device.name
    run.sessions.set(name, confirm(run.packet, run.sessions.get(name) ?? [], true))
  }
  const said = last?.kind === 'filter' || last?.kind === 'stop'
  if (!said) run.steps.push({ kind: 'stop', text: stop.decision.text, source: stop.decision.source })
  closeHop(run)
  return {
    from: run.from,
    flow: run.firstFlow,
    hops: run.hops,
    disposition: stop.disposition,
    decision: stop.decision,
    unknowns: stop.unknowns ?? [],
    ...(stop.causeCode !== undefined && { causeCode: stop.causeCode }),
    ...(stop.rejection !== undefined && { rejection: stop.rejection }),
    ...(run.packet.mss !== undefined && { mss: run.packet.mss }),
    sessions: run.sessions,
  }
}

/** The trace of a packet that arrived, or left for somewhere the model does not hold. */
export function arrived(run: Run, disposition: 'accepted' | 'exits-network'): Trace {
  const device = run.self.device.name
  const inInterface = run.packet.inInterface
  run.steps.push({ kind: 'deliver', ...(inInterface !== undefined && { interface: inInterface }) })
  closeHop(run)
  const doubt = run.doubts[0]
  const decision = doubt ?? run.lastFilter
  return {
    from: run.from,
    flow: run.firstFlow,
    hops: run.hops,
    disposition: doubt ? 'unknown' : disposition,
    ...(decision && { decision }),
    unknowns: run.doubts,
    arrival: {
      device,
      flow: run.packet.flow,
      ...(inInterface !== undefined && { interface: inInterface }),
      ...(run.packet.about && { about: run.packet.about }),
    },
    ...(run.packet.mss !== undefined && { mss: run.packet.mss }),
    sessions: run.sessions,
  }
}
