import {
  type Action,
  ANY,
  allOf,
  implied,
  type Match,
  type Rule,
  type RuleSet,
  type Source,
} from '../../../model/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { serviceNames } from '../names/service-names.ts'

const ML_ALIAS = '/services/azure/machinelearning'
const FAMILIES = ['blob', 'file', 'queue', 'table', 'dfs', 'web'] as const
const PAGE = 'Learn: Virtual network service endpoint policies for Azure Storage'

/** What the policies of a subnet allow. */
interface Allowed {
  /** Lower-case ids of accounts, or of resource groups and subscriptions with all in them. */
  readonly scopes: readonly { readonly id: string; readonly source: Source }[]
  /** Aliases of Microsoft's (`/services/...`), which stand for accounts nobody can list. */
  readonly aliases: readonly { readonly name: string; readonly source: Source }[]
}

/**
 * The filter that service endpoint policies make of a subnet's storage traffic: accounts that are listed pass, others
 * do not (Learn: Virtual network service endpoint policies for Azure Storage). It speaks only of packets that carry the
 * subnet's stamp towards storage and lets all others on. Accounts of Microsoft's own are taken to be behind the Azure
 * Machine Learning alias where that is listed. `undefined`: no policy is attached.
 */
export function serviceEndpointPolicyRules(estate: Estate, subnet: Subnet): RuleSet | undefined {
  const ids = subnet.body.references('serviceEndpointPolicies')
  if (ids.length === 0) return undefined
  const names = ids.map(lastPart).join(', ')
  const source = subnet.body.source('serviceEndpointPolicies')
  const missing = ids.filter((id) => !definitionsOf(estate, id, embedded(subnet, id)))
  const allowed = allowedBy(estate, subnet, ids)
  const toStorage = storageTraffic(estate, subnet)
  const rest = restRule(estate, subnet, missing, allowed)
  return {
    name: 'service-endpoint-policy',
    label: `service endpoint policy ${names}`,
    rules: [...accountRules(estate, allowed, missing.length > 0), rest].map((rule) => ({
      ...rule,
      match: allOf(toStorage, rule.match),
    })),
    policy: { kind: 'accept' },
    policySource: source,
  }
}

/** Packets that left this subnet by a service endpoint towards storage, whose policies these are. */
function storageTraffic(estate: Estate, subnet: Subnet): Match {
  const stamped: Match = { kind: 'stamp', in: [`subnet:${subnet.id}`] }
  const storage = estate.tag('Storage')
  return allOf(stamped, storage ? { kind: 'destination', in: storage } : ANY)
}

function embedded(subnet: Subnet, id: string): Body | undefined {
  return subnet.body.children('serviceEndpointPolicies').find((one) => one.id.toLowerCase() === id)
}

/** `undefined` when the export does not hold the policy. */
function definitionsOf(estate: Estate, id: string, inside: Body | undefined): Body[] | undefined {
  const body = estate.byId(id) ?? (inside?.has('serviceEndpointPolicyDefinitions') ? inside : undefined)
  const type = 'microsoft.network/serviceendpointpolicies/serviceendpointpolicydefinitions'
  const beside = estate.ofType(type).filter((one) => parentId(one.id) === id)
  if (!body && beside.length === 0) return undefined
  const nested = body?.children('serviceEndpointPolicyDefinitions') ?? []
  const known = new Set(nested.map((one) => one.id.toLowerCase()))
  return [...nested, ...beside.filter((one) => !known.has(one.id.toLowerCase()))]
}

function allowedBy(estate: Estate, subnet: Subnet, ids: readonly string[]): Allowed {
  const scopes: { id: string; source: Source }[] = []
  const aliases: { name: string; source: Source }[] = []
  for (const definition of ids.flatMap((id) => definitionsOf(estate, id, embedded(subnet, id)) ?? [])) {
    const source = definition.source('serviceResources')
    for (const text of definition.texts('serviceResources')) {
      if (text.toLowerCase().startsWith('/services/')) aliases.push({ name: text, source })
      else scopes.push({ id: text.toLowerCase().replace(/\/$/, ''), source })
    }
  }
  return { scopes, aliases }
}

/** The accounts of the export, listed or not, then accounts that are listed and not in the export. */
function accountRules(estate: Estate, allowed: Allowed, doubtful: boolean): Rule[] {
  const rules: Rule[] = []
  const seen = new Set<string>()
  for (const account of estate.ofType('microsoft.storage/storageaccounts')) {
    const id = account.id.toLowerCase()
    seen.add(id)
    const scope = allowed.scopes.find((one) => id === one.id || id.startsWith(`${one.id}/`))
    // A policy that is missing could list it.
    if (!scope && doubtful) continue
    const match: Match = {
      kind: 'server-name',
      in: serviceNames('microsoft.storage/storageaccounts', account, [], new Set()),
    }
    const name = `storage account ${account.name}${scope ? '' : ', which is not listed'}`
    const source = scope?.source ?? account.source()
    rules.push({ name, match, action: { kind: scope ? 'accept' : 'drop' }, source })
  }
  for (const { id, source } of allowed.scopes) {
    if (seen.has(id) || !id.includes('/storageaccounts/')) continue
    const names = FAMILIES.map((family) => `${lastPart(id)}.${family}.core.windows.net`)
    const match: Match = { kind: 'server-name', in: names }
    rules.push({ name: `storage account ${lastPart(id)}`, match, action: { kind: 'accept' }, source })
  }
  return rules
}

/** What becomes of every other account: only a list of single accounts says for certain. */
function restRule(estate: Estate, subnet: Subnet, missing: readonly string[], allowed: Allowed): Rule {
  const source = subnet.body.source('serviceEndpointPolicies')
  const names: Match = estate.tag('Storage')
    ? ANY
    : { kind: 'server-name', in: FAMILIES.map((one) => `*.${one}.core.windows.net`) }
  const rule = (name: string, action: Action, from: Source): Rule => ({ name, match: names, action, source: from })
  if (missing.length > 0) {
    const text = `service endpoint policy ${missing.map(lastPart).join(', ')} is not in the export`
    estate.report(subnet.body.diagnostic('warning', 'NT1761', `${text}: which storage accounts pass is unknown`))
    return rule('other accounts', { kind: 'opaque', text }, source)
  }
  const learning = allowed.aliases.find((one) => one.name.toLowerCase() === ML_ALIAS)
  if (learning) {
    return rule(
      "alias Azure Machine Learning: accounts of Microsoft's are taken to be behind it",
      { kind: 'accept' },
      learning.source,
    )
  }
  const [alias] = allowed.aliases
  const wide = allowed.scopes.find((one) => !one.id.includes('/storageaccounts/'))
  const open = alias?.source ?? wide?.source
  if (open) {
    const text = alias ? `whether the account is behind ${alias.name}` : 'whether the account is in a listed scope'
    return rule('other accounts', { kind: 'opaque', text }, open)
  }
  return rule('other accounts, which are not listed', { kind: 'drop' }, allowed.scopes[0]?.source ?? implied(PAGE))
}
