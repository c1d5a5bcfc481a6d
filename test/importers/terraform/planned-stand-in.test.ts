import { describe, expect, test } from 'vitest'
import { formatAddressSet } from '../../../src/net/index.ts'
import * as arm from '../azure/arm.ts'
import { planOf, refers, type Written } from './plan-of.ts'
import { addressesOf, codes, nic, PUBLIC, RG, read, subnet, textsOf, vnet } from './planned-network.ts'
import { armBodies, type Json, state } from './terraform-file.ts'

describe('an address that cannot be told', () => {
  const net = [vnet('net', '10.1.0.0/16'), subnet('s', 'net', '10.1.0.0/24')]
  const group = (range: string): Written[] => [
    {
      address: 'azurerm_network_security_group.g',
      values: {
        ...{ name: 'g', ...RG },
        security_rule: [
          {
            ...{ name: 'r', priority: 100, direction: 'Inbound', access: 'Deny', protocol: '*' },
            ...{ source_address_prefix: '*', source_port_range: '*' },
            ...{ destination_address_prefix: range, destination_port_range: '*' },
          },
        ],
      },
    },
    {
      address: 'azurerm_subnet_network_security_group_association.a',
      values: {},
      later: {
        subnet_id: refers('azurerm_subnet.s.id'),
        network_security_group_id: refers('azurerm_network_security_group.g.id'),
      },
    },
  ]
  const two = [nic('one', 's'), nic('two', 's')]

  test('has one that stands for it', () => {
    const part = read(planOf([...net, ...two]))
    expect([...textsOf(part, 'one'), ...textsOf(part, 'two')]).toEqual(['10.1.0.4', '10.1.0.5'])
    const { standsFor } = addressesOf(part, 'one')[0] ?? {}
    expect(standsFor && formatAddressSet(standsFor.among)).toBe('10.1.0.4-10.1.0.254')
    expect(codes(part)).toEqual([])
  })

  test.for<readonly [string, string, string]>([
    ['the whole subnet decides', '10.1.0.0/24', 'denied'],
    ['half of it does not', '10.1.0.0/25', 'unknown'],
    ['one free address does not', '10.1.0.99', 'unknown'],
    ['another network decides', '10.9.0.0/24', 'accepted'],
  ])('a rule for %s', ([, range, verdict]) => {
    const part = read(planOf([...net, ...two, ...group(range)]))
    expect(arm.story(part, 'two', arm.flow('10.1.0.5', '10.1.0.4', 443)).there).toBe(verdict)
  })

  const SCALE_SET: Written = {
    address: 'azurerm_linux_virtual_machine_scale_set.v',
    values: { name: 'v', ...RG, network_interface: [{ ip_configuration: [{}] }] },
    later: { network_interface: [{ ip_configuration: [{ subnet_id: refers('azurerm_subnet.s.id') }] }] },
  }
  const given = nic('one', 's', { private_ip_address_allocation: 'Static' })
  const RACES: [string, readonly Written[], Json][] = [
    ['a scale set is in the subnet', [...net, nic('one', 's'), SCALE_SET], {}],
    ['the subnet was there before', [...net.map((one) => ({ ...one, actions: ['no-op'] })), nic('one', 's')], {}],
    ['more is to come', [...net, nic('one', 's')], { complete: false }],
    [
      'some changes are deferred',
      [...net, nic('one', 's')],
      { deferred_changes: [{ reason: 'instance_count_unknown' }] },
    ],
    ['it is static, and an expression gives it', [...net, given], {}],
  ]
  test.for(RACES)('is not sure to be the first when %s', ([, written, more]) => {
    expect(addressesOf(read(planOf(written, more)), 'one')[0]?.standsFor).toBeDefined()
  })

  test('is not sure to be the first when something else is configured, and how many there are is not known', () => {
    const plan = planOf([...net, nic('one', 's')]) as { configuration: { root_module: { resources: Json[] } } }
    expect(addressesOf(read(plan), 'one')[0]?.standsFor).toBeUndefined()
    plan.configuration.root_module.resources.push({
      ...{ address: 'azurerm_network_interface.more', mode: 'managed', expressions: {} },
      count_expression: { references: ['azurerm_virtual_network.net.guid', 'azurerm_virtual_network.net'] },
    })
    expect(addressesOf(read(plan), 'one')[0]?.standsFor).toBeDefined()
  })

  test('is given to nobody in a state, which knows every address', () => {
    const { resources } = (planOf([...net, ...two, PUBLIC]).planned_values as { root_module: { resources: Json[] } })
      .root_module
    const text = JSON.stringify(armBodies(state(...resources)).bodies)
    expect(text).not.toContain('StandsIn')
    expect(text).not.toMatch(/privateIPAddress"|ipAddress"/)
  })
})
