import { literalOf } from './nft-expression.ts'
import { isRecord, type Json } from './nft-json-value.ts'
import type { BitOperator, Expression, SetElement, Verdict } from './nft-tree.ts'

/** An expression of libnftables-json(5) as the tree the text grammar makes. Anything unknown is kept as its words. */
export function expressionOf(value: unknown, depth = 0): Expression {
  if (depth > 100) return { kind: 'other', text: '...' }
  if (typeof value === 'string') {
    if (value.startsWith('@')) return { kind: 'named', name: value.slice(1) }
    return literalOf(value)
  }
  if (typeof value === 'number') return { kind: 'literal', text: String(value) }
  // A test for existence (fib, exthdr) compares with a truth value.
  if (typeof value === 'boolean') return { kind: 'literal', text: value ? 'exists' : 'missing' }
  if (Array.isArray(value)) return { kind: 'list', of: value.map((one) => expressionOf(one, depth + 1)) }
  if (!isRecord(value)) return { kind: 'other', text: String(value) }
  const [key] = Object.keys(value)
  const inner = key === undefined ? undefined : value[key]
  const made = key === undefined ? undefined : objectOf(key, inner, depth + 1)
  return made ?? { kind: 'other', text: JSON.stringify(value).slice(0, 200) }
}

function objectOf(key: string, inner: unknown, depth: number): Expression | undefined {
  if (Object.hasOwn(OPERATORS, key)) return bitsOf(OPERATORS[key] ?? '&', inner, depth)
  if (key === 'concat') return Array.isArray(inner) ? { kind: 'concat', of: partsOf(inner, depth) } : undefined
  if (key === 'set') return setOf(inner, depth)
  if (key === 'range') return rangeOf(inner)
  if (key === 'elem' && isRecord(inner)) return expressionOf(inner.val, depth)
  return isRecord(inner) ? fieldOf(key, inner, depth) : undefined
}

const OPERATORS: Readonly<Record<string, BitOperator>> = { '&': '&', '|': '|', '^': '^', '<<': '<<', '>>': '>>' }

function partsOf(values: readonly unknown[], depth: number): Expression[] {
  return values.map((one) => expressionOf(one, depth))
}

function bitsOf(operator: BitOperator, inner: unknown, depth: number): Expression | undefined {
  if (!Array.isArray(inner)) return undefined
  const [first, ...others] = partsOf(inner, depth)
  if (!first || others.length === 0) return undefined
  return others.reduce<Expression>((left, right) => ({ kind: 'bits', operator, left, right }), first)
}

function fieldOf(key: string, inner: Json, depth: number): Expression | undefined {
  const text = (name: string) => (typeof inner[name] === 'string' ? inner[name] : undefined)
  switch (key) {
    case 'payload': {
      const [protocol, field] = [text('protocol'), text('field')]
      return protocol === undefined || field === undefined ? undefined : { kind: 'payload', protocol, field }
    }
    case 'meta':
      return { kind: 'meta', key: text('key') ?? '' }
    case 'ct':
      return connectionOf(text('key') ?? '', text('dir'), text('family'))
    case 'fib': {
      const flags = inner.flags
      const words = Array.isArray(flags) ? flags.filter((one): one is string => typeof one === 'string') : []
      return { kind: 'fib', result: text('result') ?? '', flags: typeof flags === 'string' ? [flags] : words }
    }
    case 'rt':
      return { kind: 'rt', key: [text('family'), text('key') ?? ''].filter(Boolean).join(' ') }
    case 'tcp option':
      return { kind: 'tcp-option', name: text('name') ?? '', field: text('field') ?? '' }
    case 'prefix': {
      const [address, length] = [text('addr'), inner.len]
      return address === undefined || typeof length !== 'number' ? undefined : { kind: 'prefix', address, length }
    }
    case 'map':
      return { kind: 'map', key: expressionOf(inner.key, depth), in: expressionOf(inner.data, depth) }
    default:
      return undefined
  }
}

/** Older versions write the family into the key: `ip saddr`. */
function connectionOf(key: string, direction: string | undefined, family: string | undefined): Expression {
  const [first, second] = key.split(' ')
  const inKey = second !== undefined && (first === 'ip' || first === 'ip6')
  const known = inKey ? first : family
  return {
    kind: 'ct',
    key: inKey ? second : key,
    ...(direction === undefined ? {} : { direction }),
    ...(known === undefined ? {} : { family: known }),
  }
}

function rangeOf(inner: unknown): Expression | undefined {
  if (!Array.isArray(inner)) return undefined
  const [first, last] = inner.map((one) =>
    typeof one === 'string' || typeof one === 'number' ? String(one) : undefined,
  )
  return first === undefined || last === undefined ? undefined : { kind: 'range', first, last }
}

/** A set of one element may stand there without its list. */
export function setOf(inner: unknown, depth = 0): Expression {
  const elements = Array.isArray(inner) ? inner : [inner]
  return { kind: 'set', elements: elements.map((one) => elementOf(one, depth + 1)) }
}

function elementOf(value: unknown, depth: number): SetElement {
  if (!Array.isArray(value) || value.length !== 2) return { key: expressionOf(value, depth) }
  const [key, data] = value
  const verdict = verdictOf(data)
  return verdict
    ? { key: expressionOf(key, depth), verdict }
    : { key: expressionOf(key, depth), data: expressionOf(data, depth) }
}

/** A verdict, if the value is one. */
export function verdictOf(value: unknown): Verdict | undefined {
  if (!isRecord(value)) return undefined
  for (const kind of ['accept', 'drop', 'return', 'continue'] as const) if (Object.hasOwn(value, kind)) return { kind }
  for (const kind of ['jump', 'goto'] as const) {
    const inner = value[kind]
    if (isRecord(inner) && typeof inner.target === 'string') return { kind, to: inner.target }
  }
  return undefined
}
