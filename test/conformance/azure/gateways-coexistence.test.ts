import { describe, expect, test } from 'vitest'
import {
  body,
  imported,
  type Json,
  networkOf,
  nic,
  type Properties,
  ref,
  routeOf,
  routes,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example, networkOf as networkOfExample } from './asked.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const circuit = (name: string, extra: Properties = {}): Json =>
  body(`expressRouteCircuits/${name}`, {
    serviceProviderProvisioningState: 'Provisioned',
    circuitProvisioningState: 'Enabled',
    peerings: [{ name: 'AzurePrivatePeering', properties: { peeringType: 'AzurePrivatePeering', state: 'Enabled' } }],
    ...extra,
  })
const toCircuit = (name: string, extra: Properties = {}): Json =>
  body(`connections/${name}`, {
    connectionType: 'ExpressRoute',
    virtualNetworkGateway1: ref('virtualNetworkGateways/ergw'),
    peer: ref(`expressRouteCircuits/${name}-circuit`),
    ...extra,
  })
const ergw = gateway('ergw', 'hub', '10.0.255.4', '198.51.100.61', { gatewayType: 'ExpressRoute' })
const vgw = gateway('vgw', 'hub', '10.0.255.5', '198.51.100.60')
const announced = (network: string, nextHop = '172.16.0.1') => ({
  localAddress: '10.0.255.4',
  network,
  nextHop,
  origin: 'EBgp',
  asPath: '12076-65001',
  weight: 32768,
})
const hub = (subnets: Record<string, Properties> = gatewaySubnet('10.0.255.0/27')): Json =>
  vnet('hub', ['10.0.0.0/16'], { ...subnets, s: { addressPrefix: '10.0.1.0/24' } })
const vm = nic('vm', 'hub/s', '10.0.1.4')
const gatewayOf = (example: Example, destination: string) => {
  const answer = asked(example, 'vm', `${destination}:443`)
  return answer.there.filter((one) => one === 'ergw' || one === 'vgw')
}

describe('Learn: Configure ExpressRoute and site-to-site coexisting connections', () => {
  const both = (er: Properties, vpn: Properties, circuits: Properties = {}, learned = ['10.50.0.0/16']): Example => ({
    bodies: [
      hub(),
      vm,
      ...ergw,
      circuit('er-circuit', circuits),
      toCircuit('er', er),
      ...vgw,
      ...siteConnection('vgw', ['10.50.0.0/16'], vpn),
    ],
    learned: learned.map((one) => announced(one)),
  })
  test('of one prefix over both the circuit is taken', () => {
    expect(gatewayOf(both({}, {}), '10.50.1.9')).toEqual(['ergw'])
  })
  test.for([
    ['the connection to it is not connected', { connectionStatus: 'NotConnected' }, {}],
    ['its provider has not set it up', {}, { serviceProviderProvisioningState: 'NotProvisioned' }],
    [
      'its private peering is off',
      {},
      {
        peerings: [
          { name: 'AzurePrivatePeering', properties: { peeringType: 'AzurePrivatePeering', state: 'Disabled' } },
        ],
      },
    ],
    [
      'it has a Microsoft peering alone',
      {},
      { peerings: [{ name: 'MicrosoftPeering', properties: { peeringType: 'MicrosoftPeering' } }] },
    ],
    ['it has no peering', {}, { peerings: [] }],
  ] as const)('the tunnel is taken when the circuit is out: %s', ([, er, state]) => {
    expect(gatewayOf(both(er, {}, state as Properties), '10.50.1.9')).toEqual(['vgw'])
  })
  test('with the tunnel down the circuit has all of it', () => {
    expect(gatewayOf(both({}, { connectionStatus: 'NotConnected' }), '10.50.1.9')).toEqual(['ergw'])
  })
})

describe('Learn: About VPN devices and connections, connection status', () => {
  test('a connection that is not connected is named as the cause', () => {
    const example: Example = {
      bodies: [hub(), vm, ...vgw, ...siteConnection('vgw', ['10.50.0.0/16'], { connectionStatus: 'NotConnected' })],
    }
    const answer = asked(example, 'vm', '10.50.1.9:443')
    expect(answer.works).toBe('no')
    expect(`${answer.decision} ${answer.cause}`).toContain('connection to-site is NotConnected')
  })
})

describe('Learn: ExpressRoute FAQ; About ExpressRoute Global Reach', () => {
  const two = (reach: Properties = {}): Example => ({
    bodies: [
      hub(),
      vm,
      ...ergw,
      circuit('east-circuit', reach),
      circuit('west-circuit'),
      toCircuit('east'),
      toCircuit('west'),
    ],
  })
  const transitOf = (example: Example) => {
    const device = networkOfExample(example).devices.get('ergw')
    return device?.ruleSets['circuit-transit']?.rules.map((one) => one.action.kind)
  }
  test('sites of two circuits do not reach each other through the gateway', () => {
    expect(transitOf(two())).toEqual(['drop', 'drop'])
  })
  test('with Global Reach between the circuits they do', () => {
    const far = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/west-circuit'
    const peering = {
      name: 'AzurePrivatePeering',
      properties: {
        peeringType: 'AzurePrivatePeering',
        state: 'Enabled',
        connections: [
          {
            name: 'reach',
            properties: {
              peerExpressRouteCircuitPeering: { id: `${far}/peerings/AzurePrivatePeering` },
              circuitConnectionStatus: 'Connected',
            },
          },
        ],
      },
    }
    expect(transitOf(two({ peerings: [peering] }))).toEqual(['accept', 'accept'])
  })
  test('where a circuit is not in the export it is not known', () => {
    const { bodies } = two()
    expect(transitOf({ bodies: bodies.filter((one) => (one as { name: string }).name !== 'west-circuit') })).toEqual([
      'opaque',
      'opaque',
    ])
  })
})

describe('Learn: Azure Route Server support for ExpressRoute and Azure VPN', () => {
  const server = (extra: Properties): Json[] => [
    body('virtualHubs/rs', { sku: 'Standard', virtualRouterIps: ['10.0.254.4', '10.0.254.5'], ...extra }),
    body('virtualHubs/rs/ipConfigurations/one', { subnet: ref('virtualNetworks/hub/subnets/RouteServerSubnet') }),
  ]
  const example = (servers: readonly Json[]): Example => ({
    bodies: [
      hub({ ...gatewaySubnet('10.0.255.0/27'), RouteServerSubnet: { addressPrefix: '10.0.254.0/27' } }),
      vm,
      ...ergw,
      toCircuit('er'),
      ...vgw,
      ...siteConnection('vgw', ['10.60.0.0/16']),
      ...servers,
    ],
    learned: [announced('10.50.0.0/16')],
  })
  const fromCircuit = (servers: readonly Json[]) => {
    const part = networkOfExample(example(servers)).devices.get('ergw')
    return part?.tables[0]?.routes.find((one) => one.origin === 'behind vgw')?.nextHop.kind
  }
  test.for([
    ['without one', [], 'broken'],
    ['with branch-to-branch off', server({ allowBranchToBranchTraffic: false }), 'broken'],
    ['with branch-to-branch not said', server({}), 'broken'],
    ['with branch-to-branch on', server({ allowBranchToBranchTraffic: true }), undefined],
    ['with a flag nobody can read', server({ allowBranchToBranchTraffic: '[parameters(1)]' }), 'unknown'],
  ] as const)('a circuit’s site reaches a tunnel’s site: %s', ([, servers, kind]) => {
    expect(fromCircuit(servers)).toBe(kind)
  })
  test('a route of the gateway subnet may lead around', () => {
    const around = example([])
    const bodies = around.bodies.map((one) =>
      (one as { name: string }).name === 'hub'
        ? hub(gatewaySubnet('10.0.255.0/27', { routeTable: ref('routeTables/rt') }))
        : one,
    )
    const part = networkOfExample({ ...around, bodies: [...bodies, routes('rt', { '10.60.0.0/16': '10.0.1.4' })] })
    const found = part.devices.get('ergw')?.tables[0]?.routes.find((one) => one.origin === 'behind vgw')
    expect(found).toBeUndefined()
  })
})

describe('Learn: Virtual network traffic routing, with addresses on both sides', () => {
  test('a site that claims the VNet’s own addresses does not get the packets for them', () => {
    const part = imported([hub(), vm, ...vgw, ...siteConnection('vgw', ['10.0.0.0/16', '10.0.1.0/24'])])
    expect(routeOf(part, 'hub/s', '10.0.1.9')?.listing?.nextHopType).toBe('VnetLocal')
    const route = routeOf(part, 'vgw', '10.0.1.4')
    expect(route?.origin).toBe('VNet hub')
    expect(
      networkOf(part)
        .devices.get('vgw')
        ?.tables[0]?.routes.filter((one) => one.inactive).length,
    ).toBe(2)
  })
})

describe('Learn: Configure forced tunneling using Default Site', () => {
  test('a default site takes the internet traffic of subnets without a route table, and leaves those with one', () => {
    const bodies = [
      vnet('hub', ['10.0.0.0/16'], {
        ...gatewaySubnet('10.0.255.0/27'),
        s: { addressPrefix: '10.0.1.0/24' },
        front: { addressPrefix: '10.0.2.0/24', routeTable: ref('routeTables/rt') },
      }),
      routes('rt', { '0.0.0.0/0': 'Internet' }),
      ...gateway('vgw', 'hub', '10.0.255.5', '198.51.100.60', { gatewayDefaultSite: ref('localNetworkGateways/site') }),
      ...siteConnection('vgw', ['10.50.0.0/16']),
    ]
    const part = imported(bodies)
    expect(routeOf(part, 'hub/s', '93.184.216.34')?.listing?.nextHopType).toBe('VirtualNetworkGateway')
    expect(routeOf(part, 'hub/s', '93.184.216.34')?.leansOn).toContain('Default Site')
    expect(routeOf(part, 'hub/front', '93.184.216.34')?.listing?.nextHopType).toBe('Internet')
  })
})

describe('Learn: About BGP with VPN Gateway, APIPA addresses', () => {
  test('what came to the gateway’s 169.254 address from the site’s counts as learned over that connection', () => {
    const speaking = {
      bgpSettings: {
        asn: 65515,
        bgpPeeringAddress: '10.0.255.5',
        bgpPeeringAddresses: [
          {
            defaultBgpIpAddresses: ['10.0.255.5'],
            customBgpIpAddresses: ['169.254.21.2'],
            tunnelIpAddresses: ['198.51.100.60'],
          },
        ],
      },
    }
    const example: Example = {
      bodies: [
        hub(),
        vm,
        ...gateway('vgw', 'hub', '10.0.255.5', '198.51.100.60', speaking),
        ...siteConnection('vgw', [], { enableBgp: true }, '169.254.21.1'),
      ],
      learned: [{ ...announced('10.70.0.0/16', '169.254.21.1'), localAddress: '169.254.21.2' }],
    }
    expect(gatewayOf(example, '10.70.1.1')).toEqual(['vgw'])
  })
})

describe('Learn: Configure user groups and IP address pools for P2S User VPNs', () => {
  test('the pools of groups are reached like the pool of all clients', () => {
    const clients = {
      vpnClientConfiguration: {
        vpnClientAddressPool: { addressPrefixes: ['172.20.0.0/24'] },
        vngClientConnectionConfigurations: [
          { name: 'admins', properties: { vpnClientAddressPool: { addressPrefixes: ['172.20.1.0/24'] } } },
        ],
      },
    }
    const part = imported([hub(), vm, ...gateway('vgw', 'hub', '10.0.255.5', '198.51.100.60', clients)])
    for (const client of ['172.20.0.9', '172.20.1.9']) {
      expect(routeOf(part, 'hub/s', client)?.listing?.nextHopType).toBe('VirtualNetworkGateway')
    }
  })
})
