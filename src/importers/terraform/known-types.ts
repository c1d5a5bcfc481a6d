/**
 * Resource types that carry no packet and decide about none, so that leaving them out changes no answer: no word is
 * said about them. The rest of what has no table is noted once for each type.
 */
const SILENT: readonly RegExp[] = [
  /^azurerm_(?:resource_group|client_config|subscription|management_group\w*|management_lock|role_\w+)$/,
  /^azurerm_(?:user_assigned_identity|federated_identity_credential|policy_\w+|resource_provider_registration)$/,
  /^azurerm_(?:application_insights\w*|log_analytics_\w+|monitor_\w+|network_watcher\w*|portal_dashboard)$/,
  /^azurerm_(?:key_vault_\w+|storage_(?:container|blob|share\w*|queue|table\w*|management_policy|encryption_scope))$/,
  /^azurerm_(?:ssh_public_key|managed_disk|image|shared_image\w*|disk_\w+|availability_set|proximity_placement_group)$/,
  /^azurerm_(?:virtual_machine_(?:extension|data_disk_attachment|run_command)|dev_test_global_vm_shutdown_schedule)$/,
  /^azurerm_(?:eventhub|eventhub_(?:authorization_rule|consumer_group|namespace_authorization_rule))$/,
  /^azurerm_(?:servicebus_(?:queue|topic|subscription\w*|\w*authorization_rule)|iothub_(?!dps$)\w+)$/,
  /^azurerm_(?:data_factory_\w+|machine_learning_datastore_\w+|container_registry_(?:task|token|scope_map|webhook)\w*)$/,
  /^azurerm_(?:mssql_database\w*|cosmosdb_(?!account$)\w+|kubernetes_cluster_(?:extension|trusted_access\w*))$/,
]

/** Whether leaving out a type changes no answer. */
export function isSilentType(type: string): boolean {
  return !/^(?:azurerm|azapi)_/.test(type) || SILENT.some((one) => one.test(type))
}

// What stands in a network or in front of a service, or changes what does.
const DECISIVE: readonly RegExp[] = [
  /^azurerm_(?:network_|virtual_(?:network|hub|wan)|subnet|route|vpn_|express_route|point_to_site|private_(?:endpoint|link|dns))/,
  /^azurerm_(?:firewall|ip_group|lb_?|nat_gateway|bastion|application_(?:gateway|load_balancer|security)|public_ip)/,
  /^azurerm_(?:palo_alto|custom_ip_prefix|dns_private_resolver|nginx_deployment|vmware_)/,
  /^azurerm_\w+_(?:firewall_rule|virtual_network_rule|network_rule_set|network_rules|swift_connection)$/,
  /^azurerm_(?:resource_group|subscription|management_group|tenant)_template_deployment$|^azurerm_template_deployment$/,
  /^azapi_(?:resource|update_resource)$/,
]

// Protection, logs and tests beside the network: no packet is let through or stopped by them.
const BESIDE = /^azurerm_network_(?:ddos|packet_capture|connection_monitor|function_)|^azurerm_virtual_network_tap/

/** Whether resources of a type without a table may decide about packets, so that without them an answer may be wrong. */
export function isDecisiveType(type: string): boolean {
  return DECISIVE.some((one) => one.test(type)) && !BESIDE.test(type)
}

/** Data sources that say of a resource all that its table reads; another one would look open or empty, and is not used. */
const READABLE = new Set([
  'azurerm_application_security_group',
  'azurerm_firewall',
  'azurerm_ip_group',
  'azurerm_local_network_gateway',
  'azurerm_nat_gateway',
  'azurerm_network_interface',
  'azurerm_network_security_group',
  'azurerm_private_dns_a_record',
  'azurerm_private_dns_aaaa_record',
  'azurerm_private_dns_cname_record',
  'azurerm_private_dns_ptr_record',
  'azurerm_private_dns_resolver',
  'azurerm_private_dns_resolver_dns_forwarding_ruleset',
  'azurerm_private_dns_resolver_forwarding_rule',
  'azurerm_private_dns_resolver_inbound_endpoint',
  'azurerm_private_dns_resolver_outbound_endpoint',
  'azurerm_private_dns_resolver_virtual_network_link',
  'azurerm_private_dns_zone',
  'azurerm_private_dns_zone_virtual_network_link',
  'azurerm_public_ip',
  'azurerm_public_ip_prefix',
  'azurerm_route_table',
  'azurerm_subnet',
  'azurerm_virtual_network',
  'azurerm_virtual_network_gateway',
  'azurerm_virtual_network_gateway_connection',
  'azurerm_virtual_network_peering',
])

/** Whether a data source of a type says enough to be used as the resource. */
export function isReadableData(type: string): boolean {
  return READABLE.has(type)
}
