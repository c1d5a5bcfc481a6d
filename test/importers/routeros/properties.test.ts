import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importRouteros } from '../../../src/importers/routeros/index.ts'
import { readRouteros } from '../../../src/importers/routeros/read.ts'

const RUNS = { seed: 20260101, numRuns: 150 }
const read = (text: string) => importRouteros('r', [{ path: 'r.rsc', text }])
const fixture = (path: string) => readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url), 'utf8')

test('no text makes the importer throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(read(text).devices).toHaveLength(1)
    }),
    RUNS,
  )
})

test('no words of RouterOS in any order make the importer throw', () => {
  const word = fc.constantFrom(
    ...[
      '/ip firewall filter',
      '/ip route',
      '/interface bridge',
      '/ip ipsec policy',
      '/ip dns static',
      '/interface list',
    ],
    ...['\n', '\nadd ', '\nset ', ' [ find ', ' ]', ' name=a', ' list=a', ' include=a', ' exclude=a', ' interface=a'],
    ...[' bridge=a', ' chain=forward', ' action=jump', ' jump-target=forward', ' address=10.0.0.1/24', ' gateway=a,b'],
    ...[' "', '\\', '=', '!', '{', '}', '*1', ' disabled=yes', ' slaves=a', ' type=FWD', ' constructor=__proto__'],
    ...[
      ' name=__proto__',
      ' chain=constructor',
      ' action=toString',
      '/interface bonding',
      '/interface vlan',
      ' remove 0',
    ],
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      expect(read(words.join('')).devices).toHaveLength(1)
    }),
    { ...RUNS, numRuns: 300 },
  )
})

test.for(['vision-plant/ros-core.rsc', 'home-lab/router.rsc'])(
  '%s cut at any byte does not make the importer throw',
  (path) => {
    const text = fixture(path)
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        expect(read(text.slice(0, at)).devices).toHaveLength(1)
      }),
      { ...RUNS, numRuns: 60 },
    )
  },
)

test('a text written as RouterOS quotes it is read back', () => {
  const quoted = (text: string) =>
    `"${text
      .replace(/[\\"$?]/g, '\\$&')
      .replace(/\n/g, '\\n')
      .replace(/\r/g, '\\r')
      .replace(/\t/g, '\\t')}"`
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), fc.nat(60), (text, at) => {
      const line = `add comment=${quoted(text)} name=x`
      const cut = Math.min(line.length - 1, 12 + at)
      // A cut behind a backslash would be an escape of its own; RouterOS never makes one there.
      const whole =
        line[cut - 1] === '\\' || line[cut] === ' ' ? line : `${line.slice(0, cut)}\\\n    ${line.slice(cut)}`
      const words = readRouteros({ path: 'r', text: `/ip address\n${whole}\n` }).commands[0]?.arguments
      expect(words?.map((one) => [one.key, one.value])).toEqual([
        ['comment', text],
        ['name', 'x'],
      ])
    }),
    RUNS,
  )
})

test('every word knows its place: the text there is the word', () => {
  const text = fixture('vision-plant/ros-core.rsc')
  const lines = text.split('\n')
  for (const device of read(text).devices) {
    for (const set of Object.values(device.ruleSets)) {
      for (const { source } of set.rules) {
        if (source.kind !== 'line') throw new Error('a rule has no line')
        expect(lines[source.line - 1]?.slice(source.column - 1)).toMatch(/^add action=/)
      }
    }
    for (const address of device.interfaces.flatMap((one) => one.addresses)) {
      if (address.source.kind !== 'line') throw new Error('an address has no line')
      expect(lines[address.source.line - 1]?.slice(address.source.column - 1)).toMatch(/^address=/)
    }
  }
})

test('forty thousand rules are read in about a second', () => {
  const rules = Array.from(
    { length: 40_000 },
    (_, index) =>
      `add action=accept chain=c${index % 50} dst-address=10.0.${index & 255}.0/24 dst-port=443 protocol=tcp`,
  )
  const start = performance.now()
  const { commands } = readRouteros({ path: 'r', text: `/ip firewall filter\n${rules.join('\n')}\n` })
  expect(commands).toHaveLength(40_000)
  // A machine that is busy gets slack; quadratic work would take minutes.
  console.log(`took ${Math.round(performance.now() - start)} ms`)
})
