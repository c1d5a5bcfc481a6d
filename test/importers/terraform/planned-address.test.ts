import { describe, expect, test } from 'vitest'
import * as arm from '../azure/arm.ts'
import { planOf, refers, type Written } from './plan-of.ts'
import {
  addressesOf,
  codes,
  endpoint,
  nic,
  PUBLIC,
  peering,
  RG,
  read,
  subnet,
  textsOf,
  vnet,
} from './planned-network.ts'
import { armBodies, type Json } from './terraform-file.ts'

const FIREWALL: Written = {
  address: 'azurerm_firewall.fw',
  values: { name: 'fw', ...RG, sku_name: 'AZFW_VNet', sku_tier: 'Standard', ip_configuration: [{ name: 'c' }] },
  later: {
    ip_configuration: [
      {
        subnet_id: refers('azurerm_subnet.AzureFirewallSubnet.id'),
        public_ip_address_id: refers('azurerm_public_ip.pip.id'),
        private_ip_address: null,
      },
    ],
    firewall_policy_id: refers('azurerm_firewall_policy.p.id'),
  },
}

const FIREWALL_ADDRESS = refers('azurerm_firewall.fw.ip_configuration[0].private_ip_address')

function route(expression: readonly string[]): Written {
  return {
    address: 'azurerm_route.r',
    values: {
      ...{ name: 'r', resource_group_name: 'rg', route_table_name: 'rt' },
      ...{ address_prefix: '10.0.2.0/24', next_hop_type: 'VirtualAppliance' },
    },
    later: { next_hop_in_ip_address: expression },
  }
}

const ZONE = 'privatelink.vaultcore.azure.net'
const POLICY: readonly Written[] = [
  { address: 'azurerm_firewall_policy.p', values: { name: 'p', ...RG, sku: 'Standard' } },
  {
    address: 'azurerm_firewall_policy_rule_collection_group.g',
    values: {
      ...{ name: 'g', priority: 100 },
      network_rule_collection: [
        {
          ...{ name: 'n', priority: 100, action: 'Allow' },
          rule: [
            {
              ...{ name: 'vault', protocols: ['TCP'], source_addresses: ['10.1.0.0/24'] },
              ...{ destination_addresses: [null], destination_ports: ['443'] },
            },
          ],
        },
      ],
    },
    later: {
      firewall_policy_id: refers('azurerm_firewall_policy.p.id'),
      network_rule_collection: [
        {
          rule: [
            {
              destination_addresses: refers(
                'azurerm_private_endpoint.kv.private_service_connection[0].private_ip_address',
              ),
            },
          ],
        },
      ],
    },
  },
]

function estate(expression: readonly string[] = FIREWALL_ADDRESS): Written[] {
  return [
    ...[vnet('hub', '10.0.0.0/16'), vnet('spoke', '10.1.0.0/16'), peering('hub', 'spoke'), peering('spoke', 'hub')],
    subnet('AzureFirewallSubnet', 'hub', '10.0.1.0/26'),
    subnet('pe', 'hub', '10.0.2.0/24', { private_endpoint_network_policies: 'Enabled' }),
    subnet('apps', 'spoke', '10.1.0.0/24'),
    ...[PUBLIC, FIREWALL, ...POLICY, nic('vm', 'apps'), endpoint('kv', 'pe', 'azurerm_key_vault.kv')],
    { address: 'azurerm_route_table.rt', values: { name: 'rt', ...RG } },
    route(expression),
    {
      address: 'azurerm_subnet_route_table_association.a',
      values: {},
      later: { subnet_id: refers('azurerm_subnet.apps.id'), route_table_id: refers('azurerm_route_table.rt.id') },
    },
    {
      address: 'azurerm_key_vault.kv',
      values: { name: 'kv', ...RG, public_network_access_enabled: false },
      later: { vault_uri: null },
    },
    { address: 'azurerm_private_dns_zone.z', values: { name: ZONE, resource_group_name: 'rg' } },
    {
      address: 'azurerm_private_dns_zone_virtual_network_link.l',
      values: { name: 'l', resource_group_name: 'rg', private_dns_zone_name: ZONE, registration_enabled: false },
      later: { virtual_network_id: refers('azurerm_virtual_network.spoke.id') },
    },
  ]
}

const VAULT = 'Microsoft.KeyVault/vaults/kv'
const PEERED = { allowVirtualNetworkAccess: true, allowForwardedTraffic: true }
const BODIES = [
  arm.vnet(
    'hub',
    ['10.0.0.0/16'],
    {
      AzureFirewallSubnet: { addressPrefix: '10.0.1.0/26' },
      pe: { addressPrefix: '10.0.2.0/24', privateEndpointNetworkPolicies: 'Enabled' },
    },
    { spoke: PEERED },
  ),
  arm.vnet(
    'spoke',
    ['10.1.0.0/16'],
    { apps: { addressPrefix: '10.1.0.0/24', routeTable: arm.ref('routeTables/rt') } },
    { hub: PEERED },
  ),
  arm.routes('rt', { '10.0.2.0/24': '10.0.1.4' }),
  arm.publicIp('pip', '198.19.0.4'),
  arm.body('azureFirewalls/fw', {
    sku: { name: 'AZFW_VNet', tier: 'Standard' },
    firewallPolicy: arm.ref('firewallPolicies/p'),
    ipConfigurations: [
      {
        name: 'c',
        properties: {
          privateIPAddress: '10.0.1.4',
          subnet: arm.subnetRef('hub/AzureFirewallSubnet'),
          publicIPAddress: arm.ref('publicIPAddresses/pip'),
        },
      },
    ],
  }),
  arm.body('firewallPolicies/p', { sku: { tier: 'Standard' } }),
  arm.body('firewallPolicies/p/ruleCollectionGroups/g', {
    priority: 100,
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        ...{ name: 'n', priority: 100, action: { type: 'Allow' } },
        rules: [
          {
            ...{ name: 'vault', ruleType: 'NetworkRule', ipProtocols: ['TCP'], sourceAddresses: ['10.1.0.0/24'] },
            ...{ destinationAddresses: ['10.0.2.4'], destinationPorts: ['443'] },
          },
        ],
      },
    ],
  }),
  arm.nic('vm', 'spoke/apps', '10.1.0.4'),
  arm.body(VAULT, { publicNetworkAccess: 'Disabled' }),
  arm.body('privateEndpoints/pe-kv', {
    subnet: arm.subnetRef('hub/pe'),
    privateLinkServiceConnections: [
      { name: 'c', properties: { privateLinkServiceId: arm.id(VAULT), groupIds: ['vault'] } },
    ],
    ipConfigurations: [
      { name: 'c', properties: { privateIPAddress: '10.0.2.4', groupId: 'vault', memberName: 'default' } },
    ],
  }),
]

describe('a plan of hub and spoke, none of whose addresses is known before apply', () => {
  const part = read(planOf(estate()))
  const bodies = arm.imported(BODIES)

  test.for<readonly [string, string, number | undefined]>([
    ['the vault', '10.0.2.4', 443],
    ['the vault on a port that no rule allows', '10.0.2.4', 22],
    ['another address beside it', '10.0.2.5', 443],
    ['a ping', '10.0.2.4', undefined],
    ['an address that nobody has', '10.9.9.9', 443],
  ])('%s is answered as of the same estate in ARM bodies with those addresses', ([, to, port]) => {
    const question = arm.flow('10.1.0.4', to, port)
    expect(arm.story(part, 'vm', question)).toEqual(arm.story(bodies, 'vm', question))
  })

  test('the vault is reached through the firewall', () => {
    const { there, devices } = arm.story(part, 'vm', arm.flow('10.1.0.4', '10.0.2.4', 443))
    expect([there, devices.includes('fw'), devices.at(-1)]).toEqual(['accepted', true, 'pe-kv'])
  })

  test('each has an address that no line says, and nothing is complained of', () => {
    expect(textsOf(part, 'pe-kv')).toEqual(['10.0.2.4'])
    expect(addressesOf(part, 'vm')[0]).toMatchObject({ source: { kind: 'implied' } })
    expect(addressesOf(part, 'vm')[0]?.standsFor).toBeUndefined()
    expect(codes(part)).toEqual([])
  })

  test('a route to it shows the line of the route', () => {
    const found = arm.routeOf(part, 'spoke/apps', '10.0.2.4')
    expect(found?.listing?.nextHopIpAddress).toBe('10.0.1.4')
    expect(found?.source.kind).toBe('pointer')
  })

  const UNTOLD: [string, string[]][] = [
    ['a choice', [...FIREWALL_ADDRESS, 'var.through_firewall']],
    ['a local value', ['local.hop']],
    ['another attribute', refers('azurerm_firewall.fw.name')],
    ['the firewall as a whole', ['azurerm_firewall.fw']],
    ['what for_each gives beside it', [...FIREWALL_ADDRESS, 'each.value.hop', 'each.value']],
    ['a firewall whose count is not known', refers('azurerm_firewall.other[0].ip_configuration[0].private_ip_address')],
  ]
  test.for(UNTOLD)('a next hop by %s stays unknown', ([, expression]) => {
    const other = read(planOf(estate(expression)))
    expect(codes(other).join()).toContain('azurerm_route.r: next_hop_in_ip_address is known only after apply')
    expect(arm.story(other, 'vm', arm.flow('10.1.0.4', '10.0.2.4', 443)).there).not.toBe('accepted')
  })
})

describe('what refers to an address that is known only after apply', () => {
  const nva = nic('nva', 'apps', { private_ip_address: '10.1.0.9', private_ip_address_allocation: 'Static' })
  const TOLD: [string, string, string][] = [
    ['a fixed address', 'azurerm_network_interface.nva.private_ip_address', '10.1.0.9'],
    ['the first of its addresses', 'azurerm_network_interface.nva.private_ip_addresses[0]', '10.1.0.9'],
    ['an endpoint', 'azurerm_private_endpoint.kv.private_service_connection[0].private_ip_address', '10.0.2.4'],
    ['a machine', 'azurerm_linux_virtual_machine.m.private_ip_address', '10.1.0.9'],
    ['a load balancer', 'azurerm_lb.lb.frontend_ip_configuration[0].private_ip_address', '10.0.3.4'],
    ['one of several', 'azurerm_network_interface.many["b"].private_ip_address', '10.0.4.9'],
    [
      'a resolver',
      'azurerm_private_dns_resolver_inbound_endpoint.in.ip_configurations[0].private_ip_address',
      '10.0.5.4',
    ],
    ['a public address', 'azurerm_public_ip.pip.ip_address', '198.19.0.4'],
  ]
  const keyed = (key: string, address: string): Written => {
    const one = nic(key, 'many', { private_ip_address: address, private_ip_address_allocation: 'Static' })
    return { ...one, address: `azurerm_network_interface.many["${key}"]` }
  }
  const others: Written[] = [
    ...[subnet('lb', 'hub', '10.0.3.0/24'), subnet('many', 'hub', '10.0.4.0/24'), subnet('dns', 'hub', '10.0.5.0/28')],
    ...[nva, keyed('a', '10.0.4.8'), keyed('b', '10.0.4.9')],
    {
      address: 'azurerm_linux_virtual_machine.m',
      values: { name: 'm', ...RG, network_interface_ids: [null] },
      later: { network_interface_ids: refers('azurerm_network_interface.nva.id') },
    },
    {
      address: 'azurerm_lb.lb',
      values: { name: 'lb', ...RG, sku: 'Standard', frontend_ip_configuration: [{ name: 'f' }] },
      later: { frontend_ip_configuration: [{ subnet_id: refers('azurerm_subnet.lb.id'), private_ip_address: null }] },
    },
    {
      address: 'azurerm_private_dns_resolver.r',
      values: { name: 'r', ...RG },
      later: { virtual_network_id: refers('azurerm_virtual_network.hub.id') },
    },
    {
      address: 'azurerm_private_dns_resolver_inbound_endpoint.in',
      values: { name: 'in', ...RG, ip_configurations: [{ private_ip_allocation_method: 'Dynamic' }] },
      later: {
        private_dns_resolver_id: refers('azurerm_private_dns_resolver.r.id'),
        ip_configurations: [{ subnet_id: refers('azurerm_subnet.dns.id'), private_ip_address: null }],
      },
    },
  ]
  test.for(TOLD)('%s is the next hop of a route', ([, path, address]) => {
    const found = arm.routeOf(read(planOf([...estate(refers(path)), ...others])), 'spoke/apps', '10.0.2.4')
    expect(found?.listing?.nextHopIpAddress).toBe(address)
  })

  test('servers of a network and records of a zone', () => {
    const record: Written = {
      address: 'azurerm_private_dns_a_record.a',
      values: { name: 'a', zone_name: ZONE, resource_group_name: 'rg', ttl: 300 },
      later: { records: refers('azurerm_private_endpoint.kv.private_service_connection[0].private_ip_address') },
    }
    const servers: Written = {
      address: 'azurerm_virtual_network_dns_servers.d',
      values: { dns_servers: [null, '10.0.0.9'] },
      later: { virtual_network_id: refers('azurerm_virtual_network.spoke.id'), dns_servers: FIREWALL_ADDRESS },
    }
    const { bodies } = armBodies(planOf([...estate(), record, servers]))
    expect(bodies.find((one) => one.name === 'a')).toMatchObject({
      properties: { aRecords: [{ ipv4Address: '10.0.2.4' }] },
    })
    expect(bodies.find((one) => one.name === 'spoke')).toMatchObject({
      properties: { dhcpOptions: { dnsServers: ['10.0.1.4', '10.0.0.9'] } },
    })
  })

  test('through an output of a module and a variable of another', () => {
    const plan = planOf(estate()) as { configuration: { root_module: Json }; planned_values: { root_module: Json } }
    const root = plan.configuration.root_module
    const resources = root.resources as { address: string; expressions: Json }[]
    const hop = resources.find((one) => one.address === 'azurerm_route.r')
    if (hop) hop.expressions = { next_hop_in_ip_address: { references: ['module.hub.hop', 'module.hub'] } }
    const firewall = resources.find((one) => one.address === 'azurerm_firewall.fw')
    root.resources = resources.filter((one) => one !== firewall)
    root.module_calls = {
      hub: { module: { resources: [firewall], outputs: { hop: { expression: { references: FIREWALL_ADDRESS } } } } },
    }
    const planned = plan.planned_values.root_module
    const all = planned.resources as Json[]
    planned.resources = all.filter((one) => one.address !== 'azurerm_firewall.fw')
    const inside = all
      .filter((one) => one.address === 'azurerm_firewall.fw')
      .map((one) => ({
        ...one,
        address: 'module.hub.azurerm_firewall.fw',
        values: {
          ...(one.values as Json),
          ip_configuration: [
            { name: 'c', subnet_id: '/x/subnets/AzureFirewallSubnet', private_ip_address: '10.0.1.7' },
          ],
        },
      }))
    planned.child_modules = [{ address: 'module.hub', resources: inside }]
    expect(arm.routeOf(read(plan), 'spoke/apps', '10.0.2.4')?.listing?.nextHopIpAddress).toBe('10.0.1.7')
  })
})
