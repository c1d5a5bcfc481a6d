import { describe, expect, test } from 'vitest'
import { body, flow, id, imported, type Json, nic, nsg, publicIp, ref, routes, rule, story, tags, vnet } from './arm.ts'

const space = (extra: Record<string, Json> = {}) =>
  vnet('v1', ['10.1.0.0/16'], { a: { addressPrefix: '10.1.0.0/24', ...extra } })
const guarded = { networkSecurityGroup: ref('networkSecurityGroups/n1') }

describe('NSGs of subnet and NIC (Learn: How network security groups filter network traffic)', () => {
  const vm = (
    name: string,
    address: string,
    extra: Record<string, Json> = {},
    configuration: Record<string, Json> = {},
  ) => nic(name, 'v1/a', address, extra, configuration)
  const allow80 = nsg('n2', rule('Inbound', 100, 'Allow', 'Tcp', 'Internet', '*', '80'))
  const nicGroup = { networkSecurityGroup: ref('networkSecurityGroups/n2') }
  const pip = { publicIPAddress: ref('publicIPAddresses/p1') }

  test('the subnet’s NSG denies before the NIC’s is asked', () => {
    const part = imported([
      space(guarded),
      nsg('n1'),
      allow80,
      publicIp('p1', '20.1.1.1'),
      vm('vm1', '10.1.0.4', nicGroup, pip),
    ])
    const { there, decision } = story(part, 'internet', flow('8.8.8.8', '20.1.1.1', 80))
    expect(there).toBe('denied')
    expect(decision).toContain('NSG n1 inbound rule 65500 DenyAllInBound')
  })
  test('without a subnet NSG the NIC’s decides', () => {
    const part = imported([space(), allow80, publicIp('p1', '20.1.1.1'), vm('vm1', '10.1.0.4', nicGroup, pip)])
    const { there, back } = story(part, 'internet', flow('8.8.8.8', '20.1.1.1', 80))
    expect([there, back]).toEqual(['accepted', 'exits-network'])
  })
  test.for([
    ['Standard', 'denied'],
    ['Basic', 'accepted'],
  ] as const)('a %s public address without any NSG: %s', ([sku, wanted]) => {
    const part = imported([space(), publicIp('p1', '20.1.1.1', sku), vm('vm1', '10.1.0.4', {}, pip)])
    expect(story(part, 'internet', flow('8.8.8.8', '20.1.1.1', 80)).there).toBe(wanted)
  })
  test('traffic inside a subnet is filtered too', () => {
    const part = imported([
      space(guarded),
      nsg('n1', rule('Inbound', 4096, 'Deny', '*', '*', '*', '*')),
      vm('vm1', '10.1.0.4'),
      vm('vm2', '10.1.0.5'),
    ])
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.0.5', 22)).decision).toContain('NSG n1 inbound rule 4096 r4096')
  })
  test('replies need no rule', () => {
    const part = imported(
      [
        space(guarded),
        nsg('n1', rule('Outbound', 4096, 'Deny', '*', '*', '*', '*')),
        vm('vm1', '10.1.0.4'),
        nic('vm2', 'v1/b', '10.1.1.4'),
        vnet('v1', ['10.1.0.0/16'], {}),
      ].slice(0, 3),
    )
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.1.4', 22)).decision).toContain('NSG n1 outbound rule 4096')
  })
  test('an NSG that is not in the export makes the answer unknown', () => {
    const part = imported([space(guarded), vm('vm1', '10.1.0.4'), vm('vm2', '10.1.0.5')])
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.0.5', 22)).there).toBe('unknown')
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1615')
  })
  test('rules that stand in bodies of their own count', () => {
    const apart = body('networkSecurityGroups/n1/securityRules/no-ssh', {
      direction: 'Inbound',
      priority: 100,
      access: 'Deny',
      protocol: 'Tcp',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '22',
    })
    const part = imported([space(guarded), nsg('n1'), apart, vm('vm1', '10.1.0.4'), vm('vm2', '10.1.0.5')])
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.0.5', 22)).decision).toContain('rule 100 no-ssh')
  })
})

describe('application security groups (Learn: Application security groups)', () => {
  const group = (name: string) => [ref(`applicationSecurityGroups/${name}`)]
  const toDb = { destinationAddressPrefix: '', destinationApplicationSecurityGroups: group('db') }
  const part = imported([
    space(guarded),
    nsg(
      'n1',
      rule('Inbound', 110, 'Allow', 'Tcp', '', '', '1433', {
        ...toDb,
        sourceAddressPrefix: '',
        sourceApplicationSecurityGroups: group('logic'),
      }),
      rule('Inbound', 120, 'Deny', '*', '*', '', '1433', toDb),
    ),
    nic('web', 'v1/a', '10.1.0.4', {}, { applicationSecurityGroups: group('web') }),
    nic('logic', 'v1/a', '10.1.0.5', {}, { applicationSecurityGroups: group('logic') }),
    nic('db', 'v1/a', '10.1.0.6', {}, { applicationSecurityGroups: group('db') }),
  ])
  test.for([
    ['web', '10.1.0.4', 'rule 120 r120'],
    ['logic', '10.1.0.5', 'rule 110 r110'],
  ] as const)('%s to db is decided by %s', ([from, address, wanted]) => {
    expect(story(part, from, flow(address, '10.1.0.6', 1433)).decision).toContain(wanted)
  })
})

describe('platform addresses (Learn: Network security groups, Azure platform considerations)', () => {
  const denyAll = rule('Outbound', 4096, 'Deny', '*', '*', '*', '*')
  const ask = (...rules: Json[]) =>
    story(
      imported([space(guarded), nsg('n1', ...rules), nic('vm1', 'v1/a', '10.1.0.4')]),
      'vm1',
      flow('10.1.0.4', '168.63.129.16', 53),
    )
  test('a rule that denies everything leaves Azure DNS alone', () => {
    expect(ask(denyAll).there).toBe('accepted')
  })
  test('a rule for AzurePlatformDNS stops it, whatever its priority', () => {
    const { there, decision } = ask(denyAll, rule('Outbound', 4000, 'Deny', '*', '*', 'AzurePlatformDNS', '*'))
    expect(there).toBe('denied')
    expect(decision).toContain('rule 4000')
  })
})

describe('service tags', () => {
  const ask = (
    destination: string,
    rules: Json[],
    options: Parameters<typeof imported>[1] = {},
    table: Json[] = [],
    more: Record<string, Json> = {},
  ) =>
    story(
      imported(
        [space({ ...guarded, ...more }), nsg('n1', ...rules), nic('vm1', 'v1/a', '10.1.0.4'), ...table],
        options,
      ),
      'vm1',
      flow('10.1.0.4', destination, 443),
    )
  const serviceTags = tags({ Storage: ['20.60.0.0/16'] })

  test('Internet is not private space outside the VNet', () => {
    expect(ask('172.31.0.100', []).decision).toContain('rule 65500 DenyAllOutBound')
    expect(ask('13.107.21.200', []).there).toBe('exits-network')
  })
  test('a tag holds its prefixes, in any case', () => {
    const rules = [
      rule('Outbound', 100, 'Allow', 'Tcp', '*', 'STORAGE', '443'),
      rule('Outbound', 200, 'Deny', '*', '*', '*', '*'),
    ]
    expect(ask('20.60.1.1', rules, { serviceTags }).there).toBe('exits-network')
    expect(ask('20.99.1.1', rules, { serviceTags }).decision).toContain('rule 200')
  })
  test('a tag that is not in the list is a doubt, and the nearest names are told', () => {
    const part = imported(
      [
        space(guarded),
        nsg('n1', rule('Outbound', 100, 'Deny', 'Tcp', '*', 'Storrage', '443')),
        nic('vm1', 'v1/a', '10.1.0.4'),
      ],
      { serviceTags },
    )
    expect(story(part, 'vm1', flow('10.1.0.4', '20.60.1.1', 443)).there).toBe('unknown')
    expect(part.diagnostics.find((one) => one.code === 'NT1614')?.message).toContain('did you mean storage?')
  })
  test('a 0.0.0.0/0 to an appliance makes VirtualNetwork every address', () => {
    const rules = [rule('Outbound', 100, 'Deny', '*', '*', 'VirtualNetwork', '*')]
    const table = routes('rt', { '0.0.0.0/0': '10.1.9.4' })
    expect(ask('8.8.8.8', rules, {}, [table], { routeTable: ref('routeTables/rt') }).decision).toContain('rule 100')
    expect(ask('8.8.8.8', rules).there).toBe('exits-network')
  })
  test('a route table’s prefixes are part of VirtualNetwork', () => {
    const table = routes('rt', { '10.50.0.0/16': '10.1.0.9' })
    const nva = nic('nva', 'v1/a', '10.1.0.9')
    const { decision } = ask('10.50.1.1', [], {}, [table, nva], { routeTable: ref('routeTables/rt') })
    expect(decision).not.toContain('DenyAllOutBound')
    expect(ask('10.50.1.1', []).decision).toContain('DenyAllOutBound')
  })
  test('a peer without access is not part of VirtualNetwork, but a rule for its range still works', () => {
    const estate = (...rules: Json[]) =>
      imported([
        vnet(
          'v1',
          ['10.1.0.0/16'],
          { a: { addressPrefix: '10.1.0.0/24', ...guarded } },
          { v2: { allowVirtualNetworkAccess: false } },
        ),
        vnet('v2', ['10.2.0.0/16'], { a: { addressPrefix: '10.2.0.0/24' } }, { v1: {} }),
        nsg('n1', ...rules),
        nic('vm1', 'v1/a', '10.1.0.4'),
        nic('vm2', 'v2/a', '10.2.0.4'),
      ])
    expect(story(estate(), 'vm1', flow('10.1.0.4', '10.2.0.4', 22)).decision).toContain('DenyAllOutBound')
    const allowed = estate(rule('Outbound', 100, 'Allow', '*', '*', '10.2.0.0/16', '*'))
    expect(story(allowed, 'vm1', flow('10.1.0.4', '10.2.0.4', 22)).there).toBe('accepted')
  })
})

describe('security admin rules (Learn: Security admin rules in Azure Virtual Network Manager)', () => {
  const manager = 'networkManagers/m'
  const collection = `${manager}/securityAdminConfigurations/c/ruleCollections/rc`
  const estate = (access: string, nsgAccess: 'Allow' | 'Deny', protocol = 'Tcp') =>
    imported([
      space(guarded),
      nsg('n1', rule('Inbound', 100, nsgAccess, 'Tcp', '*', '*', '22')),
      nic('vm1', 'v1/a', '10.1.0.4', { networkSecurityGroup: ref('networkSecurityGroups/n1') }),
      nic('vm2', 'v1/a', '10.1.0.5', { networkSecurityGroup: ref('networkSecurityGroups/n1') }),
      body(`${manager}/networkGroups/g`, {}),
      body(`${manager}/networkGroups/g/staticMembers/v1`, { resourceId: id('virtualNetworks/v1') }),
      body(collection, { appliesToGroups: [{ networkGroupId: id(`${manager}/networkGroups/g`) }] }),
      body(`${collection}/rules/admin`, {
        access,
        direction: 'Inbound',
        priority: 10,
        protocol,
        sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
        destinations: [],
        sourcePortRanges: ['0-65535'],
        destinationPortRanges: ['22'],
      }),
    ])
  test.for([
    ['AlwaysAllow', 'Deny', 'accepted'],
    ['Allow', 'Deny', 'denied'],
    ['Deny', 'Allow', 'denied'],
    ['Allow', 'Allow', 'accepted'],
  ] as const)('%s before an NSG that says %s: %s', ([access, nsgAccess, wanted]) => {
    expect(story(estate(access, nsgAccess), 'vm1', flow('10.1.0.4', '10.1.0.5', 22)).there).toBe(wanted)
  })
})
