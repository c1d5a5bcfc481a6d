import { describe, expect, test } from 'vitest'
import { body, id, type Json, nic, nsg, publicIp, ref, rule, tags, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'
import { endpoint, zone } from './endpoint-bodies.ts'

const group = (name: string) => ({ networkSecurityGroup: ref(`networkSecurityGroups/${name}`) })
const web = rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '80')

describe('Learn: How network security groups filter network traffic', () => {
  const machine = (subnetGroup: Json[], nicGroup: Json[]): Example => ({
    bodies: [
      vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...(subnetGroup.length > 0 && group('nsg1')) } }),
      ...subnetGroup,
      ...nicGroup,
      publicIp('pip', '52.1.1.1'),
      nic('vm', 'v/s', '10.0.0.4', nicGroup.length > 0 ? group('nsg2') : {}, {
        publicIPAddress: ref('publicIPAddresses/pip'),
      }),
    ],
  })
  test('T2.1: what the NIC’s NSG allows and the subnet’s does not is blocked, and the NIC’s is never asked', () => {
    const answer = asked(machine([nsg('nsg1')], [nsg('nsg2', web)]), 'internet', '52.1.1.1:80')
    expect(answer.works).toBe('no')
    expect(answer.decision).toContain('NSG nsg1 inbound rule 65500 DenyAllInBound')
    expect(answer.decided.some((one) => one.includes('nsg2'))).toBe(false)
  })
  test('T2.2: without an NSG on the subnet the NIC’s alone decides', () => {
    const answer = asked(machine([], [nsg('nsg2', web)]), 'internet', '52.1.1.1:80')
    expect([answer.works, answer.decision]).toEqual(['yes', expect.stringContaining('NSG nsg2 inbound rule 100')])
  })
  test('T2.4: denying everything inbound cuts two machines of one subnet off from each other', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...group('nsg1') } }),
      nsg('nsg1', rule('Inbound', 4096, 'Deny', '*', '*', '*', '*')),
      nic('vm1', 'v/s', '10.0.0.4'),
      nic('vm2', 'v/s', '10.0.0.5'),
    ]
    expect(asked({ bodies }, 'vm1', 'vm2:443').decision).toContain('rule 4096 r4096 drops')
  })
  test('T2.4: and keeps the probes of a load balancer out, so that it has no healthy member', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], {
        s: { addressPrefix: '10.0.0.0/24', ...group('nsg1') },
        c: { addressPrefix: '10.0.1.0/24' },
      }),
      nsg(
        'nsg1',
        rule('Inbound', 100, 'Allow', '*', '10.0.1.0/24', '*', '*'),
        rule('Inbound', 4096, 'Deny', '*', '*', '*', '*'),
      ),
      balancer,
      nic(
        'vm1',
        'v/s',
        '10.0.0.4',
        {},
        { loadBalancerBackendAddressPools: [ref('loadBalancers/lb/backendAddressPools/be')] },
      ),
      nic('client', 'v/c', '10.0.1.4'),
    ]
    const answer = asked({ bodies }, 'client', '10.0.0.100:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('no healthy backend')])
  })
})

const balancer = body(
  'loadBalancers/lb',
  {
    frontendIPConfigurations: [
      {
        id: id('loadBalancers/lb/frontendIPConfigurations/fe'),
        name: 'fe',
        properties: { privateIPAddress: '10.0.0.100', subnet: ref('virtualNetworks/v/subnets/s') },
      },
    ],
    backendAddressPools: [{ id: id('loadBalancers/lb/backendAddressPools/be'), name: 'be', properties: {} }],
    probes: [{ id: id('loadBalancers/lb/probes/p'), name: 'p', properties: { protocol: 'Tcp', port: 443 } }],
    loadBalancingRules: [
      {
        name: 'r',
        properties: {
          frontendIPConfiguration: ref('loadBalancers/lb/frontendIPConfigurations/fe'),
          backendAddressPool: ref('loadBalancers/lb/backendAddressPools/be'),
          probe: ref('loadBalancers/lb/probes/p'),
          protocol: 'Tcp',
          frontendPort: 443,
          backendPort: 443,
        },
      },
    ],
  },
  { sku: { name: 'Standard' } },
)

describe('Learn: Application security groups', () => {
  const within = (name: string) => ({ applicationSecurityGroups: [ref(`applicationSecurityGroups/${name}`)] })
  const between = (source: string | undefined, to: string) => ({
    ...(source !== undefined && {
      sourceApplicationSecurityGroups: [ref(`applicationSecurityGroups/${source}`)],
      sourceAddressPrefix: undefined,
    }),
    destinationApplicationSecurityGroups: [ref(`applicationSecurityGroups/${to}`)],
    destinationAddressPrefix: undefined,
  })
  const bodies = [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...group('nsg1') } }),
    ...['AsgWeb', 'AsgLogic', 'AsgDb'].map((name) => body(`applicationSecurityGroups/${name}`, {})),
    nsg(
      'nsg1',
      rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '80', between(undefined, 'AsgWeb')),
      rule('Inbound', 110, 'Allow', 'Tcp', '*', '*', '1433', between('AsgLogic', 'AsgDb')),
      rule('Inbound', 120, 'Deny', '*', '*', '*', '1433', between(undefined, 'AsgDb')),
    ),
    nic('web', 'v/s', '10.0.0.4', {}, within('AsgWeb')),
    nic('logic', 'v/s', '10.0.0.5', {}, within('AsgLogic')),
    nic('db', 'v/s', '10.0.0.6', {}, within('AsgDb')),
  ]
  test.for([
    ['web', 'no', 'rule 120 r120 drops'],
    ['logic', 'yes', 'rule 110 r110 accepts'],
  ] as const)('T2.3: %s to the database: %s, by %s', ([from, works, decision]) => {
    const answer = asked({ bodies }, from, 'db:1433')
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(decision)])
  })
})

describe('Learn: Azure service tags overview', () => {
  test('T2.5: a tag of a service never holds the address of a private endpoint', () => {
    const example: Example = {
      bodies: [
        vnet('v', ['10.1.0.0/16'], {
          pe: { addressPrefix: '10.1.0.0/24' },
          client: { addressPrefix: '10.1.1.0/24', ...group('nsg1') },
        }),
        nsg(
          'nsg1',
          rule('Outbound', 100, 'Allow', 'Tcp', '*', 'Storage', '443'),
          rule('Outbound', 200, 'Deny', '*', '*', '*', '*'),
        ),
        body('Microsoft.Storage/storageAccounts/acct', { publicNetworkAccess: 'Disabled' }),
        ...endpoint('pe', 'v/pe', '10.1.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
        ...zone('privatelink.blob.core.windows.net', { acct: '10.1.0.4' }, ['v']),
        nic('vm', 'v/client', '10.1.1.4'),
      ],
      tags: tags({ Storage: ['20.60.0.0/16'] }),
    }
    const answer = asked(example, 'vm', 'acct.blob.core.windows.net:443')
    expect(answer.resolved).toEqual(['10.1.0.4'])
    expect([answer.works, answer.decision]).toEqual([
      'no',
      expect.stringContaining('NSG nsg1 outbound rule 200 r200 drops'),
    ])
  })
})

describe('Learn: Network security groups, Azure platform considerations', () => {
  const denying = (...more: Json[]): Example => ({
    bodies: [
      vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...group('nsg1') } }),
      nsg('nsg1', rule('Outbound', 200, 'Deny', '*', '*', '*', '*'), ...more),
      ...zone('plant.example', { db: '10.0.0.9' }, ['v']),
      nic('vm', 'v/s', '10.0.0.4'),
    ],
  })
  test('T2.6: denying everything outbound leaves Azure’s DNS alone', () => {
    expect(asked(denying(), 'vm', 'db.plant.example:443').resolved).toEqual(['10.0.0.9'])
  })
  test('T2.6: a rule for AzurePlatformDNS stops it', () => {
    const answer = asked(
      denying(rule('Outbound', 300, 'Deny', '*', '*', 'AzurePlatformDNS', '*')),
      'vm',
      'db.plant.example:443',
    )
    expect([answer.outcome, answer.code]).toEqual(['name-not-resolved', 'dns-server-unreachable'])
  })
})

describe('Learn: Security admin rules in Azure Virtual Network Manager', () => {
  const manager = 'networkManagers/m'
  const configuration = `${manager}/securityAdminConfigurations/c`
  const admin = (name: string, access: string, port: string, priority: number) =>
    body(`${configuration}/ruleCollections/rc/rules/${name}`, {
      priority,
      access,
      direction: 'Inbound',
      protocol: 'Tcp',
      sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
      destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
      destinationPortRanges: [port],
    })
  const bodies = [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...group('nsg1') } }),
    nsg(
      'nsg1',
      rule('Inbound', 100, 'Deny', 'Tcp', '*', '*', '443'),
      rule('Inbound', 110, 'Allow', 'Tcp', '*', '*', '22'),
    ),
    body(`${manager}/networkGroups/g`, {}),
    body(`${manager}/networkGroups/g/staticMembers/one`, { resourceId: id('virtualNetworks/v') }),
    body(configuration, {}),
    body(`${configuration}/ruleCollections/rc`, {
      appliesToGroups: [{ networkGroupId: id(`${manager}/networkGroups/g`) }],
    }),
    admin('always-443', 'AlwaysAllow', '443', 10),
    admin('no-22', 'Deny', '22', 20),
    admin('allow-8080', 'Allow', '8080', 30),
    nic('vm1', 'v/s', '10.0.0.4'),
    nic('vm2', 'v/s', '10.0.0.5'),
  ]
  test.for([
    [443, 'yes', 'always-443'],
    [22, 'no', 'no-22'],
    [8080, 'yes', 'AllowVnetInBound'],
  ] as const)('T2.7: tcp %i: %s, by %s', ([port, works, decision]) => {
    const answer = asked({ bodies }, 'vm1', `vm2:${port}`)
    expect([answer.works, answer.decided.at(-1)]).toEqual([works, expect.stringContaining(decision)])
  })
})

describe('Learn: Manage network policies for private endpoints, NSG support', () => {
  test.for([
    ['Disabled', 'yes'],
    ['NetworkSecurityGroupEnabled', 'no'],
  ] as const)(
    'T2.8: with the policy %s an NSG that denies everything lets the endpoint be reached: %s',
    ([policy, works]) => {
      const example: Example = {
        bodies: [
          vnet('v', ['10.1.0.0/16'], {
            pe: { addressPrefix: '10.1.0.0/24', privateEndpointNetworkPolicies: policy, ...group('nsg1') },
            client: { addressPrefix: '10.1.1.0/24' },
          }),
          nsg('nsg1', rule('Inbound', 100, 'Deny', '*', '*', '*', '*')),
          ...endpoint('pe', 'v/pe', '10.1.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
          nic('vm', 'v/client', '10.1.1.4'),
        ],
      }
      const answer = asked(example, 'vm', '10.1.0.4:443')
      expect(answer.works).toBe(works)
      if (works === 'no') expect(answer.decision).toContain('NSG nsg1 inbound rule 100 r100 drops')
    },
  )
})
