import {
  type Device,
  type DnsZone,
  type ForwardTarget,
  implied,
  type NetworkPart,
  NO_STAGES,
  type Resolver,
  type Route,
} from '../../../model/index.ts'
import { hostPrefix, ip, prefix } from '../../../net/index.ts'
import { onSegment } from '../estate/attachment.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { leaningOn } from '../estate/settings.ts'
import { forwardsOf, unreadForwards } from './dns-resolver-ruleset.ts'
import { AZURE_DNS_ADDRESS, dnsListeners } from './private-dns-listener.ts'
import { type PrivateZone, zonePerhaps, zoneThrough } from './private-dns-zone.ts'
import { privateZones } from './private-dns-zones.ts'

/**
 * For every VNet the device that answers on 168.63.129.16: linked private zones first, then the rules of linked
 * forwarding rulesets, then public DNS, where every CNAME's target starts again from the zones (Learn: Azure DNS
 * Private Resolver overview; What is IP address 168.63.129.16?).
 */
export function privateDnsParts(estate: Estate): NetworkPart {
  const zones = privateZones(estate)
  reportForeignLinks(estate, zones)
  const unlinked = new Map<PrivateZone, DnsZone>()
  const devices = estate.vnets.map((vnet) => resolverDevice(estate, vnet, zones, unlinked))
  return { devices, links: [], services: [], diagnostics: [] }
}

function reportForeignLinks(estate: Estate, zones: readonly PrivateZone[]): void {
  for (const zone of zones) {
    for (const link of zone.links) {
      if (estate.vnet(link.vnetId)) continue
      const message = `the VNet that zone ${zone.name} is linked to by ${link.body.name} is not in the export`
      estate.report(link.body.diagnostic('note', 'NT1730', message, 'virtualNetwork'))
    }
  }
}

const PLATFORM = implied('168.63.129.16 answers in every VNet (Learn: What is IP address 168.63.129.16?)')

function resolverDevice(
  estate: Estate,
  vnet: VirtualNetwork,
  zones: readonly PrivateZone[],
  unlinked: Map<PrivateZone, DnsZone>,
): Device {
  const address = ip(AZURE_DNS_ADDRESS)
  const segment = onSegment(vnet)
  const route = {
    prefix: prefix('0.0.0.0/0'),
    nextHop: { kind: 'connected', interface: segment } as const,
    distance: 0,
    metric: 0,
    origin: 'Azure',
    source: PLATFORM,
  }
  const resolver = resolverOf(estate, vnet, zones, unlinked)
  return {
    name: vnet.resolver,
    kind: 'resolver',
    label: `Azure-provided DNS of ${vnet.name}`,
    aliases: [],
    interfaces: [
      {
        name: segment,
        aliases: [],
        addresses: [{ ip: address, prefix: hostPrefix(address), source: PLATFORM }],
        source: PLATFORM,
      },
    ],
    ...tablesOf(resolver, route),
    forwards: { enabled: false, source: PLATFORM },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    listeners: dnsListeners(PLATFORM),
    resolver,
    stamps: [],
    notModelled: [],
    source: vnet.body.source(),
  }
}

/** Questions of a ruleset whose outbound endpoint we do not have leave on a path we do not know. */
function tablesOf(resolver: Resolver, route: Route): Pick<Device, 'tables' | 'tableRules'> {
  const main = { name: 'main', routes: [route] }
  const from = (target: ForwardTarget) => target.kind !== 'server' || target.from !== undefined
  const lost = resolver.forwards.find((forward) => !forward.to.every(from))
  if (!lost) return { tables: [main], tableRules: [] }
  const because = `the outbound endpoint that ${lost.label} sends from is not in the export`
  const unknown: Route = {
    ...route,
    nextHop: { kind: 'unknown', because },
    origin: 'outbound endpoint',
    source: lost.source,
  }
  const action = { kind: 'lookup', table: 'outbound', onMiss: 'stop' } as const
  const match = { kind: 'direction', is: 'original' } as const
  return {
    tables: [main, { name: 'outbound', routes: [unknown] }],
    tableRules: [{ name: 'outbound endpoint', match, action, source: lost.source }],
  }
}

function resolverOf(
  estate: Estate,
  vnet: VirtualNetwork,
  zones: readonly PrivateZone[],
  unlinked: Map<PrivateZone, DnsZone>,
): Resolver {
  const linked: DnsZone[] = []
  const others: DnsZone[] = []
  for (const zone of zones) {
    const links = zone.links.filter((one) => one.vnetId === vnet.id)
    const link = links.find((one) => one.works) ?? links[0]
    // A VNet has one zone of a name alone (Learn: Azure Private DNS, restrictions).
    const isTaken = zones.some((one) => one.name === zone.name && one.links.some(isWorkingLinkTo(vnet)))
    if (link) (link.works ? linked : others).push(zoneThrough(zone, link, vnet))
    else if (zone.unreadLinks !== undefined && !isTaken) linked.push(zonePerhaps(zone))
    else {
      const known = unlinked.get(zone) ?? zoneThrough(zone, undefined, vnet)
      unlinked.set(zone, known)
      others.push(known)
    }
  }
  const unread = unreadForwards(estate, vnet)
  return {
    label: `Azure-provided DNS of ${vnet.name}`,
    role: 'platform',
    // The answer of a forwarding ruleset is taken whole (Learn: Azure DNS Private Resolver endpoints and rulesets).
    habits: { aliasTarget: { server: 'as-given' } },
    zones: linked.map((one) => besideWider(estate, one, linked)),
    zonesNotLinked: others,
    forwards: forwardsOf(estate, vnet),
    rechasesCname: true,
    otherwise: unread ? 'unknown' : 'public',
    notModelled: unread ? [unread.words] : [],
    source: vnet.body.source(),
  }
}

function isWorkingLinkTo({ id }: VirtualNetwork): (link: PrivateZone['links'][number]) => boolean {
  return ({ vnetId, works }) => works && vnetId === id
}

/**
 * Of linked zones that overlap the most specific one decides alone, as name servers do; no page of Azure's says so. With
 * the setting off it also holds what the wider ones have below its name.
 */
function besideWider({ settings }: Estate, zone: DnsZone, linked: readonly DnsZone[]): DnsZone {
  const below = `.${zone.name}`
  const wider = linked.filter((one) => below.endsWith(`.${one.name}`) && one !== zone)
  const records = wider.flatMap((one) => one.records.filter(({ name }) => below === `.${name}` || name.endsWith(below)))
  if (records.length === 0) return zone
  const alone = settings.mostSpecificZoneDecides
  const others = wider.map((one) => one.name).join(' and ')
  const what = `${zone.label} ${alone ? 'decides alone' : `and zone ${others} decide together`} for the names below it`
  const leansOn = leaningOn(settings, 'mostSpecificZoneDecides', what)
  return alone ? { ...zone, leansOn } : { ...zone, leansOn, records: [...zone.records, ...records] }
}
