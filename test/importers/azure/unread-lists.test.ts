import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers'
const NETWORK = `${GROUP}/Microsoft.Network`

const ESTATE = [
  {
    id: `${NETWORK}/virtualNetworks/v`,
    name: 'v',
    type: 'Microsoft.Network/virtualNetworks',
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [
        {
          id: `${NETWORK}/virtualNetworks/v/subnets/s`,
          name: 's',
          properties: {
            addressPrefix: '10.0.0.0/24',
            networkSecurityGroup: { id: `${NETWORK}/networkSecurityGroups/g` },
          },
        },
      ],
    },
  },
  {
    id: `${NETWORK}/networkSecurityGroups/g`,
    name: 'g',
    type: 'Microsoft.Network/networkSecurityGroups',
    properties: {},
  },
  {
    id: `${NETWORK}/privateDnsZones/z.example`,
    name: 'z.example',
    type: 'Microsoft.Network/privateDnsZones',
    properties: {},
  },
  {
    id: `${NETWORK}/dnsForwardingRulesets/r`,
    name: 'r',
    type: 'Microsoft.Network/dnsForwardingRulesets',
    properties: { dnsResolverOutboundEndpoints: [] },
  },
  {
    id: `${NETWORK}/dnsForwardingRulesets/r/virtualNetworkLinks/l`,
    name: 'l',
    type: 'Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks',
    properties: { virtualNetwork: { id: `${NETWORK}/virtualNetworks/v` } },
  },
  { id: `${GROUP}/Microsoft.Sql/servers/db`, name: 'db', type: 'Microsoft.Sql/servers', properties: {} },
  { id: `${NETWORK}/networkManagers/m`, name: 'm', type: 'Microsoft.Network/networkManagers', properties: {} },
]

/** The estate, imported by a run that could not read one list. */
function without(id?: string, child = '') {
  const unread = id === undefined ? [] : [{ id, child, what: `the list ${child}`, status: 403, why: 'not allowed' }]
  const manifest = { nettraceImport: 1, cloud: 'public', subscriptions: [], resourceGroups: [], resources: {}, unread }
  const files = [
    { path: 'azure/bodies.json', text: JSON.stringify(ESTATE) },
    { path: 'azure/nettrace-import.json', text: JSON.stringify(manifest, null, 2) },
  ]
  const placements = [
    {
      name: 'host',
      address: 0x0a000005 as never,
      subnet: 'v/s',
      source: { kind: 'implied', because: 'a test' } as const,
    },
  ]
  const part = importAzure(files, { placements })
  const device = (name: string) => part.devices.find((one) => one.name === name)
  const resolver = part.devices.find((one) => one.resolver?.role === 'platform')?.resolver
  const rules = Object.values(device('host')?.ruleSets ?? {}).flatMap((one) => one.rules)
  const gate = part.services.find((one) => one.name === 'db')?.gate
  return { part, resolver, rules, gate }
}

const isOpaque = ({ match }: { readonly match: { readonly kind: string } }) => match.kind === 'opaque'

describe('a list that an import could not read', () => {
  test('nothing unread: nothing is said and nothing is in doubt', () => {
    const { part, resolver, rules, gate } = without()
    expect(part.diagnostics.filter((one) => one.code === 'NT1680' || one.severity === 'error')).toEqual([])
    expect(resolver).toMatchObject({ otherwise: 'public', zones: [] })
    expect([...rules, ...(gate?.rules ?? [])].filter(isOpaque)).toEqual([])
    expect(rules.length).toBeGreaterThan(0)
    expect(gate).toBeDefined()
  })

  test('is told with its place in the file that says so', () => {
    const { part } = without(`${NETWORK}/privateDnsZones/z.example`, 'microsoft.network/privatednszones/recordsets')
    expect(part.diagnostics).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        code: 'NT1680',
        message: expect.stringMatching(
          /could not be read \(403\): answers that need them are unknown; give the role Reader/,
        ),
        source: expect.objectContaining({ file: 'azure/nettrace-import.json', pointer: '/unread/0/what' }),
      }),
    )
  })

  test('links of a private zone: any VNet may be linked, so names in it are unknown', () => {
    const { resolver } = without(
      `${NETWORK}/privateDnsZones/Z.example`,
      'microsoft.network/privatednszones/virtualnetworklinks',
    )
    expect(resolver?.zones).toMatchObject([{ name: 'z.example', records: [], onMissing: 'unknown' }])
  })

  test.for(['forwardingrules', 'virtualnetworklinks'])('%s of a ruleset: what no zone holds is unknown', (word) => {
    const { resolver } = without(
      `${NETWORK}/dnsForwardingRulesets/r`,
      `microsoft.network/dnsforwardingrulesets/${word}`,
    )
    expect(resolver?.otherwise).toBe('unknown')
    expect(resolver?.notModelled).toEqual([
      `the list microsoft.network/dnsforwardingrulesets/${word} could not be read (403)`,
    ])
  })

  test.for(['firewallrules', 'virtualnetworkrules'])('%s of a SQL server: who gets in is unknown', (word) => {
    const { gate } = without(`${GROUP}/Microsoft.Sql/servers/db`, `microsoft.sql/servers/${word}`)
    const [doubt] = gate?.rules.filter(isOpaque) ?? []
    expect(doubt?.action).toEqual({ kind: 'accept' })
  })

  test.for(['securityadminconfigurations', 'networkgroups/staticmembers'])(
    '%s of a network manager: every packet may be denied before the NSG',
    (word) => {
      const { rules } = without(`${NETWORK}/networkManagers/m`, `microsoft.network/networkmanagers/${word}`)
      const doubts = rules.filter(isOpaque)
      expect(doubts.length).toBeGreaterThan(0)
      expect(doubts.every((one) => one.action.kind === 'drop')).toBe(true)
    },
  )

  test('a note of an import with anything in it does not stop the reading', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (unread) => {
        const text = JSON.stringify({ nettraceImport: 1, unread })
        importAzure([{ path: 'x.json', text }], { placements: [] })
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})
