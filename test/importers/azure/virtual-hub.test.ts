import { describe, expect, test } from 'vitest'
import { ip } from '../../../src/net/index.ts'
import { prepare, trace } from '../../../src/trace/index.ts'
import {
  body,
  flow,
  imported,
  type Json,
  networkOf,
  nextHop,
  nic,
  type Properties,
  ref,
  routeOf,
  routes,
  story,
  subnetRef,
  vnet,
} from './arm.ts'

const hub = (name: string, prefix: string, extra: Properties = {}): Json =>
  body(`virtualHubs/${name}`, { addressPrefix: prefix, virtualWan: ref('virtualWans/wan'), sku: 'Standard', ...extra })

const connection = (of: string, to: string, extra: Properties = {}): Json =>
  body(`virtualHubs/${of}/hubVirtualNetworkConnections/to-${to}`, {
    remoteVirtualNetwork: ref(`virtualNetworks/${to}`),
    ...extra,
  })

const firewall = (of: string, address: string, outside: string, ports: readonly string[]): Json =>
  body(`azureFirewalls/fw-${of}`, {
    sku: { name: 'AZFW_Hub', tier: 'Standard' },
    virtualHub: ref(`virtualHubs/${of}`),
    hubIPAddresses: { privateIPAddress: address, publicIPs: { count: 1, addresses: [{ address: outside }] } },
    networkRuleCollections: [
      {
        name: 'allow',
        properties: {
          priority: 100,
          action: { type: 'Allow' },
          rules: [
            {
              name: 'some',
              protocols: ['TCP'],
              sourceAddresses: ['*'],
              destinationAddresses: ['*'],
              destinationPorts: ports,
            },
          ],
        },
      },
    ],
  })

const intent = (of: string, ...destinations: readonly string[]): Json =>
  body(`virtualHubs/${of}/routingIntent/intent`, {
    routingPolicies: destinations.map((one) => ({
      name: one,
      destinations: [one],
      nextHop: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/azureFirewalls/fw-${of}`,
    })),
  })

const SPOKES = [
  vnet('a', ['10.1.0.0/16'], { one: { addressPrefix: '10.1.0.0/24' } }),
  vnet('b', ['10.2.0.0/16'], { one: { addressPrefix: '10.2.0.0/24' } }),
  nic('vm-a', 'a/one', '10.1.0.4'),
  nic('vm-b', 'b/one', '10.2.0.4'),
]

describe('two VNets on one virtual hub', () => {
  const part = imported([...SPOKES, hub('hub', '10.200.0.0/24'), connection('hub', 'a'), connection('hub', 'b')])

  test('nothing about it is unread', () => {
    expect(part.diagnostics).toEqual([])
  })

  test('each VNet knows the other one as a route of a gateway', () => {
    expect(routeOf(part, 'a/one', '10.2.0.4')?.listing).toMatchObject({
      source: 'VirtualNetworkGateway',
      nextHopType: 'VirtualNetworkGateway',
    })
  })

  test('they reach each other over the hub, there and back', () => {
    const found = story(part, 'vm-a', flow('10.1.0.4', '10.2.0.4', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'accepted' })
    expect(found.devices).toEqual(['vm-a', 'a/one', 'hub', 'vm-b'])
  })

  test('a route table without gateway routes cuts a subnet off', () => {
    const closed = imported([
      vnet('a', ['10.1.0.0/16'], { one: { addressPrefix: '10.1.0.0/24', routeTable: ref('routeTables/rt') } }),
      routes('rt', {}, { disableBgpRoutePropagation: true }),
      ...SPOKES.slice(1),
      hub('hub', '10.200.0.0/24'),
      connection('hub', 'a'),
      connection('hub', 'b'),
    ])
    expect(nextHop(closed, 'a/one', '10.2.0.4')).toBe('None')
  })
})

describe('route tables of a hub', () => {
  const table = (name: string) => ref(`virtualHubs/hub/hubRouteTables/${name}`)
  const routing = (associated: string, ...propagated: readonly string[]): Properties => ({
    routingConfiguration: {
      associatedRouteTable: table(associated),
      propagatedRouteTables: { ids: propagated.map(table), labels: [] },
    },
  })
  const part = imported([
    ...SPOKES,
    vnet('shared', ['10.3.0.0/16'], { one: { addressPrefix: '10.3.0.0/24' } }),
    nic('vm-shared', 'shared/one', '10.3.0.4'),
    hub('hub', '10.200.0.0/24'),
    body('virtualHubs/hub/hubRouteTables/isolated', { routes: [], labels: [] }),
    connection('hub', 'a', routing('isolated', 'defaultRouteTable')),
    connection('hub', 'b', routing('isolated', 'defaultRouteTable')),
    connection('hub', 'shared', routing('defaultRouteTable', 'isolated', 'defaultRouteTable')),
  ])

  test('isolated VNets do not reach each other, as neither propagates to their table', () => {
    expect(nextHop(part, 'a/one', '10.2.0.4')).toBe('None')
  })

  test.for([
    ['vm-a', '10.1.0.4', '10.3.0.4'],
    ['vm-shared', '10.3.0.4', '10.2.0.4'],
  ] as const)('%s (%s) reaches %s', ([from, source, destination]) => {
    expect(story(part, from, flow(source, destination, 443))).toMatchObject({ there: 'accepted', back: 'accepted' })
  })
})

describe('a secured hub with routing intent', () => {
  const estate = (ports: readonly string[], ...destinations: readonly string[]) =>
    imported([
      ...SPOKES,
      hub('hub', '10.200.0.0/24'),
      connection('hub', 'a', { enableInternetSecurity: true }),
      connection('hub', 'b'),
      firewall('hub', '10.200.0.132', '203.0.113.9', ports),
      intent('hub', ...destinations),
    ])

  test('traffic between VNets passes the firewall, there and back', () => {
    const found = story(estate(['443'], 'PrivateTraffic'), 'vm-a', flow('10.1.0.4', '10.2.0.4', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'accepted', seen: ip('10.1.0.4') })
    expect(found.devices).toEqual(['vm-a', 'a/one', 'hub', 'fw-hub', 'hub/behind-firewall', 'vm-b'])
  })

  test('the firewall stops what no rule allows', () => {
    const found = story(estate(['443'], 'PrivateTraffic'), 'vm-a', flow('10.1.0.4', '10.2.0.4', 22))
    expect(found.there).toBe('denied')
    expect(found.devices.at(-1)).toBe('fw-hub')
  })

  test('private traffic is announced to the VNets as the three private ranges', () => {
    const part = estate(['443'], 'PrivateTraffic')
    expect(nextHop(part, 'a/one', '172.31.0.1')).toBe('VirtualNetworkGateway')
    expect(nextHop(part, 'a/one', '192.168.7.7')).toBe('VirtualNetworkGateway')
    expect(nextHop(part, 'a/one', '8.8.8.8')).toBe('Internet')
  })

  test('a policy for private traffic alone leaves traffic between VNets untouched by a policy for the internet', () => {
    const found = story(estate(['443'], 'Internet'), 'vm-a', flow('10.1.0.4', '10.2.0.4', 22))
    expect(found.devices).toEqual(['vm-a', 'a/one', 'hub', 'vm-b'])
  })

  test('internet traffic leaves with the public address of the firewall', () => {
    const part = estate(['443'], 'Internet', 'PrivateTraffic')
    const found = story(part, 'vm-a', flow('10.1.0.4', '93.184.216.34', 443))
    expect(found.there).toBe('exits-network')
    expect(found.devices).toContain('fw-hub')
    expect(
      trace(prepare(networkOf(part)), 'vm-a', flow('10.1.0.4', '93.184.216.34', 443))[0]?.arrival?.flow.source,
    ).toBe(ip('203.0.113.9'))
  })

  test('a connection that does not propagate the default route keeps its own way to the internet', () => {
    expect(nextHop(estate(['443'], 'Internet'), 'b/one', '93.184.216.34')).toBe('Internet')
    expect(nextHop(estate(['443'], 'Internet'), 'a/one', '93.184.216.34')).toBe('VirtualNetworkGateway')
  })

  test('a routing policy through something that is not in the export leaves the answer open', () => {
    const part = imported([
      ...SPOKES,
      hub('hub', '10.200.0.0/24'),
      connection('hub', 'a'),
      connection('hub', 'b'),
      intent('hub', 'PrivateTraffic'),
    ])
    expect(story(part, 'vm-a', flow('10.1.0.4', '10.2.0.4', 443)).there).toBe('unknown')
  })
})

describe('static routes of a hub', () => {
  const toFirewall = (destinations: readonly string[]): Json =>
    body('virtualHubs/hub/hubRouteTables/defaultRouteTable', {
      labels: ['default'],
      routes: [
        {
          name: 'all_traffic',
          destinationType: 'CIDR',
          destinations,
          nextHopType: 'ResourceId',
          nextHop: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/azureFirewalls/fw-hub',
        },
      ],
    })
  const estate = (destinations: readonly string[]) =>
    imported([
      ...SPOKES,
      hub('hub', '10.200.0.0/24'),
      connection('hub', 'a', { enableInternetSecurity: true }),
      connection('hub', 'b'),
      firewall('hub', '10.200.0.132', '203.0.113.9', ['443']),
      toFirewall(destinations),
    ])

  test('one to the firewall sends the internet through it', () => {
    expect(story(estate(['0.0.0.0/0']), 'vm-a', flow('10.1.0.4', '93.184.216.34', 443)).devices).toContain('fw-hub')
  })

  test('a shorter one loses to the prefix of a connected VNet', () => {
    const found = story(estate(['10.0.0.0/8']), 'vm-a', flow('10.1.0.4', '10.2.0.4', 22))
    expect(found.devices).toEqual(['vm-a', 'a/one', 'hub', 'vm-b'])
  })

  test('one of the same prefix wins over it', () => {
    const found = story(estate(['10.2.0.0/16']), 'vm-a', flow('10.1.0.4', '10.2.0.4', 22))
    expect(found.devices).toContain('fw-hub')
    expect(found.there).toBe('denied')
  })
})

describe('two hubs of one Virtual WAN', () => {
  const bodies = [
    ...SPOKES,
    hub('west', '10.200.0.0/24'),
    hub('north', '10.201.0.0/24'),
    connection('west', 'a'),
    connection('north', 'b'),
  ]

  test('VNets on different hubs reach each other over both', () => {
    const found = story(imported(bodies), 'vm-a', flow('10.1.0.4', '10.2.0.4', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'accepted' })
    expect(found.devices).toEqual(['vm-a', 'a/one', 'west', 'north', 'vm-b'])
  })

  test('with routing intent on both, both firewalls are passed', () => {
    const part = imported([
      ...bodies,
      firewall('west', '10.200.0.132', '203.0.113.9', ['443']),
      firewall('north', '10.201.0.132', '203.0.113.10', ['443']),
      intent('west', 'PrivateTraffic'),
      intent('north', 'PrivateTraffic'),
    ])
    const found = story(part, 'vm-a', flow('10.1.0.4', '10.2.0.4', 443))
    expect(found).toMatchObject({ there: 'accepted', back: 'accepted' })
    expect(found.devices.filter((one) => one.startsWith('fw-'))).toEqual(['fw-west', 'fw-north'])
  })

  test('hubs of different Virtual WANs do not know each other', () => {
    const apart = [
      ...bodies.filter((one) => (one as { name: string }).name !== 'north'),
      hub('north', '10.201.0.0/24', { virtualWan: ref('virtualWans/elsewhere') }),
    ]
    expect(nextHop(imported(apart), 'a/one', '10.2.0.4')).toBe('None')
  })
})

describe('gateways of a hub', () => {
  const gateway = body('vpnGateways/gw', {
    virtualHub: ref('virtualHubs/hub'),
    ipConfigurations: [{ id: 'Instance0', publicIpAddress: '203.0.113.20', privateIpAddress: '10.200.0.4' }],
    connections: [
      {
        name: 'to-site',
        properties: {
          remoteVpnSite: ref('vpnSites/site'),
          vpnLinkConnections: [{ name: 'link', properties: { enableBgp: false } }],
        },
      },
    ],
  })
  const site = body('vpnSites/site', {
    addressSpace: { addressPrefixes: ['192.168.10.0/24'] },
    vpnSiteLinks: [{ name: 'link', properties: { ipAddress: '198.51.100.7' } }],
  })
  const part = imported([...SPOKES, hub('hub', '10.200.0.0/24'), connection('hub', 'a'), gateway, site])

  test('what is behind a VPN site is reached through the gateway', () => {
    expect(nextHop(part, 'a/one', '192.168.10.9')).toBe('VirtualNetworkGateway')
    expect(story(part, 'vm-a', flow('10.1.0.4', '192.168.10.9', 443)).devices).toEqual(['vm-a', 'a/one', 'hub', 'gw'])
  })

  test('the tunnel has the addresses of both ends, so that a router finds it', () => {
    const device = part.devices.find((one) => one.name === 'gw')
    expect(device?.interfaces.find((one) => one.tunnel)).toMatchObject({
      name: 'connection:to-site',
      aliases: ['to-site'],
      tunnel: { kind: 'ipsec', local: ip('203.0.113.20'), remote: ip('198.51.100.7') },
    })
  })

  test('an ExpressRoute circuit may bring any private prefix: what is not known otherwise is open', () => {
    const circuit = imported([
      ...SPOKES,
      hub('hub', '10.200.0.0/24'),
      connection('hub', 'a'),
      body('expressRouteGateways/er', {
        virtualHub: ref('virtualHubs/hub'),
        expressRouteConnections: [{ name: 'circuit', properties: {} }],
      }),
    ])
    expect(story(circuit, 'vm-a', flow('10.1.0.4', '192.168.10.9', 443)).there).toBe('unknown')
  })
})

test('a virtual hub that stands in a subnet is a route server', () => {
  const part = imported([
    vnet('a', ['10.1.0.0/16'], { RouteServerSubnet: { addressPrefix: '10.1.9.0/26' } }),
    body('virtualHubs/rs', { sku: 'Standard' }),
    body('virtualHubs/rs/ipConfigurations/one', { subnet: subnetRef('a/RouteServerSubnet') }),
  ])
  expect(part.devices.some((one) => one.name === 'rs')).toBe(false)
})
