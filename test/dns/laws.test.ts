import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { missing, resolveOver } from '../../src/dns/index.ts'
import { forwardFor, indexOf, zonesFor } from '../../src/dns/resolver-index.ts'
import { lookUp } from '../../src/dns/zone-contents.ts'
import type { Device, DnsZone, Resolver, ResourceRecord } from '../../src/model/index.ts'
import { implied } from '../../src/model/index.ts'
import { ip } from '../../src/net/index.ts'
import {
  device,
  everythingArrives,
  forward,
  internet,
  network,
  resolver,
  type Software,
  stub,
  zone,
} from './small-network.ts'

const RUNS = { seed: 20_240_601, numRuns: 400 }
const label = fc.constantFrom('a', 'b', 'ab', 'privatelink')
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'))
const suffix = fc.array(label, { maxLength: 4 }).map((labels) => labels.join('.'))

/** The slow twin: labels compared from the right, one by one. */
function below(one: string, other: string): boolean {
  const have = one.split('.').reverse()
  const want = other === '' ? [] : other.split('.').reverse()
  return want.every((label, at) => have[at] === label)
}

describe('suffixes', () => {
  test('the forward taken is the longest of those a scan of all finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(suffix, { maxLength: 8 }), name, (suffixes, asked) => {
        const index = indexOf(resolver('other', { forwards: suffixes.map((one) => forward(one, [])) }))
        const scan = suffixes.filter((one) => below(asked, one)).sort((a, b) => b.length - a.length)[0]
        expect(forwardFor(index, { name: asked, type: 'A' })?.suffix).toBe(scan)
      }),
      RUNS,
    )
  })
  test('so are the zones, longest first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(suffix, { maxLength: 8 }), name, (suffixes, asked) => {
        const index = indexOf(resolver('other', { zones: suffixes.map((one) => zone(one, 'nxdomain')) }))
        const scan = suffixes.filter((one) => below(asked, one)).sort((a, b) => b.length - a.length)
        expect(zonesFor(index, asked).map((one) => one.name)).toEqual(scan)
      }),
      RUNS,
    )
  })
})

describe('wildcards', () => {
  const owner = fc
    .tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 4 }))
    .map(([star, labels]) => (star ? `*.${labels.join('.')}` : labels.join('.')))

  /** RFC 4592 section 3.3.1 word for word: the closest encloser, then the asterisk directly below it. */
  function byTheBook(owners: readonly string[], asked: string): string {
    const exists = new Set(['z'])
    for (const one of owners) {
      const labels = `${one}.z`.split('.')
      for (let at = 0; at < labels.length; at++) exists.add(labels.slice(at).join('.'))
    }
    if (owners.some((one) => `${one}.z` === asked)) return 'records'
    if (exists.has(asked)) return 'other-type'
    const labels = asked.split('.')
    for (let at = 1; at < labels.length; at++) {
      const encloser = labels.slice(at).join('.')
      if (exists.has(encloser)) return owners.some((one) => `${one}.z` === `*.${encloser}`) ? 'records' : 'absent'
    }
    return 'absent'
  }

  test('a zone we have whole keeps RFC 4592', () => {
    fc.assert(
      fc.property(fc.uniqueArray(owner, { maxLength: 6 }), name, (owners, asked) => {
        const local = zone('z', 'nxdomain', ...owners.map((one) => `${one} A 10.0.0.1`))
        expect(lookUp(local, `${asked}.z`, 'A').kind).toBe(byTheBook(owners, `${asked}.z`))
      }),
      RUNS,
    )
  })
  test('where records are known in part, the most specific wildcard stands for a name without records', () => {
    fc.assert(
      fc.property(fc.uniqueArray(owner, { maxLength: 6 }), name, (owners, asked) => {
        const part = zone('', 'unknown', ...owners.map((one) => `${one} A 10.0.0.1`))
        const stars = owners.filter(
          (one) => one.startsWith('*.') && below(asked, one.slice(2)) && asked !== one.slice(2),
        )
        const best = stars.sort((a, b) => b.length - a.length)[0]
        const found = lookUp(part, asked, 'A')
        if (owners.includes(asked)) expect(found).toMatchObject({ kind: 'records' })
        else expect(found.kind === 'records' ? found.wildcard : undefined).toBe(best)
      }),
      RUNS,
    )
  })
})

describe('every resolution ends', () => {
  const NAMES = ['a', 'b.a', 'c.b.a', 'x.privatelink.a', 'y']
  const anyName = fc.constantFrom(...NAMES)
  const line = fc.oneof(
    fc.tuple(anyName, anyName).map(([from, to]) => `${from} CNAME ${to}.`),
    anyName.map((from) => `${from} A 10.9.9.9`),
    anyName.map((from) => `*.${from} CNAME ${from}.`),
  )
  const anyZone: fc.Arbitrary<DnsZone> = fc
    .tuple(
      fc.constantFrom('', 'a', 'b.a', 'privatelink.a'),
      fc.constantFrom('nxdomain', 'forward', 'public', 'unknown'),
      fc.array(line, { maxLength: 5 }),
    )
    .map(([origin, onMissing, lines]) => ({ ...zone('', onMissing, ...lines), name: origin }))
  const anyTarget = fc.constantFrom(
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.3',
    '10.0.0.66',
    'public',
    'device:ns1',
    'device:nobody',
    '8.8.8.8',
  )
  const anyForward = fc
    .tuple(
      fc.constantFrom('', 'a', 'privatelink.a'),
      fc.array(anyTarget, { maxLength: 3 }),
      fc.constantFrom('only', 'first'),
      fc.constantFrom('in-order', 'any'),
    )
    .map(([to, targets, mode, order]) => forward(to, targets, { mode, order }))
  const anyResolver: fc.Arbitrary<Resolver> = fc
    .record({
      software: fc.constantFrom<Software>('azure', 'azure-firewall', 'bind', 'dnsmasq', 'routeros', 'other'),
      zones: fc.array(anyZone, { maxLength: 3 }),
      forwards: fc.array(anyForward, { maxLength: 3 }),
      rechasesCname: fc.boolean(),
      otherwise: fc.constantFrom('public', 'refuse', 'nxdomain', 'unknown'),
      domainNeeded: fc.boolean(),
    })
    .map(({ software, ...rest }) => resolver(software, rest))
  const servers: fc.Arbitrary<Device[]> = fc
    .array(anyResolver, { minLength: 3, maxLength: 3 })
    .map((all) => all.map((one, at) => device(`ns${at + 1}`, [`10.0.0.${at + 1}`], { resolver: one })))

  test('with an answer of a known kind, however the servers forward, and twice the same', () => {
    fc.assert(
      fc.property(
        servers,
        fc.array(line, { maxLength: 4 }),
        anyName,
        fc.array(anyName, { maxLength: 2 }),
        (all, known, asked, search) => {
          const pc = device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1', '10.0.0.2'], { search }) })
          const on = network([pc, ...all, internet(...known)])
          const ask = () => resolveOver(on, everythingArrives(on), { device: 'pc', name: asked })
          const first = ask()
          expect(ask()).toEqual(first)
          expect(first.answer.kind === 'answer').toBe(first.addresses.length > 0)
          expect(first.answer.because).not.toBe('')
          expect(missing({ network: on }, first).every((one) => one.text !== '')).toBe(true)
        },
      ),
      { ...RUNS, numRuns: 300 },
    )
  })

  test('any text can be asked for', () => {
    const on = network([
      device('pc', ['10.0.0.9'], { stubResolver: stub(['8.8.8.8'], { search: ['corp.local'] }) }),
      internet(),
    ])
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: text })
        expect(['answer', 'nxdomain', 'unknown']).toContain(answer.kind)
      }),
      RUNS,
    )
  })
})

describe('chains', () => {
  test('a CNAME loop is an end, with its words', () => {
    const on = network([
      device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1']) }),
      device('ns1', ['10.0.0.1'], {
        resolver: resolver('bind', { zones: [zone('x', 'nxdomain', 'a CNAME b.x.', 'b CNAME a.x.')] }),
      }),
    ])
    const { answer } = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'a.x' })
    expect(answer).toMatchObject({ kind: 'servfail', cause: 'DnsLoop' })
    expect(answer.because).toBe('DnsLoop: the CNAME chain does not end: a.x -> b.x -> a.x')
  })
  test('a chain of thirteen is given up', () => {
    const lines = Array.from({ length: 20 }, (_, at) => `n${at} CNAME n${at + 1}.x.`)
    const on = network([
      device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1']) }),
      device('ns1', ['10.0.0.1'], {
        resolver: resolver('bind', { zones: [zone('x', 'nxdomain', ...lines, 'n20 A 10.1.1.1')] }),
      }),
    ])
    const kind = (from: string) => resolveOver(on, everythingArrives(on), { device: 'pc', name: from }).answer.kind
    expect(kind('n0.x')).toBe('servfail')
    expect(kind('n8.x')).toBe('answer')
  })
  test('two servers that forward to each other are a loop', () => {
    const to = (address: string) => resolver('dnsmasq', { forwards: [forward('', [address])] })
    const on = network([
      device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1']) }),
      device('ns1', ['10.0.0.1'], { resolver: to('10.0.0.2') }),
      device('ns2', ['10.0.0.2'], { resolver: to('10.0.0.1') }),
    ])
    const got = resolveOver(on, everythingArrives(on), { device: 'pc', name: 'www.x' })
    expect(got.answer).toMatchObject({ kind: 'servfail', cause: 'DnsLoop' })
    expect(missing({ network: on }, got).map((one) => one.code)).toEqual(['DnsLoop'])
  })
})

describe('size', () => {
  test('a zone of 100,000 records is ready in a second, a name in it costs under a millisecond', () => {
    const address = ip('10.3.0.1')
    const source = implied('generated')
    const held = Array.from({ length: 100_000 }, (_, at): ResourceRecord => {
      return { name: `host${at}.part${at % 100}.big.net`, type: 'A', value: address, source }
    })
    const zoned = { ...zone('big.net', 'nxdomain'), records: held }
    const many = Array.from({ length: 1_000 }, (_, at) => zone(`zone${at}.net`, 'nxdomain', 'a A 10.0.0.1'))
    const forwards = Array.from({ length: 1_000 }, (_, at) => forward(`forward${at}.net`, ['10.0.0.1']))
    const big = resolver('bind', { zones: [...many, zoned], forwards })
    const on = network([
      device('pc', ['10.0.0.9'], { stubResolver: stub(['10.0.0.1']) }),
      device('ns1', ['10.0.0.1'], { resolver: big }),
    ])
    const transport = everythingArrives(on)
    const ask = (at: number) => resolveOver(on, transport, { device: 'pc', name: `host${at}.part${at % 100}.big.net` })
    // Processor time, so that a busy machine does not fail it.
    const spent = () => process.cpuUsage().user / 1_000
    const start = spent()
    expect(ask(0).answer.kind).toBe('answer')
    const ready = spent()
    for (let at = 1; at <= 2_000; at++) expect(ask(at).addresses).toHaveLength(1)
    const each = (spent() - ready) / 2_000
    expect(ready - start).toBeLessThan(1_000)
    expect(each).toBeLessThan(1)
  })
})
