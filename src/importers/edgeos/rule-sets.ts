import { type Action, implied, type Rule, type RuleSet } from '../../model/index.ts'
import { EVERY_ADDRESS, NO_ADDRESS } from '../../net/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, numberedAt, sourceOf, tagsAt, textAt } from './node.ts'
import { isDisabledRule, matchRule } from './rule-match.ts'

/** The two kinds of rule set and the family each looks at. */
export const FAMILIES = { name: 4, 'ipv6-name': 6 } as const
/** `name` for IPv4, `ipv6-name` for IPv6. */
export type FamilyNode = keyof typeof FAMILIES

/**
 * One `firewall name` (or `ipv6-name`) as a rule set under a key of its own: `first` are rules the system puts in front of
 * it. Rules run in numeric order; without `default-action` it drops (practice).
 */
export function lowerRuleSet(
  key: string,
  kind: FamilyNode,
  name: string,
  first: readonly Rule[],
  around: Configuration,
): RuleSet {
  const node = at(around.root, 'firewall', kind, name)
  const label = `firewall ${kind} ${name}`
  const guard = around.hasIpv6 ? [otherFamily(FAMILIES[kind])] : []
  if (!node) return missing(key, label, [...guard, ...first], around)
  const rules = lowerRules(node, FAMILIES[kind], around)
  const written = at(node, 'default-action')
  return {
    name: key,
    label,
    rules: [...guard, ...first, ...rules],
    policy: defaultAction(textAt(node, 'default-action')),
    policySource: written
      ? sourceOf(written)
      : implied(`${label} has no default-action, and then it drops (EdgeOS User Guide: Firewall)`),
  }
}

/** The rules of a rule set in numeric order, those switched off left out. */
export function lowerRules(node: EdgeNode, family: 4 | 6, around: Configuration): Rule[] {
  return numberedAt(node, 'rule')
    .filter((rule) => !isDisabledRule(rule))
    .map((rule) => lowerRule(rule, family, around))
}

/** One rule: what it names, and its action. */
export function lowerRule(rule: EdgeNode, family: 4 | 6, around: Configuration): Rule {
  const comment = textAt(rule, 'description')
  return {
    name: ruleName(rule),
    match: matchRule(rule, family, around),
    action: actionOf(rule, around),
    ...(comment !== undefined && { comment }),
    source: sourceOf(rule),
  }
}

/** The words for a rule: its number, and its description when it has one. */
export function ruleName(rule: EdgeNode): string {
  const description = textAt(rule, 'description')
  return description === undefined ? `rule ${rule.name}` : `rule ${rule.name} ${description}`
}

function actionOf(rule: EdgeNode, around: Configuration): Action {
  const action = textAt(rule, 'action')
  if (action === 'accept' || action === 'drop') return { kind: action }
  if (action === 'reject') return { kind: 'reject', with: 'port-unreachable' }
  const message = `The action "${action ?? ''}" of ${ruleName(rule)} is not understood.`
  warn(around, 'NT1438', message, sourceOf(rule, 'action'))
  return { kind: 'opaque', text: `action ${action ?? 'missing'}` }
}

function defaultAction(text: string | undefined): Action {
  if (text === 'accept') return { kind: 'accept' }
  return text === 'reject' ? { kind: 'reject', with: 'port-unreachable' } : { kind: 'drop' }
}

function missing(key: string, label: string, rules: readonly Rule[], around: Configuration): RuleSet {
  const message = `The ${label} is used and is not in the configuration; what it decides is not known.`
  const source = sourceOf(around.root, 'firewall')
  warn(around, 'NT1439', message, source)
  return { name: key, label, rules, policy: { kind: 'opaque', text: `${label} is not there` }, policySource: source }
}

/** Packets of the other family never meet a rule set. */
export function otherFamily(family: 4 | 6): Rule {
  const { v4, v6 } = EVERY_ADDRESS
  const other = family === 4 ? 'IPv6' : 'IPv4'
  return {
    name: `${other} packets`,
    match: { kind: 'source', in: family === 4 ? { v4: NO_ADDRESS.v4, v6 } : { v4, v6: NO_ADDRESS.v6 } },
    action: { kind: 'accept' },
    source: implied(`${other} packets meet the rule sets of ${family === 4 ? 'ipv6-name' : 'name'} only`),
  }
}

/** Where rule sets are bound: the name by interface and direction. */
export interface Binding {
  readonly interface: string
  readonly direction: 'in' | 'out' | 'local'
  readonly kind: FamilyNode | 'modify'
  readonly name: string
  readonly node: EdgeNode
}

/** `firewall { in { name X } }` of every interface. */
export function bindingsOf(around: Configuration): Binding[] {
  return around.interfaces.flatMap((one) =>
    tagsAt(one.node, 'firewall').flatMap((direction) =>
      tagsAt(direction).flatMap((kind): Binding[] => {
        const name = textAt(kind)
        const known = direction.name === 'in' || direction.name === 'out' || direction.name === 'local'
        const usable = kind.name === 'name' || kind.name === 'ipv6-name' || kind.name === 'modify'
        if (!known || !usable || name === undefined) return []
        const bound = { interface: one.name, name, node: kind }
        return [{ ...bound, direction: direction.name as Binding['direction'], kind: kind.name as Binding['kind'] }]
      }),
    ),
  )
}
