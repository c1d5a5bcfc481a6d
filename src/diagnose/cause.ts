import { missing, type Resolution } from '../dns/index.ts'
import type { Device } from '../model/index.ts'
import type { Decision, PreparedNetwork, Trace } from '../trace/index.ts'
import type { Cause, Outcome, Path, Works } from './connection.ts'

interface Found {
  readonly works: Works
  readonly outcome: Outcome
  readonly resolution: Resolution | undefined
  readonly paths: readonly Path[]
  readonly decidedBy: Decision
}

/** Why it does not work: the object to change, not just the one that said no. Absent when it works. */
export function causeOf(prepared: PreparedNetwork, found: Found): Cause | undefined {
  if (found.works === 'yes') return undefined
  return nameCause(prepared, found) ?? pathCause(prepared, found) ?? plainCause(found)
}

/** What is missing for a name to resolve as it should, the likeliest first. */
export function nameCauses(prepared: PreparedNetwork, resolution: Resolution): Cause[] {
  return missing(prepared, resolution).map((one) => ({ code: kebab(one.code), message: one.text, source: one.source }))
}

function nameCause(prepared: PreparedNetwork, found: Found): Cause | undefined {
  const { resolution, outcome } = found
  if (!resolution || (outcome !== 'name-not-resolved' && outcome !== 'wrong-address')) return undefined
  const first = nameCauses(prepared, resolution)[0]
  if (first) return first
  if (outcome === 'wrong-address') return undefined
  return {
    code: `name-${resolution.answer.kind}`,
    message: resolution.answer.because,
    source: resolution.answer.source,
  }
}

function pathCause(prepared: PreparedNetwork, found: Found): Cause | undefined {
  const path = found.paths.find((one) => one.works !== 'yes')
  if (!path) return undefined
  const lostReply = path.replies.find((one) => !one.arrival)
  const lostThird = path.acknowledgements.find((one) => !one.arrival)
  if (path.forward.arrival && (lostReply || lostThird)) return oneWayCause(prepared, path, lostReply ?? lostThird)
  return undefined
}

/** A stateful device that saw the packet and not the answer (or the other way round) is the usual reason of a lost reply. */
function oneWayCause(prepared: PreparedNetwork, path: Path, lost: Trace | undefined): Cause {
  const there = statefulOn(prepared, path.forward)
  const back = new Set((path.replies[0]?.hops ?? []).map((hop) => hop.device))
  const skipped = there.find((device) => !back.has(device.name))
  const decision = lost?.decision ?? {
    text: 'the answer is lost',
    source: prepared.network.devices.get(path.forward.from)?.source,
  }
  const source = decision.source ?? { kind: 'implied', because: 'no place' }
  if (lost?.causeCode !== undefined) return { code: kebab(lost.causeCode), message: decision.text, source }
  if (skipped && skipped.name !== path.forward.arrival?.device) {
    const message = `asymmetric routing: ${skipped.name} sees the packet and not its answer; ${decision.text}`
    return { code: 'asymmetric-routing', message, source }
  }
  return { code: 'reply-lost', message: `the packet arrives, its answer does not come back: ${decision.text}`, source }
}

function statefulOn(prepared: PreparedNetwork, trace: Trace): Device[] {
  const named = trace.hops.map((hop) => prepared.network.devices.get(hop.device))
  const devices = named.filter(
    (device): device is Device => device !== undefined && device.kind !== 'host' && device.kind !== 'subnet',
  )
  return devices.filter((device) =>
    Object.values(device.pipeline).some((stages) => stages.some((stage) => stage.kind === 'track')),
  )
}

function plainCause(found: Found): Cause {
  const decisive = found.paths.find((path) => path.works !== 'yes')
  const coded = [decisive?.forward, ...(decisive?.replies ?? [])].find((one) => one?.causeCode !== undefined)?.causeCode
  const code = coded === undefined ? (found.works === 'unknown' ? 'cannot-tell' : found.outcome) : kebab(coded)
  return { code, message: found.decidedBy.text, source: found.decidedBy.source }
}

function kebab(code: string): string {
  return code.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}
