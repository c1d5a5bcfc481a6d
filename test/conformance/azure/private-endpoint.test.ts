import { describe, expect, test } from 'vitest'
import { body, id, imported, type Json, nextHop, nic, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, siteRouter } from './asked.ts'
import { endpoint, zone } from './endpoint-bodies.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const BLOB = 'privatelink.blob.core.windows.net'
const account = (publicNetworkAccess: string) => body('Microsoft.Storage/storageAccounts/acct', { publicNetworkAccess })
const TARGET = id('Microsoft.Storage/storageAccounts/acct')

describe('Learn: What is a private endpoint?', () => {
  const near = (status: string): Example => ({
    bodies: [
      vnet('v', ['10.1.0.0/16'], { pe: { addressPrefix: '10.1.0.0/24' }, s: { addressPrefix: '10.1.1.0/24' } }),
      account('Disabled'),
      ...endpoint('pe', 'v/pe', '10.1.0.4', TARGET, 'blob', status),
      ...zone(BLOB, { acct: '10.1.0.4' }, ['v']),
      nic('vm', 'v/s', '10.1.1.4'),
    ],
    names: { [`acct.${BLOB}`]: '20.60.0.1', 'acct.dfs.core.windows.net': '20.60.0.2' },
  })
  test('T8.1: while its connection is pending, a name and NSGs that are right do not help', () => {
    const answer = asked(near('Pending'), 'vm', '10.1.0.4:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('PrivateEndpointNotApproved')])
    expect(asked(near('Approved'), 'vm', 'acct.blob.core.windows.net:443').works).toBe('yes')
  })
  test('T8.2: an endpoint for blob does nothing for dfs: the public address, and the service refuses', () => {
    const answer = asked(near('Approved'), 'vm', 'acct.dfs.core.windows.net:443')
    expect(answer.resolved).toEqual(['20.60.0.2'])
    expect(answer.works).toBe('no')
    expect(answer.decision).toContain('publicNetworkAccess is Disabled')
  })

  const peered: Json[] = [
    vnet('v', ['10.1.0.0/16'], { pe: { addressPrefix: '10.1.0.0/24' } }, { w: {} }),
    vnet('w', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { v: {} }),
    account('Disabled'),
    ...endpoint('pe', 'v/pe', '10.1.0.4', TARGET, 'blob'),
    ...zone(BLOB, { acct: '10.1.0.4' }, ['v', 'w']),
    nic('vm', 'w/s', '10.2.0.4'),
  ]
  test('T8.3: a client in a peered VNet reaches it by its own /32', () => {
    expect(nextHop(imported(peered), 'w/s', '10.1.0.4')).toBe('InterfaceEndpoint')
    const answer = asked({ bodies: peered }, 'vm', 'acct.blob.core.windows.net:443')
    expect([answer.resolved, answer.works]).toEqual([['10.1.0.4'], 'yes'])
  })

  test('T8.4: a client at a site reaches it through the gateway', () => {
    const example: Example = {
      bodies: [
        vnet('v', ['10.1.0.0/16'], { ...gatewaySubnet('10.1.255.0/27'), pe: { addressPrefix: '10.1.0.0/24' } }),
        ...gateway('vgw', 'v', '10.1.255.4', '198.51.100.60'),
        ...siteConnection('vgw', ['192.168.50.0/24']),
        account('Disabled'),
        ...endpoint('pe', 'v/pe', '10.1.0.4', TARGET, 'blob'),
      ],
      site: siteRouter('192.168.50.0/24', '198.51.100.60', '10.1.0.0/16'),
      hosts: { pc: { address: '192.168.50.9/24', on: 'site:lan' } },
    }
    const answer = asked(example, 'pc', '10.1.0.4:443')
    expect([answer.works, answer.decision]).toEqual(['yes', expect.anything()])
    expect(answer.there).toContain('vgw')
  })
})
