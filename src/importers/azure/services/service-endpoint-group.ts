import type { ResourceRecord } from '../../../model/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import type { EndpointConnection } from '../estate/private-endpoint-connection.ts'
import { privateLinkName } from '../names/private-dns-names.ts'

/** Public names that endpoints list; patterns are no names to answer to, except a workspace's, which it handles itself. */
export function declaredNames(endpoints: readonly EndpointConnection[]): string[] {
  const approved = endpoints.filter((one) => one.approved)
  return approved
    .flatMap((one) => one.members.flatMap((member) => member.fqdns))
    .filter((name) => !name.startsWith('*'))
}

/**
 * The sub-resources with an approved private endpoint, by the endpoints of the export and by what the resource itself
 * says of others (Learn: Azure Private Endpoint DNS integration: the public CNAME exists from then on).
 */
export function approvedGroups(
  estate: Estate,
  type: string,
  body: Body,
  endpoints: readonly EndpointConnection[],
): Set<string> {
  const groups = new Set(endpoints.filter((one) => one.approved).flatMap((one) => one.groups))
  const known = new Set(endpoints.map((one) => one.body.id.toLowerCase()))
  for (const one of body.children('privateEndpointConnections')) {
    const status = one.child('privateLinkServiceConnectionState')?.text('status')?.toLowerCase()
    const endpoint = one.reference('privateEndpoint')
    if (status !== 'approved' || (endpoint !== undefined && known.has(endpoint))) continue
    const said = [...one.texts('groupIds'), ...one.texts('groupId')].map((group) => group.toLowerCase())
    const only = SINGLE.get(type) ?? []
    for (const group of said.length > 0 ? said : only) groups.add(group)
    if (said.length > 0 || only.length > 0) continue
    const message = `${body.name} has an approved private endpoint that is not in the export: which of its names are private is unknown`
    estate.report(one.diagnostic('warning', 'NT1754', message))
  }
  return groups
}

/** The one sub-resource a type has; types with several are not here. */
const SINGLE: ReadonlyMap<string, readonly string[]> = new Map([
  ['microsoft.keyvault/vaults', ['vault']],
  ['microsoft.containerregistry/registries', ['registry']],
  ['microsoft.machinelearningservices/workspaces', ['amlworkspace']],
  ['microsoft.devices/iothubs', ['iothub']],
  ['microsoft.devices/provisioningservices', ['iotdps']],
  ['microsoft.eventhub/namespaces', ['namespace']],
  ['microsoft.servicebus/namespaces', ['namespace']],
  ['microsoft.relay/namespaces', ['namespace']],
  ['microsoft.sql/servers', ['sqlserver']],
  ['microsoft.cognitiveservices/accounts', ['account']],
  ['microsoft.search/searchservices', ['searchservice']],
  ['microsoft.web/sites', ['sites']],
  ['microsoft.cache/redis', ['rediscache']],
])

/** The public CNAMEs of names whose sub-resource has a private endpoint. */
export function linkRecords(names: readonly string[], groups: ReadonlySet<string>, body: Body): ResourceRecord[] {
  return names.flatMap((name) => {
    const target = privateLinkName(name, groups)
    return target === undefined ? [] : [alias(name, target, body)]
  })
}

/** A CNAME. */
export function alias(name: string, value: string, body: Body): ResourceRecord {
  return { name, type: 'CNAME', value, source: body.source() }
}
