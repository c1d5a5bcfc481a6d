import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { body, imported, nic, type Properties, ref, routeOf, routes, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, siteRouter } from './asked.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const example = (gatewayExtra: Properties, connection: Properties): Example => ({
  bodies: [
    vnet(
      'v',
      ['10.1.0.0/16'],
      { ...gatewaySubnet('10.1.255.0/27'), s: { addressPrefix: '10.1.0.0/24' } },
      { w: { allowGatewayTransit: true } },
    ),
    vnet('w', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { v: { useRemoteGateways: true } }),
    nic('near', 'v/s', '10.1.0.4'),
    nic('spoke', 'w/s', '10.2.0.4'),
    ...gateway('vgw', 'v', '10.1.255.4', '198.51.100.60', gatewayExtra),
    ...siteConnection('vgw', ['192.168.50.0/24', '192.168.60.0/24'], connection),
  ],
  site: siteRouter('192.168.50.0/24', '198.51.100.60'),
  hosts: { pc: { address: '192.168.50.9/24', on: 'site:lan' } },
})
const CUSTOM = {
  trafficSelectorPolicies: [{ localAddressRanges: ['10.1.0.0/16'], remoteAddressRanges: ['192.168.50.0/24'] }],
}

describe('Learn: Connect a VPN gateway to multiple on-premises policy-based VPN devices; custom traffic selectors', () => {
  test.for([
    ['a route-based gateway', {}, {}, 'near', 'yes'],
    ['a route-based gateway', {}, {}, 'spoke', 'yes'],
    ['a policy-based gateway', { vpnType: 'PolicyBased' }, {}, 'near', 'yes'],
    ['a policy-based gateway', { vpnType: 'PolicyBased' }, {}, 'spoke', 'yes'],
    ['selectors from both sides’ prefixes', {}, { usePolicyBasedTrafficSelectors: true }, 'spoke', 'yes'],
    ['custom selectors that hold the VNet', {}, CUSTOM, 'near', 'yes'],
    ['custom selectors without the spoke', {}, CUSTOM, 'spoke', 'no'],
  ] as const)('%s (%j %j): %s reaches the site: %s', ([, extra, connection, from, works]) => {
    const answer = asked(example(extra, connection), from, '192.168.50.9:443')
    expect([answer.works, answer.decision]).toEqual([works, expect.anything()])
    if (works === 'no') expect(answer.there.at(-1)).toBe('vgw')
  })
})

describe('Learn: Virtual network traffic routing, a user route to the gateway', () => {
  const estate = (type: string) => [
    vnet('hub', ['10.0.0.0/16'], gatewaySubnet('10.0.255.0/27'), {
      a: { allowGatewayTransit: true },
      b: { allowGatewayTransit: true },
    }),
    vnet(
      'a',
      ['10.1.0.0/16'],
      { s: { addressPrefix: '10.1.0.0/24', routeTable: ref('routeTables/rt') } },
      { hub: { useRemoteGateways: true } },
    ),
    vnet(
      'b',
      ['10.2.0.0/16'],
      { s: { addressPrefix: '10.2.0.0/24', routeTable: ref('routeTables/rt') } },
      { hub: { useRemoteGateways: true } },
    ),
    nic('vm-a', 'a/s', '10.1.0.4'),
    nic('vm-b', 'b/s', '10.2.0.4'),
    routes('rt', { '10.0.0.0/8': 'VirtualNetworkGateway' }),
    ...gateway('gw', 'hub', '10.0.255.4', '198.51.100.60', { gatewayType: type }),
  ]
  test('a VPN gateway relays between spokes that send to it', () => {
    const answer = asked({ bodies: estate('Vpn') }, 'vm-a', '10.2.0.4:443')
    expect([answer.works, answer.there.includes('gw')]).toEqual(['yes', true])
  })
  test('an ExpressRoute gateway is no next hop of a user route', () => {
    const route = routeOf(imported(estate('ExpressRoute')), 'a/s', '10.2.0.4')
    expect(route?.nextHop).toMatchObject({ kind: 'broken', code: 'NoVirtualNetworkGateway' })
  })
})

describe('Learn: Verify ExpressRoute connectivity', () => {
  const circuit = (state: Properties): Example => ({
    bodies: [
      vnet('v', ['10.1.0.0/16'], { ...gatewaySubnet('10.1.255.0/27'), s: { addressPrefix: '10.1.0.0/24' } }),
      nic('vm', 'v/s', '10.1.0.4'),
      ...gateway('ergw', 'v', '10.1.255.4', '198.51.100.60', { gatewayType: 'ExpressRoute' }),
      body('connections/er', {
        connectionType: 'ExpressRoute',
        virtualNetworkGateway1: ref('virtualNetworkGateways/ergw'),
        peer: ref('expressRouteCircuits/metro'),
      }),
      body('expressRouteCircuits/metro', state),
    ],
  })
  test('a circuit that its provider has not set up is named for an address nothing else is for', () => {
    const answer = asked(circuit({ serviceProviderProvisioningState: 'NotProvisioned' }), 'vm', '192.168.7.7:443')
    expect(answer.works).toBe('no')
    expect(`${answer.decision} ${answer.cause}`).toContain('circuit metro is NotProvisioned at its provider')
  })
  test('one that is set up may bring the address', () => {
    expect(asked(circuit({ serviceProviderProvisioningState: 'Provisioned' }), 'vm', '192.168.7.7:443').works).toBe(
      'unknown',
    )
  })

  const table = { value: [{ network: '192.168.7.0/24', nextHop: '172.16.0.1', locPrf: '', weight: 0, path: '65001' }] }
  const summary = { value: [{ neighbor: '172.16.0.1', v: 4, as: 65001, upDown: '1d', statePfxRcd: '12' }] }
  const read = (name: string, value: object) =>
    importAzure(
      [
        {
          path: 'azure.json',
          text: JSON.stringify(circuit({ serviceProviderProvisioningState: 'Provisioned' }).bodies),
        },
        { path: name, text: JSON.stringify(value) },
      ],
      { placements: [] },
    )
  test('its route table tells what it brings', () => {
    const part = read('routes-metro.json', table)
    expect(routeOf(part, 'v/s', '192.168.7.7')?.listing?.nextHopType).toBe('VirtualNetworkGateway')
    expect(routeOf(part, 'v/s', '192.168.8.8')?.nextHop.kind).toBe('discard')
  })
  test('its summary tells nothing, and that is said', () => {
    const part = read('summary-metro.json', summary)
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1671')
    expect(routeOf(part, 'v/s', '192.168.7.7')?.nextHop.kind).toBe('unknown')
  })
})

test('a connection to a site that is not in the export leaves open the addresses nothing else is for', () => {
  const bodies = [
    vnet('v', ['10.1.0.0/16'], { ...gatewaySubnet('10.1.255.0/27'), s: { addressPrefix: '10.1.0.0/24' } }),
    ...gateway('vgw', 'v', '10.1.255.4', '198.51.100.60'),
    ...siteConnection('vgw', ['192.168.50.0/24']).slice(1),
  ]
  expect(routeOf(imported(bodies), 'v/s', '192.168.50.9')?.nextHop.kind).toBe('unknown')
})
