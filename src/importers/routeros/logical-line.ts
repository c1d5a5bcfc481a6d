import type { Source } from '../../model/index.ts'
import type { Place, TextFile } from '../../text/index.ts'

/**
 * One line as RouterOS understands it: physical lines that end in `\` joined, the blanks that begin a continuation
 * dropped (MikroTik: Configuration Management, export).
 */
export interface LogicalLine {
  readonly file: string
  /** Without the blanks around it. */
  readonly text: string
  /** Where each physical line's part begins in `text`, ascending; the first is 0. */
  readonly starts: readonly number[]
  /** The place of each of those parts. */
  readonly places: readonly Place[]
}

/** The lines of a file in order, blank ones left out. A comment is never continued. */
export function logicalLines(file: TextFile): LogicalLine[] {
  const { text } = file
  const lines: LogicalLine[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let number = 0
  let parts: string[] = []
  let starts: number[] = []
  let places: Place[] = []
  let length = 0
  const finish = () => {
    const joined = parts.length === 1 ? (parts[0] ?? '') : parts.join('')
    const whole = joined.trimEnd()
    if (whole !== '') lines.push({ file: file.path, text: whole, starts, places })
    parts = []
    starts = []
    places = []
    length = 0
  }
  while (at < text.length) {
    number++
    const newline = text.indexOf('\n', at)
    const next = newline === -1 ? text.length : newline + 1
    let end = newline === -1 ? text.length : newline
    while (end > at && text.charCodeAt(end - 1) === 0x0d) end--
    let first = at
    while (first < end && isBlank(text.charCodeAt(first))) first++
    const continued = continues(text, first, end) && (parts.length > 0 || text.charCodeAt(first) !== 0x23)
    const part = text.slice(first, continued ? end - 1 : end)
    starts.push(length)
    places.push({ line: number, column: first - at + 1 })
    parts.push(part)
    length += part.length
    if (!continued) finish()
    at = next
  }
  if (parts.length > 0) finish()
  return lines
}

// An even number of backslashes is that many halves of escaped ones, not a continuation.
function continues(text: string, first: number, end: number): boolean {
  let slashes = 0
  while (end - slashes > first && text.charCodeAt(end - slashes - 1) === 0x5c) slashes++
  return slashes % 2 === 1
}

/** Whether a character code is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** The place in the file of an offset of a logical line. */
export function placeIn(line: LogicalLine, offset: number): Place {
  let low = 0
  let high = line.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((line.starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const place = line.places[low] ?? { line: 1, column: 1 }
  return { line: place.line, column: place.column + offset - (line.starts[low] ?? 0) }
}

/** The source of what stands at an offset of a logical line; its text is the whole line, secrets replaced by `***`. */
export function sourceIn(line: LogicalLine, offset = 0): Source {
  return { kind: 'line', file: line.file, ...placeIn(line, offset), text: withoutSecrets(line.text) }
}

const SHOWN = 200
const SECRET =
  /((?:^|\s)(?!public-key)[\w.-]*(?:password|passphrase|secret|psk|pin|token|cak|key|key-\d)=)("(?:\\.|[^"\\])*"?|\S*)/gi

function withoutSecrets(text: string): string {
  // What is behind the cut is not shown, so a secret there need not be found.
  const shown = text.slice(0, SHOWN * 4).replace(SECRET, '$1***')
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN - 3)}...` : shown
}
