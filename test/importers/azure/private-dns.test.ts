import { describe, expect, test } from 'vitest'
import { privateDnsParts } from '../../../src/importers/azure/names/private-dns.ts'
import { privateLinkName } from '../../../src/importers/azure/names/private-dns-names.ts'
import type { Resolver, ResourceRecord } from '../../../src/model/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { arm, codesOf, deviceOf, estateOf, type Json, privateEndpoint, SUBNET, vnet } from './services-estate.ts'

const ZONE = 'privatelink.blob.core.windows.net'
const zone = (name = ZONE, properties: Json = {}) => arm('Microsoft.Network/privateDnsZones', name, properties)
const record = (name: string, address: string, zoneName = ZONE) =>
  arm('Microsoft.Network/privateDnsZones/A', `${zoneName}/${name}`, { aRecords: [{ ipv4Address: address }] })
const link = (vnetName: string, more: Json = {}, zoneName = ZONE) =>
  arm('Microsoft.Network/privateDnsZones/virtualNetworkLinks', `${zoneName}/to-${vnetName}`, {
    virtualNetwork: { id: vnet(vnetName, '10.0.0.0/16', {}).id },
    virtualNetworkLinkState: 'Completed',
    ...more,
  })
const HUB = vnet('vnet-hub', '10.100.0.0/22', { snet: '10.100.0.0/24' })
const SPOKE = vnet('vnet-ml', '10.110.0.0/20', { 'snet-pe': '10.110.0.0/25' })

function resolverOf(bodies: unknown[], vnetName = 'vnet-hub'): Resolver {
  const { resolver } = deviceOf(privateDnsParts(estateOf(bodies)), `azure-dns/${vnetName}`)
  if (!resolver) throw new Error('no resolver')
  return resolver
}

const shown = (records: readonly ResourceRecord[] = []) =>
  records.map((one) => `${one.name} ${one.type} ${typeof one.value === 'string' ? one.value : formatIp(one.value)}`)

describe('the resolver of a VNet', () => {
  test('owns 168.63.129.16 on the VNet and answers its linked zones', () => {
    const part = privateDnsParts(estateOf([HUB, zone(), record('stmlvision', '10.110.0.10'), link('vnet-hub')]))
    const device = deviceOf(part, 'azure-dns/vnet-hub')
    expect(device.interfaces.map((one) => `${one.name} ${one.addresses.map((two) => formatIp(two.ip))}`)).toEqual([
      'vnet:vnet-hub 168.63.129.16',
    ])
    expect(device.resolver).toMatchObject({ role: 'platform', rechasesCname: true, otherwise: 'public' })
    const [linked] = device.resolver?.zones ?? []
    expect(linked?.label).toBe(`private DNS zone ${ZONE}`)
    expect(linked?.because?.label).toBe(`link to-vnet-hub of zone ${ZONE} to vnet-hub`)
    expect(linked?.onMissing).toBe('nxdomain')
    expect(shown(linked?.records)).toEqual([`stmlvision.${ZONE} A 10.110.0.10`])
  })

  test('keeps zones that are not linked to its VNet for the explanation', () => {
    const bodies = [HUB, SPOKE, zone(), record('stmlvision', '10.110.0.10'), link('vnet-hub')]
    const spoke = resolverOf(bodies, 'vnet-ml')
    expect(spoke.zones).toEqual([])
    expect(spoke.zonesNotLinked?.map((one) => one.name)).toEqual([ZONE])
    expect(resolverOf(bodies).zonesNotLinked).toEqual([])
  })

  test('does not answer through a link that is not completed', () => {
    const resolver = resolverOf([HUB, zone(), link('vnet-hub', { virtualNetworkLinkState: 'InProgress' })])
    expect(resolver.zones).toEqual([])
    expect(resolver.zonesNotLinked?.[0]?.because?.label).toContain('(InProgress)')
  })

  test.for([
    ['a privatelink zone', ZONE, 'NxDomainRedirect', 'public'],
    ['a privatelink zone by default', ZONE, 'Default', 'nxdomain'],
    ['a zone of another kind', 'corp.example', 'NxDomainRedirect', 'nxdomain'],
    ['a registry data zone', 'westeurope.data.privatelink.azurecr.io', 'NxDomainRedirect', 'public'],
  ] as const)('%s asks again publicly only with NxDomainRedirect', ([, name, resolutionPolicy, onMissing]) => {
    expect(resolverOf([HUB, zone(name), link('vnet-hub', { resolutionPolicy }, name)]).zones[0]?.onMissing).toBe(
      onMissing,
    )
  })

  test('says that a zone is not whole when it counts more record sets', () => {
    const bodies = [HUB, zone(ZONE, { numberOfRecordSets: 5 }), record('a', '10.0.0.1'), link('vnet-hub')]
    expect(resolverOf(bodies).zones[0]?.onMissing).toBe('unknown')
    expect(
      resolverOf([HUB, zone(ZONE, { numberOfRecordSets: 2 }), record('a', '10.0.0.1'), link('vnet-hub')]).zones[0]
        ?.onMissing,
    ).toBe('nxdomain')
  })

  test('reads every kind of record set', () => {
    const set = (type: string, name: string, properties: Json) =>
      arm(`Microsoft.Network/privateDnsZones/${type}`, `corp.example/${name}`, properties)
    const bodies = [
      HUB,
      zone('corp.example'),
      link('vnet-hub', {}, 'corp.example'),
      set('A', '@', { fqdn: 'corp.example.', aRecords: [{ ipv4Address: '10.1.1.1' }, { ipv4Address: '10.1.1.2' }] }),
      set('AAAA', 'v6', { aaaaRecords: [{ ipv6Address: 'fd00::1' }] }),
      set('CNAME', 'www', { cnameRecord: { cname: 'Web.Corp.Example.' } }),
      set('TXT', 't', { txtRecords: [{ value: ['x'] }] }),
      set('A', '*', { aRecords: [{ ipv4Address: 'nonsense' }, { ipv4Address: '10.1.1.3' }] }),
    ]
    expect(shown(resolverOf(bodies).zones[0]?.records)).toEqual([
      'corp.example A 10.1.1.1',
      'corp.example A 10.1.1.2',
      '*.corp.example A 10.1.1.3',
      'v6.corp.example AAAA fd00::1',
      'www.corp.example CNAME web.corp.example',
      't.corp.example TXT Microsoft.Network/privateDnsZones/TXT',
    ])
  })
})

describe('records that a zone group keeps', () => {
  const account = arm('Microsoft.Storage/storageAccounts', 'stmlvision', {})
  const endpoint = (more: Json = {}) =>
    privateEndpoint(
      'pe-blob',
      SUBNET('vnet-ml', 'snet-pe'),
      account,
      'blob',
      '10.110.0.10',
      ['stmlvision.blob.core.windows.net'],
      more,
    )
  const group = (recordSets: Json[] = []) =>
    arm('Microsoft.Network/privateEndpoints/privateDnsZoneGroups', 'pe-blob/default', {
      privateDnsZoneConfigs: [{ name: 'blob', properties: { privateDnsZoneId: zone().id, recordSets } }],
    })
  const records = (...bodies: unknown[]) =>
    shown(resolverOf([HUB, SPOKE, zone(), link('vnet-hub'), account, ...bodies]).zones[0]?.records)

  test('come from its record sets', () => {
    const sets = [
      {
        recordType: 'A',
        recordSetName: 'stmlvision',
        fqdn: 'stmlvision.privatelink.blob.core.windows.net',
        ipAddresses: ['10.110.0.11'],
      },
    ]
    expect(records(endpoint(), group(sets))).toEqual([`stmlvision.${ZONE} A 10.110.0.11`])
  })

  test('come from the names of the endpoint when the group lists none', () => {
    expect(records(endpoint(), group())).toEqual([`stmlvision.${ZONE} A 10.110.0.10`])
  })

  test('are not made beside the record sets of a zone that counts them', () => {
    const counted = zone(ZONE, { numberOfRecordSets: 2 })
    const bodies = [HUB, SPOKE, counted, link('vnet-hub'), account, endpoint(), group(), record('other', '10.0.0.1')]
    expect(shown(resolverOf(bodies).zones[0]?.records)).toEqual([`other.${ZONE} A 10.0.0.1`])
  })

  test('are made beside record sets that somebody wrote in a template or plan, for other names', () => {
    const expected = [`other.${ZONE} A 10.0.0.1`, `stmlvision.${ZONE} A 10.110.0.10`]
    expect(records(endpoint(), group(), record('other', '10.0.0.1'))).toEqual(expected)
    expect(records(endpoint(), group(), record('stmlvision', '10.0.0.1'))).toEqual([`stmlvision.${ZONE} A 10.0.0.1`])
  })

  test('are not made without a group, nor for an endpoint that is pending', () => {
    expect(records(endpoint())).toEqual([])
    const pending = {
      privateLinkServiceConnections: [
        {
          properties: {
            privateLinkServiceId: account.id,
            groupIds: ['blob'],
            privateLinkServiceConnectionState: { status: 'Pending' },
          },
        },
      ],
    }
    expect(records(endpoint(pending), group())).toEqual([])
  })

  test('of a workspace are its names and a wildcard', () => {
    const guid = '11111111-2222-3333-4444-555555555555'
    const api = 'privatelink.api.azureml.ms'
    const workspace = arm('Microsoft.MachineLearningServices/workspaces', 'mlw-vision', { workspaceId: guid })
    const pe = privateEndpoint('pe-blob', SUBNET('vnet-ml', 'snet-pe'), workspace, 'amlworkspace', '10.110.0.4', [
      `${guid}.workspace.westeurope.api.azureml.ms`,
      '*.westeurope.inference.ml.azure.com',
    ])
    const config = { privateDnsZoneConfigs: [{ properties: { privateDnsZoneId: zone(api).id } }] }
    const bodies = [
      HUB,
      SPOKE,
      zone(api),
      link('vnet-hub', {}, api),
      workspace,
      pe,
      arm('Microsoft.Network/privateEndpoints/privateDnsZoneGroups', 'pe-blob/default', config),
    ]
    expect(shown(resolverOf(bodies).zones[0]?.records)).toEqual([
      `${guid}.workspace.westeurope.${api} A 10.110.0.4`,
      `*.${guid}.inference.westeurope.${api} A 10.110.0.4`,
    ])
  })
})

test('a registration zone holds the VMs of its VNet', () => {
  const nic = arm('Microsoft.Network/networkInterfaces', 'nic1', {
    virtualMachine: { id: '/x/virtualMachines/vm1' },
    ipConfigurations: [{ properties: { privateIPAddress: '10.100.0.4', subnet: { id: SUBNET('vnet-hub', 'snet') } } }],
  })
  const bodies = [HUB, nic, zone('corp.example'), link('vnet-hub', { registrationEnabled: true }, 'corp.example')]
  expect(shown(resolverOf(bodies).zones[0]?.records)).toEqual(['vm1.corp.example A 10.100.0.4'])
})

describe('the public name of private link', () => {
  test.for([
    ['acct.blob.core.windows.net', 'blob', 'acct.privatelink.blob.core.windows.net'],
    ['acct.dfs.core.windows.net', 'blob', undefined],
    ['acct-secondary.blob.core.windows.net', 'blob_secondary', 'acct-secondary.privatelink.blob.core.windows.net'],
    ['acct-secondary.blob.core.windows.net', 'blob', undefined],
    ['kv.vault.azure.net', 'vault', 'kv.privatelink.vaultcore.azure.net'],
    ['cr.westeurope.data.azurecr.io', 'registry', 'cr.westeurope.data.privatelink.azurecr.io'],
    [
      'g.workspace.westeurope.cert.api.azureml.ms',
      'amlworkspace',
      'g.workspace.westeurope.cert.privatelink.api.azureml.ms',
    ],
    ['iot.azure-devices.net', 'iothub', 'iot.privatelink.azure-devices.net'],
    ['dps.azure-devices-provisioning.net', 'iotdps', 'dps.privatelink.azure-devices-provisioning.net'],
    ['adf.westeurope.datafactory.azure.net', 'datafactory', 'adf.westeurope.privatelink.datafactory.azure.net'],
    ['www.example.com', 'blob', undefined],
    ['acct.privatelink.blob.core.windows.net', 'blob', undefined],
  ] as const)('%s with a private endpoint for %s', ([name, group, expected]) => {
    expect(privateLinkName(name, new Set([group]))).toBe(expected)
  })
})

test('a link to a VNet that is not in the export is noted', () => {
  const estate = estateOf([zone(), link('elsewhere')])
  privateDnsParts(estate)
  expect(codesOf(estate)).toEqual(['NT1730'])
})
