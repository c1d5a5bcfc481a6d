import type { Source } from '../../model/index.ts'
import type { JsonDocument } from '../../text/index.ts'
import { visitAll } from './line-notes.ts'
import { setOf } from './nft-json-expression.ts'
import { statementOf } from './nft-json-statement.ts'
import { isRecord, type Json } from './nft-json-value.ts'
import { parsePriority } from './nft-priority.ts'
import { type NftRuleset, type NftTable, nftChain, nftFamily, nftTable } from './nft-tree.ts'
import { type Notes, note } from './notes.ts'
import { sourceOf } from './row.ts'

/** Whether a JSON value is what `nft -j list ruleset` prints. */
export function isNftJson(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value.nftables)
}

/** Reads the objects of `nft -j list ruleset` (libnftables-json(5)); the tree is the one the text grammar makes. */
export function readNftJson(document: JsonDocument, file: string, into: NftRuleset, notes: Notes): void {
  const { value } = document
  const list = isRecord(value) && Array.isArray(value.nftables) ? value.nftables : []
  for (const entry of list) {
    if (!isRecord(entry)) continue
    // Input for `nft -j -f` wraps each object in a command.
    const command = ['add', 'create', 'insert'].find((name) => isRecord(entry[name]))
    const object = command === undefined ? entry : (entry[command] as Json)
    const [kind] = Object.keys(object)
    const inner = kind === undefined ? undefined : object[kind]
    if (kind === undefined || !isRecord(inner)) continue
    const source = sourceOf({ document, file, value: inner })
    visitAll(document, inner)
    const table = kind === 'metainfo' ? undefined : tableFor(kind, inner, into, source)
    if (table) readObject(kind, inner, table, source)
    else if (kind !== 'metainfo') {
      const message = `This object of nft ("${kind}") names no table; it was left out.`
      note(notes, 'warning', 'NT1534', message, source)
    }
  }
}

function tableFor(kind: string, inner: Json, into: NftRuleset, source: Source): NftTable | undefined {
  const family = nftFamily(wordOf(inner, 'family'))
  const name = wordOf(inner, kind === 'table' ? 'name' : 'table')
  return family === undefined || name === undefined ? undefined : nftTable(into, family, name, source)
}

function wordOf(inner: Json, key: string): string | undefined {
  const value = inner[key]
  return typeof value === 'string' ? value : undefined
}

function readObject(kind: string, inner: Json, table: NftTable, source: Source): void {
  const flags = [inner.flags].flat()
  if (kind === 'table') table.dormant = flags.includes('dormant')
  else if (kind === 'chain') readChain(inner, table, source)
  else if (kind === 'rule') readRule(inner, table, source)
  else if (kind === 'set' || kind === 'map') {
    const name = wordOf(inner, 'name') ?? ''
    const written = inner.elem === undefined ? [] : setOf(inner.elem)
    const elements = 'kind' in written && written.kind === 'set' ? [...written.elements] : []
    table.sets.set(name, { name, dynamic: flags.includes('dynamic'), elements, source })
  } else if (kind === 'element') {
    const set = table.sets.get(wordOf(inner, 'name') ?? '')
    const written = setOf(inner.elem)
    if (set && written.kind === 'set') set.elements.push(...written.elements)
  }
}

function readChain(inner: Json, table: NftTable, source: Source): void {
  const chain = nftChain(table, wordOf(inner, 'name') ?? '', source)
  chain.source = source
  const [type, hook] = [wordOf(inner, 'type'), wordOf(inner, 'hook')]
  const policy = wordOf(inner, 'policy')
  if (policy !== undefined) chain.policy = policy
  if (type === undefined || hook === undefined) return
  const priority = inner.prio
  chain.hook = {
    type,
    hook,
    priority: typeof priority === 'number' ? priority : parsePriority(typeof priority === 'string' ? priority : '0'),
  }
}

function readRule(inner: Json, table: NftTable, source: Source): void {
  const chain = nftChain(table, wordOf(inner, 'chain') ?? '', source)
  const statements = Array.isArray(inner.expr) ? inner.expr.map(statementOf) : []
  const comment = wordOf(inner, 'comment')
  chain.rules.push({ statements, ...(comment === undefined ? {} : { comment }), source })
}
