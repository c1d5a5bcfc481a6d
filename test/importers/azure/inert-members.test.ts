import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/index.ts'

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers'

/** The note on the line of the one member of a lone body whose line holds these words. */
function lineOf(type: string, properties: object, words: string) {
  const [provider, ...kinds] = type.split('/')
  const id = `${GROUP}/${provider}/${kinds.map((kind) => `${kind}/one`).join('/')}`
  const text = JSON.stringify([{ id, name: 'one', type, properties }], undefined, 1)
  const [file] = readLines([{ path: 'body.json', text }], 'azure').files
  return file?.lines[text.split('\n').findIndex((line) => line.includes(words))]
}

const network = (type: string) => `Microsoft.Network/${type}`
const GATEWAY = network('virtualNetworkGateways')
const CONNECTION = network('connections')

/** Members that do nothing with one value and decide with another (the REST reference of each type). */
const BY_VALUE: readonly (readonly [string, string, unknown, unknown])[] = [
  [network('routeTables'), 'hasBgpOverride', false, true],
  [network('networkInterfaces'), 'disableTcpStateTracking', false, true],
  [network('bastionHosts'), 'enableIpConnect', false, true],
  [network('virtualHubs'), 'routingState', 'Provisioned', 'Failed'],
  [network('virtualWans'), 'allowBranchToBranchTraffic', true, false],
  [network('expressRouteGateways'), 'allowNonVirtualWanTraffic', false, true],
  [network('privateDnsZones/virtualNetworkLinks'), 'virtualNetworkLinkState', 'Completed', 'InProgress'],
  [CONNECTION, 'connectionProtocol', 'IKEv2', 'IKEv1'],
  [CONNECTION, 'connectionMode', 'Default', 'ResponderOnly'],
  ['Microsoft.Storage/storageAccounts', 'isNfsV3Enabled', false, true],
  ['Microsoft.Storage/storageAccounts', 'dnsEndpointType', 'Standard', 'AzureDnsZone'],
  ['Microsoft.Web/sites', 'clientCertEnabled', false, true],
  ['Microsoft.ContainerService/managedClusters', 'powerState', { code: 'Running' }, { code: 'Stopped' }],
]

describe('members whose value tells whether they matter', () => {
  test.for(BY_VALUE)('of %s, %s: %j does nothing, %j decides', ([type, member, idle, deciding]) => {
    const words = typeof idle === 'object' ? 'code' : `"${member}"`
    expect(lineOf(type, { [member]: idle }, words)).toMatchObject({ relevant: false })
    expect(lineOf(type, { [member]: deciding }, words)).toMatchObject({ relevant: true })
  })
})

describe('members that can decide are never called inert', () => {
  test.for([
    [CONNECTION, { ipsecPolicies: [{ dhGroup: 'DHGroup14' }] }, 'dhGroup'],
    [GATEWAY, { vpnClientConfiguration: { vpnClientProtocols: ['OpenVPN'] } }, 'OpenVPN'],
    [network('azureFirewalls'), { additionalProperties: { 'Network.SNAT.Something': 'x' } }, 'Something'],
    [network('virtualHubs'), { virtualHubRouteTableV2s: [{ name: 'old', properties: { x: 'y' } }] }, '"x"'],
    [network('serviceEndpointPolicies'), { serviceAlias: '/services/Azure/MachineLearning' }, 'serviceAlias'],
  ] as const)('of %s, %j', ([type, properties, words]) => {
    expect(lineOf(type, properties, words)).toMatchObject({ relevant: true })
  })
})

describe('what stands beside a member outweighs it', () => {
  const detecting = (mode: string, override: string) => ({
    intrusionDetection: {
      mode,
      configuration: { privateRanges: ['10.9.0.0/16'], signatureOverrides: [{ id: '2024897', mode: override }] },
    },
  })
  test.for([
    ['Alert', 'Off', '10.9.0.0/16', false],
    ['Deny', 'Off', '10.9.0.0/16', true],
    ['Alert', 'Alert', '2024897', false],
    ['Alert', 'Deny', '2024897', true],
  ] as const)(
    'intrusion detection in mode %s, a signature in mode %s: %s matters %j',
    ([mode, override, words, matters]) => {
      const properties = detecting(mode, override)
      expect(lineOf(network('firewallPolicies'), properties, words)).toMatchObject({ relevant: matters })
    },
  )
})

describe('a list of references', () => {
  test('is looked at when it is asked for: who reads the rules of a vault reads their subnets', () => {
    const subnet = `${GROUP}/Microsoft.Network/virtualNetworks/v/subnets/s`
    const networkAcls = {
      defaultAction: 'Deny',
      virtualNetworkRules: [{ id: subnet, ignoreMissingVnetServiceEndpoint: false }],
    }
    expect(lineOf('Microsoft.KeyVault/vaults', { networkAcls }, 'subnets/s')).toMatchObject({ modelled: true })
  })
})
