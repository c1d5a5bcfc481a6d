import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/net/index.ts'
import { body, id, imported, nextHop, nic, publicIp, ref, routeOf, routes, subnetRef, tags, vnet } from './arm.ts'

const peer = (...prefixes: string[]) => ({ remoteAddressSpace: { addressPrefixes: prefixes } })

describe('a subnet with user routes (Learn: Virtual network traffic routing, routing example)', () => {
  const part = imported([
    vnet(
      'v1',
      ['10.0.0.0/16'],
      { s1: { addressPrefix: '10.0.0.0/24', routeTable: ref('routeTables/rt') }, s2: { addressPrefix: '10.0.1.0/24' } },
      { v2: peer('10.1.0.0/16', '10.2.0.0/16') },
    ),
    vnet('v2', ['10.1.0.0/16', '10.2.0.0/16'], { a: { addressPrefix: '10.1.0.0/24' } }, { v1: peer('10.0.0.0/16') }),
    routes('rt', {
      '10.0.0.0/16': '10.0.100.4',
      '10.0.0.0/24': 'VnetLocal',
      '10.1.0.0/16': 'None',
      '0.0.0.0/0': '10.0.100.4',
    }),
  ])

  test.for([
    ['v1/s1', '10.0.0.9', 'VnetLocal'],
    ['v1/s1', '10.0.1.9', 'VirtualAppliance 10.0.100.4'],
    ['v1/s1', '10.1.5.5', 'None'],
    ['v1/s1', '10.2.5.5', 'VNetPeering'],
    ['v1/s1', '192.168.7.7', 'VirtualAppliance 10.0.100.4'],
    ['v1/s2', '192.168.7.7', 'None'],
    ['v1/s2', '10.1.5.5', 'VNetPeering'],
    ['v1/s2', '8.8.8.8', 'Internet'],
    ['v1/s2', '10.99.1.1', 'None'],
  ] as const)('%s sends %s to %s', ([fabric, destination, wanted]) => {
    expect(nextHop(part, fabric, destination)).toBe(wanted)
  })

  test('the system route a user route took the place of is listed and says why', () => {
    const main = part.devices.find((one) => one.name === 'v1/s1')?.tables[0]?.routes ?? []
    const invalid = main.filter((one) => one.listing?.state === 'Invalid').map((one) => formatPrefix(one.prefix))
    expect(invalid).toEqual(['10.0.0.0/16', '10.1.0.0/16', '0.0.0.0/0'])
    expect(main.find((one) => one.inactive !== undefined)?.inactive).toBe(
      'user route route0 of rt has the same prefix, and a user route comes first',
    )
  })
})

describe('user route next hops', () => {
  const part = imported(
    [
      vnet(
        'v1',
        ['10.0.0.0/16'],
        { a: { addressPrefix: '10.0.0.0/24', routeTable: ref('routeTables/rt') } },
        { v2: peer('10.1.0.0/16') },
      ),
      vnet('v2', ['10.1.0.0/16'], { a: { addressPrefix: '10.1.0.0/24' } }, { v1: peer('10.0.0.0/16') }),
      routes('rt', {
        '10.9.0.0/16': '10.5.0.4',
        '10.8.0.0/16': '10.1.0.4',
        '0.0.0.0/0': 'VirtualNetworkGateway',
        NoSuchTag: '10.1.0.4',
        'Storage.WestEurope': 'Internet',
        Storage: '10.1.0.4',
      }),
    ],
    { serviceTags: tags({ Storage: ['20.60.0.0/16'], 'Storage.WestEurope': ['20.60.0.0/16'] }) },
  )

  test('an appliance that is in no reachable VNet cannot be followed', () => {
    expect(routeOf(part, 'v1/a', '10.9.1.1')?.nextHop).toMatchObject({ kind: 'broken', code: 'NextHopUnreachable' })
  })
  test('an appliance in a peer is reached over the peering', () => {
    expect(routeOf(part, 'v1/a', '10.8.1.1')?.nextHop).toMatchObject({ kind: 'via', interface: 'peering:v2' })
  })
  test('a gateway that does not exist cannot be followed', () => {
    expect(routeOf(part, 'v1/a', '10.77.1.1')?.nextHop).toMatchObject({
      kind: 'broken',
      code: 'NoVirtualNetworkGateway',
    })
  })
  test('a regional tag comes before the tag that holds it', () => {
    expect(nextHop(part, 'v1/a', '20.60.1.1')).toBe('Internet')
  })
  test('a tag that is not in the list could hold any public address', () => {
    expect(routeOf(part, 'v1/a', '8.8.8.8')?.nextHop.kind).toBe('unknown')
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1606')
  })
})

test('a route table that is not in the export makes every route unknown', () => {
  const part = imported([
    vnet('v1', ['10.0.0.0/16'], { a: { addressPrefix: '10.0.0.0/24', routeTable: ref('routeTables/rt') } }),
  ])
  expect(routeOf(part, 'v1/a', '10.0.1.1')?.nextHop.kind).toBe('unknown')
  expect(routeOf(part, 'v1/a', '168.63.129.16')?.nextHop.kind).toBe('connected')
})

describe('peering', () => {
  test('a peering that is only initiated makes no route', () => {
    const part = imported([
      vnet('v1', ['10.1.0.0/16'], { a: { addressPrefix: '10.1.0.0/24' } }, { v2: { peeringState: 'Initiated' } }),
      vnet('v2', ['10.2.0.0/16'], { a: { addressPrefix: '10.2.0.0/24' } }),
    ])
    expect(nextHop(part, 'v1/a', '10.2.0.4')).toBe('None')
  })
  test('it is not transitive', () => {
    const part = imported([
      vnet('v1', ['10.1.0.0/16'], { a: { addressPrefix: '10.1.0.0/24' } }, { v2: {} }),
      vnet('v2', ['10.2.0.0/16'], { a: { addressPrefix: '10.2.0.0/24' } }, { v1: {}, v3: {} }),
      vnet('v3', ['10.3.0.0/16'], { a: { addressPrefix: '10.3.0.0/24' } }, { v2: {} }),
    ])
    expect(nextHop(part, 'v1/a', '10.2.0.4')).toBe('VNetPeering')
    expect(nextHop(part, 'v1/a', '10.3.0.4')).toBe('None')
  })
  test('a range that was not synced yet is not routed', () => {
    const part = imported([
      vnet('v1', ['10.1.0.0/16'], { a: { addressPrefix: '10.1.0.0/24' } }, { v2: peer('10.2.0.0/16') }),
      vnet('v2', ['10.2.0.0/16', '10.4.0.0/16'], { a: { addressPrefix: '10.2.0.0/24' } }, { v1: {} }),
    ])
    expect(nextHop(part, 'v1/a', '10.4.0.4')).toBe('None')
  })
  test('a subnet outside a subnet peering has its route and cannot use it', () => {
    const part = imported([
      vnet(
        'v1',
        ['10.1.0.0/16'],
        { a: { addressPrefix: '10.1.0.0/24' }, b: { addressPrefix: '10.1.1.0/24' } },
        { v2: { ...peer('10.2.0.0/24'), peerCompleteVnets: false, localSubnetNames: ['a'] } },
      ),
      vnet('v2', ['10.2.0.0/16'], { a: { addressPrefix: '10.2.0.0/24' } }, { v1: {} }),
    ])
    expect(routeOf(part, 'v1/a', '10.2.0.4')?.nextHop.kind).toBe('connected')
    expect(routeOf(part, 'v1/b', '10.2.0.4')?.nextHop).toMatchObject({ kind: 'broken', code: 'SubnetNotPeered' })
  })
})

describe('the reserved ranges', () => {
  const of = (space: string) => imported([vnet('v1', [space], { a: { addressPrefix: space } })])
  test.for([
    ['172.16.0.0/12', '172.31.0.1', 'VnetLocal'],
    ['10.0.0.0/7', '10.1.1.1', 'VnetLocal'],
    ['10.0.0.0/16', '10.1.1.1', 'None'],
    ['10.0.0.0/16', '100.64.1.1', 'None'],
  ] as const)('with a VNet of %s, %s goes to %s', ([space, destination, wanted]) => {
    expect(nextHop(of(space), 'v1/a', destination)).toBe(wanted)
  })
})

describe('a private endpoint (Learn: Manage network policies for private endpoints)', () => {
  const estate = (policy: string, table: Record<string, string>) =>
    imported([
      vnet('v1', ['10.1.0.0/16'], {
        pe: { addressPrefix: '10.1.0.0/24', privateEndpointNetworkPolicies: policy },
        client: { addressPrefix: '10.1.1.0/24', routeTable: ref('routeTables/rt') },
      }),
      routes('rt', table),
      body('privateEndpoints/pe1', {
        subnet: subnetRef('v1/pe'),
        networkInterfaces: [ref('networkInterfaces/pe1.nic')],
        privateLinkServiceConnections: [
          {
            name: 'c',
            properties: {
              privateLinkServiceId: id('Microsoft.Storage/storageAccounts/st1'),
              groupIds: ['blob'],
              privateLinkServiceConnectionState: { status: 'Approved' },
            },
          },
        ],
      }),
      nic('pe1.nic', 'v1/pe', '10.1.0.4', { privateEndpoint: ref('privateEndpoints/pe1') }),
    ])
  test.for([
    ['Enabled', '0.0.0.0/0', 'InterfaceEndpoint'],
    ['Enabled', '10.0.0.0/8', 'InterfaceEndpoint'],
    ['Enabled', '10.1.0.0/16', 'VirtualAppliance 10.1.9.4'],
    ['RouteTableEnabled', '10.1.0.0/24', 'VirtualAppliance 10.1.9.4'],
    ['Disabled', '10.1.0.0/16', 'InterfaceEndpoint'],
    ['NetworkSecurityGroupEnabled', '10.1.0.0/16', 'InterfaceEndpoint'],
    ['Disabled', '10.1.0.4/32', 'VirtualAppliance 10.1.9.4'],
  ] as const)('with the policy %s and a user route %s, its address goes to %s', ([policy, prefix, wanted]) => {
    expect(nextHop(estate(policy, { [prefix]: '10.1.9.4' }), 'v1/client', '10.1.0.4')).toBe(wanted)
  })
  test('it answers through the system routes, whatever its own subnet’s table says', () => {
    const part = estate('Enabled', { '0.0.0.0/0': '10.1.9.4' })
    expect(nextHop(part, 'v1/pe/private-endpoints', '10.1.1.4')).toBe('VnetLocal')
  })
})

describe('service endpoints', () => {
  const serviceTags = tags({ 'Storage.WestEurope': ['20.60.0.0/16'], 'Storage.NorthEurope': ['20.61.0.0/16'] })
  const bodies = [
    vnet('v1', ['10.1.0.0/16'], {
      a: {
        addressPrefix: '10.1.1.0/24',
        routeTable: ref('routeTables/rt'),
        serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope', 'northeurope'] }],
      },
    }),
    routes('rt', { '0.0.0.0/0': '10.1.9.4', '20.60.1.0/24': '10.1.9.4' }),
  ]
  test.for(['20.60.9.9', '20.60.1.9', '20.61.1.1'])(
    '%s goes to the service, whatever user routes say',
    (destination) => {
      const part = imported(bodies, { serviceTags })
      expect(nextHop(part, 'v1/a', destination)).toBe('VirtualNetworkServiceEndpoint')
      expect(routeOf(part, 'v1/a', destination)?.stamp).toBe(
        `subnet:${id('virtualNetworks/v1/subnets/a').toLowerCase()}`,
      )
    },
  )
  test('with the setting a more specific user route wins', () => {
    const part = imported(bodies, { serviceTags, settings: { userRouteBeatsServiceEndpoint: true } })
    expect(nextHop(part, 'v1/a', '20.60.1.9')).toBe('VirtualAppliance 10.1.9.4')
    expect(nextHop(part, 'v1/a', '20.60.9.9')).toBe('VirtualNetworkServiceEndpoint')
  })
  test('without the list of tags the missing routes are reported', () => {
    expect(imported(bodies).diagnostics.map((one) => one.code)).toContain('NT1608')
  })
})

describe('gateway routes', () => {
  const estate = (changes: { transit?: boolean; propagate?: boolean; prefixes?: string[]; status?: string } = {}) =>
    imported([
      vnet(
        'hub',
        ['10.0.0.0/16'],
        { GatewaySubnet: { addressPrefix: '10.0.0.0/27' }, a: { addressPrefix: '10.0.1.0/24' } },
        { spoke: { allowGatewayTransit: changes.transit ?? true } },
      ),
      vnet(
        'spoke',
        ['10.1.0.0/16'],
        { a: { addressPrefix: '10.1.0.0/24', routeTable: ref('routeTables/rt') } },
        { hub: { useRemoteGateways: true } },
      ),
      routes('rt', {}, { disableBgpRoutePropagation: changes.propagate === false }),
      publicIp('gw-pip', '198.51.100.4'),
      body('virtualNetworkGateways/gw', {
        gatewayType: 'Vpn',
        ipConfigurations: [
          {
            name: 'c',
            properties: { subnet: subnetRef('hub/GatewaySubnet'), publicIPAddress: ref('publicIPAddresses/gw-pip') },
          },
        ],
      }),
      body('localNetworkGateways/site', {
        gatewayIpAddress: '203.0.113.10',
        localNetworkAddressSpace: { addressPrefixes: changes.prefixes ?? ['10.50.0.0/16'] },
      }),
      body('connections/s2s', {
        connectionType: 'IPsec',
        connectionStatus: changes.status ?? 'Connected',
        usePolicyBasedTrafficSelectors: true,
        virtualNetworkGateway1: ref('virtualNetworkGateways/gw'),
        localNetworkGateway2: ref('localNetworkGateways/site'),
      }),
    ])
  test('hub and spoke reach the site through the gateway', () => {
    expect(nextHop(estate(), 'hub/a', '10.50.1.9')).toBe('VirtualNetworkGateway 198.51.100.4')
    expect(nextHop(estate(), 'spoke/a', '10.50.1.9')).toBe('VirtualNetworkGateway 198.51.100.4')
  })
  test('without propagation, static prefixes are gone too', () => {
    expect(nextHop(estate({ propagate: false }), 'spoke/a', '10.50.1.9')).toBe('None')
  })
  test('without gateway transit on the hub’s side the spoke knows nothing of the site', () => {
    const part = estate({ transit: false })
    expect(nextHop(part, 'spoke/a', '10.50.1.9')).toBe('None')
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1623')
  })
  test('a connection that is down routes nothing', () => {
    expect(nextHop(estate({ status: 'NotConnected' }), 'hub/a', '10.50.1.9')).toBe('None')
  })
  test('a prefix inside the VNet’s own range loses though it is longer', () => {
    expect(nextHop(estate({ prefixes: ['10.0.1.0/24'] }), 'hub/a', '10.0.1.9')).toBe('VnetLocal')
  })
  test('a 0.0.0.0/0 of the site takes the internet’s place and the reserved ranges’', () => {
    const part = estate({ prefixes: ['0.0.0.0/0'] })
    expect(nextHop(part, 'hub/a', '8.8.8.8')).toBe('VirtualNetworkGateway 198.51.100.4')
    expect(nextHop(part, 'hub/a', '192.168.1.1')).toBe('VirtualNetworkGateway 198.51.100.4')
  })
  test('policy-based selectors hold the hub, its transit spokes and the site', () => {
    const gateway = estate().devices.find((one) => one.name === 'gw')
    const tunnel = gateway?.interfaces.find((one) => one.name === 'connection:s2s')?.tunnel
    expect(tunnel).toMatchObject({ kind: 'ipsec' })
    expect(tunnel?.selectors?.[0]?.local.v4).toHaveLength(2)
    expect(nextHop(estate(), 'hub/GatewaySubnet', '10.1.0.4')).toBe('VNetPeering')
  })
  test('a route table with 0.0.0.0/0 on GatewaySubnet is reported', () => {
    const part = imported([
      vnet('hub', ['10.0.0.0/16'], {
        GatewaySubnet: { addressPrefix: '10.0.0.0/27', routeTable: ref('routeTables/rt') },
      }),
      routes('rt', { '0.0.0.0/0': '10.0.9.4' }),
      body('virtualNetworkGateways/gw', {
        gatewayType: 'Vpn',
        ipConfigurations: [{ name: 'c', properties: { subnet: subnetRef('hub/GatewaySubnet') } }],
      }),
    ])
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1628')
  })
  test('point-to-site clients are behind the gateway', () => {
    const part = imported([
      vnet('hub', ['10.0.0.0/16'], { GatewaySubnet: { addressPrefix: '10.0.0.0/27' } }),
      publicIp('gw-pip', '198.51.100.4'),
      body('virtualNetworkGateways/gw', {
        gatewayType: 'Vpn',
        ipConfigurations: [
          {
            name: 'c',
            properties: { subnet: subnetRef('hub/GatewaySubnet'), publicIPAddress: ref('publicIPAddresses/gw-pip') },
          },
        ],
        vpnClientConfiguration: { vpnClientAddressPool: { addressPrefixes: ['172.20.0.0/24'] } },
      }),
    ])
    expect(nextHop(part, 'hub/GatewaySubnet', '172.20.0.9')).toBe('VirtualNetworkGateway 198.51.100.4')
    expect(routeOf(part, 'gw', '172.20.0.9')?.nextHop).toMatchObject({ kind: 'connected', interface: 'point-to-site' })
  })
  test('where a gateway learns by BGP, a reserved address is unknown instead of dropped', () => {
    const part = imported([
      vnet('hub', ['10.0.0.0/16'], { GatewaySubnet: { addressPrefix: '10.0.0.0/27' } }),
      body('virtualNetworkGateways/er', {
        gatewayType: 'ExpressRoute',
        ipConfigurations: [{ name: 'c', properties: { subnet: subnetRef('hub/GatewaySubnet') } }],
      }),
      body('connections/er1', {
        connectionType: 'ExpressRoute',
        virtualNetworkGateway1: ref('virtualNetworkGateways/er'),
      }),
    ])
    expect(routeOf(part, 'hub/GatewaySubnet', '10.50.0.1')?.nextHop.kind).toBe('unknown')
    expect(routeOf(part, 'hub/GatewaySubnet', '8.8.8.8')?.nextHop.kind).toBe('connected')
  })
})
