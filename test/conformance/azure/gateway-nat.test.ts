import { describe, expect, test } from 'vitest'
import { body, type Json, nic, type Properties, ref, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, reported, siteRouter } from './asked.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const rule = (name: string, mode: string, internal: string, external: string, extra: Properties = {}): Json =>
  body(`virtualNetworkGateways/vgw/natRules/${name}`, {
    type: 'Static',
    mode,
    internalMappings: [{ addressSpace: internal }],
    externalMappings: [{ addressSpace: external }],
    ...extra,
  })
const uses = {
  ingressNatRules: [ref('virtualNetworkGateways/vgw/natRules/in')],
  egressNatRules: [ref('virtualNetworkGateways/vgw/natRules/out')],
}
const example = (rules: readonly Json[], space = '10.0.1.0/24'): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16'], { ...gatewaySubnet('10.0.255.0/27'), s: { addressPrefix: '10.0.1.0/24' } }),
    nic('vm', 'v/s', '10.0.1.4'),
    ...gateway('vgw', 'v', '10.0.255.4', '198.51.100.60'),
    ...siteConnection('vgw', [space], uses),
    ...rules,
  ],
  site: siteRouter('10.0.1.0/24', '198.51.100.60', '100.0.1.0/24'),
  hosts: { pc: { address: '10.0.1.9/24', on: 'site:lan' } },
})
const RULES = [
  rule('in', 'IngressSnat', '10.0.1.0/24', '100.0.2.0/24'),
  rule('out', 'EgressSnat', '10.0.1.0/24', '100.0.1.0/24'),
]

describe('Learn: About NAT on Azure VPN Gateway, the example of networks that overlap', () => {
  test.for(['10.0.1.0/24', '100.0.2.0/24'])(
    'the branch reaches the VNet, with %s as the site’s address space',
    (space) => {
      const answer = asked(example(RULES, space), 'pc', '100.0.1.4:443')
      expect([answer.works, answer.there.at(-1), answer.seen]).toEqual(['yes', 'vm', '100.0.2.9'])
      expect(answer.back.at(-1)).toBe('pc')
    },
  )

  test('the VNet reaches the branch by its translated address', () => {
    const answer = asked(example(RULES), 'vm', '100.0.2.9:443')
    expect([answer.works, answer.there.at(-1), answer.seen]).toEqual(['yes', 'pc', '100.0.1.4'])
  })

  test('the branch’s own addresses are the VNet’s own, seen from there', () => {
    expect(asked(example(RULES), 'vm', '10.0.1.9:443').there).not.toContain('vgw')
  })

  test('with a dynamic rule for the VNet the branch cannot open connections to it, the VNet can', () => {
    const [first, second] = [RULES[0], rule('out', 'EgressSnat', '10.0.1.0/24', '100.0.1.0/26', { type: 'Dynamic' })]
    const rules = [first, second].filter((one) => one !== undefined)
    const back = asked(example(rules), 'pc', '100.0.1.4:443')
    expect([back.works, back.decision]).toEqual(['no', expect.stringContaining('dynamic NAT rule out')])
    expect(asked(example(rules), 'vm', '100.0.2.9:443').works).toBe('yes')
  })

  test('a rule that is not in the export leaves it open', () => {
    const rules = RULES.slice(1)
    expect(asked(example(rules, '100.0.2.0/24'), 'vm', '100.0.2.9:443').works).toBe('unknown')
    expect(reported(example(rules)).some((one) => one.startsWith('NT1673'))).toBe(true)
  })
})
