import { describe, expect, test } from 'vitest'
import { expandTemplate } from '../../../src/importers/arm-template/index.ts'
import { type AzurePart, importAzure } from '../../../src/importers/azure/index.ts'
import { flow, story } from '../azure/arm.ts'
import { PLACE, templateText } from './evaluated.ts'

const NETWORK = 'Microsoft.Network'
const id = (type: string, ...names: readonly string[]) =>
  `[resourceId('${NETWORK}/${type}', ${names.map((one) => (one.includes('(') ? one : `'${one}'`)).join(', ')})]`

function part(parts: object): AzurePart {
  return importAzure([{ path: 'main.json', text: templateText(parts) }], { placements: [], deployment: PLACE })
}

function nic(name: string, subnet: string, privateIPAddress: string): object {
  const ipConfigurations = [{ name: 'c', properties: { subnet: { id: subnet }, privateIPAddress } }]
  return { type: `${NETWORK}/networkInterfaces`, name, properties: { ipConfigurations } }
}

/** As `az group export` writes it: names are parameters, children stand in their parent and beside it once more. */
describe('an exported resource group', () => {
  const rule = {
    name: 'DenyWeb',
    properties: {
      ...{ protocol: 'TCP', sourcePortRange: '*', destinationPortRange: '443', sourceAddressPrefix: '*' },
      ...{ destinationAddressPrefix: '*', access: 'Deny', priority: 100, direction: 'Inbound' },
    },
  }
  const parameters = {
    virtualNetworks_hub_name: { defaultValue: 'hub', type: 'String' },
    networkSecurityGroups_web_name: { defaultValue: 'web', type: 'String' },
    virtualNetworks_far_externalid: {
      defaultValue: '/subscriptions/s-9/resourceGroups/rg-far/providers/Microsoft.Network/virtualNetworks/far',
      type: 'String',
    },
  }
  const group = "resourceId('Microsoft.Network/networkSecurityGroups', parameters('networkSecurityGroups_web_name'))"
  const subnet = {
    addressPrefix: '10.0.1.0/24',
    networkSecurityGroup: { id: `[${group}]` },
    delegations: [],
    privateEndpointNetworkPolicies: 'Disabled',
  }
  const resources = [
    {
      type: `${NETWORK}/networkSecurityGroups`,
      name: "[parameters('networkSecurityGroups_web_name')]",
      properties: {
        securityRules: [
          {
            id: "[resourceId('Microsoft.Network/networkSecurityGroups/securityRules', parameters('networkSecurityGroups_web_name'), 'DenyWeb')]",
            ...{ ...rule, type: 'Microsoft.Network/networkSecurityGroups/securityRules' },
          },
        ],
      },
    },
    {
      type: `${NETWORK}/networkSecurityGroups/securityRules`,
      name: "[concat(parameters('networkSecurityGroups_web_name'), '/DenyWeb')]",
      dependsOn: [`[${group}]`],
      properties: rule.properties,
    },
    {
      type: `${NETWORK}/virtualNetworks`,
      name: "[parameters('virtualNetworks_hub_name')]",
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [
          {
            name: 'web',
            id: "[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('virtualNetworks_hub_name'), 'web')]",
            properties: subnet,
          },
        ],
        virtualNetworkPeerings: [
          {
            name: 'to-far',
            properties: {
              peeringState: 'Connected',
              remoteVirtualNetwork: { id: "[parameters('virtualNetworks_far_externalid')]" },
              allowVirtualNetworkAccess: true,
            },
          },
        ],
      },
    },
    {
      type: `${NETWORK}/virtualNetworks/subnets`,
      name: "[concat(parameters('virtualNetworks_hub_name'), '/web')]",
      dependsOn: ["[resourceId('Microsoft.Network/virtualNetworks', parameters('virtualNetworks_hub_name'))]"],
      properties: subnet,
    },
    nic('one', id('virtualNetworks/subnets', "parameters('virtualNetworks_hub_name')", 'web'), '10.0.1.4'),
    nic('two', id('virtualNetworks/subnets', "parameters('virtualNetworks_hub_name')", 'web'), '10.0.1.5'),
  ]

  test('has each subnet, rule and peering once', () => {
    const made = part({ parameters, variables: {}, resources })
    expect(made.devices.filter((one) => one.name === 'hub/web')).toHaveLength(1)
    const rules = made.devices
      .flatMap((one) => Object.values(one.ruleSets))
      .map((one) => one.rules.filter((each) => each.name.includes('DenyWeb')).length)
    expect(Math.max(...rules)).toBe(1)
    expect(story(made, 'one', flow('10.0.1.4', '10.0.1.5', 443)).there).toBe('denied')
    expect(story(made, 'one', flow('10.0.1.4', '10.0.1.5', 22)).there).toBe('accepted')
  })
})

/** As Bicep compiles modules: each a nested deployment with names of its own, in any order. */
describe('modules of a compiled Bicep file', () => {
  const module = (name: string, template: object, parameters: object = {}, more: object = {}): object => ({
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name,
    ...more,
    properties: { expressionEvaluationOptions: { scope: 'inner' }, mode: 'Incremental', parameters, template },
  })
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
  const spoke = {
    ...{ $schema, languageVersion: '2.0', contentVersion: '1.0.0.0' },
    parameters: {
      name: { type: 'string' },
      index: { type: 'int' },
      hubId: { type: 'string' },
      firewallIp: { type: 'string' },
      tags: { $ref: '#/definitions/tags' },
    },
    definitions: { tags: { type: 'object', nullable: true } },
    variables: { prefix: "[cidrSubnet('10.100.0.0/14', 16, parameters('index'))]" },
    resources: {
      routes: {
        type: `${NETWORK}/routeTables`,
        name: "[format('rt-{0}', parameters('name'))]",
        properties: {
          routes: [
            {
              name: 'default',
              properties: {
                addressPrefix: '0.0.0.0/0',
                nextHopType: 'VirtualAppliance',
                nextHopIpAddress: "[parameters('firewallIp')]",
              },
            },
          ],
        },
      },
      vnet: {
        type: `${NETWORK}/virtualNetworks`,
        name: "[parameters('name')]",
        tags: "[coalesce(parameters('tags'), createObject())]",
        properties: {
          addressSpace: { addressPrefixes: ["[variables('prefix')]"] },
          copy: [
            {
              name: 'subnets',
              count: '[length(range(0, 2))]',
              input: {
                name: "[format('s{0}', range(0, 2)[copyIndex('subnets')])]",
                properties: {
                  addressPrefix: "[cidrSubnet(variables('prefix'), 24, range(0, 2)[copyIndex('subnets')])]",
                  routeTable: {
                    id: "[resourceId('Microsoft.Network/routeTables', format('rt-{0}', parameters('name')))]",
                  },
                },
              },
            },
          ],
        },
        dependsOn: ['routes'],
      },
      peering: {
        type: `${NETWORK}/virtualNetworks/virtualNetworkPeerings`,
        name: "[format('{0}/{1}', parameters('name'), 'to-hub')]",
        properties: {
          ...{ allowVirtualNetworkAccess: true, allowForwardedTraffic: true },
          remoteVirtualNetwork: { id: "[parameters('hubId')]" },
        },
        dependsOn: ['vnet'],
      },
    },
    outputs: {
      id: { type: 'string', value: "[resourceId('Microsoft.Network/virtualNetworks', parameters('name'))]" },
      subnetIds: {
        type: 'array',
        copy: { count: '[length(range(0, 2))]', input: "[reference('vnet').subnets[range(0, 2)[copyIndex()]].name]" },
      },
    },
  }
  const hub = {
    ...{ $schema, contentVersion: '1.0.0.0' },
    parameters: { spokes: { type: 'array' } },
    resources: [
      {
        type: `${NETWORK}/virtualNetworks`,
        name: 'hub',
        properties: {
          addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
          subnets: [
            { name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.0.3.0/26' } },
            { name: 'shared', properties: { addressPrefix: '10.0.1.0/24' } },
          ],
        },
      },
      {
        copy: { name: 'peerings', count: "[length(parameters('spokes'))]" },
        type: `${NETWORK}/virtualNetworks/virtualNetworkPeerings`,
        name: "[format('hub/to-{0}', last(split(parameters('spokes')[copyIndex()], '/')))]",
        properties: {
          ...{ allowVirtualNetworkAccess: true, allowForwardedTraffic: true },
          remoteVirtualNetwork: { id: "[parameters('spokes')[copyIndex()]]" },
        },
      },
      {
        type: `${NETWORK}/azureFirewalls`,
        name: 'fw',
        properties: {
          sku: { name: 'AZFW_VNet', tier: 'Standard' },
          networkRuleCollections: [
            {
              name: 'between',
              properties: {
                priority: 100,
                action: { type: 'Allow' },
                rules: [
                  {
                    ...{ name: 'smb', protocols: ['TCP'], sourceAddresses: ['10.100.0.0/14'] },
                    ...{ destinationAddresses: ['10.100.0.0/14'], destinationPorts: ['445'] },
                  },
                ],
              },
            },
          ],
          ipConfigurations: [
            { name: 'c', properties: { subnet: { id: id('virtualNetworks/subnets', 'hub', 'AzureFirewallSubnet') } } },
          ],
        },
      },
    ],
    outputs: {
      id: { type: 'string', value: id('virtualNetworks', 'hub') },
      firewallIp: {
        type: 'string',
        value:
          "[reference(resourceId('Microsoft.Network/azureFirewalls', 'fw'), '2023-11-01').ipConfigurations[0].properties.privateIPAddress]",
      },
    },
  }
  const of = (name: string, output: string) =>
    `[reference(resourceId('Microsoft.Resources/deployments', ${name}), '2022-09-01').outputs.${output}.value]`
  const resources = [
    // The spokes speak of the hub, which is listed behind them.
    module(
      "[format('spoke-{0}', copyIndex())]",
      spoke,
      {
        name: { value: "[format('vnet-spoke-{0}', copyIndex())]" },
        index: { value: '[copyIndex()]' },
        hubId: { value: of("'hub'", 'id') },
        firewallIp: { value: of("'hub'", 'firewallIp') },
      },
      { copy: { name: 'spokes', count: 2 } },
    ),
    module('hub', hub, {
      spokes: { value: [of("'spoke-0'", 'id'), of("'spoke-1'", 'id')] },
    }),
    nic('a', id('virtualNetworks/subnets', 'vnet-spoke-0', 's0'), '10.100.0.9'),
    nic('b', id('virtualNetworks/subnets', 'vnet-spoke-1', 's1'), '10.101.1.9'),
  ]

  test('are evaluated to the last expression', () => {
    const made = expandTemplate({ path: 'main.json', text: templateText({ resources }) }, undefined, PLACE)
    expect(made.diagnostics).toEqual([])
    expect(made.bodies.map((one) => one.name).sort()).toEqual(
      [
        'a',
        'b',
        'fw',
        'hub',
        'rt-vnet-spoke-0',
        'rt-vnet-spoke-1',
        'to-hub',
        'to-hub',
        'to-vnet-spoke-0',
        'to-vnet-spoke-1',
        'vnet-spoke-0',
        'vnet-spoke-1',
      ].sort(),
    )
  })

  test.for<readonly [number, string]>([
    [445, 'accepted'],
    [443, 'denied'],
  ])('from spoke to spoke, tcp %i is %s by the firewall of the hub', ([port, wanted]) => {
    const made = part({ resources })
    const found = story(made, 'a', flow('10.100.0.9', '10.101.1.9', port))
    expect(found.devices).toContain('fw')
    expect(found.there).toBe(wanted)
  })
})

test('what a template does not say of its region harms no answer that does not ask for it', () => {
  const location = '[resourceGroup().location]'
  const resources = [
    {
      ...{ type: `${NETWORK}/virtualNetworks`, name: 'v', location },
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 's', properties: { addressPrefix: '10.0.0.0/24' } }],
      },
    },
    nic('a', id('virtualNetworks/subnets', 'v', 's'), '10.0.0.4'),
    nic('b', id('virtualNetworks/subnets', 'v', 's'), '10.0.0.5'),
  ]
  const made = importAzure([{ path: 'main.json', text: templateText({ resources }) }], { placements: [] })
  expect(story(made, 'a', flow('10.0.0.4', '10.0.0.5', 443)).there).toBe('accepted')
  expect(made.diagnostics.filter((one) => one.severity !== 'note')).toEqual([])
})
