import type { Device, Rule } from '../../../src/model/index.ts'
import { host } from './host-text.ts'

/** Where a rule of these tests stands. */
export interface Place {
  readonly family?: string
  readonly hook?: string
  readonly more?: string
}

const HOOKS: Readonly<Record<string, string>> = {
  forward: 'type filter hook forward priority filter; policy accept;',
  prerouting: 'type nat hook prerouting priority dstnat; policy accept;',
  postrouting: 'type nat hook postrouting priority srcnat; policy accept;',
}

/** The device of one rule in the chain `c` of the table `t`; `other` is a chain to jump to. */
export function nftHost(words: string, { family = 'inet', hook = 'forward', more = '' }: Place = {}): Device {
  const chain = `\tchain c {\n\t\t${HOOKS[hook] ?? hook}\n\t\t${words}\n\t}\n`
  return host(`table ${family} t {\n${more}\tchain other {\n\t}\n${chain}}\n`).device
}

/** What one rule of the text grammar becomes. */
export function nftRules(words: string, place: Place = {}): readonly Rule[] {
  return nftHost(words, place).ruleSets[`nft ${place.family ?? 'inet'} t/c`]?.rules ?? []
}

/** What one rule of `nft -j` becomes. */
export function nftJsonRules(expr: readonly unknown[], { family = 'inet' }: Place = {}): readonly Rule[] {
  const base = { family, table: 't' }
  const nftables = [
    { metainfo: { json_schema_version: 1 } },
    { table: { family, name: 't' } },
    { chain: { ...base, name: 'other' } },
    { chain: { ...base, name: 'c', type: 'filter', hook: 'forward', prio: 0, policy: 'accept' } },
    { rule: { ...base, chain: 'c', handle: 7, expr } },
  ]
  return host(JSON.stringify({ nftables })).device.ruleSets[`nft ${family} t/c`]?.rules ?? []
}

/** Data without places and without the words of what cannot be tested, which differ between text and JSON. */
export function meaning(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>)
  if (Array.isArray(value)) return value.map(meaning)
  if (typeof value !== 'object' || value === null) return value
  const all = value as Readonly<Record<string, unknown>>
  if (all.kind === 'opaque') return { kind: 'opaque' }
  const kept = Object.entries(all).filter(([key]) => !['source', 'policySource', 'comment'].includes(key))
  return Object.fromEntries(kept.map(([key, one]) => [key, meaning(one)]))
}
