import { describe, expect, test } from 'vitest'
import { imported, nextHop, nic, type Properties, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

/** The worked example of the page: subnet-1 of vnet-1 with subnet-3 of vnet-2. */
const estate = (properties: Properties, back: Properties = {}): Example => ({
  bodies: [
    vnet(
      'vnet-1',
      ['10.0.0.0/16', 'fd00:1::/48'],
      {
        'subnet-1': { addressPrefixes: ['10.0.1.0/24', 'fd00:1:0:1::/64'] },
        'subnet-2': { addressPrefix: '10.0.2.0/24' },
      },
      { 'vnet-2': properties },
    ),
    vnet(
      'vnet-2',
      ['10.1.0.0/16', 'fd00:2::/48'],
      {
        'subnet-3': { addressPrefixes: ['10.1.1.0/24', 'fd00:2:0:1::/64'] },
        'subnet-4': { addressPrefix: '10.1.2.0/24' },
      },
      { 'vnet-1': back },
    ),
    nic('vm1', 'vnet-1/subnet-1', '10.0.1.4'),
    nic('vm2', 'vnet-1/subnet-2', '10.0.2.4'),
    nic('vm3', 'vnet-2/subnet-3', '10.1.1.4'),
    nic('vm4', 'vnet-2/subnet-4', '10.1.2.4'),
  ],
})
const half = (local: string, remote: string): Properties => ({
  peerCompleteVnets: false,
  localSubnetNames: [local],
  remoteSubnetNames: [remote],
})
const both = estate(half('subnet-1', 'subnet-3'), half('subnet-3', 'subnet-1'))

describe('Learn: How to configure subnet peering', () => {
  test.for([
    ['vm1', 'vm3:443', 'yes'],
    ['vm3', 'vm1:443', 'yes'],
    ['vm1', 'vm4:443', 'no'],
    ['vm2', 'vm3:443', 'no'],
    ['vm2', 'vm4:443', 'no'],
    ['vm4', 'vm1:443', 'no'],
  ] as const)('%s to %s: %s', ([from, to, works]) => {
    expect(asked(both, from, to).works).toBe(works)
  })

  test('a subnet that is not listed has the route and its packets are dropped', () => {
    expect(nextHop(imported(both.bodies), 'vnet-1/subnet-2', '10.1.1.4')).toBe('VNetPeering')
    expect(asked(both, 'vm2', 'vm3:443').cause).toContain(
      'peering to-vnet-2 carries only the subnets it lists, and subnet-2 is not one',
    )
  })

  test('a snapshot of the whole remote space does not open what is not listed', () => {
    const space = { remoteAddressSpace: { addressPrefixes: ['10.1.0.0/16'] } }
    const wide = estate({ ...half('subnet-1', 'subnet-3'), ...space }, half('subnet-3', 'subnet-1'))
    expect(asked(wide, 'vm1', 'vm3:443').works).toBe('yes')
    expect(asked(wide, 'vm1', 'vm4:443').works).toBe('no')
  })

  test('for IPv6 alone it carries no IPv4', () => {
    const only = { enableOnlyIPv6Peering: true }
    const six = estate({ ...half('subnet-1', 'subnet-3'), ...only }, { ...half('subnet-3', 'subnet-1'), ...only })
    expect(nextHop(imported(six.bodies), 'vnet-1/subnet-1', '10.1.1.4')).toBe('None')
    expect(nextHop(imported(six.bodies), 'vnet-1/subnet-1', 'fd00:2:0:1::4')).toBe('VNetPeering')
  })
})
