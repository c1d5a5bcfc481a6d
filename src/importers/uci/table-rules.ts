import { allOf, implied, type Match, notOf, someOf, type TableRule } from '../../model/index.ts'
import { addressesOfPrefixes, parsePortRange, parsePrefix, parseProtocol } from '../../net/index.ts'
import { markMatch } from './mark.ts'
import type { Complaints, UciNetworks } from './network.ts'
import { tableName } from './routes.ts'
import { flagOf, isDisabled, numberOf, sectionsOf, textOf, type UciPackage, type UciSection } from './section.ts'

const MAIN_PRIORITY = 32766

/**
 * The policy routing rules of `config rule` sections, in the kernel's order: by priority, which a rule without one gets
 * from its position (netifd, iprule.c; not measured). Rules behind the kernel's own rule for `main` follow it.
 */
export function tableRulesOf(
  network: UciPackage | undefined,
  networks: UciNetworks,
  complaints: Complaints,
): TableRule[] {
  const rules: { priority: number; rule: TableRule }[] = []
  sectionsOf(network, 'rule', 'rule6').forEach((section, index) => {
    if (isDisabled(section)) return
    const priority = numberOf(section, 'priority') ?? index + 1
    const rule = tableRule(section, priority, networks)
    if (rule) rules.push({ priority, rule })
    else complaints.diagnostics.push(badRule(section))
  })
  rules.sort((a, b) => a.priority - b.priority)
  if (rules.some((one) => one.priority > MAIN_PRIORITY)) {
    const at = rules.findIndex((one) => one.priority > MAIN_PRIORITY)
    rules.splice(at, 0, { priority: MAIN_PRIORITY, rule: MAIN })
  }
  return rules.map((one) => one.rule)
}

const MAIN: TableRule = {
  name: `ip rule ${MAIN_PRIORITY}`,
  match: { kind: 'any' },
  action: { kind: 'lookup', table: 'main', onMiss: 'continue' },
  source: implied('The kernel looks main up with priority 32766 (ip-rule(8)).'),
}

const ACTIONS: Readonly<Record<string, 'silent' | 'unreachable' | 'prohibited'>> = {
  blackhole: 'silent',
  unreachable: 'unreachable',
  prohibit: 'prohibited',
}

function tableRule(section: UciSection, priority: number, networks: UciNetworks): TableRule | undefined {
  const lookup = textOf(section, 'lookup')
  const answer = ACTIONS[textOf(section, 'action') ?? '']
  if (lookup === undefined && !answer) return undefined
  const match = selector(section, networks)
  return {
    name: `ip rule ${priority}`,
    match: flagOf(section, 'invert', false) ? notOf(match) : match,
    action: answer
      ? { kind: 'discard', answer }
      : { kind: 'lookup', table: tableName(lookup ?? 'main'), onMiss: 'continue', ...suppressed(section) },
    source: section.source,
  }
}

function suppressed(section: UciSection): { suppressPrefixLength?: number } {
  const length = numberOf(section, 'suppress_prefixlength')
  return length === undefined ? {} : { suppressPrefixLength: length }
}

function selector(section: UciSection, networks: UciNetworks): Match {
  const matches: Match[] = []
  const text = (key: string) => textOf(section, key)
  const into = text('in')
  if (into !== undefined) matches.push({ kind: 'in-interface', in: [networks.get(into)?.device ?? into] })
  for (const [key, kind] of [
    ['src', 'source'],
    ['dest', 'destination'],
  ] as const) {
    const value = text(key)
    const prefix = value === undefined ? undefined : parsePrefix(value)
    if (prefix) matches.push({ kind, in: addressesOfPrefixes([prefix]) })
    else if (value !== undefined) matches.push({ kind: 'opaque', text: `${key} ${value}` })
  }
  const mark = text('mark')
  if (mark !== undefined) matches.push(markMatch(mark))
  // Only a program that bound itself to the interface knows it before the route is chosen (ip-rule(8), oif).
  if (text('out') !== undefined) matches.push(someOf())
  const protocol = text('ipproto')
  const number = protocol === undefined ? undefined : parseProtocol(protocol)
  if (number !== undefined) matches.push({ kind: 'protocol', in: [number] })
  else if (protocol !== undefined) matches.push({ kind: 'opaque', text: `ipproto ${protocol}` })
  for (const [key, kind] of [
    ['sport', 'source-port'],
    ['dport', 'destination-port'],
  ] as const) {
    const value = text(key)
    const ports = value === undefined ? undefined : parsePortRange(value)
    if (ports) matches.push({ kind, in: [ports] })
    else if (value !== undefined) matches.push({ kind: 'opaque', text: `${key} ${value}` })
  }
  for (const key of ['tos', 'uidrange', 'goto']) {
    const value = text(key)
    if (value !== undefined) matches.push({ kind: 'opaque', text: `${key} ${value}` })
  }
  return allOf(...matches)
}

function badRule(section: UciSection) {
  const message = 'This rule was not read: it has neither a table to look up nor an action this reading knows.'
  return { severity: 'warning', code: 'NT1315', message, source: section.source } as const
}
