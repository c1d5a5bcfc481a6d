import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  nsg,
  type Properties,
  ref,
  rule,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'
import { endpoint } from './endpoint-bodies.ts'

const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const member = (manager: string, of: string, vnetName: string) =>
  body(`networkManagers/${manager}/networkGroups/${of}/staticMembers/${vnetName}`, {
    resourceId: id(`virtualNetworks/${vnetName}`),
  })
const anywhere = [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }]

/** A configuration of one rule collection; rules are inbound, TCP and from anywhere to anywhere unless they say otherwise. */
function configured(
  manager: string,
  rules: Readonly<Record<string, Properties>>,
  configuration: Properties = {},
): Json[] {
  const at = `networkManagers/${manager}/securityAdminConfigurations/c`
  return [
    body(at, configuration),
    body(`${at}/ruleCollections/rc`, {
      appliesToGroups: [{ networkGroupId: id(`networkManagers/${manager}/networkGroups/g`) }],
    }),
    ...Object.entries(rules).map(([name, properties]) =>
      body(`${at}/ruleCollections/rc/rules/${name}`, {
        ...{ priority: 10, access: 'Deny', direction: 'Inbound', protocol: 'Tcp' },
        ...{ sources: anywhere, destinations: anywhere, destinationPortRanges: ['443'] },
        ...properties,
      }),
    ),
  ]
}

const estate = (
  bodies: readonly Json[],
  subnet: Properties = group,
  more: Readonly<Record<string, Properties>> = {},
): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.0.0/24', ...subnet }, ...more }),
    nsg('n1', rule('Inbound', 200, 'Deny', 'Tcp', '*', '*', '8443')),
    nic('vm1', 'v/s', '10.0.0.4'),
    nic('vm2', 'v/s', '10.0.0.5'),
    ...bodies,
  ],
})
const inGroup = member('m', 'g', 'v')

describe('Learn: Security admin rules in Azure Virtual Network Manager', () => {
  test.for<[string, Properties, string, string]>([
    ['Deny stops what the NSG allows', {}, 'vm2:443', 'no'],
    ['Deny needs no NSG', {}, 'vm2:443', 'no'],
    ['another port is left to the NSG', {}, 'vm2:80', 'yes'],
    [
      'AlwaysAllow passes what the NSG denies',
      { access: 'AlwaysAllow', destinationPortRanges: ['8443'] },
      'vm2:8443',
      'yes',
    ],
    ['Allow leaves the last word to the NSG', { access: 'Allow', destinationPortRanges: ['8443'] }, 'vm2:8443', 'no'],
    ['Any is every protocol', { protocol: 'Any', destinationPortRanges: ['0-65535'] }, 'vm2', 'no'],
    ['outbound rules are asked at the sender', { direction: 'Outbound' }, 'vm2:443', 'no'],
    ['a priority nobody can read leaves it open', { priority: null }, 'vm2:443', 'unknown'],
    ['a direction nobody can read leaves it open', { direction: null }, 'vm2:443', 'unknown'],
    [
      'a network group whose members are not in the export leaves it open',
      { sources: [{ addressPrefix: id('networkManagers/m/networkGroups/gone'), addressPrefixType: 'NetworkGroup' }] },
      'vm2:443',
      'unknown',
    ],
    [
      'a network group stands for the ranges of its members',
      { sources: [{ addressPrefix: id('networkManagers/m/networkGroups/g'), addressPrefixType: 'NetworkGroup' }] },
      'vm2:443',
      'no',
    ],
    [
      'a prefix of others does not match',
      { sources: [{ addressPrefix: '10.9.0.0/16', addressPrefixType: 'IPPrefix' }] },
      'vm2:443',
      'yes',
    ],
  ])('%s', ([name, properties, to, works]) => {
    const subnet = name.includes('needs no NSG') ? {} : group
    expect(asked(estate([inGroup, ...configured('m', { r: properties })], subnet), 'vm1', to).works).toBe(works)
  })

  test('the lower number comes first', () => {
    const rules = { late: { priority: 20 }, early: { priority: 10, access: 'AlwaysAllow' } }
    const answer = asked(estate([inGroup, ...configured('m', rules)]), 'vm1', 'vm2:443')
    expect([answer.works, answer.decision]).toEqual(['yes', expect.stringContaining('rule 10 early')])
  })

  test('of two managers the one over a management group comes first, whatever its priorities', () => {
    const bodies = [
      body('networkManagers/m', { networkManagerScopes: { subscriptions: ['/subscriptions/s'] } }),
      body('networkManagers/top', {
        networkManagerScopes: { managementGroups: ['/providers/Microsoft.Management/managementGroups/mg'] },
      }),
      ...[inGroup, member('top', 'g', 'v')],
      ...configured('m', { low: { priority: 1, access: 'AlwaysAllow' } }),
      ...configured('top', { high: { priority: 100 } }),
    ]
    const answer = asked(estate(bodies), 'vm1', 'vm2:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('rule 100 high')])
  })

  test('a group whose members are not in the export may hold the VNet', () => {
    const bodies = [body('networkManagers/m/networkGroups/g', {}), ...configured('m', { r: {} })]
    const answer = asked(estate(bodies), 'vm1', 'vm2:443')
    expect([answer.works, answer.decision]).toEqual([
      'unknown',
      expect.stringContaining('whether VNet v is in network group g, whose members are not in the export'),
    ])
    expect(asked(estate(bodies), 'vm1', 'vm2:80').works).toBe('yes')
  })

  const managed = {
    mi: {
      addressPrefix: '10.0.7.0/24',
      delegations: [{ name: 'd', properties: { serviceName: 'Microsoft.Sql/managedInstances' } }],
    },
  }
  test.for<[string, Properties, Properties, string]>([
    ['nothing', {}, {}, 'yes'],
    ['All', { applyOnNetworkIntentPolicyBasedServices: ['All'] }, {}, 'no'],
    ['AllowRulesOnly, of a Deny', { applyOnNetworkIntentPolicyBasedServices: ['AllowRulesOnly'] }, {}, 'yes'],
  ])(
    'in a VNet with a managed instance they apply as the configuration says: %s',
    ([, configuration, properties, works]) => {
      const bodies = [inGroup, ...configured('m', { r: properties }, configuration)]
      expect(asked(estate(bodies, group, managed), 'vm1', 'vm2:443').works).toBe(works)
    },
  )

  test('they do not apply to private endpoints', () => {
    const policy = { privateEndpointNetworkPolicies: 'Enabled', addressPrefix: '10.0.8.0/24', ...group }
    const bodies = [
      inGroup,
      ...configured('m', { r: {} }),
      ...endpoint('pe', 'v/pe', '10.0.8.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
    ]
    expect(asked(estate(bodies, group, { pe: policy }), 'vm1', '10.0.8.4:443').works).toBe('yes')
  })

  test('nor in the subnet of an application gateway', () => {
    const bodies = [
      inGroup,
      ...configured('m', { r: {} }),
      body('applicationGateways/agw', {
        gatewayIPConfigurations: [{ name: 'one', properties: { subnet: subnetRef('v/agw') } }],
      }),
      nic('in-agw', 'v/agw', '10.0.6.9'),
    ]
    expect(asked(estate(bodies, group, { agw: { addressPrefix: '10.0.6.0/24' } }), 'vm1', 'in-agw:443').works).toBe(
      'yes',
    )
  })
})
