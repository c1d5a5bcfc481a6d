import { expandMembers } from './expand-value.ts'
import { withAddresses } from './fill-addresses.ts'
import type { Instance } from './instance.ts'
import type { Surroundings } from './scope.ts'
import type { Session } from './session.ts'
import { isMembers, type Members, memberOf, type Unevaluated, unevaluated } from './value.ts'

/** What is known of a resource before its body is evaluated. */
export interface InstanceFacts {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly declaration: Members
  readonly around: Surroundings
  /** Whether it is deployed is unknown, and why. */
  readonly doubt?: Unevaluated
}

// What tells Azure Resource Manager how to deploy a resource and is no part of it.
const CONTROL: ReadonlySet<string> = new Set([
  ...['id', 'name', 'type', 'apiversion', 'dependson', 'condition', 'copy', 'resources'],
  ...['comments', 'metadata', 'scope', 'existing', 'asserts', 'import'],
])

/** A resource whose body is evaluated when it is asked for, and once. */
export function makeInstance(session: Session, facts: InstanceFacts, full?: () => unknown): Instance {
  const { id, type, name, declaration, around } = facts
  const make = () => {
    const rest = expandMembers(session, declaration, around, CONTROL)
    const body = Object.assign(rest, { id, name: name.slice(name.lastIndexOf('/') + 1), type })
    return withAddresses(session.produced, body, session.assignedTo(id))
  }
  const body = once(`resource ${name}`, () => around.scope.deeper(full ?? make))
  return {
    ...{ id, type, name, declaration },
    existing: memberOf(declaration, 'existing') === true,
    isDeployment: full !== undefined,
    ...(facts.doubt && { doubt: facts.doubt }),
    full: body,
    properties: () => propertiesOf(body()),
  }
}

/** The `properties` of a body; an unknown value when there are none to be told. */
export function propertiesOf(body: unknown): unknown {
  if (!isMembers(body)) return body
  const properties = memberOf(body, 'properties')
  return properties === undefined ? {} : properties
}

/** A value that is made when it is asked for, and once; one that asks for itself is unknown. */
export function once(what: string, make: () => unknown): () => unknown {
  let state: 'new' | 'making' | 'made' = 'new'
  let value: unknown
  return () => {
    if (state === 'making') return unevaluated(`${what} depends on itself`)
    if (state === 'new') {
      state = 'making'
      value = make()
      state = 'made'
    }
    return value
  }
}
