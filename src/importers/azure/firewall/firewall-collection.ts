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
  /** Absent = not in the export, or not readable. */
  readonly priority: number | undefined
  readonly action: 'allow' | 'deny' | 'dnat' | 'unknown'
  readonly rules: readonly Body[]
  readonly body: Body
  /** From a parent policy. */
  readonly inherited: boolean
  /** Why its place among the others is not known; its rules may then count before them, or after. */
  readonly unplaced?: string
  /** Why it may hold more rules than `rules`, or others. */
  readonly unread?: string
}

/** Everything a firewall evaluates, in its order. */
export interface RuleCollections {
  /** All of DNAT, then all of network, then all of application; within a kind parents first, then by priority. */
  readonly ordered: readonly RuleCollection[]
  /** DNAT collections of parent policies that are left out; see the setting `inheritDnatRules`. */
  readonly leftOut: readonly RuleCollection[]
  /** The policy in use and its parents, nearest first; empty for classic rules. */
  readonly policies: readonly Body[]
  /** Why the settings of a policy are not known: the one in use or a parent is not in the export. */
  readonly unknownPolicy: string | undefined
}

/**
 * A firewall's rule collections in evaluation order: of a policy, the parent's rule collection groups before the
 * child's, groups by priority, collections in a group by priority, rules as listed; classic collections by priority
 * (Learn: Azure Firewall rule processing logic). A firewall with a policy ignores its classic collections. What the export
 * does not hold, or holds in words that cannot be read, stands at its place as a collection of its own.
 */
export function ruleCollections(estate: Estate, firewall: Body): RuleCollections {
  if (!firewall.has('firewallPolicy'))
    return { ordered: byKind(classicCollections(firewall)), leftOut: [], policies: [], unknownPolicy: undefined }
  const { policies, lost } = policyChain(estate, firewall)
  const all = lost ? unreadOfEveryKind(lost.at, lost.what, lost.because, policies.length > 0) : []
  for (const policy of policies.toReversed()) all.push(...collectionsOf(estate, policy, policy !== policies[0]))
  const inherited = all.filter((one) => one.kind === 'dnat' && one.inherited && one.rules.length > 0)
  reportInherited(
    estate,
    firewall,
    inherited.filter((one) => one.unplaced === undefined),
  )
  const leftOut = estate.settings.inheritDnatRules ? [] : all.filter((one) => one.kind === 'dnat' && one.inherited)
  const ordered = byKind(all.filter((one) => !leftOut.includes(one)))
  return { ordered, leftOut, policies, unknownPolicy: lost?.because }
}

const KINDS: readonly CollectionKind[] = ['dnat', 'network', 'application']

function byKind(collections: readonly RuleCollection[]): RuleCollection[] {
  return KINDS.flatMap((kind) => collections.filter((one) => one.kind === kind))
}

/** The collections of one policy; what of it cannot be read comes before the others. */
function collectionsOf(estate: Estate, policy: Body, inherited: boolean): RuleCollection[] {
  const { groups, lost } = groupsOf(estate, policy)
  const unknown = lost.flatMap(({ what, because }) => unreadOfEveryKind(policy, what, because, inherited))
  const perGroup = groups.map((group) => {
    const unplaced = groups.length + lost.length > 1 ? withoutPriority(group, 'rule collection group') : undefined
    return { unplaced, collections: collectionsOfGroup(group, inherited) }
  })
  const doubtful = perGroup.filter((one) => one.unplaced !== undefined)
  return [
    ...unknown,
    ...doubtful.flatMap(({ unplaced, collections }) => collections.map((one) => ({ ...one, ...place(unplaced) }))),
    ...perGroup.filter((one) => one.unplaced === undefined).flatMap((one) => one.collections),
    ...doubtful.flatMap((one) => one.collections),
  ]
}

function collectionsOfGroup(group: Body, inherited: boolean): RuleCollection[] {
  const bodies = group.children('ruleCollections')
  const made = bodies.flatMap((one) => policyCollections(one, inherited))
  const what = `rule collection group ${group.name}`
  const unread = isUnreadList(group, 'ruleCollections')
    ? unreadOfEveryKind(group, what, `the collections of ${what} cannot be read`, inherited)
    : []
  return [...unread, ...inOrder(made)]
}

/** By priority; equal ones keep the file's order. What has no priority comes first, in doubt, and last. */
function inOrder(collections: readonly RuleCollection[]): RuleCollection[] {
  const unplaced = (one: RuleCollection) => {
    const isAlone = collections.every(({ body }) => body === one.body)
    return isAlone ? undefined : withoutPriority(one.body, 'collection')
  }
  const doubtful = collections.filter((one) => unplaced(one) !== undefined)
  return [
    ...doubtful.map((one) => ({ ...one, ...place(unplaced(one)) })),
    ...sortedByPriority(
      collections.filter((one) => !doubtful.includes(one)),
      (one) => one.priority ?? 0,
    ),
    ...doubtful,
  ]
}

function place(unplaced: string | undefined): Pick<RuleCollection, 'unplaced'> {
  return unplaced === undefined ? {} : { unplaced }
}

function withoutPriority(body: Body, what: string): string | undefined {
  return body.number('priority') === undefined ? `the priority of ${what} ${body.name} cannot be read` : undefined
}

function sortedByPriority<T>(items: readonly T[], priority: (item: T) => number): T[] {
  return items.toSorted((a, b) => priority(a) - priority(b))
}

/** A part of a policy that could hold rules of every kind. */
function unreadOfEveryKind(body: Body, name: string, unread: string, inherited: boolean): RuleCollection[] {
  const rest = { name, priority: undefined, action: 'unknown', rules: [], body, inherited, unread } as const
  return KINDS.map((kind) => ({ kind, ...rest }))
}

/** A list of objects that is there, and of which something is none: it may hold more than can be read. */
function isUnreadList(body: Body, key: string): boolean {
  const value = body.raw(key)
  if (value === undefined || value === null) return false
  return !Array.isArray(value) || value.some((one) => typeof one !== 'object' || one === null || Array.isArray(one))
}

interface LostPart {
  readonly what: string
  readonly because: string
}

interface PolicyChain {
  /** Nearest first. */
  readonly policies: readonly Body[]
  /** A policy that is in use and not in the export, and who names it. */
  readonly lost: (LostPart & { readonly at: Body }) | undefined
}

function policyChain(estate: Estate, firewall: Body): PolicyChain {
  const policies: Body[] = []
  let at = firewall
  for (let key = 'firewallPolicy'; at.has(key); key = 'basePolicy') {
    const id = at.reference(key)
    const policy = estate.byId(id)
    if (policy && policies.includes(policy)) break
    if (!policy) {
      const what = `firewall policy ${id === undefined ? 'without an id' : lastPart(id)}`
      const because = `${what} is not in the export`
      estate.report(at.diagnostic('warning', 'NT1702', `${because}: what its rules decide is unknown`, key))
      return { policies, lost: { what, because, at } }
    }
    policies.push(policy)
    at = policy
  }
  return { policies, lost: undefined }
}

const GROUPS = 'microsoft.network/firewallpolicies/rulecollectiongroups'

function groupsOf(estate: Estate, policy: Body): { readonly groups: Body[]; readonly lost: LostPart[] } {
  const id = policy.id.toLowerCase()
  const lost: LostPart[] = []
  const embedded = policy.children('ruleCollectionGroups').filter((one) => one.has('ruleCollections'))
  const bodies = estate.ofType(GROUPS).filter((one) => parentId(one.id) === id)
  const known = new Set([...embedded, ...bodies].map((one) => one.id.toLowerCase()))
  for (const listed of policy.references('ruleCollectionGroups')) {
    if (known.has(listed)) continue
    const because = `rule collection group ${lastPart(listed)} is not in the export`
    const message = `${because}: what its rules decide is unknown`
    lost.push({ what: `rule collection group ${lastPart(listed)} of ${policy.name}`, because })
    estate.report(policy.diagnostic('warning', 'NT1703', message, 'ruleCollectionGroups'))
  }
  const unread = estate.unread.find((one) => one.parent === id && one.child === GROUPS)
  if (unread && lost.length === 0) lost.push({ what: `rules of ${policy.name}`, because: unread.words })
  const unique = [...embedded.filter((one) => one.id === '' || !bodies.some((body) => sameId(body, one))), ...bodies]
  return { groups: sortedByPriority(unique, (one) => one.number('priority') ?? 0), lost }
}

function sameId(a: Body, b: Body): boolean {
  return a.id.toLowerCase() === b.id.toLowerCase()
}

/** A policy's filter collection holds one type of rule; were it mixed, each type would be evaluated with its kind. */
function policyCollections(body: Body, inherited: boolean): RuleCollection[] {
  const rules = body.children('rules')
  const unread = isUnreadList(body, 'rules') ? `the rules of collection ${body.name} cannot be read` : undefined
  const make = (kind: CollectionKind, own: readonly Body[]) => collection(kind, body, own, inherited)
  const isNat = body.text('ruleCollectionType')?.toLowerCase() === 'firewallpolicynatrulecollection'
  if (isNat) return [{ ...make('dnat', rules), ...(unread !== undefined && { unread }) }]
  const kindOf = (rule: Body): CollectionKind => {
    const type = rule.text('ruleType')?.toLowerCase()
    if (type === 'natrule') return 'dnat'
    if (type === 'networkrule') return 'network'
    return type === 'applicationrule' || rule.has('targetFqdns') ? 'application' : 'network'
  }
  return KINDS.map((kind) => {
    const made = make(
      kind,
      rules.filter((rule) => kindOf(rule) === kind),
    )
    return unread === undefined || kind === 'dnat' ? made : { ...made, unread }
  }).filter((one) => one.rules.length > 0 || one.unread !== undefined)
}

const CLASSIC = [
  ['natRuleCollections', 'dnat'],
  ['networkRuleCollections', 'network'],
  ['applicationRuleCollections', 'application'],
] as const

function classicCollections(firewall: Body): RuleCollection[] {
  return CLASSIC.flatMap(([member, kind]) => {
    const bodies = firewall.children(member)
    const made = bodies.map((one) => {
      const unread = isUnreadList(one, 'rules') ? `the rules of collection ${one.name} cannot be read` : undefined
      const plain = collection(kind, one, one.children('rules'), false)
      return unread === undefined ? plain : { ...plain, unread }
    })
    const because = `${member} of ${firewall.name} cannot be read`
    const lost = isUnreadList(firewall, member) ? unreadOfEveryKind(firewall, member, because, false) : []
    return [...lost.filter((one) => one.kind === kind), ...inOrder(made)]
  })
}

function collection(kind: CollectionKind, body: Body, rules: readonly Body[], inherited: boolean): RuleCollection {
  const type = body.child('action')?.text('type')?.toLowerCase()
  const action = kind === 'dnat' ? 'dnat' : type === 'allow' || type === 'deny' ? type : 'unknown'
  return { kind, name: body.name, priority: body.number('priority'), action, rules, body, inherited }
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
