import { describe, expect, test } from 'vitest'
import type { Match } from '../../../src/model/index.ts'
import { addressesOfRanges, addressSet, ip } from '../../../src/net/index.ts'
import { gateway, lanRule } from './site-text.ts'

const all = (...of: Match[]): Match => ({ kind: 'all', of })
const source = (...texts: string[]): Match => ({ kind: 'source', in: addressSet(...texts) })
const destination = (...texts: string[]): Match => ({ kind: 'destination', in: addressSet(...texts) })
const protocol = (...numbers: number[]): Match => ({ kind: 'protocol', in: numbers })
const ports = (...ranges: [number, number][]): Match => ({
  kind: 'destination-port',
  in: ranges.map(([first, last]) => ({ first, last })),
})
const any: Match = { kind: 'any' }

describe('the tests of a firewall rule', () => {
  const groups = [
    {
      _id: 'servers',
      name: 'servers',
      group_type: 'address-group',
      group_members: ['10.0.0.1', '10.0.1.0/24', '10.0.2.1-10.0.2.4'],
    },
    { _id: 'web', name: 'web', group_type: 'port-group', group_members: ['80', '8000-8010'] },
    { _id: 'broken', name: 'broken', group_type: 'address-group', group_members: ['plant.example'] },
  ]
  test.for<[Readonly<Record<string, unknown>>, Match]>([
    [{}, any],
    [{ protocol: 'all' }, any],
    [{ protocol: 'tcp' }, protocol(6)],
    [{ protocol: 'tcp_udp' }, protocol(6, 17)],
    [{ protocol: '47' }, protocol(47)],
    [
      { protocol: 'tcp', protocol_match_excepted: true },
      { kind: 'not', of: protocol(6) },
    ],
    [{ protocol: 'hopopt' }, { kind: 'opaque', text: 'protocol hopopt' }],
    [{ src_address: '10.0.0.0/8' }, source('10.0.0.0/8')],
    [{ dst_address: '!10.0.0.0/8' }, { kind: 'not', of: destination('10.0.0.0/8') }],
    [
      { dst_address: '10.0.0.1-10.0.0.3' },
      { kind: 'destination', in: addressesOfRanges([[ip('10.0.0.1'), ip('10.0.0.3')]]) },
    ],
    [{ protocol: 'tcp', dst_port: '443,8000-8010' }, all(protocol(6), ports([443, 443], [8000, 8010]))],
    [{ src_networkconf_id: 'iot-id', src_networkconf_type: 'NETv4' }, source('192.168.20.0/24')],
    [{ dst_networkconf_id: 'iot-id', dst_networkconf_type: 'ADDRv4' }, destination('192.168.20.1')],
    [{ dst_networkconf_id: 'gone' }, { kind: 'opaque', text: 'dst_networkconf_id gone' }],
    [
      { protocol: 'tcp', dst_firewallgroup_ids: ['servers', 'web'] },
      all(
        protocol(6),
        {
          kind: 'destination',
          in: addressSet('10.0.0.1', '10.0.1.0/24', '10.0.2.1', '10.0.2.2/31', '10.0.2.4'),
        },
        ports([80, 80], [8000, 8010]),
      ),
    ],
    [{ src_firewallgroup_ids: ['gone'] }, { kind: 'opaque', text: 'src_firewallgroup_ids gone' }],
    [
      { src_firewallgroup_ids: ['broken'] },
      { kind: 'opaque', text: 'src_firewallgroup_ids address-group plant.example' },
    ],
    [{ src_mac_address: '00:11:22:33:44:AA' }, { kind: 'source-mac', in: ['00:11:22:33:44:aa'] }],
    [{ protocol: 'icmp', icmp_typename: 'echo-request' }, all(protocol(1), { kind: 'icmp-type', in: [{ type: 8 }] })],
    [{ protocol: 'icmp', icmp_typename: 'any' }, protocol(1)],
    [{ protocol: 'tcp', icmp_typename: 'echo-request' }, protocol(6)],
    [{ state_new: false, state_established: false }, any],
    [
      { state_established: true, state_related: true, state_new: false },
      { kind: 'session', in: ['established', 'related'] },
    ],
    [{ ipsec: 'match-ipsec' }, { kind: 'tunnel', direction: 'in', present: true }],
    [{ ipsec: 'match-none' }, { kind: 'tunnel', direction: 'in', present: false }],
    [{ ipsec: '' }, any],
  ])('%j', ([words, match]) => {
    expect(lanRule(words, groups).match).toEqual(match)
  })

  test.for([
    ['accept', { kind: 'accept' }],
    ['drop', { kind: 'drop' }],
    ['reject', { kind: 'reject', with: 'port-unreachable' }],
    ['shape', { kind: 'opaque', text: 'action shape' }],
  ] as const)('the action %s', ([action, expected]) => {
    expect(lanRule({ action }).action).toEqual(expected)
  })
})

describe('rule sets', () => {
  const rule = (ruleset: string, index: number | string, more = {}) => ({
    name: `n${index}`,
    ruleset,
    rule_index: index,
    action: 'drop',
    ...more,
  })

  test('run the rules of the user, the predefined ones, those from 4000, then the default', () => {
    const { device } = gateway({
      firewallrule: [rule('WAN_IN', 4000), rule('WAN_IN', '2001'), rule('WAN_IN', 2000), rule('WAN_IN', 20001)],
    })
    expect(device.ruleSets.WAN_IN?.rules.map((one) => one.name)).toEqual([
      'rule 2000 n2000',
      'rule 2001 n2001',
      'rule 20001 n20001',
      'predefined 3001 allow established and related',
      'predefined 3002 drop invalid',
      'rule 4000 n4000',
    ])
    expect(device.ruleSets.WAN_IN?.policy).toEqual({ kind: 'drop' })
  })

  test('disabled rules are not there; rules of other sets and of IPv6 are said', () => {
    const { device, diagnostics } = gateway({
      firewallrule: [rule('LAN_IN', 2000, { enabled: false }), rule('LANv6_IN', 2000), rule('NO_SUCH', 2000)],
    })
    expect(device.ruleSets.LAN_IN?.rules).toEqual([])
    expect(diagnostics.map((one) => [one.severity, one.code])).toEqual([
      ['note', 'NT1411'],
      ['warning', 'NT1411'],
    ])
  })

  test('are bound to the interfaces of their networks, IN and LOCAL by the one a packet came in by', () => {
    const { pipeline } = gateway({}).device
    expect(pipeline.forward).toEqual([
      { kind: 'filter', ruleSet: 'LAN_IN', interfaces: ['eth1', 'eth1.20'] },
      { kind: 'filter', ruleSet: 'GUEST_IN', interfaces: ['eth1.30'] },
      { kind: 'filter', ruleSet: 'WAN_IN', interfaces: ['eth0'] },
    ])
    expect(pipeline.input.map((stage) => stage.kind === 'filter' && [stage.ruleSet, stage.interfaces])).toEqual([
      ['LAN_LOCAL', ['eth1', 'eth1.20']],
      ['GUEST_LOCAL', ['eth1.30']],
      ['WAN_LOCAL', ['eth0']],
    ])
  })

  test('an accept by IN does not skip OUT, which is a stage of its own', () => {
    const { device } = gateway({ firewallrule: [rule('LAN_OUT', 2000, { src_address: '192.168.20.0/24' })] })
    expect(device.pipeline.forward.at(-1)).toEqual({ kind: 'filter', ruleSet: 'OUT' })
    expect(device.ruleSets.OUT?.rules.map((one) => [one.match, one.action])).toEqual([
      [
        { kind: 'out-interface', in: ['eth1', 'eth1.20'] },
        { kind: 'jump', to: 'LAN_OUT' },
      ],
    ])
  })

  test('between local networks everything passes while no rule says otherwise', () => {
    const { device } = gateway({})
    expect(device.ruleSets.LAN_IN).toMatchObject({ rules: [], policy: { kind: 'accept' } })
    expect(device.ruleSets.LAN_LOCAL).toMatchObject({ rules: [], policy: { kind: 'accept' } })
  })

  test('a drop for every state also meets the replies; ticking "new" leaves them alone', () => {
    const words = { ruleset: 'LAN_IN', action: 'drop', src_networkconf_id: 'iot-id', dst_networkconf_id: 'lan-id' }
    const both = all(source('192.168.20.0/24'), destination('192.168.10.0/24'))
    expect(lanRule(words).match).toEqual(both)
    expect(lanRule({ ...words, state_new: true }).match).toEqual(
      all(source('192.168.20.0/24'), destination('192.168.10.0/24'), { kind: 'session', in: ['new'] }),
    )
  })

  test('guests are kept from local networks, and from whatever else the guest policy names', () => {
    const rules = gateway({
      setting: [{ key: 'guest_access', restricted_subnet_1: '10.0.0.0/8', allowed_subnet_1: '10.1.1.1' }],
    }).device.ruleSets.GUEST_IN?.rules
    expect(rules?.map((one) => [one.name, one.action.kind, one.match])).toEqual([
      ['predefined 3001 allow DNS', 'accept', all(protocol(6, 17), ports([53, 53]))],
      ['predefined 3003 allow subnets for guests', 'accept', destination('10.1.1.1')],
      ['predefined 3004 drop restricted subnets', 'drop', destination('10.0.0.0/8')],
      ['predefined 3005 drop to local networks', 'drop', destination('192.168.10.0/24', '192.168.20.0/24')],
    ])
  })

  test('without the guest policy in the export, what it restricts is doubtful', () => {
    const rule = gateway({}).device.ruleSets.GUEST_IN?.rules.find((one) => one.name.includes('3004'))
    expect(rule?.match.kind === 'all' && rule.match.of.at(-1)?.kind).toBe('opaque')
  })

  test('an isolated network reaches no other, one without internet access no uplink', () => {
    const networks = [
      {
        _id: 'wan',
        name: 'W',
        purpose: 'wan',
        wan_type: 'static',
        wan_ip: '203.0.113.2',
        wan_netmask: '255.255.255.0',
        wan_gateway: '203.0.113.1',
      },
      { _id: 'a', name: 'A', purpose: 'corporate', ip_subnet: '10.0.1.1/24', network_isolation_enabled: true },
      {
        _id: 'b',
        name: 'B',
        purpose: 'corporate',
        ip_subnet: '10.0.2.1/24',
        vlan: 2,
        vlan_enabled: true,
        internet_access_enabled: false,
      },
    ]
    const rules = gateway({ networkconf: networks }).device.ruleSets.LAN_IN?.rules
    expect(rules?.map((one) => [one.name, one.action.kind])).toEqual([
      ['isolation of A', 'drop'],
      ['no internet access of B', 'drop'],
    ])
  })
})

describe('what is not evaluated makes the answer unknown', () => {
  test('policies of the zone-based firewall without its zones', () => {
    const { device, diagnostics } = gateway({
      'firewall-policies': [{ _id: 'p', name: 'Allow internal to IoT', action: 'ALLOW', connection_state_type: 'ALL' }],
    })
    expect(diagnostics.map((one) => one.code)).toEqual(['NT1420'])
    expect(device.ruleSets.unread?.rules.map((one) => [one.match.kind, one.action.kind])).toEqual([['any', 'opaque']])
    expect(device.pipeline.forward[0]).toEqual({ kind: 'filter', ruleSet: 'unread' })
    expect(device.pipeline.input[0]).toEqual({ kind: 'filter', ruleSet: 'unread' })
  })

  test('traffic rules, for the networks they name', () => {
    const { device } = gateway({
      trafficrules: [
        {
          _id: 't',
          description: 'no games',
          action: 'BLOCK',
          enabled: true,
          matching_target: 'APP',
          target_devices: [{ type: 'NETWORK', network_id: 'iot-id' }],
        },
        {
          _id: 'u',
          description: 'off',
          action: 'BLOCK',
          enabled: false,
          matching_target: 'INTERNET',
          target_devices: [],
        },
      ],
    })
    expect(device.ruleSets.unread?.rules.map((one) => [one.match, one.action.kind])).toEqual([
      [all(source('192.168.20.0/24'), { kind: 'opaque', text: 'matching_target APP' }), 'drop'],
    ])
  })

  test('traffic routes', () => {
    const { device } = gateway({
      trafficroutes: [
        {
          _id: 't',
          description: 'by VPN',
          enabled: true,
          matching_target: 'INTERNET',
          target_devices: [{ type: 'ALL_CLIENTS' }],
        },
      ],
    })
    expect(device.tableRules).toMatchObject([
      {
        match: { kind: 'not', of: { kind: 'destination' } },
        action: { kind: 'lookup', table: 'traffic route by VPN', onMiss: 'continue' },
      },
    ])
    expect(device.tables.find((one) => one.name === 'traffic route by VPN')?.routes[0]?.nextHop.kind).toBe('unknown')
  })

  const traffic = (more: Record<string, unknown>) => {
    const rule = {
      _id: 't',
      description: 'x',
      action: 'BLOCK',
      enabled: true,
      target_devices: [{ type: 'ALL_CLIENTS' }],
    }
    const { device, diagnostics } = gateway({ trafficrules: [{ ...rule, ...more }] })
    const [first] = device.ruleSets.unread?.rules ?? []
    return { match: first?.match, codes: diagnostics.map((one) => one.code) }
  }

  test.for<[string, Record<string, unknown>, unknown]>([
    ['the internet', { matching_target: 'INTERNET' }, { kind: 'out-interface', in: ['eth0'] }],
    [
      'addresses and their ports',
      {
        matching_target: 'IP',
        ip_addresses: [{ ip_or_subnet: '1.1.1.1', ports: [53], port_ranges: [{ port_start: 80, port_stop: 90 }] }],
        ip_ranges: [],
      },
      {
        kind: 'all',
        of: [{ kind: 'destination' }, { kind: 'destination-port', in: [{ first: 53 }, { first: 80, last: 90 }] }],
      },
    ],
    [
      'ranges of addresses',
      { matching_target: 'IP', ip_ranges: [{ ip_start: '1.1.1.1', ip_stop: '1.1.1.9' }] },
      { kind: 'destination' },
    ],
    [
      'names',
      { matching_target: 'DOMAIN', domains: [{ domain: 'Example.com', ports: [], port_ranges: [] }] },
      { kind: 'server-name', in: ['example.com', '*.example.com'] },
    ],
    ['a network', { matching_target: 'LOCAL_NETWORK', network_ids: ['iot-id'] }, { kind: 'destination' }],
  ])('a traffic rule for %s is decided', ([, more, match]) => {
    expect(traffic(more).match).toMatchObject(match as object)
    expect(traffic(more).codes).not.toContain('NT1422')
  })

  test('one for one client tests its Ethernet address', () => {
    const target_devices = [{ type: 'CLIENT', client_mac: '00:00:00:00:00:0A' }]
    expect(traffic({ matching_target: 'INTERNET', target_devices }).match).toEqual({
      kind: 'all',
      of: [
        { kind: 'source-mac', in: ['00:00:00:00:00:0a'] },
        { kind: 'out-interface', in: ['eth0'] },
      ],
    })
  })

  test('a traffic route by an uplink of the export goes by its gateway, and by nothing else with its kill switch on', () => {
    const route = {
      _id: 't',
      description: 'r',
      matching_target: 'INTERNET',
      network_id: 'wan-id',
      kill_switch_enabled: true,
    }
    const { device } = gateway({ trafficroutes: [route] })
    expect(device.tableRules[0]?.action).toEqual({ kind: 'lookup', table: 'traffic route r', onMiss: 'stop' })
    const way = device.tables.find((one) => one.name === 'traffic route r')?.routes[0]?.nextHop
    expect(way).toMatchObject({ kind: 'via', interface: 'eth0' })
  })

  test.for<[string, Record<string, unknown>]>([
    ['an application', { matching_target: 'APP' }],
    ['some hours', { matching_target: 'INTERNET', schedule: { mode: 'CUSTOM' } }],
    ['what is allowed', { matching_target: 'INTERNET', action: 'ALLOW' }],
  ])('one for %s is in doubt', ([, more]) => {
    expect(JSON.stringify(traffic(more).match)).toContain('opaque')
    expect(traffic(more).codes).toContain('NT1422')
  })
})
