import { describe, expect, test } from 'vitest'
import { type AzurePart, importAzure } from '../../../src/importers/azure/index.ts'
import { flow, story } from '../azure/arm.ts'
import { templateText } from './evaluated.ts'

const NETWORK = 'Microsoft.Network'
const subnetId = (name: string) => `[resourceId('${NETWORK}/virtualNetworks/subnets', 'v', '${name}')]`

function nic(name: string, subnet: string, privateIPAddress: string): object {
  const ipConfigurations = [{ name: 'c', properties: { subnet: { id: subnetId(subnet) }, privateIPAddress } }]
  return { type: `${NETWORK}/networkInterfaces`, name, properties: { ipConfigurations } }
}

const VNET = {
  type: `${NETWORK}/virtualNetworks`,
  name: 'v',
  properties: {
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
    subnets: [
      {
        name: 's',
        properties: {
          addressPrefix: '10.1.0.0/24',
          networkSecurityGroup: { id: `[resourceId('${NETWORK}/networkSecurityGroups', 'g')]` },
          routeTable: { id: `[resourceId('${NETWORK}/routeTables', 'r')]` },
        },
      },
      { name: 't', properties: { addressPrefix: '10.1.1.0/24' } },
    ],
  },
}
const BASE = [
  VNET,
  { type: `${NETWORK}/networkSecurityGroups`, name: 'g', properties: { securityRules: [] } },
  { type: `${NETWORK}/routeTables`, name: 'r', properties: { routes: [] } },
  nic('a', 's', '10.1.0.9'),
  nic('b', 't', '10.1.1.9'),
]
// A boolean without a default: whether what asks for it is deployed nobody can tell.
const parameters = { maybe: { type: 'bool' } }
const condition = "[parameters('maybe')]"

function imported(more: readonly object[]): AzurePart {
  return importAzure([{ path: 'main.json', text: templateText({ parameters, resources: [...BASE, ...more] }) }], {
    placements: [],
  })
}

const rule = (access: string, port: string) => ({
  type: `${NETWORK}/networkSecurityGroups/securityRules`,
  name: 'g/maybe',
  condition,
  properties: {
    ...{ direction: 'Inbound', priority: 100, access, protocol: 'Tcp', destinationPortRange: port },
    ...{ sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*' },
  },
})
const route = (addressPrefix: string) => ({
  type: `${NETWORK}/routeTables/routes`,
  name: 'r/maybe',
  condition,
  properties: { addressPrefix, nextHopType: 'None' },
})

describe('a part that may or may not be deployed', () => {
  const in443 = flow('10.1.1.9', '10.1.0.9', 443)
  test.for<readonly [string, object, string, ReturnType<typeof flow>, string]>([
    ['a rule that would deny the packet', rule('Deny', '443'), 'b', in443, 'unknown'],
    ['a rule about another port', rule('Deny', '22'), 'b', in443, 'accepted'],
    ['a route that would swallow the packet', route('10.1.1.0/24'), 'a', flow('10.1.0.9', '10.1.1.9', 443), 'unknown'],
    ['a route to elsewhere', route('10.7.0.0/16'), 'a', flow('10.1.0.9', '10.1.1.9', 443), 'accepted'],
  ])('%s: tcp 443 is answered accordingly', ([, part, from, packet, wanted]) => {
    const made = imported([part])
    expect(story(made, from, packet).there).toBe(wanted)
    expect(made.diagnostics.map((one) => one.message).join()).toContain('the condition of')
  })

  test('a peering leaves what is behind it unknown', () => {
    const remote = {
      type: `${NETWORK}/virtualNetworks`,
      name: 'w',
      properties: {
        addressSpace: { addressPrefixes: ['10.2.0.0/16'] },
        subnets: [{ name: 's', properties: { addressPrefix: '10.2.0.0/24' } }],
      },
    }
    const far = {
      type: `${NETWORK}/networkInterfaces`,
      name: 'far',
      properties: {
        ipConfigurations: [
          {
            name: 'c',
            properties: {
              subnet: { id: `[resourceId('${NETWORK}/virtualNetworks/subnets', 'w', 's')]` },
              privateIPAddress: '10.2.0.9',
            },
          },
        ],
      },
    }
    const peering = (from: string, to: string) => ({
      type: `${NETWORK}/virtualNetworks/virtualNetworkPeerings`,
      name: `${from}/p`,
      condition,
      properties: {
        remoteVirtualNetwork: { id: `[resourceId('${NETWORK}/virtualNetworks', '${to}')]` },
        allowVirtualNetworkAccess: true,
      },
    })
    const made = imported([remote, far, peering('v', 'w'), peering('w', 'v')])
    expect(story(made, 'b', flow('10.1.1.9', '10.2.0.9', 443)).there).toBe('unknown')
  })

  test('a record leaves the names of its zone unknown, and a link the zone itself', () => {
    const zone = { type: `${NETWORK}/privateDnsZones`, name: 'plant.example', properties: {} }
    const link = (more: object) => ({
      type: `${NETWORK}/privateDnsZones/virtualNetworkLinks`,
      name: 'plant.example/l',
      ...more,
      properties: {
        virtualNetwork: { id: `[resourceId('${NETWORK}/virtualNetworks', 'v')]` },
        registrationEnabled: false,
      },
    })
    const record = {
      type: `${NETWORK}/privateDnsZones/A`,
      name: 'plant.example/db',
      condition,
      properties: { ttl: 60, aRecords: [{ ipv4Address: '10.1.0.9' }] },
    }
    const zonesOf = (part: AzurePart) =>
      part.devices.flatMap((one) => one.resolver?.zones ?? []).filter((one) => one.name === 'plant.example')
    expect(zonesOf(imported([zone, link({}), record]))).toMatchObject([{ onMissing: 'unknown' }])
    expect(zonesOf(imported([zone, link({ condition })]))[0]?.label).toContain('may be linked here')
  })
})

test('a secret is never printed: neither given, nor by default, nor in a line that is cited', () => {
  const text = templateText({
    parameters: {
      psk: { type: 'securestring', defaultValue: 'hunter2-by-default' },
      pass: { type: 'secureObject', defaultValue: { a: 'hunter3-in-object' } },
    },
    resources: [
      ...BASE,
      {
        type: `${NETWORK}/connections`,
        name: 'c',
        properties: { sharedKey: "[parameters('psk')]", connectionType: 'IPsec', other: "[parameters('pass').none]" },
      },
    ],
  })
  const part = importAzure([{ path: 'main.json', text }], { placements: [] })
  const printed = JSON.stringify(part, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  expect(printed).not.toMatch(/hunter[23]/)
})
