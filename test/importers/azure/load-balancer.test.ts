import { describe, expect, test } from 'vitest'
import { type Flow, formatIp, type Ip, UDP } from '../../../src/net/index.ts'
import {
  body,
  flow,
  id,
  imported,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  rule,
  story,
  subnetRef,
  vnet,
} from './arm.ts'

const LB = id('loadBalancers/lb')
const part = (list: string, name: string, properties: Properties = {}): Json => ({
  id: `${LB}/${list}/${name}`,
  name,
  properties,
})
const inPool = (name: string): Properties => ({
  loadBalancerBackendAddressPools: [{ id: `${LB}/backendAddressPools/${name}` }],
})
const balancing = (name: string, frontend: string, pool: string, extra: Properties = {}): Json =>
  part('loadBalancingRules', name, {
    frontendIPConfiguration: { id: `${LB}/frontendIPConfigurations/${frontend}` },
    backendAddressPool: { id: `${LB}/backendAddressPools/${pool}` },
    protocol: 'Tcp',
    frontendPort: 80,
    backendPort: 8080,
    ...extra,
  })
const network = vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24', defaultOutboundAccess: true } })

/** A public frontend 20.1.1.1 before one machine. */
const published = (sku: string, balancer: Properties, group: Json = nsg('g')): Json[] => [
  network,
  group,
  publicIp('pip', '20.1.1.1', sku),
  nic('web', 'v/s', '10.0.1.4', { networkSecurityGroup: ref('networkSecurityGroups/g') }, inPool('p')),
  body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [
        part('frontendIPConfigurations', 'f', { publicIPAddress: ref('publicIPAddresses/pip') }),
      ],
      backendAddressPools: [part('backendAddressPools', 'p')],
      ...balancer,
    },
    { sku: { name: sku } },
  ),
]

describe('a machine whose network interface has two addresses in pools', () => {
  const address = (name: string, ip: string, pool: string): Json => ({
    id: id(`networkInterfaces/web/ipConfigurations/${name}`),
    name,
    properties: { privateIPAddress: ip, subnet: subnetRef('v/s'), ...inPool(pool) },
  })
  const frontend = (name: string, ip: string) =>
    part('frontendIPConfigurations', name, { privateIPAddress: ip, subnet: subnetRef('v/s') })
  const estate = imported([
    network,
    nic('client', 'v/s', '10.0.1.9'),
    body('networkInterfaces/web', {
      ipConfigurations: [address('one', '10.0.1.4', 'p1'), address('two', '10.0.1.5', 'p2')],
    }),
    body(
      'loadBalancers/lb',
      {
        frontendIPConfigurations: [frontend('f1', '10.0.1.100'), frontend('f2', '10.0.1.101')],
        backendAddressPools: [part('backendAddressPools', 'p1'), part('backendAddressPools', 'p2')],
        loadBalancingRules: [balancing('r1', 'f1', 'p1'), balancing('r2', 'f2', 'p2')],
      },
      { sku: { name: 'Standard' } },
    ),
  ])
  test.for(['10.0.1.100', '10.0.1.101'])('takes what comes for frontend %s, and its answer gets back', (ip) => {
    const { there, back } = story(estate, 'client', flow('10.0.1.9', ip, 80))
    expect([there, back]).toEqual(['accepted', 'accepted'])
  })
})

describe('a ping of a public frontend (Learn: Test reachability of Azure Public Load Balancer frontends)', () => {
  const probes = [part('probes', 'h', { protocol: 'Tcp', port: 8080 })]
  const probed = { loadBalancingRules: [balancing('r', 'f', 'p', { probe: { id: `${LB}/probes/h` } })], probes }
  const refused = nsg('g', rule('Inbound', 100, 'Deny', '*', '*', '*', '*'))
  const gone = part('backendAddressPools', 'p', {
    backendIPConfigurations: [ref('networkInterfaces/gone/ipConfigurations/one')],
  })
  test.for<[string, Json[], string]>([
    ['is answered by the frontend itself while a member is healthy', published('Standard', probed), 'accepted'],
    ['is not answered while the probes reach no member', published('Standard', probed, refused), 'denied'],
    ['is not answered without any rule', published('Standard', {}), 'denied'],
    ['is not answered by the Basic kind', published('Basic', probed), 'denied'],
    [
      'is unknown where no rule has a probe',
      published('Standard', { loadBalancingRules: [balancing('r', 'f', 'p')] }),
      'unknown',
    ],
    [
      'is unknown where the only healthy member may be one that the export lacks',
      published('Standard', { ...probed, backendAddressPools: [gone] }, refused),
      'unknown',
    ],
  ])('%s', ([, bodies, wanted]) => {
    expect(story(imported(bodies), 'internet', flow('203.0.113.7', '20.1.1.1')).there).toBe(wanted)
  })

  test('that nobody answers is told by what keeps the probes out', () => {
    const { decision } = story(
      imported(published('Standard', probed, refused)),
      'internet',
      flow('203.0.113.7', '20.1.1.1'),
    )
    expect(decision).toContain('answers no ping while no member is healthy')
    expect(decision).toContain('r100')
  })
})

describe('a member of a Standard load balancer whose outbound rule is for TCP alone', () => {
  const outbound = part('outboundRules', 'o', {
    protocol: 'Tcp',
    backendAddressPool: { id: `${LB}/backendAddressPools/p` },
    frontendIPConfigurations: [{ id: `${LB}/frontendIPConfigurations/f` }],
  })
  const ask = (question: Flow) => {
    const answer = story(imported(published('Standard', { outboundRules: [outbound] })), 'web', question)
    return [answer.there, answer.seen === undefined ? '' : formatIp(answer.seen as Ip)]
  }
  test('leaves by TCP with the address of the frontend', () => {
    expect(ask(flow('10.0.1.4', '8.8.8.8', 443))).toEqual(['exits-network', '20.1.1.1'])
  })
  test('does not leave by UDP, as it has no default outbound access (Learn: Default outbound access in Azure)', () => {
    expect(ask({ ...flow('10.0.1.4', '8.8.8.8', 53), protocol: UDP })[0]).toBe('denied')
  })
})
