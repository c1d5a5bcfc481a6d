import type { Connection, Path } from '../diagnose/index.ts'
import { formatFlow, formatIp, formatProtocol, hasPorts } from '../net/index.ts'
import { inert } from '../text/index.ts'
import type { Trace } from '../trace/index.ts'
import { type Line, layOut } from './columns.ts'
import { hopWords, stepWords } from './hop-words.ts'
import { nextCommands } from './next-commands.ts'
import { answerWords, resolutionLines } from './resolution-text.ts'
import { headWords, outcomeWords } from './words.ts'

/** What can be left out of the text of an answer. */
export interface TextOptions {
  /** Also what every server considered and the way back when all is well. */
  readonly verbose: boolean
}

/** An answer as text: the verdict on line 1, the name, the hops there and back, then cause and next command last. */
export function connectionText(connection: Connection, options: TextOptions): string {
  const blocks = [
    [headLine(connection)],
    nameBlock(connection, options),
    ...pathBlocks(connection.paths, options),
    endBlock(connection),
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
  const end = connection.works === 'yes' ? '' : `    ${outcomeWords(connection.outcome)}`
  return `${sign} ${word}  ${inert(from)} → ${inert(hostOf(connection))}${tail}${end}`
}

function hostOf(connection: Connection): string {
  const name = connection.resolution?.question.name
  if (name !== undefined) return name
  return connection.question.to.replace(/\/[a-z0-9]+$/i, '').replace(/:\d+$/, '')
}

function nameBlock(connection: Connection, options: TextOptions): string[] {
  const { resolution } = connection
  if (!resolution) return []
  // The whole story is told where the name is the trouble; elsewhere one line will do.
  const nameMatters = resolution.addresses.length === 0 || connection.outcome === 'wrong-address'
  if (options.verbose || nameMatters) {
    return ['name', ...resolutionLines(resolution).map((line) => `  ${line}`)]
  }
  const servers = serversOf(resolution.queries)
  const words = answerWords(resolution, resolution.addresses.map(formatIp))
  return layOut([
    { lead: 'name', text: `${resolution.question.name} ${words}  (${servers})`, source: resolution.answer.source },
  ])
}

function serversOf(queries: NonNullable<Connection['resolution']>['queries']): string {
  const names: string[] = []
  let last = queries[queries.length - 1]
  while (last) {
    names.push(last.label)
    last = last.asked[last.asked.length - 1]
  }
  return names.length === 0 ? 'hosts file' : names.join(' → ')
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
  if (path.replies.length === 0) {
    const why = path.forward.disposition === 'too-big' ? 'carries no full segments' : 'does not arrive'
    lines.push(`back   not asked: the packet ${why}`)
  }
  if (others.length > 0) lines.push(`       and ${others.length} more of ${count} addresses, the same way`)
  return lines
}

function devicesOn(trace: Trace): string {
  return trace.hops.map((hop) => inert(hop.device)).join(', ')
}

function traceBlock(title: string, trace: Trace, verbose: boolean): string[] {
  const lines: Line[] = trace.hops.flatMap((hop, index) => {
    const words = hopWords(hop, index === trace.hops.length - 1, trace.arrival !== undefined)
    const lead = `  ${String(index + 1).padStart(2)} ${words.sign} ${hop.device}`
    const line: Line = { lead, text: words.text, source: words.source }
    return verbose ? [line, ...hop.steps.map((step): Line => ({ lead: '', ...stepWords(step) }))] : [line]
  })
  return [`${title}  ${formatFlow(trace.flow)}`, ...layOut(lines)]
}

function endBlock(connection: Connection): string[] {
  const { cause, decidedBy, works } = connection
  const lines: Line[] = connection.notes.map((note) => ({ lead: 'assumed', text: note }))
  for (const one of connection.unknowns) lines.push({ lead: 'unknown', ...one })
  if (works !== 'unknown' && cause?.message !== decidedBy.text) lines.push({ lead: 'decided', ...decidedBy })
  if (cause) lines.push({ lead: 'cause', text: `${cause.message} [${cause.code}]`, source: cause.source })
  for (const command of nextCommands(connection)) lines.push({ lead: 'next', text: command })
  return layOut(lines)
}
