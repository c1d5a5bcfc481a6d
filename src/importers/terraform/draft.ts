import type { ArmDocument, Origin } from './arm-document.ts'
import { isObject, memberOf } from './block.ts'

/** An object of an ARM body, built member by member. */
export type ArmObject = Record<string, unknown>

const drafts = new WeakMap<object, Draft>()

/** The draft an object was made by; `undefined` for any other value. */
export function draftOf(object: unknown): Draft | undefined {
  return isObject(object) ? drafts.get(object) : undefined
}

/**
 * An ARM body, or an object nested in one, under construction. Members are named by path from `properties`
 * (`addressSpace/addressPrefixes`), or from the object itself when the path starts with `^` (`^sku/name`).
 */
export class Draft {
  readonly object: ArmObject
  readonly #document: ArmDocument
  readonly #origin: Origin
  readonly #wrapped: boolean

  /** `wrapped`: its members stand under `properties`, as those of most objects with an id do. */
  constructor(document: ArmDocument, origin: Origin, wrapped: boolean) {
    this.object = {}
    drafts.set(this.object, this)
    this.#document = document
    this.#origin = origin
    this.#wrapped = wrapped
    document.mark(this.object, origin)
  }

  /** A draft of an object that will be nested in this one. */
  nested(origin: Origin, wrapped: boolean): Draft {
    return new Draft(this.#document, origin, wrapped)
  }

  get(path: string): unknown {
    const { holder, key } = this.#walk(path, false)
    return holder && memberOf(holder, key)
  }

  set(path: string, value: unknown, origin: Origin): void {
    const { holder, key } = this.#walk(path, true)
    if (!holder) return
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
    this.#document.markMember(holder, key, origin)
  }

  remove(path: string): void {
    const { holder, key } = this.#walk(path, false)
    if (holder) delete holder[key]
  }

  /** Puts a reference `{ "id": ... }` at a path. */
  refer(path: string, id: string, origin: Origin): void {
    this.set(path, this.reference(id, origin), origin)
  }

  /** A reference object. */
  reference(id: string, origin: Origin): ArmObject {
    const object = { id }
    this.#document.mark(object, origin)
    this.#document.markMember(object, 'id', origin)
    return object
  }

  /** The array at a path, made when there is none. */
  list(path: string): unknown[] {
    const known = this.get(path)
    if (Array.isArray(known)) return known
    const made: unknown[] = []
    this.#document.mark(made, this.#origin)
    this.set(path, made, this.#origin)
    return made
  }

  #walk(path: string, make: boolean): { holder: ArmObject | undefined; key: string } {
    const top = path.startsWith('^') || !this.#wrapped
    const parts = [...(top ? [] : ['properties']), ...path.replace('^', '').split('/')]
    const key = parts.pop() ?? ''
    let holder: ArmObject | undefined = this.object
    for (const part of parts) holder = holder && this.#inner(holder, part, make)
    return { holder, key }
  }

  #inner(holder: ArmObject, part: string, make: boolean): ArmObject | undefined {
    const known = holder[part]
    if (isObject(known)) return known as ArmObject
    if (!make) return undefined
    const made: ArmObject = {}
    this.#document.mark(made, this.#origin)
    holder[part] = made
    return made
  }
}
