import { describe, expect, test } from 'vitest'
import { imported, type Json, nextHop, nic, nsg, ref, rule, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, reported } from './asked.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

describe('Learn: Create, change, or delete a virtual network peering', () => {
  test('T3.1: peering is not transitive', () => {
    const bodies = [
      vnet('v1', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }, { v2: {} }),
      vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { v1: {}, v3: {} }),
      vnet('v3', ['10.3.0.0/16'], { s: { addressPrefix: '10.3.0.0/24' } }, { v2: {} }),
      nic('vm1', 'v1/s', '10.1.0.4'),
      nic('vm3', 'v3/s', '10.3.0.4'),
    ]
    const answer = asked({ bodies }, 'vm1', 'vm3:443')
    expect([answer.works, answer.outcome]).toEqual(['no', 'null-routed'])
    expect(answer.cause).toContain('NoTransitivePeering')
  })

  test('T3.2: a peering that is only initiated routes nothing', () => {
    const part = imported([
      vnet('v1', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }, { v2: { peeringState: 'Initiated' } }),
      vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }),
    ])
    const rows = part.devices.find((one) => one.name === 'v1/s')?.tables[0]?.routes ?? []
    expect(rows.map((one) => one.listing?.nextHopType)).not.toContain('VNetPeering')
    expect(nextHop(part, 'v1/s', '10.2.0.4')).toBe('None')
  })

  const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
  const withoutAccess = (...rules: Json[]): Example => ({
    bodies: [
      vnet(
        'v1',
        ['10.1.0.0/16'],
        { s: { addressPrefix: '10.1.0.0/24', ...group } },
        { v2: { allowVirtualNetworkAccess: false } },
      ),
      vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { v1: { allowVirtualNetworkAccess: true } }),
      nsg('n1', ...rules),
      nic('vm1', 'v1/s', '10.1.0.4'),
      nic('vm2', 'v2/s', '10.2.0.4'),
    ],
  })
  test('T3.3: without access the peer is neither in VirtualNetwork nor in Internet, so the defaults deny it', () => {
    const answer = asked(withoutAccess(), 'vm1', 'vm2:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('rule 65500 DenyAllOutBound drops')])
  })
  test('T3.3: a rule for the peer’s range lets it out', () => {
    const answer = asked(withoutAccess(rule('Outbound', 100, 'Allow', '*', '*', '10.2.0.0/16', '*')), 'vm1', 'vm2:443')
    expect([answer.works, answer.there.at(-1)]).toEqual(['yes', 'vm2'])
  })

  const transit = (allowGatewayTransit: boolean): Example => ({
    bodies: [
      vnet('hub', ['10.0.0.0/16'], gatewaySubnet('10.0.255.0/27'), { spoke: { allowGatewayTransit } }),
      vnet('spoke', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }, { hub: { useRemoteGateways: true } }),
      ...gateway('vgw', 'hub', '10.0.255.4', '198.51.100.60'),
      ...siteConnection('vgw', ['10.50.0.0/16']),
    ],
  })
  test('T3.4: a spoke that wants a gateway which the hub does not share has none of its routes, and that is reported', () => {
    const next = (example: Example) => nextHop(imported(example.bodies), 'spoke/s', '10.50.1.9')
    expect(next(transit(true))).toBe('VirtualNetworkGateway 198.51.100.60')
    expect(next(transit(false))).toBe('None')
    expect(reported(transit(false)).some((one) => one.includes('does not allow gateway transit'))).toBe(true)
  })
})
