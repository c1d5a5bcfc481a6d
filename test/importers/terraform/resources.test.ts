import { describe, expect, test } from 'vitest'
import { armBodies, GROUP, type Json, NETWORK, resource, state } from './terraform-file.ts'

const SUBNET = `${NETWORK}/virtualNetworks/vnet/subnets/a`
const PIP = `${NETWORK}/publicIPAddresses/pip`
const LB = `${NETWORK}/loadBalancers/lb`
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/st`

/** Terraform type, attributes, ARM type, what its `properties` come to. */
const PROPERTIES: [string, Json, string, Json][] = [
  [
    'azurerm_virtual_network',
    { address_space: ['10.0.0.0/16'], dns_servers: ['10.0.0.4'] },
    'Microsoft.Network/virtualNetworks',
    { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, dhcpOptions: { dnsServers: ['10.0.0.4'] } },
  ],
  [
    'azurerm_route_table',
    {
      bgp_route_propagation_enabled: false,
      route: [
        {
          name: 'fw',
          address_prefix: '0.0.0.0/0',
          next_hop_type: 'VirtualAppliance',
          next_hop_in_ip_address: '10.0.0.4',
        },
      ],
    },
    'Microsoft.Network/routeTables',
    {
      disableBgpRoutePropagation: true,
      routes: [
        {
          name: 'fw',
          id: `${NETWORK}/routeTables/x/routes/fw`,
          properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' },
        },
      ],
    },
  ],
  [
    'azurerm_route_table',
    { disable_bgp_route_propagation: true },
    'Microsoft.Network/routeTables',
    { disableBgpRoutePropagation: true },
  ],
  [
    'azurerm_network_interface',
    {
      enable_ip_forwarding: true,
      ip_configuration: [
        { name: 'c', private_ip_address: '10.0.0.5', subnet_id: SUBNET, public_ip_address_id: '', primary: true },
      ],
    },
    'Microsoft.Network/networkInterfaces',
    {
      enableIPForwarding: true,
      ipConfigurations: [
        {
          name: 'c',
          id: `${NETWORK}/networkInterfaces/x/ipConfigurations/c`,
          properties: { privateIPAddress: '10.0.0.5', subnet: { id: SUBNET }, primary: true },
        },
      ],
    },
  ],
  [
    'azurerm_network_interface',
    { ip_forwarding_enabled: true, enable_ip_forwarding: null },
    'Microsoft.Network/networkInterfaces',
    { enableIPForwarding: true },
  ],
  [
    'azurerm_public_ip',
    { ip_address: '192.0.2.1', allocation_method: 'Static' },
    'Microsoft.Network/publicIPAddresses',
    { ipAddress: '192.0.2.1', publicIPAllocationMethod: 'Static' },
  ],
  [
    'azurerm_virtual_network_gateway',
    {
      type: 'Vpn',
      vpn_type: 'RouteBased',
      enable_bgp: true,
      active_active: false,
      sku: 'VpnGw1',
      ip_configuration: [{ name: 'd', subnet_id: SUBNET, public_ip_address_id: PIP }],
      bgp_settings: [{ asn: 65515, peering_addresses: [{ default_addresses: ['10.0.0.30'] }] }],
    },
    'Microsoft.Network/virtualNetworkGateways',
    {
      gatewayType: 'Vpn',
      vpnType: 'RouteBased',
      enableBgp: true,
      activeActive: false,
      sku: { name: 'VpnGw1' },
      ipConfigurations: [
        {
          name: 'd',
          id: `${NETWORK}/virtualNetworkGateways/x/ipConfigurations/d`,
          properties: { subnet: { id: SUBNET }, publicIPAddress: { id: PIP } },
        },
      ],
      bgpSettings: {
        asn: 65515,
        bgpPeeringAddress: '10.0.0.30',
        bgpPeeringAddresses: [{ defaultBgpIpAddresses: ['10.0.0.30'] }],
      },
    },
  ],
  [
    'azurerm_local_network_gateway',
    { address_space: ['10.9.0.0/16'], gateway_address: '203.0.113.1' },
    'Microsoft.Network/localNetworkGateways',
    { localNetworkAddressSpace: { addressPrefixes: ['10.9.0.0/16'] }, gatewayIpAddress: '203.0.113.1' },
  ],
  [
    'azurerm_virtual_network_gateway_connection',
    {
      type: 'IPsec',
      virtual_network_gateway_id: `${NETWORK}/virtualNetworkGateways/g`,
      local_network_gateway_id: `${NETWORK}/localNetworkGateways/l`,
      shared_key: 'never shown',
      traffic_selector_policy: [{ local_address_cidrs: ['10.0.0.0/16'], remote_address_cidrs: ['10.9.0.0/16'] }],
    },
    'Microsoft.Network/connections',
    {
      connectionType: 'IPsec',
      virtualNetworkGateway1: { id: `${NETWORK}/virtualNetworkGateways/g` },
      localNetworkGateway2: { id: `${NETWORK}/localNetworkGateways/l` },
      trafficSelectorPolicies: [{ localAddressRanges: ['10.0.0.0/16'], remoteAddressRanges: ['10.9.0.0/16'] }],
    },
  ],
  [
    'azurerm_firewall_policy',
    {
      sku: 'Standard',
      threat_intelligence_mode: 'Deny',
      dns: [{ proxy_enabled: true, servers: [] }],
      private_ip_ranges: ['10.0.0.0/8'],
    },
    'Microsoft.Network/firewallPolicies',
    {
      sku: { tier: 'Standard' },
      threatIntelMode: 'Deny',
      dnsSettings: { enableProxy: true, servers: [] },
      snat: { privateRanges: ['10.0.0.0/8'] },
    },
  ],
  [
    'azurerm_firewall',
    { sku_tier: 'Standard', dns_proxy_enabled: true, private_ip_ranges: ['IANAPrivateRanges', '198.18.0.0/15'] },
    'Microsoft.Network/azureFirewalls',
    {
      sku: { tier: 'Standard' },
      additionalProperties: {
        'Network.SNAT.PrivateRanges': 'IANAPrivateRanges,198.18.0.0/15',
        'Network.DNS.EnableProxy': 'true',
      },
    },
  ],
  ['azurerm_ip_group', { cidrs: ['10.0.0.0/8'] }, 'Microsoft.Network/ipGroups', { ipAddresses: ['10.0.0.0/8'] }],
  [
    'azurerm_storage_account',
    {
      public_network_access_enabled: true,
      primary_blob_endpoint: 'https://st.blob.core.windows.net/',
      network_rules: [
        {
          default_action: 'Deny',
          bypass: ['Metrics', 'AzureServices'],
          ip_rules: ['192.0.2.0/24'],
          virtual_network_subnet_ids: [SUBNET],
          private_link_access: [{ endpoint_resource_id: LB, endpoint_tenant_id: 't' }],
        },
      ],
    },
    'Microsoft.Storage/storageAccounts',
    {
      publicNetworkAccess: 'Enabled',
      networkAcls: {
        defaultAction: 'Deny',
        bypass: 'Metrics, AzureServices',
        ipRules: [{ value: '192.0.2.0/24', action: 'Allow' }],
        virtualNetworkRules: [{ id: SUBNET }],
        resourceAccessRules: [{ resourceId: LB, tenantId: 't' }],
      },
      primaryEndpoints: { blob: 'https://st.blob.core.windows.net/' },
    },
  ],
  [
    'azurerm_key_vault',
    {
      network_acls: [{ bypass: 'None', default_action: 'Deny', ip_rules: ['192.0.2.1/32'] }],
      vault_uri: 'https://x.vault.azure.net/',
    },
    'Microsoft.KeyVault/vaults',
    {
      vaultUri: 'https://x.vault.azure.net/',
      networkAcls: { bypass: 'None', defaultAction: 'Deny', ipRules: [{ value: '192.0.2.1/32' }] },
    },
  ],
  [
    'azurerm_container_registry',
    {
      public_network_access_enabled: false,
      network_rule_set: [{ default_action: 'Deny', ip_rule: [{ action: 'Allow', ip_range: '192.0.2.0/24' }] }],
    },
    'Microsoft.ContainerRegistry/registries',
    {
      publicNetworkAccess: 'Disabled',
      networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '192.0.2.0/24', action: 'Allow' }] },
    },
  ],
  [
    'azurerm_cosmosdb_account',
    { ip_range_filter: '192.0.2.1,192.0.2.2', is_virtual_network_filter_enabled: true },
    'Microsoft.DocumentDB/databaseAccounts',
    {
      isVirtualNetworkFilterEnabled: true,
      ipRules: [{ ipAddressOrRange: '192.0.2.1' }, { ipAddressOrRange: '192.0.2.2' }],
    },
  ],
  [
    'azurerm_cosmosdb_account',
    { ip_range_filter: ['192.0.2.1', '192.0.2.2'] },
    'Microsoft.DocumentDB/databaseAccounts',
    { ipRules: [{ ipAddressOrRange: '192.0.2.1' }, { ipAddressOrRange: '192.0.2.2' }] },
  ],
  [
    'azurerm_kubernetes_cluster',
    { private_cluster_enabled: false, api_server_access_profile: [{ authorized_ip_ranges: ['192.0.2.0/24'] }] },
    'Microsoft.ContainerService/managedClusters',
    { apiServerAccessProfile: { enablePrivateCluster: false, authorizedIPRanges: ['192.0.2.0/24'] } },
  ],
  [
    'azurerm_iothub',
    {
      hostname: 'x.azure-devices.net',
      network_rule_set: [
        {
          default_action: 'Deny',
          apply_to_builtin_eventhub_endpoint: false,
          ip_rule: [{ name: 'n', ip_mask: '192.0.2.1', action: 'Allow' }],
        },
      ],
    },
    'Microsoft.Devices/IotHubs',
    {
      hostName: 'x.azure-devices.net',
      networkRuleSets: {
        defaultAction: 'Deny',
        applyToBuiltInEventHubEndpoint: false,
        ipRules: [{ name: 'n', filterName: 'n', ipMask: '192.0.2.1', action: 'Allow' }],
      },
    },
  ],
  [
    'azurerm_data_factory',
    { public_network_enabled: false },
    'Microsoft.DataFactory/factories',
    { publicNetworkAccess: 'Disabled' },
  ],
  [
    'azurerm_container_group',
    {
      ip_address: '10.0.0.9',
      ip_address_type: 'Private',
      subnet_ids: [SUBNET],
      dns_config: [{ nameservers: ['10.0.0.4'] }],
    },
    'Microsoft.ContainerInstance/containerGroups',
    {
      ipAddress: { ip: '10.0.0.9', type: 'Private' },
      subnetIds: [{ id: SUBNET }],
      dnsConfig: { nameServers: ['10.0.0.4'] },
    },
  ],
  [
    'azurerm_subnet_service_endpoint_storage_policy',
    { definition: [{ name: 'd', service: 'Microsoft.Storage', service_resources: [ACCOUNT] }] },
    'Microsoft.Network/serviceEndpointPolicies',
    {
      serviceEndpointPolicyDefinitions: [
        {
          name: 'd',
          id: `${NETWORK}/serviceEndpointPolicies/x/serviceEndpointPolicyDefinitions/d`,
          properties: { service: 'Microsoft.Storage', serviceResources: [ACCOUNT] },
        },
      ],
    },
  ],
  [
    'azurerm_linux_virtual_machine',
    { network_interface_ids: [`${NETWORK}/networkInterfaces/a`, `${NETWORK}/networkInterfaces/b`] },
    'Microsoft.Compute/virtualMachines',
    {
      networkProfile: {
        networkInterfaces: [
          { id: `${NETWORK}/networkInterfaces/a`, properties: { primary: true } },
          { id: `${NETWORK}/networkInterfaces/b`, properties: { primary: false } },
        ],
      },
    },
  ],
]

describe('attributes become ARM properties', () => {
  test.for(PROPERTIES)('%s %j', ([terraform, values, type, properties]) => {
    const named = {
      id: `${GROUP}/providers/${type}/x`,
      name: 'x',
      resource_group_name: 'rg',
      location: 'westeurope',
      ...values,
    }
    const { bodies, messages } = armBodies(state(resource(`${terraform}.main`, named)))
    expect(messages).toEqual([])
    expect(bodies[0]).toMatchObject({ id: `${GROUP}/providers/${type}/x`, name: 'x', type, location: 'westeurope' })
    expect(bodies[0]?.properties).toEqual(properties)
  })

  const POLICIES: [Json, string][] = [
    [{ private_endpoint_network_policies: 'NetworkSecurityGroupEnabled' }, 'NetworkSecurityGroupEnabled'],
    [{ private_endpoint_network_policies_enabled: true }, 'Enabled'],
    [{ private_endpoint_network_policies_enabled: false }, 'Disabled'],
    [{ enforce_private_link_endpoint_network_policies: true }, 'Disabled'],
    [{ enforce_private_link_endpoint_network_policies: false }, 'Enabled'],
  ]
  test.for(POLICIES)('%j of a subnet means network policies %s', ([values, wanted]) => {
    const subnet = { id: SUBNET, name: 'a', virtual_network_name: 'vnet', resource_group_name: 'rg', ...values }
    const { bodies } = armBodies(state(resource('azurerm_subnet.a', subnet)))
    expect(bodies[0]).toMatchObject({ id: SUBNET, properties: { privateEndpointNetworkPolicies: wanted } })
  })
})

const VNET = {
  id: `${NETWORK}/virtualNetworks/vnet`,
  name: 'vnet',
  resource_group_name: 'rg',
  address_space: ['10.0.0.0/16'],
}
const NSG = { id: `${NETWORK}/networkSecurityGroups/nsg`, name: 'nsg', resource_group_name: 'rg' }

describe('parts stand in what they are part of', () => {
  test('a subnet of its own wins over the listing in its network, and keeps what only that says', () => {
    const listed = { id: SUBNET, name: 'a', address_prefix: '10.0.9.0/24', security_group: NSG.id }
    const own = {
      id: SUBNET,
      name: 'A',
      virtual_network_name: 'VNET',
      resource_group_name: 'RG',
      address_prefixes: ['10.0.1.0/24'],
    }
    const { bodies } = armBodies(
      state(resource('azurerm_virtual_network.v', { ...VNET, subnet: [listed] }), resource('azurerm_subnet.a', own)),
    )
    expect(bodies).toHaveLength(1)
    expect(bodies[0]).toMatchObject({
      properties: {
        subnets: [
          { id: SUBNET, properties: { addressPrefixes: ['10.0.1.0/24'], networkSecurityGroup: { id: NSG.id } } },
        ],
      },
    })
    expect(JSON.stringify(bodies)).not.toContain('10.0.9.0')
  })

  test('an NSG rule of its own replaces the listing of the same name', () => {
    const group = {
      ...NSG,
      security_rule: [
        { name: 'r', priority: 100, access: 'Deny' },
        { name: 's', priority: 110 },
      ],
    }
    const rule = {
      name: 'r',
      priority: 200,
      access: 'Allow',
      network_security_group_name: 'nsg',
      resource_group_name: 'rg',
    }
    const { bodies } = armBodies(
      state(resource('azurerm_network_security_group.n', group), resource('azurerm_network_security_rule.r', rule)),
    )
    expect(bodies[0]).toMatchObject({
      properties: {
        securityRules: [
          { name: 'r', properties: { priority: 200, access: 'Allow' } },
          { name: 's', properties: { priority: 110 } },
        ],
      },
    })
  })

  test('a rule of a group that is not in the file is a body of its own, below that group', () => {
    const rule = { name: 'r', priority: 200, network_security_group_name: 'far', resource_group_name: 'rg2' }
    const { bodies } = armBodies(state(resource('azurerm_network_security_rule.r', rule)))
    expect(bodies[0]).toMatchObject({
      id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg2/providers/Microsoft.Network/networkSecurityGroups/far/securityRules/r',
      type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    })
  })

  test('a load balancer holds its pools, probes and rules, and a pool its addresses', () => {
    const pool = `${LB}/backendAddressPools/p`
    const { bodies } = armBodies(
      state(
        resource('azurerm_lb.lb', {
          id: LB,
          name: 'lb',
          resource_group_name: 'rg',
          sku: 'Standard',
          frontend_ip_configuration: [{ name: 'fe', subnet_id: SUBNET, private_ip_address: '10.0.0.8' }],
        }),
        resource('azurerm_lb_backend_address_pool.p', { id: pool, name: 'p', loadbalancer_id: LB }),
        resource('azurerm_lb_backend_address_pool_address.a', {
          name: 'a',
          backend_address_pool_id: pool,
          ip_address: '10.0.0.20',
        }),
        resource('azurerm_lb_rule.r', {
          name: 'r',
          loadbalancer_id: LB,
          protocol: 'Tcp',
          frontend_port: 443,
          backend_port: 8443,
          enable_floating_ip: true,
          frontend_ip_configuration_name: 'fe',
          backend_address_pool_ids: [pool],
        }),
      ),
    )
    expect(bodies).toHaveLength(1)
    expect(bodies[0]).toMatchObject({
      sku: { name: 'Standard' },
      properties: {
        backendAddressPools: [
          { id: pool, properties: { loadBalancerBackendAddresses: [{ properties: { ipAddress: '10.0.0.20' } }] } },
        ],
        loadBalancingRules: [
          {
            properties: {
              frontendIPConfiguration: { id: `${LB}/frontendIPConfigurations/fe` },
              backendAddressPools: [{ id: pool }],
              enableFloatingIP: true,
              backendPort: 8443,
            },
          },
        ],
      },
    })
  })

  test('a rule collection group holds its collections, DNAT, network and application', () => {
    const group = {
      id: `${NETWORK}/firewallPolicies/p/ruleCollectionGroups/g`,
      name: 'g',
      firewall_policy_id: `${NETWORK}/firewallPolicies/p`,
      priority: 300,
      network_rule_collection: [
        {
          name: 'n',
          priority: 200,
          action: 'Allow',
          rule: [{ name: 'r', protocols: ['TCP'], source_ip_groups: ['ipg'], destination_ports: ['443'] }],
        },
      ],
      application_rule_collection: [
        {
          name: 'a',
          priority: 300,
          action: 'Deny',
          rule: [{ name: 'q', protocols: [{ type: 'Https', port: 443 }], destination_fqdns: ['x.example'] }],
        },
      ],
      nat_rule_collection: [
        {
          name: 'd',
          priority: 100,
          action: 'Dnat',
          rule: [{ name: 't', destination_address: '192.0.2.1', translated_port: 22 }],
        },
      ],
    }
    const { bodies } = armBodies(state(resource('azurerm_firewall_policy_rule_collection_group.g', group)))
    expect(bodies[0]).toMatchObject({
      properties: {
        priority: 300,
        ruleCollections: [
          {
            ruleCollectionType: 'FirewallPolicyNatRuleCollection',
            name: 'd',
            rules: [{ ruleType: 'NatRule', destinationAddresses: ['192.0.2.1'], translatedPort: 22 }],
          },
          {
            action: { type: 'Allow' },
            rules: [{ ruleType: 'NetworkRule', ipProtocols: ['TCP'], sourceIpGroups: ['ipg'] }],
          },
          {
            action: { type: 'Deny' },
            rules: [
              {
                ruleType: 'ApplicationRule',
                targetFqdns: ['x.example'],
                protocols: [{ protocolType: 'Https', port: 443 }],
              },
            ],
          },
        ],
      },
    })
  })

  test('classic collections stand in their firewall', () => {
    const { bodies } = armBodies(
      state(
        resource('azurerm_firewall.f', { id: `${NETWORK}/azureFirewalls/f`, name: 'f', resource_group_name: 'rg' }),
        resource('azurerm_firewall_network_rule_collection.c', {
          name: 'c',
          azure_firewall_name: 'f',
          resource_group_name: 'rg',
          priority: 100,
          action: 'Allow',
          rule: [{ name: 'r', protocols: ['Any'] }],
        }),
      ),
    )
    expect(bodies[0]).toMatchObject({
      properties: {
        networkRuleCollections: [{ name: 'c', properties: { action: { type: 'Allow' }, rules: [{ name: 'r' }] } }],
      },
    })
  })
})

const NIC = {
  id: `${NETWORK}/networkInterfaces/n`,
  name: 'n',
  resource_group_name: 'rg',
  ip_configuration: [{ name: 'c1' }, { name: 'c2' }],
}
const subnet = resource('azurerm_subnet.a', {
  id: SUBNET,
  name: 'a',
  virtual_network_name: 'vnet',
  resource_group_name: 'rg',
})
const nic = resource('azurerm_network_interface.n', NIC)

/** An association, what else is in the file, and what the first body becomes. */
const ASSOCIATIONS: [string, Json, Json, Json][] = [
  [
    'azurerm_subnet_network_security_group_association',
    { subnet_id: SUBNET, network_security_group_id: NSG.id },
    subnet,
    { networkSecurityGroup: { id: NSG.id } },
  ],
  [
    'azurerm_subnet_route_table_association',
    { subnet_id: SUBNET, route_table_id: 'rt' },
    subnet,
    { routeTable: { id: 'rt' } },
  ],
  [
    'azurerm_subnet_nat_gateway_association',
    { subnet_id: SUBNET, nat_gateway_id: 'nat' },
    subnet,
    { natGateway: { id: 'nat' } },
  ],
  [
    'azurerm_subnet_network_security_group_association',
    { subnet_id: SUBNET, network_security_group_id: NSG.id },
    resource('azurerm_network_security_group.n', NSG),
    { subnets: [{ id: SUBNET }] },
  ],
  [
    'azurerm_network_interface_security_group_association',
    { network_interface_id: NIC.id, network_security_group_id: NSG.id },
    nic,
    { networkSecurityGroup: { id: NSG.id } },
  ],
  [
    'azurerm_network_interface_application_security_group_association',
    { network_interface_id: NIC.id, application_security_group_id: 'asg' },
    nic,
    {
      ipConfigurations: [
        { properties: { applicationSecurityGroups: [{ id: 'asg' }] } },
        { properties: { applicationSecurityGroups: [{ id: 'asg' }] } },
      ],
    },
  ],
  [
    'azurerm_network_interface_backend_address_pool_association',
    { network_interface_id: NIC.id, ip_configuration_name: 'c2', backend_address_pool_id: 'p' },
    nic,
    { ipConfigurations: [{ name: 'c1' }, { properties: { loadBalancerBackendAddressPools: [{ id: 'p' }] } }] },
  ],
  [
    'azurerm_nat_gateway_public_ip_association',
    { nat_gateway_id: `${NETWORK}/natGateways/g`, public_ip_address_id: PIP },
    resource('azurerm_nat_gateway.g', { id: `${NETWORK}/natGateways/g`, name: 'g', resource_group_name: 'rg' }),
    { publicIpAddresses: [{ id: PIP }] },
  ],
  [
    'azurerm_storage_account_network_rules',
    { storage_account_id: ACCOUNT, default_action: 'Deny', bypass: ['None'] },
    resource('azurerm_storage_account.s', { id: ACCOUNT, name: 'st', resource_group_name: 'rg' }),
    { networkAcls: { defaultAction: 'Deny', bypass: 'None' } },
  ],
  [
    'azurerm_virtual_network_dns_servers',
    { virtual_network_id: VNET.id, dns_servers: ['10.0.0.9'] },
    resource('azurerm_virtual_network.v', VNET),
    { dhcpOptions: { dnsServers: ['10.0.0.9'] } },
  ],
]

describe('associations set a property of what they join', () => {
  test.for(ASSOCIATIONS)('%s %j', ([type, values, other, properties]) => {
    const { bodies, messages } = armBodies(state(resource(`${type}.x`, values), other))
    expect(messages).toEqual([])
    expect(bodies[0]).toMatchObject({ properties })
  })

  test('one whose ends are both elsewhere is said', () => {
    const { messages } = armBodies(
      state(resource('azurerm_subnet_route_table_association.x', { subnet_id: SUBNET, route_table_id: 'rt' }), nic),
    )
    expect(messages.join()).toContain('NT1665 azurerm_subnet_route_table_association.x')
  })
})

describe('what ARM has beside a resource', () => {
  const endpoint = {
    id: `${NETWORK}/privateEndpoints/pe`,
    name: 'pe',
    resource_group_name: 'rg',
    subnet_id: SUBNET,
    network_interface: [{ id: `${NETWORK}/networkInterfaces/pe.nic`, name: 'pe.nic' }],
    private_service_connection: [
      {
        name: 'c',
        is_manual_connection: false,
        private_connection_resource_id: ACCOUNT,
        subresource_names: ['blob'],
        private_ip_address: '10.0.0.7',
      },
    ],
    private_dns_zone_group: [
      { name: 'default', private_dns_zone_ids: [`${NETWORK}/privateDnsZones/privatelink.blob.core.windows.net`] },
    ],
    private_dns_zone_configs: [
      {
        private_dns_zone_id: `${NETWORK}/privateDnsZones/privatelink.blob.core.windows.net`,
        record_sets: [
          { name: 'st', type: 'A', fqdn: 'st.privatelink.blob.core.windows.net', ip_addresses: ['10.0.0.7'] },
        ],
      },
    ],
  }

  test('a private endpoint has a network interface, a zone group and the records Azure made', () => {
    const { bodies } = armBodies(state(resource('azurerm_private_endpoint.pe', endpoint)))
    expect(bodies.map((one) => one.type)).toEqual([
      'Microsoft.Network/privateEndpoints',
      'Microsoft.Network/networkInterfaces',
      'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
      'Microsoft.Network/privateDnsZones/A',
    ])
    expect(bodies[0]).toMatchObject({
      properties: {
        privateLinkServiceConnections: [{ properties: { privateLinkServiceId: ACCOUNT, groupIds: ['blob'] } }],
      },
    })
    expect(bodies[1]).toMatchObject({
      properties: {
        privateEndpoint: { id: endpoint.id },
        ipConfigurations: [{ properties: { privateIPAddress: '10.0.0.7' } }],
      },
    })
    expect(bodies[3]).toMatchObject({ properties: { aRecords: [{ ipv4Address: '10.0.0.7' }] } })
  })

  test('a connection that needs approval is a manual one: nothing says that it was given', () => {
    const manual = { ...endpoint.private_service_connection[0], is_manual_connection: true }
    const { bodies } = armBodies(
      state(resource('azurerm_private_endpoint.pe', { ...endpoint, private_service_connection: [manual] })),
    )
    expect(bodies[0]?.properties).toHaveProperty('manualPrivateLinkServiceConnections')
    expect(bodies[0]?.properties).not.toHaveProperty('privateLinkServiceConnections')
  })

  test('an Event Hubs namespace has a network rule set', () => {
    const id = `${GROUP}/providers/Microsoft.EventHub/namespaces/e`
    const rules = [
      {
        default_action: 'Deny',
        trusted_service_access_enabled: true,
        ip_rule: [{ ip_mask: '192.0.2.0/24' }],
        virtual_network_rule: [{ subnet_id: SUBNET }],
      },
    ]
    const { bodies } = armBodies(
      state(resource('azurerm_eventhub_namespace.e', { id, name: 'e', network_rulesets: rules })),
    )
    expect(bodies[1]).toMatchObject({
      type: 'Microsoft.EventHub/namespaces/networkRuleSets',
      properties: {
        defaultAction: 'Deny',
        ipRules: [{ ipMask: '192.0.2.0/24' }],
        virtualNetworkRules: [{ subnet: { id: SUBNET } }],
        trustedServiceAccessEnabled: true,
      },
    })
  })

  const BODIES: [string, unknown][] = [
    ['text, before 2.0', '{"sku": {"name": "S1"}, "properties": {"publicNetworkAccess": "Disabled"}}'],
    ['a value, since 2.0', { sku: { name: 'S1' }, properties: { publicNetworkAccess: 'Disabled' } }],
  ]
  test.for(BODIES)('an azapi_resource is its body: %s', ([, body]) => {
    const { bodies } = armBodies(
      state(
        resource('azapi_resource.w', {
          type: 'Microsoft.MachineLearningServices/workspaces@2024-10-01',
          name: 'w',
          parent_id: GROUP,
          body,
          output: { properties: { workspaceId: 'g' } },
        }),
      ),
    )
    expect(bodies[0]).toMatchObject({
      id: `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w`,
      type: 'Microsoft.MachineLearningServices/workspaces',
      sku: { name: 'S1' },
      properties: { publicNetworkAccess: 'Disabled', workspaceId: 'g' },
    })
  })
})
