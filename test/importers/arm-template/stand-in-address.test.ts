import { describe, expect, test } from 'vitest'
import { type AzurePart, importAzure } from '../../../src/importers/azure/index.ts'
import { formatAddressSet, formatIp } from '../../../src/net/index.ts'
import { flow, story } from '../azure/arm.ts'
import { templateText } from './evaluated.ts'

// Azure gives a NIC the next free address of its subnet; which of two is first nobody can tell (Learn: Private IP addresses).
const SUBNET = "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 's')]"
const GROUP = "[resourceId('Microsoft.Network/networkSecurityGroups', 'g')]"

const net = {
  type: 'Microsoft.Network/virtualNetworks',
  name: 'net',
  properties: {
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
    subnets: [{ name: 's', properties: { addressPrefix: '10.1.0.0/24', networkSecurityGroup: { id: GROUP } } }],
  },
}

function nic(name: string, properties: object = {}): object {
  const ipConfigurations = [{ name: 'c', properties: { subnet: { id: SUBNET }, ...properties } }]
  return { type: 'Microsoft.Network/networkInterfaces', name, properties: { ipConfigurations } }
}

function group(...rules: readonly object[]): object {
  const securityRules = rules.map((rule, index) => ({
    name: `r${index}`,
    properties: {
      priority: 100 + index,
      direction: 'Inbound',
      protocol: '*',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '*',
      ...rule,
    },
  }))
  return { type: 'Microsoft.Network/networkSecurityGroups', name: 'g', properties: { securityRules } }
}

function imported(...resources: readonly object[]): AzurePart {
  return importAzure([{ path: 'main.json', text: templateText({ resources }) }], { placements: [] })
}

function addressOf(part: AzurePart, name: string) {
  const [address] = part.devices.find((one) => one.name === name)?.interfaces.flatMap((one) => one.addresses) ?? []
  if (!address) throw new Error(`${name} has no address`)
  return address
}

const NAMED = {
  applicationSecurityGroups: [{ id: "[resourceId('Microsoft.Network/applicationSecurityGroups', 'a')]" }],
}
const WEB = { type: 'Microsoft.Network/applicationSecurityGroups', name: 'a', properties: {} }

describe('addresses that Azure assigns at deployment', () => {
  test('several in one subnet each have one that is free, that nobody speaks of, and that may be any other', () => {
    const fixed = nic('fixed', { privateIPAddress: '10.1.0.5' })
    const spoken = group({ sourceAddressPrefix: '10.1.0.4', access: 'Deny' })
    const part = imported(net, spoken, nic('one'), nic('two'), fixed)
    expect(['one', 'two'].map((name) => formatIp(addressOf(part, name).ip))).toEqual(['10.1.0.6', '10.1.0.7'])
    const { standsFor } = addressOf(part, 'one')
    expect(standsFor && formatAddressSet(standsFor.among)).toBe('10.1.0.4, 10.1.0.6-10.1.0.254')
    expect(standsFor?.because).toContain('Azure assigns it at deployment, one of 10.1.0.0/24')
    expect(addressOf(part, 'fixed').standsFor).toBeUndefined()
  })

  test('one alone is sure of the first free one', () => {
    expect(addressOf(imported(net, group(), nic('one')), 'one')).toMatchObject({ source: { kind: 'implied' } })
    expect(addressOf(imported(net, group(), nic('one')), 'one').standsFor).toBeUndefined()
  })

  test.for<readonly [string, object]>([
    ['an expression that cannot be evaluated gives it', { privateIPAddress: "[reference('elsewhere').address]" }],
    ['it is static and not said', { privateIPAllocationMethod: 'Static' }],
  ])('one alone is not sure of the first free one when %s', ([, properties]) => {
    expect(addressOf(imported(net, group(), nic('one', properties)), 'one').standsFor).toBeDefined()
  })

  test.for<readonly [string, readonly object[], string]>([
    ['a rule for the whole subnet decides', [{ destinationAddressPrefix: '10.1.0.0/24', access: 'Deny' }], 'denied'],
    ['a rule for half of it cannot', [{ destinationAddressPrefix: '10.1.0.0/25', access: 'Deny' }], 'unknown'],
    [
      'a rule for one free address of it cannot',
      [{ destinationAddressPrefix: '10.1.0.99', access: 'Deny' }],
      'unknown',
    ],
    [
      'a rule for the address of somebody else is none of its business',
      [{ destinationAddressPrefix: '10.1.0.50', access: 'Deny' }],
      'accepted',
    ],
    [
      'a rule for all but one address cannot',
      [
        {
          destinationAddressPrefix: undefined,
          destinationAddressPrefixes: ['10.1.0.0/26', '10.1.0.64/26'],
          access: 'Deny',
        },
      ],
      'unknown',
    ],
    [
      'a rule for its application security group decides',
      [
        {
          destinationAddressPrefix: undefined,
          destinationApplicationSecurityGroups: [
            { id: "[resourceId('Microsoft.Network/applicationSecurityGroups', 'a')]" },
          ],
          access: 'Deny',
        },
      ],
      'denied',
    ],
  ])('%s', ([, rules, verdict]) => {
    const fixed = nic('fixed', { privateIPAddress: '10.1.0.50' })
    const part = imported(net, group(...rules), WEB, nic('one', NAMED), nic('two'), fixed)
    const to = formatIp(addressOf(part, 'one').ip)
    expect(story(part, 'fixed', flow('10.1.0.50', to, 443)).there).toBe(verdict)
  })

  test('a public address is one of the internet, and rules for some of it cannot tell', () => {
    const pip = { type: 'Microsoft.Network/publicIPAddresses', name: 'pip', sku: { name: 'Standard' }, properties: {} }
    const open = group({ access: 'Allow' })
    const outside = nic('one', {
      publicIPAddress: { id: "[resourceId('Microsoft.Network/publicIPAddresses', 'pip')]" },
    })
    const part = imported(net, open, pip, outside)
    const owners = part.devices.flatMap((one) => one.interfaces.flatMap((each) => each.addresses))
    const [address] = owners.filter((one) => one.standsFor)
    expect(address && formatIp(address.ip)).toBe('198.19.0.4')
    expect(address?.standsFor?.because).toBe('Azure assigns it at deployment; 198.19.0.4 stands for it')
  })

  test.for<readonly [string, string, string, readonly string[]]>([
    ['registry', 'Microsoft.ContainerRegistry/registries', 'registry', ['registry', 'registry_data']],
    ['workspace', 'Microsoft.MachineLearningServices/workspaces', 'amlworkspace', ['default', 'notebook', 'inference']],
    ['account', 'Microsoft.CognitiveServices/accounts', 'account', ['account']],
  ])('the endpoint of a %s has an address for each of its members', ([name, type, groupId, members]) => {
    const target = { type, name, location: 'westeurope', properties: {} }
    const connection = {
      name,
      properties: { privateLinkServiceId: `[resourceId('${type}', '${name}')]`, groupIds: [groupId] },
    }
    const endpoint = {
      type: 'Microsoft.Network/privateEndpoints',
      name: 'pe',
      properties: { subnet: { id: SUBNET }, privateLinkServiceConnections: [connection] },
    }
    const part = imported(net, group(), target, endpoint)
    const addresses = part.devices.find((one) => one.name === 'pe')?.interfaces.flatMap((one) => one.addresses) ?? []
    expect(addresses.map(({ ip }) => formatIp(ip))).toEqual(members.map((_, index) => `10.1.0.${4 + index}`))
  })
})
