import { describe, expect, test } from 'vitest'
import { body, id, type Json, nic, type Properties, ref, subnetRef, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, reported } from './asked.ts'
import { endpoint, zone } from './endpoint-bodies.ts'

const BLOB = 'privatelink.blob.core.windows.net'
const ACCOUNT = id('Microsoft.Storage/storageAccounts/acct')
const NAME = 'acct.blob.core.windows.net:443'
const account = (publicNetworkAccess = 'Disabled') =>
  body('Microsoft.Storage/storageAccounts/acct', { publicNetworkAccess })
const own = (dnsServers: readonly string[] = [], more: Readonly<Record<string, Properties>> = {}): Json[] => [
  vnet(
    'v',
    ['10.1.0.0/16'],
    { s: { addressPrefix: '10.1.0.0/24' }, ...more },
    {},
    dnsServers.length > 0 ? { dhcpOptions: { dnsServers } } : {},
  ),
  nic('vm', 'v/s', '10.1.0.4'),
  nic('other', 'v/s', '10.1.0.5', { virtualMachine: ref('Microsoft.Compute/virtualMachines/db') }),
]
const connected = (extra: Properties = {}) => [
  account(),
  ...endpoint('pe', 'v/s', '10.1.0.6', ACCOUNT, 'blob', 'Approved', extra),
]
const example = (...bodies: readonly Json[]): Example => ({
  bodies,
  names: { [`acct.${BLOB}`]: '20.60.0.1', 'plant.example': '192.0.2.10', 'acct.blob.core.windows.net': '20.60.0.1' },
})
const group = (zoneId: string) =>
  body('privateEndpoints/pe/privateDnsZoneGroups/default', {
    privateDnsZoneConfigs: [{ name: 'one', properties: { privateDnsZoneId: zoneId } }],
  })

describe('a private zone of which the export holds too little to say whether it is linked', () => {
  const elsewhere = `/subscriptions/hub/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/${BLOB}`
  const record = body(`privateDnsZones/${BLOB}/A/acct`, { ttl: 10, aRecords: [{ ipv4Address: '10.1.0.6' }] })
  const counted = (numberOfVirtualNetworkLinks: number) =>
    body(`privateDnsZones/${BLOB}`, { numberOfRecordSets: 2, numberOfVirtualNetworkLinks })
  test.for<readonly [string, Json[], string]>([
    ['a zone group names a zone of another subscription', [...connected(), group(elsewhere)], 'zone group'],
    ['the zone counts links that are not there', [...connected(), counted(1), record], 'numberOfVirtualNetworkLinks'],
    ['records of it are all there is', [...connected(), record], 'records of it alone'],
    ['an endpoint without names has a zone group that is not there', connected({ customDnsConfigs: [] }), 'zone group'],
  ])('%s', ([, bodies, named]) => {
    const answer = asked(example(...own(), ...bodies), 'vm', NAME)
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining(named)])
  })

  test('a zone that counts no links is linked to nothing', () => {
    const answer = asked(example(...own(), ...connected(), counted(0), record), 'vm', NAME)
    expect([answer.works, answer.code]).toEqual(['no', 'dns-zone-not-linked'])
  })

  test('a zone of that name that is linked decides: a VNet takes no second one', () => {
    const bodies = [...own(), ...connected(), group(elsewhere), ...zone(BLOB, { acct: '10.1.0.6' }, ['v'])]
    expect(asked(example(...bodies), 'vm', NAME).resolved).toEqual(['10.1.0.6'])
    expect(reported(example(...bodies)).some((one) => one.startsWith('NT1731'))).toBe(true)
  })

  test('an endpoint that lists its names has no zone group, and public DNS answers', () => {
    const listed = { customDnsConfigs: [{ fqdn: 'acct.blob.core.windows.net', ipAddresses: ['10.1.0.6'] }] }
    expect(asked(example(...own(), ...connected(listed)), 'vm', NAME).resolved).toEqual(['20.60.0.1'])
  })

  test('an endpoint whose address a zone of the export holds is explained by it', () => {
    const bodies = [...own(), ...connected({ customDnsConfigs: [] }), ...zone(BLOB, { acct: '10.1.0.6' }, [])]
    expect(asked(example(...bodies), 'vm', NAME).works).toBe('no')
  })
})

test('Learn: Azure Private Endpoint DNS integration, a record of an endpoint that is gone', () => {
  const listed = { customDnsConfigs: [{ fqdn: 'acct.blob.core.windows.net', ipAddresses: ['10.1.0.6'] }] }
  const bodies = [...own(), ...connected(listed), ...zone(BLOB, { acct: '10.1.0.77' }, ['v'])]
  const answer = asked(example(...bodies), 'vm', NAME)
  expect([answer.resolved, answer.works, answer.code]).toEqual([['10.1.0.77'], 'no', 'dns-stale-record'])
  for (const word of [BLOB, '10.1.0.77', 'pe', '10.1.0.6']) expect(answer.cause).toContain(word)
})

describe('Learn: What is an Azure Private DNS zone? What is a virtual network link?', () => {
  const corp = 'corp.example'
  const link = (extra: Properties) => [
    body(`privateDnsZones/${corp}`, {}),
    body(`privateDnsZones/${corp}/virtualNetworkLinks/l`, { virtualNetwork: ref('virtualNetworks/v'), ...extra }),
  ]
  test.for<readonly [string, Json[], string, string]>([
    [
      'a link that registers has the machines of its VNet',
      link({ registrationEnabled: true }),
      `db.${corp}:443`,
      'yes',
    ],
    ['a link that only resolves has not', link({ registrationEnabled: false }), `db.${corp}:443`, 'no'],
    [
      'a wildcard stands for every name that is not there',
      zone(corp, { '*': '10.1.0.5' }, ['v']),
      `x.${corp}:443`,
      'yes',
    ],
    [
      'a name that is there is not the wildcard’s',
      zone(corp, { '*': '10.1.0.9', x: '10.1.0.5' }, ['v']),
      `x.${corp}:443`,
      'yes',
    ],
    [
      'a link that is not completed answers nothing',
      zone(corp, { x: '10.1.0.5' }, ['v'], { virtualNetworkLinkState: 'InProgress' }),
      `x.${corp}:443`,
      'no',
    ],
  ])('%s', ([, bodies, to, works]) => {
    expect(asked(example(...own(), ...bodies), 'vm', to).works).toBe(works)
  })

  test.for<readonly [string, Properties]>([
    ['as it is', {}],
    ['with NxDomainRedirect, which is for privatelink zones', { resolutionPolicy: 'NxDomainRedirect' }],
  ])('an empty zone of a public suffix hides every name of it, %s', ([, policy]) => {
    const bodies = [...own(), ...zone('blob.core.windows.net', {}, ['v'], policy)]
    const answer = asked(example(...bodies), 'vm', NAME)
    expect([answer.outcome, answer.decision]).toEqual(['name-not-resolved', expect.stringContaining('NXDOMAIN')])
  })

  test('an account without a private endpoint is public, whatever zones are linked', () => {
    const answer = asked(example(...own(), account('Enabled'), ...zone(BLOB, {}, ['v'])), 'vm', NAME)
    expect([answer.resolved, answer.works]).toEqual([['20.60.0.1'], 'yes'])
  })
})

describe('Learn: Azure DNS Private Resolver endpoints and rulesets', () => {
  const subnets = { out: { addressPrefix: '10.1.1.0/28' }, in: { addressPrefix: '10.1.2.0/28' } }
  const ruleset = (target: string, domainName: string, linked = 'v', state = 'Enabled'): Json[] => [
    body('dnsResolvers/r', { virtualNetwork: ref('virtualNetworks/v') }),
    body('dnsResolvers/r/outboundEndpoints/out', { subnet: subnetRef('v/out') }),
    body('dnsResolvers/r/inboundEndpoints/in', {
      ipConfigurations: [{ subnet: subnetRef('v/in'), privateIpAddress: '10.1.2.4' }],
    }),
    body('dnsForwardingRulesets/rs', { dnsResolverOutboundEndpoints: [ref('dnsResolvers/r/outboundEndpoints/out')] }),
    body('dnsForwardingRulesets/rs/virtualNetworkLinks/l', { virtualNetwork: ref(`virtualNetworks/${linked}`) }),
    body('dnsForwardingRulesets/rs/forwardingRules/a', {
      domainName,
      targetDnsServers: [{ ipAddress: target, port: 53 }],
      forwardingRuleState: state,
    }),
  ]
  const hub = own([], subnets)
  const contoso = zone('contoso.com', { x: '10.1.0.5' }, ['v'])

  test('a rule to the inbound endpoint of the same VNet is a loop', () => {
    const answer = asked(example(...hub, ...ruleset('10.1.2.4', 'contoso.com.')), 'vm', 'x.contoso.com:443')
    expect([answer.outcome, answer.code]).toEqual(['name-not-resolved', 'dns-loop'])
    expect(answer.cause).toContain('forwarding rule a')
  })
  test('but for names of a zone that is linked there, as zones come first', () => {
    const bodies = [...hub, ...ruleset('10.1.2.4', 'contoso.com.'), ...contoso]
    expect(asked(example(...bodies), 'vm', 'x.contoso.com:443').resolved).toEqual(['10.1.0.5'])
  })
  test('a VNet that is linked to the ruleset and peered with nobody resolves through it', () => {
    const far = [vnet('w', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }), nic('far', 'w/s', '10.2.0.4')]
    const bodies = [...hub, ...far, ...ruleset('10.1.2.4', 'contoso.com.', 'w'), ...contoso]
    expect(asked(example(...bodies), 'far', 'x.contoso.com:443').resolved).toEqual(['10.1.0.5'])
  })
  test('a rule that is disabled is not there', () => {
    const bodies = [...hub, ...ruleset('10.1.2.4', 'example.', 'v', 'Disabled')]
    expect(asked(example(...bodies), 'vm', 'plant.example:443').resolved).toEqual(['192.0.2.10'])
  })
  test('a linked zone says that a name does not exist before any rule is asked', () => {
    const bodies = [
      ...hub,
      ...ruleset('10.1.0.5', 'blob.core.windows.net.'),
      ...zone('blob.core.windows.net', {}, ['v']),
    ]
    expect(asked(example(...bodies), 'vm', NAME).decision).toContain('NXDOMAIN')
  })
  test('a rule for the public suffix takes the name, and its answer whole: no privatelink zone is asked', () => {
    const bodies = [
      ...hub,
      ...ruleset('8.8.8.8', 'blob.core.windows.net.'),
      ...connected(),
      ...zone(BLOB, { acct: '10.1.0.6' }, ['v']),
    ]
    const answer = asked(example(...bodies), 'vm', NAME)
    expect([answer.resolved, answer.works]).toEqual([['20.60.0.1'], 'no'])
    expect(answer.cause).toContain('forwarding rule a')
  })
})

describe('Learn: Name resolution for resources in Azure virtual networks', () => {
  test.for<readonly [string, Json[], string]>([
    [
      'AzureProvidedDNS on a network interface overrides the VNet',
      [
        ...own(['10.9.9.9']).slice(0, 1),
        nic('vm', 'v/s', '10.1.0.4', { dnsSettings: { dnsServers: ['AzureProvidedDNS'] } }),
      ],
      'yes',
    ],
    [
      'servers of a network interface override the VNet',
      [...own().slice(0, 1), nic('vm', 'v/s', '10.1.0.4', { dnsSettings: { dnsServers: ['10.1.0.99'] } })],
      'no',
    ],
    ['the second server is asked when the first is silent', own(['10.1.0.99', '168.63.129.16']), 'yes'],
    ['a machine that nothing is known of answers nobody knows what', own(['10.1.0.5']), 'unknown'],
  ])('%s', ([, bodies, works]) => {
    expect(asked(example(...bodies), 'vm', 'plant.example:443').works).toBe(works)
  })
})
