import { allOf, type Match, type Source, type TableRule } from '../../model/index.ts'
import { addressesOfPrefixes, parsePrefix } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, sourceOf, textOf } from './entry.ts'
import { type FirewallNames, interfaceMatch } from './firewall-names.ts'
import { vrfRules } from './vrf.ts'

const MENUS = ['routing rule', 'ip route rule']

/**
 * Policy routing rules in order: `/routing rule` (7) and `/ip route rule` (6). `lookup` goes on after a miss,
 * `lookup-only-in-table` ends there; `min-prefix` ignores routes that are too wide (MikroTik: Policy Routing).
 */
export function readRouteRules(names: FirewallNames): TableRule[] {
  const own = vrfRules(names.vrfs)
  const written = writtenRules(names)
  // 7 looks at VRFs before the rules (MikroTik: Policy Routing, policy-rules), 6 at the rules first.
  return names.configuration.major >= 7 ? [...own, ...written] : [...written, ...own]
}

function writtenRules(names: FirewallNames): TableRule[] {
  const rules: TableRule[] = []
  for (const menu of MENUS) {
    for (const [index, entry] of names.configuration.entries(menu).entries()) {
      if (isDisabled(entry)) continue
      const action = actionOf(entry)
      const source = sourceOf(entry)
      if (!action) {
        report(
          names.configuration,
          `This routing rule was not understood: action=${inert(textOf(entry, 'action') ?? '')}.`,
          source,
        )
        continue
      }
      rules.push({ name: `${menu.replace('ip ', '')} #${index + 1}`, match: matchOf(entry, names), action, source })
    }
  }
  return rules
}

function report(configuration: Configuration, message: string, source: Source): void {
  configuration.diagnostics.push({ severity: 'warning', code: 'NT1212', message, source })
}

function actionOf(entry: Entry): TableRule['action'] | undefined {
  const action = textOf(entry, 'action') ?? 'lookup'
  if (action === 'drop') return { kind: 'discard', answer: 'silent' }
  if (action === 'unreachable') return { kind: 'discard', answer: 'unreachable' }
  if (action === 'prohibit') return { kind: 'discard', answer: 'prohibited' }
  if (action !== 'lookup' && action !== 'lookup-only-in-table') return undefined
  const widest = textOf(entry, 'min-prefix')
  return {
    kind: 'lookup',
    table: textOf(entry, 'table') ?? 'main',
    onMiss: action === 'lookup' ? 'continue' : 'stop',
    ...(widest !== undefined && /^\d{1,2}$/.test(widest) && { suppressPrefixLength: Number(widest) }),
  }
}

function matchOf(entry: Entry, names: FirewallNames): Match {
  const of: Match[] = []
  for (const [key, kind] of [
    ['src-address', 'source'],
    ['dst-address', 'destination'],
  ] as const) {
    const text = textOf(entry, key)
    if (text === undefined) continue
    const prefix = parsePrefix(text)
    of.push(prefix ? { kind, in: addressesOfPrefixes([prefix]) } : { kind: 'opaque', text: `${key}=${text}` })
  }
  const mark = textOf(entry, 'routing-mark')
  const bits = mark === undefined ? undefined : names.marks.routing(mark)
  if (mark !== undefined) of.push(bits ? { kind: 'mark', ...bits } : { kind: 'opaque', text: `routing-mark=${mark}` })
  const port = textOf(entry, 'interface')
  if (port !== undefined) {
    const match = interfaceMatch(names, 'in-interface', port, () => sourceOf(entry))
    of.push(match ?? { kind: 'opaque', text: `interface=${port}` })
  }
  return allOf(...of)
}
