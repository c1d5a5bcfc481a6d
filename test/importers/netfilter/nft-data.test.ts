import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importNetfilter } from '../../../src/importers/netfilter/index.ts'
import type { Device, Match } from '../../../src/model/index.ts'
import { ip } from '../../../src/net/index.ts'
import { meaning } from './nft-rule.ts'
import { outcomes, type Packet } from './verdict.ts'

const DATA = process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data')
const NFT = join(DATA, 'configs/nft')
const LOADED = join(NFT, 'fw4-loaded')
const WRITTEN = join(DATA, 'configs/openwrt-fw4-tests')
const present = existsSync(LOADED) && existsSync(WRITTEN)
if (!present) console.warn(`skipped: real rule sets are read from ${NFT}, which is not there (set NETTRACE_DATA)`)

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8')
const named = (folder: string, ending: RegExp) =>
  present ? readdirSync(folder).filter((name) => ending.test(name)) : []

/** The text firewall4 is expected to print; `undefined` where the test expects none. */
function expectedText(name: string): string | undefined {
  return /-- Expect stdout --\n([\s\S]*?)-- End --/.exec(read(WRITTEN, name))?.[1]
}

function deviceOf(text: string): Device {
  const [device] = importNetfilter('fw', [{ path: 'rules', text }]).devices
  if (!device) throw new Error('nothing was read')
  return device
}

function allTexts(): [string, string][] {
  const loaded = named(LOADED, /\.(nft|json)$/).map((name): [string, string] => [name, read(LOADED, name)])
  const others = named(NFT, /\.(nft|json)$/).map((name): [string, string] => [name, read(NFT, name)])
  const written = named(WRITTEN, /^\d/).flatMap((name): [string, string][] => {
    const text = expectedText(name)
    return text === undefined ? [] : [[name, text]]
  })
  return [...loaded, ...others, ...written]
}

function countTests(match: Match, into: Map<string, number>): number {
  if (match.kind === 'all' || match.kind === 'some')
    return match.of.reduce((sum, one) => sum + countTests(one, into), 0)
  if (match.kind === 'not') return countTests(match.of, into)
  if (match.kind === 'opaque') {
    const kind = match.text
      .split(' ')
      .slice(0, 2)
      .join(' ')
      .replace(/[{"].*/, '')
    into.set(kind, (into.get(kind) ?? 0) + 1)
  }
  return 1
}

describe.skipIf(!present)('real rule sets (skipped where the data is missing)', () => {
  test('are all read, and few of their tests cannot be made', () => {
    const unknown = new Map<string, number>()
    let [tests, actions, rules] = [0, 0, 0]
    for (const [, text] of allTexts()) {
      for (const set of Object.values(deviceOf(text).ruleSets)) {
        for (const rule of set.rules) {
          rules++
          tests += countTests(rule.match, unknown)
          if (rule.action.kind === 'opaque') actions++
        }
      }
    }
    const sum = [...unknown.values()].reduce((a, b) => a + b, 0)
    const words = [...unknown].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${count} ${kind}`)
    console.log(`${rules} rules, ${tests} tests, ${sum} unknown (${words.join(', ')}), ${actions} unknown actions`)
    expect(rules).toBeGreaterThan(2000)
    expect(sum / tests).toBeLessThan(0.03)
    expect(actions / rules).toBeLessThan(0.01)
  })

  test.for(named(NFT, /\.nft$/))('%s means the same as its twin in JSON', (name) => {
    const text = deviceOf(read(NFT, name))
    const json = deviceOf(read(NFT, name.replace(/nft$/, 'json')))
    expect(meaning(text.ruleSets)).toEqual(meaning(json.ruleSets))
    expect(text.pipeline).toEqual(json.pipeline)
  })

  // What the kernel printed back was loaded without flowtables and helpers, and leaves out what goes without saying.
  test.for(named(LOADED, /\.(nft|json)$/))('%s judges as what firewall4 wrote', (name) => {
    const loaded = deviceOf(read(LOADED, name))
    const written = deviceOf(expectedText(name.replace(/\.\w+$/, '')) ?? '')
    expect(stagesWithRules(loaded)).toEqual(stagesWithRules(written))
    for (const packet of packets(loaded)) {
      for (const key of Object.keys(loaded.ruleSets)) {
        expect([key, packet, outcomes(loaded, key, packet)]).toEqual([key, packet, outcomes(written, key, packet)])
      }
    }
  })
})

function stagesWithRules(device: Device): string[] {
  return Object.entries(device.pipeline).flatMap(([hook, stages]) =>
    stages.map((stage) => `${hook} ${'ruleSet' in stage ? stage.ruleSet : stage.kind}`),
  )
}

/** Packets between the interfaces and addresses a rule set speaks of. */
function packets(device: Device): Packet[] {
  const names = new Set(['eth9'])
  for (const set of Object.values(device.ruleSets)) for (const rule of set.rules) collect(rule.match, names)
  const ports = [22, 53, 1001, 8080]
  const ends = [ip('10.0.0.2'), ip('192.168.1.3'), ip('198.51.100.7'), ip('2001:db8:1000::9'), ip('::1')]
  const made: Packet[] = []
  const list = [...names]
  for (const [at, source] of ends.entries()) {
    for (const destination of ends) {
      if (typeof source !== typeof destination) continue
      for (const [index, protocol] of [6, 17, typeof source === 'number' ? 1 : 58].entries()) {
        const inInterface = list[(at + index) % list.length] ?? 'eth9'
        const outInterface = list[(at + index + 1) % list.length] ?? 'eth9'
        const state = at % 2 === 0 ? 'new' : 'established'
        const common = { source, destination, protocol, inInterface, outInterface, state } as const
        const flags = protocol === 6 ? { flags: 'S' } : {}
        const port = ports[(at + index) % ports.length] ?? 22
        if (protocol === 6 || protocol === 17)
          made.push({ ...common, ...flags, sourcePort: 40000, destinationPort: port })
        else made.push({ ...common, flags: '', icmp: { type: protocol === 1 ? 8 : 128, code: 0 } })
      }
    }
  }
  return made
}

function collect(match: Match, names: Set<string>): void {
  if (match.kind === 'all' || match.kind === 'some') for (const one of match.of) collect(one, names)
  else if (match.kind === 'in-interface' || match.kind === 'out-interface') for (const one of match.in) names.add(one)
}
