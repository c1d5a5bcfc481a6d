/** What is told of an attribute that is known only after apply; `undefined` = nothing. */
export type Telling = (block: Block, key: string) => string | readonly string[] | undefined

/**
 * A Terraform object, a resource's values or a nested block of them, with what the plan knows about it beside its
 * value: which attributes are known only after apply, and the expressions it was written with.
 */
export class Block {
  readonly value: object
  readonly #unknown: unknown
  readonly #expressions: unknown
  readonly #telling: Telling | undefined

  constructor(value: object, unknown: unknown, expressions: unknown, telling?: Telling) {
    this.value = value
    this.#unknown = unknown
    this.#expressions = expressions
    this.#telling = telling
  }

  /** The same block, of whose attributes more is told. */
  toldBy(telling: Telling): Block {
    return new Block(this.value, this.#unknown, this.#expressions, telling)
  }

  /** The names of its attributes, those that are known only after apply too. */
  keys(): readonly string[] {
    return [...new Set([this.value, this.#unknown].flatMap((one) => (isObject(one) ? Object.keys(one) : [])))]
  }

  /** An attribute's value; null reads as absent. */
  raw(key: string): unknown {
    const told = this.#toldOf(key)
    if (told !== undefined) return told
    const value = memberOf(this.value, key)
    return value === null ? undefined : value
  }

  /** A text attribute; an empty text is absent. */
  text(key: string): string | undefined {
    const value = this.raw(key)
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key)
    return typeof value === 'boolean' ? value : undefined
  }

  /** The texts of a list attribute; a single text is a list of one. */
  texts(key: string): string[] {
    const value = this.raw(key)
    const list = Array.isArray(value) ? value : [value]
    return list.filter((one): one is string => typeof one === 'string' && one !== '')
  }

  /** Whether an attribute, or a part of it, is known only after apply. */
  isUnknown(key: string): boolean {
    return this.#isLater(key) && this.#toldOf(key) === undefined
  }

  #isLater(key: string): boolean {
    return this.#unknown === true || holdsTrue(memberOf(this.#unknown, key))
  }

  #toldOf(key: string): string | readonly string[] | undefined {
    return this.#telling && this.#isLater(key) ? this.#telling(this, key) : undefined
  }

  /** How many elements of a list are known only after apply; `undefined` when not even their number is known. */
  unknownCount(key: string): number | undefined {
    const unknown = memberOf(this.#unknown, key)
    return Array.isArray(unknown) ? unknown.filter(holdsTrue).length : undefined
  }

  /** What the expression of an attribute refers to, as the plan lists it; empty when the plan does not say. */
  referencesOf(key: string): string[] {
    const references = memberOf(memberOf(this.#expressions, key), 'references')
    return Array.isArray(references) ? references.filter((one): one is string => typeof one === 'string') : []
  }

  /** The nested blocks under a name; a block that is no list counts as a list of one. */
  blocks(key: string): { readonly block: Block; readonly index: number | undefined }[] {
    const value = this.raw(key)
    const unknown = memberOf(this.#unknown, key)
    const written = memberOf(this.#expressions, key)
    const list = Array.isArray(value) ? value : [value]
    return list.flatMap((one: unknown, index) => {
      if (!isObject(one)) return []
      const known = Array.isArray(unknown) ? unknown[index] : unknown
      const block = new Block(one, known, expressionsOf(written, one, index, list.length), this.#telling)
      return [{ block, index: Array.isArray(value) ? index : undefined }]
    })
  }
}

/** The own member of an object under a key; `undefined` for what is no object. */
export function memberOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

/** Whether a value is an object and no array. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function holdsTrue(value: unknown): boolean {
  if (value === true) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTrue)
}

/**
 * The expressions of one of several nested blocks: the block with the same constant name, else by position. Blocks of
 * a set are printed in another order than they are written in, so position counts only where no block has a name.
 */
function expressionsOf(written: unknown, value: object, index: number, count: number): unknown {
  if (!Array.isArray(written)) return written
  if (written.length === 1) return written[0]
  const nameOf = (one: unknown) => memberOf(memberOf(one, 'name'), 'constant_value')
  const named = written.filter((one) => nameOf(one) !== undefined && nameOf(one) === memberOf(value, 'name'))
  if (named.length === 1) return named[0]
  const unnamed = written.every((one) => memberOf(one, 'name') === undefined)
  return unnamed && written.length === count ? written[index] : undefined
}
