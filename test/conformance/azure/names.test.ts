import { describe, expect, test } from 'vitest'
import { body, id, type Json, nic, nsg, ref, rule, subnetRef, vnet } from '../../importers/azure/arm.ts'
import { asked, type Example, siteRouter } from './asked.ts'
import { endpoint, zone } from './endpoint-bodies.ts'
import { gateway, gatewaySubnet, siteConnection } from './gateway-bodies.ts'

const SQL = 'privatelink.database.windows.net'
const BLOB = 'privatelink.blob.core.windows.net'
const server = body('Microsoft.Sql/servers/db', { publicNetworkAccess: 'Disabled' })
const hubAndSpoke = (linked: readonly string[], spokeDns: readonly string[], more: readonly Json[] = []): Json[] => [
  vnet(
    'hub',
    ['10.0.0.0/16'],
    { pe: { addressPrefix: '10.0.1.0/24' }, AzureFirewallSubnet: { addressPrefix: '10.0.0.0/26' } },
    { spoke: {} },
  ),
  vnet(
    'spoke',
    ['10.1.0.0/16'],
    { s: { addressPrefix: '10.1.0.0/24' } },
    { hub: {} },
    spokeDns.length > 0 ? { dhcpOptions: { dnsServers: spokeDns } } : {},
  ),
  server,
  ...endpoint('pe', 'hub/pe', '10.0.1.4', id('Microsoft.Sql/servers/db'), 'sqlServer'),
  ...zone(SQL, { db: '10.0.1.4' }, linked),
  nic('vm', 'spoke/s', '10.1.0.4'),
  ...more,
]
const outside = { [`db.${SQL}`]: '20.50.0.1' }

describe('Learn: Azure Private Endpoint DNS integration scenarios', () => {
  test('T7.1: a zone linked to the hub alone gives a spoke with Azure’s DNS the public address, and that is said', () => {
    const answer = asked({ bodies: hubAndSpoke(['hub'], []), names: outside }, 'vm', 'db.database.windows.net:1433')
    expect(answer.resolved).toEqual(['20.50.0.1'])
    expect(answer.works).toBe('no')
    expect(answer.code).toBe('dns-zone-not-linked')
  })

  test('T7.2: asking the firewall’s DNS proxy in the hub it gets the private address', () => {
    const firewall = [
      body('firewallPolicies/policy', { dnsSettings: { enableProxy: true } }),
      body('azureFirewalls/fw', {
        firewallPolicy: ref('firewallPolicies/policy'),
        ipConfigurations: [
          { name: 'one', properties: { privateIPAddress: '10.0.0.4', subnet: subnetRef('hub/AzureFirewallSubnet') } },
        ],
      }),
    ]
    const bodies = hubAndSpoke(['hub'], ['10.0.0.4'], firewall)
    expect(asked({ bodies, names: outside }, 'vm', 'db.database.windows.net:1433').resolved).toEqual(['10.0.1.4'])
  })

  test('T7.5: a site that forwards the privatelink name alone gets the public address', () => {
    const forwarding = (suffix: string): Example => ({
      bodies: [
        vnet('hub', ['10.0.0.0/16'], {
          ...gatewaySubnet('10.0.255.0/27'),
          in: { addressPrefix: '10.0.2.0/28' },
          pe: { addressPrefix: '10.0.1.0/24' },
        }),
        ...gateway('vgw', 'hub', '10.0.255.4', '198.51.100.60'),
        ...siteConnection('vgw', ['192.168.50.0/24']),
        body('dnsResolvers/resolver', { virtualNetwork: ref('virtualNetworks/hub') }),
        body('dnsResolvers/resolver/inboundEndpoints/in', {
          ipConfigurations: [{ subnet: subnetRef('hub/in'), privateIpAddress: '10.0.2.4' }],
        }),
        body('Microsoft.Storage/storageAccounts/acct', {}),
        ...endpoint('pe', 'hub/pe', '10.0.1.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
        ...zone(BLOB, { acct: '10.0.1.4' }, ['hub']),
      ],
      site: `${siteRouter('192.168.50.0/24', '198.51.100.60', '10.0.0.0/16')}/ip dns
set allow-remote-requests=yes servers=8.8.8.8
/ip dns static
add forward-to=10.0.2.4 match-subdomain=yes name=${suffix} type=FWD
/ip firewall nat
add action=src-nat chain=srcnat dst-address=10.0.0.0/16 to-addresses=192.168.50.1
`,
      hosts: { pc: { address: '192.168.50.9/24', on: 'site:lan', dns: ['192.168.50.1'] } },
      names: { [`acct.${BLOB}`]: '20.60.0.1' },
    })
    expect(asked(forwarding(BLOB), 'pc', 'acct.blob.core.windows.net:443').resolved).toEqual(['20.60.0.1'])
    const right = asked(forwarding('blob.core.windows.net'), 'pc', 'acct.blob.core.windows.net:443')
    expect([right.resolved, right.works], right.decision).toEqual([['10.0.1.4'], 'yes'])
  })
})

describe('Learn: Fallback to internet for Azure Private DNS zones', () => {
  const account = (link: Record<string, Json>): Example => ({
    bodies: [
      vnet('v', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24' } }),
      vnet('w', ['10.2.0.0/16'], { pe: { addressPrefix: '10.2.0.0/24' } }),
      body('Microsoft.Storage/storageAccounts/acct', {}),
      ...endpoint('pe', 'w/pe', '10.2.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
      ...zone(BLOB, {}, ['v'], link),
      nic('vm', 'v/s', '10.1.0.4'),
    ],
    names: { [`acct.${BLOB}`]: '20.60.0.1' },
  })
  test('T7.3: a linked zone without the record says that the name does not exist', () => {
    const answer = asked(account({}), 'vm', 'acct.blob.core.windows.net:443')
    expect([answer.outcome, answer.resolved]).toEqual(['name-not-resolved', []])
    expect(answer.decision).toContain('NXDOMAIN')
  })
  test('T7.3: with NxDomainRedirect on the link it is the public address', () => {
    const answer = asked(account({ resolutionPolicy: 'NxDomainRedirect' }), 'vm', 'acct.blob.core.windows.net:443')
    expect(answer.resolved).toEqual(['20.60.0.1'])
  })
})

describe('Learn: Azure DNS Private Resolver endpoints and rulesets', () => {
  const rules = {
    contoso: ['contoso.com.', '10.100.0.2'],
    azure: ['azure.contoso.com.', '10.10.0.4'],
    all: ['.', '10.100.0.2'],
  }
  const bodies = [
    vnet(
      'v',
      ['10.1.0.0/16'],
      { s: { addressPrefix: '10.1.0.0/24' }, out: { addressPrefix: '10.1.1.0/28' } },
      { far: {} },
    ),
    vnet(
      'far',
      ['10.10.0.0/16', '10.100.0.0/24'],
      { d: { addressPrefix: '10.10.0.0/24' }, e: { addressPrefix: '10.100.0.0/24' } },
      { v: {} },
    ),
    body('dnsResolvers/resolver', { virtualNetwork: ref('virtualNetworks/v') }),
    body('dnsResolvers/resolver/outboundEndpoints/out', { subnet: subnetRef('v/out') }),
    body('dnsForwardingRulesets/rs', {
      dnsResolverOutboundEndpoints: [ref('dnsResolvers/resolver/outboundEndpoints/out')],
    }),
    body('dnsForwardingRulesets/rs/virtualNetworkLinks/v', { virtualNetwork: ref('virtualNetworks/v') }),
    ...Object.entries(rules).map(([name, [domainName = '', ipAddress = '']]) =>
      body(`dnsForwardingRulesets/rs/forwardingRules/${name}`, {
        domainName,
        targetDnsServers: [{ ipAddress, port: 53 }],
        forwardingRuleState: 'Enabled',
      }),
    ),
    nic('vm', 'v/s', '10.1.0.4'),
  ]
  const example: Example = { bodies, names: { 'acct.blob.core.windows.net': '20.60.0.1' } }
  test('T7.4: the rule of the longest suffix is taken', () => {
    const answer = asked(example, 'vm', 'secure.store.azure.contoso.com:443')
    expect(answer.decision).toContain('10.10.0.4')
    expect(answer.decision).not.toContain('10.100.0.2')
  })
  test('T7.4: the wildcard leaves names of Azure’s own suffixes to Azure', () => {
    expect(asked(example, 'vm', 'acct.blob.core.windows.net:443').resolved).toEqual(['20.60.0.1'])
  })
})

describe('Learn: Name resolution for resources in Azure virtual networks', () => {
  test('T7.6: a server of one’s own that an NSG keeps away is unreachable, and no name is said not to exist', () => {
    const bodies = [
      vnet(
        'v',
        ['10.0.0.0/8'],
        {
          s: { addressPrefix: '10.1.0.0/24', networkSecurityGroup: ref('networkSecurityGroups/n1') },
          d: { addressPrefix: '10.9.9.0/24' },
        },
        {},
        { dhcpOptions: { dnsServers: ['10.9.9.9'] } },
      ),
      nsg('n1', rule('Outbound', 100, 'Deny', '*', '*', '10.9.9.9', '53')),
      nic('vm', 'v/s', '10.1.0.4'),
      nic('dns', 'v/d', '10.9.9.9'),
    ]
    const answer = asked({ bodies, names: { 'plant.example': '192.0.2.10' } }, 'vm', 'plant.example:443')
    expect([answer.outcome, answer.code]).toEqual(['name-not-resolved', 'dns-server-unreachable'])
    expect(answer.decision).not.toContain('NXDOMAIN')
  })
})
