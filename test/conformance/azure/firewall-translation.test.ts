import { describe, expect, test } from 'vitest'
import { body, type Json, nic, publicIp, ref, routes, subnetRef, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'
import { allowing, application, behind, collection, dnat, group, network } from './firewall-bodies.ts'

const two = {
  firewall: {
    ipConfigurations: [
      {
        name: 'one',
        properties: {
          privateIPAddress: '10.100.0.4',
          subnet: subnetRef('hub/AzureFirewallSubnet'),
          publicIPAddress: ref('publicIPAddresses/fw-pip'),
        },
      },
      { name: 'two', properties: { publicIPAddress: ref('publicIPAddresses/fw-pip2') } },
    ],
  },
  names: { 'acct.blob.core.windows.net': '20.60.0.1' },
}
/** An account in another region that lets some public addresses in. */
const account = (...addresses: string[]): Json[] => [
  publicIp('fw-pip2', '198.51.100.21'),
  body(
    'Microsoft.Storage/storageAccounts/acct',
    {
      publicNetworkAccess: 'Enabled',
      networkAcls: { defaultAction: 'Deny', ipRules: addresses.map((value) => ({ value, action: 'Allow' })) },
    },
    { location: 'northeurope' },
  ),
]

describe('Learn: Azure Firewall features, multiple public IP addresses', () => {
  const byName = [group('policy', 'g', 200, [collection('app', 100, 'Allow', [application('*')])])]
  test.for<readonly [readonly string[], readonly Json[], string]>([
    [['198.51.100.20', '198.51.100.21'], allowing(), 'yes'],
    [['198.51.100.20'], allowing(), 'unknown'],
    [['198.51.100.21'], byName, 'unknown'],
    [['198.51.100.9'], allowing(), 'no'],
  ])('a service that lets in %j of a firewall that takes any of its two', ([addresses, groups, works]) => {
    const example = behind({}, groups, account(...addresses), two)
    expect(asked(example, 'vm', 'acct.blob.core.windows.net:443').works).toBe(works)
  })
  test('either of them reaches what lets everybody in', () => {
    expect(asked(behind({}, allowing(), account(), two), 'vm', 'plant.example:443').works).toBe('yes')
  })
})

describe('Learn: Azure Firewall SNAT private IP address ranges', () => {
  const pair = (privateRanges: readonly string[]): Example =>
    behind({ snat: { privateRanges } }, allowing(), [
      vnet(
        'b',
        ['10.9.0.0/16'],
        { s: { addressPrefix: '10.9.0.0/24', routeTable: ref('routeTables/back') } },
        { hub: { allowForwardedTraffic: true } },
      ),
      body('virtualNetworks/hub/virtualNetworkPeerings/to-b', {
        peeringState: 'Connected',
        remoteVirtualNetwork: ref('virtualNetworks/b'),
        allowForwardedTraffic: true,
      }),
      routes('back', { '10.0.0.0/16': '10.100.0.4' }),
      nic('b1', 'b/s', '10.9.0.4'),
    ])
  test.for<readonly [readonly string[], string]>([
    [['IANAPrivateRanges'], '10.0.1.4'],
    [['255.255.255.255/32'], '10.100.0.4'],
    [['0.0.0.0/0'], '10.0.1.4'],
    [['10.0.0.0/8'], '10.0.1.4'],
    [['192.168.0.0/16'], '10.100.0.4'],
  ])('with private ranges %j another spoke sees %s', ([ranges, seen]) => {
    const answer = asked(pair(ranges), 'vm', 'b1:443')
    expect([answer.works, answer.seen]).toEqual(['yes', seen])
  })
  test.for<readonly [string, Parameters<typeof behind>[3]]>([
    ['0.0.0.0/0', {}],
    ['0.0.0.0/0', { hubSubnets: { GatewaySubnet: { addressPrefix: '10.100.3.0/27' } } }],
    ['192.0.2.0/24', {}],
  ])('a public address inside the private range %s is out of reach', ([range, around]) => {
    const example = behind({ snat: { privateRanges: [range] } }, allowing(), [], around)
    expect(asked(example, 'vm', 'plant.example:443').works).toBe('no')
  })
  test('the classic setting is not looked at beside a policy', () => {
    const classic = { firewall: { additionalProperties: { 'Network.SNAT.PrivateRanges': '0.0.0.0/0' } } }
    expect(asked(behind({}, allowing(), [], classic), 'vm', 'plant.example:443').seen).toBe('198.51.100.20')
  })
  test('a NAT gateway on its subnet supplies the public address', () => {
    const gateway = [
      body('natGateways/n', { publicIpAddresses: [ref('publicIPAddresses/np')] }),
      publicIp('np', '20.3.3.3'),
    ]
    const example = behind({}, allowing(), gateway, { firewallSubnet: { natGateway: ref('natGateways/n') } })
    expect(asked(example, 'vm', 'plant.example:443').seen).toBe('20.3.3.3')
  })
})

describe('Learn: Azure Firewall forced tunneling', () => {
  test('without a public address of its own nothing gets out, whatever default access its subnet has', () => {
    const none = { configuration: { publicIPAddress: null } }
    expect(asked(behind({}, allowing(), [], none), 'vm', 'plant.example:443').works).toBe('no')
  })
  test('a public address that is not in the export leaves open what the far end sees', () => {
    const lost = { configuration: { publicIPAddress: ref('publicIPAddresses/gone') } }
    const answer = asked(behind({}, allowing(), [], lost), 'vm', 'plant.example:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('public IP gone')])
  })
  test('with a management address and a default route of the user the next appliance sees the private address', () => {
    const tunnelled = {
      firewall: {
        managementIpConfiguration: {
          name: 'm',
          properties: {
            subnet: subnetRef('hub/AzureFirewallManagementSubnet'),
            publicIPAddress: ref('publicIPAddresses/m'),
          },
        },
      },
      firewallSubnet: { routeTable: ref('routeTables/fw-rt') },
      hubSubnets: {
        AzureFirewallManagementSubnet: { addressPrefix: '10.100.1.0/26' },
        n: { addressPrefix: '10.100.2.0/24' },
      },
    }
    const more = [
      routes('fw-rt', { '0.0.0.0/0': '10.100.2.4' }),
      nic('nva', 'hub/n', '10.100.2.4', { enableIPForwarding: true }),
      publicIp('m', '198.51.100.30'),
    ]
    const answer = asked(behind({}, allowing(), more, tunnelled), 'vm', 'plant.example:443')
    expect([answer.there.includes('nva'), answer.seen]).toEqual([true, '10.100.0.4'])
  })
})

describe('Learn: Azure Firewall rule processing logic, DNAT', () => {
  const web = (extra = {}) => [
    group('policy', 'g', 200, [
      collection('in', 100, 'DNAT', [dnat('web', extra)]),
      collection('net', 200, 'Deny', [network('443')]),
      collection('app', 300, 'Allow', [application('*', undefined, { sourceAddresses: ['*'] })]),
    ]),
  ]
  test('what is translated is let in, past network rules that deny, and the target sees the firewall', () => {
    const answer = asked(behind({}, web()), 'internet', '198.51.100.20:443')
    expect([answer.works, answer.there.at(-1), answer.seen]).toEqual(['yes', 'vm', '10.100.0.4'])
  })
  test('what is not is denied; application rules are not for connections from the internet', () => {
    expect(asked(behind({}, web()), 'internet', '198.51.100.20:80').works).toBe('no')
    const application443 = [group('policy', 'g', 200, [collection('app', 300, 'Allow', [application('*')])])]
    expect(asked(behind({}, application443), 'internet', '198.51.100.20:443').works).toBe('no')
  })
  test('a rule may name the private address', () => {
    const example = behind({}, web({ destinationAddresses: ['10.100.0.4'] }), [nic('other', 'spoke/s', '10.0.1.9')])
    expect(asked(example, 'other', '10.100.0.4:443').there.at(-1)).toBe('vm')
  })
})
