import { id, type Json, nic, nsg, ref, routes, rule, tags, vnet } from '../../importers/azure/arm.ts'
import type { Asked } from './asked.ts'
import { type Doubt, works } from './doubt.ts'
import { endpoint } from './endpoint-bodies.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const table = { routeTable: ref('routeTables/rt') }
const learned = (network: string): Json => ({
  localAddress: '10.0.255.4',
  network,
  nextHop: '10.50.0.1',
  origin: 'EBgp',
  asPath: '65001',
  weight: 32768,
})

/** A machine that may talk to VirtualNetwork alone, and a 0.0.0.0/0 that may be part of that. */
function guarded(table0: Readonly<Record<string, string>>, more: readonly Json[] = []): Json[] {
  return [
    vnet('v', ['10.0.0.0/16'], {
      ...gatewaySubnet('10.0.255.0/27'),
      s: { addressPrefix: '10.0.1.0/24', ...group, ...table },
      nva: { addressPrefix: '10.0.9.0/24' },
    }),
    nsg(
      'n1',
      rule('Outbound', 100, 'Allow', '*', '*', 'VirtualNetwork', '*'),
      rule('Outbound', 200, 'Deny', '*', '*', '*', '*'),
    ),
    routes('rt', table0),
    nic('vm', 'v/s', '10.0.1.4'),
    nic('nva', 'v/nva', '10.0.9.4', { enableIPForwarding: true }),
    ...more,
  ]
}

const leavesTheNsg = (answer: Asked) => answer.decided.includes('NSG n1 outbound rule 100 r100')
const bgp = [
  ...gateway('vgw', 'v', '10.0.255.4', '198.51.100.60'),
  ...siteConnection('vgw', [], { enableBgp: true }, '10.50.0.1'),
]

/** What the pages leave open about routes and what follows from them. */
export const ROUTE_DOUBTS: readonly Doubt[] = [
  {
    setting: 'appliance-default-in-virtual-network-tag',
    usual: true,
    about: 'a user route 0.0.0.0/0 to an appliance makes VirtualNetwork every address',
    example: { bodies: guarded({ '0.0.0.0/0': '10.0.9.4' }) },
    from: 'vm',
    to: '8.8.8.8:443',
    told: leavesTheNsg,
    whenTrue: true,
    whenFalse: false,
  },
  {
    setting: 'learned-default-in-virtual-network-tag',
    usual: true,
    about: 'so does one that was learned through a gateway',
    example: { bodies: guarded({}, bgp), learned: [learned('0.0.0.0/0')] },
    from: 'vm',
    to: '8.8.8.8:443',
    told: leavesTheNsg,
    whenTrue: true,
    whenFalse: false,
  },
  {
    setting: 'other-default-in-virtual-network-tag',
    usual: false,
    about: 'so does a user route 0.0.0.0/0 to Internet',
    example: { bodies: guarded({ '0.0.0.0/0': 'Internet' }) },
    from: 'vm',
    to: '8.8.8.8:443',
    told: leavesTheNsg,
    whenTrue: true,
    whenFalse: false,
  },
  {
    setting: 'user-route-beats-service-endpoint',
    usual: false,
    about: 'a user route inside a service endpoint’s prefixes wins',
    example: {
      bodies: [
        vnet('v', ['10.0.0.0/16'], {
          s: {
            addressPrefix: '10.0.1.0/24',
            ...table,
            serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope'] }],
          },
        }),
        routes('rt', { '20.60.1.0/24': 'None' }),
        nic('vm', 'v/s', '10.0.1.4'),
      ],
      tags: tags({ 'Storage.WestEurope': ['20.60.0.0/16'] }),
    },
    from: 'vm',
    to: '20.60.1.1:443',
    told: works,
    whenTrue: 'no',
    whenFalse: 'yes',
  },
  {
    setting: 'learned-route-beats-invalid-system-route',
    usual: false,
    about: 'a learned prefix counts where a user route put the VNet’s own route out of force',
    example: {
      bodies: [
        vnet('v', ['10.0.0.0/16'], {
          ...gatewaySubnet('10.0.255.0/27'),
          s: { addressPrefix: '10.0.1.0/24', ...table },
        }),
        routes('rt', { '10.0.0.0/16': 'None' }),
        nic('vm', 'v/s', '10.0.1.4'),
        ...bgp,
      ],
      learned: [learned('10.0.7.0/24')],
    },
    from: 'vm',
    to: '10.0.7.9:443',
    told: (answer) => answer.there.includes('vgw'),
    whenTrue: true,
    whenFalse: false,
  },
  {
    setting: 'any-default-route-removes-reserved',
    usual: true,
    about: 'a user route 0.0.0.0/0 to the gateway takes the reserved None routes away',
    example: {
      bodies: [
        vnet('v', ['10.0.0.0/16'], {
          ...gatewaySubnet('10.0.255.0/27'),
          s: { addressPrefix: '10.0.1.0/24', ...table },
        }),
        routes('rt', { '0.0.0.0/0': 'VirtualNetworkGateway' }),
        nic('vm', 'v/s', '10.0.1.4'),
        ...bgp,
      ],
    },
    from: 'vm',
    to: '192.168.7.7:443',
    told: (answer) => answer.there.includes('vgw'),
    whenTrue: true,
    whenFalse: false,
  },
  {
    setting: 'host-route-beats-private-endpoint',
    usual: true,
    about: 'a user route for exactly a private endpoint’s address wins without any network policy',
    example: {
      bodies: [
        vnet('v', ['10.1.0.0/16'], {
          pe: { addressPrefix: '10.1.0.0/24' },
          s: { addressPrefix: '10.1.1.0/24', ...table },
        }),
        routes('rt', { '10.1.0.4/32': 'None' }),
        ...endpoint('pe', 'v/pe', '10.1.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
        nic('vm', 'v/s', '10.1.1.4'),
      ],
    },
    from: 'vm',
    to: '10.1.0.4:443',
    told: works,
    whenTrue: 'no',
    whenFalse: 'yes',
  },
]
