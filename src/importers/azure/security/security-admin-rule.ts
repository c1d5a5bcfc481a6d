import { type Action, allOf, implied, type Match, type Rule, type RuleSet, someOf } from '../../../model/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { leaningOn } from '../estate/settings.ts'
import type { UnreadList } from '../estate/unread-list.ts'
import { networkGroupMembers } from '../routes/network-group.ts'
import { subnetTags } from './address-tag.ts'
import { addressesMatch, portMatch, protocolMatch, type RuleContext, type Side } from './security-rule.ts'

/** Security admin rules as a subnet's NSG sides begin with them. */
export interface AdminRules {
  readonly key: string
  readonly ruleSet: RuleSet
  /** The rule that walks them: Deny and AlwaysAllow end the stage, Allow and no match come back to the NSG. */
  readonly jump: Rule
}

interface AppliedRules {
  readonly key: string
  readonly bodies: readonly Body[]
  /** A list that could hold more rules, or say that they apply here, and was not read. */
  readonly unread?: UnreadList
}

/**
 * The rules of Azure Virtual Network Manager that apply to each VNet, by its id. Configurations count as deployed:
 * whether they were committed is in no ARM body.
 */
const applied = perEstate((estate) => {
  const rules = new Map<string, Body[]>()
  const type = 'microsoft.network/networkmanagers/securityadminconfigurations'
  for (const rule of estate.ofType(`${type}/rulecollections/rules`)) {
    const collection = parentId(rule.id)
    rules.set(collection, [...(rules.get(collection) ?? []), rule])
  }
  const byVnet = new Map<string, Body[]>()
  for (const collection of estate.ofType(`${type}/rulecollections`)) {
    const bodies = rules.get(collection.id.toLowerCase()) ?? []
    for (const group of collection.children('appliesToGroups')) {
      for (const vnet of networkGroupMembers(estate, group.text('networkGroupId'))) {
        byVnet.set(vnet.id, [...(byVnet.get(vnet.id) ?? []), ...bodies])
      }
    }
  }
  return byVnet
})

const made = perEstate(() => new Map<string, AdminRules>())

// Subnets of platform services are left alone (Learn: Security admin rules, "Nonapplication").
const EXEMPT = new Set(
  [
    'GatewaySubnet',
    'AzureFirewallSubnet',
    'AzureFirewallManagementSubnet',
    'AzureBastionSubnet',
    'RouteServerSubnet',
  ].map((name) => name.toLowerCase()),
)

/** The security admin rules of one direction for a subnet; `undefined` when none apply. */
export function adminRules(estate: Estate, subnet: Subnet, direction: 'inbound' | 'outbound'): AdminRules | undefined {
  const rules = rulesFor(estate, subnet.vnet, direction)
  if (!rules || EXEMPT.has(subnet.name.toLowerCase())) return undefined
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

const ADMIN_LISTS = /^microsoft\.network\/networkmanagers\/(networkgroups|securityadminconfigurations)/

function rulesFor(estate: Estate, vnet: VirtualNetwork, direction: string): AppliedRules | undefined {
  const bodies = (applied(estate).get(vnet.id) ?? [])
    .filter((one) => one.text('direction')?.toLowerCase() === direction)
    .sort((a, b) => (a.number('priority') ?? 4096) - (b.number('priority') ?? 4096))
  const unread = estate.unread.find(({ child }) => ADMIN_LISTS.test(child))
  if (bodies.length === 0 && !unread) return undefined
  return { key: `${vnet.id} ${direction}`, bodies, ...(unread && { unread }) }
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
    rules: [...unreadRules(rules), ...rules.bodies.map((body) => adminRule(context, body))],
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
function adminRule(context: RuleContext, body: Body): Rule {
  const description = body.text('description')
  reportPriority(context.estate, body)
  return {
    name: `rule ${body.number('priority') ?? '?'} ${body.name}`,
    match: allOf(
      protocolMatch(context.estate, body),
      sideMatch(context, body, 'source'),
      portMatch(context.estate, body, 'source'),
      sideMatch(context, body, 'destination'),
      portMatch(context.estate, body, 'destination'),
    ),
    action: accessOf(context.estate, body),
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
  const members = groups.flatMap((one) => networkGroupMembers(context.estate, one.text('addressPrefix')))
  const prefixes = members.flatMap((one) => one.body.child('addressSpace')?.texts('addressPrefixes') ?? [])
  const all = [...texts, ...prefixes]
  return all.length === 0 ? someOf() : addressesMatch(context, body, side, all)
}
