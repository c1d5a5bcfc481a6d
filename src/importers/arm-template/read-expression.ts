import type { Expression, TemplateText } from './expression.ts'
import { expressionTokens, type Token } from './token.ts'

/**
 * Reads a text value of a template: `[...]` is an expression, `[[...]` the text `[...]`, anything else itself, also
 * a text that only begins with a bracket (Learn: ARM template syntax and expressions). Never throws.
 */
export function readExpression(text: string): TemplateText {
  if (!text.startsWith('[') || !text.endsWith(']') || text.length < 2) return { kind: 'text', text }
  if (text.startsWith('[[')) return { kind: 'text', text: text.slice(1) }
  const tokens = expressionTokens(text.slice(1, -1))
  if (!tokens) return { kind: 'mistake', because: 'its words cannot be read: a quote or a character is wrong' }
  const reader = new Reader(tokens)
  const expression = reader.expression(0)
  if (reader.because !== undefined) return { kind: 'mistake', because: reader.because }
  if (!expression || !reader.atEnd) return { kind: 'mistake', because: `"${reader.here}" is not expected there` }
  return { kind: 'expression', expression }
}

const DEPTH_LIMIT = 200

class Reader {
  because: string | undefined
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  get here(): string {
    const token = this.#tokens[this.#at]
    return token ? String(token.value) : 'the end of the expression'
  }

  expression(depth: number): Expression | undefined {
    if (depth > DEPTH_LIMIT) return this.#fail(`it is nested deeper than ${DEPTH_LIMIT} levels`)
    let made = this.#first(depth)
    while (made) {
      const next = this.#suffix(made, depth)
      if (next === 'none') return made
      made = next
    }
    return undefined
  }

  #first(depth: number): Expression | undefined {
    const token = this.#tokens[this.#at]
    if (token?.kind === 'literal') {
      this.#at++
      return { kind: 'literal', value: token.value }
    }
    if (token?.kind !== 'word') return this.#fail(`"${this.here}" is not expected there`)
    this.#at++
    let name = token.value
    if (this.#is('.') && this.#tokens[this.#at + 2]?.value === '(') {
      this.#at++
      name += `.${this.#tokens[this.#at]?.value ?? ''}`
      this.#at++
    }
    const args = this.#args(depth)
    return args && { kind: 'call', name: name.toLowerCase(), args }
  }

  #args(depth: number): readonly Expression[] | undefined {
    if (!this.#take('(')) return this.#fail(`"${this.here}" stands where "(" is expected`)
    const args: Expression[] = []
    if (this.#take(')')) return args
    for (;;) {
      const arg = this.expression(depth + 1)
      if (!arg) return undefined
      args.push(arg)
      if (this.#take(')')) return args
      if (!this.#take(',')) return this.#fail(`"${this.here}" stands where "," or ")" is expected`)
    }
  }

  #suffix(of: Expression, depth: number): Expression | 'none' | undefined {
    if (this.#take('.')) {
      const optional = this.#take('?')
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'word') return this.#fail(`"${this.here}" stands where the name of a member is expected`)
      this.#at++
      return { kind: 'member', of, key: { kind: 'literal', value: token.value }, optional }
    }
    if (!this.#take('[')) return 'none'
    const optional = this.#take('?')
    const key = this.expression(depth + 1)
    if (!key) return undefined
    if (!this.#take(']')) return this.#fail(`"${this.here}" stands where "]" is expected`)
    return { kind: 'member', of, key, optional }
  }

  #is(sign: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'sign' && token.value === sign
  }

  #take(sign: string): boolean {
    const taken = this.#is(sign)
    if (taken) this.#at++
    return taken
  }

  #fail(because: string): undefined {
    this.because ??= because
    return undefined
  }
}
