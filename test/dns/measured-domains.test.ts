import { describe, expect, test } from 'vitest'
import { resolveOver } from '../../src/dns/index.ts'
import { importBind } from '../../src/importers/bind/index.ts'
import { importDnsmasq } from '../../src/importers/dnsmasq/index.ts'
import { importUnbound } from '../../src/importers/unbound/index.ts'
import type { RecordType, Resolver } from '../../src/model/index.ts'
import { asking, device, everythingArrives, forward, log, outcome, resolver, zone } from './small-network.ts'

// Which line of a configuration takes a name, asked of the real servers: dnsmasq 2.90, BIND 9.18.49.
const DENIES = device('denies', ['10.0.0.11'], { resolver: resolver('other', { otherwise: 'nxdomain' }) })

const TYPES: readonly RecordType[] = ['A', 'AAAA', 'TXT']

/** What a server says of a name for A, AAAA and TXT; `^`: it asked another server, which knows no name at all. */
function said(server: Resolver, name: string): string {
  const on = asking(server, [DENIES])
  return TYPES.map((type) => {
    const asked = log(resolveOver(on, everythingArrives(on), { device: 'pc', name, type }))
    return `${outcome(on, name, type)}${asked.length > 1 ? '^' : ''}`
  }).join(' | ')
}

describe('dnsmasq takes the longest domain that has something for the type', () => {
  const dnsmasq = (text: string): Resolver => {
    const lines = text.replaceAll(' ', '\n').replaceAll('UP', '10.0.0.11')
    const read = importDnsmasq([{ path: 'dnsmasq.conf', text: `no-resolv\nno-hosts\n${lines}\n` }]).resolver
    if (!read) throw new Error('nothing was read')
    return read
  }
  const DENIED = 'nxdomain | nxdomain | nxdomain'
  const HELD = 'nodata^ | nodata^ | nodata^'
  test.for([
    ['address=/a.x/192.0.2.4 address=/x/ server=UP', 'a.x', '192.0.2.4 | nxdomain | nxdomain'],
    ['address=/a.x/192.0.2.4 address=/x/ server=UP', 'b.a.x', '192.0.2.4 | nxdomain | nxdomain'],
    ['address=/a.x/192.0.2.4 local=/x/ server=UP', 'b.a.x', '192.0.2.4 | nxdomain | nxdomain'],
    ['address=/a.x/192.0.2.4 address=/x/', 'a.x', '192.0.2.4 | nxdomain | nxdomain'],
    ['address=/a.x/192.0.2.4 address=/x/ server=UP', 'c.x', DENIED],
    ['address=/a.x/192.0.2.4 address=/x/# server=UP', 'b.a.x', '192.0.2.4 | :: | nodata^'],
    ['address=/a.x/192.0.2.4 address=/x/10.0.0.1 server=UP', 'a.x', '192.0.2.4 | nodata^ | nodata^'],
    ['address=/a.x/192.0.2.4 address=/x/fd00::1 server=UP', 'b.a.x', '192.0.2.4 | fd00::1 | nodata^'],
    ['address=/a.x/192.0.2.4 server=/x/UP', 'a.x', '192.0.2.4 | nodata^ | nodata^'],
    ['address=/x/192.0.2.4 server=/a.x/UP', 'a.x', HELD],
    ['address=/x/# server=/a.x/UP', 'b.a.x', HELD],
    ['address=/x/ server=/a.x/UP', 'a.x', 'nxdomain^ | nxdomain^ | nxdomain^'],
    ['address=/x/192.0.2.4 server=/a.x/# server=UP', 'b.a.x', HELD],
    ['address=/x/192.0.2.4 local=/a.x/ server=UP', 'a.x', DENIED],
    ['address=/x/192.0.2.4 address=/a.x/ server=UP', 'b.a.x', DENIED],
    ['address=/x/192.0.2.4 address=/x/ server=UP', 'b.x', '192.0.2.4 | nodata | nodata'],
    ['address=/x/192.0.2.4 local=/x/ server=UP', 'x', '192.0.2.4 | nodata | nodata'],
    ['address=/x/192.0.2.4 local=/a.x/ server=/b.a.x/UP', 'b.a.x', HELD],
    ['local=/x/ server=/x/UP', 'b.x', 'nxdomain^ | nxdomain^ | nxdomain^'],
    ['address=/x/192.0.2.4 host-record=h.x,fd00::9 server=UP', 'h.x', '192.0.2.4 | fd00::9 | nodata^'],
    ['address=/a.x/192.0.2.4 address=/x/ host-record=a.x,10.9.9.9 server=UP', 'a.x', '10.9.9.9 | nodata | nodata'],
    ['local=/x/ host-record=a.b.x,10.9.9.9 server=UP', 'b.x', 'nodata | nodata | nodata'],
    ['address=/*.x/192.0.2.4 server=UP', 'x', 'nxdomain^ | nxdomain^ | nxdomain^'],
    ['address=/*.x/192.0.2.4 server=UP', 'b.x', '192.0.2.4 | nodata^ | nodata^'],
    ['address=/*.x/ address=/x/192.0.2.4 server=UP', 'x', '192.0.2.4 | nodata^ | nodata^'],
    ['address=/*.x/ address=/x/192.0.2.4 server=UP', 'b.x', DENIED],
    ['address=/x/ server=/*.x/UP', 'x', DENIED],
    ['address=/x/ server=/*.x/UP', 'b.x', 'nxdomain^ | nxdomain^ | nxdomain^'],
    ['local=/*.b.x/ server=/b.x/UP', 'c.b.x', DENIED],
    ['address=/x/192.0.2.4 address=/*.x/192.0.2.5 server=UP', 'b.x', '192.0.2.5 | nodata^ | nodata^'],
    ['address=/x/192.0.2.4 address=/*.x/fd00::5 server=UP', 'b.x', '192.0.2.4 | fd00::5 | nodata^'],
    ['address=/x/192.0.2.4 address=/x/# server=UP', 'b.x', '192.0.2.4 | :: | nodata^'],
    ['server=/*.x/UP address=/*.x/fd00::5', 'b.x', 'nodata^ | fd00::5 | nodata^'],
    ['domain-needed host-record=www,fd00::7 server=UP', 'www', 'nodata | fd00::7 | nodata^'],
    ['domain-needed server=UP', 'www', 'nxdomain | nxdomain | nxdomain^'],
    ['address=/x/192.0.2.4 server=/*.x/UP', 'x', '192.0.2.4 | refused | refused'],
    ['address=/x/192.0.2.4 server=/*.x/UP', 'b.x', HELD],
  ] as const)('%s: %s', ([text, name, expected]) => {
    expect(said(dnsmasq(text), name)).toBe(expected)
  })
})

describe('BIND without recursion follows an alias in its own zone alone', () => {
  const zoneFile = (path: string, ...lines: readonly string[]) => ({
    path,
    text: `$TTL 0\n@ SOA ns.lab. host.lab. 1 2 3 4 5\n@ NS ns.lab.\n${lines.join('\n')}\n`,
  })
  const files = [
    zoneFile('db.x', 'www A 10.1.1.1'),
    zoneFile('db.eu', 'www A 10.2.2.2', 'a CNAME www.x.lan.', 'b CNAME nobody.x.lan.', 'c CNAME www', 'd CNAME nobody'),
    zoneFile('db.sub', 'www A 10.4.4.4', 'up CNAME www.eu.lan.'),
  ]
  const server = (options: string) => {
    const zones = `zone "x.lan" { type primary; file "db.x"; }; zone "eu.lan" { type primary; file "db.eu"; };
zone "sub.eu.lan" { type primary; file "db.sub"; };`
    const read = importBind([{ path: 'named.conf', text: `options { ${options} };\n${zones}` }, ...files]).resolver
    if (!read) throw new Error('nothing was read')
    return asking(read, [])
  }
  test.for([
    ['a.eu.lan', 'nodata CNAME www.x.lan'],
    ['b.eu.lan', 'nodata CNAME nobody.x.lan'],
    ['c.eu.lan', 'CNAME www.eu.lan 10.2.2.2'],
    ['d.eu.lan', 'nxdomain CNAME nobody.eu.lan'],
    ['up.sub.eu.lan', 'nodata CNAME www.eu.lan'],
  ] as const)('%s: %s', ([name, answer]) => {
    expect(outcome(server('recursion no;'), name)).toBe(answer)
    // Whoever may not recurse is answered so by a server that recurses for others.
    expect(outcome(server('allow-recursion { 10.9.9.9; };'), name)).toBe(answer)
  })
  test('with recursion into its other zones as well', () => {
    expect(outcome(server('allow-recursion { any; };'), 'a.eu.lan')).toBe('CNAME www.x.lan 10.1.1.1')
  })
})

describe('dnsmasq names addresses by its hosts, the first that has the address', () => {
  const lines = ['no-resolv', 'server=10.0.0.11', 'expand-hosts', 'domain=lan', 'bogus-priv', 'addn-hosts=/hosts.lan']
  const records = ['host-record=rec.lan,10.9.0.1', 'ptr-record=3.0.9.10.in-addr.arpa,given.lan']
  const hosts = '10.9.0.1 late\n10.9.0.2 nas other\n10.9.0.3 hidden\nfd00::7 six.lan\n'
  const read = importDnsmasq([
    { path: 'dnsmasq.conf', text: [...lines, ...records].join('\n') },
    { path: '/hosts.lan', text: hosts },
  ]).resolver
  const on = asking(read ?? resolver('other'), [DENIES])
  test.for([
    ['1.0.9.10.in-addr.arpa', 'PTR', 'PTR rec.lan'],
    ['2.0.9.10.in-addr.arpa', 'PTR', 'PTR nas.lan'],
    ['3.0.9.10.in-addr.arpa', 'PTR', 'PTR given.lan'],
    [`7.${'0.'.repeat(29)}d.f.ip6.arpa`, 'PTR', 'PTR six.lan'],
    // The reverse name itself is not known for it: another server's word stands.
    ['2.0.9.10.in-addr.arpa', 'TXT', 'nxdomain'],
    ['d.f.ip6.arpa', 'PTR', 'nxdomain'],
  ] as const)('%s %s: %s', ([name, type, answer]) => {
    expect(outcome(on, name, type)).toBe(answer)
  })
  test('what bogus-priv keeps back is denied, though a name stands below it', () => {
    expect(outcome(on, '0.9.10.in-addr.arpa', 'PTR')).toBe('nxdomain')
  })
  test('bogus-priv keeps back whole addresses alone', () => {
    const asked = (name: string) => log(resolveOver(on, everythingArrives(on), { device: 'pc', name, type: 'PTR' }))
    expect(asked('9.0.9.10.in-addr.arpa')).toHaveLength(1)
    expect(asked('acct.9.0.9.10.in-addr.arpa')).toHaveLength(2)
  })
})

test("a dnsmasq takes unbound's refusal, which lacks the question, for no answer at all", () => {
  const unbound = importUnbound([{ path: 'unbound.conf', text: 'server:\n interface: 10.0.0.11\n' }]).resolver
  const dnsmasq = importDnsmasq([{ path: 'dnsmasq.conf', text: 'no-resolv\nserver=10.0.0.11\n' }]).resolver
  const other = resolver('other')
  const refuses = device('refuses', ['10.0.0.11'], { resolver: unbound ?? other })
  expect(outcome(asking(unbound ?? other), 'www.x.com')).toBe('refused')
  expect(outcome(asking(dnsmasq ?? other, [refuses]), 'www.x.com')).toBe('timeout')
})

test('a zone of BIND that forwards to nobody leaves what it gives away to its name servers', () => {
  const zones = 'zone "plant.lan" { type primary; file "db.plant"; forwarders { }; };'
  const file = { path: 'db.plant', text: '$TTL 0\n@ SOA ns.lab. h.lab. 1 2 3 4 5\nx NS ns.lab.\nwww A 10.1.1.1\n' }
  const read = importBind([{ path: 'named.conf', text: `options { forwarders { 10.0.0.11; }; };\n${zones}` }, file])
  const on = asking(read.resolver ?? resolver('other'), [DENIES])
  expect(outcome(on, 'www.plant.lan')).toBe('10.1.1.1')
  expect(outcome(on, 'www.x.plant.lan')).toBe('unknown')
})

test('forwarders of BIND that all fail leave a name to the static-stub zone above', () => {
  const text = `zone "x" { type static-stub; server-addresses { 10.0.0.11; }; };
zone "a.x" { type forward; forwarders { 10.0.0.66; }; };`
  const on = asking(importBind([{ path: 'named.conf', text }]).resolver ?? resolver('other'), [DENIES])
  const asked = log(resolveOver(on, everythingArrives(on), { device: 'pc', name: 'www.a.x' }))
  expect(asked).toEqual(['10.0.0.53: www.a.x', '10.0.0.66: www.a.x', '10.0.0.11: www.a.x'])
})

describe('a referral from a forwarder', () => {
  const far = resolver('other', { zones: [zone('x', 'nxdomain', 'sub NS ns.lab.')] })
  test.for([
    ['bind', 'only', 'servfail'],
    ['bind', 'first', 'unknown'],
    ['dnsmasq', 'only', 'nodata'],
  ] as const)('%s with forward %s: %s', ([software, mode, answer]) => {
    const near = resolver(software, { forwards: [forward('', ['10.0.0.11'], { mode })] })
    const on = asking(near, [device('far', ['10.0.0.11'], { resolver: far })])
    expect(outcome(on, 'www.sub.x')).toBe(answer)
  })
})

test('unbound follows the alias of a redirect zone, and no other of its own', () => {
  const text = `server:\n interface: 10.0.0.53\n access-control: 0.0.0.0/0 allow
 local-zone: "n.x" always_null\n local-data: "a.n.x. CNAME t.y."\n local-zone: "r.x" redirect\n local-data: "r.x. CNAME t.y."
forward-zone:\n name: "."\n forward-addr: 10.0.0.11`
  const on = asking(importUnbound([{ path: 'unbound.conf', text }]).resolver ?? resolver('other'), [DENIES])
  expect(outcome(on, 'a.n.x')).toBe('nodata CNAME t.y')
  expect(outcome(on, 'a.n.x', 'MX')).toBe('nodata CNAME t.y')
  expect(outcome(on, 'q.r.x')).toBe('nxdomain CNAME t.y')
})

describe('BIND answers by the view a client meets first', () => {
  const inside = { path: 'in.db', text: '$TTL 0\n@ SOA ns.lab. h.lab. 1 2 3 4 5\nwww A 10.1.1.1\n' }
  const outside = { path: 'out.db', text: '$TTL 0\n@ SOA ns.lab. h.lab. 1 2 3 4 5\nwww A 20.1.1.1\n' }
  const view = (name: string, match: string, file: string) =>
    `view "${name}" { ${match} recursion no; zone "corp.lan" { type primary; file "${file}"; }; };`
  const answer = (...views: readonly string[]) => {
    const read = importBind([{ path: 'named.conf', text: views.join('\n') }, inside, outside]).resolver
    if (!read) throw new Error('nothing was read')
    return outcome(asking(read, []), 'www.corp.lan')
  }
  test.for([
    ['the asker is listed', 'match-clients { 10.0.0.9; };', '10.1.1.1'],
    ['the asker is excluded', 'match-clients { !10.0.0.9; any; };', '20.1.1.1'],
    ['another network is listed', 'match-clients { 192.168.0.0/16; };', '20.1.1.1'],
    ['everybody', '', '10.1.1.1'],
    ['only questions signed with a key', 'match-clients { key "transfer"; };', '20.1.1.1'],
    ['a list of clients that is not in the file', 'match-clients { localnets; };', 'unknown'],
    ['another address of the server', 'match-destinations { 10.0.0.54; };', 'unknown'],
  ] as const)('%s', ([, match, expected]) => {
    expect(answer(view('in', match, 'in.db'), view('out', '', 'out.db'))).toBe(expected)
  })
  test('whom no view takes is refused', () => {
    expect(answer(view('in', 'match-clients { 10.7.7.7; };', 'in.db'))).toBe('refused')
  })
})

test("a denial of a wider zone comes through unbound without that zone's name, so BIND believes it", () => {
  const far = device('far', ['10.0.0.12'], {
    resolver: resolver('other', { zones: [zone('x', 'nxdomain', 'www.a TXT text')] }),
  })
  const middle = device('middle', ['10.0.0.13'], {
    resolver: resolver('unbound', { forwards: [forward('a.x', ['10.0.0.12'])] }),
  })
  const asked = (server: string) =>
    outcome(asking(resolver('bind', { forwards: [forward('a.x', [server])] }), [far, middle]), 'www.a.x')
  expect(asked('10.0.0.12')).toBe('servfail')
  expect(asked('10.0.0.13')).toBe('nodata')
})
