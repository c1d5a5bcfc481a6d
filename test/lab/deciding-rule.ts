import type { Device, Network, SessionState } from '../../src/model/index.ts'
import { formatIp } from '../../src/net/index.ts'
import type { Hop, Step } from '../../src/trace/index.ts'
import { type Journeys, LAB_TABLE, type PacketKind, type Passage, type TraceRecord } from './kernel-trace.ts'
import type { Way } from './prediction.ts'
import type { RulePlaces } from './rule-places.ts'

/** What our traces of one probe were held against, and where netfilter's trace says otherwise. */
export interface Decisions {
  /** Chains whose deciding rule or policy was compared, by table. */
  readonly compared: Readonly<Record<string, number>>
  /** Ways through a device. */
  readonly passages: number
  readonly differences: readonly string[]
}

/** Holds every decision of a way against the kernel's own trace of the same packets. */
export function compareDecisions(
  way: Way,
  journeys: Journeys,
  network: Network,
  places: ReadonlyMap<string, RulePlaces>,
): Decisions {
  const tally: Tally = { compared: {}, passages: 0, differences: [] }
  const arrives = way.packets[0]?.trace.arrival !== undefined
  for (const kind of ['first', 'answer', 'third', 'data', 'reset', 'error'] as const) {
    const trace = way.packets.find((one) => one.kind === kind)?.trace
    // Of what follows a connection only its first four packets are traced.
    if (!trace && (arrives || (kind !== 'reset' && kind !== 'error'))) continue
    const kernel = journeys.get(kind) ?? new Map<string, readonly Passage[]>()
    const hops = trace?.hops ?? []
    for (const device of new Set([...hops.map((hop) => hop.device), ...kernel.keys()])) {
      const model = network.devices.get(device)
      const where = places.get(device)
      if (!model || !where) continue
      const ours = hops.filter((hop) => hop.device === device)
      // What a client says after its third packet, and a server after its first word, goes the same way again; how often
      // a packet goes round a loop is a matter of its age.
      const again = (hops.length > 0 && (kind === 'third' || kind === 'data')) || trace?.disposition === 'loop'
      compareVisits(
        { kind, device: model, where, tally, again, anyPort: isKeptApart(hops) },
        ours,
        kernel.get(device) ?? [],
      )
    }
  }
  return tally
}

/** Whether a device changed its source port for no rule and no connection, but to keep two connections apart. */
function isKeptApart(hops: readonly Hop[]): boolean {
  return hops.some(({ steps }) => {
    const isNew = steps.some((step) => step.kind === 'session' && step.state === 'new')
    return isNew && steps.some((step) => step.kind === 'translate' && step.by === undefined)
  })
}

interface Tally {
  readonly compared: Record<string, number>
  passages: number
  readonly differences: string[]
}

interface Place {
  readonly kind: PacketKind
  readonly device: Device
  readonly where: RulePlaces
  readonly tally: Tally
  /** The kernel may have seen it more often. */
  readonly again: boolean
  /** A device gave it a source port that nobody can foretell. */
  readonly anyPort: boolean
}

function compareVisits(place: Place, ours: readonly Hop[], theirs: readonly Passage[]): void {
  const { kind, device, tally, again } = place
  const say = (text: string) => void tally.differences.push(`${kind} packet on ${device.name}: ${text}`)
  for (const [at, hop] of ours.entries()) {
    const passage = theirs[at]
    // Where a packet has been before, our trace ends.
    if (again && hop.steps[hop.steps.length - 1]?.kind === 'stop' && passage) continue
    if (passage) compareVisit(place, hop, passage, say)
    else if (hop.steps.some(decides)) say('the kernel saw no such packet')
  }
  for (const extra of again ? [] : theirs.slice(ours.length)) say(`the kernel saw it: ${entryOf(extra)}`)
}

function entryOf({ records }: Passage): string {
  const header = records[0]?.header
  return header
    ? `${header.source}:${header.sourcePort} -> ${header.destination}:${header.destinationPort}`
    : 'no packet'
}

function compareVisit(place: Place, hop: Hop, passage: Passage, say: (text: string) => void): void {
  place.tally.passages++
  const { flow } = hop
  const entry = `${formatIp(flow.source)}:${flow.sourcePort} -> ${formatIp(flow.destination)}:${flow.destinationPort}`
  const plain = (text: string) => (place.anyPort ? text.replace(/:\d+ ->/, ' ->') : text)
  if (plain(entryOf(passage)) !== plain(entry)) say(`it comes as ${entryOf(passage)}, not as ${entry}`)
  compareStates(hop, passage, say)
  const steps = hop.steps.filter(decides)
  for (const [at, { record }] of passage.records.entries()) {
    if (record.table === LAB_TABLE) continue
    const chain = `${record.table}/${record.chain}`
    const found = steps.findIndex((step) => chainOf(step) === chain)
    if (found === -1) {
      chainWithoutStep(place, passage, at, say)
      continue
    }
    for (const step of steps.splice(0, found + 1)) {
      if (chainOf(step) !== chain) say(`the kernel did not meet ${chainOf(step)} before ${chain}`)
      else compareChain(place, step, record, say)
    }
  }
  for (const left of steps) say(`the kernel did not meet ${chainOf(left)}`)
}

const STATES: Readonly<Record<number, SessionState>> = { 2: 'established', 4: 'related', 8: 'new', 64: 'untracked' }

/** The kernel says nothing where tracking is not in use, nor of invalid packets. */
function compareStates(hop: Hop, { records }: Passage, say: (text: string) => void): void {
  const step = hop.steps.find((one) => one.kind === 'session')
  const told = records.find(({ record }) => record.state !== undefined)?.record.state
  const state = told === undefined ? undefined : STATES[told]
  if (step && state && state !== step.state) say(`the kernel takes it for ${state}, not for ${step.state}`)
}

type Deciding = Extract<Step, { kind: 'filter' | 'translate' }>

function decides(step: Step): step is Deciding {
  return step.kind === 'filter' || (step.kind === 'translate' && step.by !== undefined)
}

/** The table and the hook's chain of a step, as netfilter's trace names them. */
function chainOf(step: Deciding): string {
  const name = step.ruleSet?.name ?? ''
  return name.replace(/^nft \S+ |^ip6 /, '')
}

function compareChain({ where, tally }: Place, step: Deciding, record: TraceRecord, say: (text: string) => void): void {
  const kernel = where.byHandle(isSix(record), record.table, record.by?.chain ?? record.chain, record.by?.handle)
  const visit = step.kind === 'filter' ? step.visits[step.visits.length - 1] : step.by
  const policy = `${chainOf(step)} policy`
  const ours = visit?.rule
    ? (where.bySource(visit.rule.source) ?? `a rule that stands nowhere: ${visit.rule.name}`)
    : policy
  tally.compared[record.table] = (tally.compared[record.table] ?? 0) + 1
  if (ours !== kernel)
    say(`in ${chainOf(step)} the kernel went by ${where.words(kernel)}, ours by ${where.words(ours)}`)
}

function isSix({ network }: TraceRecord): boolean {
  return network.startsWith('6')
}

/**
 * Of chains that let a packet be we need not say anything: those that mark, and those that do nothing at all. A
 * translation to what it was is none.
 */
function chainWithoutStep(place: Place, { records }: Passage, at: number, say: (text: string) => void): void {
  const { device, where, tally } = place
  const record = records[at]?.record
  if (!record) return
  const chain = `${record.table}/${record.chain}`
  const kernel = where.byHandle(isSix(record), record.table, record.by?.chain ?? record.chain, record.by?.handle)
  const stage = Object.values(device.pipeline)
    .flat()
    .find((one) => one.kind !== 'track' && one.ruleSet.replace(/^nft \S+ |^ip6 /, '') === chain)
  // A rejection's own words can be the first packet of its connection to get to a chain that translates sources; what
  // that chain makes of the connection is undone in them.
  const isRejection = place.kind === 'reset' || place.kind === 'error'
  const changed =
    !isRejection && stage?.kind === 'translate' && record.by?.handle !== undefined && isTranslated(records, at)
  const judges = stage?.kind === 'filter'
  if (record.verdict === 0 || changed || judges)
    say(`in ${chain} the kernel went by ${where.words(kernel)}, ours by nothing`)
  else tally.compared[record.table] = (tally.compared[record.table] ?? 0) + 1
}

function isTranslated(records: Passage['records'], at: number): boolean {
  const [before, after] = [records[at]?.header, records[at + 1]?.header]
  if (!before || !after) return false
  const text = (one: typeof before) => `${one.source} ${one.sourcePort} ${one.destination} ${one.destinationPort}`
  return text(before) !== text(after)
}
