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
  routes,
  rule,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

const FE = 'loadBalancers/lb/frontendIPConfigurations/fe'
const POOL = 'loadBalancers/lb/backendAddressPools/be'
const inside = { privateIPAddress: '10.0.5.4', subnet: subnetRef('v/b') }
const outside = { publicIPAddress: ref('publicIPAddresses/pip') }
const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const member = { loadBalancerBackendAddressPools: [ref(POOL)] }
const WEB = { protocol: 'Tcp', frontendPort: 443, backendPort: 8443, probe: ref('loadBalancers/lb/probes/p') }

interface Balanced {
  readonly frontend?: Properties
  readonly pool?: Properties
  readonly rules?: readonly Properties[]
  readonly more?: Properties
  readonly sku?: Json
}

function balancer({ frontend = inside, pool = {}, rules = [WEB], more = {}, sku }: Balanced): Json {
  return body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [{ id: id(FE), name: 'fe', properties: frontend }],
      backendAddressPools: [{ id: id(POOL), name: 'be', properties: pool }],
      probes: [{ id: id('loadBalancers/lb/probes/p'), name: 'p', properties: { protocol: 'Tcp', port: 8443 } }],
      loadBalancingRules: rules.map((one, index) => ({
        name: `rule${index}`,
        properties: { frontendIPConfiguration: ref(FE), backendAddressPool: ref(POOL), ...one },
      })),
      ...more,
    },
    { sku: sku ?? { name: 'Standard' } },
  )
}

/** Two machines behind a load balancer, in a pool by their NICs unless told otherwise. */
function behind(balanced: Balanced, others: readonly Json[] = [], inPool: Properties = member): Example {
  return {
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        b: { addressPrefix: '10.0.5.0/24', ...group },
        c: { addressPrefix: '10.0.6.0/24' },
      }),
      nsg('n1', rule('Inbound', 1000, 'Allow', '*', '*', '*', '*')),
      balancer(balanced),
      publicIp('pip', '20.2.2.2'),
      nic('vm1', 'v/b', '10.0.5.5', {}, inPool),
      nic('vm2', 'v/b', '10.0.5.6', {}, inPool),
      nic('client', 'v/c', '10.0.6.4'),
      ...others,
    ],
  }
}

const listed = (name: string, more: Properties = {}) => ({
  name,
  properties: { networkInterfaceIPConfiguration: ref(`networkInterfaces/${name}/ipConfigurations/one`), ...more },
})
const vm = (name: string, code: string): Json => ({
  ...(body(`Microsoft.Compute/virtualMachines/${name}`, {
    networkProfile: { networkInterfaces: [{ id: id(`networkInterfaces/${name}`) }] },
    extended: { instanceView: { powerState: { code } } },
  }) as object),
})
const keepsProbesOut = nsg(
  'n1',
  rule('Inbound', 100, 'Deny', '*', 'AzureLoadBalancer', '*', '*'),
  rule('Inbound', 1000, 'Allow', '*', '*', '*', '*'),
)
/** The later body of an id replaces the earlier one. */
function instead(example: Example, ...bodies: readonly Json[]): Example {
  const idOf = (one: Json) => (one as { readonly id: string }).id
  const ids = new Set(bodies.map(idOf))
  return { bodies: [...example.bodies.filter((one) => !ids.has(idOf(one))), ...bodies] }
}

type Row = readonly [what: string, example: Example, works: string, words: string]

describe('Learn: Azure Load Balancer components, backend pools', () => {
  test.for<Row>([
    ['a pool that nobody is in', behind({}, [], {}), 'no', 'backend pool'],
    [
      'a pool whose member is not in the export',
      behind({ pool: { backendIPConfigurations: [ref('networkInterfaces/gone/ipConfigurations/one')] } }, [], {}),
      'unknown',
      'gone',
    ],
    [
      'a pool of which one member is not in the export',
      behind({ pool: { backendIPConfigurations: [ref('networkInterfaces/gone/ipConfigurations/one')] } }),
      'unknown',
      'gone',
    ],
    [
      'a pool by addresses',
      behind(
        { pool: { loadBalancerBackendAddresses: [{ name: 'a', properties: { ipAddress: '10.0.5.5' } }] } },
        [],
        {},
      ),
      'yes',
      '',
    ],
    [
      'a pool by addresses of a network that is not in the export',
      behind(
        { pool: { loadBalancerBackendAddresses: [{ name: 'a', properties: { ipAddress: '10.9.5.5' } }] } },
        [],
        {},
      ),
      'unknown',
      '10.9.5.5',
    ],
    [
      'a pool that is not in the export',
      behind({ rules: [{ ...WEB, backendAddressPool: ref('loadBalancers/lb/backendAddressPools/other') }] }),
      'unknown',
      'other',
    ],
    [
      'a rule whose frontend port cannot be read',
      behind({ rules: [{ ...WEB, frontendPort: "[parameters('port')]" }] }),
      'unknown',
      'frontendPort',
    ],
    [
      'a rule whose protocol cannot be read',
      behind({ rules: [{ ...WEB, protocol: "[parameters('protocol')]" }] }),
      'unknown',
      'protocol',
    ],
  ])('%s', ([, example, works, words]) => {
    const answer = asked(example, 'client', '10.0.5.4:443')
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(words)])
  })
})

describe('Learn: Azure Load Balancer health probes, and Administrative state', () => {
  const down = (...names: string[]) => ({
    loadBalancerBackendAddresses: ['vm1', 'vm2'].map((one) =>
      listed(one, names.includes(one) ? { adminState: 'Down' } : {}),
    ),
  })
  test.for<Row>([
    [
      'the tag AzureLoadBalancer denied: no member is healthy, and the rule is named',
      instead(behind({}), keepsProbesOut),
      'no',
      'r100',
    ],
    [
      'a rule without a probe counts all members as healthy',
      instead(behind({ rules: [{ ...WEB, probe: undefined }] }), keepsProbesOut),
      'yes',
      '',
    ],
    [
      'a rule before the probes that cannot be read leaves it open',
      instead(
        behind({}),
        nsg(
          'n1',
          rule('Inbound', 100, 'Deny', "[parameters('p')]", 'AzureLoadBalancer', '*', '*'),
          rule('Inbound', 1000, 'Allow', '*', '*', '*', '*'),
        ),
      ),
      'unknown',
      'r100',
    ],
    ['all members taken out by their state', behind({ pool: down('vm1', 'vm2') }, [], {}), 'no', 'adminState'],
    ['one member taken out by its state', behind({ pool: down('vm1') }, [], {}), 'yes', ''],
    [
      'a state of Up overrides the probe',
      instead(
        behind({ pool: { loadBalancerBackendAddresses: [listed('vm1', { adminState: 'Up' })] } }),
        keepsProbesOut,
      ),
      'yes',
      '',
    ],
    [
      'both machines stopped',
      behind({}, [vm('vm1', 'PowerState/deallocated'), vm('vm2', 'PowerState/stopped')]),
      'no',
      'stopped',
    ],
    ['one machine stopped', behind({}, [vm('vm1', 'PowerState/deallocated')]), 'yes', ''],
  ])('%s', ([, example, works, words]) => {
    const answer = asked(example, 'client', '10.0.5.4:443')
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(words)])
  })
  test('an answer says that nobody knows what members answer to their probes', () => {
    expect(asked(behind({}), 'client', '10.0.5.4:443').notes).toContainEqual(expect.stringContaining('health probe'))
  })
})

describe('Learn: Inbound NAT rules', () => {
  const pooled = {
    ...{ protocol: 'Tcp', frontendPortRangeStart: 500, frontendPortRangeEnd: 509, backendPort: 22 },
    ...{ frontendIPConfiguration: ref(FE), backendAddressPool: ref(POOL) },
  }
  const single = (backendIPConfiguration: Json | undefined) => ({
    inboundNatRules: [
      {
        name: 'ssh',
        properties: {
          ...{ protocol: 'Tcp', frontendPort: 500, backendPort: 22, frontendIPConfiguration: ref(FE) },
          ...(backendIPConfiguration !== undefined && { backendIPConfiguration }),
        },
      },
    ],
  })
  const ofPool = { inboundNatRules: [{ name: 'ssh', properties: pooled }] }
  const mapped = {
    loadBalancerBackendAddresses: [
      listed('vm1', {
        inboundNatRulesPortMapping: [{ inboundNatRuleName: 'ssh', frontendPort: 500, backendPort: 22 }],
      }),
    ],
  }
  const scaleSets = {
    inboundNatPools: [
      {
        name: 'ssh',
        properties: {
          ...{ protocol: 'Tcp', frontendPortRangeStart: 500, frontendPortRangeEnd: 509, backendPort: 22 },
          frontendIPConfiguration: ref(FE),
        },
      },
    ],
  }
  const nat = (more: Properties, pool: Properties = {}) => behind({ rules: [], more, pool })
  test.for<readonly [string, Example, string, string, string]>([
    ['to a machine', nat(single(ref('networkInterfaces/vm1/ipConfigurations/one'))), '10.0.5.4:500', 'yes', ''],
    [
      'to a machine that is not in the export',
      nat(single(ref('networkInterfaces/gone/ipConfigurations/one'))),
      '10.0.5.4:500',
      'unknown',
      'gone',
    ],
    ['that is attached to nothing', nat(single(undefined)), '10.0.5.4:500', 'no', ''],
    ['for a pool, whose ports are dealt out by Azure', nat(ofPool), '10.0.5.4:505', 'unknown', 'ssh'],
    ['for a pool, outside its ports', nat(ofPool), '10.0.5.4:510', 'no', ''],
    ['for a pool whose ports the export tells', nat(ofPool, mapped), '10.0.5.4:500', 'yes', ''],
    ['for a pool whose ports the export tells, another', nat(ofPool, mapped), '10.0.5.4:501', 'unknown', 'ssh'],
    ['for a scale set', nat(scaleSets), '10.0.5.4:509', 'unknown', 'ssh'],
  ])('a rule %s', ([, example, to, works, words]) => {
    const answer = asked(example, 'client', to)
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(words)])
  })
})

describe('Learn: Troubleshoot Azure Load Balancer, a member that uses its own frontend', () => {
  const open = { ...WEB, probe: undefined }
  test('a pool of one never answers itself', () => {
    const alone = behind({ rules: [open], pool: { loadBalancerBackendAddresses: [listed('vm1')] } }, [], {})
    const answer = asked(alone, 'vm1', '10.0.5.4:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('the machine that asks')])
  })
  test('a pool of two answers one time in two', () => {
    const answer = asked(behind({ rules: [open] }), 'vm1', '10.0.5.4:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('1 of 2 connections fails')])
  })
})

describe('Learn: Source Network Address Translation for outbound connections, pools by address', () => {
  const byAddress = [{ name: 'a', properties: { ipAddress: '10.0.5.5' } }]
  test.for<[string, Example, string]>([
    ['by NIC loses default outbound access', behind({}), 'no'],
    ['by address keeps it', behind({ pool: { loadBalancerBackendAddresses: byAddress } }, [], {}), 'yes'],
    [
      'that is named by NIC and by address loses it',
      behind({ pool: { loadBalancerBackendAddresses: byAddress } }),
      'no',
    ],
  ])('a member of an internal load balancer’s pool %s', ([, example, works]) => {
    expect(asked(example, 'vm1', '8.8.8.8:443').works).toBe(works)
  })
})

describe('Learn: Gateway Load Balancer, Global Load Balancer', () => {
  test('a frontend that is chained to a gateway load balancer is decided by its appliances', () => {
    const gatewayLoadBalancer = ref('loadBalancers/gwlb/frontendIPConfigurations/gw')
    const answer = asked(behind({ frontend: { ...outside, gatewayLoadBalancer } }), 'internet', '20.2.2.2:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('gwlb')])
  })
  test.for<[string, string, string, string]>([
    ['from the internet to it', 'internet', '20.2.2.9:443', 'unknown'],
    ['from it to the internet', 'own', '8.8.8.8:443', 'unknown'],
    ['between it and a neighbour', 'client', '10.0.5.9:443', 'yes'],
  ])('a network interface that is chained to a gateway load balancer: %s', ([, from, to, works]) => {
    const more = {
      publicIPAddress: ref('publicIPAddresses/pip2'),
      gatewayLoadBalancer: ref('loadBalancers/gwlb/frontendIPConfigurations/gw'),
    }
    const chained = behind({}, [publicIp('pip2', '20.2.2.9'), nic('own', 'v/b', '10.0.5.9', {}, more)])
    const answer = asked(chained, from, to)
    expect([answer.works, answer.decision.includes('gwlb')]).toEqual([works, works === 'unknown'])
  })
  test('a global load balancer sends to the nearest region, and both are named', () => {
    const regional = ['we', 'ne'].map((one) => ({
      name: one,
      properties: {
        loadBalancerFrontendIPConfiguration: ref(`loadBalancers/lb-${one}/frontendIPConfigurations/fe`),
      },
    }))
    const global = { frontend: outside, pool: { loadBalancerBackendAddresses: regional } }
    const sku = { name: 'Standard', tier: 'Global' }
    const answer = asked(behind({ ...global, sku }, [], {}), 'internet', '20.2.2.2:443')
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining('lb-we')])
    expect(answer.decision).toContain('lb-ne')
  })
})

describe('Learn: Outbound rules, and High availability ports', () => {
  const snat = (disableOutboundSnat: Json) => behind({ frontend: outside, rules: [{ ...WEB, disableOutboundSnat }] })
  test.for<readonly [string, Json, string, string]>([
    ['false', false, 'yes', ''],
    ['true', true, 'no', 'NoOutboundMethod'],
    ['neither', "[parameters('snat')]", 'unknown', 'disableOutboundSnat'],
  ])('disableOutboundSnat %s', ([, value, works, words]) => {
    const answer = asked(snat(value), 'vm1', '8.8.8.8:443')
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(words)])
  })
  test.for<readonly [string, Properties, string]>([
    ['with HA ports takes any port', { protocol: 'All', frontendPort: 0, backendPort: 0 }, 'yes'],
    ['for one port leaves the others', { protocol: 'Tcp', frontendPort: 443, backendPort: 443 }, 'no'],
  ])('a next hop %s', ([, ports, works]) => {
    const example = behind({ rules: [ports] }, [
      vnet('v', ['10.0.0.0/16'], {
        b: { addressPrefix: '10.0.5.0/24', ...group },
        c: { addressPrefix: '10.0.6.0/24', routeTable: ref('routeTables/r') },
        d: { addressPrefix: '10.0.7.0/24' },
      }),
      routes('r', { '10.0.7.0/24': '10.0.5.4' }),
      nic('server', 'v/d', '10.0.7.4'),
      nic('vm1', 'v/b', '10.0.5.5', { enableIPForwarding: true }, member),
      nic('vm2', 'v/b', '10.0.5.6', { enableIPForwarding: true }, member),
    ])
    const merged = instead({ bodies: example.bodies.slice(0, 7) }, ...example.bodies.slice(7))
    expect(asked(merged, 'client', '10.0.7.4:22').works).toBe(works)
  })
})
