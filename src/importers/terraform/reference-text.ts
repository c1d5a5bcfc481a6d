/** A reference of a Terraform expression in its parts. */
export type ReferenceText =
  | {
      readonly kind: 'resource'
      readonly address: string
      readonly type: string
      readonly index: Index
      readonly rest: string
    }
  | {
      readonly kind: 'output'
      readonly call: string
      readonly callIndex: Index
      readonly output: string
      readonly index: Index
    }
  | { readonly kind: 'variable'; readonly name: string; readonly index: Index }
  /** `each.key`, `count.index`: the index of the instance that refers. */
  | { readonly kind: 'own-index' }
  /** `each.value`: what `for_each` gives the instance that refers. */
  | { readonly kind: 'own-value' }
  /** `local.x` and others whose value no plan prints. */
  | { readonly kind: 'opaque' }

type Index = string | number | undefined

const TOKEN = /\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.[\]]+/g

/** Reads one entry of an expression's `references`. */
export function readReference(text: string): ReferenceText {
  const tokens = text.match(TOKEN) ?? []
  const [first = '', second = '', third = ''] = tokens
  if (first === 'each' && second === 'value') return { kind: 'own-value' }
  if (first === 'each' || first === 'count') return { kind: 'own-index' }
  if (first === 'var') return { kind: 'variable', name: second, index: lastIndex(tokens.slice(2)) }
  if (first === 'module') {
    const callIndex = indexOf(third)
    const rest = tokens.slice(callIndex === undefined ? 2 : 3)
    return { kind: 'output', call: second, callIndex, output: rest[0] ?? '', index: lastIndex(rest.slice(1)) }
  }
  const isData = first === 'data'
  if (!isData && !/^[a-z0-9]+_/.test(first)) return { kind: 'opaque' }
  const named = isData ? tokens.slice(1) : tokens
  const [type = '', name = '', next = ''] = named
  const index = indexOf(next)
  const rest = named.slice(index === undefined ? 2 : 3).join('.')
  return { kind: 'resource', address: `${isData ? 'data.' : ''}${type}.${name}`, type, index, rest }
}

function indexOf(token: string): Index {
  if (/^\[\d+\]$/.test(token)) return Number(token.slice(1, -1))
  return token.startsWith('["') ? token.slice(2, -2).replace(/\\(.)/g, '$1') : undefined
}

function lastIndex(tokens: readonly string[]): Index {
  return tokens.map(indexOf).findLast((one) => one !== undefined)
}
