import type { RecordType, ResourceRecord } from '../../../model/index.ts'
import { type Ip, isIp4, parseIp } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import {
  type EndpointConnection,
  type EndpointMember,
  plainName,
  zoneConfigs,
} from '../estate/private-endpoint-connection.ts'
import { typeOf } from '../estate/resource-id.ts'
import { privateRecordName } from './private-dns-names.ts'
import { regionOf, workspaceFacts } from './service-names-workspace.ts'

/** The record types a private zone can hold, as its record sets' types spell them. */
export const RECORD_TYPES: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'MX', 'PTR', 'SOA', 'SRV', 'TXT']

/** The records of one record set body (`.../privateDnsZones/zone/A/name`), as its zone's name makes them. */
export function recordsOfSet(estate: Estate, body: Body, zoneName: string): ResourceRecord[] {
  const type = lastPart(typeOf(body)).toUpperCase() as RecordType
  const relative = lastPart(body.name || body.id).toLowerCase()
  const name = plainName(body.text('fqdn') ?? (relative === '@' ? zoneName : `${relative}.${zoneName}`))
  const source = body.source()
  const make = (value: Ip | string): ResourceRecord => ({ name, type, value, source })
  switch (type) {
    case 'A':
      return addresses(estate, body, 'aRecords', 'ipv4Address').map(make)
    case 'AAAA':
      return addresses(estate, body, 'aaaaRecords', 'ipv6Address').map(make)
    case 'CNAME': {
      const target = body.child('cnameRecord')?.text('cname')
      return target === undefined ? [] : [make(plainName(target))]
    }
    case 'PTR':
      return body.children('ptrRecords').map((one) => make(plainName(one.text('ptrdname') ?? '')))
    default:
      return [make(body.text('type') ?? type)]
  }
}

function addresses(estate: Estate, body: Body, list: string, key: string): Ip[] {
  const ips: Ip[] = []
  for (const one of body.children(list)) {
    const text = one.text(key)
    const ip = text === undefined ? undefined : parseIp(text)
    if (ip !== undefined) ips.push(ip)
    else estate.report(one.diagnostic('warning', 'NT1732', `record ${body.name}: "${text ?? ''}" is no address`))
  }
  return ips
}

/**
 * The records an endpoint's zone group keeps in a zone: as its record sets say, else as the endpoint's public names
 * or its members' names make them (Learn: Azure Private Endpoint DNS integration). None for an endpoint that is not
 * approved.
 */
export function recordsOfEndpoint(
  estate: Estate,
  endpoint: EndpointConnection,
  zoneId: string,
  zoneName: string,
): ResourceRecord[] {
  if (!endpoint.approved) return []
  const records: ResourceRecord[] = []
  for (const config of zoneConfigs(estate, endpoint.body)) {
    if (config.text('privateDnsZoneId')?.toLowerCase() !== zoneId) continue
    const sets = config.children('recordSets')
    if (sets.length > 0) records.push(...sets.flatMap((set) => recordsOfRecordSet(set, zoneName)))
    else records.push(...recordsOfMembers(estate, endpoint, zoneName))
  }
  return records
}

function recordsOfRecordSet(set: Body, zoneName: string): ResourceRecord[] {
  const fqdn = set.text('fqdn')
  const relative = set.text('recordSetName')
  if (fqdn === undefined && relative === undefined) return []
  const full = plainName(fqdn ?? '')
  const name = full.endsWith(`.${zoneName}`) ? full : plainName(`${relative ?? full}.${zoneName}`)
  return set.texts('ipAddresses').flatMap((text) => {
    const ip = parseIp(text)
    return ip === undefined ? [] : [addressRecord(name, ip, set.source('ipAddresses'))]
  })
}

function recordsOfMembers(estate: Estate, endpoint: EndpointConnection, zoneName: string): ResourceRecord[] {
  const named = endpoint.members.some((one) => one.fqdns.length > 0)
  return endpoint.members.flatMap((member) => {
    const names = named
      ? member.fqdns.map((name) => inferenceRecord(estate, endpoint, name) ?? privateRecordName(name))
      : namesOfMember(estate, endpoint, member, zoneName)
    return names
      .filter((name) => name?.endsWith(`.${zoneName}`))
      .map((name) => addressRecord(name ?? '', member.ip, member.source))
  })
}

function addressRecord(name: string, ip: Ip, source: ResourceRecord['source']): ResourceRecord {
  return { name, type: isIp4(ip) ? 'A' : 'AAAA', value: ip, source }
}

/** A workspace's NIC lists `*.<region>.inference.ml.azure.com`; its record is the wildcard below the workspace's id. */
function inferenceRecord(estate: Estate, endpoint: EndpointConnection, name: string): string | undefined {
  const region = /^\*\.([^.]+)\.inference\.ml\.azure\.com$/.exec(name)?.[1]
  const body = region === undefined ? undefined : estate.byId(endpoint.targetId)
  const workspace = body && workspaceFacts(body)
  return workspace && `*.${workspace.guid}.inference.${region}.privatelink.api.azureml.ms`
}

/** Names of a member that lists none: by the resource's own name, or the parts of a registry or workspace. */
function namesOfMember(
  estate: Estate,
  endpoint: EndpointConnection,
  member: EndpointMember,
  zoneName: string,
): (string | undefined)[] {
  if (endpoint.targetId === undefined) return []
  const resource = lastPart(endpoint.targetId)
  const part = member.member ?? ''
  const body = estate.byId(endpoint.targetId)
  // A template's endpoint does not say the region of its data member: it is the registry's own.
  const dataRegion = part === 'registry_data' && body ? regionOf(body) : /^registry_data_(.+)$/.exec(part)?.[1]
  if (dataRegion !== undefined) return [`${resource}.${dataRegion}.data.${zoneName}`]
  const workspace = body && workspaceFacts(body)
  if (workspace) return workspaceNames(workspace, part)
  return endpoint.members.length === 1 || part === 'registry' ? [`${resource}.${zoneName}`] : []
}

function workspaceNames(workspace: ReturnType<typeof workspaceFacts>, part: string): (string | undefined)[] {
  if (!workspace) return []
  const { guid, region, notebooks } = workspace
  const api = 'privatelink.api.azureml.ms'
  if (part.startsWith('inference')) return [`*.${guid}.inference.${region}.${api}`]
  if (part.startsWith('notebook')) return [notebooks === undefined ? undefined : privateRecordName(notebooks)]
  if (part.startsWith('default'))
    return [`${guid}.workspace.${region}.${api}`, `${guid}.workspace.${region}.cert.${api}`]
  return []
}
