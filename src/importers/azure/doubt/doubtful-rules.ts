import { type Action, ANY, allOf, type Match, type Rule, type RuleSet } from '../../../model/index.ts'
import type { Doubt } from './doubt.ts'
import { same } from './same.ts'

/** A rule set in which the rules that another has otherwise, or has not, may or may not match. */
export function unsureRuleSet(one: RuleSet, other: RuleSet | undefined, doubt: Doubt): RuleSet {
  if (!other) return { ...one, rules: [{ name: doubt.text, match: ANY, action: opaque(doubt), source: doubt.source }] }
  const rules = unsureRules(one.rules, other.rules, doubt)
  if (same(one.policy, other.policy)) return { ...one, rules }
  return { ...one, rules: [...rules, { name: 'otherwise', match: ANY, action: opaque(doubt), source: doubt.source }] }
}

const opaque = ({ text }: Doubt): Action => ({ kind: 'opaque', text })

function unsureRules(ours: readonly Rule[], theirs: readonly Rule[], doubt: Doubt): readonly Rule[] {
  let start = 0
  while (start < ours.length && start < theirs.length && same(ours[start], theirs[start])) start++
  let end = 0
  const most = Math.min(ours.length, theirs.length) - start
  while (end < most && same(ours[ours.length - 1 - end], theirs[theirs.length - 1 - end])) end++
  const middle = aligned(ours.slice(start, ours.length - end), theirs.slice(start, theirs.length - end), doubt)
  return [...ours.slice(0, start), ...middle, ...ours.slice(ours.length - end)]
}

/** Both lists in an order that keeps each one's own: rules of one name are one rule, as far as they agree. */
function aligned(ours: readonly Rule[], theirs: readonly Rule[], doubt: Doubt): readonly Rule[] {
  const made: Rule[] = []
  let at = 0
  for (const rule of ours) {
    const found = theirs.findIndex((one, index) => index >= at && one.name === rule.name)
    const other = theirs[found]
    if (!other) {
      made.push(perhaps(rule, doubt))
      continue
    }
    made.push(...theirs.slice(at, found).map((one) => perhaps(one, doubt)))
    made.push(same(rule, other) ? rule : common(rule, other, doubt))
    at = found + 1
  }
  return [...made, ...theirs.slice(at).map((one) => perhaps(one, doubt))]
}

/** A rule that may not be there, or not in this place. */
function perhaps(rule: Rule, doubt: Doubt): Rule {
  // Whether another table is asked is left to what the table says, which is made unknown.
  if (isUnknown(rule) || rule.action.kind === 'use-table') return rule
  return { ...rule, match: allOf(rule.match, { kind: 'opaque', text: doubt.text }) }
}

function isUnknown({ match, action }: Rule): boolean {
  return action.kind === 'opaque' || conjuncts(match).some((one) => one.kind === 'opaque')
}

/** What two forms of a rule share; where they differ it is unknown. */
function common(one: Rule, other: Rule, doubt: Doubt): Rule {
  const action = same(one.action, other.action) ? one.action : opaque(doubt)
  if (same(one.match, other.match)) {
    return action === one.action ? one : { ...one, action: one.action.kind === 'opaque' ? one.action : action }
  }
  const theirs = conjuncts(other.match)
  const shared = conjuncts(one.match).filter((match) => theirs.some((each) => same(each, match)))
  return { ...one, match: allOf(...shared, { kind: 'opaque', text: doubt.text }), action }
}

function conjuncts(match: Match): readonly Match[] {
  return match.kind === 'all' ? match.of.flatMap(conjuncts) : [match]
}
