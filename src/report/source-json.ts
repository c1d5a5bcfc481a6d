import type { Source } from '../model/index.ts'
import { inert } from '../text/index.ts'

/** A place as JSON: file, line, column (and pointer), or why there is none. */
export function sourceJson(source: Source): Record<string, unknown> {
  if (source.kind === 'implied') return { kind: 'implied', because: inert(source.because) }
  const { kind, file, line, column } = source
  const pointer = source.kind === 'pointer' ? { pointer: source.pointer } : {}
  return { kind, file: inert(file), line, column, ...pointer, text: inert(source.text.trim()) }
}
