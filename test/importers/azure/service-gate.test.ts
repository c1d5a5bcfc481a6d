import { describe, expect, test } from 'vitest'
import { azureServices } from '../../../src/importers/azure/services/service.ts'
import { meets } from './meets.ts'
import { arm, estateOf, type Json, SUBNET, serviceOf, vnet } from './services-estate.ts'

const GUID = '11111111-2222-3333-4444-555555555555'
const ML = vnet('vnet-ml', '10.110.0.0/20', {
  'snet-pe': '10.110.0.0/25',
  'snet-train': { addressPrefix: '10.110.1.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
  'snet-plain': '10.110.2.0/24',
})
const WORKSPACE = arm('Microsoft.MachineLearningServices/workspaces', 'mlw-vision', { workspaceId: GUID })
const HUB = arm('Microsoft.Devices/IotHubs', 'iot-vision', {
  hostName: 'iot-vision.azure-devices.net',
  eventHubEndpoints: { events: { endpoint: 'sb://iothub-ns-iot-vision-1.servicebus.windows.net/' } },
})
const service = (name: string, ...bodies: Json[]) => serviceOf(azureServices(estateOf(bodies)), name)

describe('the gate of a storage account', () => {
  const gate = (properties: Json, ...bodies: Json[]) =>
    service('stmlvision', ML, WORKSPACE, arm('Microsoft.Storage/storageAccounts', 'stmlvision', properties), ...bodies)
      .gate
  const resource = `resource:${String(WORKSPACE.id).toLowerCase()}`
  const train = `subnet:${SUBNET('vnet-ml', 'snet-train').toLowerCase()}`
  const closed = { publicNetworkAccess: 'Disabled', networkAcls: { bypass: 'None', defaultAction: 'Deny' } }

  test('is open by default', () => {
    expect(meets(gate({}), {})).toContain('accepted')
    expect(meets(gate({ publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Allow' } }), {})).toContain(
      'accepted',
    )
  })

  test('says what public network access refuses, at its line', () => {
    const made = gate(closed)
    expect(meets(made, {})).toBe(
      'refused-by-service: storage account stmlvision refuses: publicNetworkAccess is Disabled (HTTP 403 AuthorizationFailure)',
    )
    expect(made.policySource).toMatchObject({ kind: 'pointer', text: '"publicNetworkAccess": "Disabled",' })
  })

  test('lets a listed resource pass while public access is disabled, unless the setting says otherwise', () => {
    const properties = {
      ...closed,
      networkAcls: { ...closed.networkAcls, resourceAccessRules: [{ resourceId: WORKSPACE.id, tenantId: 't' }] },
    }
    expect(meets(gate(properties), { stamps: [resource] })).toContain(
      'accepted: storage account stmlvision: resource instance rule mlw-vision',
    )
    const strict = estateOf([arm('Microsoft.Storage/storageAccounts', 'stmlvision', properties)], {
      trustedPassWhenPublicDisabled: false,
    })
    expect(meets(serviceOf(azureServices(strict), 'stmlvision').gate, { stamps: [resource] })).toContain(
      'refused-by-service',
    )
  })

  test('a resource instance rule may name every workspace', () => {
    const pattern = '/subscriptions/s/resourceGroups/*/providers/Microsoft.MachineLearningServices/workspaces/*'
    const made = gate({
      networkAcls: { bypass: 'None', defaultAction: 'Deny', resourceAccessRules: [{ resourceId: pattern }] },
    })
    expect(meets(made, { stamps: [resource] })).toContain('accepted')
    expect(meets(made, { stamps: ['resource:/subscriptions/s/other'] })).toContain('refused-by-service')
  })

  test.for<[string, Json, { stamps?: string[]; source?: string }, string]>([
    [
      'a subnet with its stamp',
      { virtualNetworkRules: [{ id: SUBNET('vnet-ml', 'snet-train') }] },
      { stamps: [train], source: '10.110.1.4' },
      'accepted',
    ],
    [
      'a subnet that is not listed',
      { virtualNetworkRules: [] },
      { stamps: [train], source: '10.110.1.4' },
      'refused-by-service',
    ],
    [
      'a rule whose subnet is gone',
      { virtualNetworkRules: [{ id: SUBNET('vnet-ml', 'snet-train'), state: 'NetworkSourceDeleted' }] },
      { stamps: [train] },
      'refused-by-service',
    ],
    ['an address in an IP rule', { ipRules: [{ value: '203.0.113.0/24' }] }, {}, 'accepted'],
    ['an address outside the IP rules', { ipRules: [{ value: '203.0.114.0/24' }] }, {}, 'refused-by-service'],
    [
      'an IP rule against a private source',
      { ipRules: [{ value: '203.0.113.0/24' }] },
      { source: '10.110.1.4', stamps: [train] },
      'refused-by-service',
    ],
    ['a trusted service', { bypass: 'AzureServices' }, { stamps: ['trusted-azure-service'] }, 'accepted'],
    [
      'a trusted service with bypass Logging',
      { bypass: 'Logging' },
      { stamps: ['trusted-azure-service'] },
      'refused-by-service',
    ],
    ['an IP rule that is no address', { ipRules: [{ value: 'x' }], bypass: 'None' }, {}, 'unknown'],
  ])('default Deny meets %s', ([, acls, from, expected]) => {
    expect(meets(gate({ networkAcls: { bypass: 'None', defaultAction: 'Deny', ...acls } }), from).split(':')[0]).toBe(
      expected,
    )
  })

  test('a rule whose subnet is gone says so among the rules that were asked', () => {
    const virtualNetworkRules = [{ id: SUBNET('vnet-ml', 'snet-train'), state: 'NetworkSourceDeleted' }]
    const { rules } = gate({ networkAcls: { bypass: 'None', defaultAction: 'Deny', virtualNetworkRules } })
    expect(rules[0]?.name).toBe(
      'virtual network rule vnet-ml/snet-train (its state is NetworkSourceDeleted: it lets nobody in)',
    )
  })

  test('an IP rule has no effect on public addresses of its own region', () => {
    const pip = (location: string) =>
      arm('Microsoft.Network/publicIPAddresses', 'pip-nat', { ipAddress: '203.0.113.7' }, { location })
    const acls = { networkAcls: { bypass: 'None', defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }] } }
    expect(meets(gate(acls, pip('westeurope')), {})).toContain('refused-by-service')
    expect(meets(gate(acls, pip('northeurope')), {})).toContain('accepted')
  })

  test('a perimeter is not modelled', () => {
    expect(meets(gate({ publicNetworkAccess: 'SecuredByPerimeter' }), {})).toContain('unknown')
  })

  test('a rule whose subnet has no service endpoint says that it never matches', () => {
    const made = gate({
      networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: SUBNET('vnet-ml', 'snet-plain') }] },
    })
    expect(made.rules[0]?.name).toBe(
      'virtual network rule vnet-ml/snet-plain (the subnet has no service endpoint, so it never matches)',
    )
  })
})

describe('who is trusted', () => {
  const acls = { networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' } }
  test.for([
    ['iot-vision', 'stmlvision', 'accepted'],
    ['mlw-vision', 'stmlvision', 'accepted'],
    ['iot-vision', 'kv', 'refused-by-service'],
    ['mlw-vision', 'kv', 'accepted'],
    ['kv', 'stmlvision', 'refused-by-service'],
  ] as const)('%s at %s: %s', ([from, to, expected]) => {
    const bodies = [
      HUB,
      WORKSPACE,
      arm('Microsoft.Storage/storageAccounts', 'stmlvision', acls),
      arm('Microsoft.KeyVault/vaults', 'kv', acls),
    ]
    const services = azureServices(estateOf(bodies))
    expect(meets(serviceOf(services, to).gate, { stamps: [...serviceOf(services, from).stamps] }).split(':')[0]).toBe(
      expected,
    )
  })
})

describe('the gates of other services', () => {
  test.for<[string, Json, { source?: string; stamps?: string[] }, string]>([
    [
      'Microsoft.MachineLearningServices/workspaces',
      { workspaceId: GUID, publicNetworkAccess: 'Disabled' },
      {},
      'refused-by-service',
    ],
    [
      'Microsoft.MachineLearningServices/workspaces',
      { workspaceId: GUID, publicNetworkAccess: 'Enabled' },
      {},
      'accepted',
    ],
    [
      'Microsoft.ContainerRegistry/registries',
      { networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }] } },
      {},
      'accepted',
    ],
    [
      'Microsoft.ContainerRegistry/registries',
      { networkRuleSet: { defaultAction: 'Deny', ipRules: [] } },
      {},
      'refused-by-service',
    ],
    [
      'Microsoft.ContainerService/managedClusters',
      { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } },
      {},
      'accepted',
    ],
    [
      'Microsoft.ContainerService/managedClusters',
      { apiServerAccessProfile: { authorizedIPRanges: ['198.51.100.0/24'] } },
      {},
      'refused-by-service',
    ],
    [
      'Microsoft.ContainerService/managedClusters',
      { apiServerAccessProfile: { enablePrivateCluster: true } },
      {},
      'refused-by-service',
    ],
    [
      'Microsoft.Devices/IotHubs',
      { ipFilterRules: [{ action: 'Reject', ipMask: '203.0.113.0/24', filterName: 'r' }] },
      {},
      'refused-by-service',
    ],
    [
      'Microsoft.Devices/IotHubs',
      { networkRuleSets: { defaultAction: 'Deny', ipRules: [{ ipMask: '203.0.113.7', action: 'Allow' }] } },
      {},
      'accepted',
    ],
    ['Microsoft.Sql/servers', {}, {}, 'refused-by-service'],
    [
      'Microsoft.DocumentDB/databaseAccounts',
      { ipRules: [{ ipAddressOrRange: '198.51.100.1' }] },
      {},
      'refused-by-service',
    ],
    ['Microsoft.DocumentDB/databaseAccounts', {}, {}, 'accepted'],
    ['Microsoft.Search/searchServices', { publicNetworkAccess: 'disabled' }, {}, 'refused-by-service'],
    ['Microsoft.Purview/accounts', { publicNetworkAccess: 'Disabled' }, {}, 'refused-by-service'],
  ])('%s with %j', ([type, properties, from, expected]) => {
    expect(meets(service('x', arm(type, 'x', properties)).gate, from).split(':')[0]).toBe(expected)
  })

  test('an SQL server reads its firewall rules from bodies beside it', () => {
    const server = arm('Microsoft.Sql/servers', 'x', {})
    const rule = (name: string, startIpAddress: string, endIpAddress: string) =>
      arm('Microsoft.Sql/servers/firewallRules', `x/${name}`, { startIpAddress, endIpAddress })
    expect(meets(service('x', server, rule('a', '203.0.113.1', '203.0.113.9')).gate, {})).toContain('accepted')
    const azure = service('x', server, rule('AllowAllAzureIPs', '0.0.0.0', '0.0.0.0')).gate
    expect(meets(azure, {})).toContain('refused-by-service')
    expect(meets(azure, { source: '20.1.2.3' })).toContain('accepted')
  })

  test('an Event Hubs namespace reads its network rule set', () => {
    const set = arm('Microsoft.EventHub/namespaces/networkRuleSets', 'x/default', {
      defaultAction: 'Deny',
      trustedServiceAccessEnabled: true,
      ipRules: [{ ipMask: '203.0.113.7', action: 'Allow' }],
    })
    const made = service('x', arm('Microsoft.EventHub/namespaces', 'x', {}), set).gate
    expect(meets(made, {})).toContain('accepted')
    expect(meets(made, { source: '203.0.113.8' })).toContain('refused-by-service')
    expect(meets(made, { source: '203.0.113.8', stamps: ['trusted-azure-service'] })).toContain('accepted')
  })

  test('an online endpoint is also closed by its own switch', () => {
    const endpoint = arm('Microsoft.MachineLearningServices/workspaces/onlineEndpoints', 'mlw-vision/moe', {
      publicNetworkAccess: 'Disabled',
    })
    expect(meets(service('moe', WORKSPACE, endpoint).gate, {})).toContain(
      'online endpoint moe refuses: publicNetworkAccess is Disabled',
    )
  })
})

describe('the network rules of Event Hubs and Service Bus', () => {
  const rules = {
    defaultAction: 'Deny',
    ipRules: [{ ipMask: '203.0.113.7', action: 'Allow' }],
    virtualNetworkRules: [{ subnet: { id: SUBNET('vnet-ml', 'snet-train') }, ignoreMissingVnetServiceEndpoint: false }],
  }
  test.for([
    ['Microsoft.EventHub', 'networkRuleSets'],
    ['Microsoft.ServiceBus', 'networkRuleSets'],
    ['microsoft.eventhub', 'networkrulesets'],
    ['microsoft.servicebus', 'networkrulesets'],
  ])('are read from a child of %s/namespaces/%s', ([provider, child]) => {
    const { gate } = service(
      'x',
      ML,
      arm(`${provider}/namespaces`, 'x', {}),
      arm(`${provider}/namespaces/${child}`, 'x/default', rules),
    )
    expect(meets(gate, { source: '203.0.113.7' })).toContain('accepted')
    expect(meets(gate, { source: '203.0.113.8' })).toContain('refused-by-service')
    expect(meets(gate, { stamps: [`subnet:${SUBNET('vnet-ml', 'snet-train').toLowerCase()}`] })).toContain('accepted')
  })

  test.for(['networkRuleSet', 'networkAcls'])('are read from %s inside the namespace', (member) => {
    const { gate } = service('x', ML, arm('Microsoft.EventHub/namespaces', 'x', { [member]: rules }))
    expect(meets(gate, { source: '203.0.113.7' })).toContain('accepted')
    expect(meets(gate, { source: '203.0.113.8' })).toContain('refused-by-service')
  })

  test('whose default action cannot be read leave it unknown who is let in', () => {
    const { gate } = service(
      'x',
      arm('Microsoft.EventHub/namespaces', 'x', {}),
      arm('Microsoft.EventHub/namespaces/networkRuleSets', 'x/default', { defaultAction: "[parameters('a')]" }),
    )
    expect(meets(gate, { source: '203.0.113.8' })).toContain('unknown')
  })
})

describe('a switch that is neither true nor false', () => {
  test.for<readonly [string, Json]>([
    ['Microsoft.ContainerService/managedClusters', { apiServerAccessProfile: { enablePrivateCluster: '[if(a)]' } }],
    ['Microsoft.DocumentDB/databaseAccounts', { isVirtualNetworkFilterEnabled: '[if(a)]' }],
  ])('of %s leaves it unknown who is let in', ([type, properties]) => {
    expect(meets(service('x', arm(type, 'x', properties)).gate, { source: '203.0.113.8' })).toContain('unknown')
  })
})
