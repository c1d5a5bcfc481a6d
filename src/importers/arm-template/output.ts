import { expandLoop, expandValue, inLoop, loopLength } from './expand-value.ts'
import type { Surroundings } from './scope.ts'
import type { Session } from './session.ts'
import { isMembers, isUnevaluated, type Members, memberName, memberOf, setMember } from './value.ts'

/**
 * The outputs of a template, as `reference()` of its deployment has them: those whose condition holds, a loop as its
 * array (Learn: Outputs in ARM templates).
 */
export function outputsOf(session: Session, template: Members, around: Surroundings): Members {
  const outputs = memberOf(template, 'outputs')
  const made: Record<string, unknown> = {}
  for (const [name, output] of isMembers(outputs) ? Object.entries(outputs) : []) {
    const one = isMembers(output) ? outputOf(session, output, around) : undefined
    if (one !== undefined) setMember(made, name, one)
  }
  return made
}

function outputOf(session: Session, output: Members, around: Surroundings): unknown {
  const condition = memberName(output, 'condition')
  const holds = condition === undefined ? true : expandValue(session, output[condition], around, output, condition)
  if (isUnevaluated(holds)) return holds
  if (holds === false) return undefined
  const loop = memberOf(output, 'copy')
  const key = memberName(output, 'value') ?? 'value'
  const value = isMembers(loop) ? loopOf(session, loop, around) : expandValue(session, output[key], around, output, key)
  return { type: memberOf(output, 'type'), value }
}

/** A loop of outputs has no name: `copyIndex()` is its own. */
function loopOf(session: Session, loop: Members, around: Surroundings): unknown {
  if (memberOf(loop, 'name') !== undefined) return expandLoop(session, loop, around)
  const count = loopLength(session, loop, around)
  if (typeof count !== 'number') return count
  const key = memberName(loop, 'input') ?? 'input'
  return Array.from({ length: count }, (_, index) =>
    expandValue(session, loop[key], inLoop(around, '', index, true), loop, key),
  )
}
