import type { Source } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'

/** One entry of a zone file: a line, or several held together by parentheses. */
export interface MasterEntry {
  readonly words: readonly string[]
  /** The line begins with a blank: the owner is that of the entry before. */
  readonly startsBlank: boolean
  readonly source: Source
  /** The last line of it, from 1. */
  readonly last: number
  readonly problem?: string
}

/** The entries of a zone file in order (RFC 1035 section 5.1): `;` begins a comment, "..." is one word. */
export function* masterEntries(file: TextFile): Generator<MasterEntry> {
  let open: { words: string[]; startsBlank: boolean; source: Source; depth: number } | undefined
  let number = 0
  for (const line of file.text.split('\n')) {
    number++
    const { words, problem } = wordsOfLine(line.replace(/\r$/, ''))
    const plain = words
      .filter((word) => word !== OPEN && word !== CLOSE)
      .map((word) => (typeof word === 'string' ? word : ''))
    if (!open && words.length === 0) continue
    open ??= { words: [], startsBlank: /^\s/.test(line), source: sourceOf(file, number, line), depth: 0 }
    open.words.push(...plain)
    for (const word of words) open.depth += word === OPEN ? 1 : word === CLOSE ? -1 : 0
    if (open.depth > 0 && problem === undefined) continue
    const unbalanced = open.depth < 0 ? 'a parenthesis is closed that was not opened' : problem
    if (open.words.length > 0 || unbalanced)
      yield { ...open, last: number, ...(unbalanced !== undefined && { problem: unbalanced }) }
    open = undefined
  }
  if (open) yield { ...open, last: number, problem: 'a parenthesis is opened here and never closed' }
}

const OPEN = Symbol('(')
const CLOSE = Symbol(')')

function wordsOfLine(line: string): { words: (string | symbol)[]; problem?: string } {
  const words: (string | symbol)[] = []
  let at = 0
  while (at < line.length) {
    const character = line[at] ?? ''
    if (character === ';') break
    if (/\s/.test(character)) at++
    else if (character === '(' || character === ')') {
      words.push(character === '(' ? OPEN : CLOSE)
      at++
    } else if (character === '"') {
      const end = line.indexOf('"', at + 1)
      if (end === -1) return { words, problem: 'a quote is opened here and never closed' }
      words.push(line.slice(at + 1, end))
      at = end + 1
    } else {
      const match = /^(?:\\.|[^\s;()"\\])+/.exec(line.slice(at))
      words.push(match?.[0] ?? character)
      at += match?.[0].length ?? 1
    }
  }
  return { words }
}

function sourceOf(file: TextFile, line: number, text: string): Source {
  return { kind: 'line', file: file.path, line, column: text.search(/\S/) + 1, text: text.trim().slice(0, 200) }
}
