import type { Connection } from '../diagnose/index.ts'
import { formatIp } from '../net/index.ts'

/** One to three commands that look further into an answer that is not yes; empty for one that is. */
export function nextCommands(connection: Connection): string[] {
  if (connection.works === 'yes') return []
  const commands: string[] = []
  const { resolution, outcome } = connection
  if (resolution && (resolution.addresses.length === 0 || outcome === 'wrong-address')) {
    return [`nettrace dns ${word(resolution.question.name)} from ${word(connection.sender.device)}`]
  }
  const path = connection.paths.find((one) => one.works !== 'yes')
  const all = path ? [path.forward, ...path.replies, ...path.acknowledgements, ...path.data] : []
  const lost = all.find((one) => !one.arrival) ?? all.find((one) => one.disposition === 'unknown')
  const hop = lost?.hops[lost.hops.length - 1]
  if (!lost || !hop) return commands
  const stopped = hop.steps.some((step) => step.kind === 'filter' && step.verdict !== 'accept')
  const device = word(hop.device)
  commands.push(stopped ? `nettrace rules ${device}` : `nettrace routes ${device} ${formatIp(hop.flow.destination)}`)
  return commands
}

/** A word as a shell takes it back: a name from a file may hold anything. */
function word(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`
}
