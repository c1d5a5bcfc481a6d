import type { Diagnostic, Source } from '../../model/index.ts'
import { type TextFile, TextPlaces } from '../../text/index.ts'
import { type BindStatement, type BindWord, baseName, keywordOf } from './statement.ts'
import { nextToken, type Token } from './token.ts'

/** What configuration files of named say, includes put in their place. */
export interface BindReading {
  readonly statements: readonly BindStatement[]
  readonly diagnostics: readonly Diagnostic[]
  /** The `include` statements, which are in none of the others. */
  readonly includes: readonly BindStatement[]
}

/**
 * Reads configuration files (BIND 9 ARM: configuration file grammar): comments in the three styles, words, nested
 * blocks. `include` is followed into `files` by base name. A mistake in the grammar makes named refuse to start: the
 * first of each file is an error, and reading goes on.
 */
export function readBind(roots: readonly TextFile[], files: readonly TextFile[]): BindReading {
  const reading: Reading = { files, diagnostics: [], includes: [], open: [] }
  const statements = roots.flatMap((root) => readFile(reading, root))
  return { statements, diagnostics: reading.diagnostics, includes: reading.includes }
}

interface Reading {
  readonly files: readonly TextFile[]
  readonly diagnostics: Diagnostic[]
  readonly includes: BindStatement[]
  readonly open: TextFile[]
}

function readFile(reading: Reading, file: TextFile): BindStatement[] {
  reading.open.push(file)
  const reader: Reader = { file, places: new TextPlaces(file.text), at: 0, problem: undefined }
  const statements = readBlock(reader, 0)
  if (reader.problem) reading.diagnostics.push(syntax(reader.problem.message, reader.problem.source))
  const expanded = expand(reading, statements)
  reading.open.pop()
  return expanded
}

/** Puts the statements of included files in the place of `include`, in blocks too. */
function expand(reading: Reading, statements: readonly BindStatement[]): BindStatement[] {
  return statements.flatMap((statement): BindStatement[] => {
    if (keywordOf(statement) !== 'include') {
      return [{ ...statement, blocks: statement.blocks.map((block) => expand(reading, block)) }]
    }
    reading.includes.push(statement)
    const path = statement.words[1]?.text ?? ''
    const file = reading.files.find((one) => baseName(one.path) === baseName(path))
    if (!file) reading.diagnostics.push(notGiven(path, statement.source))
    else if (reading.open.includes(file)) reading.diagnostics.push(loop(path, statement.source))
    else return readFile(reading, file)
    return []
  })
}

interface Reader {
  readonly file: TextFile
  readonly places: TextPlaces
  at: number
  problem: { message: string; source: Source } | undefined
}

const DEPTH_LIMIT = 60

/** Statements up to a closing brace (which is consumed) or the end of the text. */
function readBlock(reader: Reader, depth: number): BindStatement[] {
  const statements: BindStatement[] = []
  let words: BindWord[] = []
  let blocks: BindStatement[][] = []
  const flush = () => {
    const source = words[0]?.source ?? blocks[0]?.[0]?.source
    if (source) statements.push({ words, blocks, source })
    words = []
    blocks = []
  }
  for (;;) {
    const token = nextToken(reader.file.text, reader.at)
    if (!token) break
    reader.at = token.end
    if (token.problem) fail(reader, token, token.problem)
    if (token.kind === 'word') words.push(wordOf(reader, token))
    else if (token.kind === ';') flush()
    else if (token.kind === '{') {
      if (depth >= DEPTH_LIMIT) fail(reader, token, `blocks are nested deeper than ${DEPTH_LIMIT}`)
      if (depth < DEPTH_LIMIT) blocks.push(readInner(reader, token, depth))
    } else {
      if (words.length + blocks.length > 0) fail(reader, token, 'a ";" is missing before this brace')
      flush()
      if (depth > 0) return statements
      fail(reader, token, 'this brace closes nothing')
    }
  }
  if (words.length + blocks.length > 0) fail(reader, undefined, 'the text ends inside a statement')
  flush()
  return statements
}

function readInner(reader: Reader, opening: Token, depth: number): BindStatement[] {
  const block = readBlock(reader, depth + 1)
  if (reader.file.text[reader.at - 1] !== '}') fail(reader, opening, 'this brace is never closed')
  return block
}

function wordOf(reader: Reader, token: Token): BindWord {
  return { text: token.text, quoted: token.quoted, source: sourceAt(reader, token.start) }
}

function sourceAt({ file, places }: Reader, offset: number): Source {
  const { line, column } = places.at(offset)
  const text = places.line(line).trim()
  return { kind: 'line', file: file.path, line, column, text: withoutSecret(text).slice(0, 200) }
}

/** Keys of transactions and of the control channel are written as `secret "...";`. */
function withoutSecret(text: string): string {
  return text.replace(/(secret\s+)("[^"]*"|[^\s;]+)/gi, '$1***')
}

function fail(reader: Reader, token: Token | undefined, message: string): void {
  reader.problem ??= { message, source: sourceAt(reader, token?.start ?? reader.file.text.length) }
}

function syntax(message: string, source: Source): Diagnostic {
  const full = `named refuses this configuration: ${message}. Check it with named-checkconf.`
  return { severity: 'error', code: 'NT1801', message: full, source }
}

/** Files a distribution ships and includes; they hold zones for localhost only. */
const SHIPPED = /(default-zones|rfc1912\.zones|named\.root\.key|rndc\.key|zones\.rfc1918)$/

function notGiven(path: string, source: Source): Diagnostic {
  const message = `The included file ${path} was not given: what stands in it is not read. Add it to the export.`
  return { severity: SHIPPED.test(path) ? 'note' : 'warning', code: 'NT1802', message, source, othersMissing: true }
}

function loop(path: string, source: Source): Diagnostic {
  const message = `${path} includes itself; named refuses that. Remove the line.`
  return { severity: 'error', code: 'NT1803', message, source }
}
