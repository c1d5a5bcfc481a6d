import type { Diagnostic, Source } from '../../model/index.ts'
import { inert, type JsonDocument } from '../../text/index.ts'
import type { LinkedFiles } from './linked-file.ts'
import type { ProducedDocument } from './produced-document.ts'
import type { Unevaluated } from './value.ts'

/** What is said about a template, each thing once for each place. */
export interface Reports {
  readonly diagnostics: readonly Diagnostic[]
  report(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    container: object,
    key?: string | number,
  ): void
  /** Reports a value that could not be told, where its expression stands, else at `container`. */
  reportUnknown(severity: Diagnostic['severity'], what: string, value: Unevaluated, container: object): void
  /** Where an object of the template, or one of its members, stands. */
  sourceOf(container: unknown, key?: string | number): Source
}

/** No reports yet about a template. */
export function makeReports(
  document: JsonDocument,
  produced: ProducedDocument,
  file: string,
  linked: LinkedFiles,
): Reports {
  const diagnostics: Diagnostic[] = []
  const said = new Set<string>()
  const sourceOf: Reports['sourceOf'] = (container, key) => {
    const other = linked.fileOf(container)
    const read = other?.document ?? document
    const place = read.placeOf(container, key)
    const text = inert((other?.produced ?? produced).line(place.line).trim()).slice(0, 200)
    return { kind: 'pointer', file: other?.path ?? file, pointer: read.pointerOf(container, key), ...place, text }
  }
  const report: Reports['report'] = (severity, code, message, container, key) => {
    const source = sourceOf(container, key)
    const id = `${code} ${message} ${source.kind === 'pointer' ? `${source.file} ${source.pointer}` : ''}`
    if (!said.has(id)) diagnostics.push({ severity, code, message, source })
    said.add(id)
  }
  return {
    diagnostics,
    report,
    sourceOf,
    reportUnknown(severity, what, { because, expression }, container) {
      const shown = expression ? `"${cut(expression.text)}": ` : ''
      const message = `${what} cannot be evaluated: ${shown}${because}`
      report(severity, 'NT1651', message, expression?.container ?? container, expression?.key)
    },
  }
}

function cut(text: string): string {
  const safe = inert(text)
  return safe.length > 120 ? `${safe.slice(0, 117)}...` : safe
}
