import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device, Rule } from '../../../src/model/index.ts'
import { formatIp } from '../../../src/net/index.ts'

// firewall4's own tests: UCI as JSON and the nftables text it must become.
const folder = join(
  process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'configs/openwrt-fw4-tests',
)
const present = existsSync(folder)
if (!present) console.warn(`skipped: firewall4's own tests are not in ${folder}`)
const cases = present ? readdirSync(folder).filter((name) => /^0\d_/.test(name)) : []

/** The interfaces the upstream tests run on, as a network file of today's syntax. */
const NETWORK = `
config interface 'lan'
	option device 'br-lan'
	option proto 'static'
	list ipaddr '10.0.0.1/24'
	list ipaddr '192.168.26.1/24'
	list ip6addr '2001:db8:1000:1::1/60'
	list ip6addr 'fd63:e2f:f706:1::1/60'
config interface 'guest'
	option device 'br-guest'
	option proto 'static'
	list ipaddr '10.1.0.1/24'
	list ipaddr '192.168.27.1/24'
	list ip6addr '2001:db8:1000:2::1/60'
	list ip6addr 'fd63:e2f:f706:2::1/60'
config interface 'wan'
	option device 'pppoe-wan'
	option proto 'static'
	option ipaddr '10.11.12.194/24'
config interface 'wan6'
	option device 'pppoe-wan'
	option proto 'static'
	option ip6addr '2001:db8:54:321::2/64'
config interface 'noaddr'
	option device 'wwan0'
	option proto 'static'
`

type Json = Record<string, unknown>

function read(name: string): { device: Device; chains: Map<string, string[]> } {
  const text = readFileSync(join(folder, name), 'utf8')
  const given = /-- File uci\/firewall\.json --\n(.*?)-- End --/s.exec(text)?.[1]
  const mock = readFileSync(join(folder, '_mocks/uci__firewall.json'), 'utf8')
  const config = JSON.parse((given ?? mock).replace(/,(\s*[\]}])/g, '$1')) as Json
  const part = importUci('router', [
    { path: 'network', text: NETWORK },
    { path: 'firewall', text: asUci(config) },
  ])
  const device = part.devices[0]
  if (!device) throw new Error('nothing was read')
  return { device, chains: expectedChains(/-- Expect stdout --\n(.*?)-- End --/s.exec(text)?.[1] ?? '') }
}

function asUci(config: Json): string {
  const lines: string[] = []
  for (const [type, value] of Object.entries(config)) {
    for (const section of Array.isArray(value) ? (value as Json[]) : [value as Json]) {
      lines.push(`config ${type}`)
      for (const [key, content] of Object.entries(section)) {
        if (key.startsWith('.')) continue
        if (Array.isArray(content)) for (const one of content) lines.push(`\tlist ${key} '${one}'`)
        else lines.push(`\toption ${key} '${content}'`)
      }
    }
  }
  return lines.join('\n')
}

/** What a chain's lines do, in order; lines of one section follow each other and count once. */
function expectedChains(text: string): Map<string, string[]> {
  const chains = new Map<string, string[]>()
  for (const [, name = '', body = ''] of text.matchAll(/\tchain (\S+) \{\n(.*?)\t\}/gs)) {
    const seen: string[] = []
    let last = ''
    for (const line of body.split('\n')) {
      const comment =
        /comment "([^"]*)"/.exec(line)?.[1]?.replace(/((?:Handle|accept|drop|reject) \S+) IPv\d(\/IPv6)?/, '$1') ??
        line.trim()
      const bare = line
        .replace(/comment ".*/, '')
        .replace(/log prefix "[^"]*" ?(level \w+ ?)?/, '')
        .trim()
      if (/^(type |$)|syn_flood|flow offload|dscp set/.test(bare)) continue
      if (line.includes('log prefix') && !line.includes('comment')) continue
      const action = actionOf(bare)
      if (`${comment}${action}` !== last) seen.push(...action.split(' + '))
      last = `${comment}${action}`
    }
    chains.set(name, seen)
  }
  return chains
}

function actionOf(line: string): string {
  if (line.startsWith('ct state vmap')) return line.includes('invalid : drop') ? 'accept + drop' : 'accept'
  const jump = /jump (\S+)/.exec(line)
  if (jump) return `jump ${jump[1]}`
  if (/reject with tcp reset/.test(line)) return 'reject tcp-reset'
  if (/reject with icmpx/.test(line)) return 'reject port-unreachable'
  if (/ct status dnat accept/.test(line)) return 'accept'
  const nat = /(dnat|snat|redirect to|masquerade)(?: (\S+))?/.exec(line)
  if (nat) return nat[1] === 'masquerade' ? 'masquerade' : `${nat[1]} ${nat[2]}`
  if (/mark set/.test(line)) return 'mark'
  if (/maxseg size set/.test(line)) return 'clamp'
  if (/notrack/.test(line)) return 'notrack'
  return / (accept|drop)$/.exec(line)?.[1] ?? (/^(accept|drop)$/.test(line) ? line : 'counts')
}

function ourAction({ action, match }: Rule): string {
  switch (action.kind) {
    case 'jump':
      return `jump ${action.to.replace('fw4/', '')}`
    case 'reject':
      return `reject ${action.with}`
    case 'rewrite-source':
      return action.to.kind === 'own-address' ? 'masquerade' : `snat ${addressOf(action.to)}`
    case 'rewrite-destination': {
      const port = action.ports?.first ?? portOf(match)
      if (action.to.kind === 'own-address') return `redirect to ${port}`
      const address = addressOf(action.to)
      return `dnat ${port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`}`
    }
    case 'clamp-mss':
      return 'clamp'
    case 'no-track':
      return 'notrack'
    case 'opaque':
    case 'mark':
      return 'mark'
    case 'pass':
      return 'counts'
    default:
      return action.kind
  }
}

function addressOf(to: { kind: string; first?: unknown }): string {
  return formatIp(to.first as Parameters<typeof formatIp>[0])
}

/** The first port a match names for the destination: fw4 writes it behind the new address. */
function portOf(match: unknown): number | undefined {
  const found = /"destination-port","in":\[\{"first":(\d+)/.exec(
    JSON.stringify(match, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  )
  return found ? Number(found[1]) : undefined
}

/** Chains that are made in another shape here, with the reason. */
const SHAPED_OTHERWISE: readonly (readonly [test: RegExp, chain: RegExp, because: string])[] = [
  [/./, /^(helper_|prerouting$|syn_flood$)/, 'conntrack helpers and rate limits are not modelled'],
  [/./, /_(from|to)_|^handle_reject$/, 'their rules stand where they are jumped to'],
  [/./, /^(raw_|notrack_)/, 'NOTRACK rules stand in the raw base chains themselves'],
  [/07_helpers/, /test5$|^(input|forward|output)$/, 'options without a meaning here are not validated'],
  [/08_family/, /^dstnat$|_ipv4only$/, 'a redirect that is left out leaves no empty chain behind'],
  [/06_includes__01/, /./, 'rules spliced in from files are reported, not read'],
]

const VERDICT = /^jump ((accept|reject|drop)_(from|to)_\S+|handle_reject)$/

/** Verdict chains have no chain here: their rules stand where fw4 jumps to them. */
function spelledOut(action: string, chains: ReadonlyMap<string, readonly string[]>): string[] {
  const chain = VERDICT.exec(action)?.[1]
  if (chain === undefined) return [action]
  return (chains.get(chain) ?? []).flatMap((one) => spelledOut(one, chains))
}

describe.skipIf(!present)('firewall4 makes these chains of these zones and rules (upstream tests)', () => {
  test.for(cases)('%s', (name) => {
    const { device, chains } = read(name)
    for (const [chain, actions] of chains) {
      if (SHAPED_OTHERWISE.some(([test, pattern]) => test.test(name) && pattern.test(chain))) continue
      const ours = device.ruleSets[`fw4/${chain}`]?.rules.map(ourAction) ?? []
      expect([chain, ...ours]).toEqual([chain, ...actions.flatMap((action) => spelledOut(action, chains))])
    }
  })
})
