import type { Connection } from '../diagnose/index.ts'
import { formatIp } from '../net/index.ts'

/**
 * The commands that look further into an answer that is not yes; empty for one that is. They run as printed: `topology`
 * is the one named on the command line, absent where none had to be.
 */
export function nextCommands(connection: Connection, topology: string | undefined): string[] {
  const rest = topology === undefined ? '' : ` -t ${word(topology)}`
  return commandsFor(connection).map((command) => `nettrace ${command}${rest}`)
}

/** The command that tells how one device resolves a name, as `nextCommands` prints it. */
export function nameCommand(name: string, device: string, topology: string | undefined): string {
  return `nettrace dns ${word(name)} from ${word(device)}${topology === undefined ? '' : ` -t ${word(topology)}`}`
}

function commandsFor(connection: Connection): string[] {
  if (connection.works === 'yes') return []
  const { resolution, outcome } = connection
  const look = connection.cause?.look
  if (look) {
    const to = look.kind === 'routes' ? ` ${formatIp(look.to)}` : ''
    return [`${look.kind} ${word(look.device)}${to}`]
  }
  if (resolution && (resolution.addresses.length === 0 || outcome === 'wrong-address')) {
    return [`dns ${word(resolution.question.name)} from ${word(connection.sender.device)}`]
  }
  const path = connection.paths.find((one) => one.works !== 'yes')
  const all = path ? [path.forward, ...path.replies, ...path.acknowledgements, ...path.data] : []
  const lost = all.find((one) => !one.arrival) ?? all.find((one) => one.disposition === 'unknown')
  const hop = lost?.hops[lost.hops.length - 1]
  if (!lost || !hop) {
    const to = path?.forward.flow.destination
    return to === undefined ? [] : [`routes ${word(connection.sender.device)} ${formatIp(to)}`]
  }
  const stopped = hop.steps.some((step) => step.kind === 'filter' && step.verdict !== 'accept')
  const device = word(hop.device)
  return [stopped ? `rules ${device}` : `routes ${device} ${formatIp(hop.flow.destination)}`]
}

/** A word as a shell takes it back: a name from a file may hold anything. */
function word(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`
}
