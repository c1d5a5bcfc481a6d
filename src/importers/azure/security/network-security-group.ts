import { implied, type Rule, type RuleSet, type Source } from '../../../model/index.ts'
import { PLATFORM_ADDRESSES } from '../estate/address-space.ts'
import type { Body } from '../estate/body.ts'
import { ESTABLISHED } from '../estate/established.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId, resourceGroupOf } from '../estate/resource-id.ts'
import { type SubnetTags, subnetTags } from './address-tag.ts'
import { defaultRules } from './default-security-rule.ts'
import { type AdminRules, adminRules } from './security-admin-rule.ts'
import { type RuleContext, securityRule, targetsPlatform, usesVirtualNetwork } from './security-rule.ts'

/** Which way packets go, as NSG rules say it. */
export type Direction = 'inbound' | 'outbound'

/** One side of an NSG as the devices of a subnet use it, and the rule sets it jumps to. */
export interface SecuritySide {
  readonly ruleSet: RuleSet
  readonly jumpsTo: readonly RuleSet[]
}

const all = perEstate(() => new Map<string, SecuritySide>())

/**
 * One side of an NSG where it is used: one object for all devices whose tags mean the same. Order: packets of a
 * connection that was let in; platform addresses (outbound); security admin rules; the rules by priority; the
 * defaults (Learn: How network security groups filter network traffic).
 */
export function securitySide(
  estate: Estate,
  subnet: Subnet,
  nsg: Body,
  direction: Direction,
  ignoresSourcePorts = false,
): SecuritySide {
  const tags = subnetTags(estate, subnet)
  const admin = ignoresSourcePorts ? undefined : adminRules(estate, subnet, direction)
  const key = `${nsg.id.toLowerCase()} ${direction} ${tags.key} ${admin?.key ?? ''} ${ignoresSourcePorts}`
  const memory = all(estate)
  const known = memory.get(key)
  if (known) return known
  const made = makeSide({ estate, tags, ignoresSourcePorts }, nsg, direction, admin)
  memory.set(key, made)
  return made
}

function makeSide(context: RuleContext, nsg: Body, direction: Direction, admin: AdminRules | undefined): SecuritySide {
  const bodies = rulesOf(context.estate, nsg, direction)
  const platform = direction === 'outbound' ? bodies.filter(targetsPlatform) : []
  const others = bodies.filter((one) => !platform.includes(one))
  const rules: Rule[] = [
    ESTABLISHED,
    ...platform.map((one) => securityRule(context, one)),
    ...(direction === 'outbound' ? [PLATFORM] : []),
    ...(admin ? [admin.jump] : []),
    ...others.map((one) => securityRule(context, one)),
    ...missingDefaults(nsg, direction, context.tags),
  ]
  const leaning = [...platform, ...others].filter(usesVirtualNetwork).map((one) => one.source('name'))
  const ruleSet: RuleSet = {
    name: `${securityGroupName(context.estate, nsg)}/${direction}${context.ignoresSourcePorts ? '/private-endpoint' : ''}`,
    label: `NSG ${nsg.name} ${direction}`,
    rules: markedLeaning(context.tags, rules, leaning),
    policy: { kind: 'drop' },
    policySource: DENIES,
  }
  return { ruleSet, jumpsTo: admin ? [admin.ruleSet] : [] }
}

/**
 * The rules with what they lean on: one for a `VirtualNetwork` that is every address, and those behind one that is not
 * which decide otherwise than it would.
 */
function markedLeaning(tags: SubnetTags, rules: readonly Rule[], written: readonly Source[]): readonly Rule[] {
  const { leansOn } = tags
  if (leansOn === undefined) return rules
  const speaks = (one: Rule) => written.includes(one.source) || /^rule 65000 AllowVnet(In|Out)Bound$/.test(one.name)
  const before = new Set<string>()
  return rules.map((one) => {
    const leans = tags.everything === undefined ? [...before].some((kind) => kind !== one.action.kind) : speaks(one)
    if (speaks(one)) before.add(one.action.kind)
    return leans && one !== ESTABLISHED && one !== PLATFORM ? { ...one, leansOn } : one
  })
}

const PLATFORM: Rule = {
  name: 'platform addresses',
  match: { kind: 'destination', in: PLATFORM_ADDRESSES },
  action: { kind: 'accept' },
  source: implied(
    'Azure DNS, DHCP and instance metadata are not subject to NSG rules, save those for AzurePlatformDNS, AzurePlatformIMDS and AzurePlatformLKM (Learn: Network security groups, "Azure platform considerations")',
  ),
}

const DENIES = implied('an NSG ends with DenyAllInBound or DenyAllOutBound (Learn: Network security groups)')

const nameCounts = perEstate((estate) => {
  const counts = new Map<string, number>()
  for (const { name } of estate.ofType('microsoft.network/networksecuritygroups')) {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
})

/** A name for an NSG that no other one of the estate has. */
function securityGroupName(estate: Estate, nsg: Body): string {
  const shared = (nameCounts(estate).get(nsg.name) ?? 0) > 1
  return shared ? `${resourceGroupOf(nsg.id) ?? ''}/${nsg.name}` : nsg.name
}

/** The directions as rules say them, lower case. */
const DIRECTIONS: readonly string[] = ['inbound', 'outbound'] satisfies Direction[]

/** The bodies of one side's rules in the order they are tried, inside the NSG or beside it, the defaults it prints among them. */
export function rulesOf(estate: Estate, nsg: Body, direction: Direction): Body[] {
  const id = nsg.id.toLowerCase()
  const apart = apartRules(estate).get(id) ?? []
  const inside = [...nsg.children('securityRules'), ...nsg.children('defaultSecurityRules')]
  const names = new Set(inside.map((one) => one.name))
  const bodies = [...inside, ...apart.filter((one) => !names.has(one.name))]
  // A rule whose direction or priority cannot be read may decide anything: it comes first, and is a doubt.
  const directed = (one: Body) => DIRECTIONS.includes(one.text('direction')?.toLowerCase() ?? '')
  return bodies
    .filter((one) => !directed(one) || one.text('direction')?.toLowerCase() === direction)
    .sort(
      (a, b) =>
        Number(directed(a)) - Number(directed(b)) || (a.number('priority') ?? -1) - (b.number('priority') ?? -1),
    )
}

const apartRules = perEstate((estate) => {
  const map = new Map<string, Body[]>()
  for (const body of estate.ofType('microsoft.network/networksecuritygroups/securityrules')) {
    const parent = parentId(body.id)
    map.set(parent, [...(map.get(parent) ?? []), body])
  }
  return map
})

/** Templates print no defaults; every NSG has them. */
function missingDefaults(nsg: Body, direction: Direction, tags: SubnetTags): readonly Rule[] {
  const has = nsg.children('defaultSecurityRules').some((one) => one.text('direction')?.toLowerCase() === direction)
  return has ? [] : defaultRules(direction, tags)
}
