import { resolve } from '../dns/index.ts'
import type { Device, Rule } from '../model/index.ts'
import { type Flow, formatIp, type Ip, reversed } from '../net/index.ts'
import { type PreparedNetwork, sourceAddress, type Trace, trace, traceReply } from '../trace/index.ts'
import type { Path } from './connection.ts'

/** What follows where a device on the way opens the connection anew, to an address that it looks up itself. */
export interface NamedConnections {
  /** The paths as they then are: to such a device, and from there to its own address. */
  readonly paths: readonly Path[]
  /** Sentences for the answer; empty where every such device was given the address the client was given. */
  readonly notes: readonly string[]
}

/**
 * Follows the connections that devices open anew by the server's name (`Device.connectsByName`), where what they look up
 * differs from what the client was given. The device itself answers the client then, for the address the client asked:
 * that way is traced from there. `walkBack` makes a whole path of a trace.
 */
export function namedConnections(
  prepared: PreparedNetwork,
  paths: readonly Path[],
  walkBack: (forward: Trace) => Path,
): NamedConnections {
  const notes = new Set<string>()
  const followed = paths.flatMap((path): Path[] => {
    const at = path.forward.hops.findIndex((hop) => opens(prepared.network.devices.get(hop.device), hop.steps))
    const hop = path.forward.hops[at]
    const device = prepared.network.devices.get(hop?.device ?? '')
    const name = path.forward.flow.serverName
    if (!hop || !device?.connectsByName || name === undefined) return [path]
    const { addresses, answer } = resolve(prepared, { device: device.name, name, type: 'A' })
    if (addresses.includes(hop.flow.destination)) return [path]
    const { ignoresAddress, leansOn } = device.connectsByName
    const own = addresses.length > 0 ? addresses.map(formatIp).join(', ') : answer.because
    notes.add(leansOn)
    notes.add(`${device.name} looks ${name} up itself: ${own}; the client was given ${formatIp(hop.flow.destination)}`)
    if (!ignoresAddress) return [path]
    const head = path.forward.hops.slice(0, at + 1)
    if (addresses.length === 0)
      return [
        lost(
          path,
          head,
          device,
          `${device.name} finds no address for ${name}: ${answer.because}`,
          answer.kind === 'unknown',
        ),
      ]
    const answers = answersOf(prepared, path.forward, hop)
    return addresses.flatMap((address) =>
      tracesFrom(prepared, device, path.forward.flow, address).map((leg) => joined(head, walkBack(leg), answers)),
    )
  })
  return { paths: followed, notes: [...notes] }
}

function opens(device: Device | undefined, steps: Trace['hops'][number]['steps']): boolean {
  const mark = device?.connectsByName?.mark
  if (mark === undefined) return false
  return steps.some(
    (step) =>
      step.kind === 'filter' &&
      step.verdict === 'accept' &&
      step.visits.some(({ rule, ruleSet }) => rule !== undefined && marks(ruleSet.rules, rule, mark)),
  )
}

/** A rule that marks is no end of the walk: it stands before the one that accepts, with the same name and place. */
function marks(rules: readonly Rule[], accepting: Rule, mark: number): boolean {
  return rules.some(
    ({ name, source, action }) =>
      action.kind === 'mark' && action.value === mark && name === accepting.name && source === accepting.source,
  )
}

function tracesFrom(prepared: PreparedNetwork, device: Device, flow: Flow, destination: Ip): readonly Trace[] {
  const to = { protocol: flow.protocol, destinationPort: flow.destinationPort }
  const source = sourceAddress(prepared, device.name, destination, to) ?? flow.source
  return trace(prepared, device.name, { ...flow, source, destination })
}

/** What the device answers the client with, in the server's place: through the client's connections, its own without translation. */
function answersOf(
  prepared: PreparedNetwork,
  forward: Trace,
  { device, flow }: Trace['hops'][number],
): readonly Trace[] {
  const own = { sourceTranslated: false, destinationTranslated: false, mark: 0, tracked: true, replied: false }
  const sessions = new Map(forward.sessions).set(device, [{ original: flow, reply: reversed(flow), ...own }])
  return traceReply(prepared, { ...forward, arrival: { device, flow }, sessions })
}

/** The path to the device and from there; what comes back goes by the device, too. */
function joined(head: Trace['hops'], leg: Path, answers: readonly Trace[]): Path {
  const forward = { ...leg.forward, hops: [...head, ...leg.forward.hops] }
  if (leg.replies.length === 0 || leg.replies.some((one) => !one.arrival)) return { ...leg, forward }
  const back = leg.replies[0]?.hops ?? []
  const replies = answers.map((one) => ({ ...one, hops: [...back, ...one.hops] }))
  return { ...leg, forward, replies, works: worst(leg.works, answers) }
}

function worst(works: Path['works'], answers: readonly Trace[]): Path['works'] {
  if (answers.some((one) => !one.arrival && one.disposition !== 'unknown')) return works === 'no' ? 'no' : 'one-way'
  return works === 'yes' && answers.some((one) => one.disposition === 'unknown') ? 'unknown' : works
}

function lost(path: Path, head: Trace['hops'], device: Device, text: string, isUnknown: boolean): Path {
  const decision = { text, source: device.source }
  const { arrival: _, ...rest } = path.forward
  const forward: Trace = {
    ...rest,
    hops: head,
    disposition: isUnknown ? 'unknown' : 'denied',
    decision,
    unknowns: isUnknown ? [decision] : [],
  }
  return { forward, replies: [], acknowledgements: [], data: [], works: isUnknown ? 'unknown' : 'no' }
}
