import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'
import type { UnreadList } from '../estate/unread-list.ts'
import { networkGroupMembers } from '../routes/network-group.ts'

type Direction = 'inbound' | 'outbound'

/** A security admin rule where it applies, or may. */
export interface AppliedRule {
  readonly body: Body
  /** Why it is not known whether it applies here. */
  readonly doubt?: string
}

/** The security admin rules of one direction for a subnet, in the order they are tried. */
export interface AppliedRules {
  readonly key: string
  readonly rules: readonly AppliedRule[]
  /** A list that could hold more rules, or say that they apply here, and was not read. */
  readonly unread?: UnreadList
}

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

const ADMIN_LISTS = /^microsoft\.network\/networkmanagers\/(networkgroups|securityadminconfigurations)/

/** The security admin rules that apply to a subnet; `undefined` when there are none and none could be. */
export function appliedRules(estate: Estate, subnet: Subnet, direction: Direction): AppliedRules | undefined {
  if (EXEMPT.has(subnet.name.toLowerCase()) || ofGateways(estate).has(subnet.id)) return undefined
  const { vnet } = subnet
  const rules = (applied(estate).get(vnet.id) ?? []).filter(({ body }) => isFor(body, direction)).sort(byOrder(estate))
  const unread = estate.unread.find(({ child }) => ADMIN_LISTS.test(child))
  if (rules.length === 0 && !unread) return undefined
  return { key: `${vnet.id} ${direction}`, rules, ...(unread && { unread }) }
}

/** The subnets that application gateways stand in. */
const ofGateways = perEstate((estate) => {
  const gateways = estate.ofType('microsoft.network/applicationgateways')
  const configurations = gateways.flatMap((one) => one.children('gatewayIPConfigurations'))
  return new Set(configurations.map((one) => one.reference('subnet')).filter((id) => id !== undefined))
})

/** A rule whose direction cannot be read may be for this one. */
function isFor(body: Body, direction: Direction): boolean {
  const said = body.text('direction')?.toLowerCase()
  return said === direction || (said !== 'inbound' && said !== 'outbound')
}

/**
 * By priority, a rule without one first, for it may decide anything. Of several network managers the one whose scope is
 * a management group comes first (Learn: Azure Virtual Network Manager FAQ; from memory).
 */
function byOrder(estate: Estate): (a: AppliedRule, b: AppliedRule) => number {
  const priority = ({ body }: AppliedRule) => body.number('priority') ?? -1
  const rank = ({ body }: AppliedRule) => (isOfGroup(estate, body) ? 0 : 1)
  return (a, b) => rank(a) - rank(b) || priority(a) - priority(b)
}

function isOfGroup(estate: Estate, rule: Body): boolean {
  const id = /^.*\/networkmanagers\/[^/]+/i.exec(rule.id)?.[0]
  return (estate.byId(id)?.child('networkManagerScopes')?.texts('managementGroups').length ?? 0) > 0
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
  const byVnet = new Map<string, AppliedRule[]>()
  const add = (vnet: VirtualNetwork, collection: Body, doubt?: string) => {
    const bodies = (rules.get(collection.id.toLowerCase()) ?? []).filter((one) =>
      reaches(estate, vnet, collection, one),
    )
    const made = bodies.map((body) => ({ body, ...(doubt !== undefined && { doubt }) }))
    byVnet.set(vnet.id, [...(byVnet.get(vnet.id) ?? []), ...made])
  }
  for (const collection of estate.ofType(`${type}/rulecollections`)) {
    for (const group of collection.children('appliesToGroups')) {
      const id = group.text('networkGroupId')
      const members = networkGroupMembers(estate, id)
      for (const vnet of members) add(vnet, collection)
      if (members.length > 0) continue
      for (const vnet of estate.vnets) add(vnet, collection, `whether VNet ${vnet.name} is in ${lackingMembers(id)}`)
    }
  }
  return byVnet
})

/** A network group none of whose members is known: Azure Policy may choose them. */
export function lackingMembers(id: string | undefined): string {
  return `network group ${lastPart(id ?? '')}, whose members are not in the export`
}

const INTENT_SERVICES = ['microsoft.sql/managedinstances', 'microsoft.databricks/workspaces']

/** VNets of services with a network intent policy take no rules unless the configuration says so (Learn: Security admin rules). */
function reaches(estate: Estate, { subnets }: VirtualNetwork, collection: Body, rule: Body): boolean {
  const services = subnets.flatMap((one) => one.body.children('delegations').map((each) => each.text('serviceName')))
  if (!services.some((one) => INTENT_SERVICES.includes(one?.toLowerCase() ?? ''))) return true
  const configuration = estate.byId(parentId(collection.id))
  const said = configuration?.texts('applyOnNetworkIntentPolicyBasedServices').map((one) => one.toLowerCase()) ?? []
  if (said.includes('all')) return true
  return said.includes('allowrulesonly') && rule.text('access')?.toLowerCase() === 'allow'
}
