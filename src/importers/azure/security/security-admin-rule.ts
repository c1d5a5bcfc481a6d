import { type Action, ANY, allOf, implied, type Match, type Rule, type RuleSet, someOf } from '../../../model/index.ts'
import { addressesOfPrefixes } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { leaningOn } from '../estate/settings.ts'
import { networkGroupMembers } from '../routes/network-group.ts'
import { subnetTags } from './address-tag.ts'
import { type AppliedRule, type AppliedRules, appliedRules, lackingMembers } from './applied-admin-rule.ts'
import { addressesMatch, portMatch, protocolMatch, type RuleContext, type Side, unplaced } from './security-rule.ts'

/** Security admin rules as a subnet's NSG sides begin with them. */
export interface AdminRules {
  readonly key: string
  readonly ruleSet: RuleSet
  /** The rule that walks them: Deny and AlwaysAllow end the stage, Allow and no match come back to the NSG. */
  readonly jump: Rule
}

const made = perEstate(() => new Map<string, AdminRules>())

/** The security admin rules of one direction for a subnet; `undefined` when none apply. */
export function adminRules(estate: Estate, subnet: Subnet, direction: 'inbound' | 'outbound'): AdminRules | undefined {
  const rules = appliedRules(estate, subnet, direction)
  if (!rules) return undefined
  const tags = subnetTags(estate, subnet)
  const key = `${rules.key} ${tags.key}`
  const memory = made(estate)
  const known = memory.get(key)
  if (known) return known
  const context: RuleContext = { estate, tags, ignoresSourcePorts: false }
  const admin = makeAdminRules(context, rules, direction, key)
  memory.set(key, admin)
  return admin
}

/** A rule that may or may not deny: what was not read could. */
function unreadRules({ unread }: AppliedRules): Rule[] {
  if (!unread) return []
  const match: Match = { kind: 'opaque', text: unread.words }
  return [{ name: unread.words, match, action: { kind: 'drop' }, source: unread.source }]
}

function makeAdminRules(context: RuleContext, rules: AppliedRules, direction: string, key: string): AdminRules {
  const because = implied(
    'security admin rules come before NSGs (Learn: Security admin rules in Azure Virtual Network Manager)',
  )
  const ruleSet: RuleSet = {
    name: `security-admin/${direction}`,
    label: `security admin rules ${direction}`,
    rules: [...unreadRules(rules), ...rules.rules.map((one) => adminRule(context, one))],
    policy: { kind: 'return' },
    policySource: because,
  }
  const jump: Rule = {
    name: 'security admin rules',
    match: { kind: 'any' },
    action: { kind: 'jump', to: ruleSet.name },
    source: because,
  }
  return { key, ruleSet, jump }
}

/** The page of 2022 has priorities 0 to 99, the current one 1 to 4096 (Learn: Security admin rules); they are evaluated whatever they are. */
function reportPriority({ settings, report }: Estate, body: Body): void {
  const [first, last] = settings.adminRulePrioritiesTo99 ? [0, 99] : [1, 4096]
  const priority = body.number('priority')
  if (priority !== undefined && priority >= first && priority <= last) return
  const what = `the priority of security admin rule ${body.name} is to be ${first} to ${last}`
  const message = `${leaningOn(settings, 'adminRulePrioritiesTo99', what)}, and is ${priority ?? 'no number'}`
  report(body.diagnostic('warning', 'NT1633', message, 'priority'))
}

/**
 * Allow leaves the rest to the NSG and AlwaysAllow lets the packet past it: both NSGs of a NIC begin with these rules,
 * so an `accept` here passes each of them.
 */
function adminRule(context: RuleContext, { body, doubt }: AppliedRule): Rule {
  const description = body.text('description')
  reportPriority(context.estate, body)
  return {
    name: `rule ${body.number('priority') ?? '?'} ${body.name}`,
    match: allOf(
      doubt === undefined ? ANY : { kind: 'opaque', text: doubt },
      protocolMatch(context.estate, body),
      sideMatch(context, body, 'source'),
      portMatch(context.estate, body, 'source'),
      sideMatch(context, body, 'destination'),
      portMatch(context.estate, body, 'destination'),
    ),
    action: unplaced(context.estate, body) ?? accessOf(context.estate, body),
    ...(description !== undefined && { comment: description }),
    source: body.source('name'),
  }
}

function accessOf(estate: Estate, body: Body): Action {
  switch (body.text('access')?.toLowerCase()) {
    case 'allow':
      return { kind: 'return' }
    case 'alwaysallow':
      return { kind: 'accept' }
    case 'deny':
      return { kind: 'drop' }
    default:
      estate.report(body.diagnostic('warning', 'NT1610', `rule ${body.name} neither allows nor denies`, 'access'))
      return { kind: 'opaque', text: `access ${body.text('access') ?? 'missing'}` }
  }
}

function sideMatch(context: RuleContext, body: Body, side: Side): Match {
  const entries = body.children(`${side}s`)
  if (entries.length === 0) return { kind: 'any' }
  const groups = entries.filter((one) => one.text('addressPrefixType')?.toLowerCase() === 'networkgroup')
  const texts = entries.filter((one) => !groups.includes(one)).map((one) => one.text('addressPrefix') ?? '')
  const named = texts.length === 0 ? [] : [addressesMatch(context, body, side, texts)]
  return someOf(...named, ...groups.map((one) => groupMatch(context.estate, side, one.text('addressPrefix') ?? '')))
}

function groupMatch(estate: Estate, side: Side, id: string): Match {
  const members = networkGroupMembers(estate, id)
  if (members.length === 0) return { kind: 'opaque', text: `${side} ${lackingMembers(id)}` }
  return { kind: side, in: addressesOfPrefixes(members.flatMap((one) => one.prefixes)) }
}
