import { describe, expect, test } from 'vitest'
import type { Topology } from '../../src/topology/index.ts'
import { estate, lines } from './small-estate.ts'

const SITE = ['if wan 192.0.2.10/29', 'if lan 10.0.1.1/24', 'tunnel ipsec:azure remote=198.51.100.4'].join('\n')
const GATEWAY = ['if internet 198.51.100.4/32', 'tunnel connection:site local=198.51.100.4 remote=192.0.2.10'].join(
  '\n',
)

function joined(links: string, site = SITE, gateway = GATEWAY): Topology {
  const text = `nettrace: 1\ndevices:\n  site: { routeros: site.rsc }\nazure:\n  resources: [vgw.json]\nlinks:\n${links}`
  return estate({ 'lab/site.rsc': site, 'lab/vgw.json': gateway, 'lab/lab.yaml': text })
}

const drawn = ({ network }: Topology) =>
  network.links.map((link) => `${link.kind} ${link.ends.map((end) => `${end.device}:${end.interface}`).join(' ')}`)

const TUNNEL = 'tunnel site:ipsec:azure vgw:connection:site'

describe('tunnels', () => {
  test.for([
    ['join when both ends name each other', SITE, GATEWAY],
    ['join when one end names the other', SITE, GATEWAY.replace('remote=192.0.2.10', '')],
  ])('%s', ([, site, gateway]) => {
    expect(drawn(joined('', site, gateway))).toContain(TUNNEL)
  })

  test.for([
    ['stay apart when one end names somebody else', SITE, GATEWAY.replace('192.0.2.10', '192.0.2.99')],
    ['stay apart when they are of two kinds', SITE, `${GATEWAY} expressroute`],
  ])('%s', ([, site, gateway]) => {
    const topology = joined('', site, gateway)
    expect(drawn(topology).join()).not.toContain('tunnel')
    expect(lines(topology.diagnostics)).toContain(
      'warning NT1112 lab/site.rsc:3:1 tunnel site:ipsec:azure leads to 198.51.100.4: no device here is its other end; packets into it go nowhere unless you join it with "- tunnel: [site:ipsec:azure, ...]" under links:',
    )
  })

  test('that fit several ends are left to a person', () => {
    const topology = joined('', `${SITE}\ntunnel ipsec:spare remote=198.51.100.4`)
    expect(drawn(topology).join()).not.toContain('tunnel')
    expect(lines(topology.diagnostics)).toContain(
      'warning NT1112 lab/vgw.json:2:1 tunnel vgw:connection:site fits site:ipsec:azure and site:ipsec:spare: join one by hand with "- tunnel: [vgw:connection:site, ...]" under links:',
    )
  })

  test('named by a device alone are found, and keep what the topology adds', () => {
    const topology = joined('  - tunnel: [site:ipsec:azure, vgw]\n    mtu: 1400\n    fragmentation-needed: lost\n')
    expect(drawn(topology)).toContain(TUNNEL)
    expect(topology.network.links.find((one) => one.kind === 'tunnel')).toMatchObject({
      mtu: 1400,
      fragmentationNeeded: 'lost',
      name: 'tunnel site - vgw',
    })
  })

  test('between two devices alone are found by their addresses', () => {
    const topology = joined('  - tunnel: [site, vgw]\n', `${SITE}\ntunnel ipsec:other remote=192.0.2.200`)
    expect(drawn(topology)).toContain(TUNNEL)
  })

  test('that a person must tell apart are listed', () => {
    const topology = joined('  - tunnel: [site, vgw]\n', `${SITE}\ntunnel ipsec:spare remote=198.51.100.4`)
    expect(lines(topology.diagnostics)).toContain(
      'error NT1109 lab/lab.yaml:7:14 "site" has several tunnels: name one of site:ipsec:azure, site:ipsec:spare',
    )
  })

  test('behind address translation are joined by hand', () => {
    const far = GATEWAY.replace('remote=192.0.2.10', 'remote=203.0.113.7')
    expect(drawn(joined('  - tunnel: ["site:ipsec:azure", "vgw:connection:site"]\n', SITE, far))).toContain(TUNNEL)
  })

  test('an ExpressRoute circuit ends at a plain interface', () => {
    const topology = joined('  - tunnel: [site:lan, vgw]\n', SITE, 'tunnel connection:er expressroute')
    expect(drawn(topology)).toContain('tunnel site:lan vgw:connection:er')
    const lan = topology.network.devices.get('site')?.interfaces.find((one) => one.name === 'lan')
    expect(lan?.tunnel).toEqual({ kind: 'expressroute' })
  })
})

describe('links', () => {
  const three = (links: string, hosts = '') =>
    estate({
      'lab/a': 'if e1 10.0.1.1/24\nif e2 10.0.2.1/24',
      'lab/b': 'if e1 10.0.1.2/24\nif e2 10.0.3.1/24',
      'lab/c': 'if e1 10.0.1.3/24\nif pub 192.0.2.9/29',
      'lab/lab.yaml': `nettrace: 1\ndevices:\n  a: { uci: a }\n  b: { uci: b }\n  c: { uci: c }\nlinks:\n${links}${hosts}`,
    })

  test('that share an end are one segment', () => {
    const topology = three('  - ["a:e1", "b:e1"]\n  - ["c:e1", "b:e1"]\n')
    expect(drawn(topology)).toContain('segment a:e1 b:e1 c:e1')
  })

  test('and a host’s link are one segment', () => {
    const topology = three('  - ["a:e1", "b:e1"]\n', 'hosts:\n  pc: { address: 10.0.1.9, on: "b:e1" }\n')
    expect(drawn(topology)).toContain('segment a:e1 b:e1 pc:eth0')
  })

  test('an interface with a public address and no link is on the internet, with a note', () => {
    const topology = three('  - ["a:e1", "b:e1", "c:e1"]\n')
    expect(drawn(topology)).toContain('internet c:pub internet:wan')
    expect(lines(topology.diagnostics)).toEqual([
      'note NT1113 lab/c:2:1 c:pub has the public address 192.0.2.9 and no link: taken to be on the internet',
    ])
  })

  test('a device that is joined to nothing is a warning', () => {
    expect(lines(three('  - ["b:e1", "c:e1"]\n').diagnostics)).toContain(
      'warning NT1114 lab/a:1:1 a is joined to nothing: no packet leaves it; name its interfaces under links:',
    )
  })

  test('devices that are apart from the rest are a note', () => {
    const hosts = 'hosts:\n  x: { address: 10.0.3.9, on: "b:e2" }\n  y: { address: 192.0.2.99, on: internet }\n'
    expect(lines(three('  - ["a:e1", "b:e1"]\n', hosts).diagnostics)).toContain(
      'note NT1114 lab/c:1:1 c, y are joined to each other and to nothing else',
    )
  })

  test('the order of a topology’s links does not decide who hears whom', () => {
    const forwards = three('  - ["a:e1", "b:e1"]\n  - ["b:e2", "c:e1"]\n  - ["a:e2", "b:e2"]\n')
    const backwards = three('  - ["a:e2", "b:e2"]\n  - ["b:e2", "c:e1"]\n  - ["a:e1", "b:e1"]\n')
    const groups = (topology: Topology) =>
      topology.network.links.map((link) =>
        link.ends
          .map((end) => end.device + end.interface)
          .sort()
          .join(),
      )
    expect(groups(forwards).sort()).toEqual(groups(backwards).sort())
  })
})

describe('includes', () => {
  const files = {
    'lab/a': 'if e1 10.0.1.1/24',
    'parts/b': 'if e1 10.0.1.2/24',
    'parts/first.yaml':
      'nettrace: 1\nname: First\ndevices:\n  b: { uci: b }\npublic:\n  x.example: 192.0.2.1\n  y.example: 192.0.2.2\nexpect:\n  - { id: one, from: b, to: x.example, works: yes }\n',
    'parts/second.yaml':
      'nettrace: 1\ninclude: first.yaml\nexpect:\n  - { id: two, from: b, to: x.example, works: no }\n',
    'lab/lab.yaml':
      "nettrace: 1\nname: Lab\ninclude: [../parts/first.yaml, ../parts/second.yaml]\ndevices:\n  a: { uci: a }\nlinks:\n  - ['a:e1', 'b:e1']\npublic:\n  x.example: 192.0.2.9\nexpect:\n  - { from: a, to: b, works: yes }\n",
  }

  test('come before the file that names them, each once', () => {
    const { expectations, network, diagnostics } = estate(files)
    expect(expectations.map((one) => one.id)).toEqual(['one', 'two', '#1'])
    expect([...network.devices.keys()]).toEqual(['b', 'a', 'internet'])
    expect(network.name).toBe('Lab')
    expect(lines(diagnostics)).toEqual([])
  })

  test('lose to the file that names them where both give a public name', () => {
    const zone = estate(files).network.devices.get('internet')?.resolver?.zones[0]
    expect(zone?.records.map((one) => [one.name, one.source.kind === 'line' && one.source.file])).toEqual([
      ['y.example', 'parts/first.yaml'],
      ['x.example', 'lab/lab.yaml'],
    ])
  })

  test('have paths of their own folder', () => {
    expect(estate(files).files).toEqual(['lab/lab.yaml', 'parts/first.yaml', 'parts/second.yaml', 'parts/b', 'lab/a'])
  })
})
