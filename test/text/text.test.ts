import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inert, nearestNames, readJson, TextPlaces } from '../../src/text/index.ts'

const runs = { seed: 20260101, numRuns: 300 }

describe('JSON with places', () => {
  test('reads every value that JSON.parse reads, and the same', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const read = readJson(text)
        expect(read.problem).toBeUndefined()
        expect(JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)))
      }),
      runs,
    )
  })

  test('refuses every text that JSON.parse refuses, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => text.slice(1)),
          fc.json().map((text) => text.slice(0, -1)),
        ),
        (text) => {
          let accepted = true
          try {
            JSON.parse(text)
          } catch {
            accepted = false
          }
          expect(readJson(text).problem === undefined).toBe(accepted)
        },
      ),
      runs,
    )
  })

  test('knows the line and column of objects and members, and their pointers', () => {
    const text = '{\n  "a": [\n    { "b/c": 1 },\n    { "d": { "e": "x,}]" }, "f": 2 }\n  ]\n}'
    const read = readJson(text)
    const list = (read.value as { a: { d?: object }[] }).a
    expect(read.placeOf(list[1])).toEqual({ line: 4, column: 5 })
    expect(read.placeOf(list[1], 'f')).toEqual({ line: 4, column: 29 })
    expect(read.placeOf(list[0], 'b/c')).toEqual({ line: 3, column: 7 })
    expect(read.pointerOf(list[0], 'b/c')).toBe('/a/0/b~1c')
    expect(read.pointerOf(list[1]?.d, 'e')).toBe('/a/1/d/e')
    expect(read.line(4)).toBe('    { "d": { "e": "x,}]" }, "f": 2 }')
  })

  test.for([
    ['{"a" 1}', 'expected ":" after the key "a"', 1, 6],
    ['[1,\n 2', 'expected "," or "]" in an array', 2, 3],
    ['{"a": "b', 'this text in double quotes never ends', 1, 7],
    ['[1] x', 'there is more text after the end of the JSON value', 1, 5],
    ['', 'the text ends too early', 1, 1],
  ] as const)('says what is wrong with %s', ([text, message, line, column]) => {
    expect(readJson(text).problem).toEqual({ message, place: { line, column } })
  })

  test('stops at a depth no document has', () => {
    expect(readJson('['.repeat(100_000)).problem?.message).toBe('nested deeper than 500 levels')
  })

  test('keeps a member called __proto__ as data', () => {
    const value = readJson('{"__proto__": {"x": 1}}').value as object
    expect(Object.hasOwn(value, '__proto__')).toBe(true)
    expect((value as { x?: number }).x).toBeUndefined()
  })
})

test('places count lines and columns from 1, over LF and CRLF', () => {
  const places = new TextPlaces('ab\r\ncd\n')
  expect(places.at(0)).toEqual({ line: 1, column: 1 })
  expect(places.at(4)).toEqual({ line: 2, column: 1 })
  expect(places.at(99).line).toBe(3)
  expect(places.line(1)).toBe('ab')
})

test.for([
  ['laptpo', ['laptop', 'desktop'], ['laptop']],
  ['ros-cor', ['ros-core', 'usg', 'lede-lab'], ['ros-core']],
  ['vision', ['mlw-vision', 'iot-vision', 'x'], ['iot-vision', 'mlw-vision']],
  ['zzz', ['ros-core'], []],
] as const)('the names nearest to %s', ([wanted, names, near]) => {
  expect(nearestNames(wanted, names)).toEqual(near)
})

test('terminal escapes, control characters and reordering marks are printed inert', () => {
  expect(inert('a\u001b[31mred\u0007\u202eb')).toBe('a\\x1b[31mred\\x07\\u202eb')
  expect(inert('grüße\tok')).toBe('grüße ok')
})
