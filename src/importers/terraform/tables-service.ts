import {
  at,
  blocks,
  computed,
  fixed,
  inside,
  type Member,
  objectsOf,
  plainId,
  reference,
  references,
  same,
  worded,
} from './member.ts'
import { part, type ResourceTable, type ResourceTables, resource } from './table.ts'

const LOCATION = same('location', '^location')
const PUBLIC_ACCESS = worded('public_network_access_enabled', 'publicNetworkAccess')

/** A service of which only its name, its place and its switch for public access are read. */
function service(type: string, ...members: readonly Member[]): ResourceTable {
  return resource(type, LOCATION, PUBLIC_ACCESS, ...members)
}

/** Terraform Registry: azurerm_storage_account, `network_rules`; azurerm_storage_account_network_rules. */
export const STORAGE_RULES: readonly Member[] = [
  same('default_action', 'networkAcls/defaultAction'),
  ({ block, draft }) => {
    const bypass = block.texts('bypass')
    if (bypass.length > 0) draft.set('networkAcls/bypass', bypass.join(', '), at(block, 'bypass'))
  },
  objectsOf('ip_rules', 'networkAcls/ipRules', 'value', { action: 'Allow' }),
  references('virtual_network_subnet_ids', 'networkAcls/virtualNetworkRules'),
  (scene) => {
    blocks('private_link_access', 'networkAcls/resourceAccessRules', [
      plainId('endpoint_resource_id', 'resourceId'),
      computed('endpoint_tenant_id', 'tenantId'),
    ])(scene)
  },
]

/** The hosts an account answers on; in a plan its name makes them. */
const STORAGE_ENDPOINTS: readonly Member[] = ['blob', 'file', 'queue', 'table', 'dfs', 'web'].map((kind) =>
  computed(`primary_${kind}_endpoint`, `primaryEndpoints/${kind}`),
)

/** Network interfaces by id, the first is the primary one. */
const machineInterfaces: Member = (scene) => {
  references('network_interface_ids', 'networkProfile/networkInterfaces')(scene)
  const primary = scene.block.text('primary_network_interface_id')
  for (const [index, one] of scene.draft.list('networkProfile/networkInterfaces').entries()) {
    const reference = one as { id: string; properties?: object }
    reference.properties = { primary: primary === undefined ? index === 0 : reference.id === primary }
  }
}

const MACHINE = resource('Microsoft.Compute/virtualMachines', LOCATION, machineInterfaces)

/** What is set on a compute instance or cluster of a machine learning workspace. */
function compute(kind: string): ResourceTable {
  return part(
    'Microsoft.MachineLearningServices/workspaces/computes',
    ['azurerm_machine_learning_workspace', 'machine_learning_workspace_id'],
    undefined,
    LOCATION,
    fixed('computeType', kind),
    reference('subnet_resource_id', 'properties/subnet'),
    same('node_public_ip_enabled', 'properties/enableNodePublicIp'),
  )
}

const IP_RULE: readonly Member[] = [same('ip_mask'), same('action')]

/** The rule set of a namespace is a resource of its own in ARM: `read.ts` makes it. */
const NAMESPACE: readonly Member[] = [same('sku', '^sku/name')]

/** Terraform Registry: azurerm_cognitive_account and azurerm_ai_services, `network_acls`. */
const COGNITIVE_RULES: readonly Member[] = [
  same('default_action', 'networkAcls/defaultAction'),
  same('bypass', 'networkAcls/bypass'),
  objectsOf('ip_rules', 'networkAcls/ipRules', 'value'),
  blocks('virtual_network_rules', 'networkAcls/virtualNetworkRules', [plainId('subnet_id', 'id')]),
]

const CLUSTER_PROFILE = 'apiServerAccessProfile'

/** Services, and machines that run in subnets. */
export const SERVICE: ResourceTables = {
  azurerm_linux_virtual_machine: MACHINE,
  azurerm_windows_virtual_machine: MACHINE,
  azurerm_virtual_machine: MACHINE,
  azurerm_storage_account: service(
    'Microsoft.Storage/storageAccounts',
    same('account_kind', '^kind'),
    same('is_hns_enabled'),
    inside('network_rules', ...STORAGE_RULES),
    ...STORAGE_ENDPOINTS,
  ),
  azurerm_key_vault: service(
    'Microsoft.KeyVault/vaults',
    computed('vault_uri'),
    inside(
      'network_acls',
      same('bypass', 'networkAcls/bypass'),
      same('default_action', 'networkAcls/defaultAction'),
      objectsOf('ip_rules', 'networkAcls/ipRules', 'value'),
      references('virtual_network_subnet_ids', 'networkAcls/virtualNetworkRules'),
    ),
  ),
  azurerm_container_registry: service(
    'Microsoft.ContainerRegistry/registries',
    same('sku', '^sku/name'),
    computed('login_server'),
    same('data_endpoint_enabled'),
    computed('data_endpoint_host_names'),
    same('network_rule_bypass_option', 'networkRuleBypassOptions'),
    inside(
      'network_rule_set',
      same('default_action', 'networkRuleSet/defaultAction'),
      blocks('ip_rule', 'networkRuleSet/ipRules', [same('ip_range', 'value'), same('action')]),
      blocks('virtual_network', 'networkRuleSet/virtualNetworkRules', [plainId('subnet_id', 'id'), same('action')]),
    ),
  ),
  azurerm_machine_learning_workspace: service(
    'Microsoft.MachineLearningServices/workspaces',
    computed('workspace_id'),
    computed('discovery_url'),
    computed('public_access_behind_virtual_network_enabled', 'allowPublicAccessWhenBehindVnet'),
    plainId('storage_account_id', 'storageAccount'),
    plainId('key_vault_id', 'keyVault'),
    plainId('container_registry_id', 'containerRegistry'),
    same('image_build_compute_name', 'imageBuildCompute'),
    inside('managed_network', same('isolation_mode', 'managedNetwork/isolationMode')),
  ),
  azurerm_machine_learning_compute_instance: compute('ComputeInstance'),
  azurerm_machine_learning_compute_cluster: compute('AmlCompute'),
  azurerm_databricks_workspace: service(
    'Microsoft.Databricks/workspaces',
    same('sku', '^sku/name'),
    computed('workspace_url'),
    computed('workspace_id'),
    same('network_security_group_rules_required', 'requiredNsgRules'),
    computed('managed_resource_group_id'),
    inside(
      'custom_parameters',
      plainId('virtual_network_id', 'parameters/customVirtualNetworkId/value'),
      same('public_subnet_name', 'parameters/customPublicSubnetName/value'),
      same('private_subnet_name', 'parameters/customPrivateSubnetName/value'),
      same('no_public_ip', 'parameters/enableNoPublicIp/value'),
      computed('storage_account_name', 'parameters/storageAccountName/value'),
    ),
  ),
  azurerm_kubernetes_cluster: resource(
    'Microsoft.ContainerService/managedClusters',
    LOCATION,
    computed('fqdn'),
    computed('private_fqdn', 'privateFQDN'),
    computed('portal_fqdn', 'azurePortalFQDN'),
    computed('node_resource_group'),
    same('private_cluster_enabled', `${CLUSTER_PROFILE}/enablePrivateCluster`),
    same('private_cluster_public_fqdn_enabled', `${CLUSTER_PROFILE}/enablePrivateClusterPublicFQDN`),
    plainId('private_dns_zone_id', `${CLUSTER_PROFILE}/privateDNSZone`),
    same('api_server_authorized_ip_ranges', `${CLUSTER_PROFILE}/authorizedIPRanges`),
    inside('api_server_access_profile', same('authorized_ip_ranges', `${CLUSTER_PROFILE}/authorizedIPRanges`)),
    inside('network_profile', same('outbound_type', 'networkProfile/outboundType')),
    blocks('default_node_pool', 'agentPoolProfiles', [plainId('vnet_subnet_id', 'vnetSubnetID')]),
  ),
  azurerm_iothub: service(
    'Microsoft.Devices/IotHubs',
    computed('hostname', 'hostName'),
    computed('event_hub_events_endpoint', 'eventHubEndpoints/events/endpoint'),
    inside(
      'network_rule_set',
      same('default_action', 'networkRuleSets/defaultAction'),
      same('apply_to_builtin_eventhub_endpoint', 'networkRuleSets/applyToBuiltInEventHubEndpoint'),
      blocks('ip_rule', 'networkRuleSets/ipRules', [same('name', 'filterName'), ...IP_RULE]),
    ),
    blocks('ip_filter_rule', 'ipFilterRules', [same('name', 'filterName'), ...IP_RULE]),
  ),
  azurerm_iothub_dps: service(
    'Microsoft.Devices/provisioningServices',
    computed('service_operations_host_name'),
    computed('device_provisioning_host_name'),
    computed('id_scope'),
    blocks('ip_filter_rule', 'ipFilterRules', [same('name', 'filterName'), ...IP_RULE, same('target')]),
  ),
  azurerm_eventhub_namespace: service('Microsoft.EventHub/namespaces', ...NAMESPACE),
  azurerm_servicebus_namespace: service('Microsoft.ServiceBus/namespaces', ...NAMESPACE),
  azurerm_relay_namespace: service('Microsoft.Relay/namespaces'),
  azurerm_data_factory: resource(
    'Microsoft.DataFactory/factories',
    LOCATION,
    worded('public_network_enabled', 'publicNetworkAccess'),
  ),
  azurerm_mssql_server: service('Microsoft.Sql/servers', computed('fully_qualified_domain_name')),
  azurerm_sql_server: service('Microsoft.Sql/servers', computed('fully_qualified_domain_name')),
  azurerm_mssql_firewall_rule: part(
    'Microsoft.Sql/servers/firewallRules',
    ['azurerm_mssql_server', 'server_id'],
    undefined,
    same('start_ip_address'),
    same('end_ip_address'),
  ),
  azurerm_sql_firewall_rule: part(
    'Microsoft.Sql/servers/firewallRules',
    ['azurerm_sql_server', 'server_name'],
    undefined,
    same('start_ip_address'),
    same('end_ip_address'),
  ),
  azurerm_mssql_virtual_network_rule: part(
    'Microsoft.Sql/servers/virtualNetworkRules',
    ['azurerm_mssql_server', 'server_id'],
    undefined,
    plainId('subnet_id', 'virtualNetworkSubnetId'),
  ),
  azurerm_cosmosdb_account: service(
    'Microsoft.DocumentDB/databaseAccounts',
    computed('endpoint', 'documentEndpoint'),
    same('is_virtual_network_filter_enabled'),
    worded('network_acl_bypass_for_azure_services', 'networkAclBypass', 'AzureServices', 'None'),
    same('network_acl_bypass_ids', 'networkAclBypassResourceIds'),
    blocks('virtual_network_rule', 'virtualNetworkRules', [plainId('id', 'id')]),
    // A text with commas until 4.0, a list since.
    ({ block, draft }) => {
      const ranges = block.texts('ip_range_filter').flatMap((one) => one.split(','))
      for (const range of ranges.map((one) => one.trim()).filter((one) => one !== '')) {
        const rule = draft.nested(at(block, 'ip_range_filter'), false)
        rule.set('ipAddressOrRange', range, at(block, 'ip_range_filter'))
        draft.list('ipRules').push(rule.object)
      }
    },
  ),
  azurerm_container_group: resource(
    'Microsoft.ContainerInstance/containerGroups',
    LOCATION,
    same('ip_address', 'ipAddress/ip'),
    same('ip_address_type', 'ipAddress/type'),
    blocks('exposed_port', 'ipAddress/ports', [same('port'), same('protocol')]),
    references('subnet_ids', 'subnetIds'),
    reference('network_profile_id', 'networkProfile'),
    inside('dns_config', same('nameservers', 'dnsConfig/nameServers')),
  ),
  azurerm_cognitive_account: service(
    'Microsoft.CognitiveServices/accounts',
    same('kind', '^kind'),
    computed('endpoint'),
    same('custom_subdomain_name', 'customSubDomainName'),
    inside('network_acls', ...COGNITIVE_RULES),
  ),
  azurerm_search_service: service('Microsoft.Search/searchServices'),
  azurerm_redis_cache: service('Microsoft.Cache/Redis', computed('hostname', 'hostName')),
  azurerm_app_service: service('Microsoft.Web/sites', computed('default_site_hostname', 'defaultHostName')),
  azurerm_function_app: service('Microsoft.Web/sites', computed('default_hostname', 'defaultHostName')),
  azurerm_logic_app_standard: service('Microsoft.Web/sites', computed('default_hostname', 'defaultHostName')),
  azurerm_batch_account: service('Microsoft.Batch/batchAccounts', computed('account_endpoint')),
  azurerm_ai_services: service(
    'Microsoft.CognitiveServices/accounts',
    fixed('^kind', 'AIServices'),
    computed('endpoint'),
    same('custom_subdomain_name', 'customSubDomainName'),
    inside('network_acls', ...COGNITIVE_RULES),
  ),
  azurerm_postgresql_server: service('Microsoft.DBforPostgreSQL/servers', computed('fqdn', 'fullyQualifiedDomainName')),
  azurerm_mysql_server: service('Microsoft.DBforMySQL/servers', computed('fqdn', 'fullyQualifiedDomainName')),
  azurerm_linux_web_app: service('Microsoft.Web/sites', computed('default_hostname', 'defaultHostName')),
  azurerm_windows_web_app: service('Microsoft.Web/sites', computed('default_hostname', 'defaultHostName')),
  azurerm_linux_function_app: service('Microsoft.Web/sites', computed('default_hostname', 'defaultHostName')),
  azurerm_windows_function_app: service('Microsoft.Web/sites', computed('default_hostname', 'defaultHostName')),
  azurerm_synapse_workspace: service('Microsoft.Synapse/workspaces'),
  azurerm_postgresql_flexible_server: service(
    'Microsoft.DBforPostgreSQL/flexibleServers',
    computed('fqdn', 'fullyQualifiedDomainName'),
  ),
  azurerm_mysql_flexible_server: service(
    'Microsoft.DBforMySQL/flexibleServers',
    computed('public_network_access', 'publicNetworkAccess'),
    computed('fqdn', 'fullyQualifiedDomainName'),
  ),
}
