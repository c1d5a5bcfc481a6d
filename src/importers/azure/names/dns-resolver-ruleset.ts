import { type DnsForward, type ForwardTarget, implied } from '../../../model/index.ts'
import { formatIp, parseIp } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { plainName } from '../estate/private-endpoint-connection.ts'
import { parentId } from '../estate/resource-id.ts'
import type { UnreadList } from '../estate/unread-list.ts'
import { AZURE_DNS_ADDRESS } from './private-dns-listener.ts'

/**
 * Suffixes the wildcard rule `.` does not apply to (Learn: Azure DNS Private Resolver endpoints and rulesets names
 * these; the full list is Microsoft's).
 */
const RESERVED = ['windows.net', 'azure.com', 'azure.net', 'windowsazure.us']

/**
 * The forwards of the rulesets linked to a VNet: enabled rules, the longest suffix wins, targets in order, sent from
 * the ruleset's outbound endpoint (Learn: Azure DNS Private Resolver endpoints and rulesets). A wildcard rule leaves
 * Azure's reserved suffixes to public DNS.
 */
export function forwardsOf(estate: Estate, vnet: VirtualNetwork): DnsForward[] {
  const forwards: DnsForward[] = []
  for (const link of estate.ofType('microsoft.network/dnsforwardingrulesets/virtualnetworklinks')) {
    if (link.reference('virtualNetwork') !== vnet.id) continue
    const rulesetId = parentId(link.id)
    const from = outboundEndpoint(estate, rulesetId, link)
    for (const rule of estate.ofType('microsoft.network/dnsforwardingrulesets/forwardingrules')) {
      if (parentId(rule.id) !== rulesetId || rule.text('forwardingRuleState')?.toLowerCase() === 'disabled') continue
      const forward = forwardOf(estate, rule, rulesetId, from)
      if (forward) forwards.push(forward)
    }
  }
  return forwards.some((one) => one.suffix === '') ? [...forwards, ...reservedForwards(forwards)] : forwards
}

/** A list of a ruleset that was not read and could hold a rule for this VNet: its rules, or the VNets it is linked to. */
export function unreadForwards(estate: Estate, vnet: VirtualNetwork): UnreadList | undefined {
  const type = 'microsoft.network/dnsforwardingrulesets'
  const links = estate
    .ofType(`${type}/virtualnetworklinks`)
    .filter((one) => one.reference('virtualNetwork') === vnet.id)
  const linked = new Set(links.map((one) => parentId(one.id)))
  return estate.unread.find(
    ({ parent, child }) =>
      child === `${type}/virtualnetworklinks` || (child === `${type}/forwardingrules` && linked.has(parent)),
  )
}

function outboundEndpoint(estate: Estate, rulesetId: string, link: Body): string | undefined {
  const ruleset = estate.byId(rulesetId)
  for (const id of ruleset?.references('dnsResolverOutboundEndpoints') ?? []) {
    const endpoint = estate.byId(id)
    if (endpoint && estate.subnet(endpoint.reference('subnet'))) return estate.deviceName(endpoint)
  }
  const message = `the outbound endpoint of ruleset ${lastPart(rulesetId)} is not in the export: the path of its questions is unknown`
  estate.report((ruleset ?? link).diagnostic('warning', 'NT1740', message))
  return undefined
}

function forwardOf(estate: Estate, rule: Body, rulesetId: string, from: string | undefined): DnsForward | undefined {
  const domain = rule.text('domainName')
  if (domain === undefined) return undefined
  const to: ForwardTarget[] = []
  for (const target of rule.children('targetDnsServers')) {
    const text = target.text('ipAddress')
    const ip = text === undefined ? undefined : parseIp(text)
    if (ip === undefined || formatIp(ip) === AZURE_DNS_ADDRESS) {
      const message = `rule ${rule.name}: "${text ?? ''}" cannot be a target of a forwarding rule; it is left out`
      estate.report(target.diagnostic('warning', 'NT1741', message, 'ipAddress'))
      continue
    }
    to.push({ kind: 'server', ip, port: target.number('port') ?? 53, ...(from !== undefined && { from }) })
  }
  if (to.length === 0) return undefined
  const label = `forwarding rule ${rule.name} (ruleset ${lastPart(rulesetId)})`
  return { suffix: plainName(domain), to, mode: 'only', order: 'in-order', label, source: rule.source() }
}

function reservedForwards(forwards: readonly DnsForward[]): DnsForward[] {
  const source = implied(
    'the wildcard rule does not apply to suffixes Azure reserves (Learn: Azure DNS Private Resolver endpoints and rulesets)',
  )
  const taken = new Set(forwards.map((one) => one.suffix))
  return RESERVED.filter((suffix) => !taken.has(suffix)).map((suffix) => ({
    suffix,
    to: [{ kind: 'public' }],
    mode: 'only',
    order: 'in-order',
    label: `Azure's reserved suffix ${suffix}`,
    source,
  }))
}
