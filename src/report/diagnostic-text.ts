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
  const lines = [`${severity}[${code}]: ${inert(message)}`, ...placeLines(source, '^')]
  if (other) lines.push(...placeLines(other.source, '-', inert(other.message)))
  return lines.join('\n')
}

function placeLines(source: Source, mark: string, words = ''): string[] {
  const lines = [`  --> ${inert(formatSource(source))}`]
  if (source.kind === 'implied' || source.text === '') return lines
  const number = String(source.line)
  const text = inert(source.text)
  // The text may be trimmed, so the mark goes under the whole of it unless the column is inside.
  const at = text.length >= source.column ? source.column - 1 : 0
  lines.push(`  ${number} | ${text}`)
  lines.push(`  ${' '.repeat(number.length)} | ${' '.repeat(at)}${mark} ${words}`.trimEnd())
  return lines
}
