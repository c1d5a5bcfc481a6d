import type { Diagnostic, Source } from '../../model/index.ts'

/** Diagnostics being collected; what is said once per key is remembered. */
export interface Notes {
  readonly list: Diagnostic[]
  readonly said: Set<string>
}

/** An empty collection. */
export function newNotes(): Notes {
  return { list: [], said: new Set() }
}

/** Adds a diagnostic, unless one with this code and key is there already (one per unknown name is enough). */
export function noteOnce(
  notes: Notes,
  key: string,
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  source: Source,
  othersMissing?: true,
): void {
  if (notes.said.has(`${code} ${key}`)) return
  notes.said.add(`${code} ${key}`)
  notes.list.push({ severity, code, message, source, ...(othersMissing && { othersMissing }) })
}

/** Adds a diagnostic. */
export function note(
  notes: Notes,
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  source: Source,
  othersMissing?: true,
): void {
  notes.list.push({ severity, code, message, source, ...(othersMissing && { othersMissing }) })
}
