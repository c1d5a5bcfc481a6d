import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Hook } from '../../../src/model/index.ts'
import { ICMP, UDP } from '../../../src/net/index.ts'
import { ADDRESS, DEFAULTS, into, routerOf, rule, through, ZONES, zone } from './router.ts'
import { type TestPacket, verdictOf } from './verdict.ts'

type Row = readonly [what: string, more: string, hook: Hook, packet: TestPacket, verdict: string, by?: string]

const ROWS: readonly Row[] = [
  [
    'lan reaches the internet by the forwarding',
    '',
    'forward',
    through('br-lan', 'eth1'),
    'accept',
    'forwarding lan -> wan',
  ],
  [
    'the internet does not reach lan: a new connection is refused',
    '',
    'forward',
    through('eth1', 'br-lan'),
    'tcp-reset',
    'defaults forward REJECT',
  ],
  [
    'UDP is refused with port unreachable',
    '',
    'forward',
    through('eth1', 'br-lan', { protocol: UDP }),
    'port-unreachable',
    'defaults forward REJECT',
  ],
  ['replies need no rule', '', 'forward', through('eth1', 'br-lan', { state: 'established' }), 'accept', 'replies'],
  [
    'guest does not reach the printer of lan: zone.forward is about the zone itself',
    '',
    'forward',
    through('br-guest', 'br-lan', { port: 631 }),
    'tcp-reset',
  ],
  [
    'two hosts of lan may talk: its own forward is ACCEPT',
    '',
    'forward',
    through('br-lan', 'br-lan'),
    'accept',
    'zone lan forward ACCEPT',
  ],
  [
    'two hosts of iot may not: its own forward is DROP',
    '',
    'forward',
    through('br-iot', 'br-iot'),
    'drop',
    'zone iot forward DROP',
  ],
  ['iot to wan meets the defaults, not its own DROP', '', 'forward', through('br-iot', 'eth1'), 'tcp-reset'],
  [
    'guest is refused the name server of the router',
    '',
    'input',
    into('br-guest', { protocol: UDP }),
    'port-unreachable',
  ],
  [
    'guest gets the name server by a rule',
    rule("src 'guest'", "proto 'tcp udp'", "dest_port '53'", "target 'ACCEPT'"),
    'input',
    into('br-guest', { protocol: UDP }),
    'accept',
    'rule @rule[0]',
  ],
  [
    'a rule without proto is for TCP and UDP, not for ICMP',
    rule("src 'guest'", "target 'ACCEPT'"),
    'input',
    into('br-guest', { protocol: ICMP, icmpType: 8 }),
    'port-unreachable',
  ],
  [
    'a rule for icmp with a type takes that type',
    rule("src 'wan'", "proto 'icmp'", "icmp_type 'echo-request'", "target 'ACCEPT'"),
    'input',
    into('eth1', { protocol: ICMP, icmpType: 8 }),
    'accept',
  ],
  [
    'and no other',
    rule("src 'wan'", "proto 'icmp'", "icmp_type 'echo-request'", "target 'ACCEPT'"),
    'input',
    into('eth1', { protocol: ICMP, icmpType: 13 }),
    'port-unreachable',
  ],
  [
    'a rule comes before the forwarding',
    rule("name 'no-smb'", "src 'lan'", "dest 'wan'", "proto 'tcp'", "dest_port '445'", "target 'REJECT'"),
    'forward',
    through('br-lan', 'eth1', { port: 445 }),
    'tcp-reset',
  ],
  [
    'a rule from any zone comes before the zones',
    rule("src '*'", "dest '*'", "dest_ip '203.0.113.77'", "target 'DROP'"),
    'forward',
    through('br-lan', 'eth1'),
    'drop',
    'rule @rule[0]',
  ],
  [
    'a rule to any zone holds for every way out',
    rule("src 'iot'", "dest '*'", "target 'ACCEPT'"),
    'forward',
    through('br-iot', 'br-lan'),
    'accept',
    'rule @rule[0]',
  ],
  [
    'a rule from iot to lan does not open wan',
    rule("src 'iot'", "dest 'lan'", "target 'ACCEPT'"),
    'forward',
    through('br-iot', 'eth1'),
    'tcp-reset',
  ],
  [
    'a port behind ! is the one that is not meant',
    rule("src 'iot'", "dest 'wan'", "proto 'tcp'", "dest_port '!25'", "target 'ACCEPT'"),
    'forward',
    through('br-iot', 'eth1', { port: 25 }),
    'tcp-reset',
  ],
  [
    'an address behind ! likewise',
    rule("src 'iot'", "dest 'wan'", "dest_ip '!203.0.113.0/24'", "target 'ACCEPT'"),
    'forward',
    through('br-iot', 'eth1'),
    'tcp-reset',
  ],
  [
    'a disabled rule does nothing',
    rule("src 'iot'", "dest 'wan'", "target 'ACCEPT'", "enabled '0'"),
    'forward',
    through('br-iot', 'eth1'),
    'tcp-reset',
  ],
  [
    'a rule for IPv6 does not take IPv4',
    rule("src 'iot'", "dest 'wan'", "family 'ipv6'", "target 'ACCEPT'"),
    'forward',
    through('br-iot', 'eth1'),
    'tcp-reset',
  ],
  [
    'a rule for every protocol does not look at its ports',
    rule("src 'iot'", "dest 'wan'", "proto 'all'", "dest_port '22'", "target 'ACCEPT'"),
    'forward',
    through('br-iot', 'eth1', { port: 443 }),
    'accept',
  ],
  ['an interface in no zone meets the defaults', '', 'input', into('eth5'), 'tcp-reset', 'defaults input REJECT'],
  [
    'the device itself may go out',
    '',
    'output',
    { out: 'eth1', from: '203.0.113.2', to: '203.0.113.77' },
    'accept',
    'zone wan output ACCEPT',
  ],
  [
    'a rule to a zone without a source is for the device itself',
    rule("dest 'wan'", "proto 'udp'", "dest_port '53'", "target 'REJECT'"),
    'output',
    { out: 'eth1', from: '203.0.113.2', to: '203.0.113.77', protocol: UDP, port: 53 },
    'port-unreachable',
  ],
  [
    'a redirected connection passes without a rule',
    "config redirect\noption src 'wan'\noption dest 'lan'\noption proto 'tcp'\noption src_dport '443'\noption dest_ip '192.168.1.10'\n",
    'forward',
    through('eth1', 'br-lan', { translated: true }),
    'accept',
    'redirects of zone wan',
  ],
  [
    'but a rule that refuses it comes first',
    `config redirect\noption src 'wan'\noption dest 'lan'\noption proto 'tcp'\noption src_dport '443'\noption dest_ip '192.168.1.10'\n${rule("src 'wan'", "dest 'lan'", "proto 'tcp'", "target 'DROP'")}`,
    'forward',
    through('eth1', 'br-lan', { translated: true }),
    'drop',
  ],
  [
    'iot asking for the outside address of a redirect is asking the router: refused',
    "config redirect\noption src 'wan'\noption dest 'lan'\noption proto 'tcp'\noption src_dport '443'\noption dest_ip '192.168.1.10'\n",
    'input',
    into('br-iot', { to: '203.0.113.2', port: 443 }),
    'tcp-reset',
  ],
]

describe.each(['17.01.4', '23.05.2'])('under release %s', (release) => {
  test.for(ROWS)('%s', ([, more, hook, packet, verdict, by]) => {
    const decided = verdictOf(routerOf(ZONES + more, release), hook, packet)
    expect(decided.verdict).toBe(verdict)
    if (by !== undefined) expect(decided.by).toBe(by)
  })
})

test('fw3 and fw4 decide every new connection alike', () => {
  const names = ['lan', 'guest', 'iot', 'wan']
  const word = fc.constantFrom(...names, '*', '')
  const option = (key: string, value: fc.Arbitrary<string>) =>
    value.map((text) => (text === '' ? [] : [`${key} '${text}'`]))
  const anyRule = fc
    .tuple(
      option('src', word),
      option('dest', word),
      option('proto', fc.constantFrom('', 'tcp', 'udp', 'icmp', 'all')),
      option('dest_port', fc.constantFrom('', '443', '!443', '53 443', '1-1024')),
      option('src_ip', fc.constantFrom('', '192.168.1.0/24', '!192.168.1.9')),
      option('target', fc.constantFrom('ACCEPT', 'REJECT', 'DROP')),
    )
    .map((options) => rule(...options.flat()))
  const devices = fc.constantFrom(...Object.keys(ADDRESS))
  const packets = fc.record({
    from: devices,
    to: devices,
    port: fc.constantFrom(53, 443, 8080),
    protocol: fc.constantFrom(6, 17, 1),
    hook: fc.constantFrom<Hook[]>('input', 'forward', 'output'),
  })
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 4 }), packets, (rules, { from, to, hook, ...rest }) => {
      const packet =
        hook === 'input'
          ? into(from, rest)
          : hook === 'output'
            ? { ...through(from, to, rest), in: undefined }
            : through(from, to, rest)
      const old = verdictOf(routerOf(ZONES + rules.join('')), hook, packet as TestPacket)
      const today = verdictOf(routerOf(ZONES + rules.join(''), '23.05.0'), hook, packet as TestPacket)
      expect(today).toEqual({
        ...old,
        by: old.by.replace(/filter\/(\w+)$/, (_, chain: string) => `fw4/${chain.toLowerCase()}`),
      })
    }),
    { numRuns: 150, seed: 20240611 },
  )
})

describe('the defaults section', () => {
  test.for([
    ['absent: everything is dropped', '', 'forward', 'drop'],
    ['without a forward policy: it is dropped', "config defaults\noption input 'ACCEPT'\n", 'forward', 'drop'],
    ['with ACCEPT', "config defaults\noption forward 'ACCEPT'\n", 'forward', 'accept'],
    ['in lower case', "config defaults\noption forward 'reject'\n", 'forward', 'tcp-reset'],
  ] as const)('%s', ([, text, hook, verdict]) => {
    const router = routerOf(`${text}config zone\noption name 'lan'\nlist network 'lan'\n`)
    expect(verdictOf(router, hook, through('eth5', 'eth1')).verdict).toBe(verdict)
  })

  test('drop_invalid drops invalid packets before the zones', () => {
    const router = routerOf(`${DEFAULTS}option drop_invalid '1'\n${zone('lan', 'ACCEPT', 'ACCEPT')}`)
    expect(verdictOf(router, 'input', into('br-lan', { state: 'invalid' }))).toEqual({
      verdict: 'drop',
      by: 'drop_invalid',
    })
  })

  test('a zone without a policy of its own has that of the defaults', () => {
    const router = routerOf(`${DEFAULTS}config zone\noption name 'lan'\nlist network 'lan'\n`)
    expect(verdictOf(router, 'input', into('br-lan')).verdict).toBe('tcp-reset')
  })
})
