import type { Source } from '../../model/index.ts'
import { inert, type LineLedger, type TextFile } from '../../text/index.ts'
import { readElement } from './nft-expression.ts'
import { parsePriority } from './nft-priority.ts'
import { readStatements } from './nft-statement.ts'
import { atEnd, blockAt, type Cursor, cursorOn, next, peek, skipStatement, type Token, take } from './nft-tokens.ts'
import {
  type NftChain,
  type NftRuleset,
  type NftSet,
  type NftTable,
  nftChain,
  nftFamily,
  nftTable,
} from './nft-tree.ts'
import { type Notes, note, noteOnce } from './notes.ts'

/** Whether a text holds a table as `nft list ruleset` prints it. */
export function holdsNftText(text: string): boolean {
  return /^[ \t]*table[ \t]+(?:(?:ip6?|inet|arp|bridge|netdev)[ \t]+)?[^\s{]+[ \t]*\{/m.test(text)
}

const COMMANDS = /^\s*(?:table|define|redefine|undefine|include|flush|delete|destroy|add|insert|create)\s/

/** Where reading stands in a file. */
interface Reading {
  readonly file: string
  readonly lines: readonly string[]
  readonly into: NftRuleset
  readonly notes: Notes
}

/**
 * Reads the tables of `nft list ruleset` (nft(8)), with or without handles, and of scripts with `define`, among whatever
 * else stands in the file. Returns the text with the lines that were read left empty, so that the rest keeps its places.
 */
export function readNftText(file: TextFile, into: NftRuleset, notes: Notes): string {
  const lines = file.text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  const reading: Reading = { file: file.path, lines, into, notes }
  const definitions = new Map<string, readonly Token[]>()
  const rest = [...lines]
  for (let at = 0; at < lines.length; ) {
    if (!COMMANDS.test(lines[at] ?? '')) {
      at++
      continue
    }
    const block = blockAt(lines, at)
    const cursor = cursorOn(block.tokens, definitions)
    const source = sourceAt(reading, block.tokens[0])
    if (!readCommand(reading, cursor, definitions, source)) {
      at++
      continue
    }
    if (!block.closed) {
      const message = 'This block of nft never ends, so the file may be cut; what stands here was read.'
      note(notes, 'warning', 'NT1530', message, source)
    }
    if (file.ledger) noteBlock(lines, at, block.end, file.ledger)
    rest.fill('', at, block.end)
    at = block.end
  }
  return rest.join('\n')
}

// A rule that was not understood is noted by its test that cannot be made.
function noteBlock(lines: readonly string[], from: number, to: number, ledger: LineLedger): void {
  for (let at = from; at < to; at++) {
    const words = (lines[at] ?? '').trim()
    if (words.startsWith('#')) ledger.inert(at + 1, 'a comment')
    else if (/[^\s{}();,]/.test(words)) ledger.modelled(at + 1)
  }
}

/** Reads one command at the start of a line; false when it is none of nft's. */
function readCommand(
  reading: Reading,
  cursor: Cursor,
  definitions: Map<string, readonly Token[]>,
  source: Source,
): boolean {
  const word = next(cursor)?.text
  if (word === 'table') return readTable(reading, cursor, source)
  if (word === 'add' && take(cursor, 'table')) return readTable(reading, cursor, source)
  if (word === 'define' || word === 'redefine') {
    const name = next(cursor)?.text
    if (name === undefined || !take(cursor, '=')) return false
    definitions.delete(name)
    definitions.set(name, cursor.tokens.slice(cursor.at, -1))
    return true
  }
  if (word === 'include') {
    const message = `"include" brings in rules that are not in the export; export what is loaded with "nft list ruleset".`
    noteOnce(reading.notes, source.kind === 'line' ? source.text : '', 'warning', 'NT1531', message, source)
    return true
  }
  if (word === 'flush' || word === 'undefine') return true
  if (!/^(?:table|chain|rule|set|map|element|flowtable|ruleset)$/.test(peek(cursor))) return false
  const message = `The command "${word} ${peek(cursor)}" is not read; export what is loaded with "nft list ruleset".`
  noteOnce(reading.notes, `${word} ${peek(cursor)}`, 'warning', 'NT1532', message, source)
  return true
}

function readTable(reading: Reading, cursor: Cursor, source: Source): boolean {
  const family = nftFamily(peek(cursor))
  if (family && peek(cursor, 1) !== '{') cursor.at++
  const name = next(cursor)?.text
  if (name === undefined) return false
  if (!take(cursor, '{')) return take(cursor, ';')
  const table = nftTable(reading.into, family ?? 'ip', name, source)
  while (cursor.at < cursor.tokens.length && !take(cursor, '}')) {
    if (!take(cursor, ';')) readMember(reading, cursor, table)
  }
  return true
}

function readMember(reading: Reading, cursor: Cursor, table: NftTable): void {
  const token = next(cursor)
  const source = sourceAt(reading, token)
  const word = token?.text
  if (word === 'flags') {
    if (peek(cursor) === 'dormant') table.dormant = true
    skipStatement(cursor)
  } else if (word === 'chain') {
    const chain = nftChain(table, next(cursor)?.text ?? '', source)
    Object.assign(chain, { source })
    if (take(cursor, '{')) readChain(reading, cursor, chain)
  } else if (word === 'set' || word === 'map') {
    const set: NftSet = { name: next(cursor)?.text ?? '', dynamic: false, elements: [], source }
    if (take(cursor, '{')) readSetBody(reading, cursor, set)
    table.sets.set(set.name, set)
  } else if (word === 'include') {
    const message = `"include" brings in rules that are not in the export; export what is loaded with "nft list ruleset".`
    noteOnce(reading.notes, peek(cursor), 'warning', 'NT1531', message, source)
    skipStatement(cursor)
  } else if (word !== '}') skipMember(cursor)
}

/** Objects that no flow can be tested against: counters, limits, helpers, flowtables. */
function skipMember(cursor: Cursor): void {
  while (!atEnd(cursor) && peek(cursor) !== '{') cursor.at++
  if (!take(cursor, '{')) return
  skipToBrace(cursor)
}

/** Passes everything up to and with the brace that closes what is open. */
function skipToBrace(cursor: Cursor): void {
  while (cursor.at < cursor.tokens.length && !take(cursor, '}')) {
    if (!take(cursor, ';')) skipStatement(cursor)
  }
}

function readChain(reading: Reading, cursor: Cursor, chain: NftChain): void {
  while (cursor.at < cursor.tokens.length && !take(cursor, '}')) {
    if (take(cursor, ';')) continue
    const word = peek(cursor)
    if (word === 'type') readHook(cursor, chain)
    else if (word === 'policy') {
      cursor.at++
      chain.policy = next(cursor)?.text ?? 'accept'
    } else if (word === 'comment' || word === 'flags' || word === 'devices') skipStatement(cursor)
    else {
      const source = sourceAt(reading, cursor.tokens[cursor.at])
      const from = cursor.at
      const rule = readStatements(cursor)
      chain.rules.push({ ...rule, source })
      if (cursor.at === from) cursor.at++
    }
  }
}

/** `type filter hook input priority filter - 10;` (nft(8): chains). */
function readHook(cursor: Cursor, chain: NftChain): void {
  cursor.at++
  const type = next(cursor)?.text ?? ''
  take(cursor, 'hook')
  const hook = next(cursor)?.text ?? ''
  while (!atEnd(cursor) && peek(cursor) !== 'priority') cursor.at++
  take(cursor, 'priority')
  const words: string[] = []
  while (!atEnd(cursor)) words.push(next(cursor)?.text ?? '')
  chain.hook = { type, hook, priority: parsePriority(words.join(' ')) }
}

function readSetBody(reading: Reading, cursor: Cursor, set: NftSet): void {
  while (cursor.at < cursor.tokens.length && !take(cursor, '}')) {
    if (take(cursor, ';')) continue
    if (take(cursor, 'flags')) {
      for (; !atEnd(cursor); cursor.at++) if (peek(cursor) === 'dynamic') set.dynamic = true
    } else if (take(cursor, 'elements')) {
      take(cursor, '=')
      if (take(cursor, '{')) readElements(reading, cursor, set)
    } else skipStatement(cursor)
  }
}

function readElements(reading: Reading, cursor: Cursor, set: NftSet): void {
  while (cursor.at < cursor.tokens.length && !take(cursor, '}')) {
    if (take(cursor, ',') || take(cursor, ';')) continue
    const at = cursor.tokens[cursor.at]
    set.elements.push(readElement(cursor))
    if (cursor.problem === undefined) continue
    const message = `"${cursor.problem}" is not understood as an element; the set ${set.name} is not complete.`
    note(reading.notes, 'warning', 'NT1533', message, sourceAt(reading, at))
    cursor.problem = undefined
    set.elements.push({ key: { kind: 'other', text: at?.text ?? '' } })
  }
}

function sourceAt(reading: Reading, token: Token | undefined): Source {
  const line = token?.line ?? 1
  const written = (reading.lines[line - 1] ?? '').trim()
  const text = inert(written.slice(0, 200))
  return { kind: 'line', file: reading.file, line, column: token?.column ?? 1, text }
}
