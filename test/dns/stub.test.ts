import { describe, expect, test } from 'vitest'
import { resolveOver } from '../../src/dns/index.ts'
import {
  asking,
  device,
  everythingArrives,
  forward,
  internet,
  log,
  network,
  outcome,
  records,
  resolver,
  shown,
  stub,
  zone,
} from './small-network.ts'

// The facts of this file were measured with glibc 2.36 on Debian 12, one server per behaviour.
const CORP = resolver('bind', {
  zones: [
    zone('corp.local', 'nxdomain', 'host A 10.1.0.1', 'a.b A 10.1.0.2', 'nod TXT words'),
    zone('lab.local', 'nxdomain', 'host A 10.2.0.1', 'nod A 10.2.0.5', 'sf A 10.2.0.6'),
    zone('b', 'nxdomain', 'a A 10.3.0.2'),
  ],
  otherwise: 'nxdomain',
})
const SEARCH = { search: ['corp.local', 'lab.local'] }

function asked(stubRest: Parameters<typeof asking>[2], name: string): [string, string] {
  const on = asking(CORP, [], stubRest)
  const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name })
  return [
    shown(resolution),
    log(resolution)
      .map((line) => line.replace('10.0.0.53: ', ''))
      .join(' > '),
  ]
}

describe('search suffixes of a glibc stub', () => {
  test.for([
    ['a name without a dot goes through the list in order', SEARCH, 'host', '10.1.0.1', 'host.corp.local'],
    ['a bare name is asked as it is last', SEARCH, 'zz', 'nxdomain', 'zz.corp.local > zz.lab.local > zz'],
    ['a name with enough dots is asked as it is first', SEARCH, 'a.b', '10.3.0.2', 'a.b'],
    [
      'and goes through the list when it does not exist',
      SEARCH,
      'api.svc',
      'nxdomain',
      'api.svc > api.svc.corp.local > api.svc.lab.local',
    ],
    ['ndots:5 puts the list first', { ...SEARCH, ndots: 5 }, 'a.b', '10.1.0.2', 'a.b.corp.local'],
    ['a final dot means no list', { ...SEARCH, ndots: 5 }, 'A.B.', '10.3.0.2', 'a.b'],
    ['no address for one candidate: the next is tried', SEARCH, 'nod', '10.2.0.5', 'nod.corp.local > nod.lab.local'],
    ['without a list the name is asked alone', {}, 'zz', 'nxdomain', 'zz'],
  ] as const)('%s', ([, rest, name, answer, path]) => {
    expect(asked(rest, name)).toEqual([answer, path])
  })

  test('a server failure for one candidate: the next is tried', () => {
    const failing = resolver('bind', {
      zones: [zone('lab.local', 'nxdomain', 'sf A 10.2.0.6')],
      forwards: [forward('corp.local', ['10.9.9.9'])],
    })
    expect(outcome(asking(failing, [], SEARCH), 'sf')).toBe('10.2.0.6')
  })
})

const GOOD = resolver('bind', { zones: [zone('second', 'nxdomain', 'only A 10.0.0.7')] })
const servers = network([
  device('pc', ['10.0.0.9']),
  device('dead', ['10.0.0.1']),
  device('closed', ['10.0.0.2'], { listeners: [] }),
  device('good', ['10.0.0.3'], { resolver: GOOD }),
  device('refusing', ['10.0.0.4'], { resolver: resolver('bind') }),
  device('denying', ['10.0.0.5'], { resolver: resolver('bind', { otherwise: 'nxdomain' }) }),
  device('failing', ['10.0.0.6'], {
    resolver: resolver('bind', { forwards: [forward('', ['10.0.0.1'])] }),
  }),
])

describe('the list of name servers', () => {
  test.for([
    ['NXDOMAIN of the first server is final', ['10.0.0.5', '10.0.0.3'], 'nxdomain', 1],
    ['a silent first server: the next one is asked', ['10.0.0.1', '10.0.0.3'], '10.0.0.7', 2],
    ['a closed port: the next one is asked', ['10.0.0.2', '10.0.0.3'], '10.0.0.7', 2],
    ['REFUSED: the next one is asked', ['10.0.0.4', '10.0.0.3'], '10.0.0.7', 2],
    ['SERVFAIL: the next one is asked', ['10.0.0.6', '10.0.0.3'], '10.0.0.7', 3],
    ['all silent: a timeout', ['10.0.0.1', '10.0.0.1'], 'timeout', 2],
    ['a refusal is told before a silence', ['10.0.0.1', '10.0.0.4'], 'refused', 2],
    [
      'the fourth server is asked by some programs only',
      ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.3'],
      'unknown 10.0.0.7',
      4,
    ],
  ] as const)('%s', ([, list, answer, asked]) => {
    const pc = device('pc', ['10.0.0.9'], { stubResolver: stub(list) })
    const on = network([...servers.devices.values(), pc])
    const resolution = resolveOver(on, everythingArrives(on, { dead: ['10.0.0.1'] }), {
      device: 'pc',
      name: 'only.second',
    })
    expect(shown(resolution)).toBe(answer)
    expect(log(resolution)).toHaveLength(asked)
  })

  test('a public server first never finds an internal name, whoever comes second', () => {
    const pc = device('pc', ['10.0.0.9'], { stubResolver: stub(['8.8.8.8', '10.0.0.3']) })
    const on = network([...servers.devices.values(), pc, internet()])
    const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'srv.corp.local' })
    expect(shown(resolution)).toBe('nxdomain')
    expect(log(resolution)).toEqual(['8.8.8.8: srv.corp.local'])
  })

  test('a host nothing is known of may run a name server: the answer is unknown', () => {
    const pc = device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1']) })
    const on = network([...servers.devices.values(), pc])
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'x.y' })
    expect(answer.kind).toBe('unknown')
    expect(answer.because).toContain('dead (10.0.0.1): what it answers is not known')
  })

  test('a router without a name server does not answer', () => {
    const pc = device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1']) })
    const on = network([pc, device('gw', ['10.0.0.1'], { kind: 'router' })])
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'x.y' })
    expect(answer).toMatchObject({ kind: 'timeout', because: 'nothing answers DNS on gw (10.0.0.1)' })
  })
})

describe('names that need no server', () => {
  const hosts = records('', 'fixed.x A 10.7.7.7', 'host.corp.local CNAME elsewhere.x.')
  const on = asking(CORP, [], { hosts })

  test('the hosts file wins', () => {
    const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'Fixed.X' })
    expect(shown(resolution)).toBe('10.7.7.7')
    expect(resolution.queries).toEqual([])
    expect(resolution.askedBecause).toBe('hosts file of pc')
  })
  test('a static CNAME is no hosts line: the servers are asked', () => {
    expect(outcome(on, 'host.corp.local')).toBe('10.1.0.1')
  })
  test('a hosts line for IPv4 keeps the IPv6 question from the servers too', () => {
    expect(outcome(on, 'fixed.x', 'AAAA')).toBe('nodata')
  })
  test('an address is itself', () => {
    expect(outcome(on, '192.0.2.7')).toBe('192.0.2.7')
    expect(outcome(on, '2001:db8::7')).toBe('2001:db8::7')
  })
  test.for(['', '.', 'a..b', `${'x'.repeat(64)}.y`, 'a b.c'])('%j is no name', (name) => {
    const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name })
    expect(resolution.answer.kind).toBe('nxdomain')
    expect(resolution.queries).toEqual([])
  })
  test('a device nobody configured has no answer we could tell', () => {
    const alone = network([device('pc', ['10.0.0.9'])])
    expect(outcome(alone, 'www.x')).toBe('unknown')
  })
  test('a device that is its own server sends no packet', () => {
    const self = network([device('pc', ['10.0.0.9'], { resolver: CORP, stubResolver: stub(['127.0.0.1']) })])
    const resolution = resolveOver(self, everythingArrives(self, { dead: ['127.0.0.1'] }), {
      device: 'pc',
      name: 'host.corp.local',
    })
    expect(shown(resolution)).toBe('10.1.0.1')
    expect(resolution.queries[0]).toMatchObject({ answeredBy: 'pc', transport: [] })
  })
  test('without a nameserver line a host asks the server on itself', () => {
    const self = network([device('pc', ['10.0.0.9'], { resolver: CORP, stubResolver: stub([]) })])
    expect(outcome(self, 'host.corp.local')).toBe('10.1.0.1')
  })
})
