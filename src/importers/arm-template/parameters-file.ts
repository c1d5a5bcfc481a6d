import type { GivenValue } from './template-scope.ts'
import { isMembers, memberName, memberOf, unevaluated } from './value.ts'

/**
 * The values of a parameters file: `{ "parameters": { "x": { "value": ... } } }`, or the inner part alone. A secret
 * that is referred to in a key vault is unknown.
 */
export function parametersFile(value: unknown): GivenValue {
  const inner = memberOf(value, 'parameters')
  const list = isMembers(inner) ? inner : value
  return (name) => {
    const given = memberOf(list, name)
    if (!isMembers(given)) return undefined
    const key = memberName(given, 'value')
    if (key !== undefined) return () => given[key]
    return () => unevaluated(`parameter "${name}" is a secret in a key vault`)
  }
}
