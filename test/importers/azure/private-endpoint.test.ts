import { describe, expect, test } from 'vitest'
import { privateEndpointParts } from '../../../src/importers/azure/services/private-endpoint.ts'
import { formatIp } from '../../../src/net/index.ts'
import { arm, codesOf, deviceOf, estateOf, type Json, privateEndpoint, SUBNET, vnet } from './services-estate.ts'

const ACCOUNT = arm('Microsoft.Storage/storageAccounts', 'stmlvision', {})
const NSG = arm('Microsoft.Network/networkSecurityGroups', 'nsg-pe', {
  securityRules: [
    {
      name: 'AllowHttps',
      properties: {
        priority: 100,
        direction: 'Inbound',
        access: 'Allow',
        protocol: 'Tcp',
        sourcePortRange: '1024-2048',
        destinationPortRange: '443',
        sourceAddressPrefix: '*',
        destinationAddressPrefix: '*',
      },
    },
  ],
})
const network = (policy: string) =>
  vnet('vnet-ml', '10.110.0.0/20', {
    'snet-pe': {
      addressPrefix: '10.110.0.0/25',
      networkSecurityGroup: { id: NSG.id },
      privateEndpointNetworkPolicies: policy,
    },
  })
const blob = (more: Json = {}) =>
  privateEndpoint(
    'pe-blob',
    SUBNET('vnet-ml', 'snet-pe'),
    ACCOUNT,
    'blob',
    '10.110.0.10',
    ['stmlvision.blob.core.windows.net'],
    more,
  )

const endpoint = (bodies: unknown[]) => deviceOf(privateEndpointParts(estateOf(bodies)), 'pe-blob')

describe('a private endpoint', () => {
  test('is known by what it connects and answers through its own fabric', () => {
    const device = endpoint([network('Disabled'), NSG, ACCOUNT, blob()])
    expect(device.label).toBe('private endpoint of storage account stmlvision (blob)')
    expect(device.kind).toBe('private-endpoint')
    expect(device.listeners).toBeUndefined()
    expect(device.interfaces[0]?.addresses.map((one) => formatIp(one.ip))).toEqual(['10.110.0.10'])
    expect(device.tables[0]?.routes[0]?.nextHop).toMatchObject({ device: 'vnet-ml/snet-pe/private-endpoints' })
    expect(device.aliases).not.toContain('stmlvision.blob.core.windows.net')
  })

  test.for([
    ['Disabled', 0],
    ['RouteTableEnabled', 0],
    ['Enabled', 1],
    ['NetworkSecurityGroupEnabled', 1],
  ] as const)('meets its subnet NSG with the policy %s in %i stages', ([policy, stages]) => {
    const { pipeline } = endpoint([network(policy), NSG, ACCOUNT, blob()])
    expect(pipeline.prerouting.filter((one) => one.kind === 'filter')).toHaveLength(stages)
    expect(pipeline.postrouting).toEqual([])
  })

  test('does not look at source ports in its NSG', () => {
    const device = endpoint([network('Enabled'), NSG, ACCOUNT, blob()])
    const rules = Object.values(device.ruleSets).flatMap((set) => set.rules)
    expect(rules.some((rule) => rule.name.includes('AllowHttps'))).toBe(true)
    expect(JSON.stringify(rules)).not.toContain('source-port')
  })

  test.for(['Pending', 'Rejected', 'Disconnected'])('drops everything while its connection is %s', (status) => {
    const body = blob({
      privateLinkServiceConnections: [],
      manualPrivateLinkServiceConnections: [
        {
          properties: {
            privateLinkServiceId: ACCOUNT.id,
            groupIds: ['blob'],
            privateLinkServiceConnectionState: { status },
          },
        },
      ],
    })
    const gate = endpoint([network('Disabled'), ACCOUNT, body]).ruleSets.gate
    expect(gate?.rules.map((rule) => rule.name)).toEqual([`its connection is ${status} (PrivateEndpointNotApproved)`])
    expect(gate?.rules[0]?.source).toMatchObject({ kind: 'pointer', text: `"status": "${status}"` })
  })

  test('answers no ICMP once approved', () => {
    const gate = endpoint([network('Disabled'), ACCOUNT, blob()]).ruleSets.gate
    expect(gate?.rules.map((rule) => `${rule.name} ${rule.action.kind}`)).toEqual([
      'IcmpUnsupported drop',
      'another port than TCP 443 drop',
    ])
    expect(gate?.policy.kind).toBe('accept')
  })

  test('takes its addresses from its NIC, each with the names it lists', () => {
    const nic = arm('Microsoft.Network/networkInterfaces', 'pe-blob.nic', {
      ipConfigurations: [
        {
          name: 'a',
          properties: {
            privateIPAddress: '10.110.0.30',
            privateLinkConnectionProperties: { groupId: 'registry', requiredMemberName: 'registry_data_westeurope' },
          },
        },
        {
          name: 'b',
          properties: {
            privateIPAddress: '10.110.0.31',
            privateLinkConnectionProperties: { groupId: 'registry', requiredMemberName: 'registry' },
          },
        },
      ],
    })
    const body = blob({ networkInterfaces: [{ id: nic.id }], customDnsConfigs: [] })
    const device = endpoint([network('Disabled'), ACCOUNT, nic, body])
    expect(device.interfaces[0]?.addresses.map((one) => formatIp(one.ip))).toEqual(['10.110.0.30', '10.110.0.31'])
  })

  test('without an address or a subnet is left out and reported', () => {
    const nowhere = estateOf([network('Disabled'), blob({ customDnsConfigs: [] })])
    expect(privateEndpointParts(nowhere).devices).toEqual([])
    expect(codesOf(nowhere)).toEqual(['NT1720'])
    const outside = estateOf([blob()])
    expect(privateEndpointParts(outside).devices).toEqual([])
    expect(codesOf(outside)).toEqual(['NT1721'])
  })
})
