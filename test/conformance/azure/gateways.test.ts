import { describe, expect, test } from 'vitest'
import { advertisedPrefixes } from '../../../src/importers/azure/edges/virtual-network-gateway.ts'
import { formatPrefix } from '../../../src/net/index.ts'
import { body, imported, type Json, nextHop, nic, ref, routes, vnet } from '../../importers/azure/arm.ts'
import { estateOf } from '../../importers/azure/services-estate.ts'
import { asked, type Example, networkOf, reported } from './asked.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const expressRoute: Json[] = [
  ...gateway('ergw', 'hub', '10.0.255.4', '198.51.100.61', { gatewayType: 'ExpressRoute' }),
  body('connections/er', {
    connectionType: 'ExpressRoute',
    virtualNetworkGateway1: ref('virtualNetworkGateways/ergw'),
  }),
]
const announced = (network: string, localAddress = '10.0.255.4') => ({
  localAddress,
  network,
  nextHop: '172.16.0.1',
  origin: 'EBgp',
  asPath: '12076-65001',
  weight: 32768,
})
const hub = vnet(
  'hub',
  ['10.0.0.0/16'],
  { ...gatewaySubnet('10.0.255.0/27'), s: { addressPrefix: '10.0.1.0/24' } },
  { spoke: { allowGatewayTransit: true } },
)
const spoke = (subnet: Record<string, Json> = {}) =>
  vnet(
    'spoke',
    ['10.1.0.0/16'],
    { s: { addressPrefix: '10.1.0.0/24', ...subnet } },
    { hub: { useRemoteGateways: true } },
  )

describe('Learn: Configure ExpressRoute and site-to-site coexisting connections', () => {
  const example: Example = {
    bodies: [
      hub,
      spoke(),
      ...expressRoute,
      ...gateway('vgw', 'hub', '10.0.255.5', '198.51.100.60'),
      ...siteConnection('vgw', ['10.50.1.0/24']),
    ],
    learned: [announced('10.50.0.0/16')],
  }
  test.for([
    ['10.50.1.9', 'vgw'],
    ['10.50.2.9', 'ergw'],
  ] as const)('T9.1: %s goes to %s, by the longest prefix', ([destination, gatewayName]) => {
    const { there } = asked(
      { ...example, bodies: [...example.bodies, nic('vm', 'hub/s', '10.0.1.4')] },
      'vm',
      `${destination}:443`,
    )
    expect(there).toContain(gatewayName)
  })
})

describe('Learn: Configure VPN gateway transit for virtual network peering', () => {
  test('T9.2: without propagation the site is out of reach of a spoke, and the reserved None drops it', () => {
    const bodies = [
      hub,
      spoke({ routeTable: ref('routeTables/rt') }),
      routes('rt', {}, { disableBgpRoutePropagation: true }),
      ...gateway('vgw', 'hub', '10.0.255.4', '198.51.100.60'),
      ...siteConnection('vgw', ['10.50.0.0/16']),
    ]
    expect(nextHop(imported(bodies), 'spoke/s', '10.50.1.9')).toBe('None')
  })
})

describe('Learn: ExpressRoute routing requirements', () => {
  test('T9.3: a 0.0.0.0/0 from the site takes the spoke’s internet traffic to the gateway', () => {
    const { devices } = networkOf({ bodies: [hub, spoke(), ...expressRoute], learned: [announced('0.0.0.0/0')] })
    const found = (devices.get('spoke/s')?.tables[0]?.routes ?? []).filter((one) => one.prefix.length === 0)
    expect(found.map((one) => one.listing?.nextHopType)).toEqual(['VirtualNetworkGateway'])
  })
})

describe('Learn: About VPN Gateway configuration settings, user routes on GatewaySubnet', () => {
  test('T9.4: a route table with 0.0.0.0/0 on GatewaySubnet is a fault of the configuration', () => {
    const bodies = [
      vnet('hub', ['10.0.0.0/16'], gatewaySubnet('10.0.255.0/27', { routeTable: ref('routeTables/rt') })),
      routes('rt', { '0.0.0.0/0': '10.0.1.4' }),
      ...gateway('vgw', 'hub', '10.0.255.4', '198.51.100.60'),
    ]
    expect(reported({ bodies }).some((one) => one.includes('0.0.0.0/0 on GatewaySubnet is not supported'))).toBe(true)
  })
})

describe('Learn: ExpressRoute FAQ', () => {
  const many = (count: number): Json[] => {
    const names = Array.from({ length: count }, (_, index) => `spoke${index}`)
    const address = (index: number) => `10.${1 + (index >> 8)}.${index & 255}.0/24`
    return [
      vnet(
        'hub',
        ['10.0.0.0/16'],
        gatewaySubnet('10.0.255.0/27'),
        Object.fromEntries(names.map((one) => [one, { allowGatewayTransit: true }])),
      ),
      ...names.map((one, index) =>
        vnet(one, [address(index)], { s: { addressPrefix: address(index) } }, { hub: { useRemoteGateways: true } }),
      ),
      ...expressRoute,
    ]
  }
  test('T9.5: a hub and 500 spokes with a range each advertise 501 prefixes, which is within the limit', () => {
    const estate = estateOf(many(500) as unknown[])
    const [first] = estate.vnets
    const prefixes = first ? advertisedPrefixes(estate, first).map(formatPrefix) : []
    expect(new Set(prefixes).size).toBe(501)
    expect(imported(many(500)).diagnostics.some((one) => one.message.includes('BgpPrefixLimit'))).toBe(false)
  })
  test('T9.5: a thousand spokes are one prefix too many', () => {
    expect(imported(many(1000)).diagnostics.some((one) => one.message.includes('BgpPrefixLimit'))).toBe(true)
  })
})
