import type { Configuration } from './configuration.ts'
import { isDisabled, textOf } from './entry.ts'

/** Which marks anything on the router looks at; the others change nothing that a trace can see (queues read them). */
export interface MarkUse {
  packet(name: string): boolean
  connection(name: string): boolean
}

/**
 * The packet and connection marks that rules match. `no-mark` and `!x` ask of every mark. A rule that only gives a packet
 * mark nobody looks at does not look at its connection mark for anything either.
 */
export function markUse(configuration: Configuration): MarkUse {
  const packet = new Set<string>()
  const connection = new Set<string>()
  const marks = MARKING.some((menu) => configuration.entries(menu).length > 0)
  const rules = marks ? RULES.flatMap((menu) => configuration.entries(menu)).filter((entry) => !isDisabled(entry)) : []
  for (const rule of rules) for (const name of namesIn(textOf(rule, 'packet-mark'))) packet.add(name)
  const looksAt = (names: ReadonlySet<string>) => (name: string) =>
    name === 'no-mark' || names.has(name) || names.has(EVERY)
  for (const rule of rules) {
    const given = textOf(rule, 'action') === 'mark-packet' ? textOf(rule, 'new-packet-mark') : undefined
    if (given !== undefined && !looksAt(packet)(given) && passes(textOf(rule, 'passthrough'))) continue
    for (const name of namesIn(textOf(rule, 'connection-mark'))) connection.add(name)
  }
  return { packet: looksAt(packet), connection: looksAt(connection) }
}

const RULES = ['ip', 'ipv6'].flatMap((family) =>
  ['filter', 'nat', 'mangle', 'raw'].map((table) => `${family} firewall ${table}`),
)

/** Where marks are given. */
const MARKING = ['ip firewall mangle', 'ipv6 firewall mangle']

const EVERY = '*'

function namesIn(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  return text.startsWith('!') || text.includes('no-mark') ? [EVERY] : text.split(',')
}

function passes(passthrough: string | undefined): boolean {
  return passthrough === undefined || passthrough === 'yes'
}
