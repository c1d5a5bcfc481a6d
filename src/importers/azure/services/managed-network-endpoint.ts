import type { Body } from '../estate/body.ts'
import { typeOf } from '../estate/resource-id.ts'
import { privateLinkName } from '../names/private-dns-names.ts'
import { serviceNames } from '../names/service-names.ts'
import { ENDPOINTS } from './managed-network-address.ts'
import { idOf, type Managed, type Members, placed, resource, subnetId } from './managed-network-resource.ts'

interface Target {
  readonly id: string
  readonly group: string
  readonly status: string
  /** The outbound rule that asks for it; absent = Azure makes it of itself. */
  readonly body?: Body
}

/** Azure makes endpoints of its own for the workspace's resources: all in approved mode, else those closed to the public. */
function targetsOf({ workspace, rules, byId, approvedOnly }: Managed): Target[] {
  const named = rules.flatMap((one): Target[] => {
    const destination = one.type === 'privateendpoint' ? one.body.child('destination') : undefined
    const id = destination?.text('serviceResourceId')
    if (!destination || id === undefined) return []
    const waits = one.body.text('status')?.toLowerCase() === 'inactive'
    return [
      {
        id,
        group: destination.text('subresourceTarget') ?? '',
        status: waits ? 'Pending' : 'Approved',
        body: one.body,
      },
    ]
  })
  const wanted: readonly (readonly [string | undefined, readonly string[]])[] = [
    [workspace.text('storageAccount'), ['blob', 'file']],
    [workspace.text('keyVault'), ['vault']],
    [workspace.text('containerRegistry'), ['registry']],
    [workspace.id, ['amlworkspace']],
  ]
  const own = wanted.flatMap(([id, groups]) => {
    const closed =
      byId
        .get(id?.toLowerCase() ?? '')
        ?.text('publicNetworkAccess')
        ?.toLowerCase() === 'disabled'
    return id !== undefined && (approvedOnly || closed)
      ? groups.map((group) => ({ id, group, status: 'Approved' }))
      : []
  })
  const seen = new Set<string>()
  return [...named, ...own].filter((one) => {
    const key = `${one.id} ${one.group}`.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}

/** The private endpoints of a managed network, and the private zones that hold their addresses. */
export function endpointsOf(managed: Managed): Members[] {
  const { workspace, byId } = managed
  const zones = new Map<string, Map<string, string>>()
  const endpoints = targetsOf(managed).map((target, index): Members => {
    const address = `100.96.0.${ENDPOINTS.first + index}`
    const body = byId.get(target.id.toLowerCase())
    for (const name of body ? serviceNames(typeOf(body), body, [], new Set([target.group.toLowerCase()])) : []) {
      const record = privateLinkName(name, new Set([target.group.toLowerCase()]))
      const at = record?.indexOf('.privatelink.') ?? -1
      if (record === undefined || at === -1) continue
      const zone = record.slice(at + 1)
      zones.set(zone, (zones.get(zone) ?? new Map<string, string>()).set(record.slice(0, at), address))
    }
    const last = target.id.slice(target.id.lastIndexOf('/') + 1)
    const part = `pe-${index}`
    const name = `${workspace.name}/managed-endpoint-${last}-${target.group}`
    const made = resource(workspace, 'privateEndpoints', part, name, {
      subnet: { id: subnetId(workspace, 'endpoints') },
      ipConfigurations: [{ name: 'one', properties: { privateIPAddress: address, groupId: target.group } }],
      privateLinkServiceConnections: [
        {
          name: 'one',
          properties: {
            privateLinkServiceId: target.id,
            groupIds: [target.group],
            privateLinkServiceConnectionState: { status: target.status },
          },
        },
      ],
    })
    return placed(managed, made, target.body)
  })
  return [...endpoints, ...[...zones].flatMap(([zone, records]) => zoneBodies(workspace, zone, records))]
}

function zoneBodies(workspace: Body, zone: string, records: ReadonlyMap<string, string>): Members[] {
  const [head] = workspace.id.split(/\/providers\//i)
  const id = `${head}/managed-network-of-${workspace.name}/providers/Microsoft.Network/privateDnsZones/${zone}`
  const type = 'Microsoft.Network/privateDnsZones'
  const link = {
    virtualNetwork: { id: idOf(workspace, 'virtualNetworks', 'vnet') },
    virtualNetworkLinkState: 'Completed',
    registrationEnabled: false,
  }
  return [
    { id, type, name: zone, location: 'global', properties: { numberOfVirtualNetworkLinks: 1 } },
    { id: `${id}/virtualNetworkLinks/managed`, type: `${type}/virtualNetworkLinks`, name: 'managed', properties: link },
    ...[...records].map(([name, ipv4Address]) => ({
      id: `${id}/A/${name}`,
      type: `${type}/A`,
      name,
      properties: { ttl: 10, aRecords: [{ ipv4Address }] },
    })),
  ]
}
