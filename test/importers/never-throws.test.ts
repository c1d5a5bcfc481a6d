import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Format } from '../../src/importers/format-words.ts'
import { readLines } from '../../src/importers/read-lines.ts'
import type { TextFile } from '../../src/text/index.ts'
import { WHOLE_FILES, type WholeFile } from './whole-files.ts'

const FORMATS: readonly Format[] = [...new Set(WHOLE_FILES.map((one) => one.format))]

/** Reads the files with another text in the first, every line accounted for, as `nettrace read` does. */
function readWith({ format, files }: WholeFile, text: string): void {
  const [first, ...others] = files
  if (!first) throw new Error('no file')
  readLines([{ ...first, text }, ...others], format)
}

const textOf = ({ files }: WholeFile): string => files[0]?.text ?? ''
const nameOf = (whole: WholeFile): string => `${whole.format}: ${whole.files[0]?.path}`
const cases = WHOLE_FILES.map((whole) => [nameOf(whole), whole] as const)

/** Up to `most` of the numbers below `count`, spread evenly; all of them when there are no more. */
function spread(count: number, most: number): number[] {
  const step = Math.max(1, count / most)
  return Array.from({ length: Math.min(count, most) }, (_, index) => Math.floor(index * step))
}

const MOST = { small: 150, big: 8 }

describe('no importer throws on a line dropped or repeated', () => {
  test.for(cases)('%s', ([, whole]) => {
    const lines = textOf(whole).split('\n')
    for (const at of spread(lines.length, whole.isBig ? MOST.big : MOST.small)) {
      readWith(whole, lines.toSpliced(at, 1).join('\n'))
      readWith(whole, lines.toSpliced(at, 0, lines[at] ?? '').join('\n'))
    }
  })
})

describe('no importer throws on a file cut at any byte', () => {
  test.for(cases)('%s', ([, whole]) => {
    const text = textOf(whole)
    fc.assert(
      fc.property(fc.nat(text.length), (at) => readWith(whole, text.slice(0, at))),
      { seed: 20261122, numRuns: whole.isBig ? MOST.big : 60 },
    )
  })
})

describe('no importer throws on lines dropped, repeated and moved at random', () => {
  test.for(cases)('%s', ([, whole]) => {
    const lines = textOf(whole).split('\n')
    const changes = fc.array(fc.tuple(fc.nat(lines.length - 1), fc.constantFrom('drop', 'repeat', 'move'), fc.nat()), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(changes, (all) => {
        const changed = [...lines]
        for (const [at, how, to] of all) {
          const [line = ''] = how === 'repeat' ? [changed[at]] : changed.splice(at, 1)
          if (how !== 'drop') changed.splice(to % (changed.length + 1), 0, line)
        }
        readWith(whole, changed.join('\n'))
      }),
      { seed: 20261122, numRuns: whole.isBig ? MOST.big : 40 },
    )
  })
})

describe('no importer throws on a text of another format, or on any text', () => {
  test.for(FORMATS.map((format) => [format] as const))('%s', ([format]) => {
    const others = WHOLE_FILES.filter((one) => !one.isBig).map(textOf)
    for (const text of others) readLines([{ path: 'file', text }], format)
    const odd: TextFile['text'][] = ['', '\n', '\0', '\ufeff', '[]', '{}', 'null', '"', '\\', '{'.repeat(3000)]
    for (const text of odd) readLines([{ path: 'file', text }], format)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readLines([{ path: 'file', text }], format)
      }),
      { seed: 20261122, numRuns: 100 },
    )
  })
})

test('every format has a configuration that is read without an error', () => {
  for (const whole of WHOLE_FILES) {
    const { diagnostics } = readLines(whole.files, whole.format)
    expect([nameOf(whole), diagnostics.filter((one) => one.severity === 'error')]).toEqual([nameOf(whole), []])
  }
})
