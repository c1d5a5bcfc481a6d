import { at, blocks, fixed, type Member, plainId, same, worded } from './member.ts'
import { part, type ResourceTables, resource } from './table.ts'

// Of these tables admin rules and connectivity configurations were held against the Registry; the others are from memory.
const TYPE = 'Microsoft.Network/networkManagers'
const MANAGER = ['azurerm_network_manager', 'network_manager_id'] as const

/** One side of an admin rule: prefixes or service tags. */
function side(attribute: string): Member {
  return blocks(attribute, `${attribute}s`, [same('address_prefix'), same('address_prefix_type')])
}

/** The network groups that a rule collection is for. */
const groups: Member = (scene) => {
  const { block, draft } = scene
  const { ids, complete } = scene.references.resolve(scene.instance, block, 'network_group_ids')
  const origin = at(block, 'network_group_ids')
  for (const id of ids) {
    const group = draft.nested(origin, false)
    group.set('networkGroupId', id, origin)
    draft.list('appliesToGroups').push(group.object)
  }
  if (!complete) scene.missing(block, 'network_group_ids')
}

/** Azure Virtual Network Manager (Terraform Registry: the azurerm_network_manager_* pages). */
export const MANAGER_TABLES: ResourceTables = {
  azurerm_network_manager: resource(TYPE, same('location', '^location')),
  azurerm_network_manager_network_group: part(`${TYPE}/networkGroups`, MANAGER, undefined, same('member_type')),
  azurerm_network_manager_static_member: part(
    `${TYPE}/networkGroups/staticMembers`,
    ['azurerm_network_manager_network_group', 'network_group_id'],
    undefined,
    plainId('target_virtual_network_id', 'resourceId'),
  ),
  azurerm_network_manager_connectivity_configuration: part(
    `${TYPE}/connectivityConfigurations`,
    MANAGER,
    undefined,
    same('connectivity_topology'),
    worded('global_mesh_enabled', 'isGlobal', 'True', 'False'),
    worded('delete_existing_peering_enabled', 'deleteExistingPeering', 'True', 'False'),
    blocks('applies_to_group', 'appliesToGroups', [
      plainId('network_group_id', 'networkGroupId'),
      same('group_connectivity'),
      worded('global_mesh_enabled', 'isGlobal', 'True', 'False'),
      worded('use_hub_gateway', 'useHubGateway', 'True', 'False'),
    ]),
    blocks('hub', 'hubs', [plainId('resource_id', 'resourceId'), same('resource_type')]),
  ),
  azurerm_network_manager_security_admin_configuration: part(
    `${TYPE}/securityAdminConfigurations`,
    MANAGER,
    undefined,
    same('apply_on_network_intent_policy_based_services'),
  ),
  azurerm_network_manager_admin_rule_collection: part(
    `${TYPE}/securityAdminConfigurations/ruleCollections`,
    ['azurerm_network_manager_security_admin_configuration', 'security_admin_configuration_id'],
    undefined,
    groups,
  ),
  azurerm_network_manager_admin_rule: part(
    `${TYPE}/securityAdminConfigurations/ruleCollections/rules`,
    ['azurerm_network_manager_admin_rule_collection', 'admin_rule_collection_id'],
    undefined,
    fixed('^kind', 'Custom'),
    same('description'),
    same('action', 'access'),
    same('direction'),
    same('priority'),
    same('protocol'),
    same('source_port_ranges'),
    same('destination_port_ranges'),
    side('source'),
    side('destination'),
  ),
}
