import { type Diagnostic, formatSource, type ServiceTags } from '../../model/index.ts'
import { type Ip, parseIp } from '../../net/index.ts'
import type { Body } from './estate/body.ts'
import { makeDeviceNames } from './estate/device-name.ts'
import type { Estate } from './estate/estate.ts'
import { typeOf } from './estate/resource-id.ts'
import { type AzureSettings, DEFAULT_SETTINGS } from './estate/settings.ts'
import { type UnreadList, unreadDiagnostic } from './estate/unread-list.ts'
import { makeVirtualNetworks } from './estate/virtual-network.ts'
import { hubNetworks } from './hubs/virtual-hub-network.ts'
import { managedNetworkBodies } from './services/managed-network.ts'

/** Indexes ARM bodies. Of two bodies with one id the first is kept and a warning reported. */
export function makeEstate(
  bodies: readonly Body[],
  tags: ServiceTags | undefined,
  settings: Partial<AzureSettings> = {},
  printedRows: readonly Body[] = [],
  unread: readonly UnreadList[] = [],
): Estate {
  const diagnostics: Diagnostic[] = []
  const said = new Set<string>()
  // Subnets share route tables and NSGs: what is wrong with one of those is said once.
  const report = (diagnostic: Diagnostic): void => {
    const key = `${diagnostic.code} ${diagnostic.message} ${formatSource(diagnostic.source)}`
    if (!said.has(key)) diagnostics.push(diagnostic)
    said.add(key)
  }
  for (const list of unread) if (!list.isSaid) report(unreadDiagnostic(list))
  const listed = withoutRepeats(bodies, report)
  const kept = [...listed, ...managedNetworkBodies(listed)]
  const byType = groupedByType(kept)
  const byId = new Map(kept.map((body) => [body.id.toLowerCase(), body]))
  const ofType = (type: string): readonly Body[] => byType.get(type) ?? []
  const find = (id: string | undefined) => (id === undefined ? undefined : byId.get(id.toLowerCase()))
  const networks = makeVirtualNetworks({ ofType, byId: find, report })
  const hubs = hubNetworks(ofType('microsoft.network/virtualhubs'), report)
  const vnetById = new Map([...networks.byId.values(), ...hubs].map((one) => [one.id, one]))
  const publicAddresses = new Map<string, Ip | undefined>()
  const privateAddresses = new Map<string, readonly Ip[]>()
  return {
    bodies: kept,
    printedRows,
    unread,
    vnets: [...networks.vnets, ...hubs],
    subnets: networks.subnets,
    tags,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    diagnostics,
    ofType,
    byId: find,
    vnet: (id) => (id === undefined ? undefined : vnetById.get(id.toLowerCase())),
    subnet: (id) => (id === undefined ? undefined : networks.subnets.get(id.toLowerCase())),
    publicIp: (id) => remembered(publicAddresses, id, (body) => body && parsedIp(body.text('ipAddress')), find),
    nicAddresses: (id) => remembered(privateAddresses, id, addressesOf, find) ?? [],
    deviceName: makeDeviceNames(kept),
    tag: (name) => tags?.tags.get(name.toLowerCase()),
    report,
  }
}

function withoutRepeats(bodies: readonly Body[], report: (diagnostic: Diagnostic) => void): Body[] {
  const seen = new Set<string>()
  return bodies.filter((body) => {
    const id = body.id.toLowerCase()
    if (id !== '' && seen.has(id)) {
      report(body.diagnostic('warning', 'NT1601', `${body.name} is in the export twice: the first one is used`))
      return false
    }
    seen.add(id)
    return true
  })
}

function groupedByType(bodies: readonly Body[]): Map<string, Body[]> {
  const groups = new Map<string, Body[]>()
  for (const body of bodies) {
    const type = typeOf(body)
    const group = groups.get(type)
    if (group) group.push(body)
    else groups.set(type, [body])
  }
  return groups
}

function remembered<T>(
  memory: Map<string, T>,
  id: string | undefined,
  make: (body: Body | undefined) => T,
  find: (id: string) => Body | undefined,
): T | undefined {
  if (id === undefined) return undefined
  const key = id.toLowerCase()
  if (!memory.has(key)) memory.set(key, make(find(key)))
  return memory.get(key)
}

function addressesOf(nic: Body | undefined): readonly Ip[] {
  const texts = (nic?.children('ipConfigurations') ?? []).map((one) => one.text('privateIPAddress'))
  return texts.map(parsedIp).filter((one) => one !== undefined)
}

function parsedIp(text: string | undefined): Ip | undefined {
  return text === undefined ? undefined : parseIp(text)
}
