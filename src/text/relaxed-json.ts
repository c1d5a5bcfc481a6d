/**
 * A text in which what Azure Resource Manager takes beside JSON is made plain JSON, character for character, so that
 * places stay: comments and commas behind the last member become blanks, line breaks inside a text become blanks, and
 * texts in single quotes get double ones (Learn: ARM template syntax, comments and multi-line strings).
 */
export function relaxedJson(text: string): string {
  const edits: Edit[] = []
  let comma = -1
  for (let at = 0; at < text.length; ) {
    const sign = text[at]
    const end = sign === '/' ? endOfComment(text, at) : sign === '"' || sign === "'" ? endOfText(text, at) : at + 1
    if (sign === '/' && end > at + 1) edits.push({ start: at, end, made: blank(text.slice(at, end)) })
    else if (sign === '"' || sign === "'") edits.push(...textEdits(text, at, end))
    else if ((sign === '}' || sign === ']') && comma !== -1) edits.push({ start: comma, end: comma + 1, made: ' ' })
    if (sign === ',') comma = at
    else if (!(sign === '/' && end > at + 1) && !/\s/.test(sign ?? '')) comma = -1
    at = end
  }
  return edited(text, edits)
}

/** A part of a text that another one of the same length replaces. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly made: string
}

/** Behind a comment that begins here, else behind the sign; a comment without an end goes on to the end of all. */
function endOfComment(text: string, start: number): number {
  if (text[start + 1] === '/') {
    for (let at = start; at < text.length; at++) if (text[at] === '\n' || text[at] === '\r') return at
    return text.length
  }
  if (text[start + 1] !== '*') return start + 1
  const end = text.indexOf('*/', start + 2)
  return end === -1 ? text.length : end + 2
}

/** Behind the quote that ends a text. */
function endOfText(text: string, start: number): number {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at + 1
  }
  return text.length
}

function textEdits(text: string, start: number, end: number): Edit[] {
  const part = text.slice(start, end)
  const line = part.replace(/\p{Cc}/gu, ' ')
  const isSingle = part.length > 1 && part.startsWith("'") && part.endsWith("'") && !part.includes('"')
  const made = isSingle ? `"${line.slice(1, -1)}"` : line
  return made === part ? [] : [{ start, end, made }]
}

function blank(part: string): string {
  return part.replace(/[^\r\n]/g, ' ')
}

function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const { start, end, made } of [...edits].sort((one, other) => one.start - other.start)) {
    parts.push(text.slice(at, start), made)
    at = end
  }
  return parts.join('') + text.slice(at)
}
