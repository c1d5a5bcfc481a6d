import { describe, expect, test } from 'vitest'
import { formatIp, type Ip } from '../../../src/net/index.ts'
import {
  body,
  flow,
  id,
  imported,
  type Json,
  nic,
  nsg,
  publicIp,
  ref,
  routes,
  rule,
  type Story,
  story,
  subnetRef,
  tags,
  vnet,
} from './arm.ts'

const space = (extra: Record<string, Json> = {}) =>
  vnet('v1', ['10.1.0.0/16'], { a: { addressPrefix: '10.1.0.0/24', ...extra }, b: { addressPrefix: '10.1.1.0/24' } })
const natGateway = [
  body('natGateways/nat', { publicIpAddresses: [ref('publicIPAddresses/nat-pip')] }),
  publicIp('nat-pip', '20.1.1.1'),
]
const onNat = { natGateway: ref('natGateways/nat') }
const instance = [
  publicIp('p1', '52.1.1.1'),
  nic('vm1', 'v1/a', '10.1.0.4', {}, { publicIPAddress: ref('publicIPAddresses/p1') }),
]
const plain = [nic('vm1', 'v1/a', '10.1.0.4')]
const seen = (one: Story) => (one.seen === undefined ? undefined : formatIp(one.seen as Ip))

describe('outbound access (Learn: Use SNAT for outbound connections; Default outbound access)', () => {
  test.for([
    ['a NAT gateway comes before the instance’s own address', [space(onNat), ...natGateway, ...instance], '20.1.1.1'],
    ['the instance’s own address', [space(), ...instance], '52.1.1.1'],
    ['a private subnet with an instance address', [space({ defaultOutboundAccess: false }), ...instance], '52.1.1.1'],
  ] as const)('%s', ([, bodies, wanted]) => {
    const answer = story(imported([...bodies]), 'vm1', flow('10.1.0.4', '8.8.8.8', 443))
    expect([answer.there, seen(answer), answer.back]).toEqual(['exits-network', wanted, 'accepted'])
  })
  test('default outbound access gives some address, and the answer comes back', () => {
    const answer = story(imported([space(), ...plain]), 'vm1', flow('10.1.0.4', '8.8.8.8', 443))
    expect([answer.there, answer.back]).toEqual(['exits-network', 'accepted'])
  })
  test('a private subnet without any method keeps the packet in', () => {
    const answer = story(
      imported([space({ defaultOutboundAccess: false }), ...plain]),
      'vm1',
      flow('10.1.0.4', '8.8.8.8', 443),
    )
    expect(answer.there).toBe('denied')
    expect(answer.decision).toContain('NoOutboundMethod')
  })
  test('the setting turns subnets that do not say so into private ones', () => {
    const part = imported([space(), ...plain], { settings: { defaultOutboundWhenUndefined: false } })
    expect(story(part, 'vm1', flow('10.1.0.4', '8.8.8.8', 443)).decision).toContain('NoOutboundMethod')
  })
  test('a NAT gateway carries no ICMP', () => {
    const answer = story(imported([space(onNat), ...natGateway, ...plain]), 'vm1', flow('10.1.0.4', '8.8.8.8'))
    expect(answer.decision).toContain('IcmpUnsupported')
  })
  test('a NAT gateway lets nothing in', () => {
    expect(
      story(imported([space(onNat), ...natGateway, ...plain]), 'internet', flow('8.8.8.8', '20.1.1.1', 443)).there,
    ).toBe('denied')
  })
  test('an instance’s address stays usable from outside behind a NAT gateway', () => {
    const open = nsg('n1', rule('Inbound', 100, 'Allow', '*', '*', '*', '*'))
    const part = imported([
      space({ ...onNat, networkSecurityGroup: ref('networkSecurityGroups/n1') }),
      open,
      ...natGateway,
      ...instance,
    ])
    const answer = story(part, 'internet', flow('8.8.8.8', '52.1.1.1', 443))
    expect([answer.there, answer.back]).toEqual(['accepted', 'exits-network'])
  })
  test('a service endpoint needs no outbound method', () => {
    const part = imported(
      [
        space({
          defaultOutboundAccess: false,
          serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['westeurope'] }],
        }),
        ...plain,
      ],
      { serviceTags: tags({ 'Storage.WestEurope': ['20.60.0.0/16'] }) },
    )
    const answer = story(part, 'vm1', flow('10.1.0.4', '20.60.1.1', 443))
    expect([answer.there, answer.back]).toEqual(['exits-network', 'accepted'])
  })
  test('a neighbour’s public address is reached by way of the internet', () => {
    const open = nsg('n1', rule('Inbound', 100, 'Allow', '*', '*', '*', '*'))
    const part = imported([
      space({ networkSecurityGroup: ref('networkSecurityGroups/n1') }),
      open,
      ...instance,
      nic('vm2', 'v1/a', '10.1.0.5'),
    ])
    const answer = story(part, 'vm2', flow('10.1.0.5', '52.1.1.1', 443))
    expect(answer.devices).toEqual(['vm2', 'v1/a', 'internet', 'v1/a', 'vm1'])
    expect([answer.there, answer.back]).toEqual(['accepted', 'accepted'])
  })
})

describe('load balancers (Learn: What is Azure Load Balancer?)', () => {
  const balancer = (
    frontend: Record<string, Json>,
    rules: Record<string, Json>,
    sku = 'Standard',
    more: Record<string, Json> = {},
  ) =>
    body(
      'loadBalancers/lb',
      {
        frontendIPConfigurations: [
          { id: id('loadBalancers/lb/frontendIPConfigurations/fe'), name: 'fe', properties: frontend },
        ],
        backendAddressPools: [{ id: id('loadBalancers/lb/backendAddressPools/be'), name: 'be', properties: {} }],
        loadBalancingRules: [
          {
            name: 'r',
            properties: {
              frontendIPConfiguration: ref('loadBalancers/lb/frontendIPConfigurations/fe'),
              backendAddressPool: ref('loadBalancers/lb/backendAddressPools/be'),
              ...rules,
            },
          },
        ],
        ...more,
      },
      { sku: { name: sku } },
    )
  const inPool = { loadBalancerBackendAddressPools: [ref('loadBalancers/lb/backendAddressPools/be')] }
  const member = (name: string, address: string, extra: Record<string, Json> = {}) =>
    nic(name, 'v1/b', address, extra, inPool)
  const guardedB = vnet('v1', ['10.1.0.0/16'], {
    a: { addressPrefix: '10.1.0.0/24' },
    b: { addressPrefix: '10.1.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/n1') },
  })
  const internal = { privateIPAddress: '10.1.1.100', subnet: subnetRef('v1/b') }
  const outside = { publicIPAddress: ref('publicIPAddresses/lb-pip') }

  test('an internal frontend hands the connection to a member, which answers straight back', () => {
    const part = imported([
      guardedB,
      nsg(
        'n1',
        rule('Inbound', 100, 'Allow', 'Tcp', '10.1.0.4', '10.1.1.4', '8443'),
        rule('Inbound', 200, 'Deny', '*', '*', '*', '*'),
      ),
      balancer(internal, { protocol: 'Tcp', frontendPort: 443, backendPort: 8443 }),
      member('m1', '10.1.1.4'),
      ...plain,
    ])
    const answer = story(part, 'vm1', flow('10.1.0.4', '10.1.1.100', 443))
    expect(answer.devices).toEqual(['vm1', 'v1/a', 'lb', 'm1'])
    expect([answer.there, answer.back]).toEqual(['accepted', 'accepted'])
  })
  test('a port without a rule is dropped', () => {
    const part = imported([
      space(),
      balancer(internal, { protocol: 'Tcp', frontendPort: 443, backendPort: 8443 }),
      member('m1', '10.1.1.4'),
      ...plain,
    ])
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.1.100', 80)).decision).toContain('no rule for this port')
  })
  test('behind a public frontend the NSG sees the member’s port', () => {
    const part = imported([
      guardedB,
      nsg('n1', rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '80')),
      balancer(outside, { protocol: 'Tcp', frontendPort: 80, backendPort: 8080 }),
      publicIp('lb-pip', '20.2.2.2'),
      member('m1', '10.1.1.4'),
    ])
    expect(story(part, 'internet', flow('8.8.8.8', '20.2.2.2', 80)).decision).toContain('DenyAllInBound')
  })
  test('the answer of a member leaves with the public frontend’s address', () => {
    const part = imported([
      guardedB,
      nsg('n1', rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '8080')),
      balancer(outside, { protocol: 'Tcp', frontendPort: 80, backendPort: 8080 }),
      publicIp('lb-pip', '20.2.2.2'),
      member('m1', '10.1.1.4'),
    ])
    const answer = story(part, 'internet', flow('8.8.8.8', '20.2.2.2', 80))
    expect([answer.there, answer.back]).toEqual(['accepted', 'exits-network'])
  })
  test('members go out with the frontend’s address, and get the answers', () => {
    const part = imported([
      space(),
      balancer(outside, { protocol: 'Tcp', frontendPort: 80, backendPort: 8080 }),
      publicIp('lb-pip', '20.2.2.2'),
      member('m1', '10.1.1.4'),
    ])
    const answer = story(part, 'm1', flow('10.1.1.4', '8.8.8.8', 443))
    expect([answer.there, seen(answer), answer.back]).toEqual(['exits-network', '20.2.2.2', 'accepted'])
  })
  test('members of an internal Standard load balancer alone have no way out', () => {
    const part = imported([
      space(),
      balancer(internal, { protocol: 'Tcp', frontendPort: 443, backendPort: 8443 }),
      member('m1', '10.1.1.4'),
    ])
    expect(story(part, 'm1', flow('10.1.1.4', '8.8.8.8', 443)).decision).toContain('NoOutboundMethod')
  })
  test('a member whose NSG keeps the probes out is down', () => {
    const probes = {
      probes: [{ id: id('loadBalancers/lb/probes/p'), name: 'p', properties: { protocol: 'Tcp', port: 8443 } }],
    }
    const part = imported([
      guardedB,
      nsg(
        'n1',
        rule('Inbound', 100, 'Allow', '*', '10.1.0.0/16', '*', '*'),
        rule('Inbound', 200, 'Deny', '*', '*', '*', '*'),
      ),
      balancer(
        internal,
        { protocol: 'Tcp', frontendPort: 443, backendPort: 8443, probe: ref('loadBalancers/lb/probes/p') },
        'Standard',
        probes,
      ),
      member('m1', '10.1.1.4'),
      ...plain,
    ])
    const answer = story(part, 'vm1', flow('10.1.0.4', '10.1.1.100', 443))
    expect(answer.there).toBe('NoHealthyBackend')
    expect(answer.decision).toContain('NSG n1 inbound rule 200 r200 keeps out the health probes')
  })
  test('as the next hop of a user route it gives packets to an appliance behind it', () => {
    const part = imported([
      vnet(
        'v1',
        ['10.1.0.0/16'],
        { a: { addressPrefix: '10.1.0.0/24', routeTable: ref('routeTables/rt') }, b: { addressPrefix: '10.1.1.0/24' } },
        { v2: {} },
      ),
      vnet('v2', ['10.2.0.0/16'], { a: { addressPrefix: '10.2.0.0/24' } }, { v1: {} }),
      routes('rt', { '10.2.0.0/16': '10.1.1.100' }),
      balancer(internal, { protocol: 'All', frontendPort: 0, backendPort: 0 }),
      member('nva', '10.1.1.4', { enableIPForwarding: true }),
      nic('vm2', 'v2/a', '10.2.0.4'),
      ...plain,
    ])
    const answer = story(part, 'vm1', flow('10.1.0.4', '10.2.0.4', 443))
    expect(answer.devices).toEqual(['vm1', 'v1/a', 'lb', 'nva', 'v1/b', 'vm2'])
    expect(answer.there).toBe('accepted')
  })
  test('an inbound NAT rule leads to its one machine', () => {
    const nat = {
      inboundNatRules: [
        {
          name: 'ssh',
          properties: {
            frontendIPConfiguration: ref('loadBalancers/lb/frontendIPConfigurations/fe'),
            backendIPConfiguration: ref('networkInterfaces/m1/ipConfigurations/one'),
            protocol: 'Tcp',
            frontendPort: 50022,
            backendPort: 22,
          },
        },
      ],
    }
    const part = imported([
      space(),
      balancer(internal, { protocol: 'Tcp', frontendPort: 443, backendPort: 8443 }, 'Standard', nat),
      member('m1', '10.1.1.4'),
      ...plain,
    ])
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.1.100', 50022)).devices.at(-1)).toBe('m1')
  })
})

describe('appliances', () => {
  const estate = (forwarding: boolean, settings: Record<string, boolean> = {}, forwarded = true) =>
    imported(
      [
        vnet('hub', ['10.0.0.0/16'], { nva: { addressPrefix: '10.0.1.0/24' } }, { s1: {}, s2: {} }),
        vnet(
          's1',
          ['10.1.0.0/16'],
          { a: { addressPrefix: '10.1.0.0/24', routeTable: ref('routeTables/rt') } },
          { hub: { allowForwardedTraffic: forwarded } },
        ),
        vnet(
          's2',
          ['10.2.0.0/16'],
          { a: { addressPrefix: '10.2.0.0/24', routeTable: ref('routeTables/rt') } },
          { hub: { allowForwardedTraffic: forwarded } },
        ),
        routes('rt', { '0.0.0.0/0': '10.0.1.4' }),
        nic('nva', 'hub/nva', '10.0.1.4', { enableIPForwarding: forwarding }),
        nic('vm1', 's1/a', '10.1.0.4'),
        nic('vm2', 's2/a', '10.2.0.4'),
      ],
      { settings },
    )
  const question = flow('10.1.0.4', '10.2.0.4', 443)
  test('spoke to spoke through an appliance in the hub', () => {
    const answer = story(estate(true), 'vm1', question)
    expect(answer.devices).toEqual(['vm1', 's1/a', 'nva', 'hub/nva', 'vm2'])
    expect([answer.there, answer.back]).toEqual(['accepted', 'accepted'])
  })
  test('an appliance without IP forwarding drops it', () => {
    expect(story(estate(false), 'vm1', question).there).toBe('ip-forwarding-disabled')
  })
  test('forwarded traffic is kept out only with the strict setting', () => {
    expect(story(estate(true, {}, false), 'vm1', question).there).toBe('accepted')
    const strict = story(estate(true, { strictForwardedTraffic: true }, false), 'vm1', question)
    expect(strict.decision).toContain('ForwardedTrafficNotAllowed')
  })
  test('an appliance in the subnet of the route that leads to it is a loop', () => {
    const part = imported([
      space({ routeTable: ref('routeTables/rt') }),
      routes('rt', { '0.0.0.0/0': '10.1.0.9' }),
      nic('nva', 'v1/a', '10.1.0.9', { enableIPForwarding: true }),
      ...plain,
    ])
    expect(story(part, 'vm1', flow('10.1.0.4', '8.8.8.8', 443)).there).toBe('loop')
  })
  test('after a 0.0.0.0/0 to an appliance, a connection from the internet gets no answer', () => {
    const part = imported([
      space({ routeTable: ref('routeTables/rt') }),
      routes('rt', { '0.0.0.0/0': '10.1.1.9' }),
      nic('fw', 'v1/b', '10.1.1.9'),
      publicIp('p1', '52.1.1.1', 'Basic'),
      nic('vm1', 'v1/a', '10.1.0.4', {}, { publicIPAddress: ref('publicIPAddresses/p1') }),
    ])
    const answer = story(part, 'internet', flow('8.8.8.8', '52.1.1.1', 443))
    expect([answer.there, answer.back]).toEqual(['accepted', 'ip-forwarding-disabled'])
  })
})

test('a machine that is stopped is nobody', () => {
  const vm = body('Microsoft.Compute/virtualMachines/box', {
    networkProfile: { networkInterfaces: [ref('networkInterfaces/vm2')] },
    extended: { instanceView: { powerState: { code: 'PowerState/deallocated' } } },
  })
  const part = imported([space(), ...plain, nic('vm2', 'v1/b', '10.1.1.5'), vm])
  expect(story(part, 'vm1', flow('10.1.0.4', '10.1.1.5', 443)).there).toBe('neighbor-unreachable')
  expect(part.diagnostics.map((one) => one.code)).toContain('NT1630')
})

test('what an application gateway does is unknown', () => {
  const gateway = body('applicationGateways/agw', {
    frontendIPConfigurations: [{ name: 'fe', properties: { privateIPAddress: '10.1.1.9', subnet: subnetRef('v1/b') } }],
  })
  const part = imported([space(), ...plain, gateway])
  expect(story(part, 'vm1', flow('10.1.0.4', '10.1.1.9', 443)).there).toBe('unknown')
})

describe('VNets joined by their gateways', () => {
  const gateway = (name: string) =>
    body(`virtualNetworkGateways/${name}`, {
      gatewayType: 'Vpn',
      ipConfigurations: [
        {
          name: 'c',
          properties: { subnet: subnetRef(`${name}/GatewaySubnet`), publicIPAddress: ref(`publicIPAddresses/${name}`) },
        },
      ],
    })
  const connection = (from: string, to: string) =>
    body(`connections/${from}-${to}`, {
      connectionType: 'Vnet2Vnet',
      virtualNetworkGateway1: ref(`virtualNetworkGateways/${from}`),
      virtualNetworkGateway2: ref(`virtualNetworkGateways/${to}`),
    })
  const two = [
    vnet('v1', ['10.1.0.0/16'], {
      a: { addressPrefix: '10.1.0.0/24' },
      GatewaySubnet: { addressPrefix: '10.1.255.0/27' },
    }),
    vnet('v2', ['10.2.0.0/16'], {
      a: { addressPrefix: '10.2.0.0/24' },
      GatewaySubnet: { addressPrefix: '10.2.255.0/27' },
    }),
    publicIp('v1', '20.1.0.1'),
    publicIp('v2', '20.2.0.1'),
    gateway('v1'),
    gateway('v2'),
    nic('vm1', 'v1/a', '10.1.0.4'),
    nic('vm2', 'v2/a', '10.2.0.4'),
  ]
  test('both connections make a tunnel', () => {
    const part = imported([...two, connection('v1', 'v2'), connection('v2', 'v1')])
    const answer = story(part, 'vm1', flow('10.1.0.4', '10.2.0.4', 443))
    expect(answer.devices).toEqual(['vm1', 'v1/a', 'v1', 'v2', 'v2/GatewaySubnet', 'vm2'])
    expect([answer.there, answer.back]).toEqual(['accepted', 'accepted'])
    expect(part.links.filter((one) => one.kind === 'tunnel')).toHaveLength(1)
  })
  test('one connection alone carries nothing', () => {
    const part = imported([...two, connection('v1', 'v2')])
    expect(story(part, 'vm1', flow('10.1.0.4', '10.2.0.4', 443)).there).toBe('null-routed')
  })
})
