import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  imported,
  type Json,
  nextHop,
  nic,
  type Properties,
  publicIp,
  ref,
  routeOf,
  routes,
  tags,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example, networkOf } from './asked.ts'
import { endpoint } from './endpoint-bodies.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const table = { routeTable: ref('routeTables/rt') }
const learned = (network: string): Json => ({
  ...{ localAddress: '10.0.255.4', network, nextHop: '10.50.0.1' },
  ...{ origin: 'EBgp', asPath: '65001', weight: 32768 },
})
const storage = { serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope'] }] }
const STORAGE = tags({
  Storage: ['20.60.0.0/16', '20.150.0.0/16'],
  'Storage.WestEurope': ['20.60.0.0/16'],
  AzureCloud: ['20.0.0.0/8', '20.60.0.0/16'],
  'AzureCloud.WestEurope': ['20.60.0.0/16', '20.61.0.0/16'],
})

/** A VNet with a BGP gateway whose learned prefixes are known, a machine and an appliance. */
function withGateway(subnet: Properties, table0: Readonly<Record<string, string>>, known: readonly string[]): Example {
  return {
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        ...gatewaySubnet('10.0.255.0/27'),
        s: { addressPrefix: '10.0.1.0/24', ...table, ...subnet },
        n: { addressPrefix: '10.0.9.0/24' },
      }),
      routes('rt', table0),
      ...gateway('vgw', 'v', '10.0.255.4', '198.51.100.60'),
      ...siteConnection('vgw', [], { enableBgp: true }, '10.50.0.1'),
      nic('vm', 'v/s', '10.0.1.4'),
    ],
    learned: known.map(learned),
    tags: STORAGE,
  }
}

function hop(example: Example, fabric: string, to: string): string {
  const { devices } = networkOf(example)
  const part = { devices: [...devices.values()], links: [], services: [], diagnostics: [] }
  return nextHop(part as unknown as Parameters<typeof nextHop>[0], fabric, to).split(' ')[0] ?? ''
}

describe('Learn: Virtual network traffic routing, "How Azure selects a route"', () => {
  test.for<[string, Properties, Readonly<Record<string, string>>, readonly string[], string, string]>([
    ['a learned prefix beats the reserved None', {}, {}, ['192.168.0.0/16'], '192.168.7.7', 'VirtualNetworkGateway'],
    [
      'a longer learned prefix beats a user route',
      {},
      { '0.0.0.0/0': 'None' },
      ['172.20.0.0/16'],
      '172.20.1.1',
      'VirtualNetworkGateway',
    ],
    [
      'a user route beats a learned one of the same prefix',
      {},
      { '172.20.0.0/16': 'None' },
      ['172.20.0.0/16'],
      '172.20.1.1',
      'None',
    ],
    [
      'a user route beats a shorter learned one',
      {},
      { '172.20.1.0/24': 'None' },
      ['172.20.0.0/16'],
      '172.20.1.1',
      'None',
    ],
    [
      'there is no falling through a None to a broader route',
      {},
      { '172.20.1.0/24': 'None' },
      ['172.20.0.0/16'],
      '172.20.1.1',
      'None',
    ],
    [
      'a user route inside the VNet beats a learned one that is longer still',
      {},
      { '10.0.7.0/24': 'None' },
      ['10.0.7.128/25'],
      '10.0.7.130',
      'None',
    ],
    [
      'a service endpoint beats a learned prefix though it is longer',
      storage,
      {},
      ['20.60.1.0/24'],
      '20.60.1.1',
      'VirtualNetworkServiceEndpoint',
    ],
    [
      'a service endpoint beats a user route for its own tag',
      storage,
      { Storage: 'Internet' },
      [],
      '20.60.1.1',
      'VirtualNetworkServiceEndpoint',
    ],
    ['and leaves the user route the rest of the tag', storage, { Storage: 'None' }, [], '20.150.1.1', 'None'],
    [
      'a user route for a tag beats a learned 0.0.0.0/0',
      {},
      { Storage: 'Internet' },
      ['0.0.0.0/0'],
      '20.150.1.1',
      'Internet',
    ],
    [
      'what is in no tag follows the learned 0.0.0.0/0',
      {},
      { Storage: 'Internet' },
      ['0.0.0.0/0'],
      '8.8.8.8',
      'VirtualNetworkGateway',
    ],
    [
      'a service endpoint, a tag and a learned 0.0.0.0/0 together',
      storage,
      { Storage: 'None' },
      ['0.0.0.0/0'],
      '20.60.1.1',
      'VirtualNetworkServiceEndpoint',
    ],
    [
      'an explicit prefix beats a tag that holds the same',
      {},
      { 'Storage.WestEurope': 'Internet', '20.60.0.0/16': 'None' },
      [],
      '20.60.1.1',
      'None',
    ],
    [
      'a regional tag beats the whole one',
      {},
      { Storage: 'Internet', 'Storage.WestEurope': 'None' },
      [],
      '20.60.1.1',
      'None',
    ],
    [
      'the whole tag beats AzureCloud of the region',
      {},
      { 'AzureCloud.WestEurope': 'Internet', Storage: 'None' },
      [],
      '20.60.1.1',
      'None',
    ],
    [
      'AzureCloud of the region beats AzureCloud',
      {},
      { AzureCloud: 'Internet', 'AzureCloud.WestEurope': 'None' },
      [],
      '20.60.1.1',
      'None',
    ],
    [
      'a longer prefix of a lesser tag beats a better tag',
      {},
      { AzureCloud: 'None', '20.0.0.0/8': 'Internet' },
      [],
      '20.60.1.1',
      'None',
    ],
    ['an own range cannot be learned away', {}, {}, ['10.0.7.0/24'], '10.0.7.9', 'VnetLocal'],
  ])('%s', ([, subnet, userRoutes, known, to, wanted]) => {
    expect(hop(withGateway(subnet, userRoutes, known), 'v/s', to)).toBe(wanted)
  })

  test('a 0.0.0.0/0 of one family leaves the other’s routes alone', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16', 'fd00:db8::/48'], {
        s: { addressPrefixes: ['10.0.1.0/24', 'fd00:db8:0:1::/64'], ...table },
      }),
      routes('rt', { '::/0': 'fd00:db8:0:9::4' }),
    ])
    expect(nextHop(part, 'v/s', '192.168.7.7')).toBe('None')
    expect(nextHop(part, 'v/s', '8.8.8.8')).toBe('Internet')
    expect(nextHop(part, 'v/s', '2001:db8::1')).toBe('VirtualAppliance fd00:db8:0:9::4')
  })

  test.for<[string, Readonly<Record<string, string>>, string]>([
    ['a user route 0.0.0.0/0 to an appliance', { '0.0.0.0/0': '10.0.9.4' }, 'unknown'],
    ['a user route in the place of a reserved one', { '10.0.0.0/8': '10.0.9.4' }, 'unknown'],
    ['no user route', {}, 'unknown'],
    ['a user route for the very prefix, which is longer', { '10.60.0.0/16': 'None' }, 'no'],
  ])(
    'where it is not known what a gateway learned, a private address may be one of it: %s',
    ([, userRoutes, works]) => {
      const { bodies } = withGateway({}, userRoutes, [])
      const answer = asked({ bodies }, 'vm', '10.60.0.4:443')
      expect(answer.works).toBe(works)
      if (works === 'unknown') expect(answer.decision).toMatch(/^v\/s: .* learns prefixes by BGP/)
    },
  )

  test('routes that are bodies of their own count, in the table and in the tag VirtualNetwork', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.1.0/24', ...table, networkSecurityGroup: ref('networkSecurityGroups/n1') },
        n: { addressPrefix: '10.0.9.0/24' },
      }),
      body('networkSecurityGroups/n1', {}),
      routes('rt', {}),
      body('routeTables/rt/routes/far', {
        addressPrefix: '10.7.0.0/16',
        nextHopType: 'VirtualAppliance',
        nextHopIpAddress: '10.0.9.4',
      }),
      nic('vm', 'v/s', '10.0.1.4'),
      nic('nva', 'v/n', '10.0.9.4', { enableIPForwarding: true }),
    ]
    const answer = asked({ bodies }, 'vm', '10.7.0.4:443')
    expect(nextHop(imported(bodies), 'v/s', '10.7.0.4')).toBe('VirtualAppliance 10.0.9.4')
    expect(answer.decided).toContain('NSG n1 outbound rule 65000 AllowVnetOutBound')
    expect(answer.there).toContain('nva')
  })
})

describe('Learn: Virtual network peering', () => {
  const far = (
    name: string,
    space: string,
    subnets: Readonly<Record<string, Properties>>,
    peers: readonly string[],
    location = 'westeurope',
  ): Json => {
    const made = vnet(name, [space], subnets, Object.fromEntries(peers.map((one) => [one, {}])))
    return { ...(made as Record<string, Json>), location }
  }
  const chain: Json[] = [
    far('a', '10.1.0.0/16', { s: { addressPrefix: '10.1.0.0/24' } }, ['hub']),
    far(
      'hub',
      '10.0.0.0/16',
      { ...gatewaySubnet('10.0.255.0/27'), pe: { addressPrefix: '10.0.1.0/24' } },
      ['a', 'b'],
      'northeurope',
    ),
    far('b', '10.2.0.0/16', { s: { addressPrefix: '10.2.0.0/24' } }, ['hub'], 'northeurope'),
    ...endpoint('pe', 'hub/pe', '10.0.1.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
    ...endpoint('pe-a', 'a/s', '10.1.0.9', id('Microsoft.Storage/storageAccounts/other'), 'blob'),
  ]
  test.for([
    ['a/s', '10.0.5.5', 'VNetGlobalPeering'],
    ['b/s', '10.0.5.5', 'VNetPeering'],
    ['a/s', '10.2.0.4', 'None'],
    ['a/s', '10.0.1.4', 'InterfaceEndpoint'],
    ['b/s', '10.0.1.4', 'InterfaceEndpoint'],
    ['hub/GatewaySubnet', '10.0.1.4', 'InterfaceEndpoint'],
    ['hub/GatewaySubnet', '10.1.0.9', 'InterfaceEndpoint'],
    ['b/s', '10.1.0.9', 'None'],
  ] as const)('%s sends %s to %s', ([fabric, to, wanted]) => {
    expect(nextHop(imported(chain), fabric, to)).toBe(wanted)
  })

  test('between VNets that are peered and joined by gateways the peering carries it', () => {
    const bodies = [
      vnet(
        'v1',
        ['10.1.0.0/16'],
        { ...gatewaySubnet('10.1.255.0/27'), s: { addressPrefix: '10.1.0.0/24' } },
        { v2: {} },
      ),
      vnet(
        'v2',
        ['10.2.0.0/16'],
        { ...gatewaySubnet('10.2.255.0/27'), s: { addressPrefix: '10.2.0.0/24' } },
        { v1: {} },
      ),
      ...gateway('g1', 'v1', '10.1.255.4', '198.51.100.1'),
      ...gateway('g2', 'v2', '10.2.255.4', '198.51.100.2'),
      ...['1', '2'].map((one) =>
        body(`connections/c${one}`, {
          connectionType: 'Vnet2Vnet',
          connectionStatus: 'Connected',
          virtualNetworkGateway1: ref(`virtualNetworkGateways/g${one}`),
          virtualNetworkGateway2: ref(`virtualNetworkGateways/g${one === '1' ? '2' : '1'}`),
        }),
      ),
    ]
    expect(nextHop(imported(bodies), 'v1/s', '10.2.0.4')).toBe('VNetPeering')
  })
})

describe('Learn: Manage network policies for private endpoints, user routes on the way to one', () => {
  const estate = (policy: string | undefined, userRoutes: Readonly<Record<string, string>>): Json[] => [
    vnet('v', ['10.1.0.0/16', '10.9.0.0/16'], {
      pe: { addressPrefix: '10.1.0.0/24', ...(policy !== undefined && { privateEndpointNetworkPolicies: policy }) },
      s: { addressPrefix: '10.9.1.0/24', ...table },
    }),
    routes('rt', userRoutes),
    ...endpoint('pe', 'v/pe', '10.1.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
  ]
  test.for<[string | undefined, string, string]>([
    ['RouteTableEnabled', '10.1.0.0/16', 'VirtualAppliance'],
    ['Enabled', '10.1.0.0/24', 'VirtualAppliance'],
    ['Enabled', '10.0.0.0/8', 'InterfaceEndpoint'],
    ['Enabled', '0.0.0.0/0', 'InterfaceEndpoint'],
    ['NetworkSecurityGroupEnabled', '10.1.0.0/24', 'InterfaceEndpoint'],
    ['Disabled', '10.1.0.4/32', 'VirtualAppliance'],
    [undefined, '10.1.0.0/24', 'InterfaceEndpoint'],
  ])('with the policy %s and a user route %s: %s', ([policy, prefix, wanted]) => {
    const part = imported(estate(policy, { [prefix]: '10.9.9.4' }))
    expect(nextHop(part, 'v/s', '10.1.0.4').split(' ')[0]).toBe(wanted)
  })
})

describe('Learn: Virtual network traffic routing, "0.0.0.0/0 address prefix"', () => {
  test('an answer to the internet that leaves by an appliance is asymmetric', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.1.0/24', ...table, networkSecurityGroup: ref('networkSecurityGroups/n1') },
        n: { addressPrefix: '10.0.9.0/24' },
      }),
      routes('rt', { '0.0.0.0/0': '10.0.9.4' }),
      body('networkSecurityGroups/n1', {
        securityRules: [
          {
            name: 'web',
            properties: {
              direction: 'Inbound',
              priority: 100,
              access: 'Allow',
              protocol: 'Tcp',
              sourceAddressPrefix: '*',
              sourcePortRange: '*',
              destinationAddressPrefix: '*',
              destinationPortRange: '443',
            },
          },
        ],
      }),
      publicIp('p', '52.1.1.1'),
      nic('vm', 'v/s', '10.0.1.4', {}, { publicIPAddress: ref('publicIPAddresses/p') }),
      nic('nva', 'v/n', '10.0.9.4', { enableIPForwarding: true }),
    ]
    const answer = asked({ bodies }, 'internet', '52.1.1.1:443')
    expect(answer.there.at(-1)).toBe('vm')
    expect([answer.works, answer.code]).toEqual(['one-way', 'asymmetric-routing'])
    expect(answer.cause).toContain(
      'user route route0 of rt on v/s leads the answer through nva, which the packet did not pass',
    )
  })

  test('a user route to a gateway beside ExpressRoute leads nowhere', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16'], { ...gatewaySubnet('10.0.255.0/27'), s: { addressPrefix: '10.0.1.0/24', ...table } }),
      ...gateway('vpn', 'v', '10.0.255.4', '198.51.100.60'),
      ...gateway('er', 'v', '10.0.255.5', '198.51.100.61', { gatewayType: 'ExpressRoute' }),
      routes('rt', { '0.0.0.0/0': 'VirtualNetworkGateway' }),
    ])
    expect(routeOf(part, 'v/s', '8.8.8.8')?.nextHop).toMatchObject({ kind: 'broken', code: 'NoVirtualNetworkGateway' })
  })
})
