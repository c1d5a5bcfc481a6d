import { describe, expect, test } from 'vitest'
import { importNetfilter } from '../../../src/importers/netfilter/index.ts'
import { ip, prefix } from '../../../src/net/index.ts'
import { codes, host } from './host-text.ts'

const json = (value: unknown) => JSON.stringify(value)
const ADDR = json([
  {},
  {
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP'],
    mtu: 65536,
    addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
  },
  {
    ifname: 'eth0',
    flags: ['UP'],
    mtu: 1500,
    altnames: ['enp1s0'],
    addr_info: [{ family: 'inet', local: '203.0.113.2', prefixlen: 29, label: 'eth0' }],
  },
  {
    ifname: 'br0',
    flags: ['UP'],
    mtu: 1500,
    addr_info: [
      { family: 'inet', local: '10.0.1.1', prefixlen: 24, label: 'br0:1' },
      { family: 'inet6', local: 'fe80::1', prefixlen: 64 },
    ],
  },
  { ifname: 'eth1', flags: ['UP'], master: 'br0', addr_info: [] },
  {
    ifname: 'ppp0',
    flags: ['UP'],
    addr_info: [{ family: 'inet', local: '10.9.0.1', address: '10.9.0.2', prefixlen: 32 }],
  },
  { ifname: 'eth2', flags: [], addr_info: [{ family: 'inet', local: '10.0.2.1', prefixlen: 24 }] },
])
const ROUTE = json([
  { dst: 'default', gateway: '203.0.113.1', dev: 'eth0', flags: [] },
  { dst: '10.0.1.0/24', dev: 'br0', protocol: 'kernel', scope: 'link', prefsrc: '10.0.1.1', flags: [] },
  {
    dst: '172.16.0.0/12',
    metric: 20,
    flags: [],
    nexthops: [
      { gateway: '10.0.1.2', dev: 'br0', weight: 1, flags: [] },
      { gateway: '10.0.1.3', dev: 'br0', weight: 1, flags: ['dead', 'linkdown'] },
    ],
  },
  { dst: '10.70.0.0/24', dev: 'br1', protocol: 'kernel', scope: 'link', flags: ['linkdown'] },
  { type: 'prohibit', dst: '10.97.0.0/16', metric: 50, flags: [] },
  { type: 'blackhole', dst: '10.98.0.0/16', flags: [] },
  { type: 'unreachable', dst: '10.99.0.0/16', flags: [] },
  { type: 'throw', dst: '10.96.0.0/16', table: '100', flags: [] },
  { dst: 'default', dev: 'ppp0', scope: 'link', table: '100', flags: [] },
  { type: 'local', dst: '10.0.1.1', dev: 'br0', table: 'local', protocol: 'kernel', scope: 'host', flags: [] },
  { type: 'broadcast', dst: '10.0.1.255', dev: 'br0', table: 'local', flags: [] },
])
const RULE = json([
  { priority: 0, src: 'all', table: 'local' },
  { priority: 100, src: '10.0.1.0', srclen: 24, table: '100' },
  { priority: 101, src: 'all', dst: '10.5.0.0', dstlen: 16, fwmark: '0x1', fwmask: '0xff', table: '200' },
  { priority: 102, not: null, src: '10.0.0.1', iif: 'br0', table: 'main', suppress_prefixlen: 0 },
  { priority: 103, src: 'all', iif: 'lo', action: 'prohibit' },
  { priority: 104, src: 'all', ipproto: 'tcp', dport_start: 80, dport_end: 90, action: 'blackhole' },
  { priority: 106, src: 'all', uid_start: 0, uid_end: 99, goto: 32766 },
  { priority: 108, src: 'all', nop: null },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
])

describe('interfaces', () => {
  const { device } = host(ADDR, ROUTE)

  test('have the addresses and names the host shows; ports of a bridge are names of it', () => {
    expect(device.interfaces.map((one) => [one.name, one.aliases, one.addresses.map((address) => address.ip)])).toEqual(
      [
        ['lo', [], []],
        ['eth0', ['enp1s0'], [ip('203.0.113.2')]],
        ['br0', ['br0:1', 'eth1'], [ip('10.0.1.1')]],
        ['ppp0', [], [ip('10.9.0.1')]],
        ['eth2', [], [ip('10.0.2.1')]],
      ],
    )
  })

  test('with a peer connect to the peer, and are off without the flag UP', () => {
    const byName = new Map(device.interfaces.map((one) => [one.name, one]))
    expect(byName.get('ppp0')?.addresses[0]?.prefix).toEqual(prefix('10.9.0.2/32'))
    expect(byName.get('eth2')?.disabled).toBe(true)
    expect(byName.get('br0')?.disabled).toBeUndefined()
  })
})

describe('routes', () => {
  const { device } = host(ADDR, ROUTE, RULE)
  const main = device.tables.find((table) => table.name === 'main')?.routes ?? []
  const hop = (text: string) =>
    main.filter((route) => route.prefix.ip === prefix(text).ip && route.prefix.length === prefix(text).length)

  test('keep gateway, interface and metric; addresses of the host are no routes', () => {
    expect(hop('0.0.0.0/0').map((route) => route.nextHop)).toEqual([
      { kind: 'via', gateway: ip('203.0.113.1'), interface: 'eth0' },
    ])
    expect(hop('10.0.1.0/24').map((route) => [route.nextHop, route.origin])).toEqual([
      [{ kind: 'connected', interface: 'br0' }, 'connected'],
    ])
    expect(device.tables.map((table) => table.name)).toEqual(['main', '100'])
    expect(new Set(main.map((route) => route.distance))).toEqual(new Set([0]))
  })

  test('with several next hops are several routes; a dead one is no candidate', () => {
    expect(hop('172.16.0.0/12').map((route) => [route.metric, route.inactive])).toEqual([
      [20, undefined],
      [20, 'dead: its interface is down'],
    ])
  })

  test('without carrier are still used, and cannot work', () => {
    expect(hop('10.70.0.0/24')[0]).toMatchObject({ nextHop: { kind: 'broken', code: 'link-down' } })
  })

  test.for([
    ['10.97.0.0/16', 'prohibited'],
    ['10.98.0.0/16', 'silent'],
    ['10.99.0.0/16', 'unreachable'],
  ] as const)('to %s discard: %s', ([text, answer]) => {
    expect(hop(text).map((route) => route.nextHop)).toEqual([{ kind: 'discard', answer }])
  })

  test('of type throw go on with the next rule, if only we know which that is', () => {
    const table = device.tables.find((one) => one.name === '100')?.routes ?? []
    expect(table.map((route) => route.nextHop)).toEqual([
      { kind: 'unknown', because: 'the lookup goes on with ip rule 101 after the route of type throw' },
      { kind: 'connected', interface: 'ppp0' },
    ])
    const alone = host(
      ADDR,
      ROUTE,
      json([
        { priority: 100, src: 'all', table: '100' },
        { priority: 32766, src: 'all', table: 'main' },
      ]),
    )
    const routes = alone.device.tables.find((one) => one.name === '100')?.routes ?? []
    expect(routes[0]?.nextHop).toEqual({ kind: 'table', table: 'main' })
  })

  test('that are not in the export are unknown, not missing', () => {
    const without = host(ADDR)
    const [table] = without.device.tables
    expect(table?.routes.map((route) => route.nextHop.kind)).toEqual(['connected', 'connected', 'unknown', 'unknown'])
    expect(without.diagnostics.map((one) => one.code)).toContain('NT1523')
  })

  test('of a table nobody printed are unknown', () => {
    const part = host(ADDR, json([{ dst: 'default', gateway: '203.0.113.1', dev: 'eth0' }]), RULE).device
    expect(part.tables.map((table) => [table.name, table.routes[0]?.nextHop.kind])).toEqual([
      ['main', 'via'],
      ['100', 'unknown'],
      ['200', 'unknown'],
    ])
  })
})

describe('ip rule', () => {
  const { device, diagnostics } = host(ADDR, ROUTE, RULE)

  test('what every host has is left out, the rest keeps its order', () => {
    expect(device.tableRules.map((rule) => rule.name)).toEqual(
      [100, 101, 102, 103, 104, 106].map((number) => `ip rule ${number}`),
    )
  })

  test('selectors and actions are read', () => {
    const rules = new Map(device.tableRules.map((rule) => [rule.name, rule]))
    expect(rules.get('ip rule 100')?.action).toEqual({ kind: 'lookup', table: '100', onMiss: 'continue' })
    expect(rules.get('ip rule 101')?.match).toMatchObject({
      kind: 'all',
      of: [{ kind: 'destination' }, { kind: 'mark', value: 1, mask: 255 }],
    })
    expect(rules.get('ip rule 102')).toMatchObject({
      match: { kind: 'not', of: { kind: 'all', of: [{ kind: 'source' }, { kind: 'in-interface', in: ['br0'] }] } },
      action: { kind: 'lookup', table: 'main', suppressPrefixLength: 0 },
    })
    expect(rules.get('ip rule 103')).toMatchObject({
      match: { kind: 'not', of: { kind: 'in-interface', in: ['*'] } },
      action: { kind: 'discard', answer: 'prohibited' },
    })
    expect(rules.get('ip rule 104')?.match).toEqual({
      kind: 'all',
      of: [
        { kind: 'protocol', in: [6] },
        { kind: 'destination-port', in: [{ first: 80, last: 90 }] },
      ],
    })
  })

  test('goto and user ids are doubtful', () => {
    const rule = device.tableRules.find((one) => one.name === 'ip rule 106')
    expect(rule?.match).toEqual({
      kind: 'all',
      of: [
        { kind: 'opaque', text: 'uid_start 0' },
        { kind: 'opaque', text: 'goto 32766' },
      ],
    })
    expect(codes(diagnostics)).toContain('NT1521')
  })

  test('a rule behind main makes main a rule, and a host without main has none', () => {
    const late = json([
      { priority: 32766, src: 'all', table: 'main' },
      { priority: 40000, src: 'all', table: '100' },
    ])
    expect(host(ADDR, ROUTE, late).device.tableRules.map((rule) => rule.action)).toEqual([
      { kind: 'lookup', table: 'main', onMiss: 'continue' },
      { kind: 'lookup', table: '100', onMiss: 'continue' },
    ])
    const none = json([
      { priority: 0, src: 'all', table: 'local' },
      { priority: 10, src: 'all', table: '100' },
    ])
    expect(host(ADDR, ROUTE, none).device.tableRules.at(-1)?.action).toMatchObject({ table: 'default', onMiss: 'stop' })
  })
})

describe('sysctl', () => {
  test.for([
    ['off', 0, 0],
    ['strict', 0, 1],
    ['strict', 1, 0],
    ['loose', 1, 2],
    ['loose', 2, 1],
  ] as const)('rp_filter is %s with all=%d and the interface %d', ([mode, all, own]) => {
    const { device } = host(
      ADDR,
      ROUTE,
      `net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = ${all}\nnet.ipv4.conf.eth0/20.rp_filter = ${own}\n`,
    )
    expect(device.reversePath?.interfaces).toEqual({ 'eth0.20': mode })
  })

  test('ip_forward makes a router of a host', () => {
    expect(host(ADDR, ROUTE, 'net.ipv4.ip_forward = 0\n').device).toMatchObject({
      kind: 'host',
      forwards: { enabled: false },
    })
    const { device } = host(ADDR, ROUTE, 'net.ipv4.ip_forward=1\n')
    expect(device).toMatchObject({ kind: 'router', forwards: { enabled: true, source: { kind: 'line', line: 1 } } })
  })

  test('forwarding counts on the interface a packet arrives by', () => {
    const { device } = host(
      ADDR,
      ROUTE,
      'net.ipv4.ip_forward = 1\nnet.ipv4.conf.br0.forwarding = 0\nnet.ipv4.conf.eth0.forwarding = 1\n',
    )
    expect(device.forwards).toMatchObject({ enabled: true, except: { br0: { kind: 'line', line: 2 } } })
  })

  test.for([
    ['', undefined],
    ['net.ipv4.conf.br0.route_localnet = 0', undefined],
    ['net.ipv4.conf.br0.route_localnet = 1', ['br0']],
    ['net.ipv4.conf.all.route_localnet = 1', ['*']],
    ['net.ipv4.conf.default.route_localnet = 1', undefined],
  ] as const)('with "%s" 127.0.0.0/8 is reached over %o', ([line, over]) => {
    expect(host(ADDR, ROUTE, `net.ipv4.ip_forward = 1\n${line}\n`).device.loopbackOver).toEqual(over)
  })

  test('without it forwarding is assumed from what the host looks like, and that is said', () => {
    const two = host(ADDR, ROUTE)
    expect(two.device.forwards).toMatchObject({ enabled: true, source: { kind: 'implied' } })
    expect(two.diagnostics.map((one) => one.code)).toContain('NT1522')
    const one = host(
      json([{ ifname: 'eth0', flags: ['UP'], addr_info: [{ local: '10.0.0.2', prefixlen: 24 }] }]),
      ROUTE,
    )
    expect(one.device.kind).toBe('host')
    const filtered = host('*filter\n:FORWARD DROP\n-A FORWARD -p tcp -j ACCEPT\nCOMMIT')
    expect(filtered.device.kind).toBe('router')
  })
})

describe('the pipeline', () => {
  const ALL = `*raw
:PREROUTING ACCEPT
:OUTPUT ACCEPT
-A PREROUTING -i lo -j NOTRACK
-A OUTPUT -o lo -j NOTRACK
COMMIT
*mangle
:PREROUTING ACCEPT
:FORWARD ACCEPT
:POSTROUTING ACCEPT
:OUTPUT ACCEPT
:INPUT ACCEPT
-A PREROUTING -j MARK --set-mark 1
-A INPUT -j MARK --set-mark 1
-A FORWARD -p tcp -j TCPMSS --clamp-mss-to-pmtu
-A OUTPUT -j MARK --set-mark 1
-A POSTROUTING -j MARK --set-mark 1
COMMIT
*nat
:PREROUTING ACCEPT
:POSTROUTING ACCEPT
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
*filter
:INPUT DROP
:FORWARD DROP
:OUTPUT ACCEPT
COMMIT
*security
:FORWARD ACCEPT
-A FORWARD -p tcp -j DROP
COMMIT
`
  const words = (text: string) => {
    const { pipeline } = host(text).device
    const stages = (['prerouting', 'input', 'forward', 'output', 'postrouting'] as const).map((hook) =>
      pipeline[hook].map((stage) => (stage.kind === 'track' ? 'track' : `${stage.kind} ${stage.ruleSet}`)),
    )
    return stages
  }

  test('has the tables in the order of their priorities', () => {
    expect(words(ALL)).toEqual([
      ['filter raw/PREROUTING', 'track', 'mark mangle/PREROUTING', 'translate nat/PREROUTING'],
      ['mark mangle/INPUT', 'filter filter/INPUT', 'translate nat/INPUT'],
      ['mark mangle/FORWARD', 'filter filter/FORWARD', 'filter security/FORWARD'],
      ['filter raw/OUTPUT', 'track', 'mark mangle/OUTPUT', 'translate nat/OUTPUT', 'filter filter/OUTPUT'],
      ['mark mangle/POSTROUTING', 'translate nat/POSTROUTING'],
    ])
  })

  test('names only rule sets that exist', () => {
    const { device } = host(ALL)
    const named = Object.values(device.pipeline).flatMap((stages) =>
      stages.flatMap((stage) => (stage.kind === 'track' ? [] : stage.ruleSet)),
    )
    expect(named.filter((key) => device.ruleSets[key] === undefined)).toEqual([])
  })

  test('a dump without a filter table accepts', () => {
    expect(words('*nat\n:PREROUTING ACCEPT\nCOMMIT')).toEqual([['track'], [], [], ['track'], []])
  })

  test('packets of one family do not meet the tables of the other', () => {
    const six = `# Generated by ip6tables-save v1.8.9\n*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 2001:db8::/32 -j ACCEPT\nCOMMIT\n`
    const { device } = host('*filter\n:FORWARD DROP\n-A FORWARD -p tcp -j ACCEPT\nCOMMIT', six)
    expect(device.pipeline.forward).toEqual([
      { kind: 'filter', ruleSet: 'filter/FORWARD' },
      { kind: 'filter', ruleSet: 'ip6 filter/FORWARD' },
    ])
    expect(device.ruleSets['filter/FORWARD']?.rules.map((rule) => rule.name)).toEqual(['IPv6 packets', '#1'])
    expect(device.ruleSets['ip6 filter/FORWARD']?.rules.map((rule) => rule.name)).toEqual(['IPv4 packets', '#1'])
  })

  test('a host without its rules says so', () => {
    expect(host(ADDR, ROUTE).device.notModelled).toEqual([
      'firewall rules of this host: its iptables-save is not in the export',
    ])
  })
})

test('files are told by what they say, in any order', () => {
  const names = (texts: string[]) => {
    const part = importNetfilter(
      'fw',
      texts.map((text, at) => ({ path: `${at}`, text })),
    )
    return part.devices.map((device) => [device.interfaces.length, device.tables.length, device.tableRules.length])
  }
  expect(names([RULE, ADDR, ROUTE])).toEqual(names([ADDR, ROUTE, RULE]))
})
