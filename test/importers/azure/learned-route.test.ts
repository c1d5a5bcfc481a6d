import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { formatPrefix } from '../../../src/net/index.ts'
import { body, type Json, ref, subnetRef, vnet } from './arm.ts'

const gateway = (name: string, vnetName: string, address: string): Json =>
  body(`virtualNetworkGateways/${name}`, {
    gatewayType: 'Vpn',
    bgpSettings: { asn: 65515, bgpPeeringAddress: address },
    ipConfigurations: [{ name: 'one', properties: { subnet: subnetRef(`${vnetName}/GatewaySubnet`) } }],
  })
const connected = (name: string): Json[] => [
  body(`localNetworkGateways/${name}-site`, {
    gatewayIpAddress: '203.0.113.50',
    localNetworkAddressSpace: { addressPrefixes: [] },
    bgpSettings: { asn: 65001, bgpPeeringAddress: '10.50.0.1' },
  }),
  body(`connections/${name}-site`, {
    connectionType: 'IPsec',
    enableBgp: true,
    virtualNetworkGateway1: ref(`virtualNetworkGateways/${name}`),
    localNetworkGateway2: ref(`localNetworkGateways/${name}-site`),
  }),
]
const hub = (name: string) =>
  vnet(name, ['10.0.0.0/16'], {
    GatewaySubnet: { addressPrefix: '10.0.255.0/27' },
    s: { addressPrefix: '10.0.1.0/24' },
  })
const row = (network: string, more: Record<string, Json> = {}): Json => ({
  localAddress: '10.0.255.4',
  network,
  nextHop: '10.50.0.1',
  origin: 'EBgp',
  asPath: '65001',
  weight: 32768,
  ...more,
})

function read(bodies: readonly Json[], learned: Json, path = 'learned.json') {
  const files = [
    { path: 'azure.json', text: JSON.stringify(bodies) },
    { path, text: JSON.stringify(learned) },
  ]
  return importAzure(files, { placements: [] })
}

function gatewayRows(part: ReturnType<typeof read>, fabric: string): string[] {
  const routes = part.devices.find((one) => one.name === fabric)?.tables[0]?.routes ?? []
  const learned = routes.filter((one) => one.listing?.source === 'VirtualNetworkGateway')
  return learned.map((one) => `${formatPrefix(one.prefix)} ${one.listing?.nextHopIpAddress}`.trim())
}

describe('what a gateway learned by BGP, as its listing prints it', () => {
  const one = [hub('v'), gateway('vgw', 'v', '10.0.255.4'), ...connected('vgw')]

  test('becomes routes of its VNet, and what is not in the list is not doubted any more', () => {
    const part = read(one, {
      value: [row('10.50.0.0/16'), row('10.0.0.0/16', { nextHop: null, origin: 'Network', asPath: '' })],
    })
    expect(gatewayRows(part, 'v/s')).toEqual(['10.50.0.1/32', '10.50.0.0/16'])
    const reserved = part.devices.find((each) => each.name === 'v/s')?.tables[0]?.routes ?? []
    expect(reserved.some((each) => each.nextHop.kind === 'unknown')).toBe(false)
  })
  test('counts whether it is a list, or a list inside "value"', () => {
    expect(gatewayRows(read(one, [row('10.50.0.0/16')]), 'v/s')).toEqual(['10.50.0.1/32', '10.50.0.0/16'])
  })
  test('of a prefix that came twice the shorter path counts', () => {
    const part = read(one, {
      value: [row('10.51.0.0/16', { nextHop: '10.60.0.1', asPath: '65001-65002' }), row('10.51.0.0/16')],
    })
    expect(part.diagnostics.some((each) => each.code === 'NT1632')).toBe(false)
    expect(gatewayRows(part, 'v/s')).toContain('10.51.0.0/16')
  })
  test('from somebody no connection leads to it is reported, and the doubt stays', () => {
    const part = read(one, { value: [row('10.51.0.0/16', { nextHop: '10.60.0.1' })] })
    expect(part.diagnostics.map((each) => each.code)).toContain('NT1632')
    const routes = part.devices.find((each) => each.name === 'v/s')?.tables[0]?.routes ?? []
    expect(routes.some((each) => each.nextHop.kind === 'unknown')).toBe(true)
  })
  test('of an address that no gateway has it is left out and reported', () => {
    const part = read(one, { value: [row('10.51.0.0/16', { localAddress: '10.9.9.9' })] })
    expect(part.diagnostics.map((each) => each.code)).toContain('NT1631')
  })
  test('of two gateways with one address the file’s name tells which is meant', () => {
    const two = [
      hub('v'),
      hub('w'),
      gateway('vgw-east', 'v', '10.0.255.4'),
      gateway('vgw-west', 'w', '10.0.255.4'),
      ...connected('vgw-east'),
      ...connected('vgw-west'),
    ]
    const learned = { value: [row('10.51.0.0/16')] }
    expect(read(two, learned).diagnostics.map((each) => each.code)).toContain('NT1631')
    const named = read(two, learned, 'exports/learned-vgw-west.json')
    expect(gatewayRows(named, 'w/s')).toContain('10.51.0.0/16')
    expect(gatewayRows(named, 'v/s')).not.toContain('10.51.0.0/16')
  })
})

test('what a route server learned leads straight to the appliance that announced it, also from a spoke', () => {
  const bodies = [
    vnet(
      'hub',
      ['10.1.0.0/16'],
      { RouteServerSubnet: { addressPrefix: '10.1.0.0/27' }, nva: { addressPrefix: '10.1.1.0/24' } },
      { spoke: { allowGatewayTransit: true } },
    ),
    vnet('spoke', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { hub: { useRemoteGateways: true } }),
    body('virtualHubs/rs', { sku: 'Standard', virtualRouterIps: ['10.1.0.4', '10.1.0.5'] }),
    body('virtualHubs/rs/ipConfigurations/one', { subnet: subnetRef('hub/RouteServerSubnet') }),
    body('virtualHubs/rs/bgpConnections/nva', { peerAsn: 65001, peerIp: '10.1.1.5' }),
  ]
  const rows = (localAddress: string) => [row('10.77.0.0/16', { localAddress, nextHop: '10.1.1.5' })]
  const part = read(bodies, { RouteServiceRole_IN_0: rows('10.1.0.4'), RouteServiceRole_IN_1: rows('10.1.0.5') })
  expect(gatewayRows(part, 'spoke/s')).toEqual(['10.77.0.0/16 10.1.1.5'])
  const route = part.devices
    .find((one) => one.name === 'spoke/s')
    ?.tables[0]?.routes.find((one) => one.listing?.nextHopIpAddress === '10.1.1.5')
  expect(route?.nextHop).toMatchObject({ kind: 'via', interface: 'peering:hub' })
})
