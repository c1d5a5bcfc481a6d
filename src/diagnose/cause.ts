import { missing, type Resolution } from '../dns/index.ts'
import { type Device, implied } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import type { Decision, PreparedNetwork, Trace } from '../trace/index.ts'
import { causeCodeOf } from './cause-code.ts'
import type { Cause, Outcome, Path, Works } from './connection.ts'
import { endpointCause } from './endpoint-cause.ts'
import { endpointRecordCause, staleRecordCause } from './endpoint-record.ts'
import { lostCause } from './path-cause.ts'
import { switchingCause } from './switching-cause.ts'
import { vpnNameServersCause } from './vpn-name-servers.ts'

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
  const cut = cutOffCause(prepared, found)
  if (cut) return cut
  const named = nameCause(prepared, found) ?? endpointCause(prepared, found)
  const shared = named || !found.resolution ? undefined : recordCause(prepared, found.resolution)
  return named ?? shared ?? pathCause(prepared, found) ?? plainCause(found)
}

function recordCause(prepared: PreparedNetwork, resolution: Resolution): Cause | undefined {
  return endpointRecordCause(prepared, resolution) ?? staleRecordCause(prepared, resolution)
}

/** What is missing for a name to resolve as it should, the likeliest first. */
export function nameCauses(prepared: PreparedNetwork, resolution: Resolution): Cause[] {
  const shared = endpointRecordCause(prepared, resolution)
  const others = missing(prepared, resolution)
  const told = others.map((one) => ({ code: causeCodeOf(one.code), message: one.text, source: one.source }))
  const offered = told.length > 0 ? vpnNameServersCause(prepared, resolution) : undefined
  return [shared, offered, ...told].filter((one) => one !== undefined)
}

/** Who is cut off by the switching before their network: the one that asks, a name server, or the one that is asked. */
function cutOffCause(prepared: PreparedNetwork, { works, outcome, resolution, paths }: Found): Cause | undefined {
  if (works === 'unknown') return undefined
  if (outcome === 'name-not-resolved') {
    const servers = (resolution?.queries ?? []).filter((one) => one.transport.some((each) => !each.arrival))
    return switchingCause(
      prepared,
      resolution?.device,
      ...servers.map((one) => (one.server === undefined ? undefined : ownerOf(prepared, one.server))),
    )
  }
  const all = paths.flatMap((one) => [one.forward, ...one.replies])
  const lost = all.find((one) => one.disposition === 'neighbor-unreachable' || one.disposition === 'no-route')
  return lost && switchingCause(prepared, lost.from, ownerOf(prepared, lost.flow.destination))
}

function ownerOf(prepared: PreparedNetwork, address: Ip): string | undefined {
  for (const { name, interfaces } of prepared.network.devices.values())
    if (interfaces.some((one) => one.addresses.some((own) => own.ip === address))) return name
  return undefined
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
  if (!path || found.works === 'unknown') return undefined
  if (!path.forward.arrival) return lostCause(prepared, path.forward)
  const lost = [...path.replies, ...path.acknowledgements, ...path.data].find((one) => !one.arrival)
  return lost && oneWayCause(prepared, path, lost)
}

/**
 * A stateful device that one direction passes and the other does not is the usual reason: an answer that comes through
 * a device the packet never passed, or the third packet at one the answer went past.
 */
function oneWayCause(prepared: PreparedNetwork, path: Path, lost: Trace): Cause {
  const decision = lost.decision ?? { text: 'the answer is lost', source: implied('no place') }
  if (lost.causeCode !== undefined)
    return { code: causeCodeOf(lost.causeCode), message: decision.text, source: decision.source }
  const isReply = path.replies.includes(lost)
  const [one, other] = isReply ? [lost, path.forward] : [path.forward, path.replies[0] ?? lost]
  const passed = new Set(other.hops.map((hop) => hop.device))
  const odd = statefulOn(prepared, one).find((device) => !passed.has(device.name))
  if (odd && odd.name !== path.forward.arrival?.device) return asymmetry(one, odd.name, isReply, decision)
  const told = lostCause(prepared, lost)
  if (told && told.code !== lost.disposition) return told
  const message = `the packet arrives, its answer does not come back: ${decision.text}`
  return { code: 'reply-lost', message, source: decision.source }
}

/** The route that leads one direction through a device the other does not pass is the one to look at. */
function asymmetry(one: Trace, odd: string, isReply: boolean, decision: Decision): Cause {
  const before = one.hops[one.hops.findIndex((hop) => hop.device === odd) - 1]
  const step = before?.steps.find((step) => step.kind === 'route' && step.route)
  const route = step?.kind === 'route' ? step.route : undefined
  const leads = route ? `${route.origin} on ${before?.device} leads` : `the way of ${before?.device ?? one.from} leads`
  const way = isReply
    ? `${leads} the answer through ${odd}, which the packet did not pass`
    : `${leads} the packet through ${odd}, its answer goes back past it`
  const message = `asymmetric routing: ${way}; ${decision.text}`
  const to = one.flow.destination
  const look = before ? ({ kind: 'routes', device: before.device, to } as const) : undefined
  return { code: 'asymmetric-routing', message, source: route?.source ?? decision.source, ...(look && { look }) }
}

/** A host is the end of a way, unless it passes packets on. */
function isOnTheWay({ kind, forwards }: Device): boolean {
  return kind !== 'subnet' && (kind !== 'host' || forwards.enabled)
}

function statefulOn(prepared: PreparedNetwork, trace: Trace): Device[] {
  const named = trace.hops.map((hop) => prepared.network.devices.get(hop.device))
  const devices = named.filter((device): device is Device => device !== undefined && isOnTheWay(device))
  return devices.filter((device) =>
    Object.values(device.pipeline).some((stages) => stages.some((stage) => stage.kind === 'track')),
  )
}

function plainCause(found: Found): Cause {
  const decisive = found.paths.find((path) => path.works !== 'yes')
  const coded = [decisive?.forward, ...(decisive?.replies ?? [])].find((one) => one?.causeCode !== undefined)?.causeCode
  const code = coded === undefined ? (found.works === 'unknown' ? 'cannot-tell' : found.outcome) : causeCodeOf(coded)
  return { code, message: found.decidedBy.text, source: found.decidedBy.source }
}
