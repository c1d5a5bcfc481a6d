import { componentsOf, type Joined } from './network-graph.ts'
import type { Report } from './written.ts'

const SHOWN = 5

/**
 * Says which devices hang together with nothing: a warning for a single one of our own, a note for a group that is
 * apart from the largest.
 */
export function reportLooseEnds(network: Joined, own: ReadonlySet<string>, report: Report): void {
  const [, ...rest] = componentsOf(network)
  for (const group of rest) {
    const names = group.filter((name) => network.devices.get(name)?.kind !== 'internet')
    const [first] = names
    const source = first === undefined ? undefined : network.devices.get(first)?.source
    if (first === undefined || !source) continue
    if (names.length === 1) {
      const severity = own.has(first) ? 'warning' : 'note'
      const message = `${first} is joined to nothing: no packet leaves it; name its interfaces under links:`
      report({ severity, code: 'NT1114', message, source })
    } else {
      const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
      const message = `${names.slice(0, SHOWN).join(', ')}${more} are joined to each other and to nothing else`
      report({ severity: 'note', code: 'NT1114', message, source })
    }
  }
}
