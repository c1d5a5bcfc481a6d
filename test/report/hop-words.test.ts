import { expect, test } from 'vitest'
import { connect } from '../../src/diagnose/index.ts'
import { connectionText, routesText } from '../../src/report/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { memory } from '../topology/small-estate.ts'

const FILES = {
  'net.yaml': `nettrace: 1
devices:
  gw: { netfilter: [gw.save, gw.addr.json, gw.rule.json, nothing.nft] }
hosts:
  web: { address: 10.0.2.20/24, on: gw:dmz0, gateway: 10.0.2.1 }
  out: { address: 192.0.2.99, on: internet }
links:
  - internet: [gw:wan0]
`,
  'gw.save': `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -i wan0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.2.20:80
COMMIT
*filter
:FORWARD DROP [0:0]
-A FORWARD -p tcp -m tcp --dport 8080 -j ACCEPT
COMMIT
`,
  'gw.addr.json': JSON.stringify([
    { ifname: 'wan0', flags: ['UP'], addr_info: [{ local: '203.0.113.1', prefixlen: 24 }] },
    { ifname: 'dmz0', flags: ['UP'], addr_info: [{ local: '10.0.2.1', prefixlen: 24 }] },
  ]),
  'gw.rule.json': JSON.stringify([
    { priority: 0, src: 'all', table: 'local' },
    { priority: 80, src: 'all', table: 'main', suppress_prefixlen: 0 },
    { priority: 100, src: 'all', fwmark: '0x1', fwmask: '0xff', table: '100' },
    { priority: 110, src: '10.0.2.0', srclen: 24, action: 'prohibit' },
    { priority: 32766, src: 'all', table: 'main' },
  ]),
  'nothing.nft': '\n',
}

function network() {
  return loadTopology('net.yaml', { reader: memory(FILES) }).network
}

test('where a rule stops a packet that was rewritten before it, the rewriting is shown: the rule saw that packet', () => {
  const text = connectionText(connect(prepare(network()), 'out', '203.0.113.1:8080'), { verbose: false })
  expect(text).toMatch(/✗ gw +filter chain FORWARD: no rule matches, the default drops +gw\.save:6:1\n/)
  expect(text).toMatch(
    /nat chain PREROUTING #1: destination 203\.0\.113\.1:8080 becomes 10\.0\.2\.20:80 +gw\.save:3:1\n/,
  )
})

test('a policy rule is shown with what it asks for, what it does and where it stands', () => {
  const gateway = network().devices.get('gw')
  const lines = gateway ? routesText(gateway).split('\n') : []
  expect(lines.slice(2, 6)).toEqual([
    'policy rules, in order',
    expect.stringMatching(
      /^ {2}ip rule 80 .*table main, its routes of length 0 or shorter passed over +gw\.rule\.json:1:\d+$/,
    ),
    expect.stringMatching(/^ {2}ip rule 100 +mark 1\/0xff → table 100 +gw\.rule\.json:1:\d+$/),
    expect.stringMatching(/^ {2}ip rule 110 +from 10\.0\.2\.0\/24 → refuses \(prohibited\) +gw\.rule\.json:1:\d+$/),
  ])
})

test('an empty file beside others is what a host without rules prints, and said to be empty', () => {
  const { diagnostics } = network()
  expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'NT1550', severity: 'warning' }))
})
