import { describe, expect, test } from 'vitest'
import { body, id, type Json, nic, type Properties, publicIp, ref, tags, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

const NAT = [
  publicIp('nat-pip', '20.1.1.1'),
  body('natGateways/nat', { publicIpAddresses: [ref('publicIPAddresses/nat-pip')] }, { sku: { name: 'Standard' } }),
]
const storage = (location: string, acls: Properties): Json => ({
  ...(body('Microsoft.Storage/storageAccounts/acct', {
    publicNetworkAccess: 'Enabled',
    networkAcls: { defaultAction: 'Deny', bypass: 'None', ...acls },
  }) as Record<string, Json>),
  location,
})
const endpoints = { serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['*'] }] }
const client = (account: Json, subnet: Properties): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24', natGateway: ref('natGateways/nat'), ...subnet } }),
    ...NAT,
    account,
    nic('vm', 'v/s', '10.0.1.4'),
  ],
  tags: tags({ Storage: ['20.60.0.0/16'], 'Storage.WestEurope': ['20.60.0.0/16'] }),
  names: { 'acct.blob.core.windows.net': '20.60.0.1' },
})
const ask = (example: Example) => asked(example, 'vm', 'acct.blob.core.windows.net:443')
const byAddress = { ipRules: [{ value: '20.1.1.1', action: 'Allow' }] }
const bySubnet = {
  virtualNetworkRules: [{ id: id('virtualNetworks/v/subnets/s'), action: 'Allow', state: 'Succeeded' }],
}

describe('Learn: Configure Azure Storage firewalls and virtual networks', () => {
  test('T10.1: an IP rule has no effect on a caller of the account’s own region', () => {
    const near = ask(client(storage('westeurope', byAddress), {}))
    expect([near.works, near.outcome]).toEqual(['no', 'refused-by-service'])
    expect(near.decision).toContain('403')
  })
  test('T10.1: a virtual network rule with the service endpoint lets it in', () => {
    expect(ask(client(storage('westeurope', bySubnet), endpoints)).works).toBe('yes')
  })
  test('T10.3: with a service endpoint and no rule for the subnet it is refused', () => {
    const answer = ask(client(storage('westeurope', {}), endpoints))
    expect([answer.outcome, answer.decision]).toEqual(['refused-by-service', expect.stringContaining('403')])
  })
})

describe('Learn: Virtual network service endpoints', () => {
  test('T10.2: an IP rule works from another region until a service endpoint makes the source private', () => {
    const account = storage('northeurope', byAddress)
    expect(ask(client(account, {})).works).toBe('yes')
    expect(ask(client(account, endpoints)).outcome).toBe('refused-by-service')
  })
  test('T10.4: the endpoint of a hub’s subnet does nothing for a peered VNet', () => {
    const bodies = [
      vnet('hub', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24', ...endpoints } }, { spoke: {} }),
      vnet(
        'spoke',
        ['10.1.0.0/16'],
        { s: { addressPrefix: '10.1.0.0/24', natGateway: ref('natGateways/nat') } },
        { hub: {} },
      ),
      ...NAT,
      storage('westeurope', { virtualNetworkRules: [{ id: id('virtualNetworks/hub/subnets/s'), state: 'Succeeded' }] }),
      nic('vm', 'spoke/s', '10.1.0.4'),
    ]
    const answer = ask({ ...client(bodies[0] as Json, {}), bodies })
    expect([answer.outcome, answer.seen]).toEqual(['refused-by-service', '20.1.1.1'])
  })
})
