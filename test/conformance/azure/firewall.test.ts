import { describe, expect, test } from 'vitest'
import { body, id, ref, vnet } from '../../importers/azure/arm.ts'
import { asked, networkOf, reported } from './asked.ts'
import { endpoint, zone } from './endpoint-bodies.ts'
import { application, behind, collection, dnat, group, network } from './firewall-bodies.ts'

describe('Learn: Azure Firewall rule processing logic', () => {
  test('T4.1: a network rule that allows the web hides an application rule that denies a name', () => {
    const example = behind({}, [
      group('policy', 'g', 200, [
        collection('net', 900, 'Allow', [network('80,443')]),
        collection('app', 100, 'Deny', [application('google.com')]),
      ]),
    ])
    const answer = asked(example, 'vm', 'google.com:443')
    expect([answer.works, answer.decision]).toEqual(['yes', expect.stringContaining('network rule net-80,443')])
  })

  test('T4.2: of two network collections the lower number decides', () => {
    const example = behind({}, [
      group('policy', 'g', 200, [
        collection('allow-ssh', 200, 'Allow', [network('22')]),
        collection('deny-ssh', 100, 'Deny', [network('22')]),
      ]),
    ])
    const answer = asked(example, 'vm', 'plant.example:22')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('collection deny-ssh 100')])
  })

  test('T4.3: types dominate, then the parent’s groups come before the child’s, then priorities', () => {
    const net = (name: string, priority: number) => collection(name, priority, 'Allow', [network('1')])
    const app = (name: string, priority: number) => collection(name, priority, 'Allow', [application('a.example')])
    const nat = (name: string, priority: number) => collection(name, priority, 'DNAT', [dnat(name)])
    const example = behind({ basePolicy: ref('firewallPolicies/base') }, [
      body('firewallPolicies/base', {}),
      group('policy', 'ChildRCG2', 650, [net('ChNetRC2', 1100), app('ChAppRC2', 2000), nat('ChDNATRC3', 3000)]),
      group('policy', 'ChildRCG1', 300, [net('ChNetRC1', 700), app('ChAppRC1', 900)]),
      group('base', 'BaseRCG2', 300, [app('AppRC2', 1200), net('NetworkRC2', 1300)]),
      group('base', 'BaseRCG1', 200, [nat('DNATRC1', 600), nat('DNATRC3', 610), net('NetworkRC1', 800)]),
    ])
    const sets = networkOf(example).devices.get('fw')?.ruleSets
    const rules = [...(sets?.dnat?.rules ?? []), ...(sets?.rules?.rules ?? [])]
    const collections = rules.map((one) => /\(collection (\S+) \d+\)$/.exec(one.name)?.[1])
    expect([...new Set(collections.filter((one) => one !== undefined))]).toEqual(
      'DNATRC1 DNATRC3 ChDNATRC3 NetworkRC1 NetworkRC2 ChNetRC1 ChNetRC2 AppRC2 ChAppRC1 ChAppRC2'.split(' '),
    )
  })
})

describe('Learn: Inspect traffic destined to a private endpoint with Azure Firewall, tutorial', () => {
  test('T4.4: an application rule for SQL lets the client through, and the server sees the firewall', () => {
    const server = id('Microsoft.Sql/servers/sql-server-1')
    const example = behind(
      {},
      [
        group('policy', 'g', 200, [
          collection('app', 100, 'Allow', [
            application('sql-server-1.database.windows.net', { protocolType: 'Mssql', port: 1433 }),
          ]),
        ]),
      ],
      [
        vnet(
          'data',
          ['10.1.0.0/16'],
          { pe: { addressPrefix: '10.1.0.0/24' } },
          { hub: { allowForwardedTraffic: true } },
        ),
        body('virtualNetworks/hub/virtualNetworkPeerings/to-data', {
          peeringState: 'Connected',
          remoteVirtualNetwork: ref('virtualNetworks/data'),
          allowForwardedTraffic: true,
        }),
        body('Microsoft.Sql/servers/sql-server-1', { publicNetworkAccess: 'Disabled' }),
        ...endpoint('pe', 'data/pe', '10.1.0.4', server, 'sqlServer'),
        ...zone('privatelink.database.windows.net', { 'sql-server-1': '10.1.0.4' }, ['hub', 'spoke']),
      ],
    )
    const answer = asked(example, 'vm', 'sql-server-1.database.windows.net:1433')
    expect([answer.resolved, answer.works, answer.seen]).toEqual([['10.1.0.4'], 'yes', '10.100.0.4'])
    expect(answer.there).toContain('fw')
  })
})

describe('Learn: Azure Firewall SNAT private IP address ranges', () => {
  const everything = [group('policy', 'g', 200, [collection('net', 100, 'Allow', [network('443')])])]
  test('T4.5: a public destination sees the firewall’s public address', () => {
    const answer = asked(behind({}, everything), 'vm', '20.60.1.1:443')
    expect([answer.works, answer.seen]).toEqual(['yes', '198.51.100.20'])
  })
  test('T4.5: with 0.0.0.0/0 as private range nothing is translated, and the internet is out of reach', () => {
    const answer = asked(behind({ snat: { privateRanges: ['0.0.0.0/0'] } }, everything), 'vm', '20.60.1.1:443')
    expect([answer.works, answer.decision]).toEqual(['no', expect.stringContaining('FirewallSnatDisabled')])
  })
})

describe('Learn: Azure Firewall FQDN filtering in network rules', () => {
  test('T4.6: a name in a network rule without the DNS proxy is a fault of the configuration', () => {
    const named = network('443', { destinationAddresses: [], destinationFqdns: ['plant.example'] })
    const groups = [group('policy', 'g', 200, [collection('net', 100, 'Allow', [named])])]
    const off = behind({ dnsSettings: { enableProxy: false } }, groups)
    expect(reported(off).some((one) => one.includes('FqdnNetworkRuleNeedsDnsProxy'))).toBe(true)
    expect(asked(off, 'vm', 'plant.example:443').works).toBe('no')
    const on = behind({ dnsSettings: { enableProxy: true } }, groups)
    expect(reported(on).some((one) => one.includes('FqdnNetworkRuleNeedsDnsProxy'))).toBe(false)
  })
})
