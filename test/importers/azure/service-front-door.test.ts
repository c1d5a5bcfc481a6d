import { describe, expect, test } from 'vitest'
import { azureServices } from '../../../src/importers/azure/services/service.ts'
import { meets } from './meets.ts'
import { arm, estateOf, type Json, privateEndpoint, SUBNET, serviceOf, vnet } from './services-estate.ts'

const VNET = vnet('v', '10.0.0.0/16', {
  pe: '10.0.0.0/24',
  sql: { addressPrefix: '10.0.1.0/24', serviceEndpoints: [{ service: 'Microsoft.Sql' }] },
  plain: '10.0.2.0/24',
})
const SQL_SUBNET = `subnet:${SUBNET('v', 'sql').toLowerCase()}`
const gate = (...bodies: readonly Json[]) => serviceOf(azureServices(estateOf([VNET, ...bodies])), 'x').gate

/** Who asks: an address of nobody's, one of Azure's, one that stands for default outbound access. */
const AZURE = { source: '20.1.2.3' }
const UNKNOWN_ADDRESS = { source: '198.18.0.2' }

type Caller = { source?: string; stamps?: string[]; name?: string }
type Row = readonly [what: string, bodies: readonly Json[], from: Caller, wanted: string]

const firewallRule = (type: string, startIpAddress: string, endIpAddress: string) =>
  arm(`${type}/firewallRules`, 'x/rule', { startIpAddress, endIpAddress })
const SQL = 'Microsoft.Sql/servers'
const POSTGRES = 'Microsoft.DBforPostgreSQL/flexibleServers'
const MYSQL = 'Microsoft.DBforMySQL/flexibleServers'
const SYNAPSE = 'Microsoft.Synapse/workspaces'
const REDIS = 'Microsoft.Cache/redis'
const COSMOS = 'Microsoft.DocumentDB/databaseAccounts'

describe('Learn: Azure SQL Database and Azure Synapse IP firewall rules', () => {
  test.for<Row>([
    ['an address in a rule', [arm(SQL, 'x', {}), firewallRule(SQL, '203.0.113.1', '203.0.113.9')], {}, 'accepted'],
    [
      'an address in no rule',
      [arm(SQL, 'x', {}), firewallRule(SQL, '203.0.113.8', '203.0.113.9')],
      {},
      'refused-by-service: SQL server x refuses: default action is Deny',
    ],
    ['an address of Azure', [arm(SQL, 'x', {}), firewallRule(SQL, '0.0.0.0', '0.0.0.0')], AZURE, 'accepted'],
    [
      'default outbound access, which is an address of Azure',
      [arm(SQL, 'x', {}), firewallRule(SQL, '0.0.0.0', '0.0.0.0')],
      UNKNOWN_ADDRESS,
      'accepted',
    ],
    [
      'default outbound access, whose address may be the one in the rule',
      [arm(SQL, 'x', {}), firewallRule(SQL, '20.9.9.9', '20.9.9.9')],
      UNKNOWN_ADDRESS,
      'unknown',
    ],
    [
      'default outbound access, whose address is one of Azure’s and none in the rule is',
      [arm(SQL, 'x', {}), firewallRule(SQL, '203.0.113.8', '203.0.113.9')],
      UNKNOWN_ADDRESS,
      'refused-by-service',
    ],
    [
      'a subnet with the service endpoint and a rule for it',
      [arm(SQL, 'x', {}), arm(`${SQL}/virtualNetworkRules`, 'x/r', { virtualNetworkSubnetId: SUBNET('v', 'sql') })],
      { ...UNKNOWN_ADDRESS, stamps: [SQL_SUBNET] },
      'accepted',
    ],
    [
      'a subnet with the service endpoint and an IP rule for all of Azure',
      [arm(SQL, 'x', {}), firewallRule(SQL, '0.0.0.0', '0.0.0.0')],
      { ...UNKNOWN_ADDRESS, stamps: [SQL_SUBNET] },
      'unknown',
    ],
    [
      'anybody while public access is off, whatever the rules say',
      [arm(SQL, 'x', { publicNetworkAccess: 'Disabled' }), firewallRule(SQL, '203.0.113.1', '203.0.113.9')],
      {},
      'refused-by-service: SQL server x refuses: publicNetworkAccess is Disabled',
    ],
  ])('%s', ([, bodies, from, wanted]) => {
    expect(meets(gate(...bodies), from)).toContain(wanted)
  })

  test.for<readonly [string, Json, Caller, string]>([
    ['an address', {}, {}, '40615'],
    ['a subnet with the service endpoint', {}, { stamps: [SQL_SUBNET] }, '40914'],
    ['a server without public access', { publicNetworkAccess: 'Disabled' }, {}, '47073'],
  ])('the error a client sees names %s', ([, properties, from, number]) => {
    const made = gate(arm(SQL, 'x', properties))
    const name = meets(made, from).replace(/^.*refuses: /, '')
    const refusal = made.rules.find((one) => name.startsWith(one.name))?.refusal
    expect(refusal?.kind === 'protocol' ? refusal.text : '').toContain(number)
  })
})

describe('Learn: Firewall rules in Azure Database for PostgreSQL, MySQL, and Synapse workspaces', () => {
  test.for<Row>(
    [POSTGRES, MYSQL, SYNAPSE].flatMap((type): Row[] => [
      [
        `${type} and an address in a rule`,
        [arm(type, 'x', {}), firewallRule(type, '203.0.113.1', '203.0.113.9')],
        {},
        'accepted',
      ],
      [
        `${type} and an address in no rule`,
        [arm(type, 'x', {}), firewallRule(type, '203.0.113.8', '203.0.113.9')],
        {},
        'refused-by-service',
      ],
      [`${type} and Azure services`, [arm(type, 'x', {}), firewallRule(type, '0.0.0.0', '0.0.0.0')], AZURE, 'accepted'],
      [`${type} whose rules are not in the export`, [arm(type, 'x', {})], {}, 'unknown'],
      [
        `${type} without public access`,
        [arm(type, 'x', { publicNetworkAccess: 'Disabled' })],
        {},
        'refused-by-service',
      ],
    ]),
  )('%s', ([, bodies, from, wanted]) => {
    expect(meets(gate(...bodies), from)).toContain(wanted)
  })

  test.for([POSTGRES, MYSQL])('%s in a subnet of its own has no public address', (type) => {
    const network = { delegatedSubnetResourceId: SUBNET('v', 'plain') }
    expect(meets(gate(arm(type, 'x', { network })), {})).toContain('refused-by-service')
  })

  test('a cache without rules is open, one with rules lets in what they name', () => {
    expect(meets(gate(arm(REDIS, 'x', {})), {})).toContain('accepted')
    const rule = arm(`${REDIS}/firewallRules`, 'x/r', { startIP: '203.0.113.1', endIP: '203.0.113.9' })
    expect(meets(gate(arm(REDIS, 'x', {}), rule), {})).toContain('accepted')
    expect(meets(gate(arm(REDIS, 'x', {}), rule), { source: '203.0.114.1' })).toContain('refused-by-service')
  })
})

describe('Learn: Configure IP firewall in Azure Cosmos DB', () => {
  test.for<Row>([
    ['0.0.0.0 is all of Azure', [arm(COSMOS, 'x', { ipRules: [{ ipAddressOrRange: '0.0.0.0' }] })], AZURE, 'accepted'],
    [
      '0.0.0.0 is nobody else',
      [arm(COSMOS, 'x', { ipRules: [{ ipAddressOrRange: '0.0.0.0' }] })],
      {},
      'refused-by-service',
    ],
    ['so it is in the older list', [arm(COSMOS, 'x', { ipRangeFilter: '198.51.100.1,0.0.0.0' })], AZURE, 'accepted'],
    [
      'a subnet in its rules',
      [
        arm(COSMOS, 'x', {
          isVirtualNetworkFilterEnabled: true,
          virtualNetworkRules: [{ id: SUBNET('v', 'sql') }],
        }),
      ],
      { stamps: [SQL_SUBNET] },
      'accepted',
    ],
    [
      'rules for subnets that are switched off',
      [
        arm(COSMOS, 'x', {
          isVirtualNetworkFilterEnabled: false,
          virtualNetworkRules: [{ id: SUBNET('v', 'sql') }],
        }),
      ],
      {},
      'accepted',
    ],
  ])('%s', ([, bodies, from, wanted]) => {
    expect(meets(gate(...bodies), from)).toContain(wanted)
  })
})

describe('Learn: Allow access to Event Hubs namespaces from specific IP addresses or ranges', () => {
  const namespace = (type: string, rules: Json) => [
    arm(`${type}/namespaces`, 'x', {}),
    arm(`${type}/namespaces/networkRuleSets`, 'x/default', rules),
  ]
  test.for(['Microsoft.EventHub', 'Microsoft.ServiceBus'])('%s with Deny and no rule at all stays open', (type) => {
    const bare = { defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] }
    expect(meets(gate(...namespace(type, bare)), {})).toContain('accepted')
  })
  test.for(['Microsoft.EventHub', 'Microsoft.ServiceBus'])('%s with Deny and one rule refuses the rest', (type) => {
    const rules = { defaultAction: 'Deny', ipRules: [{ ipMask: '198.51.100.1', action: 'Allow' }] }
    expect(meets(gate(...namespace(type, rules)), {})).toContain('refused-by-service')
  })
  test('the switch inside the rule set closes it', () => {
    const rules = { publicNetworkAccess: 'Disabled', defaultAction: 'Allow' }
    expect(meets(gate(...namespace('Microsoft.EventHub', rules)), {})).toContain('publicNetworkAccess is Disabled')
  })
})

describe('Learn: IoT Hub IP filters', () => {
  const HUB = 'Microsoft.Devices/IotHubs'
  const host = 'iothub-ns-x-1.servicebus.windows.net'
  const eventHubEndpoints = { events: { endpoint: `sb://${host}/` } }
  const hub = (rules: Json) => gate(arm(HUB, 'x', { eventHubEndpoints, networkRuleSets: rules }))
  const deny = { defaultAction: 'Deny', ipRules: [{ ipMask: '198.51.100.1', action: 'Allow' }] }

  test('the built-in endpoint is covered only when the rule set says so', () => {
    const left = hub({ ...deny, applyToBuiltInEventHubEndpoint: false })
    expect(meets(left, { name: host })).toContain('accepted')
    expect(meets(left, { name: 'x.azure-devices.net' })).toContain('refused-by-service')
    const covered = hub({ ...deny, applyToBuiltInEventHubEndpoint: true })
    expect(meets(covered, { name: host })).toContain('refused-by-service')
  })
  test('whether it is covered is not known where that is an expression', () => {
    expect(meets(hub({ ...deny, applyToBuiltInEventHubEndpoint: '[if(a)]' }), { name: host })).toContain('unknown')
  })
  test('a default action that is neither Allow nor Deny leaves it unknown', () => {
    expect(meets(hub({ ...deny, defaultAction: "[parameters('a')]" }), {})).toContain('unknown')
  })
})

describe('Learn: Secure access to the API server using authorized IP address ranges', () => {
  const AKS = 'Microsoft.ContainerService/managedClusters'
  const pip = arm('Microsoft.Network/publicIPAddresses', 'out', { ipAddress: '20.5.5.5' })
  const cluster = (ranges: string[]) =>
    gate(
      pip,
      arm(AKS, 'x', {
        apiServerAccessProfile: { authorizedIPRanges: ranges },
        networkProfile: { loadBalancerProfile: { effectiveOutboundIPs: [{ id: pip.id }] } },
      }),
    )
  test.for<readonly [string, string[], Caller, string]>([
    ['its own outbound address is let in besides', ['203.0.113.0/24'], { source: '20.5.5.5' }, 'accepted'],
    ['a listed range is let in', ['203.0.113.0/24'], {}, 'accepted'],
    ['0.0.0.0/32 lets in its own outbound address', ['0.0.0.0/32'], { source: '20.5.5.5' }, 'accepted'],
    ['0.0.0.0/32 lets in nobody else', ['0.0.0.0/32'], {}, 'refused-by-service'],
  ])('%s', ([, ranges, from, wanted]) => {
    expect(meets(cluster(ranges), from)).toContain(wanted)
  })
  test('whoever is not listed hears nothing', () => {
    expect(cluster(['198.51.100.0/24']).rules.at(-1)?.refusal).toEqual({ kind: 'silence' })
  })
})

describe('services whose rules have a shape of their own', () => {
  test.for<Row>([
    [
      'a search service refuses what its IP rules do not name (Learn: Configure network access for Azure AI Search)',
      [arm('Microsoft.Search/searchServices', 'x', { networkRuleSet: { ipRules: [{ value: '198.51.100.1' }] } })],
      {},
      'refused-by-service',
    ],
    [
      'a search service without rules is open',
      [arm('Microsoft.Search/searchServices', 'x', { networkRuleSet: { ipRules: [] } })],
      {},
      'accepted',
    ],
    [
      'a Batch account has a profile for its account endpoint (Learn: Configure public network access with Azure Batch)',
      [
        arm('Microsoft.Batch/batchAccounts', 'x', {
          networkProfile: {
            accountAccess: { defaultAction: 'Deny', ipRules: [{ action: 'Allow', value: '1.2.3.4' }] },
          },
        }),
      ],
      {},
      'refused-by-service',
    ],
    [
      'a workspace with an IP list lets in what it names',
      [arm('Microsoft.MachineLearningServices/workspaces', 'x', { ipAllowlist: ['203.0.113.0/24'] })],
      {},
      'accepted',
    ],
    [
      'a workspace with an IP list refuses the rest',
      [arm('Microsoft.MachineLearningServices/workspaces', 'x', { ipAllowlist: ['198.51.100.0/24'] })],
      {},
      'refused-by-service',
    ],
    [
      'a key vault refuses what no rule names',
      [arm('Microsoft.KeyVault/vaults', 'x', { networkAcls: { defaultAction: 'Deny', bypass: 'None' } })],
      {},
      'refused-by-service',
    ],
    [
      'a Databricks workspace without public access',
      [arm('Microsoft.Databricks/workspaces', 'x', { publicNetworkAccess: 'Disabled' })],
      {},
      'refused-by-service',
    ],
  ])('%s', ([, bodies, from, wanted]) => {
    expect(meets(gate(...bodies), from)).toContain(wanted)
  })
})

describe('Learn: Azure App Service access restrictions', () => {
  const APP = 'Microsoft.Web/sites'
  const app = (siteConfig: Json, more: Json = {}) => arm(APP, 'x', { siteConfig, ...more })
  const rule = (ipAddress: string, action: string, priority: number, more: Json = {}) => ({
    ...{ ipAddress, action, priority, name: `p${priority}` },
    ...more,
  })
  const endpoint = privateEndpoint('pe', SUBNET('v', 'pe'), arm(APP, 'x', {}), 'sites', '10.0.0.5', [
    'x.azurewebsites.net',
  ])
  const scm = { name: 'x.scm.azurewebsites.net' }
  test.for<Row>([
    ['without rules it is open', [app({})], {}, 'accepted'],
    ['an allowed address', [app({ ipSecurityRestrictions: [rule('203.0.113.0/24', 'Allow', 100)] })], {}, 'accepted'],
    [
      'one rule that allows shuts out the rest',
      [app({ ipSecurityRestrictions: [rule('198.51.100.0/24', 'Allow', 100)] })],
      {},
      'refused-by-service',
    ],
    [
      'the smaller priority decides, in whatever order they stand',
      [
        app({
          ipSecurityRestrictions: [rule('203.0.113.0/24', 'Allow', 200), rule('203.0.113.7/32', 'Deny', 100)],
        }),
      ],
      {},
      'refused-by-service: App Service app x refuses: access restriction p100',
    ],
    [
      'the action for what no rule names',
      [
        app({
          ipSecurityRestrictions: [rule('198.51.100.0/24', 'Deny', 100)],
          ipSecurityRestrictionsDefaultAction: 'Allow',
        }),
      ],
      {},
      'accepted',
    ],
    [
      'a rule for a subnet with the service endpoint',
      [app({ ipSecurityRestrictions: [{ vnetSubnetResourceId: SUBNET('v', 'sql'), action: 'Allow', priority: 1 }] })],
      { stamps: [SQL_SUBNET] },
      'accepted',
    ],
    [
      'a rule for a service tag',
      [app({ ipSecurityRestrictions: [rule('Storage', 'Allow', 1, { tag: 'ServiceTag' })] })],
      { source: '20.60.0.9' },
      'accepted',
    ],
    [
      'a rule that also wants a header, which a question does not hold',
      [
        app({
          ipSecurityRestrictions: [rule('203.0.113.0/24', 'Allow', 1, { headers: { 'x-azure-fdid': ['guid'] } })],
        }),
      ],
      {},
      'unknown',
    ],
    ['switched off', [app({}, { publicNetworkAccess: 'Disabled' })], {}, 'refused-by-service'],
    ['with a private endpoint and no word on public access', [app({}), endpoint], {}, 'refused-by-service'],
    [
      'with a private endpoint and public access on',
      [app({}, { publicNetworkAccess: 'Enabled' }), endpoint],
      {},
      'accepted',
    ],
    [
      'the rules of a body of their own',
      [
        app({ ipSecurityRestrictions: null }),
        arm(`${APP}/config`, 'x/web', { ipSecurityRestrictions: [rule('198.51.100.0/24', 'Allow', 100)] }),
      ],
      {},
      'refused-by-service',
    ],
    [
      'its advanced tools have rules of their own',
      [
        app({
          ipSecurityRestrictions: [rule('203.0.113.0/24', 'Allow', 100)],
          scmIpSecurityRestrictions: [rule('198.51.100.0/24', 'Allow', 100)],
        }),
      ],
      scm,
      'refused-by-service',
    ],
    [
      'or those of the site',
      [
        app({
          ipSecurityRestrictions: [rule('203.0.113.0/24', 'Allow', 100)],
          scmIpSecurityRestrictions: [rule('198.51.100.0/24', 'Allow', 100)],
          scmIpSecurityRestrictionsUseMain: true,
        }),
      ],
      scm,
      'accepted',
    ],
  ])('%s', ([, bodies, from, wanted]) => {
    expect(meets(gate(...bodies), { name: 'x.azurewebsites.net', ...from })).toContain(wanted)
  })
})
