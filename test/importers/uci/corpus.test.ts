import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import type { TextFile } from '../../../src/text/index.ts'

const folder = join(
  process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'configs/openwrt',
)
const present = existsSync(folder)
if (!present) console.warn(`skipped: real OpenWrt configurations are not in ${folder}`)
const devices = present ? readdirSync(folder) : []

const filesIn = (path: string): TextFile[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: entry.name, text: readFileSync(join(path, entry.name), 'utf8') }))

describe.skipIf(!present)('the configuration of a real device (needs the reference data)', () => {
  test.for(devices)('%s is read: one router, no error, every jump has its chain', (name) => {
    const part = importUci(name, filesIn(join(folder, name)))
    expect(part.devices).toHaveLength(1)
    expect(part.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    const sets = part.devices[0]?.ruleSets ?? {}
    for (const set of Object.values(sets)) {
      for (const { action } of set.rules) if (action.kind === 'jump') expect(Object.keys(sets)).toContain(action.to)
    }
  })
})

const fixture = join(import.meta.dirname, '../../../fixtures/vision-plant/lede-lab/etc')
const lede = [...filesIn(join(fixture, 'config')), ...filesIn(fixture)]

describe('lede-lab', () => {
  const part = importUci('lede-lab', lede)
  const device = part.devices[0]

  test('is read without a warning', () => {
    expect(part.diagnostics.filter((one) => one.severity !== 'note')).toEqual([])
    expect(device?.label).toBe('LEDE 17.01.7 (fw3)')
  })

  test('has its LAN on a bridge and its way out on a VLAN of the switch', () => {
    const shown = device?.interfaces.map((one) => [
      one.name,
      ...one.aliases,
      ...one.addresses.map((address) => formatIp(address.ip)),
    ])
    expect(shown).toEqual([
      [
        'br-lan',
        'lan',
        'eth0.1',
        'switch0:1',
        'switch0:2',
        'switch0:3',
        'switch0:4',
        '10.20.50.1',
        'fd5a:21c7:90e4::1',
      ],
      ['eth0.2', 'wan', 'switch0:5', '192.168.254.2'],
    ])
  })

  test('translates nothing, and asks only the name server of the plant', () => {
    expect(device?.pipeline.postrouting).toEqual([])
    const general = device?.resolver?.forwards.find((forward) => forward.suffix === '')
    expect(general?.to.map((target) => (target.kind === 'server' ? formatIp(target.ip) : ''))).toEqual(['10.20.10.10'])
    expect(device?.resolver?.rebind).toBeUndefined()
    expect(device?.resolver?.notModelled).toEqual([])
    expect(device?.notModelled).toEqual([])
  })

  test('is the same data twice, and data only', () => {
    expect(importUci('lede-lab', lede)).toEqual(part)
    expect(structuredClone(part)).toEqual(part)
  })
})

test('a router of no file, and of files without a section, is an error and no device', () => {
  for (const files of [[], [{ path: 'network', text: '' }], [{ path: 'network', text: 'hello\n' }]]) {
    const part = importUci('router', files)
    expect(part.devices).toEqual([])
    expect(part.diagnostics.map((one) => one.severity)).toEqual(['error'])
  }
})

test('no text makes the importer throw', () => {
  const words = fc.constantFrom(
    'config ',
    'interface',
    'zone',
    'rule',
    "'",
    '"',
    '\n',
    '\t',
    '#',
    ';',
    '\\',
    'option ',
    'list ',
    'name',
    'network',
    'src',
    '*',
    '10.0.0.0/8',
    '::/0',
    '!',
    'proto',
    'dest_ip',
    'lan',
    '\0',
    'package ',
    'firewall.@zone[0].name=',
    '=',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(fc.constantFrom('network', 'firewall', 'dhcp', 'x'), text, (path, content) => {
      importUci('router', [{ path, text: content }])
    }),
    { numRuns: 400, seed: 7 },
  )
})

test('no file cut at any byte makes the importer throw', () => {
  const whole = fc.constantFrom(...lede)
  fc.assert(
    fc.property(whole, fc.nat(), (file, at) => {
      const cut = { path: file.path, text: file.text.slice(0, at % (file.text.length + 1)) }
      importUci('router', [...lede.filter((one) => one !== file), cut])
    }),
    { numRuns: 300, seed: 8 },
  )
})

test('a file of ninety thousand lines is read in seconds', () => {
  const text = `config zone\noption name 'lan'\n${"config rule\noption src 'lan'\noption target 'ACCEPT'\n".repeat(30_000)}`
  const started = performance.now()
  const part = importUci('router', [{ path: 'firewall', text }])
  expect(part.devices[0]?.ruleSets['filter/zone_lan_input']?.rules).toHaveLength(30_000)
  console.log(`took ${Math.round(performance.now() - started)} ms`)
})
