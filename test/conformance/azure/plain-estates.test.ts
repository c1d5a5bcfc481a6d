import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  type Properties,
  ref,
  routes,
  subnetRef,
  tags,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'
import { behind } from './firewall-bodies.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const hub = vnet('hub', ['10.0.0.0/16'], {
  ...gatewaySubnet('10.0.255.0/27'),
  app: { addressPrefix: '10.0.1.0/24' },
})
const vm = nic('vm', 'hub/app', '10.0.1.4')

describe('a VPN gateway whose site is not in the topology', () => {
  const bodies = [
    hub,
    vm,
    ...gateway('gw', 'hub', '10.0.255.30', '198.51.100.1'),
    ...siteConnection('gw', ['192.168.10.0/24']),
  ]

  test('sends into the tunnel, and what is behind it is not known, not unreachable', () => {
    const answer = asked({ bodies }, 'vm', '192.168.10.7:443')
    expect(answer.works).toBe('unknown')
    expect(answer.there).toEqual(['vm', 'hub/app', 'gw'])
    expect(answer.cause).toContain('add the device at its other end')
  })

  test.for([
    ['Connected', 'unknown'],
    ['Unknown', 'unknown'],
    ['a word that no page has', 'unknown'],
    ['Connecting', 'no'],
    ['NotConnected', 'no'],
  ])('with a connection that is %s the answer is %s', ([connectionStatus = '', wanted]) => {
    const site = siteConnection('gw', ['192.168.10.0/24'], { connectionStatus })
    const estate = [hub, vm, ...gateway('gw', 'hub', '10.0.255.30', '198.51.100.1'), ...site]
    expect(asked({ bodies: estate }, 'vm', '192.168.10.7:443').works).toBe(wanted)
  })
})

describe('Learn: Virtual network traffic routing, next hop Virtual network gateway', () => {
  const spoke = (flags: Record<string, boolean>) => [
    vnet(
      'spoke',
      ['10.1.0.0/16'],
      { s: { addressPrefix: '10.1.1.0/24', routeTable: ref('routeTables/rt') } },
      { elsewhere: flags },
    ),
    routes('rt', { '172.20.0.0/16': 'VirtualNetworkGateway' }),
    nic('vm', 'spoke/s', '10.1.1.4'),
  ]
  test('the gateway of a VNet that is not in the export may take it', () => {
    expect(asked({ bodies: spoke({ useRemoteGateways: true }) }, 'vm', '172.20.1.1:443').works).toBe('unknown')
  })
  test('a VNet that uses no other VNet’s gateway has none', () => {
    const answer = asked({ bodies: spoke({ useRemoteGateways: false }) }, 'vm', '172.20.1.1:443')
    expect(answer.works).toBe('no')
    expect(answer.cause).toContain('no gateway that a user route may lead to')
  })
})

describe('a private endpoint whose network interface does not say whose it is', () => {
  test('is the endpoint all the same, for the endpoint names it', () => {
    const account = id('Microsoft.Storage/storageAccounts/acct')
    const bodies = [
      hub,
      vm,
      nic('pe-nic', 'hub/app', '10.0.1.9'),
      body('privateEndpoints/pe', {
        subnet: subnetRef('hub/app'),
        networkInterfaces: [ref('networkInterfaces/pe-nic')],
        privateLinkServiceConnections: [
          {
            name: 'c',
            properties: {
              privateLinkServiceId: account,
              groupIds: ['blob'],
              privateLinkServiceConnectionState: { status: 'Approved' },
            },
          },
        ],
      }),
      body('Microsoft.Storage/storageAccounts/acct', { publicNetworkAccess: 'Disabled' }),
    ]
    const answer = asked({ bodies }, 'vm', '10.0.1.9:443')
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'pe'])
  })
})

describe('Learn: Virtual network service endpoints', () => {
  const LIST = tags({ Storage: ['20.60.0.0/16'], 'Storage.westeurope': ['20.60.0.0/16'] })
  const estate = (subnet: string, list?: Example['tags'], more: Properties = {}): Example => ({
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        s: {
          addressPrefix: '10.0.1.0/24',
          serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope'] }],
          ...more,
        },
        other: { addressPrefix: '10.0.2.0/24' },
      }),
      routes('out', { '0.0.0.0/0': 'Internet' }),
      nic('vm', 'v/s', '10.0.1.4'),
      nic('stranger', 'v/other', '10.0.2.4'),
      body('Microsoft.Storage/storageAccounts/acct', {
        publicNetworkAccess: 'Enabled',
        networkAcls: {
          defaultAction: 'Deny',
          bypass: 'None',
          ipRules: [],
          virtualNetworkRules: [{ id: id(`virtualNetworks/v/subnets/${subnet}`), action: 'Allow' }],
        },
        primaryEndpoints: { blob: 'https://acct.blob.core.windows.net/' },
      }),
    ],
    names: { 'acct.blob.core.windows.net': '20.60.26.4' },
    ...(list && { tags: list }),
  })
  const to = 'acct.blob.core.windows.net:443'
  const works = (example: Example, from: string, where = to) => asked(example, from, where).works

  test('a subnet that a virtual network rule names gets in', () => {
    expect(works(estate('s', LIST), 'vm')).toBe('yes')
  })
  test('without the list of service tags nobody knows whether the endpoint takes the address', () => {
    expect(works(estate('s'), 'vm')).toBe('unknown')
    expect(works(estate('s', undefined, { routeTable: ref('routeTables/out') }), 'vm')).toBe('unknown')
    expect(works(estate('s', LIST, { routeTable: ref('routeTables/out') }), 'vm')).toBe('yes')
  })
  test('the rest of the internet is not in doubt then, nor is a subnet without the endpoint or without a rule', () => {
    expect(works(estate('s'), 'vm', '8.8.8.8:443')).toBe('yes')
    expect(works(estate('s'), 'stranger')).toBe('no')
    expect(works(estate('other'), 'vm')).toBe('no')
  })
})

describe('Learn: Azure Firewall forced tunneling', () => {
  const management = { firewall: { managementIpConfiguration: { name: 'm' } } }
  const around = { ...management, firewallSubnet: { routeTable: ref('routeTables/tunnel') } }
  const toNet = {
    properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.100.1.4' },
  }
  const allow = body('firewallPolicies/policy/ruleCollectionGroups/g', {
    priority: 200,
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        ...{ name: 'net', priority: 100, action: { type: 'Allow' } },
        rules: [
          {
            ...{ ruleType: 'NetworkRule', name: 'all', ipProtocols: ['TCP'], sourceAddresses: ['*'] },
            ...{ destinationAddresses: ['*'], destinationPorts: ['443'] },
          },
        ],
      },
    ],
  })
  const seen = (...table: readonly Json[]) => {
    const appliance = nic('nva', 'hub/nva', '10.100.1.4', { enableIPForwarding: true })
    const hubSubnets = { nva: { addressPrefix: '10.100.1.0/24' } }
    return asked(behind({}, [allow], [appliance, ...table], { ...around, hubSubnets }), 'vm', '192.0.2.10:443')
  }
  test('a route counts the same inside its table and as a body of its own', () => {
    const inside = seen(body('routeTables/tunnel', { routes: [{ name: 'all', ...toNet }] }))
    const apart = seen(body('routeTables/tunnel', {}), body('routeTables/tunnel/routes/all', toNet.properties))
    expect(inside.decided.join()).not.toContain('198.51.100.20')
    expect([apart.decided, apart.seen, apart.works]).toEqual([inside.decided, inside.seen, inside.works])
  })
})

describe('Learn: Configure a VNet-to-VNet VPN gateway connection', () => {
  const joint = (name: string, near: string, far: string) =>
    body(`connections/${name}`, {
      connectionType: 'Vnet2Vnet',
      virtualNetworkGateway1: ref(`virtualNetworkGateways/${near}`),
      virtualNetworkGateway2: ref(`virtualNetworkGateways/${far}`),
    })
  const bodies = [
    hub,
    vm,
    vnet('far', ['10.5.0.0/16'], { ...gatewaySubnet('10.5.255.0/27'), s: { addressPrefix: '10.5.1.0/24' } }),
    nic('db', 'far/s', '10.5.1.4'),
    ...gateway('gw', 'hub', '10.0.255.30', '198.51.100.1'),
    ...gateway('gw-far', 'far', '10.5.255.30', '198.51.100.2'),
    joint('there', 'gw', 'gw-far'),
  ]
  test('a connection of each gateway joins them', () => {
    expect(asked({ bodies: [...bodies, joint('back', 'gw-far', 'gw')] }, 'vm', '10.5.1.4:22').works).toBe('yes')
  })
  test('the half that is missing is named', () => {
    const answer = asked({ bodies }, 'vm', '10.5.1.4:22')
    expect(answer.works).toBe('no')
    expect(answer.cause).toContain('connection there has no connection back from gw-far')
  })
})

describe('a connection of a virtual hub', () => {
  const wanHub = ref('virtualHubs/whub')
  const common = [
    body('virtualWans/wan', { type: 'Standard' }),
    body('virtualHubs/whub', { addressPrefix: '10.9.0.0/23', virtualWan: ref('virtualWans/wan') }),
    body('virtualHubs/whub/hubVirtualNetworkConnections/c', { remoteVirtualNetwork: ref('virtualNetworks/hub') }),
    vnet('hub', ['10.0.0.0/16'], { app: { addressPrefix: '10.0.1.0/24' } }),
    vm,
  ]
  const site = (connectionStatus: string, ...links: readonly string[]) => [
    ...common,
    body('vpnSites/site', { addressSpace: { addressPrefixes: ['192.168.10.0/24'] } }),
    body('vpnGateways/wgw', {
      virtualHub: wanHub,
      connections: [
        {
          name: 'to-site',
          properties: {
            remoteVpnSite: ref('vpnSites/site'),
            connectionStatus,
            vpnLinkConnections: links.map((one) => ({ name: one, properties: { connectionStatus: one } })),
          },
        },
      ],
    }),
  ]
  const circuit = (serviceProviderProvisioningState: string) => [
    ...common,
    body('expressRouteCircuits/metro', { serviceProviderProvisioningState }),
    body('expressRouteGateways/egw', {
      virtualHub: wanHub,
      expressRouteConnections: [
        {
          name: 'to-metro',
          properties: {
            expressRouteCircuitPeering: ref('expressRouteCircuits/metro/peerings/AzurePrivatePeering'),
          },
        },
      ],
    }),
  ]
  test.for<readonly [string, readonly Json[], string, string]>([
    ['a site whose connection is up', site('Connected'), 'unknown', 'add the device at its other end'],
    ['a site whose connection says nothing', site('Unknown', 'Unknown'), 'unknown', 'add the device at its other end'],
    ['a site whose connection is down', site('NotConnected'), 'no', 'connection to-site is NotConnected'],
    ['a site all of whose links are down', site('Unknown', 'NotConnected'), 'no', 'is NotConnected'],
    ['a site one of whose links is up', site('Unknown', 'NotConnected', 'Connected'), 'unknown', 'other end'],
    ['a circuit in good order', circuit('Provisioned'), 'unknown', 'learns its prefixes by BGP'],
    ['a circuit that its provider has not set up', circuit('NotProvisioned'), 'no', 'circuit metro is NotProvisioned'],
  ])('%s', ([, bodies, works, words]) => {
    const answer = asked({ bodies }, 'vm', '192.168.10.7:443')
    expect([answer.works, answer.cause]).toEqual([works, expect.stringContaining(words)])
  })
})
