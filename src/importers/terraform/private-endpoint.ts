import type { ArmDocument } from './arm-document.ts'
import type { Block } from './block.ts'
import { Draft } from './draft.ts'
import { at, type Member, plainId, same } from './member.ts'

/**
 * The connection of a private endpoint. A manual one waits for its owner, and no attribute tells whether the owner
 * agreed; an automatic one counts as approved (Terraform Registry: azurerm_private_endpoint).
 */
export const connection: Member = (scene) => {
  for (const { block } of scene.block.blocks('private_service_connection')) {
    const manual = block.flag('is_manual_connection') === true
    const draft = scene.draft.nested({ container: block.value }, true)
    const inner = { ...scene, block, draft }
    const name = block.text('name')
    if (name !== undefined) draft.set('^name', name, at(block, 'name'))
    plainId('private_connection_resource_id', 'privateLinkServiceId')(inner)
    same('subresource_names', 'groupIds')(inner)
    scene.draft
      .list(manual ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections')
      .push(draft.object)
  }
}

/** Bodies that ARM has beside a private endpoint, and Terraform as blocks of it. */
export function besideEndpoint(document: ArmDocument, block: Block, ids: EndpointIds): Draft[] {
  return [...nic(document, block, ids), ...zoneGroup(document, block, ids.id, ids.zones)]
}

/** Ids that a plan tells by the resources it refers to. */
interface EndpointIds {
  readonly id: string
  /** Absent = not told. */
  readonly subnet: string | undefined
  readonly zones: readonly string[]
}

/** Its network interface, of which one address is known. */
function nic(document: ArmDocument, block: Block, { id: endpoint, subnet }: EndpointIds): Draft[] {
  const [interface_] = block.blocks('network_interface')
  const [first] = block.blocks('private_service_connection')
  const address = first?.block.text('private_ip_address')
  if (!first || address === undefined) return []
  const id =
    interface_?.block.text('id') ??
    `${endpoint.replace(/\/privateEndpoints\/[^/]*$/i, '')}/networkInterfaces/${lastPart(endpoint)}.nic`
  const draft = new Draft(document, { container: (interface_ ?? first).block.value }, true)
  draft.set('^id', id, { container: first.block.value })
  draft.set('^name', lastPart(id), { container: first.block.value })
  draft.set('^type', 'Microsoft.Network/networkInterfaces', { container: first.block.value })
  draft.refer('privateEndpoint', endpoint, { container: block.value })
  const configuration = draft.nested({ container: first.block.value }, true)
  configuration.set('privateIPAddress', address, at(first.block, 'private_ip_address'))
  if (subnet !== undefined) configuration.refer('subnet', subnet, at(block, 'subnet_id'))
  draft.list('ipConfigurations').push(configuration.object)
  return [draft]
}

/** Its zone group: the zones as configured, and the records Azure made in them as `private_dns_zone_configs` lists them. */
function zoneGroup(document: ArmDocument, block: Block, endpoint: string, zones: readonly string[]): Draft[] {
  const [group] = block.blocks('private_dns_zone_group')
  if (!group) return []
  const origin = { container: group.block.value }
  const name = group.block.text('name') ?? 'default'
  const draft = new Draft(document, origin, true)
  draft.set('^id', `${endpoint}/privateDnsZoneGroups/${name}`, origin)
  draft.set('^name', name, origin)
  draft.set('^type', 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups', origin)
  const listed = block.blocks('private_dns_zone_configs').map((one) => one.block)
  const seen = new Set<string>()
  for (const one of listed) {
    const zone = one.text('private_dns_zone_id')
    if (zone === undefined) continue
    seen.add(zone.toLowerCase())
    const config = draft.nested({ container: one.value }, true)
    config.set('privateDnsZoneId', zone, at(one, 'private_dns_zone_id'))
    for (const { block: set } of one.blocks('record_sets')) config.list('recordSets').push(recordSet(config, set))
    draft.list('privateDnsZoneConfigs').push(config.object)
  }
  for (const zone of zones) {
    if (seen.has(zone.toLowerCase())) continue
    const config = draft.nested(at(group.block, 'private_dns_zone_ids'), true)
    config.set('privateDnsZoneId', zone, at(group.block, 'private_dns_zone_ids'))
    draft.list('privateDnsZoneConfigs').push(config.object)
  }
  return [draft]
}

function recordSet(config: Draft, set: Block): object {
  const draft = config.nested({ container: set.value }, false)
  const copy = (attribute: string, path: string) => {
    const value = set.raw(attribute)
    if (value !== undefined) draft.set(path, value, at(set, attribute))
  }
  copy('type', 'recordType')
  copy('name', 'recordSetName')
  copy('fqdn', 'fqdn')
  copy('ip_addresses', 'ipAddresses')
  return draft.object
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}
