import { expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { type Json, nic, vnet } from './arm.ts'

// Machines of a VNet ask the servers of `dhcpOptions`, Azure's own when there are none (Learn: Name resolution for resources in VNets).
test.for<readonly [string, Json | undefined, readonly number[]]>([
  ['no list: Azure-provided DNS', undefined, [0xa83f8110]],
  ['an empty list: the same', [], [0xa83f8110]],
  ['a server', ['10.0.9.4'], [0x0a000904]],
  ['a server that cannot be read: nobody knows who is asked', ["[reference('dns').address]"], []],
  ['one of two that cannot be read', ['10.0.9.4', null], []],
])('%s', ([, servers, wanted]) => {
  const options = servers === undefined ? {} : { dhcpOptions: { dnsServers: servers } }
  const bodies = [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24' } }, {}, options),
    nic('n', 'v/s', '10.0.0.4'),
  ]
  const { devices } = importAzure([{ path: 'azure.json', text: JSON.stringify(bodies) }], { placements: [] })
  const stub = devices.find((one) => one.name === 'n')?.stubResolver
  expect(stub?.servers.map((one) => one.ip)).toEqual(wanted)
})
