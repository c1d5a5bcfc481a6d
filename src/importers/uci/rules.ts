import { type Action, ANY, allOf, type Diagnostic, type Match } from '../../model/index.ts'
import { type Compilation, leaveOut, type ZoneReference, zoneReference } from './compilation.ts'
import { type BaseChain, zoneChain } from './dialect.ts'
import { ruleName } from './filter-chains.ts'
import { markAction } from './mark.ts'
import { isEveryProtocol } from './protocol-match.ts'
import { ruleMatch } from './rule-match.ts'
import { isDisabled, sectionsOf, textOf, type UciSection, wordsOf } from './section.ts'
import { appendVerdict } from './verdict-rules.ts'
import { verdictOf } from './zone.ts'

const DESTINATION = { address: 'dest_ip', port: 'dest_port' } as const

/** `config rule` sections, in the order of the file, each in the chain its source and destination choose. */
export function ruleRules(compilation: Compilation): void {
  for (const section of sectionsOf(compilation.firewall, 'rule')) {
    if (isDisabled(section)) continue
    const from = zoneReference(section, 'src', compilation)
    const to = zoneReference(section, 'dest', compilation)
    if (from.kind === 'unknown' || to.kind === 'unknown') continue
    const families = [from, to].map((one) => (one.kind === 'zone' ? one.zone.family : undefined))
    const { match, contradicts } = ruleMatch(section, DESTINATION, compilation.networks, compilation.ipSets, families)
    if (contradicts) leaveOut(section, 'its addresses, zones and family contradict each other', compilation)
    else place({ section, from, to, match }, compilation)
    if (ignoresPorts(section)) compilation.diagnostics.push(portsIgnored(section))
  }
}

function ignoresPorts(section: UciSection): boolean {
  const ports = wordsOf(section, 'src_port', 'dest_port').length > 0
  return ports && isEveryProtocol(wordsOf(section, 'proto'))
}

function portsIgnored(section: UciSection): Diagnostic {
  const message = `${ruleName(section)} is for every protocol: the firewall does not look at its ports and takes everything. Name tcp or udp.`
  return { severity: 'warning', code: 'NT1329', message, source: section.source }
}

interface PlacedRule {
  readonly section: UciSection
  readonly from: ZoneReference
  readonly to: ZoneReference
  readonly match: Match
}

function place(rule: PlacedRule, compilation: Compilation): void {
  const { section } = rule
  const target = textOf(section, 'target')?.toUpperCase() ?? compilation.dialect.missingTarget
  const verdict = verdictOf(target ?? '')
  if (verdict) {
    const decided = { name: ruleName(section), match: rule.match, source: section.source }
    const limit = rule.to.kind === 'zone' ? ({ way: 'to', zone: rule.to.zone } as const) : undefined
    appendVerdict(compilation, filterChain(rule, compilation), decided, verdict, limit)
  } else if (target === 'MARK') markRule(rule, compilation)
  else if (target === 'NOTRACK') noTrackRule(rule, compilation)
  else if (target === undefined) append(rule, filterChain(rule, compilation), { kind: 'pass' }, rule.match, compilation)
  else if (target === 'DSCP' || target === 'HELPER') {
    const message = `${ruleName(section)} sets ${target}, which decides nothing here; it was not read.`
    compilation.diagnostics.push({ severity: 'note', code: 'NT1324', message, source: section.source })
  } else {
    const action: Action = { kind: 'opaque', text: `target ${target}` }
    append(rule, filterChain(rule, compilation), action, rule.match, compilation)
  }
}

/** Where a filter rule stands: with a source in its zone, with a destination too in forward, without a source in output. */
function filterChain({ from, to }: PlacedRule, { dialect }: Compilation): string {
  const hook = from.kind === 'absent' ? 'output' : to.kind === 'absent' ? 'input' : 'forward'
  const zone = hook === 'output' ? to : from
  return zone.kind === 'zone' ? zoneChain(dialect, hook, zone.zone.name) : dialect.base[hook]
}

function append(rule: PlacedRule, key: string, action: Action, match: Match, compilation: Compilation): void {
  compilation.sets.append(key, { name: ruleName(rule.section), match, action, source: rule.section.source })
}

function markRule(rule: PlacedRule, compilation: Compilation): void {
  const { section, from, to } = rule
  const key = textOf(section, 'set_mark') !== undefined ? 'set_mark' : 'set_xmark'
  const mark = textOf(section, key)
  if (mark === undefined) {
    leaveOut(section, 'MARK needs set_mark or set_xmark', compilation)
    return
  }
  const chain = markChain(from, to, compilation)
  const canSeeOut = ['mangle-forward', 'mangle-output', 'mangle-postrouting'].includes(chain)
  const match = allOf(
    from.kind === 'zone' ? (from.zone.from ?? NEVER) : ANY,
    to.kind === 'zone' && canSeeOut ? (to.zone.to ?? NEVER) : ANY,
    rule.match,
  )
  append(rule, compilation.dialect.base[chain], markAction(key, mark), match, compilation)
}

const NEVER: Match = { kind: 'some', of: [] }

function markChain(from: ZoneReference, to: ZoneReference, { dialect }: Compilation): BaseChain {
  if (from.kind === 'absent') return 'mangle-output'
  if (to.kind === 'absent') return dialect.markChains.here
  if (from.kind === 'any' && to.kind === 'zone') return dialect.markChains.towards
  if (from.kind === 'zone' && to.kind === 'any') return dialect.markChains.everywhere
  return dialect.markChains.through
}

function noTrackRule(rule: PlacedRule, compilation: Compilation): void {
  const { from, section } = rule
  if (from.kind !== 'zone') {
    leaveOut(section, 'NOTRACK needs a source zone', compilation)
    return
  }
  const isLoopback = wordsOf(from.zone.section, 'device').some((word) => word.text === 'lo')
  const chain = compilation.dialect.base[isLoopback ? 'raw-output' : 'raw-prerouting']
  const match = isLoopback ? rule.match : allOf(from.zone.from ?? NEVER, rule.match)
  append(rule, chain, { kind: 'no-track' }, match, compilation)
}
