import { evaluate } from './evaluate.ts'
import type { ProducedDocument } from './produced-document.ts'
import { readExpression } from './read-expression.ts'
import type { Surroundings } from './scope.ts'
import { isMembers, isUnevaluated, type Members, memberOf, placed, setMember, textOf, unevaluated } from './value.ts'

/** What is needed to make values of a template's text. */
export interface Expansion {
  readonly produced: ProducedDocument
  /** Told of each expression before it is evaluated. */
  visit(text: string, container: object, key: string | number): void
  /** Asks for some more rounds of loops; false when all of the template's together are too many. */
  rounds(count: number): boolean
}

/**
 * Makes the value a template's JSON value stands for: expressions evaluated, property loops unrolled. `container` and
 * `key` say where it stands. Objects keep their place; what cannot be told stays in the value as unknown.
 */
export function expandValue(
  expansion: Expansion,
  value: unknown,
  around: Surroundings,
  container: object,
  key: string | number,
): unknown {
  if (typeof value === 'string') return expandText(expansion, value, around, container, key)
  if (Array.isArray(value)) {
    return around.scope.deeper(() => {
      const made = value.map((one, index) => expandValue(expansion, one, around, value, index))
      expansion.produced.trace(made, { container: value })
      return made
    })
  }
  return isMembers(value) ? around.scope.deeper(() => expandMembers(expansion, value, around, NO_KEYS)) : value
}

const NO_KEYS: ReadonlySet<string> = new Set()

/** As `expandValue`, for an object whose members named in `without` (lower case) are left out. */
export function expandMembers(
  expansion: Expansion,
  value: Members,
  around: Surroundings,
  without: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const made: Record<string, unknown> = {}
  expansion.produced.trace(made, { container: value })
  for (const [key, member] of Object.entries(value)) {
    if (without.has(key.toLowerCase())) continue
    if (key.toLowerCase() === 'copy' && isLoopList(member)) {
      for (const loop of member) {
        const name = textOf(loop, 'name')
        if (name !== undefined) setMember(made, name, expandLoop(expansion, loop, around))
      }
      continue
    }
    const name = key.startsWith('[') ? expandText(expansion, key, around, value, key) : key
    if (typeof name === 'string') setMember(made, name, expandValue(expansion, member, around, value, key))
    else setMember(made, key, isUnevaluated(name) ? name : unevaluated('the name of this member is no text'))
  }
  return made
}

function expandText(
  expansion: Expansion,
  text: string,
  around: Surroundings,
  container: object,
  key: string | number,
): unknown {
  const read = readExpression(text)
  if (read.kind === 'text') return read.text
  expansion.visit(text, container, key)
  const value = read.kind === 'mistake' ? unevaluated(read.because) : evaluate(read.expression, around)
  if (typeof value === 'function') return placed(unevaluated('a lambda is no value'), { text, container, key })
  return isUnevaluated(value) ? placed(value, { text, container, key }) : value
}

function isLoopList(value: unknown): value is readonly Members[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => ['name', 'count', 'input'].every((key) => memberOf(one, key) !== undefined))
  )
}

// Azure refuses longer loops (Learn: Property iteration in ARM templates).
const LOOP_LIMIT = 800

/** The indexes of a loop, from 0; an unknown value when its count cannot be told. */
export function loopLength(expansion: Expansion, loop: Members, around: Surroundings): unknown {
  const key = Object.keys(loop).find((one) => one.toLowerCase() === 'count') ?? 'count'
  const count = expandValue(expansion, loop[key], around, loop, key)
  if (isUnevaluated(count)) return count
  if (typeof count === 'number' && count >= 0 && count <= LOOP_LIMIT) {
    return expansion.rounds(count) ? Math.trunc(count) : unevaluated('the loops of the template have too many rounds')
  }
  return placed(unevaluated('the count of a loop is a number from 0 to 800'), {
    text: String(loop[key]),
    container: loop,
    key,
  })
}

/** The surroundings of one round of a loop. */
export function inLoop(around: Surroundings, name: string, index: number, ofResource: boolean): Surroundings {
  const copies = new Map(around.copies).set(name.toLowerCase(), index)
  return { ...around, copies: ofResource ? copies.set('', index) : copies }
}

/** The array a property or variable loop makes, or an unknown value. */
export function expandLoop(expansion: Expansion, loop: Members, around: Surroundings): unknown {
  const name = textOf(loop, 'name') ?? ''
  const count = loopLength(expansion, loop, around)
  if (typeof count !== 'number') return count
  const key = Object.keys(loop).find((one) => one.toLowerCase() === 'input') ?? 'input'
  const made = Array.from({ length: count }, (_, index) =>
    expandValue(expansion, loop[key], inLoop(around, name, index, false), loop, key),
  )
  expansion.produced.trace(made, { container: loop, key: 'name' })
  return made
}
