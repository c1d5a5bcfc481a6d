import {
  allReferences,
  blocks,
  computed,
  type Member,
  objectsOf,
  opposite,
  plainIds,
  reference,
  references,
  same,
  worded,
} from './member.ts'
import { connection } from './private-endpoint.ts'
import { part, type ResourceTables, resource } from './table.ts'

/** Terraform Registry: azurerm_network_security_rule; azurerm_network_security_group, `security_rule` block. */
const SECURITY_RULE: readonly Member[] = [
  same('description'),
  same('protocol'),
  same('source_port_range'),
  same('source_port_ranges'),
  same('destination_port_range'),
  same('destination_port_ranges'),
  same('source_address_prefix'),
  same('source_address_prefixes'),
  same('destination_address_prefix'),
  same('destination_address_prefixes'),
  allReferences('source_application_security_group_ids', 'sourceApplicationSecurityGroups'),
  allReferences('destination_application_security_group_ids', 'destinationApplicationSecurityGroups'),
  same('access'),
  same('priority'),
  same('direction'),
]

/** Terraform Registry: azurerm_route; azurerm_route_table, `route` block. */
const ROUTE: readonly Member[] = [
  same('address_prefix'),
  same('next_hop_type'),
  same('next_hop_in_ip_address', 'nextHopIpAddress'),
]

/** The delegated service stands in a block of its own: its name is the service's. */
const delegations: Member = (scene) => {
  blocks('delegation', 'delegations', [serviceName], { wrapped: true })(scene)
}

const serviceName: Member = ({ block, draft }) => {
  const [service] = block.blocks('service_delegation')
  const name = service?.block.text('name')
  if (service && name !== undefined) draft.set('serviceName', name, { container: service.block.value, key: 'name' })
}

/**
 * Network policies for private endpoints, in the spellings of three releases: a word, `..._enabled`, and the oldest,
 * whose `true` switches them off (Terraform Registry: azurerm_subnet 2.x to 4.x).
 */
const endpointPolicies: Member = (scene) => {
  const { block } = scene
  const path = 'privateEndpointNetworkPolicies'
  if (block.text('private_endpoint_network_policies') !== undefined) same('private_endpoint_network_policies')(scene)
  else if (block.flag('private_endpoint_network_policies_enabled') !== undefined) {
    worded('private_endpoint_network_policies_enabled', path)(scene)
  } else worded('enforce_private_link_endpoint_network_policies', path, 'Disabled', 'Enabled')(scene)
}

/** Network policies for private link services; `true` of the older attribute switches them off. */
const linkServicePolicies: Member = (scene) => {
  const path = 'privateLinkServiceNetworkPolicies'
  if (scene.block.flag('private_link_service_network_policies_enabled') !== undefined) {
    worded('private_link_service_network_policies_enabled', path)(scene)
  } else worded('enforce_private_link_service_network_policies', path, 'Disabled', 'Enabled')(scene)
}

/** Terraform Registry: azurerm_subnet, and the `subnet` block of azurerm_virtual_network. */
const SUBNET: readonly Member[] = [
  same('address_prefix'),
  same('address_prefixes'),
  reference('security_group', 'networkSecurityGroup'),
  reference('network_security_group_id', 'networkSecurityGroup'),
  reference('route_table_id', 'routeTable'),
  objectsOf('service_endpoints', 'serviceEndpoints', 'service'),
  references('service_endpoint_policy_ids', 'serviceEndpointPolicies'),
  delegations,
  endpointPolicies,
  linkServicePolicies,
  same('default_outbound_access_enabled', 'defaultOutboundAccess'),
  same('sharing_scope'),
]

const LOCATION = same('location', '^location')

/** Terraform Registry: azurerm_virtual_network_peering. The peering state is in no attribute. */
const PEERING: readonly Member[] = [
  reference('remote_virtual_network_id', 'remoteVirtualNetwork'),
  same('allow_virtual_network_access'),
  same('allow_forwarded_traffic'),
  same('allow_gateway_transit'),
  same('use_remote_gateways'),
  same('only_ipv6_peering_enabled', 'enableOnlyIPv6Peering'),
  same('peer_complete_virtual_networks_enabled', 'peerCompleteVnets'),
  same('local_subnet_names'),
  same('remote_subnet_names'),
]

/** Terraform Registry: azurerm_network_interface. */
const NIC_CONFIGURATION: readonly Member[] = [
  same('private_ip_address', 'privateIPAddress'),
  same('private_ip_address_allocation', 'privateIPAllocationMethod'),
  same('private_ip_address_version', 'privateIPAddressVersion'),
  reference('subnet_id', 'subnet'),
  reference('public_ip_address_id', 'publicIPAddress'),
  reference('gateway_load_balancer_frontend_ip_configuration_id', 'gatewayLoadBalancer'),
  computed('primary'),
]

/** Virtual networks and what is in them. */
export const NETWORK: ResourceTables = {
  azurerm_virtual_network: resource(
    'Microsoft.Network/virtualNetworks',
    LOCATION,
    same('address_space', 'addressSpace/addressPrefixes'),
    computed('dns_servers', 'dhcpOptions/dnsServers'),
    computed('private_endpoint_vnet_policies', 'privateEndpointVNetPolicies'),
    blocks('subnet', 'subnets', SUBNET, { wrapped: true, idUnder: 'subnets' }),
  ),
  azurerm_subnet: {
    ...part(
      'Microsoft.Network/virtualNetworks/subnets',
      ['azurerm_virtual_network', 'virtual_network_name'],
      'subnets',
      ...SUBNET,
    ),
    keeps: ['networkSecurityGroup', 'routeTable', 'natGateway'],
  },
  azurerm_virtual_network_peering: part(
    'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    ['azurerm_virtual_network', 'virtual_network_name'],
    'virtualNetworkPeerings',
    ...PEERING,
  ),
  azurerm_network_security_group: resource(
    'Microsoft.Network/networkSecurityGroups',
    LOCATION,
    blocks('security_rule', 'securityRules', SECURITY_RULE, { wrapped: true, idUnder: 'securityRules' }),
  ),
  azurerm_network_security_rule: part(
    'Microsoft.Network/networkSecurityGroups/securityRules',
    ['azurerm_network_security_group', 'network_security_group_name'],
    'securityRules',
    ...SECURITY_RULE,
  ),
  azurerm_application_security_group: resource('Microsoft.Network/applicationSecurityGroups', LOCATION),
  azurerm_route_table: resource(
    'Microsoft.Network/routeTables',
    LOCATION,
    same('disable_bgp_route_propagation'),
    opposite('bgp_route_propagation_enabled', 'disableBgpRoutePropagation'),
    blocks('route', 'routes', ROUTE, { wrapped: true, idUnder: 'routes' }),
  ),
  azurerm_route: part(
    'Microsoft.Network/routeTables/routes',
    ['azurerm_route_table', 'route_table_name'],
    'routes',
    ...ROUTE,
  ),
  azurerm_network_interface: resource(
    'Microsoft.Network/networkInterfaces',
    LOCATION,
    blocks('ip_configuration', 'ipConfigurations', NIC_CONFIGURATION, { wrapped: true, idUnder: 'ipConfigurations' }),
    same(['ip_forwarding_enabled', 'enable_ip_forwarding'], 'enableIPForwarding'),
    computed('dns_servers', 'dnsSettings/dnsServers'),
    reference('network_security_group_id', 'networkSecurityGroup'),
    ({ block, draft }) => {
      const vm = block.text('virtual_machine_id')
      if (vm !== undefined) draft.refer('virtualMachine', vm, { container: block.value, key: 'virtual_machine_id' })
    },
  ),
  azurerm_public_ip: resource(
    'Microsoft.Network/publicIPAddresses',
    LOCATION,
    same('sku', '^sku/name'),
    same('ip_address'),
    same('allocation_method', 'publicIPAllocationMethod'),
    same('ip_version', 'publicIPAddressVersion'),
  ),
  azurerm_public_ip_prefix: resource(
    'Microsoft.Network/publicIPPrefixes',
    LOCATION,
    same('sku', '^sku/name'),
    same('ip_prefix'),
  ),
  azurerm_nat_gateway: resource(
    'Microsoft.Network/natGateways',
    LOCATION,
    same('sku_name', '^sku/name'),
    references('public_ip_address_ids', 'publicIpAddresses'),
    references('public_ip_prefix_ids', 'publicIpPrefixes'),
  ),
  azurerm_subnet_service_endpoint_storage_policy: resource(
    'Microsoft.Network/serviceEndpointPolicies',
    LOCATION,
    blocks(
      'definition',
      'serviceEndpointPolicyDefinitions',
      [same('service'), same('description'), plainIds('service_resources', 'serviceResources')],
      { wrapped: true, idUnder: 'serviceEndpointPolicyDefinitions' },
    ),
  ),
  azurerm_bastion_host: resource(
    'Microsoft.Network/bastionHosts',
    LOCATION,
    same('sku', '^sku/name'),
    computed('dns_name'),
    blocks(
      'ip_configuration',
      'ipConfigurations',
      [reference('subnet_id', 'subnet'), reference('public_ip_address_id', 'publicIPAddress')],
      { wrapped: true, idUnder: 'bastionHostIpConfigurations' },
    ),
  ),
  azurerm_private_endpoint: resource(
    'Microsoft.Network/privateEndpoints',
    LOCATION,
    reference('subnet_id', 'subnet'),
    connection,
    computed('custom_network_interface_name'),
    blocks(
      'ip_configuration',
      'ipConfigurations',
      [
        same('private_ip_address', 'privateIPAddress'),
        same('subresource_name', 'groupId'),
        same('member_name', 'memberName'),
      ],
      { wrapped: true },
    ),
    blocks('custom_dns_configs', 'customDnsConfigs', [same('fqdn'), same('ip_addresses')]),
  ),
}
