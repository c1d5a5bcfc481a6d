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
  const inert = names.some((name) => EVERYWHERE.has(name)) || names.some((name) => OF_TYPE[type]?.has(name) === true)
  return inert ? `${names.join('.')} changes neither reachability nor names` : undefined
}

const EVERYWHERE: ReadonlySet<string> = new Set([
  ...['tags', 'timeouts', 'identity', 'zones', 'guid', 'resource_guid', 'description', 'edge_zone', 'location'],
  ...['network_watcher_id', 'resource_group_name', 'soa_record', 'number_of_record_sets'],
  ...['max_number_of_record_sets', 'max_number_of_virtual_network_links'],
  ...['max_number_of_virtual_network_links_with_registration', 'flow_timeout_in_minutes', 'idle_timeout_in_minutes'],
])

// Azure keeps these limits, keys and costs; no packet meets them (Terraform Registry, by resource).
const OF_TYPE: Readonly<Record<string, ReadonlySet<string>>> = {
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
    ...['auxiliary_mode', 'auxiliary_sku', 'applied_dns_servers', 'virtual_machine_id'],
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
    ...['provisioned_billing_model_version', 'primary_location', 'secondary_location'],
  ]),
  azurerm_virtual_network_gateway: new Set(['generation', 'sku', 'active_active', 'ip_sec_replay_protection_enabled']),
  azurerm_virtual_network_gateway_connection: new Set(['shared_key', 'authorization_key', 'connection_protocol']),
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
