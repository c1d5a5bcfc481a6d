import { expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/index.ts'

const vnet = (name: string) => ({
  id: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/${name}`,
  name,
  type: 'Microsoft.Network/virtualNetworks',
  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
})

test.for<readonly [string, unknown]>([
  ['an array', [vnet('a'), vnet('b')]],
  ['a list call', { value: [vnet('a'), vnet('b')] }],
  ['a Resource Graph answer', { count: 2, data: [vnet('a'), vnet('b')], skip_token: null }],
  ['the pages of a list call in a row', [{ value: [vnet('a')], nextLink: 'https://x' }, { value: [vnet('b')] }]],
  ['a body and a page in a row', [vnet('a'), { data: [vnet('b')] }]],
])('%s holds two networks', ([, value]) => {
  const part = importAzure([{ path: 'azure.json', text: JSON.stringify(value) }], { placements: [] })
  expect(part.links.map((one) => one.name)).toEqual(['a', 'b', 'internet'])
  expect(part.diagnostics).toEqual([])
})

test('a body whose own member is named value stays one body', () => {
  const setting = { id: '/subscriptions/s/providers/x/y/z', type: 'x/y', value: [vnet('a')] }
  const part = importAzure([{ path: 'azure.json', text: JSON.stringify([setting]) }], { placements: [] })
  expect(part.links.map((one) => one.name)).toEqual(['internet'])
})
