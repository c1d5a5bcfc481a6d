import type { Action, Rule, RuleSet, Stage } from '../../model/index.ts'
import { implied } from '../../model/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, numberAt, numberedAt, sourceOf, tagsAt, textAt } from './node.ts'
import { loadBalanceTable, tableName } from './routes.ts'
import { isDisabledRule, matchRule } from './rule-match.ts'
import { bindingsOf, otherFamily, ruleName } from './rule-sets.ts'

/** The stages of `firewall modify` rule sets: `in` before routing, `out` behind it. */
export interface ModifyStages {
  readonly prerouting: readonly Stage[]
  readonly postrouting: readonly Stage[]
}

/**
 * `firewall modify`: the first rule that names a table chooses it (EdgeOS: Policy-based routing). A `lb-group` chooses an
 * uplink at run time: its table leads nobody knows where. Adds the rule sets to `ruleSets`.
 */
export function lowerModify(ruleSets: Record<string, RuleSet>, around: Configuration): ModifyStages {
  const stages = { prerouting: [] as Stage[], postrouting: [] as Stage[] }
  for (const binding of bindingsOf(around)) {
    if (binding.kind !== 'modify') continue
    const key = `modify/${binding.name}`
    ruleSets[key] ??= lowerModifySet(key, binding.name, binding.node, ruleSets, around)
    const stage: Stage = { kind: 'mark', ruleSet: key, interfaces: [binding.interface] }
    if (binding.direction === 'in') stages.prerouting.push(stage)
    else if (binding.direction === 'out') stages.postrouting.push(stage)
  }
  return stages
}

function lowerModifySet(
  key: string,
  name: string,
  binding: EdgeNode,
  ruleSets: Record<string, RuleSet>,
  around: Configuration,
): RuleSet {
  const node = at(around.root, 'firewall', 'modify', name)
  const label = `firewall modify ${name}`
  if (!node) {
    const source = sourceOf(binding)
    warn(around, 'NT1439', `The ${label} is used and is not in the configuration; what it does is not known.`, source)
    return {
      name: key,
      label,
      rules: [],
      policy: { kind: 'opaque', text: `${label} is not there` },
      policySource: source,
    }
  }
  const rules = numberedAt(node, 'rule')
    .filter((rule) => !isDisabledRule(rule))
    .flatMap((rule) => lowerRule(rule, ruleSets, around))
  const guard = around.hasIpv6 ? [otherFamily(4)] : []
  const policySource = implied('what no rule names is left as it is (EdgeOS: Policy-based routing)')
  return { name: key, label, rules: [...guard, ...rules], policy: { kind: 'accept' }, policySource }
}

function lowerRule(rule: EdgeNode, ruleSets: Record<string, RuleSet>, around: Configuration): Rule[] {
  const base = { name: ruleName(rule), match: matchRule(rule, 4, around), source: sourceOf(rule) }
  const action = textAt(rule, 'action')
  if (action === 'accept' || action === 'drop') return [{ ...base, action: { kind: action } }]
  return tagsAt(rule, 'modify').flatMap((what): Rule[] => {
    const made = modification(what, ruleSets, around)
    return made ? [{ ...base, action: made }] : []
  })
}

// Changes that cannot alter where a packet goes or whether it passes.
const HARMLESS = new Set(['dscp', 'ttl', 'connmark'])

function modification(what: EdgeNode, ruleSets: Record<string, RuleSet>, around: Configuration): Action | undefined {
  const text = textAt(what) ?? ''
  if (what.name === 'table') return { kind: 'jump', to: tableSet(tableName(text), what, ruleSets) }
  if (what.name === 'lb-group') return { kind: 'jump', to: tableSet(loadBalanceTable(text), what, ruleSets) }
  const number = numberAt(what)
  if (what.name === 'mark' && number !== undefined) return { kind: 'mark', value: number, mask: 0xffffffff }
  if (what.name === 'tcp-mss') return { kind: 'clamp-mss', to: number ?? 'path' }
  if (HARMLESS.has(what.name)) return undefined
  warn(around, 'NT1438', `"modify ${what.name}" is not understood.`, sourceOf(what))
  return { kind: 'opaque', text: `modify ${what.name} ${text}`.trim() }
}

/** Choosing a table ends the rule set. */
function tableSet(table: string, what: EdgeNode, ruleSets: Record<string, RuleSet>): string {
  const key = `table/${table}`
  const source = sourceOf(what)
  const rules: Rule[] = [
    { name: `table ${table}`, match: { kind: 'any' }, action: { kind: 'use-table', table }, source },
    { name: 'done', match: { kind: 'any' }, action: { kind: 'accept' }, source },
  ]
  ruleSets[key] ??= { name: key, label: `table ${table}`, rules, policy: { kind: 'return' }, policySource: source }
  return key
}
