import { fixed, type Member, plainId, same } from './member.ts'
import { part, type ResourceTable, type ResourceTables, resource } from './table.ts'

// The attribute names of these tables are from memory of the Registry, not held against it page by page.
const LOCATION = same('location', '^location')

/** A scale set: its instances and their network interfaces are in no attribute. */
const SCALE_SET = resource('Microsoft.Compute/virtualMachineScaleSets', LOCATION, same('instances', '^sku/capacity'))

/** A rule that a machine learning workspace's managed network lets out (Terraform Registry: azurerm_machine_learning_workspace_network_outbound_rule_*). */
function outboundRule(type: string, ...members: readonly Member[]): ResourceTable {
  return part(
    'Microsoft.MachineLearningServices/workspaces/outboundRules',
    ['azurerm_machine_learning_workspace', 'workspace_id'],
    undefined,
    fixed('type', type),
    fixed('category', 'UserDefined'),
    ...members,
  )
}

/** A rule of a server's or service's own firewall. */
function firewallRule(
  type: string,
  parent: string,
  attribute: string,
  start = 'start_ip_address',
  end = 'end_ip_address',
) {
  return part(
    `${type}/firewallRules`,
    [parent, attribute],
    undefined,
    same(start, 'startIpAddress'),
    same(end, 'endIpAddress'),
  )
}

/** Scale sets, node pools, managed networks, and the rules that stand beside the servers they are of. */
export const MACHINE_TABLES: ResourceTables = {
  azurerm_linux_virtual_machine_scale_set: SCALE_SET,
  azurerm_windows_virtual_machine_scale_set: SCALE_SET,
  azurerm_orchestrated_virtual_machine_scale_set: SCALE_SET,
  azurerm_virtual_machine_scale_set: SCALE_SET,
  azurerm_kubernetes_cluster_node_pool: {
    ...part(
      'Microsoft.ContainerService/managedClusters/agentPools',
      ['azurerm_kubernetes_cluster', 'kubernetes_cluster_id'],
      'agentPoolProfiles',
      plainId('vnet_subnet_id', 'vnetSubnetID'),
    ),
    wrapped: false,
  },
  azurerm_machine_learning_workspace_network_outbound_rule_fqdn: outboundRule(
    'FQDN',
    same('destination_fqdn', 'destination'),
  ),
  azurerm_machine_learning_workspace_network_outbound_rule_service_tag: outboundRule(
    'ServiceTag',
    same('service_tag', 'destination/serviceTag'),
    same('protocol', 'destination/protocol'),
    same('port_ranges', 'destination/portRanges'),
  ),
  azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint: outboundRule(
    'PrivateEndpoint',
    plainId('service_resource_id', 'destination/serviceResourceId'),
    same('sub_resource_target', 'destination/subresourceTarget'),
    same('spark_enabled', 'destination/sparkEnabled'),
  ),
  azurerm_postgresql_flexible_server_firewall_rule: firewallRule(
    'Microsoft.DBforPostgreSQL/flexibleServers',
    'azurerm_postgresql_flexible_server',
    'server_id',
  ),
  azurerm_mysql_flexible_server_firewall_rule: firewallRule(
    'Microsoft.DBforMySQL/flexibleServers',
    'azurerm_mysql_flexible_server',
    'server_name',
  ),
  azurerm_synapse_firewall_rule: firewallRule(
    'Microsoft.Synapse/workspaces',
    'azurerm_synapse_workspace',
    'synapse_workspace_id',
  ),
  azurerm_redis_firewall_rule: firewallRule(
    'Microsoft.Cache/Redis',
    'azurerm_redis_cache',
    'redis_cache_name',
    'start_ip',
    'end_ip',
  ),
  azurerm_monitor_private_link_scope: resource('Microsoft.Insights/privateLinkScopes', fixed('^location', 'global')),
}
