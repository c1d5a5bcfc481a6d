import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { body, flow, id, imported, type Json, nextHop, nic, type Properties, ref, routeOf, story, vnet } from './arm.ts'

const hub = (name: string, prefix: string, extra: Properties = {}): Json =>
  body(`virtualHubs/${name}`, { addressPrefix: prefix, virtualWan: ref('virtualWans/wan'), sku: 'Standard', ...extra })
const connection = (of: string, to: string, extra: Properties = {}): Json =>
  body(`virtualHubs/${of}/hubVirtualNetworkConnections/to-${to}`, {
    remoteVirtualNetwork: ref(`virtualNetworks/${to}`),
    ...extra,
  })
const SPOKES = [
  vnet('a', ['10.1.0.0/16'], { one: { addressPrefix: '10.1.0.0/24' } }),
  vnet('b', ['10.2.0.0/16'], { one: { addressPrefix: '10.2.0.0/24' }, nva: { addressPrefix: '10.2.9.0/24' } }),
  nic('vm-a', 'a/one', '10.1.0.4'),
  nic('vm-b', 'b/one', '10.2.0.4'),
  nic('nva', 'b/nva', '10.2.9.4', { enableIPForwarding: true }),
]
const vpn = (of: string, prefix: string, extra: Properties = {}): Json[] => [
  body(`vpnGateways/vpn-${of}`, {
    virtualHub: ref(`virtualHubs/${of}`),
    connections: [{ name: `site-${of}`, properties: { remoteVpnSite: ref(`vpnSites/site-${of}`), ...extra } }],
  }),
  body(`vpnSites/site-${of}`, {
    addressSpace: { addressPrefixes: [prefix] },
    vpnSiteLinks: [{ name: 'link', properties: { ipAddress: '198.51.100.7' } }],
  }),
]
const circuitGateway = (of: string): Json =>
  body(`expressRouteGateways/er-${of}`, {
    virtualHub: ref(`virtualHubs/${of}`),
    expressRouteConnections: [
      {
        name: `circuit-${of}`,
        properties: {
          expressRouteCircuitPeering: { id: id(`expressRouteCircuits/metro-${of}/peerings/AzurePrivatePeering`) },
        },
      },
    ],
  })
const circuit = (of: string, extra: Properties = {}): Json =>
  body(`expressRouteCircuits/metro-${of}`, { serviceProviderProvisioningState: 'Provisioned', ...extra })
const circuitTable = (of: string, ...rows: readonly (readonly [string, string])[]) => ({
  path: `exports/routes-metro-${of}.json`,
  text: JSON.stringify({
    value: rows.map(([network, path]) => ({ network, nextHop: '172.16.0.1', locPrf: '', weight: 0, path })),
  }),
})
const read = (bodies: readonly Json[], ...more: readonly { path: string; text: string }[]) =>
  importAzure([{ path: 'azure.json', text: JSON.stringify(bodies) }, ...more], { placements: [] })
const wayOf = (part: ReturnType<typeof read>, to: string) => story(part, 'vm-a', flow('10.1.0.4', to, 443)).devices

describe('Learn: Virtual hub routing preference', () => {
  const both = (preference: string | undefined, ...of: readonly string[]) => [
    ...SPOKES,
    ...['west', 'north'].map((name, index) =>
      hub(name, `10.20${index}.0.0/24`, preference === undefined ? {} : { hubRoutingPreference: preference }),
    ),
    connection('west', 'a'),
    ...of.flatMap((one) =>
      one.startsWith('vpn')
        ? vpn(one.slice(4), '192.168.10.0/24')
        : [circuitGateway(one.slice(3)), circuit(one.slice(3))],
    ),
  ]
  const table = (of: string) => circuitTable(of, ['192.168.10.0/24', '65001'])
  const last = (preference: string | undefined, ...of: readonly string[]) =>
    wayOf(
      read(both(preference, ...of), ...of.filter((one) => one.startsWith('er')).map((one) => table(one.slice(3)))),
      '192.168.10.9',
    )

  test.for([
    [undefined, ['vpn-west', 'er-west'], 'er-west'],
    ['ExpressRoute', ['vpn-west', 'er-west'], 'er-west'],
    ['ExpressRoute', ['vpn-west', 'er-north'], 'vpn-west'],
    ['ExpressRoute', ['vpn-north', 'er-north'], 'vpn-north'],
    ['VpnGateway', ['vpn-west', 'er-west'], 'vpn-west'],
    ['VpnGateway', ['vpn-north', 'er-west'], 'er-west'],
  ] as const)('%s: of %s the packet leaves by %s', ([preference, of, out]) => {
    const devices = last(preference, ...of)
    // The other hub takes what is local to it as it prefers itself.
    if (out.endsWith('west')) expect(devices.at(-1)).toBe(out)
    else expect(devices).toContain('north')
  })

  test('ASPath with lengths in the export takes the shorter path, wherever it is', () => {
    const bodies = [...both('ASPath', 'er-west', 'er-north')]
    const part = read(
      bodies,
      circuitTable('west', ['192.168.10.0/24', '65001 65002 65003']),
      circuitTable('north', ['192.168.10.0/24', '65001']),
    )
    expect(wayOf(part, '192.168.10.9')).toContain('north')
  })

  test('ASPath without the lengths leaves it open', () => {
    const part = read(both('ASPath', 'vpn-west', 'er-west'), table('west'))
    expect(story(part, 'vm-a', flow('10.1.0.4', '192.168.10.9', 443)).there).toBe('unknown')
  })

  test('the longer prefix comes before any preference', () => {
    const part = read(
      [
        ...SPOKES,
        hub('west', '10.200.0.0/24'),
        connection('west', 'a'),
        ...vpn('west', '192.168.10.0/24'),
        circuitGateway('west'),
        circuit('west'),
      ],
      circuitTable('west', ['192.168.0.0/16', '65001']),
    )
    expect(wayOf(part, '192.168.10.9').at(-1)).toBe('vpn-west')
    expect(wayOf(part, '192.168.11.9').at(-1)).toBe('er-west')
  })
})

describe('what is learned at run time', () => {
  const to = (part: ReturnType<typeof read>) => story(part, 'vm-a', flow('10.1.0.4', '192.168.77.9', 443))

  test.for([
    [
      'over a BGP connection of the hub',
      [
        body('virtualHubs/west/bgpConnections/peer', {
          peerIp: '10.2.9.4',
          peerAsn: 65001,
          hubVirtualNetworkConnection: ref('virtualHubs/west/hubVirtualNetworkConnections/to-b'),
        }),
        connection('west', 'b'),
      ],
    ],
    ['by an appliance in the hub', [body('networkVirtualAppliances/sdwan', { virtualHub: ref('virtualHubs/west') })]],
    ['by a circuit of another hub of the WAN', [hub('north', '10.201.0.0/24'), circuitGateway('north')]],
  ] as const)('%s leaves a private address open that nothing else is for', ([, more]) => {
    const found = to(imported([...SPOKES, hub('west', '10.200.0.0/24'), connection('west', 'a'), ...more]))
    expect(found.there).toBe('unknown')
  })

  test('by a circuit that is out, nothing is', () => {
    const out = [circuitGateway('west'), circuit('west', { serviceProviderProvisioningState: 'NotProvisioned' })]
    expect(to(imported([...SPOKES, hub('west', '10.200.0.0/24'), connection('west', 'a'), ...out])).there).not.toBe(
      'unknown',
    )
  })

  test('the route table of a circuit tells what is behind it; what Azure announced itself is not', () => {
    const part = read(
      [...SPOKES, hub('west', '10.200.0.0/24'), connection('west', 'a'), circuitGateway('west'), circuit('west')],
      circuitTable('west', ['192.168.77.0/24', '65001'], ['10.1.0.0/16', '65515'], ['10.99.0.0/16', '65515']),
    )
    expect(to(part).devices.at(-1)).toBe('er-west')
    expect(nextHop(part, 'a/one', '10.99.0.1')).toBe('None')
  })

  test('a circuit’s table whose file names no circuit is left out and reported', () => {
    const { text } = circuitTable('west', ['192.168.77.0/24', '65001'])
    const part = read([hub('west', '10.200.0.0/24'), circuit('west')], { path: 'routes.json', text })
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1670')
  })
})

describe('effective routes of a hub, as az network vhub get-effective-routes prints them', () => {
  const listing = (...rows: readonly Json[]) => ({ path: 'effective.json', text: JSON.stringify({ value: rows }) })
  const row = (prefix: string, to: string, nextHopType: string, asPath = '65001'): Json => ({
    addressPrefixes: [prefix],
    nextHops: [id(to)],
    nextHopType,
    routeOrigin: id(to),
    asPath,
  })
  const west = [
    ...SPOKES,
    hub('west', '10.200.0.0/24'),
    connection('west', 'a'),
    circuitGateway('west'),
    circuit('west'),
  ]

  test('what came over the circuit is known, and nothing is doubted any more', () => {
    const part = read(
      west,
      listing(row('192.168.77.0/24', 'expressRouteGateways/er-west', 'ExpressRouteGateway', '12076-65001')),
    )
    expect(wayOf(part, '192.168.77.9').at(-1)).toBe('er-west')
    expect(nextHop(part, 'a/one', '192.168.78.9')).toBe('None')
    expect(routeOf(part, 'a/one', '192.168.78.9')?.nextHop.kind).toBe('discard')
  })

  test('what an appliance announced over a BGP connection goes to the appliance', () => {
    const speaker = body('virtualHubs/west/bgpConnections/peer', {
      peerIp: '10.2.9.4',
      hubVirtualNetworkConnection: ref('virtualHubs/west/hubVirtualNetworkConnections/to-b'),
    })
    const part = read(
      [...west.slice(0, -2), connection('west', 'b'), speaker],
      listing(row('172.30.0.0/16', 'virtualHubs/west/bgpConnections/peer', 'HubBgpConnection')),
    )
    expect(wayOf(part, '172.30.1.1')).toContain('nva')
  })

  test('what came from another hub goes there', () => {
    const part = read([...west.slice(0, -2), hub('north', '10.201.0.0/24'), circuitGateway('north')], {
      ...listing(row('192.168.77.0/24', 'virtualHubs/north', 'Remote Hub', '65520-65520')),
      path: 'west.json',
    })
    expect(wayOf(part, '192.168.77.9')).toContain('north')
  })
})

describe('Learn: How to configure virtual hub routing', () => {
  const table = (name: string) => ref(`virtualHubs/west/hubRouteTables/${name}`)
  const associated = (name: string): Properties => ({
    routingConfiguration: {
      associatedRouteTable: table(name),
      propagatedRouteTables: { ids: [table('defaultRouteTable')], labels: [] },
    },
  })
  test('a connection whose route table is not in the export leaves open what it reaches', () => {
    const part = imported([
      ...SPOKES,
      hub('west', '10.200.0.0/24'),
      connection('west', 'a', associated('red')),
      connection('west', 'b'),
    ])
    expect(story(part, 'vm-a', flow('10.1.0.4', '10.2.0.4', 443)).there).toBe('unknown')
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1672')
  })

  const behind = (prefix: string, settings: Properties | undefined): Properties => ({
    routingConfiguration: {
      vnetRoutes: {
        staticRoutes: [{ name: 'r', addressPrefixes: [prefix], nextHopIpAddress: '10.2.9.4' }],
        ...(settings && { staticRoutesConfig: settings }),
      },
    },
  })
  const estate = (prefix: string, settings?: Properties) =>
    imported([
      ...SPOKES,
      hub('west', '10.200.0.0/24'),
      connection('west', 'a'),
      connection('west', 'b', behind(prefix, settings)),
    ])

  test('a static route around the VNet takes its workloads through the appliance too', () => {
    expect(wayOf(estate('10.2.0.0/15', { vnetLocalRouteOverrideCriteria: 'Contains' }), '10.2.0.4')).toContain('nva')
    expect(wayOf(estate('10.2.0.0/15'), '10.2.0.4')).toContain('nva')
  })
  test('unless the next hop is bypassed for workloads in the VNet', () => {
    expect(wayOf(estate('10.2.0.0/15', { vnetLocalRouteOverrideCriteria: 'Equal' }), '10.2.0.4')).not.toContain('nva')
  })
  test.for([
    [{ propagateStaticRoutes: true }, 'VirtualNetworkGateway', undefined],
    [{ propagateStaticRoutes: false }, 'None', undefined],
    [undefined, 'VirtualNetworkGateway', 'propagateStaticRoutes'],
  ] as const)('static routes are learned by the hub’s tables with %j: %s', ([settings, hop, note]) => {
    const part = estate('172.30.0.0/16', settings)
    expect(nextHop(part, 'a/one', '172.30.1.1')).toBe(hop)
    if (note !== undefined) expect(routeOf(part, 'west', '172.30.1.1')?.leansOn).toContain(note)
  })
})

describe('Learn: What is Azure Virtual WAN?', () => {
  test('a WAN of the type Basic does not join VNets, and says so', () => {
    const part = imported([
      ...SPOKES,
      body('virtualWans/wan', { type: 'Basic' }),
      hub('west', '10.200.0.0/24'),
      connection('west', 'a'),
      connection('west', 'b'),
    ])
    const found = story(part, 'vm-a', flow('10.1.0.4', '10.2.0.4', 443))
    expect(found.there).not.toBe('accepted')
    const routes = part.devices.find((one) => one.name === 'a/one')?.tables[0]?.routes ?? []
    expect(routes.some((one) => one.inactive?.includes('type Basic'))).toBe(true)
  })

  test.for([
    [true, undefined],
    [undefined, undefined],
    [false, 'allowBranchToBranchTraffic is false'],
  ] as const)('branches reach each other with allowBranchToBranchTraffic %s', ([allowed, rule]) => {
    const wan = body('virtualWans/wan', {
      type: 'Standard',
      ...(allowed !== undefined && { allowBranchToBranchTraffic: allowed }),
    })
    const part = imported([
      ...SPOKES,
      wan,
      hub('west', '10.200.0.0/24'),
      connection('west', 'a'),
      ...vpn('west', '192.168.10.0/24'),
    ])
    const gateway = part.devices.find((one) => one.name === 'vpn-west')
    expect(gateway?.ruleSets.branches?.rules[0]?.name).toBe(rule)
    expect(wayOf(part, '192.168.10.9').at(-1)).toBe('vpn-west')
  })

  test('a default route does not leave its hub', () => {
    const out = {
      routingConfiguration: {
        vnetRoutes: { staticRoutes: [{ name: 'all', addressPrefixes: ['0.0.0.0/0'], nextHopIpAddress: '10.2.9.4' }] },
      },
    }
    const part = imported([
      ...SPOKES,
      hub('west', '10.200.0.0/24'),
      hub('north', '10.201.0.0/24'),
      connection('west', 'a', { enableInternetSecurity: true }),
      connection('north', 'b', out),
    ])
    expect(nextHop(part, 'a/one', '93.184.216.34')).toBe('Internet')
  })
})

describe('what is behind something that is not in the export', () => {
  const west = [...SPOKES, hub('west', '10.200.0.0/24'), connection('west', 'a')]
  const [gatewayAlone] = vpn('west', '192.168.10.0/24')
  test.for([
    ['a VNet of another connection', [connection('west', 'elsewhere')]],
    ['a VPN site', gatewayAlone ? [gatewayAlone] : []],
  ] as const)('%s may have a private address', ([, more]) => {
    const part = imported([...west, ...more])
    expect(story(part, 'vm-a', flow('10.1.0.4', '192.168.77.9', 443)).there).toBe('unknown')
  })
})
