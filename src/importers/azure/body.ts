import { type Diagnostic, implied, type Source } from '../../model/index.ts'
import type { JsonDocument, Place } from '../../text/index.ts'
import { inert } from '../../text/index.ts'

/** What tells where the parts of a body stand. */
export interface BodyDocument extends Pick<JsonDocument, 'placeOf' | 'pointerOf' | 'line' | 'textOf'> {
  /** Why a member is held that no line says; `undefined` when a line says it. */
  impliedBy?(container: object, key: string): string | undefined
}

/**
 * One object of an ARM body, or a part of one, whose members are read without trust: a member that is missing, null
 * or of another type reads as absent. `properties` is merged over the object itself, so that raw ARM bodies and the
 * flattened ones of `az` read alike. Member names are looked up without regard to case.
 */
export class Body {
  readonly #document: BodyDocument
  readonly #value: object
  readonly #inner: object | undefined
  /** The places that were asked for, as many rules and routes name the same one. */
  #sources: Map<string | undefined, Source> | undefined
  readonly file: string

  constructor(document: BodyDocument, file: string, value: object) {
    this.#document = document
    this.#value = value
    const inner = memberOf(value, 'properties')
    this.#inner = isObject(inner) ? inner : undefined
    this.file = file
  }

  /** The resource id as written; empty when there is none. */
  get id(): string {
    return this.text('id') ?? ''
  }

  get name(): string {
    return this.text('name') ?? lastPart(this.id)
  }

  /** A text member; an empty text is absent, numbers are read as text. */
  text(key: string): string | undefined {
    const value = this.raw(key)
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  /** A number member; a text of digits counts. */
  number(key: string): number | undefined {
    const value = this.raw(key)
    if (typeof value === 'number') return value
    return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined
  }

  /** A boolean member; the texts "true" and "false" count. */
  flag(key: string): boolean | undefined {
    const value = this.raw(key)
    if (typeof value === 'boolean') return value
    if (value === 'true' || value === 'True') return true
    return value === 'false' || value === 'False' ? false : undefined
  }

  /** An object member. */
  child(key: string): Body | undefined {
    const value = this.raw(key)
    return isObject(value) ? new Body(this.#document, this.file, value) : undefined
  }

  /** The objects of an array member; anything else in it is left out. */
  children(key: string): Body[] {
    const value = this.raw(key)
    if (!Array.isArray(value)) return []
    return value.filter(isObject).map((one) => new Body(this.#document, this.file, one))
  }

  /** The texts of an array member; a single text counts as an array of one. Empty texts are left out. */
  texts(key: string): string[] {
    const value = this.raw(key)
    if (typeof value === 'string') return value === '' ? [] : [value]
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : []
  }

  /** The lower-case id inside a reference member `{ "id": ... }`, or of a member that is the id itself. */
  reference(key: string): string | undefined {
    return (this.child(key)?.text('id') ?? this.text(key))?.toLowerCase()
  }

  /** The lower-case ids inside an array of references. */
  references(key: string): string[] {
    return [...this.children(key).map((one) => one.id), ...this.texts(key)]
      .filter((id) => id !== '')
      .map((id) => id.toLowerCase())
  }

  /** The member's names, for bodies whose keys are data. */
  keys(): string[] {
    const inner = this.#inner
    return [...new Set([...(inner ? Object.keys(inner) : []), ...Object.keys(this.#value)])]
  }

  /** Whether the member is there at all, whatever its type; null counts as absent. */
  has(key: string): boolean {
    const value = this.raw(key)
    return value !== undefined && value !== null
  }

  raw(key: string): unknown {
    const inner = this.#inner
    const value = inner === undefined ? undefined : memberOf(inner, key)
    return value === undefined ? memberOf(this.#value, key) : value
  }

  /** Where this object stands, or one of its members, when it is there. */
  source(key?: string): Source {
    const known = this.#sources?.get(key)
    if (known) return known
    const source = this.#sourceOf(key)
    this.#sources ??= new Map()
    this.#sources.set(key, source)
    return source
  }

  #sourceOf(key: string | undefined): Source {
    const { container, name } = this.#locate(key)
    const because = name === undefined ? undefined : this.#document.impliedBy?.(container, name)
    if (because !== undefined) return implied(because)
    const place: Place = this.#document.placeOf(container, name)
    const shown = this.#document.textOf?.(container, name) ?? this.#document.line(place.line)
    const text = inert(shown.trim()).slice(0, 200)
    return { kind: 'pointer', file: this.file, pointer: this.#document.pointerOf(container, name), ...place, text }
  }

  /** A diagnostic about this object or one of its members. */
  diagnostic(severity: Diagnostic['severity'], code: string, message: string, key?: string): Diagnostic {
    return { severity, code, message, source: this.source(key) }
  }

  #locate(key: string | undefined): { container: object; name: string | undefined } {
    if (key === undefined) return { container: this.#value, name: undefined }
    for (const container of [this.#inner, this.#value]) {
      const name = container && Object.keys(container).find((one) => one.toLowerCase() === key.toLowerCase())
      if (container && name !== undefined) return { container, name }
    }
    return { container: this.#value, name: undefined }
  }
}

/** The part of an id behind its last slash. */
export function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: object, key: string): unknown {
  if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key]
  const lower = key.toLowerCase()
  for (const name of Object.keys(value)) {
    if (name.length === key.length && name.toLowerCase() === lower) return (value as Record<string, unknown>)[name]
  }
  return undefined
}
