import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  imported,
  type Json,
  nsg,
  type Properties,
  publicIp,
  ref,
  routes,
  rule,
  subnetRef,
  vnet,
} from './arm.ts'

/** What an estate is found to have, each `code message`. */
function found(...bodies: readonly Json[]): string[] {
  return imported(bodies)
    .diagnostics.filter((one) => one.finding === true)
    .map((one) => `${one.code} ${one.message}`)
}

const ML = 'Microsoft.MachineLearningServices/workspaces/ml'
const STORAGE = 'Microsoft.Storage/storageAccounts/st'
const CLUSTER = 'Microsoft.ContainerService/managedClusters/aks'
const group = { networkSecurityGroup: ref('networkSecurityGroups/n') }

const train = (...rules: Json[]) => [
  vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24', ...group } }),
  nsg('n', ...rules),
]
const compute = (properties: Properties) =>
  body(`${ML}/computes/cpu`, { computeType: 'AmlCompute', properties: { subnet: subnetRef('v/s'), ...properties } })
const managed = [
  rule('Outbound', 100, 'Allow', 'Udp', 'VirtualNetwork', 'AzureMachineLearning', '5831'),
  rule('Outbound', 110, 'Allow', 'Tcp', 'VirtualNetwork', 'BatchNodeManagement', '443'),
]
const denied = rule('Outbound', 4000, 'Deny', '*', '*', '*', '*')
const from44224 = rule('Inbound', 100, 'Allow', 'Tcp', 'AzureMachineLearning', '*', '44224')

const endpoint = (name: string, target: string, groups: string[], status = 'Approved') =>
  body(`privateEndpoints/${name}`, {
    subnet: subnetRef('v/pe'),
    manualPrivateLinkServiceConnections: [
      {
        name: 'c',
        properties: {
          ...{ privateLinkServiceId: id(target), groupIds: groups },
          privateLinkServiceConnectionState: { status },
        },
      },
    ],
  })
const peVnet = (more: Properties = {}) => vnet('v', ['10.0.0.0/16'], { pe: { addressPrefix: '10.0.0.0/24', ...more } })
const workspace = body(ML, { storageAccount: id(STORAGE) })
const account = (properties: Properties = {}) => body(STORAGE, properties)

const hub = (peering: Properties, more: Properties = {}) =>
  vnet(
    'hub',
    ['10.0.0.0/16'],
    { GatewaySubnet: { addressPrefix: '10.0.0.0/24' }, ...more } as Record<string, Properties>,
    {
      a: peering,
      b: peering,
    },
  )
const spoke = (name: string, space: string, peering: Properties) =>
  vnet(
    name,
    [`${space}.0.0/16`],
    { s: { addressPrefix: `${space}.0.0/24`, routeTable: ref('routeTables/r') } },
    { hub: peering },
  )
const TRANSIT = { allowGatewayTransit: true, allowForwardedTraffic: true }
const REMOTE = { useRemoteGateways: true, allowForwardedTraffic: true }
const toAppliance = routes('r', { '10.0.0.0/8': '10.0.9.4' })
const spokes = (peering: Properties) => [spoke('a', '10.1', peering), spoke('b', '10.2', peering)]

const forwarding = (server: string) => [
  vnet('v', ['10.0.0.0/16'], { out: { addressPrefix: '10.0.3.0/24' } }),
  body('dnsResolvers/r', { virtualNetwork: ref('virtualNetworks/v') }),
  body('dnsResolvers/r/outboundEndpoints/o', { subnet: subnetRef('v/out') }),
  body('dnsForwardingRulesets/f', { dnsResolverOutboundEndpoints: [ref('dnsResolvers/r/outboundEndpoints/o')] }),
  body('dnsForwardingRulesets/f/forwardingRules/corp', {
    domainName: 'corp.example.',
    targetDnsServers: [{ ipAddress: server, port: 53 }],
  }),
]
const firewall = (port: string) => [
  vnet('v', ['10.0.0.0/16'], { AzureFirewallSubnet: { addressPrefix: '10.0.9.0/26' } }),
  publicIp('pip', '20.1.1.1'),
  body('azureFirewalls/fw', {
    ipConfigurations: [
      {
        name: 'c',
        properties: {
          privateIPAddress: '10.0.9.4',
          ...{ subnet: subnetRef('v/AzureFirewallSubnet'), publicIPAddress: ref('publicIPAddresses/pip') },
        },
      },
    ],
    networkRuleCollections: [
      {
        name: 'c',
        properties: {
          ...{ priority: 100, action: { type: 'Allow' } },
          rules: [
            {
              name: 'r',
              ...{ protocols: ['UDP'], sourceAddresses: ['*'], destinationAddresses: ['*'], destinationPorts: [port] },
            },
          ],
        },
      },
    ],
  }),
]
const cluster = (properties: Properties) => [vnet('v', ['10.0.0.0/16'], { s: {} }), body(CLUSTER, properties)]

type Row = readonly [code: string, what: string, bodies: readonly Json[], words: string]

const GIVEN: readonly Row[] = [
  ['NT1642', 'a Bastion whose NSG keeps its clients out', bastion(), 'Internet on port 443'],
  [
    'NT1770',
    'a rule for the older ports',
    [nsg('n', rule('Inbound', 100, 'Allow', 'Tcp', '*', '*', '29876-29877'))],
    'r100',
  ],
  ['NT1771', 'only the default rule lets compute out', [...train(), compute({})], 'AllowInternetOutBound'],
  ['NT1772', 'a deny without the two rules before it', [...train(denied), compute({})], 'UDP 5831'],
  [
    'NT1772',
    'a deny with one of the two rules before it',
    [...train(rule('Outbound', 100, 'Allow', 'Udp', '*', 'AzureMachineLearning', '5831'), denied), compute({})],
    'BatchNodeManagement on TCP 443',
  ],
  ['NT1773', 'nodes with public addresses', [...train(...managed), compute({ enableNodePublicIp: true })], 'cpu'],
  [
    'NT1774',
    'nodes with public addresses that their manager does not reach',
    [...train(...managed), compute({ enableNodePublicIp: true })],
    '44224',
  ],
  [
    'NT1775',
    'a workspace behind an endpoint, its storage not',
    [peVnet(), workspace, account(), endpoint('p', ML, ['amlworkspace'])],
    'storage account st',
  ],
  [
    'NT1776',
    'storage with an endpoint for blobs alone',
    [peVnet(), workspace, account(), endpoint('p', ML, ['amlworkspace']), endpoint('b', STORAGE, ['blob'])],
    'queue and table',
  ],
  [
    'NT1777',
    'a service range that a VNet has',
    cluster({ networkProfile: { serviceCidr: '10.0.0.0/16' } }),
    '10.0.0.0/16',
  ],
  [
    'NT1778',
    'the usual docker bridge',
    cluster({ networkProfile: { dockerBridgeCidr: '172.17.0.0/16' } }),
    '172.17.0.0/16',
  ],
  [
    'NT1779',
    'a private cluster with Azure’s own zone',
    cluster({ apiServerAccessProfile: { enablePrivateCluster: true } }),
    'aks',
  ],
  ['NT1780', 'an endpoint that waits', [peVnet(), account(), endpoint('b', STORAGE, ['blob'], 'Pending')], 'Pending'],
  ['NT1781', 'an account that lets nobody in', [account({ publicNetworkAccess: 'Disabled' })], 'no network in'],
  [
    'NT1782',
    'an NSG over endpoints that lets 443 in and not 445',
    [
      peVnet({ ...group, privateEndpointNetworkPolicies: 'Enabled' }),
      nsg(
        'n',
        rule('Inbound', 100, 'Allow', 'Tcp', 'VirtualNetwork', '*', '443'),
        rule('Inbound', 4000, 'Deny', '*', '*', '*', '*'),
      ),
      account(),
      endpoint('f', STORAGE, ['file']),
    ],
    '445',
  ],
  [
    'NT1783',
    'a spoke without the gateway',
    [hub({ allowGatewayTransit: true }), ...spokes({}), toAppliance],
    'useRemoteGateways',
  ],
  [
    'NT1784',
    'a spoke that takes nothing forwarded',
    [hub(TRANSIT), ...spokes({ useRemoteGateways: true }), toAppliance],
    'allowForwardedTraffic',
  ],
  ['NT1785', 'a name server that no network holds', forwarding('192.168.1.1'), '192.168.1.1'],
  ['NT1786', 'a firewall for DNS alone', firewall('53'), 'only DNS'],
]

const SPARED: readonly Row[] = [
  ['NT1642', 'a Bastion without an NSG', bastion(false), ''],
  ['NT1770', 'a rule for the ports of today', [nsg('n', rule('Inbound', 100, 'Allow', 'Tcp', '*', '*', '44224'))], ''],
  ['NT1771', 'rules of their own', [...train(...managed, denied), compute({})], ''],
  ['NT1772', 'rules of their own', [...train(...managed, denied), compute({})], ''],
  ['NT1772', 'no NSG', [vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }), compute({})], ''],
  ['NT1773', 'nodes without public addresses', [...train(...managed), compute({ enableNodePublicIp: false })], ''],
  ['NT1774', 'the rule for its manager', [...train(...managed, from44224), compute({ enableNodePublicIp: true })], ''],
  ['NT1774', 'nodes without public addresses', [...train(...managed), compute({ enableNodePublicIp: false })], ''],
  [
    'NT1775',
    'storage with an endpoint, too',
    [peVnet(), workspace, account(), endpoint('p', ML, ['amlworkspace']), endpoint('b', STORAGE, ['blob'])],
    '',
  ],
  [
    'NT1776',
    'storage with all of them',
    [
      peVnet(),
      workspace,
      account(),
      endpoint('p', ML, ['amlworkspace']),
      endpoint('b', STORAGE, ['blob', 'queue', 'table']),
    ],
    '',
  ],
  ['NT1777', 'a service range of its own', cluster({ networkProfile: { serviceCidr: '172.20.0.0/16' } }), ''],
  ['NT1778', 'a docker bridge of its own', cluster({ networkProfile: { dockerBridgeCidr: '172.20.0.0/16' } }), ''],
  [
    'NT1779',
    'a zone of one’s own',
    cluster({ apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: 'none' } }),
    '',
  ],
  ['NT1780', 'an endpoint that is approved', [peVnet(), account(), endpoint('b', STORAGE, ['blob'])], ''],
  [
    'NT1781',
    'an account with an endpoint',
    [peVnet(), account({ publicNetworkAccess: 'Disabled' }), endpoint('b', STORAGE, ['blob'])],
    '',
  ],
  [
    'NT1782',
    'an NSG that lets both in',
    [
      peVnet({ ...group, privateEndpointNetworkPolicies: 'Enabled' }),
      nsg('n', rule('Inbound', 100, 'Allow', 'Tcp', 'VirtualNetwork', '*', '443-445')),
      account(),
      endpoint('f', STORAGE, ['file']),
    ],
    '',
  ],
  ['NT1783', 'both flags', [hub(TRANSIT), ...spokes(REMOTE), toAppliance], ''],
  [
    'NT1783',
    'a spoke that uses the gateway of another hub',
    [
      vnet('other', ['10.9.0.0/16'], { GatewaySubnet: { addressPrefix: '10.9.0.0/27' } }, { a: TRANSIT }),
      hub(TRANSIT),
      vnet('a', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }, { hub: {}, other: REMOTE }),
    ],
    '',
  ],
  ['NT1784', 'both flags', [hub(TRANSIT), ...spokes(REMOTE), toAppliance], ''],
  ['NT1785', 'a name server in the VNet', forwarding('10.0.7.7'), ''],
  ['NT1786', 'a firewall for more', firewall('53-443'), ''],
]

function bastion(guarded = true): Json[] {
  return [
    vnet('v', ['10.0.0.0/16'], { AzureBastionSubnet: { addressPrefix: '10.0.9.0/26', ...(guarded && group) } }),
    nsg('n'),
    publicIp('pip', '20.1.1.1'),
    body('bastionHosts/b', {
      ipConfigurations: [
        {
          name: 'c',
          properties: { subnet: subnetRef('v/AzureBastionSubnet'), publicIPAddress: ref('publicIPAddresses/pip') },
        },
      ],
    }),
  ]
}

describe('what is found without a question', () => {
  test.for(GIVEN)('%s: %s', ([code, , bodies, words]) => {
    const said = found(...bodies).filter((one) => one.startsWith(code))
    expect(said.join('\n')).toContain(words)
    expect(said.length).toBeGreaterThan(0)
  })
  test.for(SPARED)('not %s: %s', ([code, , bodies]) => {
    expect(found(...bodies).filter((one) => one.startsWith(code))).toEqual([])
  })
})
