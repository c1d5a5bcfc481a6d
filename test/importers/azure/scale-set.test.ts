import { describe, expect, test } from 'vitest'
import { body, flow, id, imported, type Json, nsg, ref, rule, story, subnetRef, vnet } from './arm.ts'

const SET = 'Microsoft.Compute/virtualMachineScaleSets/web'

/** What `az vmss nic list` prints: no type, the instance in the id. */
function instanceNic(instance: number, address: string): Json {
  return {
    id: id(`${SET}/virtualMachines/${instance}/networkInterfaces/nic`),
    name: 'nic',
    properties: {
      primary: true,
      virtualMachine: { id: id(`${SET}/virtualMachines/${instance}`) },
      networkSecurityGroup: ref('networkSecurityGroups/web'),
      ipConfigurations: [
        {
          id: id(`${SET}/virtualMachines/${instance}/networkInterfaces/nic/ipConfigurations/one`),
          name: 'one',
          properties: {
            privateIPAddress: address,
            subnet: subnetRef('v/web'),
            loadBalancerBackendAddressPools: [ref('loadBalancers/lb/backendAddressPools/pool')],
          },
        },
      ],
    },
  }
}

const scaleSet = (capacity: number): Json => body(SET, {}, { sku: { name: 'Standard_D2s_v3', capacity } })
const network = [
  vnet('v', ['10.0.0.0/16'], { web: { addressPrefix: '10.0.2.0/24' }, lb: { addressPrefix: '10.0.3.0/24' } }),
  nsg('web', rule('Inbound', 100, 'Deny', 'Tcp', '*', '*', '22')),
]

describe('the instances of a scale set', () => {
  const balancer = body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [
        {
          id: id('loadBalancers/lb/frontendIPConfigurations/fe'),
          name: 'fe',
          properties: { privateIPAddress: '10.0.3.10', subnet: subnetRef('v/lb') },
        },
      ],
      backendAddressPools: [{ id: id('loadBalancers/lb/backendAddressPools/pool'), name: 'pool', properties: {} }],
      loadBalancingRules: [
        {
          name: 'https',
          properties: {
            protocol: 'Tcp',
            frontendPort: 443,
            backendPort: 8443,
            frontendIPConfiguration: ref('loadBalancers/lb/frontendIPConfigurations/fe'),
            backendAddressPool: ref('loadBalancers/lb/backendAddressPools/pool'),
          },
        },
      ],
    },
    { sku: { name: 'Standard' } },
  )
  const part = imported([...network, scaleSet(2), instanceNic(0, '10.0.2.4'), instanceNic(3, '10.0.2.5'), balancer])

  test('are known by the set and their number', () => {
    expect(part.devices.filter((one) => one.kind === 'host').map((one) => one.name)).toEqual(['web_0', 'web_3'])
    expect(part.diagnostics).toEqual([])
  })

  test('stand behind the NSG of their own interface', () => {
    expect(story(part, 'web_0', flow('10.0.2.4', '10.0.2.5', 443)).there).toBe('accepted')
    expect(story(part, 'web_0', flow('10.0.2.4', '10.0.2.5', 22)).decision).toContain('NSG web inbound rule 100')
  })

  test('are members of the pool that their interface names', () => {
    const table = part.devices
      .find((one) => one.kind === 'load-balancer')
      ?.tables.find((one) => one.name === 'rule https')
    expect(new Set(table?.routes.map((one) => one.origin))).toEqual(new Set(['backend nic']))
    expect(table?.routes.filter((one) => one.prefix.ip === 0)).toHaveLength(2)
  })
})

test.for<readonly [string, readonly Json[], number]>([
  ['no network interface of an instance', [scaleSet(2)], 1],
  ['no instance', [scaleSet(0)], 0],
  ['the interface of an instance', [scaleSet(1), instanceNic(0, '10.0.2.4')], 0],
  [
    'a machine that says it belongs to it',
    [scaleSet(1), body('Microsoft.Compute/virtualMachines/web_1', { virtualMachineScaleSet: ref(SET) })],
    0,
  ],
])('a scale set with %s is reported %j', ([, bodies, count]) => {
  const part = imported([...network, ...bodies])
  expect(part.diagnostics.filter((one) => one.code === 'NT1643')).toHaveLength(count)
})
