import { describe, expect, test } from 'vitest'
import { resolveOver } from '../../src/dns/index.ts'
import type { RebindProtection, Resolver } from '../../src/model/index.ts'
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

// Measured with BIND 9.18.49 and unbound 1.17.1. 10.0.0.11 stands for the public view, 10.0.0.12 for Azure's.
const chain = (address: string) =>
  zone(
    'blob.core.windows.net',
    'nxdomain',
    'acct CNAME acct.privatelink.blob.core.windows.net.',
    `acct.privatelink A ${address}`,
  )
const PUBLIC_VIEW = device('public-view', ['10.0.0.11'], {
  resolver: resolver('other', {
    zones: [
      chain('20.60.1.1'),
      zone('10.in-addr.arpa', 'nxdomain', '4.0.20 PTR acct.x.'),
      zone('up.test', 'nxdomain', 'www A 10.5.5.5'),
    ],
  }),
})
const AZURE_VIEW = device('azure-view', ['10.0.0.12'], { resolver: resolver('other', { zones: [chain('10.20.0.4')] }) })
const KNOWS_CORP = device('knows-corp', ['10.0.0.13'], {
  resolver: resolver('other', { zones: [zone('corp.local', 'nxdomain', 'www A 10.5.5.5')], otherwise: 'nxdomain' }),
})
const KNOWS_NOTHING = device('knows-nothing', ['10.0.0.14'], { resolver: resolver('other', { otherwise: 'nxdomain' }) })
const REFUSES = device('refuses', ['10.0.0.15'], { resolver: resolver('other') })
const VIEWS = [PUBLIC_VIEW, AZURE_VIEW, KNOWS_CORP, KNOWS_NOTHING, REFUSES]
const ACCT = 'acct.blob.core.windows.net'
const PRIVATE = 'CNAME acct.privatelink.blob.core.windows.net 10.20.0.4'

function server(software: Software, rest: Partial<Resolver>) {
  return asking(resolver(software, rest), VIEWS)
}

describe.for(['bind', 'unbound'] as const)('%s follows CNAMEs itself', (software) => {
  test('a forwarder only for privatelink is enough: the target is asked for there', () => {
    const on = server(software, {
      forwards: [forward('privatelink.blob.core.windows.net', ['10.0.0.12']), forward('', ['10.0.0.11'])],
    })
    const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name: ACCT })
    expect(outcome(on, ACCT)).toBe(PRIVATE)
    expect(log(resolution)).toEqual([
      `10.0.0.53: ${ACCT}`,
      `10.0.0.11: ${ACCT}`,
      '10.0.0.12: acct.privatelink.blob.core.windows.net',
    ])
  })
  test('a forwarder for the public suffix is asked for name and target', () => {
    const on = server(software, {
      forwards: [forward('blob.core.windows.net', ['10.0.0.12']), forward('', ['10.0.0.11'])],
    })
    const resolution = resolveOver(on, everythingArrives(on), { device: 'pc', name: ACCT })
    expect(outcome(on, ACCT)).toBe(PRIVATE)
    expect(log(resolution)).toEqual([
      `10.0.0.53: ${ACCT}`,
      `10.0.0.12: ${ACCT}`,
      '10.0.0.12: acct.privatelink.blob.core.windows.net',
    ])
  })
  test('a dead conditional forwarder: SERVFAIL, the others are not asked', () => {
    const on = server(software, { forwards: [forward('corp.local', ['10.0.0.66']), forward('', ['10.0.0.13'])] })
    expect(outcome(on, 'www.corp.local')).toBe('servfail')
  })
})

describe('BIND', () => {
  test('its own zone has the last word: what is not in it does not exist', () => {
    const on = server('bind', {
      zones: [zone('corp.local', 'nxdomain', 'a A 10.1.1.1')],
      forwards: [forward('', ['10.0.0.13'])],
    })
    expect(outcome(on, 'a.corp.local')).toBe('10.1.1.1')
    expect(outcome(on, 'www.corp.local')).toBe('nxdomain')
  })
  test('a forward zone below its own zone is never reached', () => {
    const on = server('bind', {
      zones: [zone('windows.net', 'nxdomain', 'old A 10.1.1.1')],
      forwards: [forward('blob.core.windows.net', ['10.0.0.12'])],
    })
    const { answer, queries } = resolveOver(on, everythingArrives(on), { device: 'pc', name: ACCT })
    expect(answer).toMatchObject({ kind: 'nxdomain', because: `zone windows.net: no record ${ACCT}: NXDOMAIN` })
    expect(queries[0]?.considered.map((one) => one.text)).toEqual([
      `zone windows.net: yes, it holds no ${ACCT}, and nobody else is asked: NXDOMAIN`,
      'forwarder blob.core.windows.net: no, zone windows.net comes first',
    ])
  })
  test('unless its own zone delegates there', () => {
    const on = server('bind', {
      zones: [zone('windows.net', 'nxdomain', '@ NS ns.windows.net.', 'blob.core NS ns.elsewhere.')],
      forwards: [forward('blob.core.windows.net', ['10.0.0.12'])],
    })
    expect(outcome(on, ACCT)).toBe(PRIVATE)
    expect(outcome(on, 'core.windows.net')).toBe('nodata')
    expect(outcome(on, 'x.windows.net')).toBe('nxdomain')
  })
  test('forward first without an answer goes on to public DNS', () => {
    const on = asking(resolver('bind', { forwards: [forward('', ['10.0.0.66'], { mode: 'first' })] }), [
      internet('www.x.com A 20.0.0.1'),
    ])
    expect(outcome(on, 'www.x.com')).toBe('20.0.0.1')
  })
  test('a zone without forwarders is walked from the root', () => {
    const on = asking(resolver('bind', { forwards: [forward('x.com', ['public']), forward('', ['10.0.0.66'])] }), [
      internet('www.x.com A 20.0.0.1'),
    ])
    expect(outcome(on, 'www.x.com')).toBe('20.0.0.1')
  })
  test('forwarders that know different zones: which is asked cannot be told', () => {
    const on = server('bind', { forwards: [forward('', ['10.0.0.14', '10.0.0.13'], { order: 'any' })] })
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'www.corp.local' })
    expect(answer.kind).toBe('unknown')
    expect(answer.because).toBe(
      'forwarder .: which of its servers is asked cannot be told, and they differ: 10.0.0.14 says NXDOMAIN, 10.0.0.13 says 10.5.5.5',
    )
  })
  test('one of two forwarders refuses: the answer is still found', () => {
    const on = server('bind', { forwards: [forward('', ['10.0.0.15', '10.0.0.13'], { order: 'any' })] })
    expect(outcome(on, 'www.corp.local')).toBe('10.5.5.5')
  })
  test('an automatic empty zone for a private reverse name hides the forwarder', () => {
    const empty = {
      zones: [zone('10.in-addr.arpa', 'nxdomain')],
      forwards: [forward('20.10.in-addr.arpa', ['10.0.0.11'])],
    }
    expect(outcome(server('bind', empty), '4.0.20.10.in-addr.arpa', 'PTR')).toBe('nxdomain')
    expect(outcome(server('bind', { ...empty, zones: [] }), '4.0.20.10.in-addr.arpa', 'PTR')).toBe('PTR acct.x')
  })
  test('a client outside allow-recursion is refused', () => {
    const allows = {
      clients: addressSet('10.20.0.0/16'),
      otherwise: 'refuse',
      source: implied('allow-recursion'),
    } as const
    const on = server('bind', { allows, forwards: [forward('', ['10.0.0.13'])] })
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'www.corp.local' })
    expect(answer).toMatchObject({
      kind: 'refused',
      because: 'bind server: 10.0.0.9 is not among those who may ask: REFUSED',
    })
  })
  test('a server that ignores strangers is silent', () => {
    const allows = {
      clients: addressSet('10.20.0.0/16'),
      otherwise: 'ignore',
      source: implied('local-service'),
    } as const
    expect(outcome(server('bind', { allows }), 'www.corp.local')).toBe('timeout')
  })
})

describe('protection against rebinding looks at the record that holds the address', () => {
  const rebind = (effect: RebindProtection['effect'], ...exempt: string[]): RebindProtection => ({
    discards: addressSet('10.0.0.0/8'),
    exempt,
    exemptBy: 'owner',
    effect,
    source: implied('private-address'),
  })
  test.for([
    ['unbound', 'strip', [], 'nodata CNAME acct.privatelink.blob.core.windows.net'],
    ['unbound', 'strip', ['privatelink.blob.core.windows.net'], PRIVATE],
    ['unbound', 'strip', ['blob.core.windows.net'], PRIVATE],
    ['bind', 'servfail', [], 'servfail'],
    ['bind', 'servfail', ['privatelink.blob.core.windows.net'], PRIVATE],
  ] as const)('%s %s exempting %j', ([software, effect, exempt, answer]) => {
    const on = server(software, { forwards: [forward('', ['10.0.0.12'])], rebind: rebind(effect, ...exempt) })
    expect(outcome(on, ACCT)).toBe(answer)
  })
})

describe('unbound local zones', () => {
  const up = [forward('', ['10.0.0.11'])]
  test.for([
    ['static: known', zone('up.test', 'nxdomain', 'known A 10.9.9.9'), 'known', 'A', '10.9.9.9'],
    ['static: other type', zone('up.test', 'nxdomain', 'known A 10.9.9.9'), 'known', 'AAAA', 'nodata'],
    ['static: other name', zone('up.test', 'nxdomain', 'known A 10.9.9.9'), 'www', 'A', 'nxdomain'],
    ['transparent: known', zone('up.test', 'forward', 'known A 10.9.9.9'), 'known', 'A', '10.9.9.9'],
    ['transparent: other name', zone('up.test', 'forward', 'known A 10.9.9.9'), 'www', 'A', '10.5.5.5'],
    ['redirect: other name', zone('up.test', 'nxdomain', '* A 10.9.9.9'), 'www', 'A', '10.9.9.9'],
    ['redirect: other type', zone('up.test', 'nxdomain', '* A 10.9.9.9'), 'www', 'AAAA', 'nodata'],
  ] as const)('%s', ([, local, name, type, answer]) => {
    expect(outcome(server('unbound', { zones: [local], forwards: up }), `${name}.up.test`, type)).toBe(answer)
  })
})
