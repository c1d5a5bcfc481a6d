import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Estate } from '../../../src/importers/azure/estate/estate.ts'
import { firewallParts } from '../../../src/importers/azure/firewall/firewall.ts'
import { makeEstate } from '../../../src/importers/azure/make-estate.ts'
import { dnsResolverParts } from '../../../src/importers/azure/names/dns-resolver.ts'
import { privateDnsParts } from '../../../src/importers/azure/names/private-dns.ts'
import { readAzure } from '../../../src/importers/azure/read.ts'
import { privateEndpointParts } from '../../../src/importers/azure/services/private-endpoint.ts'
import { serviceParts } from '../../../src/importers/azure/services/service.ts'
import { serviceEndpointPolicyRules } from '../../../src/importers/azure/subnets/service-endpoint-policy.ts'
import { arm, estateOf, type Json, privateEndpoint, SUBNET, vnet } from './services-estate.ts'

const DATA = process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data')
const PARTS = [firewallParts, privateEndpointParts, privateDnsParts, dnsResolverParts, serviceParts]

function everything(estate: Estate) {
  const parts = PARTS.map((make) => make(estate))
  const policies = [...estate.subnets.values()].map((subnet) => serviceEndpointPolicyRules(estate, subnet))
  return { parts, policies }
}

function sample(): Json[] {
  const hub = vnet('vnet-hub', '10.100.0.0/22', {
    AzureFirewallSubnet: '10.100.0.64/26',
    'snet-pe': {
      addressPrefix: '10.100.1.0/26',
      privateEndpointNetworkPolicies: 'Enabled',
      serviceEndpointPolicies: [{ id: '/sep' }],
    },
    'snet-dns': '10.100.2.0/28',
  })
  const account = arm('Microsoft.Storage/storageAccounts', 'st', {
    publicNetworkAccess: 'Enabled',
    primaryEndpoints: { blob: 'https://st.blob.core.windows.net/' },
    networkAcls: {
      bypass: 'AzureServices',
      defaultAction: 'Deny',
      ipRules: [{ value: '1.2.3.4' }],
      virtualNetworkRules: [{ id: '/x' }],
      resourceAccessRules: [{ resourceId: '/y' }],
    },
  })
  const zone = 'privatelink.blob.core.windows.net'
  const zoneBody = arm('Microsoft.Network/privateDnsZones', zone, { numberOfRecordSets: 2 })
  const policy = arm('Microsoft.Network/firewallPolicies', 'p', {
    dnsSettings: { enableProxy: true, servers: ['10.0.0.1'] },
    snat: { privateRanges: ['IANAPrivateRanges'] },
  })
  return [
    hub,
    account,
    policy,
    arm('Microsoft.Network/publicIPAddresses', 'pip', { ipAddress: '198.51.100.20' }),
    arm('Microsoft.Network/ipGroups', 'g', { ipAddresses: ['10.0.0.0/8'] }),
    arm('Microsoft.Network/azureFirewalls', 'afw', {
      firewallPolicy: { id: policy.id },
      ipConfigurations: [
        {
          name: 'i',
          properties: {
            privateIPAddress: '10.100.0.68',
            subnet: { id: SUBNET('vnet-hub', 'AzureFirewallSubnet') },
            publicIPAddress: { id: '/pip' },
          },
        },
      ],
    }),
    arm('Microsoft.Network/firewallPolicies/ruleCollectionGroups', 'p/g', {
      priority: 100,
      ruleCollections: [
        {
          ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
          name: 'c',
          priority: 100,
          action: { type: 'Allow' },
          rules: [
            {
              ruleType: 'NetworkRule',
              name: 'n',
              ipProtocols: ['TCP'],
              sourceAddresses: ['*'],
              destinationAddresses: ['Storage', '10.0.0.0/8'],
              destinationFqdns: ['a.b'],
              destinationPorts: ['1-2'],
            },
            {
              ruleType: 'ApplicationRule',
              name: 'a',
              sourceIpGroups: ['/g'],
              protocols: [{ protocolType: 'Https', port: 443 }],
              targetFqdns: ['*.a', 'b*c.d'],
              fqdnTags: ['t'],
              targetUrls: ['u/v'],
            },
          ],
        },
        {
          ruleCollectionType: 'FirewallPolicyNatRuleCollection',
          name: 'd',
          action: { type: 'DNAT' },
          rules: [
            {
              ruleType: 'NatRule',
              name: 'n',
              ipProtocols: ['TCP'],
              sourceAddresses: ['*'],
              destinationAddresses: ['198.51.100.20'],
              destinationPorts: ['80'],
              translatedAddress: '10.0.0.4',
              translatedPort: '80',
            },
          ],
        },
      ],
    }),
    privateEndpoint('pe', SUBNET('vnet-hub', 'snet-pe'), account, 'blob', '10.100.1.4', ['st.blob.core.windows.net']),
    arm('Microsoft.Network/privateEndpoints/privateDnsZoneGroups', 'pe/default', {
      privateDnsZoneConfigs: [
        {
          properties: {
            privateDnsZoneId: zoneBody.id,
            recordSets: [{ recordSetName: 'st', ipAddresses: ['10.100.1.4'] }],
          },
        },
      ],
    }),
    zoneBody,
    arm('Microsoft.Network/privateDnsZones/CNAME', `${zone}/x`, { cnameRecord: { cname: 'y' } }),
    arm('Microsoft.Network/privateDnsZones/virtualNetworkLinks', `${zone}/l`, {
      virtualNetwork: { id: hub.id },
      resolutionPolicy: 'NxDomainRedirect',
    }),
    arm('Microsoft.Network/dnsResolvers/inboundEndpoints', 'r/in', {
      ipConfigurations: [{ subnet: { id: SUBNET('vnet-hub', 'snet-dns') }, privateIpAddress: '10.100.2.4' }],
    }),
    arm('Microsoft.Network/dnsResolvers/outboundEndpoints', 'r/out', {
      subnet: { id: SUBNET('vnet-hub', 'snet-dns') },
    }),
    arm('Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks', 'rs/l', { virtualNetwork: { id: hub.id } }),
    arm('Microsoft.Network/dnsForwardingRulesets/forwardingRules', 'rs/r', {
      domainName: '.',
      targetDnsServers: [{ ipAddress: '10.0.0.1', port: 53 }],
    }),
    arm('Microsoft.MachineLearningServices/workspaces', 'mlw', {
      workspaceId: 'g',
      notebookInfo: { fqdn: 'a.b.c' },
      publicNetworkAccess: 'Disabled',
    }),
    arm('Microsoft.ContainerInstance/containerGroups', 'aci', {
      subnetIds: [{ id: SUBNET('vnet-hub', 'snet-pe') }],
      ipAddress: { ip: '10.100.1.9' },
    }),
  ]
}

/** Every place of a value, as the keys that lead there. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [path, ...[...keys].flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key]))]
}

function withChange(bodies: Json[], path: readonly (string | number)[], value: unknown): Json[] {
  const copy = structuredClone(bodies)
  let at = copy as unknown as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  const last = path.at(-1)
  if (last !== undefined) at[last] = value
  return copy
}

describe('bodies of any shape', () => {
  const bodies = sample()
  const all = places(bodies).filter((path) => path.length > 0)

  test('whose members are missing or of another type never make it throw', () => {
    const odd = [
      undefined,
      null,
      '',
      '*',
      'x',
      7,
      -1,
      true,
      [],
      {},
      [null],
      [''],
      ['x'],
      [{}],
      { id: 7 },
      { properties: null },
    ]
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(...odd), (path, value) => {
        everything(estateOf(withChange(bodies, path, value)))
      }),
      { seed: 16, numRuns: 400 },
    )
  })

  test('give the same data twice, and data that can be cloned', () => {
    const made = everything(estateOf(bodies))
    expect(structuredClone(made)).toEqual(everything(estateOf(bodies)))
  })
})

const shapes = join(DATA, 'azure-shapes')
const recordings = join(DATA, 'azure-recordings')
const present = existsSync(shapes) && existsSync(recordings)
if (!present) console.warn(`skipped: no ${shapes}; set NETTRACE_DATA to run the tests on recorded bodies`)

test.skipIf(!present)('recorded bodies (NETTRACE_DATA) are read without throwing', () => {
  const files = readdirSync(shapes).filter((name) => name.startsWith('microsoft.'))
  const read = readAzure(files.map((name) => ({ path: name, text: readFileSync(join(shapes, name), 'utf8') })))
  const { parts } = everything(makeEstate(read.bodies, undefined))
  expect(parts.at(-1)?.services.length).toBeGreaterThan(5)
  for (const folder of readdirSync(recordings)) {
    const path = join(recordings, folder, 'resources.json')
    if (!existsSync(path)) continue
    const one = readAzure([{ path, text: readFileSync(path, 'utf8') }])
    everything(makeEstate(one.bodies, undefined))
  }
})

test.skipIf(!present)('the recorded private endpoint (NETTRACE_DATA) is read with its zone', () => {
  const path = join(recordings, 'doc-private-endpoint-peered')
  const files = readdirSync(path).filter((name) => name.startsWith('resources') && name.endsWith('.json'))
  const read = readAzure(
    files.slice(0, 1).map((name) => ({ path: name, text: readFileSync(join(path, name), 'utf8') })),
  )
  const estate = makeEstate(read.bodies, undefined)
  const zones = privateDnsParts(estate).devices.flatMap((one) => one.resolver?.zones ?? [])
  expect(zones.map((one) => one.name)).toContain('privatelink.blob.core.windows.net')
  expect(zones.flatMap((one) => one.records.map((record) => record.name))).toContain(
    'rg1sto1brng1.privatelink.blob.core.windows.net',
  )
  expect(privateEndpointParts(estate).devices.map((one) => one.name)).toContain('rg1pe1sto1')
})
