import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  nsg,
  type Properties,
  ref,
  routes,
  rule,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

/** An internal load balancer with high availability ports before two appliances. */
function pair(name: string, address: string): Json {
  const part = (kind: string, of: string) => `loadBalancers/${name}/${kind}/${of}`
  return body(
    `loadBalancers/${name}`,
    {
      frontendIPConfigurations: [
        {
          ...{ id: id(part('frontendIPConfigurations', 'fe')), name: 'fe' },
          properties: { privateIPAddress: address, subnet: subnetRef('hub/nva') },
        },
      ],
      backendAddressPools: [{ id: id(part('backendAddressPools', 'be')), name: 'be', properties: {} }],
      loadBalancingRules: [
        {
          name: 'ha',
          properties: {
            ...{ protocol: 'All', frontendPort: 0, backendPort: 0, enableFloatingIP: true },
            frontendIPConfiguration: ref(part('frontendIPConfigurations', 'fe')),
            backendAddressPool: ref(part('backendAddressPools', 'be')),
          },
        },
      ],
    },
    { sku: { name: 'Standard' } },
  )
}

/** Two spokes whose routes lead to the appliances of the hub, back by `back`. */
function spokes(back: string, group: readonly Json[], more: readonly Json[] = []): Example {
  const pools = ['one', ...(more.length > 0 ? ['two'] : [])].map((one) =>
    ref(`loadBalancers/${one}/backendAddressPools/be`),
  )
  const appliance: Properties = { loadBalancerBackendAddressPools: pools }
  const routed = (table: string) => ({ routeTable: ref(`routeTables/${table}`) })
  const forwarded = { hub: { allowForwardedTraffic: true } }
  return {
    bodies: [
      vnet(
        'hub',
        ['10.0.0.0/16'],
        { nva: { addressPrefix: '10.0.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/g') } },
        { a: { allowForwardedTraffic: true }, b: { allowForwardedTraffic: true } },
      ),
      vnet('a', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24', ...routed('ra') } }, forwarded),
      vnet('b', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24', ...routed('rb') } }, forwarded),
      routes('ra', { '10.2.0.0/16': '10.0.1.100' }),
      routes('rb', { '10.1.0.0/16': back }),
      nsg('g', ...group),
      pair('one', '10.0.1.100'),
      ...more,
      nic('nva1', 'hub/nva', '10.0.1.4', { enableIPForwarding: true }, appliance),
      nic('nva2', 'hub/nva', '10.0.1.5', { enableIPForwarding: true }, appliance),
      nic('client', 'a/s', '10.1.0.4'),
      nic('server', 'b/s', '10.2.0.4'),
    ],
  }
}

const OPEN = [rule('Inbound', 100, 'Allow', '*', '*', '*', '*')]
/** Connections may be opened from one spoke to the other, and not the other way. */
const ONE_WAY = [
  rule('Inbound', 100, 'Allow', '*', '10.1.0.0/16', '10.2.0.0/16', '*'),
  rule('Inbound', 200, 'Deny', '*', '*', '*', '*'),
]

describe('Learn: High availability ports overview; Deploy highly available NVAs', () => {
  test.for([
    ['whose NSG lets connections in from one side alone', ONE_WAY],
    ['whose NSG lets everything in', OPEN],
  ] as const)(
    'both ways through one frontend to appliances %s: the answer meets the one that has the connection',
    ([, group]) => {
      const answer = asked(spokes('10.0.1.100', group), 'client', '10.2.0.4:443')
      expect(answer.works).toBe('yes')
      expect(answer.notes).toContain(
        'nva1, nva2: the one that has the connection gets its answers only because both ways lead through one',
      )
    },
  )

  test('what nobody may open from the other side is refused all the same', () => {
    expect(asked(spokes('10.0.1.100', ONE_WAY), 'server', '10.1.0.4:443').works).toBe('no')
  })

  test('back through another frontend the answer may meet the other appliance', () => {
    const two = [pair('two', '10.0.1.101')]
    const guarded = asked(spokes('10.0.1.101', ONE_WAY, two), 'client', '10.2.0.4:443')
    expect([guarded.works, guarded.code]).toEqual(['one-way', 'asymmetric-routing'])
    const open = asked(spokes('10.0.1.101', OPEN, two), 'client', '10.2.0.4:443')
    expect(open.notes.join('\n')).toContain(
      'the answer comes back through two, which may choose another of nva1, nva2 than one did',
    )
  })
})
