import { describe, expect, test } from 'vitest'
import { missing, resolveOver } from '../../src/dns/index.ts'
import type { RebindProtection, Resolver } from '../../src/model/index.ts'
import { implied } from '../../src/model/index.ts'
import { addressSet } from '../../src/net/index.ts'
import {
  asking,
  device,
  everythingArrives,
  forward,
  log,
  network,
  outcome,
  resolver,
  stub,
  zone,
} from './small-network.ts'

// Measured with dnsmasq 2.90. 10.0.0.11 stands for the public view, 10.0.0.12 for Azure's.
const PUBLIC_VIEW = device('public-view', ['10.0.0.11'], {
  resolver: resolver('bind', {
    zones: [
      zone(
        'blob.core.windows.net',
        'nxdomain',
        'acct CNAME acct.privatelink.blob.core.windows.net.',
        'acct.privatelink A 20.60.1.1',
      ),
      zone('example.com', 'nxdomain', 'pub A 93.184.216.34', 'shared A 100.64.1.1', 'lan A 192.168.1.1'),
      zone('link.test', 'nxdomain', 'local A 169.254.1.1', 'loop A 127.0.0.1', 'ula AAAA fd00::1'),
    ],
    otherwise: 'refuse',
  }),
})
const AZURE_VIEW = device('azure-view', ['10.0.0.12'], {
  resolver: resolver('bind', {
    zones: [
      zone(
        'blob.core.windows.net',
        'nxdomain',
        'acct CNAME acct.privatelink.blob.core.windows.net.',
        'acct.privatelink A 10.20.0.4',
      ),
    ],
  }),
})
const OTHER = device('other-view', ['10.0.0.13'], {
  resolver: resolver('bind', {
    zones: [zone('corp.local', 'nxdomain', 'www A 10.5.5.6', 'a.sub A 10.6.6.6', 'sub A 10.6.6.7')],
    otherwise: 'nxdomain',
  }),
})
const VIEWS = [PUBLIC_VIEW, AZURE_VIEW, OTHER]
const ACCT = 'acct.blob.core.windows.net'

function rebinding(...exempt: string[]): RebindProtection {
  return {
    discards: addressSet('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8', 'fc00::/7'),
    exempt,
    exemptBy: 'queried',
    effect: 'empty',
    source: implied('stop-dns-rebind'),
  }
}

function dnsmasq(rest: Partial<Resolver>): ReturnType<typeof asking> {
  return asking(resolver('dnsmasq', rest), VIEWS)
}

describe('dnsmasq and rebinding', () => {
  const toAzure = [forward('', ['10.0.0.12'])]
  test.for([
    ['a privatelink chain to a private address is emptied', rebinding(), 'nodata'],
    [
      'an exemption of the privatelink name does not help, the queried name counts',
      rebinding('privatelink.blob.core.windows.net'),
      'nodata',
    ],
    [
      'an exemption of the public suffix does',
      rebinding('blob.core.windows.net'),
      'CNAME acct.privatelink.blob.core.windows.net 10.20.0.4',
    ],
    ['an exemption matches whole labels', rebinding('lob.core.windows.net'), 'nodata'],
  ] as const)('%s', ([, rebind, answer]) => {
    expect(outcome(dnsmasq({ forwards: toAzure, rebind }), ACCT)).toBe(answer)
  })

  test('the privatelink name itself passes when it is exempt', () => {
    const on = dnsmasq({ forwards: toAzure, rebind: rebinding('privatelink.blob.core.windows.net') })
    expect(outcome(on, `acct.privatelink.blob.core.windows.net`)).toBe('10.20.0.4')
  })
  test('a conditional server alone exempts nothing', () => {
    const on = dnsmasq({ forwards: [forward('blob.core.windows.net', ['10.0.0.12'])], rebind: rebinding() })
    expect(outcome(on, ACCT)).toBe('nodata')
  })
  test.for([
    ['lan.example.com', 'A', 'nodata'],
    ['shared.example.com', 'A', '100.64.1.1'],
    ['local.link.test', 'A', 'nodata'],
    ['loop.link.test', 'A', 'nodata'],
    ['pub.example.com', 'A', '93.184.216.34'],
    ['ula.link.test', 'AAAA', 'nodata'],
  ] as const)('%s %s: %s', ([name, type, answer]) => {
    expect(outcome(dnsmasq({ forwards: [forward('', ['10.0.0.11'])], rebind: rebinding() }), name, type)).toBe(answer)
  })
  test('its own records are never discarded', () => {
    const zones = [zone('', 'forward', 'nas.x A 10.1.1.1')]
    expect(outcome(dnsmasq({ zones, rebind: rebinding() }), 'nas.x')).toBe('10.1.1.1')
  })
  test('the answer says which address was discarded', () => {
    const on = dnsmasq({ forwards: toAzure, rebind: rebinding() })
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: ACCT })
    expect(answer.because).toBe(
      'rebind protection of dnsmasq server: discards 10.20.0.4 from the answer for acct.blob.core.windows.net',
    )
    expect(answer.cause).toBe('DnsRebindStripped')
  })
})

test('a dead first server is told after what the second one did to the answer', () => {
  const pc = device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.99', '10.0.0.53']) })
  const on = dnsmasq({ forwards: [forward('blob.core.windows.net', ['10.0.0.12'])], rebind: rebinding() })
  const both = network([
    ...[...on.devices.values()].filter((one) => one.name !== 'pc'),
    pc,
    device('dead', ['10.0.0.99']),
  ])
  const resolution = resolveOver(both, everythingArrives(both, { dead: ['10.0.0.99'] }), { device: 'pc', name: ACCT })
  expect(missing({ network: both }, resolution).map((one) => one.code)).toEqual([
    'DnsRebindStripped',
    'DnsServerUnreachable',
  ])
})

describe('dnsmasq and the names of DHCP clients', () => {
  const zones = [{ ...zone('lan', 'unknown', 'nas A 10.1.1.1'), lacksOnlyChildren: true as const }]
  const forwards = [forward('lan', []), forward('', ['10.0.0.11'])]
  test.for([
    ['nas.lan', '10.1.1.1'],
    ['printer.lan', 'unknown'],
    ['lan', 'unknown'],
    // A client may claim one label in the domain, no more (dnsmasq(8), --domain).
    ['pub.example.com.lan', 'nxdomain'],
    ['pub.example.com', '93.184.216.34'],
  ] as const)('%s is %s', ([name, answer]) => {
    expect(outcome(dnsmasq({ zones, forwards }), name)).toBe(answer)
  })
  test('a search suffix of clients does not hide that a name has no address', () => {
    const on = asking(resolver('dnsmasq', { zones, forwards }), VIEWS, { search: ['lan'] })
    expect(outcome(on, 'nowhere.example.com')).toBe('nxdomain')
  })
  test('where the zone is passed on to other servers, a longer name cannot be told either', () => {
    const passed = [zone('lan', 'unknown', 'nas A 10.1.1.1')]
    const on = dnsmasq({ zones: passed, forwards: [forward('', ['10.0.0.11'])] })
    expect(outcome(on, 'pub.example.com.lan')).toBe('unknown')
  })
})

describe('dnsmasq and conditional servers', () => {
  test.for([
    ['www.corp.local', '10.5.5.6'],
    ['a.sub.corp.local', '20.1.1.1'],
    ['sub.corp.local', '20.1.1.2'],
    ['xsub.corp.local', 'nxdomain'],
    ['pub.example.com', '93.184.216.34'],
    ['www.xcorp.local', 'refused'],
  ] as const)('%s goes to the longest suffix on label borders: %s', ([name, answer]) => {
    const sub = device('sub', ['10.0.0.14'], {
      resolver: resolver('bind', { zones: [zone('sub.corp.local', 'nxdomain', 'a A 20.1.1.1', '@ A 20.1.1.2')] }),
    })
    const forwards = [
      forward('sub.corp.local', ['10.0.0.14']),
      forward('corp.local', ['10.0.0.13']),
      forward('', ['10.0.0.11']),
    ]
    expect(outcome(asking(resolver('dnsmasq', { forwards }), [...VIEWS, sub]), name)).toBe(answer)
  })

  test('a dead conditional server is a timeout, the default servers are not asked', () => {
    const on = dnsmasq({ forwards: [forward('corp.local', ['10.0.0.66']), forward('', ['10.0.0.13'])] })
    const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'www.corp.local' })
    expect(resolution.answer).toMatchObject({ kind: 'timeout', cause: 'DnsServerUnreachable' })
    expect(resolution.answer.because).toBe('forwarder corp.local: 10.0.0.66: no answer: no route to 10.0.0.66')
    expect(log(resolution)).toEqual(['10.0.0.53: www.corp.local', '10.0.0.66: www.corp.local'])
  })
  test('only the conditional server for privatelink: the public address comes back', () => {
    const on = dnsmasq({
      forwards: [forward('privatelink.blob.core.windows.net', ['10.0.0.12']), forward('', ['10.0.0.11'])],
    })
    expect(outcome(on, ACCT)).toBe('CNAME acct.privatelink.blob.core.windows.net 20.60.1.1')
  })
  test('a conditional server for the public suffix: the private address comes back', () => {
    const on = dnsmasq({ forwards: [forward('blob.core.windows.net', ['10.0.0.12']), forward('', ['10.0.0.11'])] })
    expect(outcome(on, ACCT)).toBe('CNAME acct.privatelink.blob.core.windows.net 10.20.0.4')
  })
  test('no servers at all: REFUSED', () => expect(outcome(dnsmasq({}), 'www.x.y')).toBe('refused'))
  test('a refusal moves on to the next server, NXDOMAIN does not', () => {
    const refusedFirst = dnsmasq({ forwards: [forward('', ['10.0.0.12', '10.0.0.11'])] })
    expect(outcome(refusedFirst, 'pub.example.com')).toBe('93.184.216.34')
    const deniedFirst = dnsmasq({ forwards: [forward('', ['10.0.0.13', '10.0.0.11'])] })
    expect(outcome(deniedFirst, 'pub.example.com')).toBe('nxdomain')
  })
  test('default servers are peers: one that refuses does not count while another answers', () => {
    const on = dnsmasq({ forwards: [forward('', ['10.0.0.12', '10.0.0.11'], { order: 'any' })] })
    expect(outcome(on, 'pub.example.com')).toBe('93.184.216.34')
  })
  test('peers that differ make the answer unknown, both named', () => {
    const on = dnsmasq({ forwards: [forward('', ['10.0.0.11', '10.0.0.12'], { order: 'any' })] })
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: ACCT })
    expect(answer.kind).toBe('unknown')
    expect(answer.because).toContain('10.0.0.11 says 20.60.1.1, 10.0.0.12 says 10.20.0.4')
  })
  test('a longer forward can send a name back to the default servers', () => {
    const forwards = [
      forward('corp.local', ['10.0.0.13']),
      forward('pub.corp.local', ['10.0.0.11']),
      forward('', ['10.0.0.11']),
    ]
    expect(outcome(dnsmasq({ forwards }), 'www.corp.local')).toBe('10.5.5.6')
    expect(outcome(dnsmasq({ forwards }), 'www.pub.corp.local')).toBe('refused')
  })
})

describe('dnsmasq and its own records', () => {
  test.for([
    ['nas.lan', 'A', '10.9.9.9'],
    ['no.lan', 'A', 'nxdomain'],
    ['nas.lan', 'AAAA', 'nodata'],
  ] as const)('local=/lan/: %s %s is %s', ([name, type, answer]) => {
    const zones = [zone('lan', 'nxdomain', 'nas A 10.9.9.9')]
    expect(outcome(dnsmasq({ zones, forwards: [forward('', ['10.0.0.11'])] }), name, type)).toBe(answer)
  })
  test('local=/lan/ as a forwarder without servers: what no record answers is NXDOMAIN', () => {
    const zones = [zone('', 'forward', 'nas.lan A 10.9.9.9')]
    const on = dnsmasq({ zones, forwards: [forward('lan', []), forward('', ['10.0.0.11'])] })
    expect(outcome(on, 'nas.lan')).toBe('10.9.9.9')
    expect(outcome(on, 'no.lan')).toBe('nxdomain')
    // The name is known, so that another type of it is no error.
    expect(outcome(on, 'nas.lan', 'AAAA')).toBe('nodata')
  })
  test.for([
    ['corp.local', 'A', '10.8.8.8'],
    ['any.thing.corp.local', 'A', '10.8.8.8'],
    ['a.sub.corp.local', 'A', '10.6.6.6'],
    ['corp.local', 'AAAA', 'refused'],
  ] as const)('address=/corp.local/ with server=/sub.corp.local/: %s %s is %s', ([name, type, answer]) => {
    const zones = [zone('corp.local', 'forward', '@ A 10.8.8.8', '* A 10.8.8.8')]
    const forwards = [forward('sub.corp.local', ['10.0.0.13'])]
    expect(outcome(dnsmasq({ zones, forwards }), name, type)).toBe(answer)
  })
  test('a longer domain that only forwards stands before a shorter one that denies or covers everything', () => {
    const forwards = [forward('sub.corp.local', ['10.0.0.13'])]
    for (const shorter of [zone('corp.local', 'nxdomain'), zone('corp.local', 'forward', '* A 10.8.8.8')]) {
      const zones = [shorter, zone('sub.corp.local', 'forward'), zone('', 'forward', 'here.sub.corp.local A 10.1.1.1')]
      expect(outcome(dnsmasq({ zones, forwards }), 'a.sub.corp.local')).toBe('10.6.6.6')
    }
    const exact = [zone('sub.corp.local', 'forward'), zone('', 'forward', 'here.sub.corp.local A 10.1.1.1')]
    expect(outcome(dnsmasq({ zones: exact, forwards }), 'here.sub.corp.local')).toBe('10.1.1.1')
  })
  test('a host below address= does not hide it from its neighbours', () => {
    const zones = [zone('corp.local', 'forward', '* A 10.8.8.8', 'x.y A 10.1.1.1')]
    expect(outcome(dnsmasq({ zones }), 'z.y.corp.local')).toBe('10.8.8.8')
  })
  test('names without a dot are never passed on', () => {
    const on = dnsmasq({
      domainNeeded: true,
      forwards: [forward('', ['10.0.0.11'])],
      zones: [zone('', 'forward', 'nas A 10.4.4.4')],
    })
    expect(outcome(on, 'plain')).toBe('nxdomain')
    expect(outcome(on, 'nas')).toBe('10.4.4.4')
    expect(outcome(on, 'plain', 'MX')).toBe('refused')
  })
  test('a cname needs a target dnsmasq knows itself', () => {
    const zones = [
      zone('', 'forward', 'alias.x CNAME pub.example.com.', 'good.x CNAME known.lan.', 'known.lan A 10.3.3.3'),
    ]
    const on = dnsmasq({ zones, forwards: [forward('', ['10.0.0.11'])] })
    expect(outcome(on, 'alias.x')).toBe('nodata CNAME pub.example.com')
    expect(outcome(on, 'good.x')).toBe('CNAME known.lan 10.3.3.3')
  })
  test('hosts entries are exact', () => {
    const on = dnsmasq({
      zones: [zone('', 'forward', 'nas A 10.4.4.4', 'nas.lan A 10.4.4.4')],
      forwards: [forward('lan', [])],
    })
    expect(outcome(on, 'nas')).toBe('10.4.4.4')
    expect(outcome(on, 'nas.lan')).toBe('10.4.4.4')
    expect(outcome(on, 'x.nas')).toBe('refused')
    expect(outcome(on, 'x.nas.lan')).toBe('nxdomain')
  })
})

test('an OpenWrt default in front of Azure needs both the forwarder and the exemption', () => {
  const forwards = (suffix: string) => [forward(suffix, ['10.0.0.12']), forward('', ['10.0.0.11'])]
  const rebind = rebinding()
  expect(outcome(dnsmasq({ forwards: forwards('privatelink.blob.core.windows.net'), rebind }), ACCT)).toContain(
    '20.60.1.1',
  )
  expect(outcome(dnsmasq({ forwards: forwards('blob.core.windows.net'), rebind }), ACCT)).toBe('nodata')
  const exempt = rebinding('blob.core.windows.net')
  expect(outcome(dnsmasq({ forwards: forwards('blob.core.windows.net'), rebind: exempt }), ACCT)).toContain('10.20.0.4')
})
