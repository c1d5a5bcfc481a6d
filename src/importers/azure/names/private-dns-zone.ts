import type { DnsZone, ResourceRecord, Source } from '../../../model/index.ts'
import { isIp4 } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { isManagedId } from '../estate/managed-id.ts'
import { type EndpointConnection, endpointConnections, zoneConfigs } from '../estate/private-endpoint-connection.ts'
import { parentId } from '../estate/resource-id.ts'
import { isPrivateLinkZone } from './private-dns-names.ts'
import { RECORD_TYPES, recordsOfEndpoint, recordsOfSet } from './private-dns-record.ts'

/** A virtual network link of a private zone. */
interface ZoneLink {
  readonly body: Body
  readonly vnetId: string
  /** Its state is Completed, or not said; a link in another state does not answer. */
  readonly works: boolean
  /** A name that is not in the zone is asked again publicly (`NxDomainRedirect`). */
  readonly redirects: boolean
  /** VMs of the VNet register themselves. */
  readonly registers: boolean
}

/** A private DNS zone with its records and links. */
export interface PrivateZone {
  readonly id: string
  /** Lower case. */
  readonly name: string
  readonly label: string
  readonly records: readonly ResourceRecord[]
  /** Whether the export holds all its records. */
  readonly complete: boolean
  readonly links: readonly ZoneLink[]
  /** Why other VNets may be linked to it too; absent when the export has all its links. */
  readonly unreadLinks?: string
  readonly source: Source
}

/** The zones that the export holds something of: a body, a record set or a link. */
export function zonesInExport(estate: Estate): PrivateZone[] {
  const links = linksByZone(estate)
  const sets = setsByZone(estate)
  const bodies = estate.ofType('microsoft.network/privatednszones')
  const ids = new Set([...bodies.map((one) => one.id.toLowerCase()), ...links.keys(), ...sets.keys()])
  return [...ids].map((id) => privateZone(estate, id, links.get(id) ?? [], sets.get(id) ?? []))
}

/** A zone as one VNet's resolver has it, through a link; without one, as it would be explained. */
export function zoneThrough(zone: PrivateZone, link: ZoneLink | undefined, vnet: VirtualNetwork): DnsZone {
  const redirects = link?.redirects === true && isPrivateLinkZone(zone.name)
  const label = link && `link ${link.body.name} of zone ${zone.name} to ${vnet.name}`
  const state = link && !link.works ? ` (${link.body.text('virtualNetworkLinkState') ?? 'not completed'})` : ''
  return {
    name: zone.name,
    label: zone.label,
    records: zone.records,
    ...(isManagedId(zone.id) && { closed: true as const }),
    onMissing: !zone.complete ? 'unknown' : redirects ? 'public' : 'nxdomain',
    ...(link && { because: { label: `${label}${state}`, source: link.body.source() } }),
    source: zone.source,
  }
}

/** A zone that may be linked to a VNet, as its resolver has it: every name below it is unknown. */
export function zonePerhaps(zone: PrivateZone): DnsZone {
  const label = `${zone.label}, which may be linked here: ${zone.unreadLinks ?? 'its links are not in the export'}`
  return { name: zone.name, label, records: [], onMissing: 'unknown', source: zone.source }
}

function linksByZone(estate: Estate): Map<string, ZoneLink[]> {
  const links = new Map<string, ZoneLink[]>()
  for (const body of estate.ofType('microsoft.network/privatednszones/virtualnetworklinks')) {
    const vnetId = body.reference('virtualNetwork')
    if (vnetId === undefined) continue
    const state = body.text('virtualNetworkLinkState')?.toLowerCase()
    const link = {
      body,
      vnetId,
      works: state === undefined || state === 'completed',
      redirects: body.text('resolutionPolicy')?.toLowerCase() === 'nxdomainredirect',
      registers: body.flag('registrationEnabled') === true,
    }
    append(links, parentId(body.id), link)
  }
  return links
}

function setsByZone(estate: Estate): Map<string, Body[]> {
  const sets = new Map<string, Body[]>()
  for (const type of RECORD_TYPES) {
    for (const body of estate.ofType(`microsoft.network/privatednszones/${type.toLowerCase()}`)) {
      append(sets, parentId(body.id), body)
    }
  }
  return sets
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Why a zone may be linked to more VNets than the export says. */
function unreadLinksOf(estate: Estate, id: string, body: Body | undefined, links: number): string | undefined {
  const type = 'microsoft.network/privatednszones/virtualnetworklinks'
  const unread = estate.unread.find((one) => one.parent === id && one.child === type)
  if (unread) return unread.words
  if (!body) return links === 0 ? 'the export holds records of it alone' : undefined
  const wanted = body.number('numberOfVirtualNetworkLinks') ?? 0
  return wanted > links ? `numberOfVirtualNetworkLinks is ${wanted}, and the export holds ${links} of them` : undefined
}

function privateZone(estate: Estate, id: string, links: readonly ZoneLink[], sets: readonly Body[]): PrivateZone {
  const body = estate.byId(id)
  const name = lastPart(id)
  const fromSets = sets.flatMap((set) => recordsOfSet(estate, set, name))
  // Record sets in the export are the truth; what a zone group would have made is only asked where there are none, or
  // where they are what somebody wrote (a template, a plan: the zone counts no sets) and not what the zone holds.
  const counted = body === undefined || body.has('numberOfRecordSets')
  const listed = counted && sets.some((set) => lastPart(parentTypeOf(set)) !== 'soa')
  const written = new Set(fromSets.map((one) => `${one.type} ${one.name.toLowerCase()}`))
  const derived = listed ? [] : derivedRecords(estate, id, name, links)
  const records = [...fromSets, ...derived.filter((one) => !written.has(`${one.type} ${one.name.toLowerCase()}`))]
  const wanted = body?.number('numberOfRecordSets')
  const count = new Set(records.filter((one) => one.type !== 'SOA').map((one) => `${one.type} ${one.name}`)).size
  const nameless = listed ? undefined : namelessEndpoint(estate, id, name)
  const enough = wanted === undefined || wanted <= count + 1
  const ofZone = (child: string) =>
    estate.unread.find((one) => one.parent === id && one.child === `microsoft.network/privatednszones/${child}`)
  const unread = ofZone('recordsets')
  const unreadLinks = unreadLinksOf(estate, id, body, links.length)
  // A switch of a template that stays unknown: machines of the VNet may stand in the zone by their names.
  const mayRegister = !listed && links.some((one) => one.works && one.body.isDoubtful('registrationEnabled'))
  const known = body !== undefined && enough && !nameless && !unread
  const complete = known && !mayRegister
  const at = body ?? links[0]?.body ?? sets[0]
  if (nameless && enough && at) {
    const message = `zone ${name}: what private endpoint ${nameless.body.name} registers in it is not in the export, so what a missing name resolves to is unknown`
    estate.report(at.diagnostic('warning', 'NT1734', message))
  } else if (!known && at && !(unread && enough)) {
    const message = body
      ? `zone ${name} has ${wanted} record sets, the export holds ${count}: what a missing name resolves to is unknown`
      : `zone ${name} is not in the export, only parts of it: what a missing name resolves to is unknown`
    estate.report(at.diagnostic('warning', 'NT1733', message, body ? 'numberOfRecordSets' : undefined))
  }
  return {
    id,
    name,
    label: `private DNS zone ${name}`,
    records,
    complete,
    links,
    ...(unreadLinks !== undefined && { unreadLinks }),
    source: at?.source() ?? { kind: 'implied', because: `zone ${name} is named by its parts` },
  }
}

function parentTypeOf(set: Body): string {
  return set.id.split('/').slice(0, -1).join('/').toLowerCase()
}

/** An approved endpoint with a zone group for the zone, whose records cannot be told: no address, or no names. */
function namelessEndpoint(estate: Estate, id: string, name: string): EndpointConnection | undefined {
  return endpointConnections(estate).find(
    (one) =>
      one.approved &&
      zoneConfigs(estate, one.body).some((config) => config.text('privateDnsZoneId')?.toLowerCase() === id) &&
      recordsOfEndpoint(estate, one, id, name).length === 0,
  )
}

function derivedRecords(estate: Estate, id: string, name: string, links: readonly ZoneLink[]): ResourceRecord[] {
  const ofEndpoints = endpointConnections(estate).flatMap((one) => recordsOfEndpoint(estate, one, id, name))
  const registering = links.filter((link) => link.registers && link.works).map((link) => link.vnetId)
  return [...ofEndpoints, ...registering.flatMap((vnetId) => registeredRecords(estate, vnetId, name))]
}

/** A VM's name with its first NIC's addresses, as autoregistration makes them (Learn: Azure DNS autoregistration). */
function registeredRecords(estate: Estate, vnetId: string, zoneName: string): ResourceRecord[] {
  const records: ResourceRecord[] = []
  for (const nic of estate.ofType('microsoft.network/networkinterfaces')) {
    const vm = nic.reference('virtualMachine')
    const first = nic.children('ipConfigurations')[0]
    if (vm === undefined || nic.flag('primary') === false) continue
    if (estate.subnet(first?.reference('subnet'))?.vnet.id !== vnetId) continue
    for (const ip of estate.nicAddresses(nic.id)) {
      records.push({
        name: `${lastPart(vm)}.${zoneName}`,
        type: isIp4(ip) ? 'A' : 'AAAA',
        value: ip,
        source: nic.source(),
      })
    }
  }
  return records
}
