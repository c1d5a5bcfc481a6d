import { describe, expect, test } from 'vitest'
import type { Action } from '../../../src/model/index.ts'
import { ip, prefix } from '../../../src/net/index.ts'
import { codesOf, routerOf, rulesOf } from './router-of.ts'

function actionOf(table: string, words: string): Action | undefined {
  const chain = /chain=(\S+)/.exec(words)?.[1] ?? ''
  const asked = '/ip firewall filter\nadd chain=output connection-mark=a packet-mark=a\n'
  return rulesOf(routerOf(`/ip firewall ${table}\nadd ${words}\n${asked}`), `${table}/${chain}`)[0]?.action
}

const host = (text: string) => ({ kind: 'address', first: ip(text), last: ip(text) }) as const

describe('each action of a firewall rule (MikroTik: Common Firewall Matchers and Actions)', () => {
  test.for<[string, string, Action]>([
    ['filter', 'chain=forward', { kind: 'accept' }],
    ['filter', 'chain=forward action=accept', { kind: 'accept' }],
    ['filter', 'chain=forward action=drop', { kind: 'drop' }],
    ['filter', 'chain=forward action=tarpit', { kind: 'drop' }],
    ['filter', 'chain=forward action=reject', { kind: 'reject', with: 'net-unreachable' }],
    ['filter', 'chain=forward action=reject reject-with=tcp-reset', { kind: 'reject', with: 'tcp-reset' }],
    [
      'filter',
      'chain=forward action=reject reject-with=icmp-admin-prohibited',
      { kind: 'reject', with: 'admin-prohibited' },
    ],
    [
      'filter',
      'chain=forward action=reject reject-with=icmp-port-unreachable',
      { kind: 'reject', with: 'port-unreachable' },
    ],
    ['filter', 'chain=forward action=jump jump-target="my chain"', { kind: 'jump', to: 'filter/my chain' }],
    ['filter', 'chain=forward action=return', { kind: 'return' }],
    ['filter', 'chain=forward action=log', { kind: 'pass' }],
    ['filter', 'chain=forward action=passthrough', { kind: 'pass' }],
    ['filter', 'chain=forward action=fasttrack-connection', { kind: 'pass' }],
    ['filter', 'chain=forward action=add-dst-to-address-list address-list=x', { kind: 'pass' }],
    ['filter', 'chain=forward action=teleport', { kind: 'opaque', text: 'action=teleport' }],
    ['filter', 'chain=forward action=jump', { kind: 'opaque', text: 'action=jump' }],
    ['raw', 'chain=prerouting action=notrack', { kind: 'no-track' }],
    ['mangle', 'chain=forward action=mark-packet new-packet-mark=a', { kind: 'mark', value: 1, mask: 0xffff }],
    [
      'mangle',
      'chain=forward action=mark-connection new-connection-mark=a',
      { kind: 'session-mark', value: 1, mask: 0xffff },
    ],
    ['mangle', 'chain=forward action=change-mss new-mss=1350', { kind: 'clamp-mss', to: 1350 }],
    ['mangle', 'chain=forward action=change-mss new-mss=clamp-to-pmtu', { kind: 'clamp-mss', to: 'path' }],
    ['mangle', 'chain=forward action=set-priority new-priority=1', { kind: 'pass' }],
    ['nat', 'chain=srcnat action=accept', { kind: 'accept' }],
    ['nat', 'chain=srcnat action=masquerade', { kind: 'rewrite-source', to: { kind: 'own-address' } }],
    ['nat', 'chain=srcnat action=src-nat to-addresses=9.9.9.9', { kind: 'rewrite-source', to: host('9.9.9.9') }],
    [
      'nat',
      'chain=srcnat action=src-nat to-addresses=9.9.9.1-9.9.9.4',
      { kind: 'rewrite-source', to: { kind: 'address', first: ip('9.9.9.1'), last: ip('9.9.9.4') } },
    ],
    [
      'nat',
      'chain=dstnat action=dst-nat to-addresses=10.0.0.5 to-ports=443',
      { kind: 'rewrite-destination', to: host('10.0.0.5'), ports: { first: 443, last: 443 } },
    ],
    [
      'nat',
      'chain=dstnat action=dst-nat to-ports=443',
      { kind: 'rewrite-destination', to: { kind: 'same' }, ports: { first: 443, last: 443 } },
    ],
    [
      'nat',
      'chain=dstnat action=redirect to-ports=53',
      { kind: 'rewrite-destination', to: { kind: 'own-address' }, ports: { first: 53, last: 53 } },
    ],
    [
      'nat',
      'chain=dstnat action=netmap to-addresses=10.0.0.0/24',
      { kind: 'rewrite-destination', to: { kind: 'prefix', prefix: prefix('10.0.0.0/24') } },
    ],
    [
      'nat',
      'chain=srcnat action=netmap to-addresses=10.0.0.0/24',
      { kind: 'rewrite-source', to: { kind: 'prefix', prefix: prefix('10.0.0.0/24') } },
    ],
    [
      'nat',
      'chain=dstnat action=netmap to-addresses=10.0.0.5 to-ports=3389',
      { kind: 'rewrite-destination', to: host('10.0.0.5'), ports: { first: 3389, last: 3389 } },
    ],
    ['nat', 'chain=srcnat action=same to-addresses=9.9.9.9', { kind: 'rewrite-source', to: host('9.9.9.9') }],
    ['nat', 'chain=dstnat action=dst-nat to-addresses=server.example', { kind: 'opaque', text: 'action=dst-nat' }],
  ])('%s %s', ([table, words, action]) => {
    expect(actionOf(table, words)).toEqual(action)
  })

  test('an action we do not know is said, with its place', () => {
    expect(codesOf('/ip firewall filter\nadd chain=forward action=teleport\n')).toContain('NT1216:2')
  })

  test('a routing mark sets the mark that routing-mark asks for and chooses the table', () => {
    const device = routerOf('/ip firewall mangle\nadd action=mark-routing chain=prerouting new-routing-mark=wan2\n')
    expect(rulesOf(device, 'mangle/prerouting')[0]?.action).toEqual({ kind: 'jump', to: 'mangle rule prerouting #1' })
    expect(rulesOf(device, 'mangle rule prerouting #1').map((rule) => rule.action)).toEqual([
      { kind: 'mark', value: 0x10000, mask: 0x3fff0000 },
      { kind: 'use-table', table: 'wan2' },
    ])
  })

  test('passthrough=no ends the mangle chain behind the mark, passthrough=yes does not', () => {
    const text = (passthrough: string) =>
      `/ip firewall mangle\nadd action=mark-connection chain=prerouting connection-mark=no-mark new-connection-mark=a passthrough=${passthrough}\n`
    expect(rulesOf(routerOf(text('yes')), 'mangle/prerouting')[0]?.action.kind).toBe('session-mark')
    const ends = routerOf(text('no'))
    expect(rulesOf(ends, 'mangle rule prerouting #1').map((rule) => [rule.match.kind, rule.action.kind])).toEqual([
      ['any', 'session-mark'],
      ['any', 'accept'],
    ])
  })

  const MARKS = `/ip firewall mangle
add action=mark-connection chain=prerouting layer7-protocol=video new-connection-mark=video passthrough=yes
add action=mark-packet chain=prerouting connection-mark=video new-packet-mark=slow passthrough=yes
`

  test('marks that only queues read change nothing, nor do the tests in front of them', () => {
    const rules = rulesOf(routerOf(MARKS), 'mangle/prerouting')
    expect(rules.map((rule) => rule.action.kind)).toEqual(['pass', 'pass'])
    expect(JSON.stringify(rules)).not.toContain('opaque')
  })

  test.for([
    ['connection-mark=video', ['session-mark', 'pass']],
    ['connection-mark=!video', ['session-mark', 'pass']],
    ['packet-mark=slow', ['session-mark', 'mark']],
    ['packet-mark=no-mark', ['session-mark', 'mark']],
  ] as const)('they count where a rule asks for them: %s', ([asked, kinds]) => {
    const device = routerOf(`${MARKS}/ip firewall filter\nadd action=drop chain=forward ${asked}\n`)
    expect(rulesOf(device, 'mangle/prerouting').map((rule) => rule.action.kind)).toEqual(kinds)
  })

  test('a rule that only fills a list is in no doubt, whatever it asks', () => {
    const text =
      '/ip firewall filter\nadd action=add-src-to-address-list address-list=x chain=input protocol=tcp random=50\n'
    expect(rulesOf(routerOf(text), 'filter/input')).toMatchObject([
      { match: { kind: 'protocol' }, action: { kind: 'pass' } },
    ])
  })

  test.for([
    ['tcp-mss=!0-1350', 'tcp-flags'],
    ['tcp-mss=1351-65535', 'tcp-flags'],
    ['tcp-mss=!0-1400', 'all'],
  ] as const)('change-mss to 1350 with %s', ([words, kind]) => {
    const device = routerOf(
      `/ip firewall mangle\nadd action=change-mss chain=forward new-mss=1350 tcp-flags=syn ${words}\n`,
    )
    expect(rulesOf(device, 'mangle/forward')[0]?.match.kind).toBe(kind)
  })

  test('netmap in a chain that dstnat jumps to rewrites destinations', () => {
    const device = routerOf(
      '/ip firewall nat\nadd action=jump chain=dstnat jump-target=in\nadd action=netmap chain=in to-addresses=10.0.0.0/24\nadd action=netmap chain=other to-addresses=10.0.0.0/24\n',
    )
    expect(rulesOf(device, 'nat/in')[0]?.action.kind).toBe('rewrite-destination')
    expect(rulesOf(device, 'nat/other')[0]?.action.kind).toBe('rewrite-source')
  })
})
