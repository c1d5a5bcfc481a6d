/** A piece of named.conf. */
export interface Token {
  readonly kind: 'word' | '{' | '}' | ';'
  readonly text: string
  readonly quoted: boolean
  readonly start: number
  readonly end: number
  /** What is wrong with it, for a quote or a comment before it that is never closed. */
  readonly problem?: string
}

/** The next token from an offset, comments and blanks passed over; `undefined` at the end of the text. */
export function nextToken(text: string, from: number): Token | undefined {
  const { at, problem } = afterBlanks(text, from)
  if (at >= text.length) {
    return problem === undefined ? undefined : { kind: ';', text: '', quoted: false, start: from, end: at, problem }
  }
  const character = text[at] ?? ''
  if (character === '{' || character === '}' || character === ';') {
    return { kind: character, text: character, quoted: false, start: at, end: at + 1 }
  }
  if (character === '"') return quoted(text, at)
  let end = at
  while (end < text.length && !/[\s{};"]/.test(text[end] ?? '') && !isComment(text, end)) end++
  return { kind: 'word', text: text.slice(at, end), quoted: false, start: at, end: Math.max(end, at + 1) }
}

function quoted(text: string, start: number): Token {
  let made = ''
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"') return { kind: 'word', text: made, quoted: true, start, end: at + 1 }
    if (character === '\\') made += text[++at] ?? ''
    else made += character
  }
  const lineEnd = text.indexOf('\n', start)
  const end = lineEnd === -1 ? text.length : lineEnd
  const problem = 'a quote is opened here and never closed'
  return { kind: 'word', text: text.slice(start + 1, end), quoted: true, start, end, problem }
}

/** `/` begins a comment inside a word only as `//` or `/*`: prefixes have one too. */
function isComment(text: string, at: number): boolean {
  const next = text[at + 1]
  return text[at] === '#' || (text[at] === '/' && (next === '/' || next === '*'))
}

function afterBlanks(text: string, from: number): { at: number; problem: string | undefined } {
  let at = from
  for (;;) {
    while (at < text.length && /\s/.test(text[at] ?? '')) at++
    if (at >= text.length || !isComment(text, at)) return { at, problem: undefined }
    if (text[at + 1] === '*' && text[at] === '/') {
      const end = text.indexOf('*/', at + 2)
      if (end === -1) return { at: text.length, problem: 'a comment is opened here and never closed' }
      at = end + 2
    } else {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    }
  }
}
