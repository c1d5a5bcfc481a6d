import { describe, expect, test } from 'vitest'
import { importDnsmasq } from '../../src/importers/dnsmasq/index.ts'
import type { Network, RecordType } from '../../src/model/index.ts'
import { asking, device, outcome, resolver, zone } from './small-network.ts'

// What dnsmasq 2.90 does with answers of others and with names without a dot, each line asked of the real one.
const FIRST = device('first', ['10.0.0.11'], {
  resolver: resolver('other', {
    zones: [
      zone(
        '',
        'nxdomain',
        'www.x.com A 20.0.0.1',
        'www.x.com AAAA 2600::1',
        'two.x.com A 20.0.0.1',
        'two.x.com A 20.0.0.9',
        'priv.x.com A 10.1.1.1',
        'al.x.com CNAME www.x.com.',
        'mx.x.com MX mail',
        'srv A 30.0.0.1',
      ),
    ],
  }),
})
const SECOND = device('second', ['10.0.0.12'], {
  resolver: resolver('other', {
    zones: [zone('', 'nxdomain', 'srv A 40.0.0.1', 'corp A 40.0.0.4', 'www.x.com A 40.0.0.3')],
  }),
})

function asked(lines: string, hosts = ''): Network {
  const text = `no-resolv\naddn-hosts=/etc/hosts.lan\n${lines.replaceAll('; ', '\n')}\n`
  const files = [
    { path: 'dnsmasq.conf', text },
    { path: 'hosts.lan', text: hosts.replaceAll('; ', '\n') },
  ]
  const { resolver: read, diagnostics } = importDnsmasq(files)
  expect(diagnostics).toEqual([])
  return asking(read ?? resolver('dnsmasq'), [FIRST, SECOND])
}

const U1 = 'server=10.0.0.11'
const HELD = 'host-record=h.lan,20.0.0.1,fd00::1; address=/p.lan/20.0.0.1; address=/p.lan/fd00::2; cname=c.lan,h.lan'

describe('answers of other servers, and none of its own', () => {
  test.for<[options: string, name: string, type: RecordType, answer: string]>([
    ['filter-A', 'www.x.com', 'A', 'nodata'],
    ['filter-A', 'www.x.com', 'AAAA', '2600::1'],
    ['filter-A', 'al.x.com', 'A', 'nodata CNAME www.x.com'],
    ['filter-A', 'mx.x.com', 'MX', 'MX mail'],
    ['filter-A', 'h.lan', 'A', '20.0.0.1'],
    ['filter-A', 'p.lan', 'A', '20.0.0.1'],
    ['filter-AAAA', 'www.x.com', 'AAAA', 'nodata'],
    ['filter-AAAA', 'www.x.com', 'A', '20.0.0.1'],
    ['filter-AAAA', 'c.lan', 'AAAA', 'CNAME h.lan fd00::1'],
    ['filter-AAAA', 'nosuch.x.com', 'AAAA', 'nxdomain'],
    // Nobody is asked for a name of its own with another address, so nobody can fail.
    ['filter-AAAA; server=/h4.lan/10.0.0.66; host-record=h4.lan,10.1.1.1', 'h4.lan', 'AAAA', 'nodata'],
    ['filter-AAAA; server=/h4.lan/10.0.0.66; txt-record=h4.lan,text', 'h4.lan', 'AAAA', 'timeout'],
    ['alias=20.0.0.1,10.9.9.9', 'www.x.com', 'A', '10.9.9.9'],
    ['alias=20.0.0.1,10.9.9.9', 'al.x.com', 'A', 'CNAME www.x.com 10.9.9.9'],
    ['alias=20.0.0.1,10.9.9.9', 'two.x.com', 'A', '10.9.9.9 20.0.0.9'],
    ['alias=20.0.0.1,10.9.9.9', 'h.lan', 'A', '20.0.0.1'],
    ['alias=20.0.0.0,10.9.9.0,255.255.255.0', 'two.x.com', 'A', '10.9.9.1 10.9.9.9'],
    ['alias=20.0.0.5-20.0.0.20,10.9.9.0,255.255.255.0', 'two.x.com', 'A', '20.0.0.1 10.9.9.9'],
    ['alias=20.0.0.1,10.9.9.9; alias=20.0.0.0,10.8.8.0,255.255.255.0', 'www.x.com', 'A', '10.8.8.1'],
    ['alias=20.0.0.1,10.9.9.9; stop-dns-rebind', 'www.x.com', 'A', 'nodata'],
    ['alias=10.1.1.1,20.9.9.9; stop-dns-rebind', 'priv.x.com', 'A', '20.9.9.9'],
    ['bogus-nxdomain=20.0.0.1', 'www.x.com', 'A', 'nxdomain'],
    ['bogus-nxdomain=20.0.0.1', 'al.x.com', 'A', 'nxdomain'],
    ['bogus-nxdomain=20.0.0.1', 'two.x.com', 'A', 'nxdomain'],
    ['bogus-nxdomain=20.0.0.1', 'www.x.com', 'AAAA', '2600::1'],
    ['bogus-nxdomain=20.0.0.1', 'h.lan', 'A', '20.0.0.1'],
    ['bogus-nxdomain=2600::/16', 'www.x.com', 'AAAA', 'nxdomain'],
    ['bogus-nxdomain=20.0.0.0/24; host-record=a.www.x.com,10.1.1.1', 'www.x.com', 'A', 'nxdomain'],
    ['bogus-nxdomain=10.1.1.1; stop-dns-rebind', 'priv.x.com', 'A', 'nxdomain'],
    ['bogus-nxdomain=20.0.0.1; alias=20.0.0.1,10.9.9.9', 'www.x.com', 'A', '10.9.9.9'],
    ['bogus-nxdomain=10.9.9.9; alias=20.0.0.1,10.9.9.9', 'www.x.com', 'A', 'nxdomain'],
    ['ignore-address=20.0.0.1', 'www.x.com', 'A', 'timeout'],
    ['ignore-address=20.0.0.1', 'two.x.com', 'A', 'timeout'],
    ['ignore-address=20.0.0.1', 'www.x.com', 'AAAA', '2600::1'],
    ['ignore-address=20.0.0.1; server=10.0.0.12', 'www.x.com', 'A', '40.0.0.3'],
  ])('%s: %s %s', ([options, name, type, answer]) => {
    expect(outcome(asked(`${U1}; ${HELD}; ${options}`), name, type)).toBe(answer)
  })
})

describe('names without a dot', () => {
  test.for<[options: string, name: string, type: RecordType, answer: string]>([
    [`${U1}; server=//10.0.0.12`, 'srv', 'A', '40.0.0.1'],
    [`${U1}; server=//10.0.0.12`, 'corp', 'A', '40.0.0.4'],
    [`${U1}; server=//10.0.0.12`, 'www.x.com', 'A', '20.0.0.1'],
    [`${U1}; server=//`, 'srv', 'A', 'nxdomain'],
    [`${U1}; local=//`, 'srv', 'MX', 'nxdomain'],
    [`${U1}; local=//`, 'www.x.com', 'A', '20.0.0.1'],
    [`${U1}; server=//10.0.0.12; domain-needed`, 'srv', 'A', 'nxdomain'],
    [`${U1}; server=//10.0.0.12; domain-needed`, 'srv', 'MX', 'nodata'],
    [`${U1}; server=/srv/10.0.0.12; server=//`, 'srv', 'A', '40.0.0.1'],
    [`${U1}; server=//; server=//10.0.0.12`, 'srv', 'A', '40.0.0.1'],
    [`${U1}; address=//1.2.3.4`, 'srv', 'A', '1.2.3.4'],
    [`${U1}; address=//1.2.3.4`, 'srv', 'AAAA', 'refused'],
    [`${U1}; address=//1.2.3.4`, 'www.x.com', 'A', '20.0.0.1'],
    [`${U1}; address=//1.2.3.4; server=//10.0.0.12`, 'srv', 'A', '1.2.3.4'],
    [`${U1}; address=//1.2.3.4; server=//10.0.0.12`, 'srv', 'AAAA', 'nodata'],
    [`${U1}; address=/srv/1.2.3.4; local=//`, 'srv', 'A', '1.2.3.4'],
    [`${U1}; address=/srv/1.2.3.4; local=//`, 'srv', 'AAAA', 'nxdomain'],
    [`${U1}; address=/#/1.2.3.4; local=//`, 'srv', 'A', 'nxdomain'],
    [`${U1}; address=/#/1.2.3.4; local=//`, 'www.x.com', 'A', '1.2.3.4'],
    [`${U1}; address=/#/1.2.3.4; server=//10.0.0.12`, 'nosuch', 'A', 'nxdomain'],
    [`${U1}; address=/#/fd00::1; local=//`, 'srv', 'A', 'nxdomain'],
    [`${U1}; address=/#/1.2.3.4; server=/x.com/#`, 'www.x.com', 'A', '20.0.0.1'],
    // Found by nobody where there is no server for everything.
    ['server=//10.0.0.12; server=/x.com/10.0.0.11', 'srv', 'A', 'refused'],
    ['server=//10.0.0.12; server=/x.com/10.0.0.11', 'www.x.com', 'A', '20.0.0.1'],
    ['server=10.0.0.12; server=//#', 'srv', 'A', 'unknown'],
  ])('%s: %s %s', ([options, name, type, answer]) => {
    expect(outcome(asked(options), name, type)).toBe(answer)
  })

  test('its own are known without anybody', () => {
    const on = asked(`${U1}; server=//`, '10.5.5.5 nas')
    expect([outcome(on, 'nas'), outcome(on, 'nas', 'AAAA')]).toEqual(['10.5.5.5', 'nodata'])
  })
})

describe('localise-queries', () => {
  const hosts = '10.0.0.5 h.lan; 10.3.3.3 h.lan; 10.3.3.3 far.lan; 10.4.4.4 far.lan; fd00::1 h.lan; 10.0.0.7 m.lan'
  const lines = `${U1}; localise-queries; cname=c.lan,h.lan; host-record=m.lan,10.1.1.1; address=/p.lan/10.0.0.9; address=/p.lan/10.2.2.2`
  test.for<[name: string, type: RecordType, answer: string]>([
    ['h.lan', 'A', '10.0.0.5'],
    ['c.lan', 'A', 'CNAME h.lan 10.0.0.5'],
    ['m.lan', 'A', '10.0.0.7'],
    ['far.lan', 'A', '10.3.3.3 10.4.4.4'],
    ['h.lan', 'AAAA', 'fd00::1'],
    ['p.lan', 'A', '10.0.0.9 10.2.2.2'],
  ])('of several addresses those near the one that was asked: %s %s', ([name, type, answer]) => {
    expect(outcome(asked(lines, hosts), name, type)).toBe(answer)
  })

  test('without it all are given', () => {
    expect(outcome(asked(lines.replace('localise-queries; ', ''), hosts), 'h.lan')).toBe('10.0.0.5 10.3.3.3')
  })
})
