import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  rule,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const pool = { loadBalancerBackendAddressPools: [ref('loadBalancers/lb/backendAddressPools/be')] }

function balancer(frontend: Properties, rules: Properties, more: Properties = {}): Json {
  return body(
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
            protocol: 'Tcp',
            ...rules,
          },
        },
      ],
      ...more,
    },
    { sku: { name: 'Standard' } },
  )
}

const internal = { privateIPAddress: '10.0.5.4', subnet: subnetRef('v/b') }
const outside = { publicIPAddress: ref('publicIPAddresses/lb-pip') }
const behind = (frontend: Properties, rules: Json[], rewriting: Properties, more: Properties = {}): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16'], { b: { addressPrefix: '10.0.5.0/24', ...group } }, { w: {} }),
    vnet(
      'w',
      ['10.1.0.0/16'],
      { c: { addressPrefix: '10.1.0.0/24', networkSecurityGroup: ref('networkSecurityGroups/n2') } },
      { v: {} },
    ),
    nsg('n1', ...rules),
    nsg(
      'n2',
      rule('Outbound', 100, 'Allow', 'Tcp', '*', '10.0.5.4', '443'),
      rule('Outbound', 200, 'Deny', '*', '*', '*', '*'),
    ),
    balancer(frontend, rewriting, more),
    publicIp('lb-pip', '20.2.2.2'),
    nic('vm1', 'v/b', '10.0.5.5', {}, pool),
    nic('vm2', 'v/b', '10.0.5.6', {}, pool),
    nic('client', 'w/c', '10.1.0.4'),
  ],
})
const everything = rule('Inbound', 4000, 'Deny', '*', '*', '*', '*')

describe('Learn: Azure Load Balancer health probes', () => {
  const probed = {
    probes: [{ id: id('loadBalancers/lb/probes/p'), name: 'p', properties: { protocol: 'Tcp', port: 8443 } }],
  }
  test('T6.1: an NSG that keeps 168.63.129.16 out takes every member down, and is what is blamed', () => {
    const rules = [
      rule('Inbound', 100, 'Deny', '*', '168.63.129.16/32', '*', '*'),
      rule('Inbound', 200, 'Allow', '*', '10.1.0.0/16', '*', '*'),
    ]
    const rewriting = { frontendPort: 443, backendPort: 8443, probe: ref('loadBalancers/lb/probes/p') }
    const answer = asked(behind(internal, rules, rewriting, probed), 'client', '10.0.5.4:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('no healthy backend')])
    expect(answer.decision).toContain('r100')
  })
})

describe('Learn: Network security groups, behind a load balancer', () => {
  test('T6.2: the NSG sees the member’s port, not the frontend’s', () => {
    const rules = [rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '80')]
    const answer = asked(behind(outside, rules, { frontendPort: 80, backendPort: 8080 }), 'internet', '20.2.2.2:80')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('DenyAllInBound')])
  })
  test('T6.3: the client’s NSG sees the frontend, the member’s its own address and port with the client’s', () => {
    const rules = [
      rule('Inbound', 100, 'Allow', 'Tcp', '10.1.0.4', '10.0.5.0/24', '8443'),
      rule('Inbound', 110, 'Allow', '*', '168.63.129.16', '*', '*'),
      everything,
    ]
    const answer = asked(behind(internal, rules, { frontendPort: 443, backendPort: 8443 }), 'client', '10.0.5.4:443')
    expect([answer.works, answer.seen]).toEqual(['yes', '10.1.0.4'])
    expect(answer.decided.slice(0, 1)).toEqual(['NSG n2 outbound rule 100 r100'])
    expect(answer.decided.at(-1)).toBe('NSG n1 inbound rule 100 r100')
  })
})
