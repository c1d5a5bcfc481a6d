import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import { NETWORK, routerOf, rule, through, ZONES } from './router.ts'
import { verdictOf } from './verdict.ts'

describe('a match that cannot be evaluated is opaque, never left out', () => {
  test.for([
    ['src_mac', "src_mac 'the camera'"],
    ['start_time', "start_time '08:00'"],
    ['weekdays', "weekdays 'mon tue'"],
    ['extra', "extra '-m string --string x'"],
    ['ipset', "ipset 'blocked'"],
    ['source address', "src_ip 'host.example'"],
    ['destination-port', "dest_port 'ssh'"],
    ['protocol', "proto 'frob'"],
    ['dscp', "dscp 'EF'"],
  ] as const)('%s', ([word, option]) => {
    const router = routerOf(ZONES + rule("src 'guest'", option, "target 'ACCEPT'"))
    const match = router.ruleSets['filter/zone_guest_input']?.rules[0]?.match
    expect(JSON.stringify(match)).toMatch(new RegExp(`"kind":"opaque","text":"${word}`))
  })
})

describe('the Ethernet address of the sender', () => {
  test.for([
    ["src_mac '00-11-22-AA-BB-CC'", { kind: 'source-mac', in: ['00:11:22:aa:bb:cc'] }],
    ["src_mac '!00:11:22:aa:bb:cc'", { kind: 'not', of: { kind: 'source-mac', in: ['00:11:22:aa:bb:cc'] } }],
  ] as const)('%s', ([option, expected]) => {
    const router = routerOf(ZONES + rule("src 'guest'", option, "proto 'all'", "target 'ACCEPT'"))
    expect(router.ruleSets['filter/zone_guest_input']?.rules[0]?.match).toEqual(expected)
  })
})

describe('a limit, which one connection is under', () => {
  test.for([
    ["limit '10/sec'", 'drop'],
    ["limit '!10/sec'", 'accept'],
  ] as const)('%s', ([option, verdict]) => {
    const router = routerOf(ZONES + rule("src 'lan'", "dest 'wan'", option, "target 'DROP'"))
    expect(verdictOf(router, 'forward', through('br-lan', 'eth1')).verdict).toBe(verdict)
  })
})

describe('an address set', () => {
  const set = (more: string) => `config ipset\noption name 'blocked'\n${more}`
  test.for([
    ['whose entries stand in the file is read', set("option match 'dest_net'\nlist entry '203.0.113.0/24'\n"), 'drop'],
    ['of the other direction does not match', set("option match 'src_net'\nlist entry '203.0.113.0/24'\n"), 'accept'],
  ] as const)('%s', ([, text, verdict]) => {
    const router = routerOf(ZONES + text + rule("src 'lan'", "dest 'wan'", "ipset 'blocked'", "target 'DROP'"))
    expect(verdictOf(router, 'forward', through('br-lan', 'eth1')).verdict).toBe(verdict)
  })

  const asked = rule("src 'lan'", "dest 'wan'", "ipset 'blocked'", "target 'DROP'")

  test.for([
    ['of addresses and ports takes an entry whole', "list entry '203.0.113.77 443'\n", 'drop'],
    ['and not a half of it', "list entry '203.0.113.77 80'\n", 'accept'],
    ['the parts may stand behind commas', "list entry '203.0.113.77,tcp:443'\n", 'drop'],
    ['and name another protocol', "list entry '203.0.113.77,udp:443'\n", 'accept'],
  ] as const)('%s', ([, entries, verdict]) => {
    const text = `${set(`list match 'dest_net'\nlist match 'dest_port'\n${entries}`)}${asked}`
    expect(verdictOf(routerOf(ZONES + text), 'forward', through('br-lan', 'eth1')).verdict).toBe(verdict)
  })

  const loading = `${ZONES}${set("option match 'dest_net'\noption loadfile '/etc/blocked.txt'\n")}${asked}`
  const files = [
    { path: 'network', text: NETWORK },
    { path: 'firewall', text: loading },
  ]

  test('is loaded from its file where that was given', () => {
    const list = { path: 'etc/blocked.txt', text: '# bad\n203.0.113.0/24 # all\n198.51.100.7\n' }
    const { devices, diagnostics } = importUci('router', [...files, list])
    const [router] = devices
    expect(router && verdictOf(router, 'forward', through('br-lan', 'eth1')).verdict).toBe('drop')
    expect(diagnostics.filter((one) => one.severity !== 'note')).toEqual([])
  })

  test('whose file was not given may hold anything', () => {
    const [router] = importUci('router', files).devices
    expect(JSON.stringify(router?.ruleSets)).toContain('"kind":"opaque","text":"ipset blocked","othersMissing":true')
  })
})

describe('marks', () => {
  test.for([
    ["set_mark '0x10'", { kind: 'mark', value: 0x10, mask: 0xffffffff }],
    ["set_mark '0x1/0xf0'", { kind: 'mark', value: 1, mask: 0xf1 }],
    ["set_xmark '0x10/0xff'", { kind: 'mark', value: 0x10, mask: 0xff }],
    ["set_xmark '0x100/0xff'", { kind: 'opaque', text: 'set_xmark 0x100/0xff' }],
  ] as const)('%s', ([option, action]) => {
    const router = routerOf(ZONES + rule("src 'lan'", "dest 'wan'", "target 'MARK'", option))
    expect(router.ruleSets['mangle/PREROUTING']?.rules[0]?.action).toEqual(action)
  })
})

describe('what the firewall reads from elsewhere is said', () => {
  const include = (path: string) => ({ path: 'firewall', text: `${ZONES}config include\noption path '${path}'\n` })
  test.for([
    ['a script: a warning and a word on the device', [include('/etc/firewall.vpn')], ['warning'], 1],
    ['the script OpenWrt ships empty: a note', [include('/etc/firewall.user')], ['note'], 0],
    [
      'a script that was given and holds comments only: nothing',
      [include('/etc/firewall.user'), { path: 'etc/firewall.user', text: '# yours\n' }],
      [],
      0,
    ],
  ] as const)('%s', ([, files, severities, words]) => {
    const part = importUci('router', files)
    expect(part.diagnostics.filter((one) => one.code === 'NT1326').map((one) => one.severity)).toEqual(severities)
    expect(part.devices[0]?.notModelled).toHaveLength(words)
  })

  test('a section that names a zone that is not there is left out', () => {
    const part = importUci('router', [{ path: 'firewall', text: ZONES + rule("src 'dmz'", "target 'ACCEPT'") }])
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1322')
  })
})

test('without a firewall file nothing is filtered', () => {
  const [router] = importUci('router', [{ path: 'network', text: NETWORK }]).devices
  expect(router?.ruleSets).toEqual({})
  expect(router?.pipeline.forward).toEqual([])
})
