import { describe, expect, test } from 'vitest'
import { LineLedger, noteJsonLines, readJson, withoutSecrets } from '../../src/text/index.ts'

const ledgerOf = (note: (ledger: LineLedger) => unknown, text: string) => {
  const ledger = new LineLedger()
  note(ledger)
  return ledger.readings(text)
}

describe('what is noted of the words of a line decides what the line is', () => {
  const cases: readonly (readonly [string, (ledger: LineLedger) => unknown, object])[] = [
    ['in the model', (l) => l.modelled(1), { kind: 'understood', relevant: true, modelled: true }],
    [
      'known and not in the model',
      (l) => l.known(1, 'a'),
      { kind: 'understood', relevant: true, modelled: false, because: 'a' },
    ],
    ['not read', (l) => l.unread(1, 'a'), { kind: 'ignored', relevant: true, modelled: false, because: 'a' }],
    ['without effect', (l) => l.inert(1, 'a'), { kind: 'ignored', relevant: false, modelled: false, because: 'a' }],
    ['half in the model, half not read', (l) => [l.modelled(1), l.unread(1, 'a')], { kind: 'partly', modelled: false }],
    ['half in the model, half known', (l) => [l.modelled(1), l.known(1, 'a')], { kind: 'partly', modelled: false }],
    [
      'half in the model, half without effect',
      (l) => [l.inert(1, 'a'), l.modelled(1)],
      { kind: 'understood', modelled: true },
    ],
    [
      'half not read, half without effect',
      (l) => [l.inert(1, 'a'), l.unread(1, 'b')],
      { kind: 'ignored', relevant: true, because: 'b' },
    ],
    ['noted by nobody', () => undefined, { kind: 'ignored', relevant: true, modelled: false }],
  ]
  test.for(cases)('a line %s', ([, note, expected]) => {
    expect(ledgerOf(note, 'words\n')).toEqual([expect.objectContaining({ line: 1, ...expected })])
  })
})

test('lines that say nothing do not count, and the end of the last line makes no line', () => {
  const readings = ledgerOf(() => undefined, 'x\n\n  }, \n]\n')
  expect(readings.map((one) => one.relevant)).toEqual([true, false, false, false])
})

describe('the members of a JSON text that a reader looked at are in the model', () => {
  const text = '{\n  "a": 1,\n  "b": [\n    "x",\n    "y"\n  ],\n  "c": {\n    "d": true,\n    "e": null\n  }\n}\n'

  test('the others are what the vendor says they are', () => {
    const document = readJson(text, true)
    const root = document.value as { c: object }
    document.visits?.visit(root, 'b')
    document.visits?.visit(root.c, 'd')
    const ledger = new LineLedger()
    noteJsonLines(document, ledger, ({ path }) => ({
      kind: path[0] === 'a' ? 'inert' : 'unread',
      because: path.join('.'),
    }))
    expect(ledger.readings(text).map((one) => (one.relevant ? one.kind : '.'))).toEqual([
      ...['.', '.', '.', 'understood', 'understood', '.'],
      ...['.', 'understood', 'ignored', '.', '.'],
    ])
  })

  test('a text on one line is partly understood when some members are', () => {
    const document = readJson('{"a": 1, "b": 2}', true)
    document.visits?.visit(document.value as object, 'a')
    const ledger = new LineLedger()
    noteJsonLines(document, ledger, () => ({ kind: 'unread', because: 'new' }))
    expect(ledger.readings('{"a": 1, "b": 2}')).toEqual([expect.objectContaining({ kind: 'partly', because: 'new' })])
  })

  test('nothing is kept when nobody asked', () => {
    expect(readJson(text).visits).toBeUndefined()
  })
})

const secrets: readonly (readonly [string, string])[] = [
  ['"x_passphrase": "open sesame",', '"x_passphrase": "***",'],
  ['"sharedKey": "a\\"b",', '"sharedKey": "***",'],
  ['add name=u password="a b" profile=x', 'add name=u password=*** profile=x'],
  ["	option key 'open sesame'", '	option key ***'],
  ['pre-shared-secret abc', 'pre-shared-secret ***'],
  ['  secret "abc==";', '  secret ***;'],
  ['add public-key="abc" private-key="def"', 'add public-key="abc" private-key=***'],
  ['option key_direction 1', 'option key_direction 1'],
  ['option token_bucket', 'option token_bucket'],
]

test.for(secrets)('%s is shown as %s', ([line, shown]) => {
  expect(withoutSecrets(line)).toBe(shown)
})
