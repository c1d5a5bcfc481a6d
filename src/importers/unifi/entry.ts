import type { Source } from '../../model/index.ts'
import { inert, type JsonDocument } from '../../text/index.ts'

/** One object of a collection. The controller types loosely: numbers come as text too, and absent means default. */
export interface Entry {
  readonly document: JsonDocument
  readonly file: string
  readonly value: Readonly<Record<string, unknown>>
}

/** A member as text; empty text is absent, numbers read as text. */
export function textOf(entry: Entry, key: string): string | undefined {
  const value = memberOf(entry, key)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** A member as it is; `undefined` when it is absent. Every reading of a member goes through here. */
export function memberOf(entry: Entry, key: string): unknown {
  entry.document.visits?.visit(entry.value, key)
  return Object.hasOwn(entry.value, key) ? entry.value[key] : undefined
}

/** A member as a whole number; text of digits counts. */
export function numberOf(entry: Entry, key: string): number | undefined {
  const text = textOf(entry, key)
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** A member as a switch; the texts "true" and "false" count. Absent = `undefined`. */
export function flagOf(entry: Entry, key: string): boolean | undefined {
  const value = memberOf(entry, key)
  if (value === true || value === 'true') return true
  return value === false || value === 'false' ? false : undefined
}

/** The texts of a list member; a single text counts as a list of one. */
export function textsOf(entry: Entry, key: string): string[] {
  const value = memberOf(entry, key)
  const list = Array.isArray(value) ? value : [value]
  return list.flatMap((one) =>
    typeof one === 'number' ? String(one) : typeof one === 'string' && one !== '' ? one : [],
  )
}

/** The objects of a list member, or the one object of an object member. */
export function childrenOf(entry: Entry, key: string): Entry[] {
  const value = memberOf(entry, key)
  return entriesIn(entry.document, entry.file, Array.isArray(value) ? value : [value])
}

/** The objects of a list; anything else in it is left out. */
export function entriesIn(document: JsonDocument, file: string, list: readonly unknown[]): Entry[] {
  return list.filter(isRecord).map((value) => ({ document, file, value }))
}

/** Whether a value is an object and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where a member stands, or the whole object. Keys and passwords on the line are replaced. */
export function sourceOf(entry: Entry, key = 'name'): Source {
  const member = Object.hasOwn(entry.value, key) ? key : undefined
  const place = entry.document.placeOf(entry.value, member)
  const text = entry.document.line(place.line).slice(place.column - 1)
  return {
    kind: 'pointer',
    file: entry.file,
    pointer: entry.document.pointerOf(entry.value, member),
    ...place,
    text: inert(withoutSecrets(text.slice(0, 2000)).slice(0, 200).trim()),
  }
}

/** Members that hold keys and passwords start with `x_` or say so in their name. */
function withoutSecrets(text: string): string {
  return text.replace(
    /("(?:x_[^"]*|[^"]*(?:passw|passphrase|secret|psk|private_?key|preshared|token|authkey)[^"]*)"\s*:\s*)("(?:[^"\\]|\\.)*"?|\[[^\]]*\]?|\{[^}]*\}?)/gi,
    '$1"***"',
  )
}
