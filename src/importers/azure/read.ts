import type { Diagnostic } from '../../model/index.ts'
import { readJson, type TextFile } from '../../text/index.ts'
import { Body } from './body.ts'

/** The ARM bodies of some files, in order, and what could not be read. */
export interface AzureBodies {
  readonly bodies: readonly Body[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads ARM resource bodies: an array of them, `{ "value": [...] }` (a list call), `{ "data": [...] }` (Resource
 * Graph), or one body. What is no object with an `id` or a `type` becomes a diagnostic. Never throws.
 */
export function readAzure(files: readonly TextFile[]): AzureBodies {
  const bodies: Body[] = []
  const diagnostics: Diagnostic[] = []
  for (const file of files) {
    const document = readJson(file.text)
    if (document.problem) {
      const { line, column } = document.problem.place
      const source = {
        kind: 'line',
        file: file.path,
        line,
        column,
        text: document.line(line).trim().slice(0, 200),
      } as const
      diagnostics.push({ severity: 'error', code: 'NT1001', message: `not JSON: ${document.problem.message}`, source })
      continue
    }
    for (const value of elements(document.value)) {
      const body = typeof value === 'object' && value !== null ? new Body(document, file.path, value) : undefined
      if (body && (body.text('id') || body.text('type'))) bodies.push(body)
      else if (body)
        diagnostics.push(body.diagnostic('warning', 'NT1010', 'neither an id nor a type: not an ARM resource body'))
      else {
        const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
        diagnostics.push({
          severity: 'error',
          code: 'NT1011',
          message: 'expected an array of ARM resource bodies',
          source,
        })
      }
    }
  }
  return { bodies, diagnostics }
}

function elements(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return [value]
  for (const key of ['value', 'data', 'resources'] as const) {
    const inner = (value as Record<string, unknown>)[key]
    if (Array.isArray(inner)) return inner
  }
  return [value]
}
