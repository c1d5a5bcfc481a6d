import { type Diagnostic, formatSource, type Source } from '../model/index.ts'
import { inert } from '../text/index.ts'

/** Diagnostics as text: what, where, the line as written with a mark under it; at most `most`, then how many more. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], most = 20): string {
  const shown = diagnostics.slice(0, most).map(one)
  const rest = diagnostics.length - most
  if (rest > 0) shown.push(`... ${rest} more`)
  return shown.join('\n')
}

function one(diagnostic: Diagnostic): string {
  const { severity, code, message, source, other } = diagnostic
  const lines = [`${severity}[${code}]: ${inert(message).replace(/\.$/, '')}`, ...placeLines(source, '^')]
  if (other) lines.push(...placeLines(other.source, '-', inert(other.message)))
  return lines.join('\n')
}

function placeLines(source: Source, mark: string, words = ''): string[] {
  const lines = [`  --> ${inert(formatSource(source))}`]
  if (source.kind === 'implied' || source.text === '') return lines
  const number = String(source.line)
  lines.push(`  ${number} | ${inert(source.text.trimStart())}`)
  const at = markColumn(source)
  const under = at === undefined ? words : `${' '.repeat(at)}${mark} ${words}`
  if (under !== '') lines.push(`  ${' '.repeat(number.length)} | ${under}`.trimEnd())
  return lines
}

/** How many characters of the shown text stand before the mark; `undefined` where the text does not tell. */
function markColumn(source: Exclude<Source, { kind: 'implied' }>): number | undefined {
  const shown = source.text.trimStart()
  const indent = source.text.length - shown.length
  const at = source.column - 1 - indent
  if (at < 0 || at > shown.length) return undefined
  // A reader may have cut the indentation off; then the mark would stand in the middle of a word.
  const startsToken = at === 0 || at === shown.length || !/^\w\w$/.test(shown.slice(at - 1, at + 1))
  return indent > 0 || startsToken ? inert(shown.slice(0, at)).length : undefined
}
