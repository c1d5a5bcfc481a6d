import { describe, expect, test } from 'vitest'
import {
  body,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  routes,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

const natGateway = [
  publicIp('nat-pip', '20.1.1.1'),
  body('natGateways/nat', { publicIpAddresses: [ref('publicIPAddresses/nat-pip')] }, { sku: { name: 'Standard' } }),
]
const machine = [
  publicIp('vm-pip', '52.1.1.1'),
  nic('vm', 'v/s', '10.0.1.4', {}, { publicIPAddress: ref('publicIPAddresses/vm-pip') }),
]
const inside = (subnet: Properties, ...more: Json[]): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16'], {
      s: { addressPrefix: '10.0.1.0/24', ...subnet },
      AzureFirewallSubnet: { addressPrefix: '10.0.2.0/26' },
    }),
    ...more,
  ],
})
const withNat = { natGateway: ref('natGateways/nat') }

describe('Learn: Use Source Network Address Translation for outbound connections', () => {
  test('T5.1: a NAT gateway comes before the NIC’s own public address', () => {
    const answer = asked(inside(withNat, ...natGateway, ...machine), 'vm', '8.8.8.8:443')
    expect([answer.works, answer.seen]).toEqual(['yes', '20.1.1.1'])
  })
})

describe('Learn: Troubleshoot Azure NAT Gateway', () => {
  const firewall = [
    publicIp('fw-pip', '198.51.100.20'),
    body('azureFirewalls/fw', {
      ipConfigurations: [
        {
          name: 'one',
          properties: {
            privateIPAddress: '10.0.2.4',
            subnet: subnetRef('v/AzureFirewallSubnet'),
            publicIPAddress: ref('publicIPAddresses/fw-pip'),
          },
        },
      ],
      networkRuleCollections: [
        {
          name: 'all',
          properties: {
            priority: 100,
            action: { type: 'Allow' },
            rules: [
              {
                name: 'all',
                protocols: ['Any'],
                sourceAddresses: ['*'],
                destinationAddresses: ['*'],
                destinationPorts: ['*'],
              },
            ],
          },
        },
      ],
    }),
  ]
  test('T5.2: a user route 0.0.0.0/0 to the firewall takes the packet past the NAT gateway', () => {
    const subnet = { ...withNat, routeTable: ref('routeTables/rt') }
    const example = inside(subnet, ...natGateway, ...machine, ...firewall, routes('rt', { '0.0.0.0/0': '10.0.2.4' }))
    const answer = asked(example, 'vm', '8.8.8.8:443')
    expect([answer.works, answer.seen]).toEqual(['yes', '198.51.100.20'])
    expect(answer.there).not.toContain('nat')
  })
  test.for([
    ['8.8.8.8', 'no'],
    ['8.8.8.8:443', 'yes'],
  ] as const)('T5.4: through a NAT gateway, %s: %s', ([to, works]) => {
    expect(asked(inside(withNat, ...natGateway, nic('vm', 'v/s', '10.0.1.4')), 'vm', to).works).toBe(works)
  })
})

describe('Learn: Default outbound access in Azure', () => {
  test('T5.3: in a private subnet without any method the NSG allows it and nothing carries it', () => {
    const subnet = { defaultOutboundAccess: false, networkSecurityGroup: ref('networkSecurityGroups/n1') }
    const answer = asked(inside(subnet, nsg('n1'), nic('vm', 'v/s', '10.0.1.4')), 'vm', '8.8.8.8:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('NoOutboundMethod')])
    expect(answer.decided).toContain('NSG n1 outbound rule 65001 AllowInternetOutBound')
  })
})
