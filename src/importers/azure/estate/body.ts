import { type Diagnostic, implied, type Source } from '../../../model/index.ts'
import type { JsonDocument, JsonVisits, Place } from '../../../text/index.ts'
import { inert } from '../../../text/index.ts'
import { choicesOf, isExpression } from './choices.ts'

/** What tells where the parts of a body stand. */
export interface BodyDocument extends Pick<JsonDocument, 'placeOf' | 'pointerOf' | 'line' | 'textOf'> {
  /** Why a member is held that no line says; `undefined` when a line says it. */
  impliedBy?(container: object, key: string): string | undefined
  /** Told of the members that are looked at; absent when nobody asked for an account. */
  readonly visits?: Visits | undefined
}

/** Keeps which members of a document a reader looked at. */
export type Visits = Pick<JsonVisits, 'visit'>

/** Who is told how the members of bodies are read. */
export interface BodyWatch {
  /** A member was asked for, whether it is there or not. */
  read?(part: Body, key: string): void
  /** A member that was asked for is of another type and reads as absent. */
  misread(diagnostic: Diagnostic, container: object, key: string, misread: MisreadMember): void
  /** A text member that was asked for is an expression which could not be evaluated; it reads as that text. */
  unevaluated?(member: MisreadMember): void
  /** What is read in the place of a member of an object; `undefined` = what is there. */
  instead?(container: object, key: string): { readonly value: unknown } | undefined
}

/** A member that cannot be read. */
export interface MisreadMember {
  readonly part: Body
  readonly key: string
  /** How it was asked for. */
  readonly as: 'text' | 'number' | 'flag' | 'object' | 'objects' | 'texts' | 'reference' | 'references'
}

/** A watch that gathers what is misread, each member once, in the order it was asked for. */
export function gatheringWatch(into: Diagnostic[]): BodyWatch {
  const said = new WeakMap<object, Set<string>>()
  return {
    misread(diagnostic, container, key) {
      const keys = said.get(container) ?? new Set()
      said.set(container, keys)
      if (!keys.has(key)) into.push(diagnostic)
      keys.add(key)
    },
  }
}

/**
 * One object of an ARM body, or a part of one, whose members are read without trust: a member that is missing, null
 * or of another type reads as absent, and the watch is told of the latter. `properties` is merged over the object itself, so that raw ARM bodies and the
 * flattened ones of `az` read alike. Member names are looked up without regard to case.
 */
export class Body {
  readonly #document: BodyDocument
  readonly #value: object
  readonly #inner: object | undefined
  /** The places that were asked for, as many rules and routes name the same one. */
  #sources: Map<string | undefined, Source> | undefined
  readonly #watch: BodyWatch | undefined
  readonly file: string

  constructor(document: BodyDocument, file: string, value: object, watch?: BodyWatch) {
    this.#document = document
    this.#value = value
    const inner = memberOf(value, 'properties')
    this.#inner = isObject(inner) ? inner : undefined
    this.file = file
    this.#watch = watch
    if (inner !== undefined && inner !== null && !this.#inner) this.#misread('properties', 'an object', 'object')
  }

  /** The object as it stands. Reading it does not count as looking at the body. */
  get value(): object {
    return this.#value
  }

  /** The resource id as written; empty when there is none. Reading it does not count as looking at the body. */
  get id(): string {
    const value = this.#held('id')
    if (typeof value === 'string') return value
    return typeof value === 'number' ? String(value) : ''
  }

  /** The type as written; `undefined` when there is none. Reading it does not count as looking at the body. */
  get type(): string | undefined {
    const value = this.#held('type')
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  /** The name, else the last part of the id. Reading it does not count as looking at the body. */
  get name(): string {
    const { name, id } = { name: this.#held('name'), id: this.#held('id') }
    if (typeof name === 'string' && name !== '') return name
    return typeof name === 'number' ? String(name) : lastPart(typeof id === 'string' ? id : '')
  }

  /** A text member; an empty text is absent, numbers are read as text. */
  text(key: string): string | undefined {
    const value = this.#asked(key)
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string') {
      if (isExpression(value)) this.#unevaluated(key, 'text')
      return value === '' ? undefined : value
    }
    if (isThere(value)) this.#misread(key, 'text', 'text')
    return undefined
  }

  /** A number member; a text of digits counts. */
  number(key: string): number | undefined {
    const value = this.#asked(key)
    if (typeof value === 'number') return value
    if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
    if (isThere(value)) this.#misread(key, 'a number', 'number')
    return undefined
  }

  /** A boolean member; the texts "true" and "false" count. What is neither is absent here; see `isDoubtful`. */
  flag(key: string): boolean | undefined {
    const value = this.#asked(key)
    if (value === true || value === 'true' || value === 'True') return true
    if (value === false || value === 'false' || value === 'False') return false
    if (isThere(value)) this.#misread(key, 'true or false', 'flag')
    return undefined
  }

  /** Whether a boolean member is there and is neither true nor false, as an expression of a template that stays unknown. */
  isDoubtful(key: string): boolean {
    return isThere(this.raw(key)) && this.flag(key) === undefined
  }

  /** An object member. */
  child(key: string): Body | undefined {
    const value = this.#asked(key)
    if (isObject(value)) return this.#part(value)
    if (isThere(value)) this.#misread(key, 'an object', 'object')
    return undefined
  }

  /** The objects of an array member; anything else in it is left out. */
  children(key: string): Body[] {
    const value = this.#asked(key)
    if (!isThere(value)) return []
    const list = Array.isArray(value) ? value : []
    if (!Array.isArray(value) || !list.every(isObject)) this.#misread(key, 'a list of objects', 'objects')
    return list.filter(isObject).map((one) => this.#part(one))
  }

  /** The texts of an array member; a single text counts as an array of one, numbers as text. Empty texts are left out. */
  texts(key: string): string[] {
    const value = this.#asked(key)
    if (!isThere(value)) return []
    const list = Array.isArray(value) ? value : [value]
    const isText = (one: unknown) => typeof one === 'string' || typeof one === 'number'
    if (!list.every(isText)) this.#misread(key, 'text or a list of texts', 'texts')
    else if (list.some(isUnevaluated)) this.#unevaluated(key, 'texts')
    return list
      .filter(isText)
      .map(String)
      .filter((one) => one !== '')
  }

  /** The lower-case id inside a reference member `{ "id": ... }`, or of a member that is the id itself. */
  reference(key: string): string | undefined {
    const value = this.#asked(key)
    if (isUnevaluated(value)) this.#unevaluated(key, 'reference')
    if (typeof value === 'string') return value === '' ? undefined : value.toLowerCase()
    const id = isObject(value) ? this.#part(value).text('id') : undefined
    if (isThere(value) && id === undefined) this.#misread(key, 'a reference with an id', 'reference')
    return id?.toLowerCase()
  }

  /** The lower-case ids inside an array of references. */
  references(key: string): string[] {
    const value = this.#asked(key)
    if (!isThere(value)) return []
    const list = Array.isArray(value) ? value : [value]
    const ids = list.map((one) =>
      isObject(one) ? this.#part(one).text('id') : typeof one === 'string' ? one : undefined,
    )
    if (!Array.isArray(value) || !ids.every((id) => id !== undefined))
      this.#misread(key, 'a list of references', 'references')
    return ids.filter((id) => id !== undefined && id !== '').map((id) => String(id).toLowerCase())
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

  #asked(key: string): unknown {
    this.#watch?.read?.(this, key)
    return this.raw(key)
  }

  #part(value: object): Body {
    return new Body(this.#document, this.file, value, this.#watch)
  }

  #misread(key: string, expected: string, as: MisreadMember['as']): void {
    if (!this.#watch) return
    const message = `${this.name === '' ? '' : `${this.name}: `}${key} is to be ${expected}, and is ${kindOf(this.#held(key))}: it cannot be read`
    const diagnostic = this.diagnostic('warning', 'NT1635', message, key)
    this.#watch.misread(diagnostic, this.#value, key, { part: this, key, as })
  }

  /** An expression of a template that stays one reads as the text it is; whoever makes the expression's value reports it. */
  #unevaluated(key: string, as: MisreadMember['as']): void {
    const choices = choicesOf(key)
    if (choices) this.#misread(key, choices.join(' or '), as)
    else this.#watch?.unevaluated?.({ part: this, key, as })
  }

  /** A member as it stands. */
  raw(key: string): unknown {
    this.#visit(key)
    return this.#held(key)
  }

  /** The same object, for readings that only look and do not count. */
  unnoticed(): Body {
    if (!this.#document.visits) return this
    const { placeOf, pointerOf, line, textOf, impliedBy } = this.#document
    const bound = <T extends (...args: never[]) => unknown>(one: T) => one.bind(this.#document) as T
    const document: BodyDocument = {
      ...{ placeOf: bound(placeOf), pointerOf: bound(pointerOf), line: bound(line) },
      ...(textOf && { textOf: bound(textOf) }),
      ...(impliedBy && { impliedBy: bound(impliedBy) }),
    }
    return new Body(document, this.file, this.#value, this.#watch)
  }

  #held(key: string): unknown {
    const other = this.#watch?.instead?.(this.#value, key)
    if (other) return other.value
    const inner = this.#inner
    const value = inner === undefined ? undefined : memberOf(inner, key)
    return value === undefined ? memberOf(this.#value, key) : value
  }

  #visit(key: string): void {
    const { visits } = this.#document
    if (!visits) return
    const { container, name } = this.#locate(key)
    if (name !== undefined) visits.visit(container, name)
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

/** Null counts as absent. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isUnevaluated(value: unknown): boolean {
  return typeof value === 'string' && isExpression(value)
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return `the text "${inert(value.slice(0, 60))}"`
  return isObject(value) ? 'an object' : String(value)
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
