import { expect, test } from 'vitest'
import { prefix } from '../../src/net/index.ts'
import { type FileReader, loadTopology } from '../../src/topology/index.ts'

const $schema = 'https://schema.management.azure.com/schemas/2019-04-01'
const TEMPLATE = {
  $schema: `${$schema}/deploymentTemplate.json#`,
  contentVersion: '1.0.0.0',
  parameters: { space: { type: 'string', defaultValue: '10.0.0.0/16' } },
  resources: [
    {
      type: 'Microsoft.Network/virtualNetworks',
      apiVersion: '2024-05-01',
      name: "[format('vnet-{0}', resourceGroup().name)]",
      location: '[resourceGroup().location]',
      properties: {
        addressSpace: { addressPrefixes: ["[parameters('space')]"] },
        subnets: [{ name: 'one', properties: { addressPrefix: "[cidrSubnet(parameters('space'), 24, 1)]" } }],
      },
    },
  ],
}
const GIVEN = { $schema: `${$schema}/deploymentParameters.json#`, parameters: { space: { value: '10.9.0.0/16' } } }

function loaded(deployment: string) {
  const files: Readonly<Record<string, string>> = {
    'estate.yaml': `nettrace: 1\nazure:\n  resources: main.json\n${deployment}`,
    'main.json': JSON.stringify(TEMPLATE),
    'west.json': JSON.stringify(GIVEN),
  }
  const reader: FileReader = {
    read: (path) => {
      const text = files[path]
      return text === undefined ? { problem: 'there is no such file' } : { text }
    },
    list: () => undefined,
  }
  const { network, diagnostics } = loadTopology('estate.yaml', { reader })
  const complaints = diagnostics.filter((one) => one.severity !== 'note')
  return { devices: [...network.devices.keys()], network, complaints }
}

test('a template is deployed to the resource group that the topology names', () => {
  const { devices, complaints } = loaded('  deployment: { resource-group: rg-west, location: westeurope }\n')
  expect(complaints).toEqual([])
  expect(devices).toContain('vnet-rg-west/one')
})

test('without a place the resource group is a stand-in that shows itself', () => {
  expect(loaded('').devices).toContain('vnet-{resource-group}/one')
})

test('a template takes the values of the parameters file that the topology names', () => {
  const { network, complaints } = loaded('  deployment: { resource-group: rg, parameters: west.json }\n')
  expect(complaints).toEqual([])
  const routes = network.devices.get('vnet-rg/one')?.tables[0]?.routes ?? []
  expect(routes.find((one) => one.listing?.nextHopType === 'VnetLocal')?.prefix).toEqual(prefix('10.9.0.0/16'))
})

test.for<readonly [string, string]>([
  ['  deployment: { group: rg }\n', 'unknown key "group"'],
  ['  deployment: { parameters: east.json }\n', 'there is no such file'],
  ['  deployment: rg\n', 'expected keys and values'],
])('%j is an error: %s', ([deployment, message]) => {
  const { complaints } = loaded(deployment)
  expect(complaints).toMatchObject([{ severity: 'error', message: expect.stringContaining(message) }])
})
