import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importUnbound } from '../../../src/importers/unbound/index.ts'
import type { Resolver } from '../../../src/model/index.ts'
import { addressSetContains, formatAddressSet, formatIp, ip } from '../../../src/net/index.ts'
import type { TextFile } from '../../../src/text/index.ts'

const conf = (text: string, path = 'etc/unbound/unbound.conf'): TextFile => ({ path, text })
const listening = 'server:\n  interface: 0.0.0.0\n  access-control: 0.0.0.0/0 allow\n'

function resolverOf(text: string, ...more: TextFile[]): Resolver {
  const { resolver } = importUnbound([conf(text), ...more])
  if (!resolver) throw new Error('no resolver was read')
  return resolver
}

const forwardsOf = (resolver: Resolver) =>
  resolver.forwards.map(({ suffix, to, mode }) => {
    const shown = to.map((one) => (one.kind === 'server' ? `${formatIp(one.ip)}#${one.port}` : one.kind))
    return `${suffix || '.'} -> ${shown.join(' ')} (${mode})`
  })

describe('where questions go', () => {
  test.for([
    ['forward-zone:\n name: "."\n forward-addr: 10.0.0.53', ['. -> 10.0.0.53#53 (only)']],
    ['forward-zone:\n name: Corp.Local.\n forward-addr: 10.0.0.53@5353', ['corp.local -> 10.0.0.53#5353 (only)']],
    ['forward-zone:\n name: x\n forward-addr: 10.0.0.53@853#dns.x', ['x -> 10.0.0.53#853 (only)']],
    [
      'forward-zone:\n name: x\n forward-addr: 10.0.0.53\n forward-first: yes',
      ['x -> 10.0.0.53#53 (first-then-wider)'],
    ],
    ['stub-zone: name: "x" stub-addr: 10.0.0.53 # a comment', ['x -> 10.0.0.53#53 (only)']],
    ['forward-zone:\n name: "x"', ['x -> public (only)']],
    ['forward-zone:\n name: "x"\n forward-host: ns.corp.local', []],
  ] as const)('%s', ([text, forwards]) => {
    expect(forwardsOf(resolverOf(text))).toEqual(forwards)
  })
  test('a forward zone whose servers are names only is not known', () => {
    const { zones } = resolverOf('forward-zone:\n name: "x"\n forward-host: ns.corp.local')
    expect(zones.find((zone) => zone.name === 'x')?.onMissing).toBe('unknown')
  })
  test('an included file is read at its place, also by a pattern', () => {
    const more = conf('forward-zone:\n  name: "."\n  forward-addr: 10.0.0.53', 'etc/unbound/unbound.conf.d/up.conf')
    const text = 'include-toplevel: "/etc/unbound/unbound.conf.d/*.conf"'
    expect(forwardsOf(resolverOf(`${listening}${text}`, more))).toEqual(['. -> 10.0.0.53#53 (only)'])
  })
  test('an included file that is not given is said', () => {
    const { diagnostics } = importUnbound([conf(`${listening}  include: /etc/unbound/more.conf`)])
    expect(diagnostics.map((one) => `${one.severity} ${one.code}`)).toEqual(['warning NT1852'])
  })
})

describe('local zones', () => {
  const zoneOf = (text: string, name: string) =>
    resolverOf(`${listening}${text}`).zones.find((zone) => zone.name === name)

  test.for([
    ['static', 'nxdomain', undefined],
    ['transparent', 'forward', true],
    ['inform', 'forward', true],
    ['typetransparent', 'forward', undefined],
    ['redirect', 'nodata', undefined],
    ['refuse', 'refuse', undefined],
    ['deny', 'ignore', undefined],
    ['always_nxdomain', 'nxdomain', undefined],
    ['always_nodata', 'nodata', undefined],
    ['something_new', 'unknown', undefined],
  ] as const)('%s: what is not there is %s', ([type, onMissing, typesWhole]) => {
    expect(zoneOf(`  local-zone: "corp.local." ${type}`, 'corp.local')).toMatchObject({
      onMissing,
      ...(typesWhole && { typesWhole }),
    })
  })
  test('data below no zone makes a transparent one of its name', () => {
    const zone = zoneOf('  local-data: "www.corp.local. 300 IN A 10.1.1.1"', 'www.corp.local')
    expect(zone).toMatchObject({ onMissing: 'forward', typesWhole: true })
    expect(zone?.records.map((one) => `${one.name} ${one.type}`)).toEqual(['www.corp.local A'])
  })
  test('a redirect zone answers every name below its top', () => {
    const zone = zoneOf('  local-zone: "x" redirect\n  local-data: "x A 10.1.1.1"', 'x')
    expect(zone?.records.map((one) => one.name)).toEqual(['x', '*.x'])
  })
  test('reverse names of private addresses are held back unless they are given free', () => {
    expect(zoneOf('', '10.in-addr.arpa')?.onMissing).toBe('nxdomain')
    expect(zoneOf('  local-zone: "10.in-addr.arpa." nodefault', '10.in-addr.arpa')).toBeUndefined()
    expect(zoneOf('  unblock-lan-zones: yes', '10.in-addr.arpa')).toBeUndefined()
    expect(zoneOf('', '2.0.192.in-addr.arpa')?.onMissing).toBe('nxdomain')
    expect(zoneOf('  unblock-lan-zones: yes', '2.0.192.in-addr.arpa')).toBeUndefined()
    expect(zoneOf('  unblock-lan-zones: yes', '127.in-addr.arpa')?.onMissing).toBe('nxdomain')
  })
  test('local-data-ptr is the reverse name of the address', () => {
    const zone = zoneOf('  local-data-ptr: "10.20.0.4 srv.corp.local"', '10.in-addr.arpa')
    expect(zone?.records.map((one) => `${one.name} ${one.value}`)).toContain('4.0.20.10.in-addr.arpa srv.corp.local')
  })
})

describe('who may ask', () => {
  test('without interface only the host itself', () => {
    const { allows } = resolverOf('server:\n  verbosity: 1')
    expect(allows && formatAddressSet(allows.clients)).toBe('127.0.0.0/8, ::1')
    expect(allows?.otherwise).toBe('ignore')
  })
  test('without access-control others are refused', () => {
    expect(resolverOf('server:\n  interface: 0.0.0.0').allows?.otherwise).toBe('refuse')
  })
  test('the most specific netblock decides', () => {
    const text = '  access-control: 10.0.0.0/8 allow\n  access-control: 10.1.0.0/16 deny\n'
    const { allows } = resolverOf(`server:\n  interface: 0.0.0.0\n${text}`)
    const takes = (address: string) => allows && addressSetContains(allows.clients, ip(address))
    expect([takes('10.0.0.1'), takes('10.1.0.1'), takes('192.168.0.1')]).toEqual([true, false, false])
    expect(allows?.ignored && formatAddressSet(allows.ignored)).toBe('10.1.0.0/16')
  })
})

test('private-address strips, and private-domain exempts by the name of the record', () => {
  const text = '  private-address: 10.0.0.0/8\n  private-domain: "Corp.Local"\n'
  expect(resolverOf(`${listening}${text}`).rebind).toMatchObject({
    effect: 'strip',
    exemptBy: 'owner',
    exempt: ['corp.local'],
  })
})

test('text that is no configuration is an error', () => {
  expect(importUnbound([conf('hello world')]).diagnostics.map((one) => one.code)).toEqual(['NT1850'])
})

test('no text makes it throw, nor a configuration cut at any place', () => {
  const whole = `${listening}  local-data: "a.b. A 10.0.0.1"\nforward-zone:\n  name: "x."\n  forward-addr: 10.0.0.53@53\n`
  for (let end = 0; end <= whole.length; end++) importUnbound([conf(whole.slice(0, end))])
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
      importUnbound([conf(text), conf(`server:\n ${text}`)])
    }),
    { seed: 20, numRuns: 200 },
  )
})
