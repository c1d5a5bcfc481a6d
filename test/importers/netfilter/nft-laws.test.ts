import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importNetfilter } from '../../../src/importers/netfilter/index.ts'
import { FAMILIES, ROUTER } from './nft-samples.ts'

const SEED = 20260102
const JSON_TEXT = JSON.stringify({
  nftables: [
    { table: { family: 'inet', name: 't' } },
    {
      map: {
        family: 'inet',
        table: 't',
        name: 'm',
        type: 'inet_service',
        map: 'verdict',
        elem: [[22, { accept: null }]],
      },
    },
    { chain: { family: 'inet', table: 't', name: 'c', type: 'filter', hook: 'forward', prio: -5, policy: 'drop' } },
    {
      rule: {
        family: 'inet',
        table: 't',
        chain: 'c',
        expr: [
          { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['new', 'related'] } },
          { mangle: { key: { meta: { key: 'mark' } }, value: { '|': [{ meta: { key: 'mark' } }, 5] } } },
          { vmap: { key: { payload: { protocol: 'tcp', field: 'dport' } }, data: '@m' } },
        ],
      },
    },
  ],
})

const WORDS = (
  'table inet t { } chain c { type filter hook forward priority filter - 5 ; policy drop ; tcp dport 22 { 80 , 443 : accept } ip saddr ' +
  '10.0.0.0/8 != & | ^ << == ( ) . vmap map @s $x define = set elements = { ct state established , related meta mark set jump ' +
  'goto c return dnat to :80 [::1]:80 limit rate over 5/second burst 1 mbytes log prefix "x counter packets 1 bytes 2 accept ' +
  'reject with icmp type fib daddr . iif oif missing * # comment \\ __proto__ constructor'
).split(' ')

test('reading never throws, whatever stands in a chain', () => {
  const words = fc.array(fc.oneof(fc.constantFrom(...WORDS, '\n'), fc.string({ unit: 'binary', maxLength: 6 })), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(words, fc.boolean(), (list, inside) => {
      const text = list.join(' ')
      importNetfilter('fw', [{ path: 'x', text: inside ? `table inet t {\nchain c {\n${text}\n}\n}\n` : text }])
    }),
    { seed: SEED, numRuns: 700 },
  )
})

test('reading never throws on a rule set cut anywhere, or with any line dropped or repeated', () => {
  for (const text of [ROUTER, FAMILIES, JSON_TEXT]) {
    for (let length = 0; length <= text.length; length += 3) {
      importNetfilter('fw', [{ path: 'cut', text: text.slice(0, length) }])
    }
    const lines = text.split('\n')
    for (const at of lines.keys()) {
      importNetfilter('fw', [{ path: 'dropped', text: lines.toSpliced(at, 1).join('\n') }])
      importNetfilter('fw', [{ path: 'repeated', text: lines.toSpliced(at, 0, lines[at] ?? '').join('\n') }])
    }
  }
})

test('JSON of any shape is read or refused', () => {
  const keys = fc.constantFrom(
    ...'match op left right vmap key data set map concat range prefix addr len payload protocol field meta ct fib flags elem val jump target mangle value dnat port family xt limit reject &'.split(
      ' ',
    ),
  )
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>('10.0.0.1', '@s', 'mark', 'tcp', 'dport', 'state', '==', 'in', 7, -1, 1e99, null, true),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(keys, tie('any'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(fc.array(any, { maxLength: 5 }), any, (expr, elem) => {
      const base = { family: 'inet', table: 't' }
      const nftables = [
        { set: { ...base, name: 's', elem } },
        { chain: { ...base, name: 'c', type: 'filter', hook: 'input', prio: 0 } },
        { rule: { ...base, chain: 'c', expr } },
        elem,
      ]
      importNetfilter('fw', [{ path: 'x', text: JSON.stringify({ nftables }) }])
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('importing twice gives equal data that survives structuredClone', () => {
  const files = [ROUTER, FAMILIES, JSON_TEXT].map((text, at) => ({ path: `${at}`, text }))
  const part = importNetfilter('fw', files)
  expect(importNetfilter('fw', files)).toEqual(part)
  expect(structuredClone(part)).toEqual(part)
})

test('5,000 rules and a set of 50,000 addresses are read in about a second', () => {
  const rules = Array.from(
    { length: 5000 },
    (_, at) => `ip saddr 10.${at % 256}.0.0/16 tcp dport ${at + 1} counter accept`,
  )
  const elements = Array.from({ length: 50_000 }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`)
  const text = `table inet t {\nset s {\ntype ipv4_addr\nelements = { ${elements.join(',\n')} }\n}\nchain c {\ntype filter hook forward priority 0; policy drop;\nip daddr @s drop\n${rules.join('\n')}\n}\n}\n`
  const started = performance.now()
  const part = importNetfilter('fw', [{ path: 'big', text }])
  console.log(`took ${Math.round(performance.now() - started)} ms`)
  expect(part.devices[0]?.ruleSets['nft inet t/c']?.rules).toHaveLength(5001)
})
