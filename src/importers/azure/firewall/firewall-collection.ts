import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { type AzureSettings, leaningOn } from '../estate/settings.ts'

/** What a firewall's rules do; the type dominates every priority (Learn: Azure Firewall rule processing logic). */
type CollectionKind = 'dnat' | 'network' | 'application'

/** A rule collection of one kind, in words a person knows: its name and priority. */
export interface RuleCollection {
  readonly kind: CollectionKind
  readonly name: string
  readonly priority: number
  readonly action: 'allow' | 'deny' | 'dnat' | 'unknown'
  readonly rules: readonly Body[]
  readonly body: Body
  /** From a parent policy. */
  readonly inherited: boolean
}

/** Everything a firewall evaluates, in its order. */
export interface RuleCollections {
  /** All of DNAT, then all of network, then all of application; within a kind parents first, then by priority. */
  readonly ordered: readonly RuleCollection[]
  /** DNAT collections of parent policies that are left out; see the setting `inheritDnatRules`. */
  readonly leftOut: readonly RuleCollection[]
  /** What the firewall uses and the export does not hold: `firewall policy afwp-base`. */
  readonly missing: readonly string[]
  /** The policy in use and its parents, nearest first; empty for classic rules. */
  readonly policies: readonly Body[]
}

/**
 * A firewall's rule collections in evaluation order: of a policy, the parent's rule collection groups before the
 * child's, groups by priority, collections in a group by priority, rules as listed; classic collections by priority
 * (Learn: Azure Firewall rule processing logic). A firewall with a policy ignores its classic collections.
 */
export function ruleCollections(estate: Estate, firewall: Body): RuleCollections {
  const policyId = firewall.reference('firewallPolicy')
  if (policyId === undefined)
    return { ordered: byKind(classicCollections(firewall)), leftOut: [], missing: [], policies: [] }
  const missing: string[] = []
  const policies = policyChain(estate, firewall, policyId, missing)
  const all: RuleCollection[] = []
  for (const policy of policies.toReversed()) {
    for (const group of groupsOf(estate, policy, missing)) {
      const collections = group
        .children('ruleCollections')
        .flatMap((one) => policyCollections(one, policy !== policies[0]))
      all.push(...sortedByPriority(collections, (one) => one.priority))
    }
  }
  const inherited = all.filter((one) => one.kind === 'dnat' && one.inherited)
  reportInherited(estate, firewall, inherited)
  const leftOut = estate.settings.inheritDnatRules ? [] : inherited
  return { ordered: byKind(all.filter((one) => !leftOut.includes(one))), leftOut, missing, policies }
}

const KINDS: readonly CollectionKind[] = ['dnat', 'network', 'application']

function byKind(collections: readonly RuleCollection[]): RuleCollection[] {
  return KINDS.flatMap((kind) => collections.filter((one) => one.kind === kind))
}

/** Absent priorities come last; equal ones keep the file's order. */
function sortedByPriority<T>(items: readonly T[], priority: (item: T) => number): T[] {
  return items.toSorted((a, b) => priority(a) - priority(b))
}

const LAST_PRIORITY = 65000

function policyChain(estate: Estate, firewall: Body, firstId: string, missing: string[]): Body[] {
  const chain: Body[] = []
  let from = firewall
  for (let id: string | undefined = firstId; id !== undefined; id = from.reference('basePolicy')) {
    const policy = estate.byId(id)
    if (policy && chain.includes(policy)) break
    if (!policy) {
      missing.push(`firewall policy ${lastPart(id)}`)
      const message = `firewall policy ${lastPart(id)} is not in the export: what its rules decide is unknown`
      estate.report(from.diagnostic('warning', 'NT1702', message, chain.length === 0 ? 'firewallPolicy' : 'basePolicy'))
      break
    }
    chain.push(policy)
    from = policy
  }
  return chain
}

function groupsOf(estate: Estate, policy: Body, missing: string[]): Body[] {
  const id = policy.id.toLowerCase()
  const embedded = policy.children('ruleCollectionGroups').filter((one) => one.has('ruleCollections'))
  const bodies = estate
    .ofType('microsoft.network/firewallpolicies/rulecollectiongroups')
    .filter((one) => parentId(one.id) === id)
  const known = new Set([...embedded, ...bodies].map((one) => one.id.toLowerCase()))
  for (const listed of policy.references('ruleCollectionGroups')) {
    if (known.has(listed)) continue
    missing.push(`rule collection group ${lastPart(listed)} of ${policy.name}`)
    const message = `rule collection group ${lastPart(listed)} is not in the export: what its rules decide is unknown`
    estate.report(policy.diagnostic('warning', 'NT1703', message, 'ruleCollectionGroups'))
  }
  const unique = [...embedded.filter((one) => one.id === '' || !bodies.some((body) => sameId(body, one))), ...bodies]
  return sortedByPriority(unique, (one) => one.number('priority') ?? LAST_PRIORITY)
}

function sameId(a: Body, b: Body): boolean {
  return a.id.toLowerCase() === b.id.toLowerCase()
}

/** A policy's filter collection holds one type of rule; were it mixed, each type would be evaluated with its kind. */
function policyCollections(body: Body, inherited: boolean): RuleCollection[] {
  const rules = body.children('rules')
  const isNat = body.text('ruleCollectionType')?.toLowerCase() === 'firewallpolicynatrulecollection'
  if (isNat) return [collection('dnat', body, rules, inherited)]
  const kindOf = (rule: Body): CollectionKind => {
    const type = rule.text('ruleType')?.toLowerCase()
    if (type === 'natrule') return 'dnat'
    if (type === 'networkrule') return 'network'
    return type === 'applicationrule' || rule.has('targetFqdns') ? 'application' : 'network'
  }
  return KINDS.map((kind) =>
    collection(
      kind,
      body,
      rules.filter((rule) => kindOf(rule) === kind),
      inherited,
    ),
  ).filter((one) => one.rules.length > 0)
}

const CLASSIC = [
  ['natRuleCollections', 'dnat'],
  ['networkRuleCollections', 'network'],
  ['applicationRuleCollections', 'application'],
] as const

function classicCollections(firewall: Body): RuleCollection[] {
  return CLASSIC.flatMap(([member, kind]) => {
    const made = firewall.children(member).map((one) => collection(kind, one, one.children('rules'), false))
    return sortedByPriority(made, (one) => one.priority)
  })
}

function collection(kind: CollectionKind, body: Body, rules: readonly Body[], inherited: boolean): RuleCollection {
  const type = body.child('action')?.text('type')?.toLowerCase()
  const action = kind === 'dnat' ? 'dnat' : type === 'allow' || type === 'deny' ? type : 'unknown'
  return { kind, name: body.name, priority: body.number('priority') ?? LAST_PRIORITY, action, rules, body, inherited }
}

/** Two pages disagree whether DNAT collections are inherited; it is said which is held. */
function reportInherited({ settings, report }: Estate, firewall: Body, inherited: readonly RuleCollection[]): void {
  for (const one of inherited) {
    const message = `${firewall.name}: Microsoft's pages disagree on whether DNAT collection ${one.name} of a parent policy is inherited: ${inheritance(settings, one)}`
    report(one.body.diagnostic('note', 'NT1712', message))
  }
}

/** The sentence for an answer that leans on an inherited DNAT collection, evaluated or left out. */
export function inheritance(settings: AzureSettings, { name }: RuleCollection): string {
  const is = settings.inheritDnatRules ? 'is evaluated' : 'is left out'
  return leaningOn(settings, 'inheritDnatRules', `DNAT collection ${name} of a parent policy ${is}`)
}
