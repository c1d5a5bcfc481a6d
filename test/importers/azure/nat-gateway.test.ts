import { describe, expect, test } from 'vitest'
import { formatIp, type Ip } from '../../../src/net/index.ts'
import { body, flow, imported, type Json, nic, type Properties, publicIp, ref, story, vnet } from './arm.ts'

const V2 = { sku: { name: 'StandardV2' } }
const network = (subnet: Properties = {}) =>
  vnet('v', ['10.0.0.0/16', 'fd00::/48'], {
    s: { addressPrefixes: ['10.0.1.0/24', 'fd00:0:0:1::/64'], defaultOutboundAccess: false, ...subnet },
  })
const machine = nic('vm', 'v/s', '10.0.1.4')
const gateway = (name: string, extra: Properties): Json =>
  body(`natGateways/${name}`, { publicIpAddresses: [ref(`publicIPAddresses/${name}-pip`)], ...extra }, V2)
const wide = [
  gateway('wide', { sourceVirtualNetwork: ref('virtualNetworks/v') }),
  publicIp('wide-pip', '20.1.1.1', 'StandardV2'),
]
const own = [gateway('own', {}), publicIp('own-pip', '20.1.1.2', 'StandardV2')]

describe('a StandardV2 NAT gateway of a whole VNet (Learn: Microsoft.Network natGateways, sourceVirtualNetwork)', () => {
  test.for<[string, Json[], string]>([
    ['carries what a subnet without one of its own sends', [network(), machine, ...wide], '20.1.1.1'],
    [
      'leaves a subnet that has its own to that',
      [network({ natGateway: ref('natGateways/own') }), machine, ...wide, ...own],
      '20.1.1.2',
    ],
  ])('%s', ([, bodies, wanted]) => {
    const { there, seen, back } = story(imported(bodies), 'vm', flow('10.0.1.4', '8.8.8.8', 443))
    expect([there, seen !== undefined && formatIp(seen as Ip), back]).toEqual(['exits-network', wanted, 'accepted'])
  })
})

describe('a StandardV2 NAT gateway with addresses of both families (Learn: Microsoft.Network natGateways)', () => {
  test('takes IPv6 to itself by its publicIpAddressesV6', () => {
    const estate = imported([
      network({ natGateway: ref('natGateways/own') }),
      nic('vm', 'v/s', 'fd00:0:0:1::4'),
      ...own.slice(1),
      gateway('own', { publicIpAddressesV6: [ref('publicIPAddresses/six')] }),
      publicIp('six', '2603:1020::9', 'StandardV2'),
    ])
    const { devices } = story(estate, 'vm', flow('fd00:0:0:1::4', '2606:4700::1', 443))
    expect(devices).toEqual(['vm', 'v/s', 'own', 'internet'])
  })
})
