import { describe, expect, test } from 'vitest'
import { body, flow, imported, type Json, nic, nsg, ref, routeOf, routes, rule, story, subnetRef, vnet } from './arm.ts'

/** An expression of a template that could not be evaluated: neither true nor false, and not a number. */
const EXPRESSION = "[parameters('unknown')]"
const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const guarded = (...rules: Json[]) =>
  imported([
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...group } }),
    nsg('n1', ...rules),
    nic('a', 'v/s', '10.0.0.4'),
    nic('b', 'v/s', '10.0.0.5'),
  ])
const asked = (part: ReturnType<typeof imported>, port = 443) =>
  story(part, 'a', flow('10.0.0.4', '10.0.0.5', port)).there

describe('a rule of an NSG of which something cannot be read leaves the answer open', () => {
  const deny = (extra: Record<string, Json | undefined>) => rule('Inbound', 100, 'Deny', 'Tcp', '*', '*', '443', extra)
  test.for([
    ['its direction', { direction: undefined }],
    ['its priority', { priority: undefined }],
    ['its priority is an expression', { priority: EXPRESSION }],
    ['its protocol', { protocol: undefined }],
    ['whether it allows or denies', { access: EXPRESSION }],
  ] as const)('%s', ([, extra]) => {
    expect(asked(guarded(deny(extra)))).toBe('unknown')
  })
  test('but only for packets it may match', () => {
    expect(asked(guarded(deny({ priority: undefined })), 80)).toBe('accepted')
  })
  test('ports and prefixes that are numbers count as the texts they are', () => {
    const ports = { destinationPortRange: undefined, destinationPortRanges: [443] } as unknown as Record<string, Json>
    expect(asked(guarded(deny(ports)))).toBe('denied')
  })
})

describe('a flag that is neither true nor false is not guessed', () => {
  test('enableIPForwarding: whether an appliance passes packets on is unknown', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
        n: { addressPrefix: '10.0.9.0/24' },
        t: { addressPrefix: '10.0.2.0/24' },
      }),
      routes('rt', { '10.0.2.0/24': '10.0.9.4' }),
      nic('a', 'v/s', '10.0.1.4'),
      nic('b', 'v/t', '10.0.2.4'),
      nic('nva', 'v/n', '10.0.9.4', { enableIPForwarding: EXPRESSION }),
    ])
    const answer = story(part, 'a', flow('10.0.1.4', '10.0.2.4', 443))
    expect(answer.there).toBe('unknown')
  })
  test('defaultOutboundAccess: whether a subnet has a way out is unknown', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24', defaultOutboundAccess: EXPRESSION } }),
      nic('a', 'v/s', '10.0.1.4'),
    ])
    expect(story(part, 'a', flow('10.0.1.4', '8.8.8.8', 443)).there).toBe('unknown')
  })
  test('disableBgpRoutePropagation: whether the site is reached through the gateway is unknown', () => {
    const part = imported([
      vnet('v', ['10.0.0.0/16'], {
        GatewaySubnet: { addressPrefix: '10.0.255.0/27' },
        s: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
      }),
      routes('rt', {}, { disableBgpRoutePropagation: EXPRESSION }),
      body('virtualNetworkGateways/vgw', {
        gatewayType: 'Vpn',
        ipConfigurations: [{ name: 'one', properties: { subnet: subnetRef('v/GatewaySubnet') } }],
      }),
      body('localNetworkGateways/site', {
        gatewayIpAddress: '203.0.113.50',
        localNetworkAddressSpace: { addressPrefixes: ['10.50.0.0/16'] },
      }),
      body('connections/c', {
        connectionType: 'IPsec',
        virtualNetworkGateway1: ref('virtualNetworkGateways/vgw'),
        localNetworkGateway2: ref('localNetworkGateways/site'),
      }),
    ])
    expect(routeOf(part, 'v/s', '10.50.1.1')?.nextHop.kind).toBe('unknown')
    expect(routeOf(part, 'v/s', '10.0.1.9')?.nextHop.kind).toBe('connected')
  })
  test('useRemoteGateways: what the other VNet’s gateway brings is unknown', () => {
    const part = imported([
      vnet('hub', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }, { spoke: { allowGatewayTransit: true } }),
      vnet(
        'spoke',
        ['10.1.0.0/16'],
        { s: { addressPrefix: '10.1.0.0/24' } },
        { hub: { useRemoteGateways: EXPRESSION } },
      ),
    ])
    expect(routeOf(part, 'spoke/s', '10.50.1.1')?.nextHop.kind).toBe('unknown')
  })
  test('allowVirtualNetworkAccess: what crosses the peering is unknown', () => {
    const part = imported([
      vnet(
        'a',
        ['10.0.0.0/16'],
        { s: { addressPrefix: '10.0.1.0/24' } },
        { b: { allowVirtualNetworkAccess: EXPRESSION } },
      ),
      vnet('b', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }, { a: {} }),
      nic('vm-a', 'a/s', '10.0.1.4'),
      nic('vm-b', 'b/s', '10.1.0.4'),
    ])
    expect(story(part, 'vm-a', flow('10.0.1.4', '10.1.0.4', 443)).there).toBe('unknown')
  })
})

describe('a peer without access and machines without any NSG (recorded connection checks of 2017 and 2018)', () => {
  const pair = (near: Json, far: Json, rules?: Json[]) =>
    imported([
      vnet(
        'a',
        ['10.0.0.0/16'],
        { s: { addressPrefix: '10.0.1.0/24', ...(rules && group) } },
        { b: { allowVirtualNetworkAccess: near } },
      ),
      vnet('b', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }, { a: { allowVirtualNetworkAccess: far } }),
      ...(rules ? [nsg('n1', ...rules)] : []),
      nic('vm-a', 'a/s', '10.0.1.4'),
      nic('vm-b', 'b/s', '10.1.0.4'),
    ])
  const there = (part: ReturnType<typeof imported>) => story(part, 'vm-a', flow('10.0.1.4', '10.1.0.4', 443)).there
  test.for([
    ['true on both sides', pair(true, true), 'accepted'],
    ['false on both sides', pair(false, false), 'denied'],
    ['false on the sender’s side', pair(false, true), 'denied'],
    ['false on the receiver’s side', pair(true, false), 'denied'],
    [
      'false on the sender’s side, with an NSG that allows the range',
      pair(false, true, [rule('Outbound', 100, 'Allow', '*', '*', '10.1.0.0/16', '*')]),
      'accepted',
    ],
  ] as const)('%s', ([, part, wanted]) => {
    expect(there(part)).toBe(wanted)
  })
})
