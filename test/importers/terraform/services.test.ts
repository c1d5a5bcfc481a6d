import { describe, expect, test } from 'vitest'
import { armBodies, GROUP, type Json, NETWORK, resource, state } from './terraform-file.ts'

const SUBNET = `${NETWORK}/virtualNetworks/vnet/subnets/RouteServerSubnet`
const PIP = `${NETWORK}/publicIPAddresses/pip`

describe('application gateways', () => {
  const id = `${NETWORK}/applicationGateways/gw`
  const at = (kind: string, name: string) => ({ id: `${id}/${kind}/${name}` })
  test('azurerm_application_gateway names its parts by name; ARM by id', () => {
    const values = {
      ...{ id, name: 'gw', resource_group_name: 'rg', location: 'westeurope' },
      sku: [{ name: 'WAF_v2', tier: 'WAF_v2', capacity: 2 }],
      gateway_ip_configuration: [{ name: 'g', subnet_id: SUBNET }],
      frontend_ip_configuration: [{ name: 'f', public_ip_address_id: PIP }],
      frontend_port: [{ name: 'p443', port: 443 }],
      backend_address_pool: [{ name: 'pool', ip_addresses: ['10.0.0.4'], fqdns: ['app.example'] }],
      backend_http_settings: [{ name: 's', port: 8443, protocol: 'Https', cookie_based_affinity: 'Disabled' }],
      http_listener: [
        {
          name: 'l',
          frontend_ip_configuration_name: 'f',
          frontend_port_name: 'p443',
          protocol: 'Https',
          host_name: 'app.example',
        },
      ],
      url_path_map: [
        {
          ...{ name: 'm', default_backend_address_pool_name: 'pool', default_backend_http_settings_name: 's' },
          path_rule: [
            { name: 'api', paths: ['/api/*'], backend_address_pool_name: 'pool', backend_http_settings_name: 's' },
          ],
        },
      ],
      request_routing_rule: [
        { name: 'r', rule_type: 'PathBasedRouting', priority: 10, http_listener_name: 'l', url_path_map_name: 'm' },
      ],
    }
    const { bodies, messages } = armBodies(state(resource('azurerm_application_gateway.gw', values)))
    expect(messages).toEqual([])
    expect(bodies[0]?.properties).toMatchObject({
      sku: { tier: 'WAF_v2' },
      frontendPorts: [{ ...at('frontendPorts', 'p443'), properties: { port: 443 } }],
      backendAddressPools: [{ properties: { backendAddresses: [{ ipAddress: '10.0.0.4' }, { fqdn: 'app.example' }] } }],
      httpListeners: [
        {
          ...at('httpListeners', 'l'),
          properties: {
            frontendIPConfiguration: at('frontendIPConfigurations', 'f'),
            frontendPort: at('frontendPorts', 'p443'),
            hostName: 'app.example',
          },
        },
      ],
      urlPathMaps: [
        {
          properties: {
            defaultBackendAddressPool: at('backendAddressPools', 'pool'),
            pathRules: [
              {
                properties: {
                  paths: ['/api/*'],
                  backendAddressPool: at('backendAddressPools', 'pool'),
                  backendHttpSettings: at('backendHttpSettingsCollection', 's'),
                },
              },
            ],
          },
        },
      ],
      requestRoutingRules: [
        { properties: { httpListener: at('httpListeners', 'l'), urlPathMap: at('urlPathMaps', 'm'), priority: 10 } },
      ],
    })
  })
})

describe('parts of services', () => {
  const ROWS_OF_SERVICES: readonly (readonly [string, Json, string, Json])[] = [
    [
      'azurerm_linux_virtual_machine_scale_set',
      { instances: 3 },
      'Microsoft.Compute/virtualMachineScaleSets',
      { sku: { capacity: 3 } },
    ],
    [
      'azurerm_machine_learning_workspace_network_outbound_rule_service_tag',
      {
        workspace_id: `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w`,
        service_tag: 'DataFactory',
        protocol: 'TCP',
        port_ranges: '443',
      },
      'Microsoft.MachineLearningServices/workspaces/outboundRules',
      {
        properties: {
          type: 'ServiceTag',
          category: 'UserDefined',
          destination: { serviceTag: 'DataFactory', protocol: 'TCP', portRanges: '443' },
        },
      },
    ],
    [
      'azurerm_postgresql_flexible_server_firewall_rule',
      {
        server_id: `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/p`,
        start_ip_address: '203.0.113.1',
        end_ip_address: '203.0.113.9',
      },
      'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules',
      { properties: { startIpAddress: '203.0.113.1', endIpAddress: '203.0.113.9' } },
    ],
  ]
  test.for(ROWS_OF_SERVICES)('%s', ([type, values, arm, body]) => {
    const { bodies } = armBodies(state(resource(`${type}.main`, { name: 'x', resource_group_name: 'rg', ...values })))
    expect(bodies[0]).toMatchObject({ type: arm, ...body })
  })

  test('azurerm_kubernetes_cluster_node_pool is a pool of its cluster', () => {
    const cluster = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`
    const { bodies } = armBodies(
      state(
        resource('azurerm_kubernetes_cluster.c', {
          id: cluster,
          name: 'aks',
          resource_group_name: 'rg',
          default_node_pool: [{ name: 'one', vnet_subnet_id: SUBNET }],
        }),
        resource('azurerm_kubernetes_cluster_node_pool.p', {
          name: 'two',
          kubernetes_cluster_id: cluster,
          vnet_subnet_id: SUBNET,
        }),
      ),
    )
    expect(bodies).toHaveLength(1)
    expect(bodies[0]?.properties).toMatchObject({
      agentPoolProfiles: [
        { name: 'one', vnetSubnetID: SUBNET },
        { name: 'two', vnetSubnetID: SUBNET },
      ],
    })
  })

  test.for<readonly [Json, string]>([
    [{ private_link_service_network_policies_enabled: true }, 'Enabled'],
    [{ private_link_service_network_policies_enabled: false }, 'Disabled'],
    [{ enforce_private_link_service_network_policies: true }, 'Disabled'],
  ])('%j of a subnet means policies of private link services %s', ([values, wanted]) => {
    const subnet = { id: SUBNET, name: 'a', virtual_network_name: 'vnet', resource_group_name: 'rg', ...values }
    expect(armBodies(state(resource('azurerm_subnet.a', subnet))).bodies[0]?.properties).toMatchObject({
      privateLinkServiceNetworkPolicies: wanted,
    })
  })
})
