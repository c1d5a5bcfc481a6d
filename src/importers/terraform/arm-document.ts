import { type JsonDocument, JsonVisits, type Place } from '../../text/index.ts'

/** A place in the Terraform document: an object or array of it, or one of its members. */
export interface Origin {
  readonly container: object
  readonly key?: string | number
}

/**
 * A document of ARM bodies made from another document. Every object and member in it remembers the place it was made
 * from, so what is said of an ARM property points at the Terraform attribute.
 */
export class ArmDocument implements JsonDocument {
  readonly value: unknown = undefined
  readonly problem = undefined
  readonly #from: JsonDocument
  readonly #objects = new WeakMap<object, Origin>()
  readonly #members = new WeakMap<object, Map<string, Origin>>()
  readonly #copies = new WeakMap<object, object>()
  readonly #implied = new WeakMap<object, Map<string, string>>()

  /** Who looks at a member looks at the attribute it was made of; absent when nobody asked. */
  readonly visits?: JsonVisits

  constructor(from: JsonDocument) {
    this.#from = from
    if (from.visits) this.visits = new PassedVisits(this, from.visits)
  }

  placeOf(container: unknown, key?: string | number): Place {
    const { container: at, key: name } = this.originOf(container, key)
    return this.#from.placeOf(at, name)
  }

  pointerOf(container: unknown, key?: string | number): string {
    const { container: at, key: name } = this.originOf(container, key)
    return this.#from.pointerOf(at, name)
  }

  textOf(container: unknown, key?: string | number): string | undefined {
    const { container: at, key: name } = this.originOf(container, key)
    return this.#from.textOf?.(at, name)
  }

  line(line: number): string {
    return this.#from.line(line)
  }

  /** Counts all that an object was made of as looked at: something else says it and takes its place. */
  lookThrough(object: object): void {
    const { visits } = this.#from
    const { container, key } = this.originOf(object, undefined)
    if (!visits || typeof container !== 'object' || container === null) return
    const whole: unknown =
      key === undefined ? container : (container as Readonly<Record<string | number, unknown>>)[key]
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      for (const [name, inside] of Object.entries(value)) {
        visits.visit(value, name)
        walk(inside)
      }
    }
    walk(whole)
  }

  /** Remembers where an object was made from. */
  mark(object: object, origin: Origin): void {
    this.#objects.set(object, origin)
  }

  /** Remembers where a member was made from. */
  markMember(object: object, key: string, origin: Origin): void {
    const members = this.#members.get(object) ?? new Map<string, Origin>()
    members.set(key, origin)
    this.#members.set(object, members)
  }

  /** Lets a copy of an object have the places of its members, and what is implied of them. */
  copied(from: object, to: object): void {
    if (!this.#objects.has(to) && !this.#copies.has(to)) this.#copies.set(to, from)
    for (const [key, because] of this.#implied.get(from) ?? []) this.imply(to, key, because)
  }

  /** Remembers that no line says a member, and why it is held. */
  imply(object: object, key: string, because: string): void {
    const members = this.#implied.get(object) ?? new Map<string, string>()
    this.#implied.set(object, members.set(key, because))
  }

  /** Why a member is held that no line says; `undefined` when a line says it. */
  impliedBy(object: object, key: string): string | undefined {
    return this.#implied.get(object)?.get(key)
  }

  /** What an object or member was made of. */
  originOf(container: unknown, key: string | number | undefined): { container: unknown; key?: string | number } {
    if (typeof container !== 'object' || container === null) return { container }
    const member = key === undefined ? undefined : this.#members.get(container)?.get(String(key))
    const made = member ?? this.#objects.get(container)
    const from = made ? undefined : this.#copies.get(container)
    if (from) return this.originOf(from, key)
    return made ?? { container, ...(key !== undefined && { key }) }
  }
}

/** Visits of made members, passed on to what they were made of. */
class PassedVisits extends JsonVisits {
  readonly #made: ArmDocument
  readonly #from: JsonVisits

  constructor(made: ArmDocument, from: JsonVisits) {
    super()
    this.#made = made
    this.#from = from
  }

  override visit(container: object, key: string | number): void {
    const { container: at, key: name } = this.#made.originOf(container, key)
    if (typeof at === 'object' && at !== null && name !== undefined) this.#from.visit(at, name)
  }
}
