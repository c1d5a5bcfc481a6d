import type { Connection } from '../diagnose/index.ts'
import { formatIp } from '../net/index.ts'

/** One to three commands that look further into an answer that is not yes; empty for one that is. */
export function nextCommands(connection: Connection): string[] {
  if (connection.works === 'yes') return []
  const commands: string[] = []
  const { resolution, outcome } = connection
  if (resolution && (outcome === 'name-not-resolved' || outcome === 'wrong-address')) {
    commands.push(`nettrace dns ${resolution.question.name} from ${connection.sender.device}`)
    return commands
  }
  const path = connection.paths.find((one) => one.works !== 'yes')
  const all = path ? [path.forward, ...path.replies, ...path.acknowledgements] : []
  const lost = all.find((one) => !one.arrival) ?? all.find((one) => one.disposition === 'unknown')
  const hop = lost?.hops[lost.hops.length - 1]
  if (!lost || !hop) return commands
  const stopped = hop.steps.some((step) => step.kind === 'filter' && step.verdict !== 'accept')
  commands.push(
    stopped ? `nettrace rules ${hop.device}` : `nettrace routes ${hop.device} ${formatIp(hop.flow.destination)}`,
  )
  return commands
}
