import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  type Properties,
  publicIp,
  ref,
  routes,
  subnetRef,
  tags,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example, reported } from './asked.ts'

const inside = (subnet: Properties, ...more: Json[]): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16', 'fd00:db8::/48'], {
      s: { addressPrefixes: ['10.0.1.0/24', 'fd00:db8:0:1::/64'], ...subnet },
      n: { addressPrefix: '10.0.9.0/24' },
    }),
    ...more,
  ],
})
const vm = nic('vm', 'v/s', '10.0.1.4')
const address = (name: string) => ({ publicIPAddress: ref(`publicIPAddresses/${name}`) })
const machine = (name: string) => ref(`Microsoft.Compute/virtualMachines/${name}`)
const virtualMachine = (name: string, nics: readonly string[], extra: Properties = {}) =>
  body(`Microsoft.Compute/virtualMachines/${name}`, {
    networkProfile: { networkInterfaces: nics.map((one) => ref(`networkInterfaces/${one}`)) },
    ...extra,
  })
const dual = (extra: Properties = {}): Json =>
  body('networkInterfaces/vm', {
    ipConfigurations: [
      { name: 'four', properties: { privateIPAddress: '10.0.1.4', subnet: subnetRef('v/s') } },
      { name: 'six', properties: { privateIPAddress: 'fd00:db8:0:1::4', subnet: subnetRef('v/s'), ...extra } },
    ],
  })
const nat = (...addresses: string[]): Json[] => [
  ...addresses.map((one, index) => publicIp(`nat-${index}`, one)),
  body('natGateways/nat', { publicIpAddresses: addresses.map((_, index) => ref(`publicIPAddresses/nat-${index}`)) }),
]
const throughNat = { natGateway: ref('natGateways/nat') }
const GOOGLE = '[2001:4860:4860::8888]:443'

describe('Learn: Default outbound access in Azure', () => {
  test.for<[string, Example, string, string]>([
    ['gives TCP a way out', inside({}, vm), '8.8.8.8:443', 'yes'],
    ['carries no pings', inside({}, vm), '8.8.8.8', 'no'],
    ['has no IPv6 address', inside({}, dual()), GOOGLE, 'no'],
    [
      'an instance’s own address carries pings',
      inside({}, publicIp('p', '52.1.1.1'), nic('vm', 'v/s', '10.0.1.4', {}, address('p'))),
      '8.8.8.8',
      'yes',
    ],
    [
      'an instance’s own IPv6 address carries IPv6',
      inside({}, publicIp('p', '2603:1020::9'), dual(address('p'))),
      GOOGLE,
      'yes',
    ],
    [
      'instances of a Flexible scale set have none',
      inside(
        {},
        nic('vm', 'v/s', '10.0.1.4', { virtualMachine: machine('m') }),
        virtualMachine('m', ['vm'], { virtualMachineScaleSet: ref('Microsoft.Compute/virtualMachineScaleSets/ss') }),
      ),
      '8.8.8.8:443',
      'no',
    ],
    [
      'a machine with a public address on another interface has none',
      inside(
        {},
        publicIp('p', '52.1.1.1'),
        nic('vm', 'v/s', '10.0.1.4', { virtualMachine: machine('m') }),
        nic('other', 'v/n', '10.0.9.5', { virtualMachine: machine('m') }, address('p')),
        virtualMachine('m', ['vm', 'other']),
      ),
      '8.8.8.8:443',
      'no',
    ],
    [
      'Azure reports that the interface has none',
      inside({}, nic('vm', 'v/s', '10.0.1.4', { defaultOutboundConnectivityEnabled: false })),
      '8.8.8.8:443',
      'no',
    ],
    [
      'a private subnet has none, though a user route says Internet',
      inside(
        { defaultOutboundAccess: false, routeTable: ref('routeTables/rt') },
        vm,
        routes('rt', { '8.8.8.0/24': 'Internet' }),
      ),
      '8.8.8.8:443',
      'no',
    ],
  ])('%s', ([, example, to, works]) => {
    expect(asked(example, 'vm', to).works).toBe(works)
  })

  test('an interface that Azure reports to have it leans on no guess about its subnet', () => {
    const example = inside({}, nic('vm', 'v/s', '10.0.1.4', { defaultOutboundConnectivityEnabled: true }))
    const answer = asked(example, 'vm', '8.8.8.8:443')
    expect(answer.works).toBe('yes')
    expect(answer.notes.filter((one) => one.includes('default-outbound-when-undefined'))).toEqual([])
  })

  test('a service endpoint works in a private subnet', () => {
    const subnet = {
      defaultOutboundAccess: false,
      serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope'] }],
    }
    const example = { ...inside(subnet, vm), tags: tags({ 'Storage.WestEurope': ['20.60.0.0/16'] }) }
    expect(asked(example, 'vm', '20.60.1.1:443').works).toBe('yes')
    expect(asked(example, 'vm', '8.8.8.8:443').works).toBe('no')
  })

  test('a public address that is not in the export is a way out all the same, and is reported', () => {
    const example = inside({ defaultOutboundAccess: false }, nic('vm', 'v/s', '10.0.1.4', {}, address('gone')))
    expect(asked(example, 'vm', '8.8.8.8:443').works).toBe('yes')
    expect(reported(example)).toContain('NT1619 public IP gone of vm is not in the export: its address is not known')
  })
})

describe('Learn: Azure NAT Gateway resource', () => {
  test.for<[string, Json[], string, string, string | undefined]>([
    ['a Standard one takes IPv4', nat('20.1.1.1'), '8.8.8.8:443', 'yes', '20.1.1.1'],
    ['and leaves IPv6 without a way', nat('20.1.1.1'), GOOGLE, 'no', undefined],
    ['one with an IPv6 address takes both', nat('20.1.1.1', '2603:1020::1'), GOOGLE, 'yes', '2603:1020::1'],
    ['each with its own address', nat('20.1.1.1', '2603:1020::1'), '8.8.8.8:443', 'yes', '20.1.1.1'],
  ])('%s', ([, gateway, to, works, seen]) => {
    const answer = asked(inside(throughNat, dual(), ...gateway), 'vm', to)
    expect(answer.works).toBe(works)
    if (works === 'yes') expect(answer.seen).toBe(seen)
  })
})

describe('Learn: Virtual network traffic routing, an appliance and the internet', () => {
  const table = { routeTable: ref('routeTables/rt') }
  const appliance = (nvaSubnet: Properties, configuration: Properties, ...more: Json[]): Example => ({
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.1.0/24', ...table },
        n: { addressPrefix: '10.0.9.0/24', ...nvaSubnet },
      }),
      routes('rt', { '0.0.0.0/0': '10.0.9.4' }),
      vm,
      nic('nva', 'v/n', '10.0.9.4', { enableIPForwarding: true }, configuration),
      ...more,
    ],
  })
  test.for<[string, Example, string]>([
    [
      'with a public address: only its own translation, which no export holds, makes it work',
      appliance({}, address('p'), publicIp('p', '52.1.1.1')),
      'unknown',
    ],
    ['behind a NAT gateway: the same', appliance(throughNat, {}, ...nat('20.1.1.1')), 'unknown'],
    ['in a private subnet without any method: it cannot', appliance({ defaultOutboundAccess: false }, {}), 'no'],
  ])('%s', ([, example, works]) => {
    expect(asked(example, 'vm', '8.8.8.8:443').works).toBe(works)
  })

  test('the answer that cannot be told names the appliance', () => {
    const answer = asked(appliance({}, address('p'), publicIp('p', '52.1.1.1')), 'vm', '8.8.8.8:443')
    expect(answer.decision).toContain('whether nva translates the source of what it forwards')
  })

  test('its own packets leave with its own address', () => {
    const answer = asked(appliance({}, address('p'), publicIp('p', '52.1.1.1')), 'nva', '8.8.8.8:443')
    expect([answer.works, answer.seen]).toEqual(['yes', '52.1.1.1'])
  })
})

describe('Learn: Use Source Network Address Translation for outbound connections, pings of a load balancer’s members', () => {
  test('an outbound rule carries TCP and no pings', () => {
    const pool = ref('loadBalancers/lb/backendAddressPools/be')
    const balancer = body(
      'loadBalancers/lb',
      {
        frontendIPConfigurations: [
          { id: id('loadBalancers/lb/frontendIPConfigurations/fe'), name: 'fe', properties: address('p') },
        ],
        backendAddressPools: [{ id: id('loadBalancers/lb/backendAddressPools/be'), name: 'be', properties: {} }],
        outboundRules: [
          {
            name: 'out',
            properties: {
              protocol: 'All',
              frontendIPConfigurations: [ref('loadBalancers/lb/frontendIPConfigurations/fe')],
              backendAddressPool: pool,
            },
          },
        ],
      },
      { sku: { name: 'Standard' } },
    )
    const member = nic('vm', 'v/s', '10.0.1.4', {}, { loadBalancerBackendAddressPools: [pool] })
    const example = inside({ defaultOutboundAccess: false }, publicIp('p', '52.1.1.9'), balancer, member)
    expect(asked(example, 'vm', '8.8.8.8:443')).toMatchObject({ works: 'yes', seen: '52.1.1.9' })
    expect(asked(example, 'vm', '8.8.8.8').works).toBe('no')
  })
})
