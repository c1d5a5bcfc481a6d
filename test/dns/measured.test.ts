import { describe, expect, test } from 'vitest'
import { resolveOver } from '../../src/dns/index.ts'
import { DNSMASQ_HABITS } from '../../src/importers/dnsmasq/index.ts'
import type { DnsZone, Resolver } from '../../src/model/index.ts'
import { implied } from '../../src/model/index.ts'
import { addressSet } from '../../src/net/index.ts'
import {
  asking,
  device,
  everythingArrives,
  forward,
  internet,
  log,
  outcome,
  resolver,
  type Software,
  zone,
} from './small-network.ts'

// What real servers do that their documents do not say: dnsmasq 2.90, BIND 9.18, unbound 1.17.1.
const UP = device('up', ['10.0.0.11'], {
  resolver: resolver('other', {
    zones: [
      zone('corp.local', 'nxdomain', 'www A 10.5.5.5', 'a.sub A 10.6.6.6', 'sub TXT text', 'only AAAA fd00::1'),
      zone('10.in-addr.arpa', 'nxdomain', '1.0.0 PTR up.x.', '1.0.0 TXT text'),
      zone('ring.test', 'nxdomain', 'a CNAME b.ring.test.', 'b CNAME a.ring.test.'),
    ],
    otherwise: 'nxdomain',
  }),
})
const FAILS = device('fails', ['10.0.0.12'], {
  resolver: resolver('other', { forwards: [forward('', ['10.0.0.66'])] }),
})
const REFUSES = device('refuses', ['10.0.0.13'], { resolver: resolver('other') })
const AROUND = [UP, FAILS, REFUSES, internet('www.x.com A 20.0.0.1', 'www.corp.local A 20.0.0.2')]
const EVERYTHING = [forward('', ['10.0.0.11'])]

const server = (software: Software, rest: Partial<Resolver>) => asking(resolver(software, rest), AROUND)

function askedOn(on: ReturnType<typeof server>, name: string): string[] {
  return log(resolveOver(on, everythingArrives(on), { device: 'pc', name }))
}

describe('dnsmasq', () => {
  const dnsmasq = (rest: Partial<Resolver>) => server('dnsmasq', { forwards: EVERYTHING, ...rest })
  test('a name above one of its own is there, whatever the others say', () => {
    const on = dnsmasq({ zones: [zone('', 'forward', 'a.b.lan A 10.1.1.1')] })
    expect(outcome(on, 'b.lan')).toBe('nodata')
    expect(outcome(on, 'c.lan')).toBe('nxdomain')
  })
  test('address= fills the types a name of a hosts file lacks', () => {
    const zones = [
      zone('x.lan', 'forward', 'h A 10.1.1.1'),
      zone('x.lan', 'forward', '@ AAAA fd00::9', '* AAAA fd00::9'),
    ]
    const on = dnsmasq({ zones })
    expect(outcome(on, 'h.x.lan')).toBe('10.1.1.1')
    expect(outcome(on, 'h.x.lan', 'AAAA')).toBe('fd00::9')
  })
  test('the target of an alias is not looked for in the domains of address=', () => {
    const zones = [zone('', 'forward', 'al.lan CNAME t.cov.'), zone('cov', 'forward', '@ A 10.7.7.7', '* A 10.7.7.7')]
    const on = dnsmasq({ zones })
    expect(outcome(on, 't.cov')).toBe('10.7.7.7')
    expect(outcome(on, 'al.lan')).toBe('nodata CNAME t.cov')
  })
  test('nor is it denied by one: the alias alone is the answer', () => {
    const on = dnsmasq({ zones: [zone('', 'forward', 'al.lan CNAME t.den.'), zone('den', 'nxdomain')] })
    expect(outcome(on, 'al.lan')).toBe('nodata CNAME t.den')
  })
  test('with strict-order servers that all fail end in silence, without it in their failure', () => {
    const failing = (order: 'in-order' | 'any') => [forward('', ['10.0.0.12', '10.0.0.13'], { order })]
    const habits = { ...DNSMASQ_HABITS, onFailure: 'silence' } as const
    expect(outcome(dnsmasq({ forwards: failing('in-order'), habits }), 'www.corp.local')).toBe('timeout')
    expect(outcome(dnsmasq({ forwards: failing('any') }), 'www.corp.local')).toBe('servfail')
  })
  test.for([
    ['REFUSED and silence', ['10.0.0.13', '10.0.0.66'], 'timeout'],
    ['SERVFAIL and silence', ['10.0.0.66', '10.0.0.12'], 'servfail'],
    ['REFUSED and SERVFAIL', ['10.0.0.13', '10.0.0.12'], 'servfail'],
    ['REFUSED twice', ['10.0.0.13', '10.0.0.13'], 'refused'],
  ] as const)('of %s the client hears', ([, servers, heard]) => {
    expect(outcome(dnsmasq({ forwards: [forward('', servers, { order: 'any' })] }), 'www.corp.local')).toBe(heard)
  })
  test('the SERVFAIL of a peer may be what the client hears', () => {
    const forwards = [forward('', ['10.0.0.12', '10.0.0.11'], { order: 'any' })]
    expect(outcome(dnsmasq({ forwards }), 'www.corp.local')).toBe('unknown')
  })
  test('server=/*.corp.local/ leaves corp.local itself out', () => {
    const on = dnsmasq({ forwards: [forward('*.sub.corp.local', ['10.0.0.13']), ...EVERYTHING] })
    expect(outcome(on, 'a.sub.corp.local')).toBe('refused')
    expect(outcome(on, 'b.a.sub.corp.local')).toBe('refused')
    expect(outcome(on, 'sub.corp.local')).toBe('nodata')
    expect(outcome(on, 'www.corp.local')).toBe('10.5.5.5')
  })
  test('address= makes no name known below a longer local=', () => {
    const zones = [zone('cov.test', 'forward', '@ AAAA fd00::9', '* AAAA fd00::9')]
    const on = dnsmasq({ zones, forwards: [forward('sub.cov.test', []), ...EVERYTHING] })
    expect(outcome(on, 'a.sub.cov.test')).toBe('nxdomain')
    expect(outcome(on, 'a.cov.test')).toBe('nodata')
  })
  test('a forward for one type lets the others pass', () => {
    const on = dnsmasq({ forwards: [{ ...forward('10.in-addr.arpa', []), types: ['PTR'] }, ...EVERYTHING] })
    expect(outcome(on, '1.0.0.10.in-addr.arpa', 'PTR')).toBe('nxdomain')
    expect(outcome(on, '1.0.0.10.in-addr.arpa', 'TXT')).toBe('TXT text')
  })
})

describe('BIND', () => {
  const bind = (rest: Partial<Resolver>) => server('bind', { forwards: EVERYTHING, ...rest })
  const others = { clients: addressSet('10.99.0.0/16'), source: implied('an address list') }
  test('allow-query is for its own zones, allow-recursion for all other names', () => {
    const zones = [zone('own.lan', 'nxdomain', 'www A 10.1.1.1')]
    expect(outcome(bind({ zones, zonesFor: others }), 'www.own.lan')).toBe('refused')
    expect(outcome(bind({ zones, zonesFor: others }), 'www.corp.local')).toBe('10.5.5.5')
    expect(outcome(bind({ zones, recursesFor: others }), 'www.own.lan')).toBe('10.1.1.1')
    expect(outcome(bind({ zones, recursesFor: others }), 'www.corp.local')).toBe('refused')
  })
  test('an authority gives the bare alias where its own zones end', () => {
    const on = bind({ zones: [zone('own.lan', 'nxdomain', 'al CNAME www.x.com.')], forwards: [], otherwise: 'refuse' })
    expect(outcome(on, 'al.own.lan')).toBe('nodata CNAME www.x.com')
  })
  test('what an own zone gives away without a forwarder is not known', () => {
    const zones = [zone('own.lan', 'nxdomain', 'sub NS ns.elsewhere.')]
    expect(outcome(bind({ zones, forwards: [], otherwise: 'public' }), 'a.sub.own.lan')).toBe('unknown')
    const off = [forward('sub.own.lan', ['public']), ...EVERYTHING]
    expect(outcome(bind({ zones, forwards: off }), 'a.sub.own.lan')).toBe('unknown')
  })
  test('no record, said by a zone above the forward zone, is not believed: SERVFAIL', () => {
    expect(outcome(bind({ forwards: [forward('sub.corp.local', ['10.0.0.11'])] }), 'sub.corp.local')).toBe('servfail')
    expect(outcome(bind({ forwards: [forward('corp.local', ['10.0.0.11'])] }), 'sub.corp.local')).toBe('nodata')
    const first = [forward('sub.corp.local', ['10.0.0.11'], { mode: 'first' })]
    expect(outcome(bind({ forwards: first }), 'sub.corp.local')).toBe('nodata')
  })
})

describe('unbound', () => {
  const unbound = (rest: Partial<Resolver>) => server('unbound', { forwards: EVERYTHING, ...rest })
  test('forward-first without an answer goes on at the wider forward zone', () => {
    const on = unbound({
      forwards: [forward('corp.local', ['10.0.0.66'], { mode: 'first-then-wider' }), ...EVERYTHING],
    })
    expect(outcome(on, 'www.corp.local')).toBe('10.5.5.5')
    expect(askedOn(on, 'www.corp.local')).toEqual([
      '10.0.0.53: www.corp.local',
      '10.0.0.66: www.corp.local',
      '10.0.0.11: www.corp.local',
    ])
  })
  test('an alias of local-data is not followed, but in a redirect zone', () => {
    const alias = zone('own.lan', 'nodata', 'al CNAME www.corp.local.')
    expect(outcome(unbound({ zones: [alias] }), 'al.own.lan')).toBe('nodata CNAME www.corp.local')
    const redirect = { ...alias, aliasTarget: 'past-zones' } as const
    expect(outcome(unbound({ zones: [redirect] }), 'al.own.lan')).toBe('CNAME www.corp.local 10.5.5.5')
  })
  test('a zone without records has no top either', () => {
    expect(outcome(unbound({ zones: [zone('empty.lan', 'nxdomain')] }), 'empty.lan')).toBe('nxdomain')
    expect(outcome(unbound({ zones: [zone('held.lan', 'nxdomain', 'a A 10.1.1.1')] }), 'held.lan')).toBe('nodata')
  })
})

test.for(['bind', 'unbound', 'dnsmasq'] as const)(
  '%s ends a ring of aliases elsewhere in SERVFAIL, asking once',
  (software) => {
    const on = server(software, { forwards: EVERYTHING })
    expect(outcome(on, 'a.ring.test')).toContain('servfail')
    expect(askedOn(on, 'a.ring.test')).toEqual(['10.0.0.53: a.ring.test', '10.0.0.11: a.ring.test'])
  },
)

describe('an answer that comes late', () => {
  // BIND 9.18 asks a BIND whose first server keeps silent: its own patience ends first, and it goes to public DNS.
  const through = (zones: DnsZone[], mode: 'only' | 'first') => {
    const waits = device('waits', ['10.0.0.20'], {
      resolver: resolver('bind', { forwards: [forward('', ['10.0.0.66', '10.0.0.21'], { order: 'any' })] }),
    })
    const behind = device('behind', ['10.0.0.21'], { resolver: resolver('other', { zones, otherwise: 'nxdomain' }) })
    return asking(resolver('bind', { forwards: [forward('', ['10.0.0.20'], { mode })] }), [...AROUND, waits, behind])
  }
  const SAME = [zone('www.x.com', 'nxdomain', '@ A 20.0.0.1')]
  const OTHER = [zone('www.x.com', 'nxdomain', '@ A 10.8.8.8')]
  test('may be overtaken by public DNS with forward first', () => {
    expect(outcome(through(OTHER, 'first'), 'www.x.com')).toBe('unknown')
    expect(outcome(through(SAME, 'first'), 'www.x.com')).toBe('20.0.0.1')
    expect(askedOn(through(SAME, 'first'), 'www.x.com')).toContain('public DNS: www.x.com')
  })
  test('counts with forward only', () => {
    expect(outcome(through(OTHER, 'only'), 'www.x.com')).toBe('10.8.8.8')
  })
})

describe('a denial that dnsmasq weakens', () => {
  // The name above one of its own is there: NXDOMAIN becomes "no record", with the SOA record of the zone that denied it.
  test('is not believed by a BIND that forwards a zone below that one', () => {
    const root = device('root', ['10.0.0.30'], {
      resolver: resolver('other', { zones: [zone('', 'nxdomain', 'x A 1.1.1.1')] }),
    })
    const weakens = device('weakens', ['10.0.0.31'], {
      resolver: resolver('dnsmasq', {
        zones: [zone('', 'forward', 'b.corp.local A 10.20.0.13')],
        forwards: [forward('', ['10.0.0.30'])],
      }),
    })
    const asks = (suffix: string) =>
      outcome(asking(resolver('bind', { forwards: [forward(suffix, ['10.0.0.31'])] }), [root, weakens]), 'corp.local')
    expect(asks('corp.local')).toBe('servfail')
    expect(asks('')).toBe('nodata')
  })
})

test('dnsmasq with strict-order gets past a silent server only for who repeats the very question, which unbound does not', () => {
  const strict = resolver('dnsmasq', {
    habits: { ...DNSMASQ_HABITS, onFailure: 'silence' },
    forwards: [forward('', ['10.0.0.66', '10.0.0.11'], { order: 'in-order' })],
  })
  expect(outcome(asking(strict, AROUND), 'www.corp.local')).toBe('10.5.5.5')
  const waits = device('waits', ['10.0.0.20'], { resolver: strict })
  const behind = asking(resolver('unbound', { forwards: [forward('', ['10.0.0.20'])] }), [...AROUND, waits])
  expect(outcome(behind, 'www.corp.local')).toBe('unknown')
})
