import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/index.ts'

const CASES = [
  ['server:', 'interface: 0.0.0.0', 'understood', true, true],
  ['server:', 'local-data: "a.example. A 10.0.0.1"', 'understood', true, true],
  ['forward-zone:', 'forward-addr: 10.0.0.53', 'understood', true, true],
  ['server:', 'do-ip6: no', 'understood', true, false],
  ['server:', 'do-ip6: yes', 'ignored', false, false],
  ['server:', 'domain-insecure: "corp.example"', 'understood', true, false],
  ['server:', 'num-threads: 4', 'ignored', false, false],
  ['server:', 'made-up-option: yes', 'ignored', true, false],
  ['forward-zone:', 'forward-made-up: yes', 'ignored', true, false],
  ['remote-control:', 'control-enable: yes', 'ignored', false, false],
  ['view:', 'local-data: "a.example. A 10.0.0.1"', 'understood', true, false],
] as const

describe('lines of unbound', () => {
  test.for(CASES)('%s %s is %s', ([clause, line, kind, relevant, modelled]) => {
    const [file] = readLines([{ path: 'unbound.conf', text: `${clause}\n  ${line}\n` }], 'unbound').files
    expect(file?.lines[1]).toMatchObject({ kind, relevant, modelled })
  })
})
