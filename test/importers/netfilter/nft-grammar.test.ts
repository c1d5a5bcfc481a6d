import { describe, expect, test } from 'vitest'
import type { Action, Match } from '../../../src/model/index.ts'
import { addressSet, EVERY_ADDRESS, ip, NO_ADDRESS } from '../../../src/net/index.ts'
import { codes, host } from './host-text.ts'
import { meaning, nftHost, nftJsonRules, nftRules } from './nft-rule.ts'

const TCP: Match = { kind: 'protocol', in: [6] }
const UDP: Match = { kind: 'protocol', in: [17] }
const IP4: Match = { kind: 'source', in: { v4: EVERY_ADDRESS.v4, v6: NO_ADDRESS.v6 } }
const IP6: Match = { kind: 'source', in: { v4: NO_ADDRESS.v4, v6: EVERY_ADDRESS.v6 } }
const TRACKED: Match = { kind: 'not', of: { kind: 'session', in: ['invalid', 'untracked'] } }
const not = (of: Match): Match => ({ kind: 'not', of })
const some = (...of: Match[]): Match => ({ kind: 'some', of })
const all = (...of: Match[]): Match => ({ kind: 'all', of })
const to = (port: number, last = port): Match => ({ kind: 'destination-port', in: [{ first: port, last }] })
const from = (...texts: string[]): Match => ({ kind: 'source', in: addressSet(...texts) })
const towards = (...texts: string[]): Match => ({ kind: 'destination', in: addressSet(...texts) })

const payload = (protocol: string, field: string) => ({ payload: { protocol, field } })
const meta = (key: string) => ({ meta: { key } })
const ct = (key: string, more = {}) => ({ ct: { key, ...more } })
const match = (op: string, left: unknown, right: unknown) => ({ match: { op, left, right } })

// The text of a test, the same in JSON, and what it means in a table of family inet.
const TESTS: [string, unknown, Match][] = [
  ['iifname "eth0"', match('==', meta('iifname'), 'eth0'), { kind: 'in-interface', in: ['eth0'] }],
  ['iifname "eth*"', match('==', meta('iifname'), 'eth*'), { kind: 'in-interface', in: ['eth*'] }],
  ['iif "lo"', match('==', meta('iif'), 'lo'), { kind: 'in-interface', in: ['lo'] }],
  ['oifname != "eth0"', match('!=', meta('oifname'), 'eth0'), not({ kind: 'out-interface', in: ['eth0'] })],
  [
    'oifname { "a", "b" }',
    match('==', meta('oifname'), { set: ['a', 'b'] }),
    { kind: 'out-interface', in: ['a', 'b'] },
  ],
  ['meta l4proto tcp', match('==', meta('l4proto'), 'tcp'), TCP],
  [
    'meta l4proto { tcp, udp }',
    match('==', meta('l4proto'), { set: ['tcp', 'udp'] }),
    { kind: 'protocol', in: [6, 17] },
  ],
  ['meta nfproto ipv6', match('==', meta('nfproto'), 'ipv6'), IP6],
  ['meta mark 0x00000010', match('==', meta('mark'), 16), { kind: 'mark', value: 16, mask: 0xffffffff }],
  [
    'meta mark & 0x000000f0 != 0x00000020',
    match('!=', { '&': [meta('mark'), 0xf0] }, 0x20),
    not({ kind: 'mark', value: 0x20, mask: 0xf0 }),
  ],
  [
    'ip saddr 10.0.0.0/8',
    match('==', payload('ip', 'saddr'), { prefix: { addr: '10.0.0.0', len: 8 } }),
    from('10.0.0.0/8'),
  ],
  ['ip saddr != 10.0.0.1', match('!=', payload('ip', 'saddr'), '10.0.0.1'), all(IP4, not(from('10.0.0.1')))],
  [
    'ip daddr { 10.0.0.1, 10.0.1.0/24 }',
    match('==', payload('ip', 'daddr'), { set: ['10.0.0.1', { prefix: { addr: '10.0.1.0', len: 24 } }] }),
    towards('10.0.0.1', '10.0.1.0/24'),
  ],
  [
    'ip daddr 10.0.0.0-10.0.0.3',
    match('==', payload('ip', 'daddr'), { range: ['10.0.0.0', '10.0.0.3'] }),
    towards('10.0.0.0/30'),
  ],
  [
    'ip saddr & 255.0.0.255 == 10.0.0.1',
    match('==', { '&': [payload('ip', 'saddr'), '255.0.0.255'] }, '10.0.0.1'),
    { kind: 'source-bits', value: ip('10.0.0.1'), mask: ip('255.0.0.255') },
  ],
  [
    'ip6 daddr fe80::/10',
    match('==', payload('ip6', 'daddr'), { prefix: { addr: 'fe80::', len: 10 } }),
    towards('fe80::/10'),
  ],
  ['ip protocol icmp', match('==', payload('ip', 'protocol'), 'icmp'), all(IP4, { kind: 'protocol', in: [1] })],
  ['tcp dport 22', match('==', payload('tcp', 'dport'), 22), all(TCP, to(22))],
  ['tcp dport != 22', match('!=', payload('tcp', 'dport'), 22), all(TCP, not(to(22)))],
  ['udp dport 100-200', match('==', payload('udp', 'dport'), { range: [100, 200] }), all(UDP, to(100, 200))],
  ['tcp dport > 1023', match('>', payload('tcp', 'dport'), 1023), all(TCP, to(1024, 65535))],
  [
    'th sport { 53, 67-68 }',
    match('==', payload('th', 'sport'), { set: [53, { range: [67, 68] }] }),
    {
      kind: 'source-port',
      in: [
        { first: 53, last: 53 },
        { first: 67, last: 68 },
      ],
    },
  ],
  [
    'tcp flags syn / fin,syn,rst,ack',
    match('==', { '&': [payload('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']] }, 'syn'),
    all(TCP, { kind: 'tcp-flags', mask: 'FSRA', set: 'S' }),
  ],
  [
    'tcp flags & (fin | syn) == fin | syn',
    match('==', { '&': [payload('tcp', 'flags'), { '|': ['fin', 'syn'] }] }, { '|': ['fin', 'syn'] }),
    all(TCP, { kind: 'tcp-flags', mask: 'FS', set: 'FS' }),
  ],
  ['tcp flags syn', match('in', payload('tcp', 'flags'), 'syn'), all(TCP, { kind: 'tcp-flags', mask: 'S', set: 'S' })],
  [
    'icmp type echo-request',
    match('==', payload('icmp', 'type'), 'echo-request'),
    all({ kind: 'protocol', in: [1] }, { kind: 'icmp-type', in: [{ type: 8 }] }),
  ],
  [
    'icmpv6 type . icmpv6 code { 2 . 0, packet-too-big . no-route }',
    match(
      '==',
      { concat: [payload('icmpv6', 'type'), payload('icmpv6', 'code')] },
      {
        set: [{ concat: [2, 0] }, { concat: ['packet-too-big', 'no-route'] }],
      },
    ),
    all(
      { kind: 'protocol', in: [58] },
      {
        kind: 'some',
        of: [all(icmp(2), code(0)), all(icmp(2), code(0))],
      },
    ),
  ],
  [
    'ct state established,related',
    match('in', ct('state'), ['established', 'related']),
    { kind: 'session', in: ['established', 'related'] },
  ],
  ['ct state != new', match('!=', ct('state'), 'new'), not({ kind: 'session', in: ['new'] })],
  ['ct status dnat', match('in', ct('status'), 'dnat'), { kind: 'translated', which: 'destination' }],
  ['ct direction reply', match('==', ct('direction'), 'reply'), all(TRACKED, { kind: 'direction', is: 'reply' })],
  [
    'ct mark & 0x0000000f == 0x00000003',
    match('==', { '&': [ct('mark'), 15] }, 3),
    all(TRACKED, { kind: 'session-mark', value: 3, mask: 15 }),
  ],
  [
    'ct original ip daddr 192.0.2.1',
    match('==', ct('ip daddr', { dir: 'original' }), '192.0.2.1'),
    all(TRACKED, IP4, { kind: 'original-destination', in: addressSet('192.0.2.1') }),
  ],
  [
    'ct original proto-dst 8080',
    match('==', ct('proto-dst', { dir: 'original' }), 8080),
    all(TRACKED, { kind: 'original-destination-port', in: [{ first: 8080, last: 8080 }] }),
  ],
  [
    'fib daddr type local',
    match('==', { fib: { result: 'type', flags: ['daddr'] } }, 'local'),
    { kind: 'destination-type', in: ['local'] },
  ],
  [
    'fib saddr . iif oif missing',
    match('==', { fib: { result: 'oif', flags: ['saddr', 'iif'] } }, false),
    { kind: 'reverse-path', mode: 'strict', passes: false },
  ],
  [
    'fib saddr oif missing',
    match('==', { fib: { result: 'oif', flags: 'saddr' } }, false),
    { kind: 'reverse-path', mode: 'loose', passes: false },
  ],
  [
    'ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 80-90 }',
    match(
      '==',
      { concat: [payload('ip', 'saddr'), payload('tcp', 'dport')] },
      {
        set: [{ concat: ['10.0.0.1', 22] }, { concat: ['10.0.0.2', { range: [80, 90] }] }],
      },
    ),
    all(TCP, { kind: 'some', of: [all(from('10.0.0.1'), to(22)), all(from('10.0.0.2'), to(80, 90))] }),
  ],
]

function icmp(type: number): Match {
  return { kind: 'icmp-type', in: [{ type }] }
}

function code(wanted: number): Match {
  return { kind: 'icmp-type', in: Array.from({ length: 256 }, (_, type) => ({ type, code: wanted })) }
}

describe('a test', () => {
  test.for(TESTS)('"%s" means the same in text and in JSON', ([text, json, expected]) => {
    const [fromText] = nftRules(`${text} drop`)
    const [fromJson] = nftJsonRules([json, { drop: null }])
    expect(fromText?.match).toEqual(expected)
    expect(fromJson?.match).toEqual(expected)
    expect(fromText?.action).toEqual({ kind: 'drop' })
  })

  test.for([
    'meta skuid 1000',
    'ip dscp cs1',
    'meta day "Monday"',
    'limit name "x"',
    'quota over 25 mbytes',
    '@th,160,128 0x1',
    'numgen random mod 2 0',
  ])('"%s" cannot be made for a flow, and says so', (text) => {
    const { device, diagnostics } = host(
      `table ip t {\n chain c {\n type filter hook forward priority 0\n ${text} drop\n }\n}\n`,
    )
    const [made] = device.ruleSets['nft ip t/c']?.rules ?? []
    expect(made?.match.kind === 'opaque' || JSON.stringify(made?.match).includes('"opaque"')).toBe(true)
    expect(made?.action.kind).toBe('drop')
    expect(codes(diagnostics)).toEqual(['NT1535'])
  })

  test('two denials of neighbouring fields are unknown where nft 1.0.6 reads them as one', () => {
    const [a, b] = [not({ kind: 'source-port', in: [{ first: 1, last: 1 }] }), not(to(2))]
    expect(nftRules('tcp sport != 1 tcp dport != 2 drop')[0]?.match).toEqual(
      all(TCP, some(a, b), some(all(a, b), { kind: 'opaque', text: 'tcp sport != 1 tcp dport != 2' })),
    )
    expect(nftRules('tcp dport != 2 tcp sport != 1 drop')[0]?.match).toEqual(all(TCP, b, a))
    expect(nftRules('ip saddr != 10.0.0.1 ip daddr != 10.0.0.2 drop')[0]?.match).toEqual(
      all(IP4, not(from('10.0.0.1')), not(towards('10.0.0.2'))),
    )
  })

  test('a packet has one state, so two at once are never met', () => {
    expect(nftRules('ct state { established, related } drop')[0]?.match).toEqual({
      kind: 'session',
      in: ['established', 'related'],
    })
    expect(nftRules('ct state != established | related drop')[0]?.match).toEqual(not({ kind: 'some', of: [] }))
  })

  test('in a table of ip the family goes without saying, and the other never comes', () => {
    expect(nftRules('ip saddr != 10.0.0.1 drop', { family: 'ip' })[0]?.match).toEqual(not(from('10.0.0.1')))
    expect(nftRules('ip6 saddr fe80::1 drop', { family: 'ip' })[0]?.match).toEqual({ kind: 'some', of: [] })
  })
})

const ACTIONS: [string, Action[]][] = [
  ['accept', [{ kind: 'accept' }]],
  ['counter packets 1 bytes 2 log prefix "x" level warn drop', [{ kind: 'drop' }]],
  ['return', [{ kind: 'return' }]],
  ['continue', [{ kind: 'pass' }]],
  ['jump other', [{ kind: 'jump', to: 'nft inet t/other' }]],
  ['goto other', [{ kind: 'goto', to: 'nft inet t/other' }]],
  ['counter', [{ kind: 'pass' }]],
  ['reject', [{ kind: 'reject', with: 'port-unreachable' }]],
  ['reject with icmpx admin-prohibited', [{ kind: 'reject', with: 'admin-prohibited' }]],
  ['reject with icmp type host-prohibited', [{ kind: 'reject', with: 'host-prohibited' }]],
  ['reject with icmpv6 no-route', [{ kind: 'reject', with: 'net-unreachable' }]],
  ['reject with tcp reset', [{ kind: 'reject', with: 'tcp-reset' }]],
  ['meta mark set 0x10', [{ kind: 'mark', value: 16, mask: 0xffffffff }]],
  ['meta mark set 0x10 accept', [{ kind: 'mark', value: 16, mask: 0xffffffff }, { kind: 'accept' }]],
  ['meta mark set meta mark & 0xffffff0f | 0x20', [{ kind: 'mark', value: 0x20, mask: 0xf0 }]],
  ['meta mark set ct mark', [{ kind: 'restore-mark', mask: 0xffffffff }]],
  ['ct mark set meta mark', [{ kind: 'save-mark', mask: 0xffffffff }]],
  [
    'meta mark set ct mark & 0xff',
    [
      { kind: 'restore-mark', mask: 0xff },
      { kind: 'mark', value: 0, mask: 0xffffff00 },
    ],
  ],
  ['tcp option maxseg size set rt mtu', [{ kind: 'clamp-mss', to: 'path' }]],
  ['tcp option maxseg size set 1400', [{ kind: 'clamp-mss', to: 1400 }]],
  ['notrack', [{ kind: 'no-track' }]],
  ['meta l4proto tcp flow add @ft', [{ kind: 'pass' }]],
  ['ct helper set "ftp"', [{ kind: 'pass' }]],
  ['meta nftrace set 1', [{ kind: 'pass' }]],
  ['add @seen { ip saddr timeout 1m }', [{ kind: 'pass' }]],
  ['queue flags bypass to 0', [{ kind: 'opaque', text: 'queue flags bypass to 0' }]],
  ['ct state vmap { established : accept, invalid : drop }', [{ kind: 'accept' }, { kind: 'drop' }]],
]

test.for(ACTIONS)('"%s" does what it says', ([text, expected]) => {
  expect(nftRules(text).map((rule) => rule.action)).toEqual(expected)
})

const address = (first: string, last = first) => ({ kind: 'address', first: ip(first), last: ip(last) }) as const
const TRANSLATIONS: [string, string, Action][] = [
  ['prerouting', 'dnat ip to 10.0.0.1', { kind: 'rewrite-destination', to: address('10.0.0.1') }],
  [
    'prerouting',
    'dnat ip to 10.0.0.1:80',
    { kind: 'rewrite-destination', to: address('10.0.0.1'), ports: { first: 80, last: 80 } },
  ],
  [
    'prerouting',
    'dnat to 10.0.0.1-10.0.0.9:80-90 random,persistent',
    { kind: 'rewrite-destination', to: address('10.0.0.1', '10.0.0.9'), ports: { first: 80, last: 90 } },
  ],
  [
    'prerouting',
    'dnat ip6 to [2001:db8::1]:443',
    { kind: 'rewrite-destination', to: address('2001:db8::1'), ports: { first: 443, last: 443 } },
  ],
  ['prerouting', 'dnat ip6 to 2001:db8::1', { kind: 'rewrite-destination', to: address('2001:db8::1') }],
  [
    'prerouting',
    'dnat 10.0.0.2:22',
    { kind: 'rewrite-destination', to: address('10.0.0.2'), ports: { first: 22, last: 22 } },
  ],
  ['prerouting', 'redirect', { kind: 'rewrite-destination', to: { kind: 'own-address' } }],
  [
    'prerouting',
    'redirect to :8080',
    { kind: 'rewrite-destination', to: { kind: 'own-address' }, ports: { first: 8080, last: 8080 } },
  ],
  ['postrouting', 'masquerade', { kind: 'rewrite-source', to: { kind: 'own-address' } }],
  [
    'postrouting',
    'masquerade to :1024-65535 random',
    { kind: 'rewrite-source', to: { kind: 'own-address' }, ports: { first: 1024, last: 65535 } },
  ],
  ['postrouting', 'snat ip to 203.0.113.7', { kind: 'rewrite-source', to: address('203.0.113.7') }],
]

test.for(TRANSLATIONS)('at %s "%s" translates', ([hook, text, expected]) => {
  const [made] = nftRules(`meta l4proto tcp ${text}`, { hook })
  expect(made?.action).toEqual(expected)
})

describe('a rule', () => {
  test('that marks and decides is two rules of one name and place', () => {
    const rules = nftRules('ip saddr 10.0.0.1 meta mark set 5 accept comment "both"')
    expect(rules.map((rule) => [rule.name, rule.comment, rule.source.kind])).toEqual([
      ['#1', 'both', 'line'],
      ['#1', 'both', 'line'],
    ])
    expect(rules[0]?.source).toEqual(rules[1]?.source)
  })

  test('that changes the mark it tested makes its tests once', () => {
    const device = nftHost('meta mark 0 meta mark set 5 accept')
    const [jump] = device.ruleSets['nft inet t/c']?.rules ?? []
    expect(jump?.action).toEqual({ kind: 'jump', to: 'nft inet t/c #1' })
    expect(device.ruleSets['nft inet t/c #1']?.rules.map((rule) => [rule.match.kind, rule.action.kind])).toEqual([
      ['any', 'mark'],
      ['any', 'accept'],
    ])
  })

  test.for(['return', 'goto other'])('that changes the mark it tested and ends in "%s" leaves its chain', (end) => {
    const [made] = nftRules(`meta mark 0 meta mark set 5 ${end}`)
    expect(made?.action).toEqual({ kind: 'goto', to: 'nft inet t/c #1' })
  })

  test('with a map translates each key to its own target', () => {
    const rules = nftRules('dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080, 22 : 10.0.0.2 . 2222 }', {
      hook: 'prerouting',
    })
    expect(rules.map((rule) => rule.action)).toEqual([
      { kind: 'rewrite-destination', to: address('10.0.0.1'), ports: { first: 8080, last: 8080 } },
      { kind: 'rewrite-destination', to: address('10.0.0.2'), ports: { first: 2222, last: 2222 } },
    ])
    expect(rules[0]?.match).toEqual(all(TCP, to(80), IP4))
  })

  test('with an element for everything else asks the others first', () => {
    const rules = nftRules('tcp dport vmap { * : drop, 22 : accept }')
    expect(rules.map((rule) => [meaning(rule.match), rule.action.kind])).toEqual([
      [meaning(all(TCP, to(22))), 'accept'],
      [meaning(all(TCP, not(to(22)))), 'drop'],
    ])
  })

  test('whose words are not understood is unknown, whole', () => {
    const { device, diagnostics } = host(
      'table ip t {\n chain c {\n type filter hook forward priority 0\n frobnicate 12 accept\n\n}\n}\n',
    )
    const rules = device.ruleSets['nft ip t/c']?.rules ?? []
    expect(rules[0]?.action.kind).toBe('opaque')
    expect(codes(diagnostics)).toContain('NT1539')
  })

  test('that jumps to a chain that is not there is unknown', () => {
    expect(nftRules('jump nowhere')[0]?.action).toEqual({ kind: 'opaque', text: 'jump nowhere' })
  })
})

describe('a set', () => {
  const set = (body: string) => ({ more: `\tset s {\n\t\t${body}\n\t}\n` })

  test('by name has its elements, on as many lines as they take', () => {
    const place = set(
      'type ipv4_addr\n\t\tflags interval\n\t\telements = { 10.0.0.0/8,\n\t\t\t     192.0.2.1-192.0.2.2 timeout 1h expires 30m }',
    )
    expect(nftRules('ip saddr @s drop', place)[0]?.match).toEqual(from('10.0.0.0/8', '192.0.2.1', '192.0.2.2'))
  })

  test('that is not in the export is unknown', () => {
    expect(nftRules('ip saddr @s drop')[0]?.match).toEqual({ kind: 'opaque', text: 'ip saddr @s', othersMissing: true })
  })

  test('that packets fill is unknown', () => {
    expect(nftRules('ip saddr @s drop', set('type ipv4_addr\n\t\tflags dynamic'))[0]?.match.kind).toBe('opaque')
  })

  test('without elements holds nothing', () => {
    expect(nftRules('ip saddr @s drop', set('type ipv4_addr'))[0]?.match).toEqual({ kind: 'some', of: [] })
  })

  test('of a script may be defined by name', () => {
    const { device } = host(
      'define lan = { "eth1", "eth2" }\ntable inet t {\n chain c {\n type filter hook input priority 0; policy drop;\n iifname $lan accept\n }\n}\n',
    )
    expect(device.ruleSets['nft inet t/c']?.rules[0]?.match).toEqual({ kind: 'in-interface', in: ['eth1', 'eth2'] })
  })
})

describe('what iptables left in nft', () => {
  test.for([
    ['xt match "string" counter packets 0 bytes 0 drop', 'drop'],
    ['xt match string drop', 'drop'],
    ['tcp dport 1 # xt_recent drop', 'drop'],
    ['counter packets 0 bytes 0 xt target "TCPMSS"', 'opaque'],
  ])('"%s" is unknown and iptables-save is asked for', ([words, action]) => {
    const { device, diagnostics } = host(
      `table ip filter {\n chain FORWARD {\n type filter hook forward priority filter; policy accept;\n ${words}\n }\n}\n`,
    )
    const [made] = device.ruleSets['nft ip filter/FORWARD']?.rules ?? []
    expect(made?.action.kind).toBe(action)
    expect(JSON.stringify([made?.match, made?.action])).toContain('"opaque"')
    expect(codes(diagnostics)).toEqual(['NT1540'])
  })

  test('a comment is always met', () => {
    expect(nftJsonRules([{ xt: { type: 'match', name: 'comment' } }, { accept: null }])[0]?.match).toEqual({
      kind: 'any',
    })
  })
})
