/**
 * Why an attribute of a resource can change neither which packets pass nor how names are answered; `undefined` = it
 * could (Terraform Registry: the azurerm provider's page of each resource). `names`: the blocks around it and itself.
 */
export function changesNothing(type: string, names: readonly string[], value: unknown): string | undefined {
  const key = names.at(-1) ?? ''
  if (value === null) return `${key} is not set`
  if (value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) {
    return `${key} is empty`
  }
  if (value === false && OFF.has(key)) return `${key} is off`
  const inert = names.some((name) => EVERYWHERE.has(name)) || names.some((name) => OF_TYPE[type]?.has(name) === true)
  return inert ? `${names.join('.')} changes neither reachability nor names` : undefined
}

// The values by which these do nothing.
const OFF: ReadonlySet<string> = new Set([
  ...['private_ip_address_enabled', 'remote_vnet_traffic_enabled', 'virtual_wan_traffic_enabled'],
  ...['express_route_gateway_bypass', 'private_link_fast_path_enabled', 'local_azure_ip_address_enabled'],
])

const EVERYWHERE: ReadonlySet<string> = new Set([
  ...['tags', 'timeouts', 'identity', 'zones', 'guid', 'resource_guid', 'description', 'edge_zone', 'location'],
  ...['network_watcher_id', 'resource_group_name', 'private_ip_address_allocation', 'private_ip_allocation_method'],
  ...['private_ip_address_version', 'sku', 'sku_name', 'sku_tier', 'kind', 'min_tls_version', 'ttl', 'delegation'],
  ...['soa_record', 'number_of_record_sets', 'max_number_of_record_sets', 'max_number_of_virtual_network_links'],
  ...['max_number_of_virtual_network_links_with_registration', 'flow_timeout_in_minutes', 'idle_timeout_in_minutes'],
])

// Azure keeps these limits, keys and costs; no packet meets them (Terraform Registry, by resource).
const OF_TYPE: Readonly<Record<string, ReadonlySet<string>>> = {
  azurerm_virtual_network: new Set(['private_endpoint_vnet_policies', 'ddos_protection_plan', 'bgp_community']),
  azurerm_subnet: new Set(['private_link_service_network_policies_enabled']),
  azurerm_route_table: new Set(['subnets']),
  azurerm_subnet_service_endpoint_storage_policy: new Set(['service']),
  azurerm_private_endpoint: new Set([
    ...['custom_network_interface_name', 'network_interface', 'is_manual_connection', 'request_message'],
  ]),
  azurerm_lb: new Set(['private_ip_address', 'private_ip_addresses']),
  azurerm_lb_probe: new Set(['interval_in_seconds', 'number_of_probes', 'probe_threshold']),
  azurerm_lb_rule: new Set(['load_distribution', 'tcp_reset_enabled', 'enable_tcp_reset']),
  azurerm_firewall_policy_rule_collection_group: new Set(['terminate_tls', 'http_headers']),
  azurerm_private_dns_resolver: new Set(['virtual_network_id']),
  azurerm_key_vault: new Set([
    ...['enable_rbac_authorization', 'rbac_authorization_enabled', 'purge_protection_enabled', 'tenant_id'],
    ...['soft_delete_retention_days', 'access_policy', 'enabled_for_deployment', 'enabled_for_disk_encryption'],
    ...['enabled_for_template_deployment', 'contact'],
  ]),
  azurerm_container_registry: new Set([
    ...[
      'admin_enabled',
      'anonymous_pull_enabled',
      'admin_username',
      'admin_password',
      'encryption',
      'export_policy_enabled',
    ],
    ...['quarantine_policy_enabled', 'retention_policy', 'retention_policy_in_days', 'trust_policy'],
    ...['trust_policy_enabled', 'zone_redundancy_enabled'],
  ]),
  azurerm_kubernetes_cluster: new Set([
    ...['max_pods', 'node_count', 'vm_size', 'kubernetes_version', 'node_resource_group', 'dns_prefix', 'node_labels'],
    ...['min_count', 'max_count', 'os_disk_size_gb', 'os_disk_type', 'os_sku', 'orchestrator_version'],
    ...['auto_scaling_enabled', 'kube_config', 'kube_config_raw', 'kube_admin_config', 'kubelet_identity'],
  ]),
  azurerm_machine_learning_workspace: new Set([
    ...['application_insights_id', 'container_registry_id', 'key_vault_id', 'storage_account_id', 'discovery_url'],
    ...['friendly_name', 'high_business_impact', 'image_build_compute_name', 'v1_legacy_mode_enabled', 'workspace_id'],
    ...['provision_on_creation_enabled', 'primary_user_assigned_identity'],
  ]),
  azurerm_databricks_workspace: new Set([
    ...['managed_resource_group_id', 'managed_resource_group_name', 'network_security_group_rules_required'],
    ...[
      'workspace_id',
      'storage_account_name',
      'storage_account_sku_name',
      'private_subnet_name',
      'public_subnet_name',
    ],
  ]),
  azurerm_container_group: new Set([
    'cpu',
    'image',
    'memory',
    'os_type',
    'restart_policy',
    'commands',
    'environment_variables',
  ]),
  azurerm_iothub: new Set([
    ...['event_hub_events_path', 'event_hub_partition_count', 'event_hub_retention_in_days', 'capacity', 'endpoint'],
    ...[
      'route',
      'fallback_route',
      'shared_access_policy',
      'event_hub_events_endpoint',
      'event_hub_operations_endpoint',
    ],
  ]),
  azurerm_iothub_dps: new Set(['allocation_policy', 'data_residency_enabled', 'id_scope', 'capacity', 'linked_hub']),
  azapi_resource: new Set([
    ...['ignore_casing', 'response_export_values', 'schema_validation_enabled', 'parent_id', 'authMode', 'retry'],
    ...['ignore_missing_property', 'locks', 'removing_special_chars', 'replace_triggers_external_values'],
  ]),
  azurerm_bastion_host: new Set([
    ...['copy_paste_enabled', 'file_copy_enabled', 'kerberos_enabled', 'scale_units', 'session_recording_enabled'],
    ...['shareable_link_enabled', 'dns_name', 'tunneling_enabled', 'ip_connect_enabled', 'sku'],
  ]),
  azurerm_firewall: new Set(['threat_intel_mode', 'sku_name', 'sku_tier']),
  azurerm_firewall_policy: new Set(['insights', 'sku', 'firewalls', 'child_policies', 'rule_collection_groups']),
  azurerm_ip_group: new Set(['firewall_ids', 'firewall_policy_ids']),
  azurerm_public_ip: new Set(['allocation_method', 'sku_tier', 'ddos_protection_mode', 'ip_version']),
  azurerm_network_interface: new Set([
    ...[
      'accelerated_networking_enabled',
      'enable_accelerated_networking',
      'mac_address',
      'internal_domain_name_suffix',
    ],
    ...[
      'auxiliary_mode',
      'auxiliary_sku',
      'primary',
      'private_ip_address',
      'private_ip_addresses',
      'applied_dns_servers',
      'virtual_machine_id',
    ],
  ]),
  azurerm_linux_virtual_machine: virtualMachine(),
  azurerm_windows_virtual_machine: virtualMachine(),
  azurerm_virtual_machine: virtualMachine(),
  azurerm_storage_account: new Set([
    ...['access_tier', 'account_kind', 'account_replication_type', 'account_tier', 'allow_nested_items_to_be_public'],
    ...['allowed_copy_scope', 'cross_tenant_replication_enabled', 'infrastructure_encryption_enabled'],
    ...['large_file_share_enabled', 'local_user_enabled', 'queue_encryption_key_type', 'table_encryption_key_type'],
    ...['shared_access_key_enabled', 'default_to_oauth_authentication', 'min_tls_version', 'blob_properties'],
    ...['queue_properties', 'share_properties', 'primary_access_key', 'secondary_access_key', 'customer_managed_key'],
    ...['primary_connection_string', 'secondary_connection_string', 'primary_blob_connection_string'],
    ...['secondary_blob_connection_string', 'immutability_policy', 'sas_policy', 'azure_files_authentication'],
    ...[
      'provisioned_billing_model_version',
      'https_traffic_only_enabled',
      'is_hns_enabled',
      'primary_location',
      'secondary_location',
    ],
  ]),
  azurerm_virtual_network_gateway: new Set([
    'generation',
    'active_active',
    'ip_sec_replay_protection_enabled',
    'enable_bgp',
  ]),
  azurerm_virtual_network_gateway_connection: new Set([
    ...[
      'shared_key',
      'authorization_key',
      'connection_protocol',
      'connection_mode',
      'dpd_timeout_seconds',
      'ipsec_policy',
    ],
  ]),
}

function virtualMachine(): ReadonlySet<string> {
  return new Set([
    ...['admin_password', 'admin_username', 'admin_ssh_key', 'os_disk', 'source_image_reference', 'source_image_id'],
    ...['size', 'computer_name', 'custom_data', 'user_data', 'boot_diagnostics', 'availability_set_id', 'secret'],
    ...['allow_extension_operations', 'bypass_platform_safety_checks_on_user_schedule_enabled', 'priority'],
    ...['disable_password_authentication', 'disk_controller_type', 'encryption_at_host_enabled', 'eviction_policy'],
    ...['extensions_time_budget', 'license_type', 'max_bid_price', 'patch_assessment_mode', 'patch_mode'],
    ...['plan', 'platform_fault_domain', 'provision_vm_agent', 'proximity_placement_group_id', 'reboot_setting'],
    ...['secure_boot_enabled', 'vtpm_enabled', 'vm_agent_platform_updates_enabled', 'virtual_machine_id', 'zone'],
    ...['os_image_notification', 'termination_notification', 'gallery_application', 'additional_capabilities'],
    // The addresses stand in its network interfaces as well.
    ...['private_ip_address', 'private_ip_addresses', 'public_ip_address', 'public_ip_addresses'],
  ])
}
