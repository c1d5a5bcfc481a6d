import type { Source } from '../../src/model/index.ts'
import type { TextFile } from '../../src/text/index.ts'

/** Which rule of a chain something is: `ip filter/FORWARD 3`, or `ip filter/FORWARD policy`. */
export type RulePlace = string

/** The rules of one device, found by how each side names them. */
export interface RulePlaces {
  /** By what netfilter's trace says; `six` = the packet is IPv6. */
  byHandle(six: boolean, table: string, chain: string, handle: number | undefined): RulePlace
  /** By where a rule stands in what the device printed; `undefined` when no rule stands there. */
  bySource(source: Source): RulePlace | undefined
  /** The rule in words. */
  words(place: RulePlace): string
}

interface NftObject {
  readonly family: string
  readonly table: string
  readonly chain: string
  readonly handle: number
}

/**
 * The places of a device: its rules as `nft -j list ruleset` numbers them, what `nft -a list ruleset` printed if the text
 * was read, and the files our reader had.
 */
export function rulePlaces(listed: string, withHandles: string, files: readonly TextFile[]): RulePlaces {
  const handles = new Map<string, number[]>()
  for (const rule of rulesIn(listed)) {
    const key = `${rule.family} ${rule.table}/${rule.chain}`
    const list = handles.get(key) ?? []
    list.push(rule.handle)
    handles.set(key, list)
  }
  const sources = new Map<string, RulePlace>()
  const texts = new Map<RulePlace, string>()
  for (const file of files)
    notePlaces(file.path.endsWith('/nft') ? { ...file, text: withHandles } : file, handles, sources, texts)
  return {
    byHandle(six, table, chain, handle) {
      const keys = (six ? ['ip6', 'inet'] : ['ip', 'inet']).map((family) => `${family} ${table}/${chain}`)
      const key = keys.find((one) => handle !== undefined && handles.get(one)?.includes(handle))
      return handle === undefined || key === undefined
        ? `${table}/${chain} policy`
        : `${key} ${handles.get(key)?.indexOf(handle)}`
    },
    bySource(source) {
      if (source.kind === 'line') return sources.get(`${source.file}:${source.line}`)
      const found = source.kind === 'pointer' ? /^\/nftables\/(\d+)/.exec(source.pointer) : undefined
      return found && source.kind === 'pointer' ? sources.get(`${source.file}:${found[1]}`) : undefined
    },
    words: (place) => texts.get(place) ?? place,
  }
}

function rulesIn(listed: string): NftObject[] {
  if (listed.trim() === '') return []
  const { nftables } = JSON.parse(listed) as { nftables: { rule?: NftObject }[] }
  return nftables.flatMap(({ rule }) => rule ?? [])
}

function notePlaces(
  file: TextFile,
  handles: ReadonlyMap<string, readonly number[]>,
  sources: Map<string, RulePlace>,
  texts: Map<RulePlace, string>,
): void {
  const add = (at: number, place: RulePlace, text: string) => {
    sources.set(`${file.path}:${at}`, place)
    texts.set(place, text)
  }
  if (file.path.endsWith('tables-save')) noteSaved(file, add)
  else if (file.path.endsWith('nft.json') && file.text.trim() !== '') {
    const { nftables } = JSON.parse(file.text) as { nftables: { rule?: NftObject & { expr: unknown } }[] }
    for (const [at, { rule }] of nftables.entries()) {
      const key = rule && `${rule.family} ${rule.table}/${rule.chain}`
      if (rule) add(at, `${key} ${handles.get(key ?? '')?.indexOf(rule.handle)}`, JSON.stringify(rule.expr))
    }
  } else if (file.path.endsWith('/nft')) noteNftText(file, handles, add)
}

type Add = (at: number, place: RulePlace, text: string) => void

/** The n-th `-A` of a chain is its n-th rule. */
function noteSaved(file: TextFile, add: Add): void {
  const family = file.path.endsWith('ip6tables-save') ? 'ip6' : 'ip'
  const counts = new Map<string, number>()
  let table = ''
  for (const [at, line] of file.text.split('\n').entries()) {
    if (line.startsWith('*')) table = line.slice(1)
    const chain = /^-A (\S+)/.exec(line)?.[1]
    if (chain === undefined) continue
    const key = `${family} ${table}/${chain}`
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    add(at + 1, `${key} ${count}`, `*${table} ${line}`)
  }
}

/** `nft -a` writes each rule's handle behind it. */
function noteNftText(file: TextFile, handles: ReadonlyMap<string, readonly number[]>, add: Add): void {
  let [table, chain] = ['', '']
  for (const [at, line] of file.text.split('\n').entries()) {
    table = /^table (\S+ \S+)/.exec(line)?.[1] ?? table
    chain = /^\tchain (\S+)/.exec(line)?.[1] ?? chain
    const handle = /^\t\t.* # handle (\d+)$/.exec(line)?.[1]
    const key = `${table}/${chain}`
    if (handle !== undefined) add(at + 1, `${key} ${handles.get(key)?.indexOf(Number(handle))}`, line.trim())
  }
}
