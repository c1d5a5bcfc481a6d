/** A word, quoted text or sign of nft's grammar. `;` also stands for the end of a line outside a set. */
export interface Token {
  readonly text: string
  readonly quoted: boolean
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** Tokens with a place in them; `problem` is the first thing that was not understood. */
export interface Cursor {
  readonly tokens: readonly Token[]
  at: number
  problem: string | undefined
  /** What `define` gave a name. */
  readonly definitions: ReadonlyMap<string, readonly Token[]>
}

/** A cursor at the start of some tokens. */
export function cursorOn(tokens: readonly Token[], definitions: Cursor['definitions']): Cursor {
  return { tokens, at: 0, problem: undefined, definitions }
}

/** The text of the token at the cursor, or of one further on; empty at the end. */
export function peek(cursor: Cursor, ahead = 0): string {
  return cursor.tokens[cursor.at + ahead]?.text ?? ''
}

/** The next token, which is passed; `undefined` at the end. */
export function next(cursor: Cursor): Token | undefined {
  return cursor.tokens[cursor.at++]
}

/** Passes the next token if it is this sign or word. */
export function take(cursor: Cursor, text: string): boolean {
  const token = cursor.tokens[cursor.at]
  if (token?.text !== text || token.quoted) return false
  cursor.at++
  return true
}

/** Whether the tokens, or the statement, end here. */
export function atEnd(cursor: Cursor): boolean {
  const token = cursor.tokens[cursor.at]
  return token === undefined || (!token.quoted && (token.text === ';' || token.text === '}'))
}

/** Passes everything up to the end of the statement, sets included. */
export function skipStatement(cursor: Cursor): void {
  for (let depth = 0; cursor.at < cursor.tokens.length; cursor.at++) {
    const token = cursor.tokens[cursor.at]
    if (!token || token.quoted) continue
    if (token.text === '{') depth++
    else if (token.text === '}' && --depth < 0) return
    else if (token.text === ';' && depth === 0) return
  }
}

/** The tokens of some lines from one on, up to the line where all braces are closed. */
interface Block {
  readonly tokens: readonly Token[]
  /** The line after the last, from 0. */
  readonly end: number
  readonly closed: boolean
}

/**
 * Splits lines into tokens from line `start` (from 0) until braces are balanced again (nft(8): lexical conventions).
 * Comments are left out. A quote that never ends reaches to the end of its line.
 */
export function blockAt(lines: readonly string[], start: number): Block {
  const tokens: Token[] = []
  let depth = 0
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const from = tokens.length
    const continued = splitLine(line, at + 1, tokens)
    for (let one = from; one < tokens.length; one++) {
      const token = tokens[one]
      if (token && !token.quoted && (token.text === '{' || token.text === '}')) depth += token.text === '{' ? 1 : -1
    }
    if (continued) continue
    if (tokens.length > from) tokens.push({ text: ';', quoted: false, line: at + 1, column: line.length + 1 })
    if (depth <= 0) return { tokens, end: at + 1, closed: true }
  }
  return { tokens, end: lines.length, closed: false }
}

// Raw payload (`@th,160,128`) holds commas; everything else ends at one.
const WORD = /@(?:ll|nh|th|ih),[\w]+,[\w]+|[^\s{}(),;"#]+/y
const BLANK = /\s+/y

/** Whether the line goes on in the next one. */
function splitLine(line: string, number: number, tokens: Token[]): boolean {
  let at = 0
  while (at < line.length) {
    BLANK.lastIndex = at
    if (BLANK.test(line)) at = BLANK.lastIndex
    const character = line.charAt(at)
    if (character === '') return false
    const column = at + 1
    if (character === '#') {
      // nft built without libxtables prints what only iptables understands as a comment inside the rule.
      const foreign = /^#\s*xt_(\w+)/.exec(line.slice(at))
      if (!foreign) return false
      for (const text of ['xt', 'unknown', foreign[1] ?? '']) tokens.push({ text, quoted: false, line: number, column })
      at += foreign[0].length
      continue
    }
    if (character === '"') {
      const end = line.indexOf('"', at + 1)
      tokens.push({ text: line.slice(at + 1, end === -1 ? undefined : end), quoted: true, line: number, column })
      at = end === -1 ? line.length : end + 1
    } else if ('{}(),;'.includes(character)) {
      tokens.push({ text: character, quoted: false, line: number, column })
      at++
    } else {
      WORD.lastIndex = at
      const word = WORD.exec(line)?.[0] ?? character
      if (word === '\\' && line.slice(at + 1).trim() === '') return true
      at += word.length
      pushWord(word, number, column, tokens)
    }
  }
  return false
}

/** `22:` of a map written without a blank is the word and the colon; `::` and `fe80::` are addresses. */
function pushWord(word: string, line: number, column: number, tokens: Token[]): void {
  if (word.length < 2 || !word.endsWith(':') || word.endsWith('::')) {
    tokens.push({ text: word, quoted: false, line, column })
    return
  }
  tokens.push({ text: word.slice(0, -1), quoted: false, line, column })
  tokens.push({ text: ':', quoted: false, line, column: column + word.length - 1 })
}
