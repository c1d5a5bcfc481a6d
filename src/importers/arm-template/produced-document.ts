import type { JsonDocument, JsonVisits, Place } from '../../text/index.ts'

/** Where a produced object comes from: the template's object it mirrors, or with `key` the member that made it. */
export interface Origin {
  readonly container: object
  readonly key?: string | number
}

const SECRET = /("[^"]*(?:password|secret|sharedkey|connectionstring|token)[^"]*"\s*:\s*)"(?!\[)[^"]*"/gi

/** The values a template produced, as a document whose places are those of the template. */
export class ProducedDocument {
  readonly #template: JsonDocument
  readonly #origins: WeakMap<object, Origin>
  readonly #implied: WeakMap<object, Map<string, string>>

  /** `beside`: the document of the template that links to this one; both know what either produced. */
  constructor(template: JsonDocument, beside?: ProducedDocument) {
    this.#template = template
    this.#origins = beside ? beside.#origins : new WeakMap()
    this.#implied = beside ? beside.#implied : new WeakMap()
  }

  /** Who looks at a produced member looks at the member of the template that says it; absent when nobody asked. */
  get visits(): Pick<JsonVisits, 'visit'> | undefined {
    const { visits } = this.#template
    return visits && { visit: (made, key) => this.#visit(visits, made, key) }
  }

  #visit(visits: JsonVisits, made: object, key: string | number): void {
    const [container, name] = this.#found(made, key)
    if (typeof container === 'object' && container !== null && name !== undefined) visits.visit(container, name)
  }

  /** Remembers where a produced object comes from; the first origin stays. */
  trace(made: object, origin: Origin): void {
    if (!this.#origins.has(made)) this.#origins.set(made, origin)
  }

  originOf(made: object): Origin | undefined {
    return this.#origins.get(made)
  }

  /** Remembers that no line of the template says a member, and why it is held. */
  imply(made: object, key: string, because: string): void {
    const known = this.#implied.get(made) ?? new Map<string, string>()
    this.#implied.set(made, known.set(key, because))
  }

  /** Lets a copy of an object have the same place and the same implied members. */
  copied(from: object, to: object): void {
    const origin = this.#origins.get(from)
    const known = this.#implied.get(from)
    if (origin) this.trace(to, origin)
    if (known) this.#implied.set(to, known)
  }

  /** Why a member is held that no line says; `undefined` when a line says it. */
  impliedBy(made: object, key: string): string | undefined {
    return this.#implied.get(made)?.get(key)
  }

  placeOf(made: unknown, key?: string | number): Place {
    return this.#template.placeOf(...this.#found(made, key))
  }

  pointerOf(made: unknown, key?: string | number): string {
    return this.#template.pointerOf(...this.#found(made, key))
  }

  /** The text of a line from 1, its secrets replaced. */
  line(line: number): string {
    return this.#template.line(line).replace(SECRET, '$1"***"')
  }

  /** What to show of a place whose line is too long to show; its value stays hidden, for it may be a secret. */
  textOf(made: unknown, key?: string | number): string | undefined {
    const [container, name] = this.#found(made, key)
    return this.#template.textOf?.(container, name)?.replace(SECRET, '$1"***"')
  }

  #found(made: unknown, key: string | number | undefined): [unknown, string | number | undefined] {
    const origin = typeof made === 'object' && made !== null ? this.#origins.get(made) : undefined
    if (!origin) return [made, key]
    if (origin.key !== undefined) return [origin.container, origin.key]
    return key !== undefined && Object.hasOwn(origin.container, key)
      ? [origin.container, key]
      : [origin.container, undefined]
  }
}
