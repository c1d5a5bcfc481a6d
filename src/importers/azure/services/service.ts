import { ANY, type NetworkPart, type ResourceRecord, type RuleSet, type Service } from '../../../model/index.ts'
import { isIp4 } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { type EndpointConnection, endpointConnections } from '../estate/private-endpoint-connection.ts'
import { typeOf } from '../estate/resource-id.ts'
import { serviceNames } from '../names/service-names.ts'
import { workspaceFacts } from '../names/service-names-workspace.ts'
import { allNamesOf } from './service-all-names.ts'
import { containerGroupDevices } from './service-container-group.ts'
import { approvedGroups, declaredNames, linkRecords } from './service-endpoint-group.ts'
import { type Gated, gateOf } from './service-gate.ts'
import { knownKind, serviceKind, typeInId } from './service-kind.ts'
import { publicRangeOf } from './service-range.ts'
import { stampsOf } from './service-trust.ts'
import { scoringServices, withInstances } from './service-workspace.ts'

/**
 * What answers behind names: every resource of a known kind, every other one with a public network setting, and those
 * only known because a private endpoint names them; and container groups in subnets as devices.
 */
export function serviceParts(estate: Estate): NetworkPart {
  return { devices: containerGroupDevices(estate), links: [], services: azureServices(estate), diagnostics: [] }
}

/** The services of an estate, made once. */
export const azureServices: (estate: Estate) => readonly Service[] = perEstate((estate) => {
  const endpoints = endpointsByTarget(estate)
  const services: Service[] = []
  for (const body of estate.bodies) {
    const type = typeOf(body)
    if (body.id === '' || !isService(type, body)) continue
    const own = endpoints.get(body.id.toLowerCase()) ?? []
    endpoints.delete(body.id.toLowerCase())
    services.push(...servicesOf(estate, type, body, own))
  }
  for (const [id, own] of endpoints) {
    const service = strangerService(estate, id, own)
    if (service) services.push(service)
  }
  return services
})

function endpointsByTarget(estate: Estate): Map<string, EndpointConnection[]> {
  const byTarget = new Map<string, EndpointConnection[]>()
  for (const one of endpointConnections(estate)) {
    if (one.targetId === undefined) continue
    byTarget.set(one.targetId, [...(byTarget.get(one.targetId) ?? []), one])
  }
  return byTarget
}

const NOT_SERVICES = new Set(['microsoft.network/privatelinkservices', 'microsoft.network/applicationgateways'])

function isService(type: string, body: Body): boolean {
  if (NOT_SERVICES.has(type)) return false
  if (knownKind(type)) return true
  const isTopLevel = type.split('/').length === 2
  return (
    isTopLevel &&
    !type.startsWith('microsoft.network/') &&
    !type.startsWith('microsoft.compute/') &&
    body.has('publicNetworkAccess')
  )
}

function servicesOf(estate: Estate, type: string, body: Body, endpoints: readonly EndpointConnection[]): Service[] {
  const kind = serviceKind(type)
  const groups = approvedGroups(estate, type, body, endpoints)
  const names = serviceNames(type, body, declaredNames(endpoints), groups)
  const gated: Gated = { type, body, kind, words: `${kind.label} ${body.name}` }
  const gate = gateOf(estate, gated)
  const service: Service = {
    name: body.name,
    label: kind.label,
    aliases: [body.id],
    names,
    port: kind.port,
    gate,
    records: [...linkRecords(names, groups, body), ...clusterRecords(body, names, endpoints)],
    ...unpublishedNames(names),
    ...publicRangeOf(estate, type, body),
    stamps: stampsOf(type, body.id),
    source: body.source(),
  }
  if (names.length === 0) {
    const message = `${gated.words}: the export does not say what it is called publicly`
    estate.report(body.diagnostic('note', 'NT1750', message))
  }
  reportSovereign(estate, body, names, groups)
  const workspace = workspaceFacts(body)
  const whole = workspace ? withInstances(estate, service, body, workspace) : service
  const parts = workspace ? scoringServices(estate, service, body, workspace, groups) : []
  return [{ ...whole, allNames: allNamesOf(estate, whole, parts, endpoints) }, ...parts]
}

/** Names of the clouds of governments and of China have zones of their own, which are not in our table. */
function reportSovereign(estate: Estate, body: Body, names: readonly string[], groups: ReadonlySet<string>): void {
  const foreign = names.find((name) =>
    /\.(?:cn|us|usgovcloudapi\.net|scloud|eaglex\.ic\.gov|microsoft\.scloud)$/.test(name),
  )
  if (foreign === undefined || groups.size === 0) return
  const message = `${body.name}: ${foreign} is a name of a sovereign cloud, whose privatelink zones are not known here: what it resolves to is unknown`
  estate.report(body.diagnostic('warning', 'NT1755', message))
}

/** The name of a private cluster stands in its private zone alone (Learn: Create a private AKS cluster). */
function unpublishedNames(names: readonly string[]): Pick<Service, 'unpublished'> {
  const unpublished = names.filter((name) => /\.privatelink\.[^.]+\.azmk8s\.io$/.test(name))
  return unpublished.length > 0 ? { unpublished } : {}
}

/** The public name of a private cluster gives the private address (Learn: Create a private AKS cluster). */
function clusterRecords(
  body: Body,
  names: readonly string[],
  endpoints: readonly EndpointConnection[],
): ResourceRecord[] {
  const profile = body.child('apiServerAccessProfile')
  const name = body.text('fqdn')?.toLowerCase()
  if (!profile?.flag('enablePrivateCluster') || !profile.flag('enablePrivateClusterPublicFQDN')) return []
  if (name === undefined || !names.includes(name)) return []
  const approved = endpoints.filter((one) => one.approved)
  return approved.flatMap((one) =>
    one.members.map(({ ip, source }): ResourceRecord => ({ name, type: isIp4(ip) ? 'A' : 'AAAA', value: ip, source })),
  )
}

/** A resource that only private endpoints tell of: its names become private, its own firewall is unknown. */
function strangerService(estate: Estate, id: string, endpoints: readonly EndpointConnection[]): Service | undefined {
  const approved = endpoints.filter((one) => one.approved)
  const names = [...new Set(declaredNames(endpoints))].filter((name) => !name.includes('privatelink.'))
  const [first] = approved
  if (!first || names.length === 0) return undefined
  const groups = new Set(approved.flatMap((one) => one.groups))
  const kind = serviceKind(typeInId(id))
  const source = first.body.source()
  const text = `${kind.label} ${lastPart(id)} is not in the export, only a private endpoint of it`
  estate.report(first.body.diagnostic('note', 'NT1753', `${text}: what it lets in publicly is unknown`))
  const gate: RuleSet = {
    name: 'gate',
    label: `${kind.label} ${lastPart(id)}`,
    rules: [{ name: 'its own firewall', match: ANY, action: { kind: 'opaque', text }, source }],
    policy: { kind: 'accept' },
    policySource: source,
  }
  const service: Service = {
    name: lastPart(id),
    label: kind.label,
    aliases: [id],
    names,
    port: kind.port,
    gate,
    records: linkRecords(names, groups, first.body),
    stamps: stampsOf(typeInId(id), id),
    source,
  }
  return { ...service, allNames: allNamesOf(estate, service, [], endpoints) }
}
