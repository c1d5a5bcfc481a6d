/** A word of a UCI file, quotes and escapes taken off. */
export interface UciWord {
  readonly text: string
  readonly offset: number
}

/** The words of one statement: a line, or a part of one between semicolons. */
export interface UciStatement {
  readonly words: readonly UciWord[]
  /** Where the next statement begins. */
  readonly end: number
  /** A quote that is never closed; its text then ends with its line. */
  readonly unclosed: UciWord | undefined
}

/**
 * The statement that begins at an offset, `undefined` at the end of the text. Blanks part words; 'text' is taken as it
 * is, "text" with backslash escapes, both may go over lines; a backslash takes the next character as it is; `#` begins a
 * comment outside quotes, `;` ends a statement (OpenWrt: the UCI system, file syntax; libuci, file.c).
 */
export function nextStatement(text: string, start: number): UciStatement | undefined {
  if (start >= text.length) return undefined
  const scan: Scan = { text, at: start, unclosed: undefined }
  const words: UciWord[] = []
  while (scan.at < text.length) {
    const character = text[scan.at] ?? ''
    if (character === '\n' || character === ';') {
      scan.at++
      break
    }
    if (character === '#') scan.at = lineEnd(text, scan.at)
    else if (isBlank(character)) scan.at++
    else words.push(word(scan))
  }
  return { words, end: scan.at, unclosed: scan.unclosed }
}

interface Scan {
  readonly text: string
  at: number
  unclosed: UciWord | undefined
}

function word(scan: Scan): UciWord {
  const offset = scan.at
  const parts: string[] = []
  while (scan.at < scan.text.length) {
    const character = scan.text[scan.at] ?? ''
    if (character === '\n' || character === ';' || character === '#' || isBlank(character)) break
    if (character === "'" || character === '"') parts.push(quoted(scan, character))
    else if (character === '\\') parts.push(escaped(scan))
    else {
      parts.push(character)
      scan.at++
    }
  }
  return { text: parts.join(''), offset }
}

function quoted(scan: Scan, quote: string): string {
  const { text } = scan
  const opened = scan.at
  let made = ''
  for (let at = opened + 1; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === quote) {
      scan.at = at + 1
      return made
    }
    if (character === '\\' && quote === '"') made += text[++at] ?? ''
    else made += character
  }
  const end = lineEnd(text, opened)
  scan.at = end
  const rest = { text: text.slice(opened + 1, end).trimEnd(), offset: opened }
  scan.unclosed ??= rest
  return rest.text
}

function escaped(scan: Scan): string {
  const next = scan.text[scan.at + 1] ?? ''
  scan.at += 2
  return next === '\n' ? '' : next
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\f' || character === '\v'
}
