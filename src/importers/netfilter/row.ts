import type { Source } from '../../model/index.ts'
import { inert, type JsonDocument } from '../../text/index.ts'

/** An object in the JSON of iproute2, whose members are read without trust. */
export interface Row {
  readonly document: JsonDocument
  readonly file: string
  readonly value: Readonly<Record<string, unknown>>
}

/** The objects of an array; anything else in it is left out. */
export function rowsOf(document: JsonDocument, file: string, value: unknown): Row[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((one) => ({ document, file, value: one }))
}

/** The objects of an array member. */
export function childRows(row: Row, key: string): Row[] {
  return rowsOf(row.document, row.file, memberOf(row, key))
}

/** A member as it is; `undefined` when it is absent. */
export function memberOf(row: Row, key: string): unknown {
  row.document.visits?.visit(row.value, key)
  return row.value[key]
}

/** A member as text; numbers read as text, anything else as absent. */
export function textOf(row: Row, key: string): string | undefined {
  const value = memberOf(row, key)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : undefined
}

/** A member as a number; text of digits, decimal or 0x, counts. */
export function numberOf(row: Row, key: string): number | undefined {
  const text = textOf(row, key)
  return text !== undefined && /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : undefined
}

/** The texts in an array member. */
export function wordsOf(row: Row, key: string): string[] {
  const value = memberOf(row, key)
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** Whether a member is there, whatever it holds: iproute2 writes flags as `"not": null`. */
export function hasMember(row: Row, key: string): boolean {
  row.document.visits?.visit(row.value, key)
  return Object.hasOwn(row.value, key)
}

/** Where the object, or one of its members, stands. */
export function sourceOf(row: Row, key?: string): Source {
  const member = key !== undefined && hasMember(row, key) ? key : undefined
  const place = row.document.placeOf(row.value, member)
  // `ip -j` prints one long line; what stands at the place is worth more than its beginning.
  const text = row.document.line(place.line).slice(place.column - 1)
  return {
    kind: 'pointer',
    file: row.file,
    pointer: row.document.pointerOf(row.value, member),
    ...place,
    text: inert(text.slice(0, 200).trim()),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
