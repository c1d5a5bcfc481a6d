import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import type { TextFile } from '../../../src/text/index.ts'
import { parametersText } from './evaluated.ts'

const FOLDER = join(process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'), 'arm-templates')
const there = existsSync(FOLDER)
if (!there) console.warn(`skipped: ARM templates are read from ${FOLDER}, which is not there (set NETTRACE_DATA)`)

const END_TO_END = '01-aml-end-to-end-secure.json'
const WORKSPACE = '03-aml-workspace-vnet.json'
const FIREWALL = '05-azure-firewall-dns-proxy.json'
const RESOLVER = '08-azure-dns-private-resolver.json'
const HUB = '09-mspnp-hub-spoke.json'

/** The findings among what reading says: `severity code message`. */
function findings(files: readonly TextFile[]): string[] {
  return importAzure(files, { placements: [] })
    .diagnostics.filter((one) => /^NT17[78]/.test(one.code))
    .map((one) => `${one.severity} ${one.code} ${one.message}`)
}

function real(names: readonly string[], values: object): string[] {
  const files = names.map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }))
  return findings([...files, { path: 'given.parameters.json', text: parametersText(values) }])
}

type Resource = { readonly type: string; readonly name: string; readonly properties: object }

function resource(path: string, properties: object): Resource {
  const parts = path.split('/')
  const types = parts.filter((_, index) => index === 0 || index % 2 === 1)
  return { type: types.join('/'), name: parts.filter((_, index) => index > 0 && index % 2 === 0).join('/'), properties }
}

/** A template that holds some resources and nothing to evaluate but their ids. */
function template(resources: readonly Resource[]): TextFile {
  const list = resources.map((one) => ({ apiVersion: '2024-01-01', location: 'westeurope', ...one }))
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
  return { path: 'own.json', text: JSON.stringify({ $schema, contentVersion: '1.0.0.0', resources: list }, null, 1) }
}

function own(...resources: readonly Resource[]): string[] {
  return findings([template(resources)])
}

function idOf(path: string): string {
  const { type, name } = resource(path, {})
  return `[resourceId('${type}', '${name.split('/').join("', '")}')]`
}

const VNET = 'Microsoft.Network/virtualNetworks'

function vnet(name: string, range: string, subnets: Readonly<Record<string, object>>): Resource {
  return resource(`${VNET}/${name}`, {
    addressSpace: { addressPrefixes: [range] },
    subnets: Object.entries(subnets).map(([one, properties]) => ({ name: one, properties })),
  })
}

function rule(direction: string, priority: number, access: string, source: string, target: string, port: string) {
  return {
    name: `r${priority}`,
    properties: {
      ...{ direction, priority, access, protocol: '*', sourceAddressPrefix: source, sourcePortRange: '*' },
      ...{ destinationAddressPrefix: target, destinationPortRange: port },
    },
  }
}

function nsg(name: string, ...securityRules: readonly object[]): Resource {
  return resource(`Microsoft.Network/networkSecurityGroups/${name}`, { securityRules })
}

const GROUP = { networkSecurityGroup: { id: idOf('Microsoft.Network/networkSecurityGroups/g') } }

function trained(group: Resource, settings: object): string[] {
  const subnet = { id: `[concat(resourceId('${VNET}', 'v'), '/subnets/train')]` }
  return own(
    group,
    vnet('v', '10.1.0.0/16', { train: { addressPrefix: '10.1.1.0/24', ...GROUP } }),
    resource('Microsoft.MachineLearningServices/workspaces/w', {}),
    resource('Microsoft.MachineLearningServices/workspaces/w/computes/c', {
      computeType: 'AmlCompute',
      properties: { subnet, ...settings },
    }),
  )
}

function cluster(networkProfile: object, apiServerAccessProfile: object = {}): Resource {
  return resource('Microsoft.ContainerService/managedClusters/k', { networkProfile, apiServerAccessProfile })
}

function endpoint(name: string, target: string, group: string, manual = false): Resource {
  const connection = [{ name: 'c', properties: { privateLinkServiceId: idOf(target), groupIds: [group] } }]
  return resource(`Microsoft.Network/privateEndpoints/${name}`, {
    subnet: { id: `[concat(resourceId('${VNET}', 'v'), '/subnets/pe')]` },
    [manual ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections']: connection,
  })
}

const STORE = 'Microsoft.Storage/storageAccounts/s'
const LEARNING = 'Microsoft.MachineLearningServices/workspaces/w'

function workspace(...endpoints: readonly Resource[]): string[] {
  return own(
    vnet('v', '10.1.0.0/16', { pe: { addressPrefix: '10.1.2.0/24' } }),
    resource(STORE, {}),
    resource(LEARNING, { storageAccount: idOf(STORE) }),
    ...endpoints,
  )
}

function peering(from: string, to: string, flags: object): Resource {
  return resource(`${VNET}/${from}/virtualNetworkPeerings/to-${to}`, {
    remoteVirtualNetwork: { id: idOf(`${VNET}/${to}`) },
    ...{ allowVirtualNetworkAccess: true, peeringState: 'Connected', ...flags },
  })
}

function hubAndSpokes(hubFlags: object, spokeFlags: object): string[] {
  const routed = { routeTable: { id: idOf('Microsoft.Network/routeTables/t') } }
  const route = { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.3.4' }
  return own(
    resource('Microsoft.Network/routeTables/t', { routes: [{ name: 'all', properties: route }] }),
    vnet('hub', '10.0.0.0/16', { GatewaySubnet: { addressPrefix: '10.0.2.0/24' } }),
    ...['one', 'two'].flatMap((name, index) => [
      vnet(name, `10.${index + 1}.0.0/16`, { a: { addressPrefix: `10.${index + 1}.0.0/24`, ...routed } }),
      peering('hub', name, hubFlags),
      peering(name, 'hub', spokeFlags),
    ]),
  )
}

function shares(...rules: readonly object[]): string[] {
  const subnet = { addressPrefix: '10.1.2.0/24', privateEndpointNetworkPolicies: 'Enabled', ...GROUP }
  return own(nsg('g', ...rules), vnet('v', '10.1.0.0/16', { 'private-endpoints': subnet }))
}

function forwarding(target: string): string[] {
  const ruleset = 'Microsoft.Network/dnsForwardingRulesets/r'
  const out = 'Microsoft.Network/dnsResolvers/d/outboundEndpoints/o'
  return own(
    vnet('v', '10.1.0.0/16', { out: { addressPrefix: '10.1.3.0/28' } }),
    resource('Microsoft.Network/dnsResolvers/d', { virtualNetwork: { id: idOf(`${VNET}/v`) } }),
    resource(out, { subnet: { id: `[concat(resourceId('${VNET}', 'v'), '/subnets/out')]` } }),
    resource(ruleset, { dnsResolverOutboundEndpoints: [{ id: idOf(out) }] }),
    resource(`${ruleset}/forwardingRules/contoso`, {
      ...{ domainName: 'contoso.com.', forwardingRuleState: 'Enabled' },
      targetDnsServers: [{ ipAddress: target, port: 53 }],
    }),
  )
}

function firewall(port: string): string[] {
  const policy = 'Microsoft.Network/firewallPolicies/p'
  const allowed = {
    ...{ ruleType: 'NetworkRule', name: 'n', ipProtocols: ['UDP'], sourceAddresses: ['*'] },
    ...{ destinationAddresses: ['*'], destinationPorts: [port] },
  }
  const ruleCollections = [
    {
      ...{ ruleCollectionType: 'FirewallPolicyFilterRuleCollection', name: 'c', priority: 100 },
      ...{ action: { type: 'Allow' }, rules: [allowed] },
    },
  ]
  return own(
    resource(policy, {}),
    resource(`${policy}/ruleCollectionGroups/g`, { priority: 100, ruleCollections }),
    resource('Microsoft.Network/azureFirewalls/fw', { firewallPolicy: { id: idOf(policy) } }),
  )
}

const PLANT = { prefix: 'plant', location: 'westeurope' }
const JOINED = { workspaceName: 'w', location: 'westeurope' }

/** The finding, what a real template says of it, and what templates of our own with and without it say. */
const FINDINGS: readonly (readonly [string, readonly string[], object, RegExp, () => string[], () => string[]])[] = [
  [
    'an NSG lets the ports 29876-29877 of the older node communication in',
    ...([[END_TO_END], PLANT, /^note NT1770 rule \S+ of NSG .* lets ports 29876-29877 in/] as const),
    () => own(nsg('g', rule('Inbound', 100, 'Allow', 'BatchNodeManagement', '*', '29876-29877'))),
    () => own(nsg('g', rule('Inbound', 100, 'Allow', '*', '*', '*'))),
  ],
  [
    'only the default rule lets compute out on UDP 5831, and a deny would stop it',
    ...([[END_TO_END], PLANT, /^note NT1771 .*AzureMachineLearning on UDP 5831.*AllowInternetOutBound/] as const),
    () => trained(nsg('g'), {}),
    () => trained(nsg('g', rule('Outbound', 100, 'Allow', '*', 'AzureMachineLearning', '5831')), {}),
  ],
  [
    'only the default rule lets compute out to BatchNodeManagement, and a deny would stop it',
    ...([[END_TO_END], PLANT, /^note NT1771 .*BatchNodeManagement on TCP 443.*AllowInternetOutBound/] as const),
    () => trained(nsg('g'), {}),
    () => trained(nsg('g', rule('Outbound', 100, 'Allow', '*', 'BatchNodeManagement.westeurope', '443')), {}),
  ],
  [
    'the nodes of a compute cluster have public addresses',
    ...([[END_TO_END], PLANT, /^note NT1773 compute cluster001 gives its nodes public addresses/] as const),
    () => trained(nsg('g'), { enableNodePublicIp: true }).map((one) => one.replace('compute c', 'compute cluster001')),
    () => trained(nsg('g'), { enableNodePublicIp: false }),
  ],
  [
    'the storage account of a workspace has no endpoints for queue and table, which batch endpoints need',
    ...([[END_TO_END], PLANT, /^note NT1776 storage account .* no private endpoint for queue and table/] as const),
    () => workspace(endpoint('a', LEARNING, 'amlworkspace'), endpoint('b', STORE, 'blob')),
    () =>
      workspace(
        endpoint('a', LEARNING, 'amlworkspace'),
        ...['blob', 'queue', 'table'].map((one) => endpoint(one, STORE, one)),
      ),
  ],
  [
    'a cluster keeps the default range of services and the docker bridge, which networks elsewhere may have',
    ...([
      [END_TO_END],
      PLANT,
      /^note NT1778 cluster .* keeps 10\.0\.0\.0\/16 \(services\) and 172\.17\.0\.0\/16/,
    ] as const),
    () => own(cluster({ serviceCidr: '10.0.0.0/16', dockerBridgeCidr: '172.17.0.1/16' })),
    () => own(cluster({ serviceCidr: '172.20.0.0/16' })),
  ],
  [
    'the service range of a cluster is the range of a VNet',
    ...([
      [END_TO_END, HUB],
      { location: 'westeurope' },
      /^warning NT1777 cluster .* keeps 10\.0\.0\.0\/16 .*VNet \S*hub/,
    ] as const),
    () => own(cluster({ serviceCidr: '10.0.0.0/16' }), vnet('hub', '10.0.0.0/20', {})),
    () => own(cluster({ serviceCidr: '10.0.0.0/16' }), vnet('hub', '10.1.0.0/20', {})),
  ],
  [
    "Azure makes the zone of a private cluster's API server, and only the nodes' VNet has it",
    ...([[END_TO_END], PLANT, /^note NT1779 the API server of private cluster/] as const),
    () => own(cluster({}, { enablePrivateCluster: true })),
    () => own(cluster({}, { enablePrivateCluster: true, privateDNSZone: 'none' })),
  ],
  [
    'a storage account is closed and lets nobody in',
    ...([[WORKSPACE], {}, /^note NT1781 storage account .* lets no network in/] as const),
    () => own(resource(STORE, { networkAcls: { defaultAction: 'Deny' } })),
    () => own(resource(STORE, { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '20.1.1.1' }] } })),
  ],
  [
    'a workspace has a private endpoint and what it works with has none',
    ...([
      [WORKSPACE],
      { ...JOINED, privateEndpointType: 'AutoApproval' },
      /^note NT1775 workspace w has .*storage account/,
    ] as const),
    () => workspace(endpoint('a', LEARNING, 'amlworkspace')),
    () => workspace(endpoint('a', LEARNING, 'amlworkspace'), endpoint('b', STORE, 'blob')),
  ],
  [
    'the connection of a private endpoint waits for its approval',
    ...([
      [WORKSPACE],
      { ...JOINED, privateEndpointType: 'ManualApproval' },
      /^warning NT1780 .*workspace w is Pending/,
    ] as const),
    () => workspace(endpoint('a', LEARNING, 'amlworkspace', true)),
    () => workspace(endpoint('a', LEARNING, 'amlworkspace')),
  ],
  [
    'a forwarding rule sends to servers in no VNet, peer or site',
    ...([[RESOLVER], {}, /^warning NT1785 .*sends to 10\.0\.0\.4( and 10\.0\.0\.5)?, which no network/] as const),
    () => forwarding('10.0.0.4'),
    () => forwarding('10.1.9.4'),
  ],
  [
    'no peering lets a spoke use the gateway of the hub',
    ...([
      [HUB],
      { location: 'westeurope' },
      /^note NT1783 VNet \S*one does not use the gateway .*allowGatewayTransit.*useRemoteGateways/,
    ] as const),
    () => hubAndSpokes({}, {}),
    () => hubAndSpokes({ allowGatewayTransit: true }, { useRemoteGateways: true }),
  ],
  [
    'no peering of a spoke takes what the hub forwards from the other spoke',
    ...([[HUB], { location: 'westeurope' }, /^note NT1784 VNet \S*two .*allowForwardedTraffic is false/] as const),
    () => hubAndSpokes({}, {}),
    () => hubAndSpokes({}, { allowForwardedTraffic: true }),
  ],
  [
    'an NSG over private endpoints lets 443 in and not the 445 of a file share',
    ...([
      [HUB],
      { location: 'westeurope' },
      /^note NT1782 NSG .* lets VirtualNetwork in on 443 and not on 445/,
    ] as const),
    () =>
      shares(rule('Inbound', 100, 'Allow', 'VirtualNetwork', '*', '443'), rule('Inbound', 200, 'Deny', '*', '*', '*')),
    () => shares(rule('Inbound', 100, 'Allow', 'VirtualNetwork', '*', '443')),
  ],
  [
    'a firewall lets only DNS pass',
    ...([[HUB], { location: 'westeurope' }, /^note NT1786 firewall \S+ lets only DNS pass/] as const),
    () => firewall('53'),
    () => firewall('443'),
  ],
]

describe('findings on reading a template of our own', () => {
  test.for(FINDINGS)('%s', ([, , , said, present, absent]) => {
    expect(present()).toContainEqual(expect.stringMatching(said))
    expect(absent().filter((one) => said.test(one))).toEqual([])
  })
})

describe.skipIf(!there)('findings on reading the real templates (needs NETTRACE_DATA)', () => {
  test.for(FINDINGS)('%s: %j', ([, names, values, said]) => {
    expect(real(names, values)).toContainEqual(expect.stringMatching(said))
  })

  test('zones linked to the hub alone, with spokes that ask its firewall, are as they should be', () => {
    expect(real([FIREWALL], {}).filter((one) => one.startsWith('warning'))).toEqual([])
    expect(real([FIREWALL], {}).join()).not.toMatch(/zone|DNS/)
  })
})
