import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../src/text/index.ts'

/** Learn: ARM template syntax, comments and multi-line strings. */
describe('relaxed reading of JSON', () => {
  test.for<readonly [string, string, unknown]>([
    ['a comment to the end of the line', '{"a": 1} // end', { a: 1 }],
    ['a comment over several lines', '{/* one\n two */"a": 1}', { a: 1 }],
    ['what looks like a comment inside a text', '{"a": "http://x/*y*/"}', { a: 'http://x/*y*/' }],
    ['a text over several lines', '{"a": "b\n  c"}', { a: 'b   c' }],
    ['a comma behind the last member', '{"a": [1, 2,], }', { a: [1, 2] }],
    ['a comma inside a text', '{"a": ",]"}', { a: ',]' }],
    ['texts in single quotes', "{'a': 'b'}", { a: 'b' }],
    ['an escaped quote', '{"a": "\\"//"}', { a: '"//' }],
  ])('%s', ([, text, value]) => {
    expect(readJson(text, false, true)).toMatchObject({ value, problem: undefined })
  })

  test('places are those of the text as it is', () => {
    const document = readJson('// one\n{ /* two */ "a": 1 }', false, true)
    expect(document.placeOf(document.value, 'a')).toEqual({ line: 2, column: 13 })
    expect(document.line(1)).toBe('// one')
  })

  test('plain JSON means the same, and nothing throws', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, text) => {
        expect(readJson(json, false, true).value).toEqual(readJson(json).value)
        readJson(text, false, true)
      }),
      { seed: 11, numRuns: 200 },
    )
  })
})
