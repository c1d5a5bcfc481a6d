import { describe, expect, test } from 'vitest'
import type { Device, Link } from '../../../src/model/index.ts'
import { ip } from '../../../src/net/index.ts'
import { prepare, trace } from '../../../src/trace/index.ts'
import {
  body,
  flow,
  imported,
  type Json,
  networkOf,
  nic,
  type Properties,
  ref,
  routes,
  vnet,
} from '../../importers/azure/arm.ts'
import { endpoint } from './endpoint-bodies.ts'
import { gateway, gatewaySubnet } from './gateway-bodies.ts'

const estate = (connection: Properties, circuit: Properties | undefined, sku = 'ErGw3AZ'): Json[] => [
  vnet('hub', ['10.0.0.0/16'], {
    ...gatewaySubnet('10.0.255.0/27', { routeTable: ref('routeTables/rt') }),
    s: { addressPrefix: '10.0.1.0/24' },
    pe: { addressPrefix: '10.0.2.0/24' },
    nva: { addressPrefix: '10.0.9.0/24' },
  }),
  routes('rt', { '10.0.1.0/24': '10.0.9.4' }),
  nic('vm', 'hub/s', '10.0.1.4'),
  nic('nva', 'hub/nva', '10.0.9.4', { enableIPForwarding: true }),
  ...endpoint(
    'pe',
    'hub/pe',
    '10.0.2.4',
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a',
    'blob',
  ),
  ...gateway('ergw', 'hub', '10.0.255.4', '198.51.100.61', { gatewayType: 'ExpressRoute', sku: { name: sku } }),
  body('connections/er', {
    connectionType: 'ExpressRoute',
    virtualNetworkGateway1: ref('virtualNetworkGateways/ergw'),
    peer: ref('expressRouteCircuits/metro'),
    ...connection,
  }),
  ...(circuit ? [body('expressRouteCircuits/metro', circuit)] : []),
]

/** The devices a packet of the circuit's site passes. */
function fromCircuit(bodies: readonly Json[], to = '10.0.1.4'): readonly string[] {
  const network = networkOf(imported(bodies))
  const source = { kind: 'implied', because: 'the test' } as const
  const near = network.devices.get('vm')
  if (!near) throw new Error('no vm')
  const site: Device = {
    ...near,
    name: 'site',
    aliases: [],
    interfaces: [
      {
        name: 'er',
        aliases: [],
        addresses: [{ ip: ip('10.50.0.9'), prefix: { ip: ip('10.50.0.0'), length: 16 }, source }],
        tunnel: { kind: 'expressroute' },
        source,
      },
    ],
    tables: [
      {
        name: 'main',
        routes: [
          {
            prefix: { ip: ip('0.0.0.0'), length: 0 },
            nextHop: { kind: 'connected', interface: 'er' },
            distance: 0,
            metric: 0,
            origin: 'circuit',
            source,
          },
        ],
      },
    ],
    ruleSets: {},
    pipeline: { prerouting: [], input: [], forward: [], output: [], postrouting: [] },
  }
  const ends = [
    { device: 'site', interface: 'er' },
    { device: 'ergw', interface: 'connection:er' },
  ]
  const link: Link = { name: 'circuit', kind: 'tunnel', ends, source }
  const devices = new Map([...network.devices, ['site', site] as const])
  const prepared = prepare({ ...network, devices, links: [...network.links, link] })
  const [first] = trace(prepared, 'site', flow('10.50.0.9', to, 443))
  return [...(first?.hops.map((hop) => hop.device) ?? []), first?.disposition ?? '']
}

const ON = { expressRouteGatewayBypass: true }

describe('Learn: About ExpressRoute FastPath', () => {
  test('without it packets take the routes of GatewaySubnet', () => {
    expect(fromCircuit(estate({}, {}))).toContain('nva')
  })
  test('with it they go straight to the machine, past the appliance', () => {
    expect(fromCircuit(estate(ON, {}))).toEqual(['site', 'ergw', 'vm', 'accepted'])
  })
  test('on ExpressRoute Direct the routes count with it too', () => {
    const port = { expressRoutePort: ref('expressRoutePorts/port') }
    expect(fromCircuit(estate(ON, port))).toContain('nva')
  })
  test('a gateway that is too small has none', () => {
    expect(fromCircuit(estate(ON, {}, 'ErGw1AZ'))).toContain('nva')
  })
  test('a circuit that is not in the export leaves it open', () => {
    expect(fromCircuit(estate(ON, undefined)).at(-1)).toBe('unknown')
  })
  test('a private endpoint is reached through the gateway', () => {
    expect(fromCircuit(estate(ON, {}), '10.0.2.4')).toContain('hub/GatewaySubnet')
  })
})
