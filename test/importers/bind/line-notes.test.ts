import { describe, expect, test } from 'vitest'
import { importBind } from '../../../src/importers/bind/index.ts'
import { readLines } from '../../../src/importers/index.ts'

const STATEMENTS = [
  ['forwarders { 10.0.0.53; };', 'understood', true, true],
  ['allow-query { any; };', 'understood', true, true],
  ['recursion yes;', 'understood', true, true],
  ['dns64 64:ff9b::/96 { };', 'understood', true, false],
  ['dnssec-validation auto;', 'understood', true, false],
  ['directory "/var/cache/bind";', 'ignored', false, false],
  ['// a comment', 'ignored', false, false],
  ['made-up-statement yes;', 'ignored', true, false],
] as const

const RECORDS = [
  ['www IN A 10.0.0.1', 'understood', true, true],
  ['_sip._tcp IN SRV 0 0 5060 www', 'understood', true, true],
  ['$TTL 300', 'ignored', false, false],
  ['$GENERATE 1-9 h$ A 10.0.0.$', 'ignored', true, false],
  ['; a comment', 'ignored', false, false],
] as const

describe('lines of BIND', () => {
  test.for(STATEMENTS)('%s is %s', ([line, kind, relevant, modelled]) => {
    const text = `options {\n${line}\n};\n`
    const [file] = readLines([{ path: 'named.conf', text }], 'bind').files
    expect(file?.lines[1]).toMatchObject({ kind, relevant, modelled })
  })

  test('a zone whose file was not given is understood all the same', () => {
    const text = 'zone "x.example" {\n type master;\n file "/etc/db.x";\n};\n'
    const [file] = readLines([{ path: 'named.conf', text }], 'bind').files
    expect(file?.lines.slice(0, 3).every((one) => one.modelled)).toBe(true)
  })

  test.for(RECORDS)('the line %s of a zone file given alone is %s', ([line, kind, relevant, modelled]) => {
    const text = `@ IN SOA ns1.x.example. admin.x.example. 1 2 3 4 5\n${line}\n`
    const [file] = readLines([{ path: 'db.x.example', text }], 'bind').files
    expect(file?.lines[0]?.modelled).toBe(true)
    expect(file?.lines[1]).toMatchObject({ kind, relevant, modelled })
  })

  const ZONES = [
    ['db.x.example', '@ IN SOA ns1.y.example. a.y.example. 1 2 3 4 5\nwww IN A 10.0.0.1\n', 'www.x.example'],
    ['zone.txt', '$ORIGIN z.example.\n@ IN SOA ns1 a 1 2 3 4 5\nwww IN A 10.0.0.1\n', 'www.z.example'],
    ['zone', 'y.example. IN SOA ns1 a 1 2 3 4 5\nwww IN A 10.0.0.1\n', 'www.y.example'],
    ['zone', '@ IN SOA ns1.v.example. a 1 2 3 4 5\nwww IN A 10.0.0.1\n', 'www.v.example'],
  ] as const
  test.for(ZONES)('a zone file %s alone is a zone: %s', ([path, text, name]) => {
    const { resolver } = importBind([{ path, text }])
    expect(resolver?.zones[0]?.records.map((one) => one.name)).toContain(name)
  })
})
