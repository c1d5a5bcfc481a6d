import { type Connection, type Path, readTarget } from '../diagnose/index.ts'
import { formatFlow, formatProtocol, hasPorts } from '../net/index.ts'
import { inert } from '../text/index.ts'
import type { Trace } from '../trace/index.ts'
import { type Line, layOut } from './columns.ts'
import { type HopEnd, hopWords, stepWords } from './hop-words.ts'
import { nextCommands } from './next-commands.ts'
import { answerWords, resolutionLines, serversAsked } from './resolution-text.ts'
import { headWords, outcomeWords, symptomLines } from './words.ts'

/** What can be left out of the text of an answer. */
export interface TextOptions {
  /** Also what every server considered and the way back when all is well. */
  readonly verbose: boolean
  /** The topology as the command line names it, for the commands to go on with; absent = it is found without. */
  readonly topology?: string
}

/** An answer as text: the verdict on line 1, the name, the hops there and back, then cause and next command last. */
export function connectionText(connection: Connection, options: TextOptions): string {
  const blocks = [
    [headLine(connection), ...symptomLines(connection.symptom)],
    nameBlock(connection, options),
    ...pathBlocks(connection.paths, options),
    endBlock(connection, options),
  ]
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`
}

/** The first line: sign, word, the question, and what kind of end it is. */
function headLine(connection: Connection): string {
  const { sign, word } = headWords(connection.works, connection.outcome)
  const { from, protocol, port } = connection.question
  const tail = hasPorts(protocol) ? `:${port}/${formatProtocol(protocol)}` : `/${formatProtocol(protocol)}`
  const lost = connection.works === 'one-way' ? `${halfWords(connection)}: ` : ''
  const end = connection.works === 'yes' ? '' : `    ${lost}${outcomeWords(connection.outcome)}`
  return `${sign} ${word}  ${inert(from)} → ${inert(hostOf(connection))}${tail}${end}`
}

/** How far a connection comes that works one way only. */
function halfWords({ paths }: Connection): string {
  const answered = paths.every((path) => path.works !== 'one-way' || path.replies.every((reply) => reply.arrival))
  return answered ? 'it is answered, what follows is lost' : 'it arrives, its answer does not'
}

function hostOf(connection: Connection): string {
  const name = connection.resolution?.question.name
  if (name !== undefined) return name
  const { host } = readTarget(connection.question.to)
  return host.includes(':') ? `[${host}]` : host
}

function nameBlock(connection: Connection, options: TextOptions): string[] {
  const { resolution } = connection
  if (!resolution) return []
  // The whole story is told where the name is the trouble; elsewhere one line will do.
  const nameMatters = resolution.addresses.length === 0 || connection.outcome === 'wrong-address'
  if (options.verbose || nameMatters) {
    return ['name', ...resolutionLines(resolution).map((line) => `  ${line}`)]
  }
  const servers = serversAsked(resolution)
  const words = answerWords(resolution)
  return layOut([
    { lead: 'name', text: `${resolution.question.name} ${words}`, source: resolution.answer.source },
    { lead: '', text: `asked ${servers}` },
  ])
}

/** Paths of several addresses that go the same way and end the same way are shown once. */
function pathBlocks(paths: readonly Path[], options: TextOptions): string[][] {
  const groups = new Map<string, Path[]>()
  for (const path of paths) {
    const key = `${path.works} ${path.forward.decision?.text ?? ''} ${path.forward.hops.map((hop) => hop.device).join()}`
    groups.set(key, [...(groups.get(key) ?? []), path])
  }
  return [...groups.values()].map((group) => pathBlock(group, paths.length, options))
}

function pathBlock(group: readonly Path[], count: number, options: TextOptions): string[] {
  const [path, ...others] = group
  if (!path) return []
  const lines = traceBlock('there', path.forward, options.verbose)
  for (const reply of path.replies) {
    if (!reply.arrival || options.verbose) lines.push(...traceBlock('back', reply, options.verbose))
    else lines.push(`back   ${formatFlow(reply.flow)}  passes ${devicesOn(reply)}`)
  }
  for (const third of path.acknowledgements) {
    if (!third.arrival) lines.push(...traceBlock('third packet (ACK)', third, options.verbose))
  }
  for (const data of path.data) {
    if (!data.arrival) lines.push(...traceBlock('first data of the server', data, options.verbose))
  }
  if (path.replies.length === 0) {
    lines.push(`back   not asked: ${whyNotAsked(path.forward)}`)
  }
  if (others.length > 0) lines.push(`       and ${others.length} more of ${count} addresses, the same way`)
  return lines
}

function whyNotAsked(forward: Trace): string {
  switch (forward.disposition) {
    case 'too-big':
      return 'the way there carries no full segments'
    case 'refused-by-service':
      return 'the service refuses'
    case 'unknown':
      return 'whether the packet arrives cannot be told'
    default:
      return 'the packet does not arrive'
  }
}

function devicesOn(trace: Trace): string {
  return trace.hops.map((hop) => inert(hop.device)).join(', ')
}

function traceBlock(title: string, trace: Trace, verbose: boolean): string[] {
  const lines: Line[] = trace.hops.flatMap((hop, index) => {
    const words = hopWords(hop, index < trace.hops.length - 1 ? 'goes-on' : endOf(trace), trace.decision)
    const lead = `  ${String(index + 1).padStart(2)} ${words.sign} ${hop.device}`
    const more = verbose ? hop.steps.map(stepWords) : words.more
    return [{ lead, ...words }, ...more.map((one): Line => ({ lead: '', ...one, text: `  ${one.text}` }))]
  })
  return [`${title.padEnd(5)}  ${formatFlow(trace.flow)}`, ...layOut(lines)]
}

function endOf(trace: Trace): HopEnd {
  if (!trace.arrival) return 'lost'
  return trace.disposition === 'exits-network' ? 'leaves' : 'arrives'
}

function endBlock(connection: Connection, options: TextOptions): string[] {
  const { cause, decidedBy, works } = connection
  const lines: Line[] = connection.notes.map((note) => ({ lead: 'note', text: note }))
  // A cause that only repeats what is unknown lends it its code.
  const repeats = connection.unknowns.some((one) => one.text === cause?.message)
  for (const one of connection.unknowns) {
    const code = one.text === cause?.message ? ` [${cause.code}]` : ''
    lines.push({ lead: 'unknown', text: `${one.text}${code}`, source: one.source })
    if (one.add !== undefined) lines.push({ lead: 'add', text: one.add })
  }
  const ends: Line[] = []
  if (works !== 'unknown' && !cause?.message.startsWith(decidedBy.text)) ends.push({ lead: 'decided', ...decidedBy })
  if (cause && !repeats) ends.push({ lead: 'cause', text: `${cause.message} [${cause.code}]`, source: cause.source })
  for (const line of ends) lines.push(line, ...reasonLine(line))
  for (const command of nextCommands(connection, options.topology)) lines.push({ lead: 'next', text: command })
  return layOut(lines)
}

/** What stands in for a place where no line states the fact that decided: why it holds all the same. */
function reasonLine({ text, source }: Line): Line[] {
  if (source?.kind !== 'implied' || text.includes(source.because)) return []
  return [{ lead: '', text: `no line says so: ${source.because}` }]
}
