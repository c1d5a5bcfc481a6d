import { describe, expect, test } from 'vitest'
import {
  body,
  id,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  routes,
  rule,
  subnetRef,
  tags,
  vnet,
} from '../../importers/azure/arm.ts'
import { asked, type Example } from './asked.ts'

const group = (name: string) => ({ networkSecurityGroup: ref(`networkSecurityGroups/${name}`) })
const LIST = tags({
  Storage: ['20.60.0.0/16', '20.150.0.0/16'],
  'Storage.WestEurope': ['20.60.0.0/16'],
  AzureCloud: ['20.0.0.0/8'],
})
const DENY_OUT = rule('Outbound', 4000, 'Deny', '*', '*', '*', '*')

/** Two machines in one VNet, the first behind an NSG of the given rules. */
const guarded = (rules: readonly Json[], subnet: Properties = {}, more: readonly Json[] = []): Example => ({
  bodies: [
    vnet('v', ['10.0.0.0/16', 'fd00:db8::/48'], {
      a: { addressPrefixes: ['10.0.1.0/24', 'fd00:db8:0:1::/64'], ...group('n'), ...subnet },
      b: { addressPrefixes: ['10.0.2.0/24', 'fd00:db8:0:2::/64'] },
    }),
    nsg('n', ...rules),
    publicIp('p', '52.1.1.1'),
    nic('vm', 'v/a', '10.0.1.4', {}, { publicIPAddress: ref('publicIPAddresses/p') }),
    nic('db', 'v/b', '10.0.2.4'),
    body('networkInterfaces/six', {
      ipConfigurations: [
        { name: 'one', properties: { privateIPAddress: 'fd00:db8:0:2::4', subnet: subnetRef('v/b') } },
      ],
    }),
    body('networkInterfaces/vm6', {
      ipConfigurations: [
        { name: 'one', properties: { privateIPAddress: 'fd00:db8:0:1::4', subnet: subnetRef('v/a') } },
      ],
    }),
    ...more,
  ],
  tags: LIST,
})
const out = (protocol: string, to: string, port: string, extra: Properties = {}) =>
  rule('Outbound', 100, 'Allow', protocol, '*', to, port, extra)

describe('Learn: Network security groups, security rules', () => {
  test.for<[string, Json, string, string, string]>([
    [
      'a list of prefixes',
      out('Tcp', '', '443', { destinationAddressPrefixes: ['10.9.0.0/16', '10.0.2.0/24'] }),
      'vm',
      'db:443',
      'yes',
    ],
    [
      'a list of ports and ranges',
      out('Tcp', '*', '', { destinationPortRanges: ['80', '440-450'] }),
      'vm',
      'db:443',
      'yes',
    ],
    ['and not beside it', out('Tcp', '*', '', { destinationPortRanges: ['80', '444-450'] }), 'vm', 'db:443', 'no'],
    ['a source port that clients do not use', out('Tcp', '*', '443', { sourcePortRange: '53' }), 'vm', 'db:443', 'no'],
    [
      'the range of source ports clients use',
      out('Tcp', '*', '443', { sourcePortRange: '1024-65535' }),
      'vm',
      'db:443',
      'yes',
    ],
    [
      'a list of source ports',
      out('Tcp', '*', '443', { sourcePortRange: '', sourcePortRanges: ['53', '30000-60000'] }),
      'vm',
      'db:443',
      'yes',
    ],
    ['Icmp lets pings pass', out('Icmp', '*', '*'), 'vm', 'db', 'yes'],
    ['whatever ports the rule names', out('Icmp', '*', '443'), 'vm', 'db', 'yes'],
    ['Icmp is not TCP', out('Icmp', '*', '*'), 'vm', 'db:443', 'no'],
    ['Tcp is not a ping', out('Tcp', '*', '*'), 'vm', 'db', 'no'],
    ['Esp is not TCP', out('Esp', '*', '*'), 'vm', 'db:443', 'no'],
    ['Ah is not TCP', out('Ah', '*', '*'), 'vm', 'db:443', 'no'],
    ['* is every protocol', out('*', '*', '*'), 'vm', 'db', 'yes'],
    ['VirtualNetwork in any case', out('Tcp', 'virtualnetwork', '443'), 'vm', 'db:443', 'yes'],
    ['an IPv6 prefix for IPv6', out('Tcp', 'fd00:db8::/48', '443'), 'vm6', 'six:443', 'yes'],
    ['an IPv4 prefix not for IPv6', out('Tcp', '0.0.0.0/0', '443'), 'vm6', 'six:443', 'no'],
    ['VirtualNetwork holds the VNet’s IPv6 range', out('Tcp', 'VirtualNetwork', '443'), 'vm6', 'six:443', 'yes'],
    ['a regional tag', out('Tcp', 'Storage.WestEurope', '443'), 'vm', '20.60.1.1:443', 'yes'],
    ['and not another region’s addresses', out('Tcp', 'Storage.WestEurope', '443'), 'vm', '20.150.1.1:443', 'no'],
    ['AzureCloud', out('Tcp', 'AzureCloud', '443'), 'vm', '20.99.1.1:443', 'yes'],
    ['Internet holds Azure’s public addresses', out('Tcp', 'Internet', '443'), 'vm', '20.60.1.1:443', 'yes'],
    ['Internet does not hold the VNet', out('Tcp', 'Internet', '443'), 'vm', 'db:443', 'no'],
    ['a tag that the list lacks leaves it open', out('Tcp', 'Sql', '443'), 'vm', '20.99.1.1:443', 'unknown'],
  ])('%s', ([, allow, from, to, works]) => {
    expect(asked(guarded([allow, DENY_OUT]), from, to).works).toBe(works)
  })

  test('a rule for AzurePlatformLKM speaks of licensing alone', () => {
    const example = guarded([rule('Outbound', 100, 'Deny', '*', '*', 'AzurePlatformLKM', '*')])
    expect(asked(example, 'vm', '8.8.8.8:443').works).toBe('yes')
    expect(asked(example, 'vm', 'db:443').works).toBe('yes')
    expect(asked(example, 'vm', '20.118.99.224:1688').works).toBe('unknown')
  })
})

describe('Learn: Azure service tags overview, VirtualNetwork where a VNet is connected', () => {
  const denying = [rule('Outbound', 100, 'Allow', '*', '*', 'VirtualNetwork', '*'), DENY_OUT]
  const peered = (properties: Properties, back: Properties): Example => ({
    bodies: [
      vnet(
        'v1',
        ['10.1.0.0/16'],
        { s: { addressPrefix: '10.1.0.0/24', ...group('n'), routeTable: ref('routeTables/rt') } },
        { v2: properties },
      ),
      vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { v1: back }),
      nsg('n', ...denying),
      routes('rt', { '10.2.0.0/16': '10.1.0.9' }),
      nic('vm1', 'v1/s', '10.1.0.4'),
    ],
  })
  test('a user route’s prefix is in it, whatever becomes of the peering', () => {
    const answer = asked(peered({ peeringState: 'Initiated' }, { peeringState: 'Initiated' }), 'vm1', '10.2.0.4:443')
    expect(answer.decided).toContain('NSG n outbound rule 100 r100')
    expect(answer.works).toBe('no')
  })

  const unpeered = (state: string): Example => ({
    bodies: [
      vnet(
        'v1',
        ['10.1.0.0/16'],
        { s: { addressPrefix: '10.1.0.0/24', ...group('n') } },
        { v2: { peeringState: state } },
      ),
      vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24' } }, { v1: { peeringState: state } }),
      nsg('n', ...denying),
      nic('vm1', 'v1/s', '10.1.0.4'),
      nic('vm2', 'v2/s', '10.2.0.4'),
    ],
  })
  test.for([
    ['Connected', 'yes', 'rule 100 r100'],
    ['Initiated', 'no', 'rule 4000 r4000'],
    ['Disconnected', 'no', 'rule 4000 r4000'],
  ] as const)('a peer is in it only while the peering is Connected: %s', ([state, works, by]) => {
    const answer = asked(unpeered(state), 'vm1', 'vm2:443')
    expect(answer.works).toBe(works)
    expect(answer.decided[0]).toContain(by)
  })

  const mesh = (isGlobal: string, region: string): Example => {
    const far = vnet('v2', ['10.2.0.0/16'], { s: { addressPrefix: '10.2.0.0/24', ...group('n') } }) as Record<
      string,
      Json
    >
    const at = 'networkManagers/m'
    return {
      bodies: [
        vnet('v1', ['10.1.0.0/16'], { s: { addressPrefix: '10.1.0.0/24', ...group('n') } }),
        { ...far, location: region },
        nsg('n'),
        ...['v1', 'v2'].map((one) =>
          body(`${at}/networkGroups/g/staticMembers/${one}`, { resourceId: id(`virtualNetworks/${one}`) }),
        ),
        body(`${at}/connectivityConfigurations/c`, {
          connectivityTopology: 'Mesh',
          appliesToGroups: [
            { networkGroupId: id(`${at}/networkGroups/g`), groupConnectivity: 'DirectlyConnected', isGlobal },
          ],
        }),
        nic('vm1', 'v1/s', '10.1.0.4'),
        nic('vm2', 'v2/s', '10.2.0.4'),
      ],
    }
  }
  test.for([
    ['False', 'westeurope', 'yes'],
    ['False', 'northeurope', 'no'],
    ['True', 'northeurope', 'yes'],
  ] as const)('members of a mesh talk as peers do (global %s, other VNet in %s): %s', ([isGlobal, region, works]) => {
    expect(asked(mesh(isGlobal, region), 'vm1', 'vm2:443').works).toBe(works)
  })

  test('a 0.0.0.0/0 makes it every IPv4 address, ::/0 every IPv6 one', () => {
    const to = (prefix: string, hop: string) =>
      guarded(denying, { routeTable: ref('routeTables/rt') }, [routes('rt', { [prefix]: hop })])
    expect(asked(to('0.0.0.0/0', '10.0.2.4'), 'vm', '8.8.8.8:443').decided).toContain('NSG n outbound rule 100 r100')
    expect(asked(to('::/0', 'fd00:db8:0:2::4'), 'vm', '8.8.8.8:443').decided).toContain(
      'NSG n outbound rule 4000 r4000',
    )
  })
})

describe('Learn: How network security groups filter network traffic, through an appliance', () => {
  const transit = (subnetRules: readonly Json[] | undefined, nicRules: readonly Json[] | undefined): Example => ({
    bodies: [
      vnet('v', ['10.0.0.0/16'], {
        a: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
        n: { addressPrefix: '10.0.9.0/24', ...(subnetRules && group('ns')) },
        b: { addressPrefix: '10.0.2.0/24' },
      }),
      routes('rt', { '10.0.2.0/24': '10.0.9.4' }),
      ...(subnetRules ? [nsg('ns', ...subnetRules)] : []),
      ...(nicRules ? [nsg('nn', ...nicRules)] : []),
      nic('vm', 'v/a', '10.0.1.4'),
      nic('db', 'v/b', '10.0.2.4'),
      nic('nva', 'v/n', '10.0.9.4', { enableIPForwarding: true, ...(nicRules && group('nn')) }),
    ],
  })
  const deny = (direction: 'Inbound' | 'Outbound') => [
    rule(direction, 100, 'Deny', 'Tcp', '10.0.1.4', '10.0.2.4', '443'),
  ]
  test.for<[string, readonly Json[] | undefined, readonly Json[] | undefined, string, string]>([
    ['both levels allow', [], [], 'yes', ''],
    ['the subnet’s denies on the way in', deny('Inbound'), [], 'no', 'NSG ns inbound rule 100'],
    ['the NIC’s denies on the way in', [], deny('Inbound'), 'no', 'NSG nn inbound rule 100'],
    ['the NIC’s denies on the way out', [], deny('Outbound'), 'no', 'NSG nn outbound rule 100'],
    ['the subnet’s denies on the way out', deny('Outbound'), [], 'no', 'NSG ns outbound rule 100'],
    ['both deny in: the subnet’s is asked first', deny('Inbound'), deny('Inbound'), 'no', 'NSG ns inbound rule 100'],
    ['both deny out: the NIC’s is asked first', deny('Outbound'), deny('Outbound'), 'no', 'NSG nn outbound rule 100'],
  ])('%s', ([, subnetRules, nicRules, works, by]) => {
    const answer = asked(transit(subnetRules, nicRules), 'vm', 'db:443')
    expect(answer.works).toBe(works)
    expect(answer.decision).toContain(by)
  })
})
