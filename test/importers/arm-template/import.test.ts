import { describe, expect, test } from 'vitest'
import { type AzurePart, importAzure } from '../../../src/importers/azure/index.ts'
import { flow, routeOf, story } from '../azure/arm.ts'
import { parametersText, templateText } from './evaluated.ts'

const SUBNET = (vnet: string, name: string) =>
  `[resourceId('Microsoft.Network/virtualNetworks/subnets', '${vnet}', '${name}')]`

function vnet(name: string, address: string, subnets: Readonly<Record<string, object>>): object {
  return {
    type: 'Microsoft.Network/virtualNetworks',
    name,
    properties: {
      addressSpace: { addressPrefixes: [address] },
      subnets: Object.entries(subnets).map(([one, properties]) => ({ name: one, properties })),
    },
  }
}

function nic(name: string, subnet: string, address?: string): object {
  const properties = { subnet: { id: subnet }, ...(address !== undefined && { privateIPAddress: address }) }
  const ipConfigurations = [{ name: 'c', properties }]
  return { type: 'Microsoft.Network/networkInterfaces', name, properties: { ipConfigurations } }
}

function peering(from: string, to: string): object {
  const id = `[resourceId('Microsoft.Network/virtualNetworks', '${to}')]`
  return {
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    name: `${from}/to-${to}`,
    properties: { remoteVirtualNetwork: { id }, allowVirtualNetworkAccess: true },
  }
}

function imported(parts: object, ...others: readonly { path: string; text: string }[]): AzurePart {
  return importAzure([{ path: 'main.json', text: templateText(parts) }, ...others], { placements: [] })
}

const UNKNOWN = { parameters: { p: { type: 'object' } } }

describe('a template among the resources', () => {
  test('VNets peered by resources of their own reach each other', () => {
    const resources = [
      vnet('one', '10.1.0.0/16', { s: { addressPrefix: '10.1.0.0/24' } }),
      vnet('two', '10.2.0.0/16', { s: { addressPrefix: '10.2.0.0/24' } }),
      nic('a', SUBNET('one', 's'), '10.1.0.9'),
      nic('b', SUBNET('two', 's'), '10.2.0.9'),
    ]
    const there = flow('10.1.0.9', '10.2.0.9', 443)
    const both = [peering('one', 'two'), peering('two', 'one')]
    expect(story(imported({ resources: [...resources, ...both] }), 'a', there).there).toBe('accepted')
    const half = [peering('one', 'two')]
    expect(story(imported({ resources: [...resources, ...half] }), 'a', there).there).not.toBe('accepted')
  })

  test('rules that could not be evaluated leave what they guard unknown', () => {
    const group = {
      type: 'Microsoft.Network/networkSecurityGroups',
      name: 'g',
      properties: { securityRules: "[parameters('p').rules]" },
    }
    const guarded = { networkSecurityGroup: { id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'g')]" } }
    const resources = [
      vnet('one', '10.1.0.0/16', {
        s: { addressPrefix: '10.1.0.0/24', ...guarded },
        t: { addressPrefix: '10.1.1.0/24' },
      }),
      nic('a', SUBNET('one', 't'), '10.1.1.9'),
      nic('b', SUBNET('one', 's'), '10.1.0.9'),
      group,
    ]
    expect(story(imported({ ...UNKNOWN, resources }), 'a', flow('10.1.1.9', '10.1.0.9', 443)).there).toBe('unknown')
  })

  test('a port that could not be evaluated is not every port', () => {
    const properties = { direction: 'Inbound', priority: 100, access: 'Allow', protocol: 'Tcp' }
    const fields = {
      sourceAddressPrefix: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: "[parameters('p').port]",
    }
    const deny = {
      ...properties,
      priority: 200,
      access: 'Deny',
      sourceAddressPrefix: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '*',
    }
    const group = {
      type: 'Microsoft.Network/networkSecurityGroups',
      name: 'g',
      properties: {
        securityRules: [
          { name: 'r', properties: { ...properties, ...fields } },
          { name: 'd', properties: deny },
        ],
      },
    }
    const guarded = { networkSecurityGroup: { id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'g')]" } }
    const resources = [
      vnet('one', '10.1.0.0/16', { s: { addressPrefix: '10.1.0.0/24', ...guarded } }),
      nic('a', SUBNET('one', 's'), '10.1.0.8'),
      nic('b', SUBNET('one', 's'), '10.1.0.9'),
      group,
    ]
    expect(story(imported({ ...UNKNOWN, resources }), 'a', flow('10.1.0.8', '10.1.0.9', 443)).there).toBe('unknown')
  })

  test('a next hop that could not be evaluated is unknown and not broken', () => {
    const route = {
      addressPrefix: '0.0.0.0/0',
      nextHopType: 'VirtualAppliance',
      nextHopIpAddress: "[parameters('p').ip]",
    }
    const table = {
      type: 'Microsoft.Network/routeTables',
      name: 'rt',
      properties: { routes: [{ name: 'r', properties: route }] },
    }
    const routed = { routeTable: { id: "[resourceId('Microsoft.Network/routeTables', 'rt')]" } }
    const resources = [vnet('one', '10.1.0.0/16', { s: { addressPrefix: '10.1.0.0/24', ...routed } }), table]
    expect(routeOf(imported({ ...UNKNOWN, resources }), 'one/s', '8.8.8.8')?.nextHop.kind).toBe('unknown')
  })

  test('an endpoint whose address nobody can tell leaves its zone unknown, not empty', () => {
    const zone = 'privatelink.blob.core.windows.net'
    const id = (type: string, name: string) => `[resourceId('${type}', '${name}')]`
    const endpoint = (name: string) => ({
      type: 'Microsoft.Network/privateEndpoints',
      name,
      properties: {
        subnet: { id: SUBNET('one', 's') },
        privateLinkServiceConnections: [
          {
            name,
            properties: { privateLinkServiceId: id('Microsoft.Storage/storageAccounts', name), groupIds: ['blob'] },
          },
        ],
      },
      resources: [
        {
          type: 'privateDnsZoneGroups',
          name: 'g',
          properties: {
            privateDnsZoneConfigs: [
              { name: 'z', properties: { privateDnsZoneId: id('Microsoft.Network/privateDnsZones', zone) } },
            ],
          },
        },
      ],
    })
    const around = [
      vnet('one', '10.1.0.0/16', { s: { addressPrefix: '10.1.0.0/24' } }),
      { type: 'Microsoft.Network/privateDnsZones', name: zone, location: 'global', properties: {} },
      {
        type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
        name: `${zone}/l`,
        properties: { virtualNetwork: { id: id('Microsoft.Network/virtualNetworks', 'one') } },
      },
    ]
    const zonesOf = (...endpoints: readonly object[]) =>
      imported({ resources: [...around, ...endpoints] }).devices.flatMap((one) => one.resolver?.zones ?? [])
    // One endpoint alone has the first free address; two may get theirs in either order.
    expect(zonesOf(endpoint('alpha'))).toMatchObject([
      { onMissing: 'nxdomain', records: [{ name: `alpha.${zone}`, source: { kind: 'implied' } }] },
    ])
    expect(zonesOf(endpoint('alpha'), endpoint('beta'))).toMatchObject([
      { onMissing: 'nxdomain', records: [{ name: `alpha.${zone}` }, { name: `beta.${zone}` }] },
    ])
    const elsewhere = { ...endpoint('alpha'), properties: { ...endpoint('alpha').properties, subnet: { id: 'other' } } }
    expect(zonesOf(elsewhere)).toMatchObject([{ onMissing: 'unknown', records: [] }])
  })
})

describe('a parameters file among the resources', () => {
  const parts = {
    parameters: { name: { type: 'string' } },
    resources: [vnet("[parameters('name')]", '10.1.0.0/16', { s: { addressPrefix: '10.1.0.0/24' } })],
  }
  const fabrics = (part: AzurePart) => part.devices.filter((one) => one.kind === 'subnet').map((one) => one.name)

  test.for(['main.parameters.json', 'main.prod.json', 'other.json'])('%s goes with the only template', (path) => {
    const part = imported(parts, { path, text: parametersText({ name: 'given' }) })
    expect(fabrics(part)).toEqual(['given/s'])
    expect(part.diagnostics).toEqual([])
  })

  test('goes with the template it is named after', () => {
    const second = { path: 'second.json', text: templateText(parts) }
    const files = [
      { path: 'second.parameters.json', text: parametersText({ name: 'two' }) },
      { path: 'main.parameters.json', text: parametersText({ name: 'one' }) },
    ]
    expect(fabrics(imported(parts, second, ...files))).toEqual(['one/s', 'two/s'])
  })

  test('of no template is reported', () => {
    const second = { path: 'second.json', text: templateText(parts) }
    const part = imported(parts, second, { path: 'other.json', text: parametersText({ name: 'x' }) })
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1657')
  })
})
