import type { Source } from '../../../model/index.ts'
import { lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { isManagedId } from '../estate/managed-id.ts'
import { perEstate } from '../estate/per-estate.ts'
import { type EndpointConnection, endpointConnections, zoneConfigs } from '../estate/private-endpoint-connection.ts'
import { typeOf } from '../estate/resource-id.ts'
import { privateLinkName, privateRecordName } from './private-dns-names.ts'
import { type PrivateZone, zonesInExport } from './private-dns-zone.ts'
import { serviceNames } from './service-names.ts'

/**
 * The private zones of an estate, read once: those the export holds something of, and those only known by the zone group of
 * a private endpoint.
 */
export const privateZones: (estate: Estate) => readonly PrivateZone[] = perEstate((estate) => {
  const known = zonesInExport(estate)
  return [...known, ...zonesOfGroups(estate, known)]
})

/**
 * Zones that zone groups keep records in and that are not in the export, as those of another subscription are: their links
 * are unknown. A zone group that is not in the export itself shows in the endpoint, which then lists no names (az network
 * private-endpoint show, with and without a zone group).
 */
function zonesOfGroups(estate: Estate, known: readonly PrivateZone[]): PrivateZone[] {
  const zones = new Map<string, PrivateZone>(known.map((one) => [one.id, one]))
  const held = new Set(known.flatMap((zone) => zone.records.map((one) => one.value)))
  for (const endpoint of endpointConnections(estate)) {
    for (const zone of [...namedByGroup(estate, endpoint), ...namedByNone(estate, endpoint, held)]) {
      if (!zones.has(zone.id)) zones.set(zone.id, zone)
    }
  }
  return [...zones.values()].slice(known.length)
}

function namedByGroup(estate: Estate, { body }: EndpointConnection): PrivateZone[] {
  return zoneConfigs(estate, body).flatMap((config) => {
    const id = config.text('privateDnsZoneId')?.toLowerCase()
    if (id === undefined) return []
    const why = `the zone group of private endpoint ${body.name} names it, and it is not in the export`
    if (!estate.byId(id)) {
      const message = `zone ${lastPart(id)} of this zone group is not in the export: which VNets it is linked to is unknown`
      estate.report(config.diagnostic('note', 'NT1731', message, 'privateDnsZoneId'))
    }
    return [zoneElsewhere(id, lastPart(id), why, config.source('privateDnsZoneId'))]
  })
}

function namedByNone(estate: Estate, endpoint: EndpointConnection, held: ReadonlySet<unknown>): PrivateZone[] {
  const { body, approved, members } = endpoint
  const isEmpty = body.has('customDnsConfigs') && body.children('customDnsConfigs').length === 0
  if (!approved || !isEmpty || isManagedId(body.id) || zoneConfigs(estate, body).length > 0) return []
  if (members.some(({ ip }) => held.has(ip))) return []
  const names = [...new Set(privateNames(estate, endpoint).map(zoneNameOf))]
  return names.flatMap((name) => {
    if (name === undefined) return []
    const why = `private endpoint ${body.name} lists no names, so a zone group keeps them, and neither is in the export`
    const id = `${body.id.toLowerCase()}/privatednszonegroups/unknown/${name}`
    return [zoneElsewhere(id, name, why, body.source('customDnsConfigs'))]
  })
}

function privateNames(estate: Estate, { targetId, groups, members }: EndpointConnection): (string | undefined)[] {
  const listed = members.flatMap((one) => one.fqdns)
  if (listed.length > 0) return listed.map(privateRecordName)
  const target = estate.byId(targetId)
  const wanted = new Set(groups)
  const names = target ? serviceNames(typeOf(target), target, [], wanted) : []
  return names.map((name) => privateLinkName(name, wanted))
}

/** `privatelink.` and what follows; the label before it, as for a cluster, is of the name. */
function zoneNameOf(name: string | undefined): string | undefined {
  const at = name?.indexOf('privatelink.') ?? -1
  return at === -1 ? undefined : name?.slice(at)
}

function zoneElsewhere(id: string, name: string, unreadLinks: string, source: Source): PrivateZone {
  return { id, name, label: `private DNS zone ${name}`, records: [], complete: false, links: [], unreadLinks, source }
}
