import type { Diagnostic, Source } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'

/** One option with its values: `forward-addr: 10.0.0.53`; quotes are taken off. */
export interface UnboundOption {
  /** Lower case, without the colon. */
  readonly name: string
  readonly values: readonly string[]
  readonly source: Source
}

/** A clause and its options in order: `server`, `forward-zone`. */
export interface UnboundClause {
  readonly name: string
  readonly options: readonly UnboundOption[]
  readonly source: Source
}

/** What configuration files say, includes put in their place. */
export interface UnboundReading {
  readonly clauses: readonly UnboundClause[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Names that begin a clause (unbound.conf(5)). */
const CLAUSES: ReadonlySet<string> = new Set([
  'auth-zone',
  'cachedb',
  'dnscrypt',
  'dnstap',
  'dynlib',
  'forward-zone',
  'ipset',
  'python',
  'remote-control',
  'rpz',
  'server',
  'stub-zone',
  'view',
])

/**
 * Reads configuration files as unbound does (unbound.conf(5), file format): words, a word that ends in a colon names
 * an option or begins a clause, `#` begins a comment. `include` is followed into `files` by base name, also with `*`.
 */
export function readUnbound(roots: readonly TextFile[], files: readonly TextFile[]): UnboundReading {
  const reading: Reading = { files, clauses: [], diagnostics: [], open: [] }
  for (const root of roots) readFile(reading, root)
  return reading
}

interface OpenClause extends UnboundClause {
  readonly options: UnboundOption[]
}

interface Reading {
  readonly files: readonly TextFile[]
  readonly clauses: OpenClause[]
  readonly diagnostics: Diagnostic[]
  readonly open: TextFile[]
}

interface Word {
  readonly text: string
  readonly quoted: boolean
  readonly source: Source
}

function readFile(reading: Reading, file: TextFile): void {
  reading.open.push(file)
  let name: Word | undefined
  let values: string[] = []
  let refused = false
  const flush = () => {
    if (name) take(reading, keyOf(name.text), values, name.source)
    values = []
  }
  for (const word of wordsOf(file)) {
    if (!word.quoted && /^[a-z][a-z0-9-]*:$/i.test(word.text)) {
      flush()
      name = word
    } else if (name) values.push(word.text)
    else if (!refused) {
      refused = true
      reading.diagnostics.push(notAnOption(word))
    }
  }
  flush()
  reading.open.pop()
}

const keyOf = (text: string) => text.slice(0, -1).toLowerCase()

function take(reading: Reading, name: string, values: readonly string[], source: Source): void {
  if (name === 'include' || name === 'include-toplevel') {
    for (const path of values) include(reading, path, source)
  } else if (CLAUSES.has(name) && values.length === 0) {
    reading.clauses.push({ name, options: [], source })
  } else {
    const clause = reading.clauses[reading.clauses.length - 1]
    if (clause) clause.options.push({ name, values, source })
    else reading.diagnostics.push(outside(name, source))
  }
}

function* wordsOf(file: TextFile): Generator<Word> {
  const lines = file.text.split('\n')
  for (const [index, line] of lines.entries()) {
    const pattern = /"([^"]*)"|'([^']*)'|#.*|([a-z][a-z0-9-]*:)(?=["'\s]|$)|[^\s"']+|["']/giy
    for (let at = 0; at < line.length; ) {
      if (/\s/.test(line[at] ?? '')) {
        at++
        continue
      }
      pattern.lastIndex = at
      const match = pattern.exec(line)
      if (!match || match[0].startsWith('#')) break
      const inner = match[1] ?? match[2]
      const source = lineSource(file, index + 1, at + 1, line)
      yield { text: inner ?? match[0], quoted: inner !== undefined, source }
      at += match[0].length
    }
  }
}

/** Files whose base name fits, `*` standing for anything but a slash. */
function include(reading: Reading, path: string, source: Source): void {
  const wanted = baseName(path)
  const pattern = new RegExp(`^${wanted.split('*').map(escaped).join('[^/]*')}$`)
  const found = reading.files.filter((file) => pattern.test(baseName(file.path)) && !reading.open.includes(file))
  if (found.length === 0 && !wanted.includes('*')) reading.diagnostics.push(notGiven(path, source))
  for (const file of found) readFile(reading, file)
}

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The place of a line of a file. */
export function lineSource(file: TextFile, line: number, column: number, text: string): Source {
  return { kind: 'line', file: file.path, line, column, text: text.trim().slice(0, 200) }
}

function notAnOption(word: Word): Diagnostic {
  const message = `"${word.text.slice(0, 40)}" is no option of unbound, which refuses to start with it. Check the file with unbound-checkconf.`
  return { severity: 'error', code: 'NT1850', message, source: word.source }
}

function outside(name: string, source: Source): Diagnostic {
  const message = `The option ${name} stands in no clause; unbound refuses to start with it. Put it below server:.`
  return { severity: 'error', code: 'NT1851', message, source }
}

function notGiven(path: string, source: Source): Diagnostic {
  const message = `The included file ${path} was not given: what stands in it is not read. Add it to the export.`
  return { severity: 'warning', code: 'NT1852', message, source, othersMissing: true }
}
