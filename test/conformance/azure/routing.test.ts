import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  imported,
  type Json,
  nextHop,
  nic,
  ref,
  routeOf,
  routes,
  tags,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example, networkOf } from './asked.ts'
import { endpoint } from './endpoint-bodies.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const space = (...prefixes: string[]) => ({ remoteAddressSpace: { addressPrefixes: prefixes } })

describe('Learn: Virtual network traffic routing', () => {
  const example = [
    vnet(
      'v',
      ['10.0.0.0/16'],
      { s1: { addressPrefix: '10.0.0.0/24', routeTable: ref('routeTables/rt') }, s2: { addressPrefix: '10.0.1.0/24' } },
      { w: space('10.1.0.0/16', '10.2.0.0/16') },
    ),
    vnet('w', ['10.1.0.0/16', '10.2.0.0/16'], { a: { addressPrefix: '10.1.0.0/24' } }, { v: space('10.0.0.0/16') }),
    routes('rt', {
      '10.0.0.0/16': '10.0.100.4',
      '10.0.0.0/24': 'VnetLocal',
      '10.1.0.0/16': 'None',
      '0.0.0.0/0': '10.0.100.4',
    }),
  ]
  test.for([
    ['T1.1', 'v/s1', '10.0.0.9', 'VnetLocal'],
    ['T1.1', 'v/s1', '10.0.1.9', 'VirtualAppliance 10.0.100.4'],
    ['T1.1: a user route beats a peering of the same prefix', 'v/s1', '10.1.5.5', 'None'],
    ['T1.1: the reserved None is gone', 'v/s1', '192.168.7.7', 'VirtualAppliance 10.0.100.4'],
    ['T1.2: the reserved None drops', 'v/s2', '192.168.7.7', 'None'],
    ['T1.2', 'v/s2', '10.1.5.5', 'VNetPeering'],
  ] as const)('%s: %s sends %s to %s', ([, fabric, destination, wanted]) => {
    expect(nextHop(imported(example), fabric, destination)).toBe(wanted)
  })

  test('T1.3: a longer prefix learned by BGP loses to the VNet’s own range', () => {
    const { devices } = networkOf({
      bodies: [
        vnet('v', ['10.0.0.0/16'], { ...gatewaySubnet('10.0.255.0/27'), a: { addressPrefix: '10.0.1.0/24' } }),
        ...gateway('vgw', 'v', '10.0.255.4', '198.51.100.60'),
        ...siteConnection('vgw', ['10.50.0.0/16'], { enableBgp: true }, '10.50.0.1'),
      ],
      learned: [
        {
          localAddress: '10.0.255.4',
          network: '10.0.1.0/24',
          nextHop: '10.50.0.1',
          origin: 'EBgp',
          asPath: '65001',
          weight: 32768,
        },
        {
          localAddress: '10.0.255.4',
          network: '10.51.0.0/16',
          nextHop: '10.50.0.1',
          origin: 'EBgp',
          asPath: '65001',
          weight: 32768,
        },
      ],
    })
    const table = devices.get('v/a')?.tables[0]?.routes ?? []
    const shown = (prefix: number) =>
      table
        .filter((one) => one.prefix.length === prefix && one.listing?.source === 'VirtualNetworkGateway')
        .map((one) => one.listing?.state)
    expect(shown(24)).toEqual(['Invalid'])
    // What else was learned counts.
    expect(shown(16)).toEqual(['Active', 'Active'])
  })

  test('T1.4: a user route 0.0.0.0/0 to the gateway beats the system’s', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16'], {
        ...gatewaySubnet('10.0.255.0/27'),
        a: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
      }),
      ...gateway('vgw', 'v', '10.0.255.4', '198.51.100.60'),
      routes('rt', { '0.0.0.0/0': 'VirtualNetworkGateway' }),
    ])
    expect(nextHop(part, 'v/a', '8.8.8.8')).toBe('VirtualNetworkGateway')
    expect(routeOf(part, 'v/a', '8.8.8.8')?.listing?.source).toBe('User')
  })

  test('T1.6: a service endpoint’s prefixes are out of reach of a user route 0.0.0.0/0', () => {
    const serviceTags = tags({ 'Storage.WestEurope': ['20.60.0.0/16'] })
    const part = imported(
      [
        vnet('v', ['10.1.0.0/16'], {
          s: {
            addressPrefix: '10.1.1.0/24',
            routeTable: ref('routeTables/rt'),
            serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope'] }],
          },
        }),
        routes('rt', { '0.0.0.0/0': '10.1.9.4' }),
      ],
      { serviceTags },
    )
    expect(nextHop(part, 'v/s', '20.60.1.1')).toBe('VirtualNetworkServiceEndpoint')
    expect(nextHop(part, 'v/s', '8.8.8.8')).toBe('VirtualAppliance 10.1.9.4')
  })

  test('T1.7: an appliance behind a gateway is no next hop', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16'], {
        ...gatewaySubnet('10.0.255.0/27'),
        a: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
      }),
      ...gateway('ergw', 'v', '10.0.255.4', '198.51.100.60', { gatewayType: 'ExpressRoute' }),
      body('connections/er', {
        connectionType: 'ExpressRoute',
        virtualNetworkGateway1: ref('virtualNetworkGateways/ergw'),
      }),
      routes('rt', { '10.9.0.0/16': '10.5.0.4' }),
    ])
    expect(routeOf(part, 'v/a', '10.9.1.1')?.nextHop).toMatchObject({ kind: 'broken', code: 'NextHopUnreachable' })
  })
})

describe('Learn: Diagnose a virtual machine routing problem', () => {
  const through = (enableIPForwarding: boolean): Example => ({
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        a: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
        nva: { addressPrefix: '10.0.100.0/24' },
        b: { addressPrefix: '10.0.2.0/24' },
      }),
      routes('rt', { '10.0.2.0/24': '10.0.100.4' }),
      nic('vm-a', 'v/a', '10.0.1.4'),
      nic('vm-b', 'v/b', '10.0.2.4'),
      nic('nva', 'v/nva', '10.0.100.4', { enableIPForwarding }),
    ],
  })
  test.for([
    [true, 'yes'],
    [false, 'no'],
  ] as const)('T1.8: with enableIPForwarding %s on the appliance’s NIC it works: %s', ([forwarding, works]) => {
    const answer = asked(through(forwarding), 'vm-a', 'vm-b:443')
    expect(answer.works).toBe(works)
    expect(answer.there.includes('nva')).toBe(true)
    if (!forwarding) expect(answer.there.at(-1)).toBe('nva')
  })
})

describe('Learn: Manage network policies for private endpoints', () => {
  const estate = (policy: string, table: Readonly<Record<string, string>>): Json[] => [
    vnet('v', ['10.1.0.0/16'], {
      pe: { addressPrefix: '10.1.0.0/24', privateEndpointNetworkPolicies: policy },
      client: { addressPrefix: '10.1.1.0/24', routeTable: ref('routeTables/rt') },
    }),
    routes('rt', table),
    ...endpoint('pe', 'v/pe', '10.1.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
  ]
  test.for([
    ['Enabled', { '0.0.0.0/0': '10.1.9.4' }, 'InterfaceEndpoint'],
    ['Enabled', { '0.0.0.0/0': '10.1.9.4', '10.1.0.0/16': '10.1.9.4' }, 'VirtualAppliance 10.1.9.4'],
    ['Disabled', { '0.0.0.0/0': '10.1.9.4', '10.1.0.0/16': '10.1.9.4' }, 'InterfaceEndpoint'],
  ] as const)('T1.5: with the policy %s and the routes %j its address goes to %s', ([policy, table, wanted]) => {
    expect(nextHop(imported(estate(policy, table)), 'v/client', '10.1.0.4')).toBe(wanted)
  })
})
