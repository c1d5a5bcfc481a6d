const MARK = Symbol('not evaluated')

/** What takes the place of a value that the template alone does not tell, and why. It is never guessed. */
export interface Unevaluated {
  readonly [MARK]: true
  /** A clause: `parameter "x" has neither a value nor a default`. */
  readonly because: string
  /** The text of the expression it came from, and where that stands; absent inside an expression. */
  readonly expression?: { readonly text: string; readonly container: object; readonly key: string | number }
}

/** A value nobody can tell, with the reason as a clause. */
export function unevaluated(because: string): Unevaluated {
  return { [MARK]: true, because }
}

/** The same unknown value, told where its expression stands; the innermost place is kept. */
export function placed(value: Unevaluated, expression: NonNullable<Unevaluated['expression']>): Unevaluated {
  return value.expression ? value : { ...value, expression }
}

/** Whether a value is one that could not be told. */
export function isUnevaluated(value: unknown): value is Unevaluated {
  return typeof value === 'object' && value !== null && MARK in value
}

/** A JSON object with members; no array, no null, nothing unknown. */
export type Members = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnevaluated(value)
}

/** The name an object spells a member with; Azure compares member names without regard to case. */
export function memberName(value: object, wanted: string): string | undefined {
  if (Object.hasOwn(value, wanted)) return wanted
  const lower = wanted.toLowerCase()
  return Object.keys(value).find((name) => name.length === wanted.length && name.toLowerCase() === lower)
}

/** A member of an object, its name in any case; `undefined` when there is none. */
export function memberOf(value: unknown, wanted: string): unknown {
  if (!isMembers(value)) return undefined
  const name = memberName(value, wanted)
  return name === undefined ? undefined : value[name]
}

/** A text member of an object; `undefined` when it is none. */
export function textOf(value: unknown, wanted: string): string | undefined {
  const member = memberOf(value, wanted)
  return typeof member === 'string' ? member : undefined
}

/** Sets a member even when its name is one that JavaScript treats specially. */
export function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

const PART_LIMIT = 200_000

/** The first unknown part of a value, itself included; one with too many parts to look at counts as unknown. */
export function unknownPart(value: unknown): Unevaluated | undefined {
  const open: unknown[] = [value]
  for (let seen = 0; open.length > 0; seen++) {
    const one = open.pop()
    if (isUnevaluated(one)) return one
    if (seen > PART_LIMIT) return unevaluated('the value is too large')
    if (typeof one === 'object' && one !== null) for (const part of Object.values(one)) open.push(part)
  }
  return undefined
}
