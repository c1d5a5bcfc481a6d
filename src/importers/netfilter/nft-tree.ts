import type { Source } from '../../model/index.ts'

/** The families nft knows; `ip`, `ip6` and `inet` see routed packets. */
type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev'

/** A value or what it is read from, in the terms of libnftables-json(5); the text grammar makes the same. */
export type Expression =
  /** A number, an address, a name: as it stands, without quotes. `exists` and `missing` stand for true and false. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'payload'; readonly protocol: string; readonly field: string }
  | { readonly kind: 'meta'; readonly key: string }
  | { readonly kind: 'ct'; readonly key: string; readonly direction?: string; readonly family?: string }
  | { readonly kind: 'fib'; readonly result: string; readonly flags: readonly string[] }
  | { readonly kind: 'rt'; readonly key: string }
  | { readonly kind: 'tcp-option'; readonly name: string; readonly field: string }
  | { readonly kind: 'concat' | 'list'; readonly of: readonly Expression[] }
  | { readonly kind: 'bits'; readonly operator: BitOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'prefix'; readonly address: string; readonly length: number }
  | { readonly kind: 'range'; readonly first: string; readonly last: string }
  | { readonly kind: 'set'; readonly elements: readonly SetElement[] }
  /** `@name`: a set or map of the same table. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'map'; readonly key: Expression; readonly in: Expression }
  /** Something that cannot be read from a flow; `text` is its words. */
  | { readonly kind: 'other'; readonly text: string }

export type BitOperator = '&' | '|' | '^' | '<<' | '>>'

/** An element of a set or map; the key `*` is every value no other element has. */
export interface SetElement {
  readonly key: Expression
  readonly data?: Expression
  readonly verdict?: Verdict
}

/** What a rule or an element of a verdict map decides. */
export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' | 'queue' }
  | { readonly kind: 'jump' | 'goto'; readonly to: string }

export type Operator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!'

/** One statement of a rule; they run from left to right, and a test that fails ends the rule. */
export type Statement =
  /** `in` on a bit field: any of the bits; `!`: none of them. */
  | { readonly kind: 'match'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'verdict-map'; readonly key: Expression; readonly in: Expression }
  | { readonly kind: 'reject'; readonly type?: string; readonly code?: string }
  | NatStatement
  /** Writes a field: a mark, the MSS, a header. */
  | { readonly kind: 'change'; readonly field: Expression; readonly to: Expression }
  | { readonly kind: 'no-track' }
  /** Counts, logs, fills a set: nothing a verdict depends on. */
  | { readonly kind: 'pass' }
  /** A test of rate, amount or number of connections; `holds` is its result for one connection alone, absent = not known. */
  | { readonly kind: 'limit'; readonly text: string; readonly holds?: boolean }
  /** Somebody else decides; `text` is its words. */
  | { readonly kind: 'elsewhere'; readonly text: string }
  /** A match or target of iptables that only iptables-save can print. */
  | { readonly kind: 'xt'; readonly type?: 'match' | 'target'; readonly name?: string }
  /** Words that were not understood. */
  | { readonly kind: 'unread'; readonly text: string }

export interface NatStatement {
  readonly kind: 'nat'
  readonly what: 'dnat' | 'snat' | 'masquerade' | 'redirect'
  readonly family?: 'ip' | 'ip6'
  /** A literal, range, prefix, or a map; a map may give address and port as one concatenation. */
  readonly address?: Expression
  readonly port?: Expression
  /** The network part is replaced, host bits are kept. */
  readonly keepsHostBits: boolean
}

/** A rule as it stands. */
export interface NftRule {
  readonly statements: readonly Statement[]
  readonly comment?: string
  readonly source: Source
}

/** Where a base chain hangs. */
interface NftHook {
  readonly type: string
  readonly hook: string
  readonly priority: number
}

/** A chain as it stands; only one with a hook sees packets by itself. */
export interface NftChain {
  readonly name: string
  hook?: NftHook
  policy?: string
  source: Source
  readonly rules: NftRule[]
}

/** A named set or map. */
export interface NftSet {
  readonly name: string
  /** Packets add to it, so that what the export holds may be old. */
  dynamic: boolean
  readonly elements: SetElement[]
  readonly source: Source
}

/** A table as it stands. */
export interface NftTable {
  readonly family: NftFamily
  readonly name: string
  readonly chains: Map<string, NftChain>
  readonly sets: Map<string, NftSet>
  /** Loaded and switched off. */
  dormant: boolean
  readonly source: Source
}

/** The tables of one host, keyed `inet fw4`, in the order of the export. */
export type NftRuleset = Map<string, NftTable>

/** The table of a name, made when it is new. */
export function nftTable(into: NftRuleset, family: NftFamily, name: string, source: Source): NftTable {
  const key = `${family} ${name}`
  const table = into.get(key) ?? { family, name, chains: new Map(), sets: new Map(), dormant: false, source }
  into.set(key, table)
  return table
}

/** The chain of a name, made when it is new. */
export function nftChain(table: NftTable, name: string, source: Source): NftChain {
  const chain = table.chains.get(name) ?? { name, source, rules: [] }
  table.chains.set(name, chain)
  return chain
}

/** The family a word names. */
export function nftFamily(word: string | undefined): NftFamily | undefined {
  return FAMILIES.find((family) => family === word)
}

const FAMILIES: readonly NftFamily[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']
