import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { armBodies, type Json, NETWORK, resource, state } from './terraform-file.ts'

const HUB = `${NETWORK}/virtualHubs/hub`
const VNET = `${NETWORK}/virtualNetworks/vnet`
const TABLE = `${HUB}/hubRouteTables/red`
const SUBNET = `${VNET}/subnets/RouteServerSubnet`
const PIP = `${NETWORK}/publicIPAddresses/pip`
const MANAGER = `${NETWORK}/networkManagers/m`

/** Terraform type, its attributes, ARM type, the properties it becomes (Terraform Registry, the page of each type). */
const ROWS: readonly (readonly [string, Json, string, Json])[] = [
  [
    'azurerm_virtual_hub',
    {
      address_prefix: '10.50.0.0/23',
      virtual_wan_id: `${NETWORK}/virtualWans/w`,
      route: [{ address_prefixes: ['10.9.0.0/16'], next_hop_ip_address: '10.1.0.4' }],
    },
    'virtualHubs',
    {
      addressPrefix: '10.50.0.0/23',
      virtualWan: { id: `${NETWORK}/virtualWans/w` },
      routeTable: { routes: [{ addressPrefixes: ['10.9.0.0/16'], nextHopIpAddress: '10.1.0.4' }] },
    },
  ],
  [
    'azurerm_virtual_hub_connection',
    {
      virtual_hub_id: HUB,
      remote_virtual_network_id: VNET,
      internet_security_enabled: true,
      routing: [
        {
          associated_route_table_id: TABLE,
          propagated_route_table: [{ labels: ['none'], route_table_ids: [TABLE] }],
          static_vnet_local_route_override_criteria: 'Equal',
          static_vnet_propagate_static_routes_enabled: false,
          static_vnet_route: [{ name: 'r', address_prefixes: ['10.8.0.0/16'], next_hop_ip_address: '10.2.0.4' }],
        },
      ],
    },
    'virtualHubs/hubVirtualNetworkConnections',
    {
      remoteVirtualNetwork: { id: VNET },
      enableInternetSecurity: true,
      routingConfiguration: {
        associatedRouteTable: { id: TABLE },
        propagatedRouteTables: { ids: [{ id: TABLE }], labels: ['none'] },
        vnetRoutes: {
          staticRoutesConfig: { vnetLocalRouteOverrideCriteria: 'Equal', propagateStaticRoutes: false },
          staticRoutes: [{ name: 'r', addressPrefixes: ['10.8.0.0/16'], nextHopIpAddress: '10.2.0.4' }],
        },
      },
    },
  ],
  [
    'azurerm_virtual_hub_route_table',
    {
      virtual_hub_id: HUB,
      labels: ['a'],
      route: [
        {
          name: 'r',
          destinations_type: 'CIDR',
          destinations: ['10.0.0.0/8'],
          next_hop_type: 'ResourceId',
          next_hop: `${NETWORK}/azureFirewalls/fw`,
        },
      ],
    },
    'virtualHubs/hubRouteTables',
    {
      labels: ['a'],
      routes: [
        {
          name: 'r',
          destinationType: 'CIDR',
          destinations: ['10.0.0.0/8'],
          nextHopType: 'ResourceId',
          nextHop: `${NETWORK}/azureFirewalls/fw`,
        },
      ],
    },
  ],
  [
    'azurerm_virtual_hub_routing_intent',
    {
      virtual_hub_id: HUB,
      routing_policy: [
        { name: 'p', destinations: ['Internet', 'PrivateTraffic'], next_hop: `${NETWORK}/azureFirewalls/fw` },
      ],
    },
    'virtualHubs/routingIntent',
    {
      routingPolicies: [
        { name: 'p', destinations: ['Internet', 'PrivateTraffic'], nextHop: `${NETWORK}/azureFirewalls/fw` },
      ],
    },
  ],
  [
    'azurerm_virtual_hub_bgp_connection',
    {
      virtual_hub_id: HUB,
      peer_asn: 65514,
      peer_ip: '169.254.21.5',
      virtual_network_connection_id: `${HUB}/hubVirtualNetworkConnections/c`,
    },
    'virtualHubs/bgpConnections',
    {
      peerAsn: 65514,
      peerIp: '169.254.21.5',
      hubVirtualNetworkConnection: { id: `${HUB}/hubVirtualNetworkConnections/c` },
    },
  ],
  [
    'azurerm_route_server',
    {
      sku: 'Standard',
      subnet_id: SUBNET,
      public_ip_address_id: PIP,
      branch_to_branch_traffic_enabled: true,
      virtual_router_ips: ['10.0.9.4', '10.0.9.5'],
      virtual_router_asn: 65515,
    },
    'virtualHubs',
    {
      sku: 'Standard',
      allowBranchToBranchTraffic: true,
      virtualRouterAsn: 65515,
      virtualRouterIps: ['10.0.9.4', '10.0.9.5'],
      ipConfigurations: [{ name: 'ipconfig1', properties: { subnet: { id: SUBNET }, publicIPAddress: { id: PIP } } }],
    },
  ],
  [
    'azurerm_route_server_bgp_connection',
    { route_server_id: HUB, peer_asn: 65501, peer_ip: '10.0.0.4' },
    'virtualHubs/bgpConnections',
    { peerAsn: 65501, peerIp: '10.0.0.4' },
  ],
  [
    'azurerm_vpn_site',
    {
      id: `${NETWORK}/vpnSites/x`,
      virtual_wan_id: `${NETWORK}/virtualWans/w`,
      address_cidrs: ['10.9.0.0/16'],
      link: [{ name: 'l', ip_address: '203.0.113.9', bgp: [{ asn: 65010, peering_address: '10.9.0.1' }] }],
    },
    'vpnSites',
    {
      virtualWan: { id: `${NETWORK}/virtualWans/w` },
      addressSpace: { addressPrefixes: ['10.9.0.0/16'] },
      vpnSiteLinks: [
        {
          id: `${NETWORK}/vpnSites/x/vpnSiteLinks/l`,
          name: 'l',
          properties: { ipAddress: '203.0.113.9', bgpProperties: { asn: 65010, bgpPeeringAddress: '10.9.0.1' } },
        },
      ],
    },
  ],
  [
    'azurerm_vpn_gateway_connection',
    {
      vpn_gateway_id: `${NETWORK}/vpnGateways/g`,
      remote_vpn_site_id: `${NETWORK}/vpnSites/s`,
      internet_security_enabled: false,
      routing: [{ associated_route_table: TABLE, propagated_route_table: [{ route_table_ids: [TABLE], labels: [] }] }],
      vpn_link: [{ name: 'l', vpn_site_link_id: `${NETWORK}/vpnSites/s/vpnSiteLinks/l`, bgp_enabled: true }],
    },
    'vpnGateways/vpnConnections',
    {
      remoteVpnSite: { id: `${NETWORK}/vpnSites/s` },
      enableInternetSecurity: false,
      routingConfiguration: {
        associatedRouteTable: { id: TABLE },
        propagatedRouteTables: { ids: [{ id: TABLE }], labels: [] },
      },
      vpnLinkConnections: [
        { name: 'l', properties: { enableBgp: true, vpnSiteLink: { id: `${NETWORK}/vpnSites/s/vpnSiteLinks/l` } } },
      ],
    },
  ],
  [
    'azurerm_point_to_site_vpn_gateway',
    {
      virtual_hub_id: HUB,
      connection_configuration: [
        {
          name: 'c',
          internet_security_enabled: true,
          vpn_client_address_pool: [{ address_prefixes: ['10.60.0.0/24'] }],
        },
      ],
    },
    'p2sVpnGateways',
    {
      virtualHub: { id: HUB },
      p2SConnectionConfigurations: [
        {
          name: 'c',
          properties: { enableInternetSecurity: true, vpnClientAddressPool: { addressPrefixes: ['10.60.0.0/24'] } },
        },
      ],
    },
  ],
  [
    'azurerm_virtual_network_gateway_nat_rule',
    {
      ...{ virtual_network_gateway_id: `${NETWORK}/virtualNetworkGateways/g`, mode: 'EgressSnat', type: 'Static' },
      internal_mapping: [{ address_space: '10.1.0.0/26' }],
      external_mapping: [{ address_space: '10.3.0.0/26' }],
    },
    'virtualNetworkGateways/natRules',
    {
      ...{ mode: 'EgressSnat', type: 'Static' },
      internalMappings: [{ addressSpace: '10.1.0.0/26' }],
      externalMappings: [{ addressSpace: '10.3.0.0/26' }],
    },
  ],
  [
    'azurerm_network_manager_connectivity_configuration',
    {
      network_manager_id: MANAGER,
      connectivity_topology: 'Mesh',
      global_mesh_enabled: true,
      applies_to_group: [
        {
          group_connectivity: 'DirectlyConnected',
          network_group_id: `${MANAGER}/networkGroups/g`,
          use_hub_gateway: false,
        },
      ],
    },
    'networkManagers/connectivityConfigurations',
    {
      connectivityTopology: 'Mesh',
      isGlobal: 'True',
      appliesToGroups: [
        {
          networkGroupId: `${MANAGER}/networkGroups/g`,
          groupConnectivity: 'DirectlyConnected',
          useHubGateway: 'False',
        },
      ],
    },
  ],
  [
    'azurerm_network_manager_static_member',
    { network_group_id: `${MANAGER}/networkGroups/g`, target_virtual_network_id: VNET },
    'networkManagers/networkGroups/staticMembers',
    { resourceId: VNET },
  ],
  [
    'azurerm_network_manager_admin_rule',
    {
      admin_rule_collection_id: `${MANAGER}/securityAdminConfigurations/c/ruleCollections/rc`,
      action: 'Deny',
      direction: 'Outbound',
      priority: 1,
      protocol: 'Tcp',
      source_port_ranges: ['80', '1024-65535'],
      destination_port_ranges: ['80'],
      source: [{ address_prefix_type: 'ServiceTag', address_prefix: 'Internet' }],
      destination: [{ address_prefix_type: 'IPPrefix', address_prefix: '10.1.0.1' }],
    },
    'networkManagers/securityAdminConfigurations/ruleCollections/rules',
    {
      access: 'Deny',
      direction: 'Outbound',
      priority: 1,
      protocol: 'Tcp',
      sourcePortRanges: ['80', '1024-65535'],
      destinationPortRanges: ['80'],
      sources: [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }],
      destinations: [{ addressPrefix: '10.1.0.1', addressPrefixType: 'IPPrefix' }],
    },
  ],
  [
    'azurerm_network_manager_admin_rule_collection',
    {
      security_admin_configuration_id: `${MANAGER}/securityAdminConfigurations/c`,
      network_group_ids: [`${MANAGER}/networkGroups/g`],
    },
    'networkManagers/securityAdminConfigurations/ruleCollections',
    { appliesToGroups: [{ networkGroupId: `${MANAGER}/networkGroups/g` }] },
  ],
]

describe('virtual WAN, route servers and network managers become ARM properties', () => {
  test.for(ROWS)('%s', ([type, values, arm, properties]) => {
    const { bodies, messages } = armBodies(
      state(resource(`${type}.main`, { name: 'x', resource_group_name: 'rg', ...values })),
    )
    expect(messages).toEqual(bodies[0]?.id === `${NETWORK}/${arm}/x` ? [] : messages)
    expect(bodies[0]).toMatchObject({ name: 'x', type: `Microsoft.Network/${arm}` })
    expect(bodies[0]?.properties).toEqual(properties)
  })

  test('a part stands below the resource its id attribute names, in a plan as well', () => {
    const connection = resource('azurerm_virtual_hub_connection.c', {
      name: 'c',
      virtual_hub_id: HUB,
      remote_virtual_network_id: VNET,
    })
    expect(armBodies(state(connection)).bodies[0]?.id).toBe(`${HUB}/hubVirtualNetworkConnections/c`)
  })

  test('a route of the default table, which Terraform does not manage, stands in a table made for it', () => {
    const route = resource('azurerm_virtual_hub_route_table_route.r', {
      name: 'r',
      route_table_id: `${HUB}/hubRouteTables/defaultRouteTable`,
      ...{
        destinations_type: 'CIDR',
        destinations: ['0.0.0.0/0'],
        next_hop_type: 'ResourceId',
        next_hop: `${HUB}/hubVirtualNetworkConnections/c`,
      },
    })
    expect(armBodies(state(route)).bodies).toMatchObject([
      {
        id: `${HUB}/hubRouteTables/defaultRouteTable`,
        type: 'Microsoft.Network/virtualHubs/hubRouteTables',
        properties: {
          routes: [{ name: 'r', destinations: ['0.0.0.0/0'], nextHop: `${HUB}/hubVirtualNetworkConnections/c` }],
        },
      },
    ])
  })

  test('a hub, its connections and a firewall in it are devices', () => {
    const part = importAzure(
      [
        {
          path: 'tf.json',
          text: JSON.stringify(
            state(
              resource('azurerm_virtual_hub.hub', {
                name: 'hub',
                id: HUB,
                resource_group_name: 'rg',
                location: 'westeurope',
                address_prefix: '10.50.0.0/23',
              }),
              resource('azurerm_firewall.fw', {
                ...{
                  name: 'fw',
                  id: `${NETWORK}/azureFirewalls/fw`,
                  resource_group_name: 'rg',
                  location: 'westeurope',
                  sku_name: 'AZFW_Hub',
                  sku_tier: 'Standard',
                },
                virtual_hub: [
                  {
                    virtual_hub_id: HUB,
                    private_ip_address: '10.50.0.132',
                    public_ip_addresses: ['203.0.113.50'],
                    public_ip_count: 1,
                  },
                ],
              }),
            ),
          ),
        },
      ],
      { placements: [] },
    )
    expect(part.devices.map((one) => one.name)).toEqual(expect.arrayContaining(['hub', 'fw']))
  })
})
