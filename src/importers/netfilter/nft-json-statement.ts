import { expressionOf, setOf, verdictOf } from './nft-json-expression.ts'
import { isRecord, type Json } from './nft-json-value.ts'
import type { Expression, NatStatement, Operator, Statement } from './nft-tree.ts'

const PASS: Statement = { kind: 'pass' }
// Statements that count, log or fill something.
const PASSING: ReadonlySet<string> = new Set([
  'counter',
  'log',
  'flow',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'last',
  'dup',
  'reset',
])
const LIMITS: ReadonlySet<string> = new Set(['limit', 'quota', 'ct count', 'meter'])

/** A statement of libnftables-json(5) as the tree the text grammar makes. */
export function statementOf(value: unknown): Statement {
  // iptables' own matches stood alone as a word in some versions.
  if (value === 'xt') return { kind: 'xt' }
  if (!isRecord(value)) return { kind: 'unread', text: JSON.stringify(value)?.slice(0, 200) ?? '' }
  const verdict = verdictOf(value)
  if (verdict) return { kind: 'verdict', verdict }
  const [key] = Object.keys(value)
  const inner = key === undefined ? undefined : value[key]
  const text = JSON.stringify(value).slice(0, 200)
  if (key === undefined) return { kind: 'unread', text }
  if (PASSING.has(key)) return PASS
  if (LIMITS.has(key)) return { kind: 'limit', text: limitWords(key, inner), ...aloneWithin(key, inner) }
  return knownStatement(key, inner) ?? { kind: ELSEWHERE.has(key) ? 'elsewhere' : 'unread', text }
}

/** What a rate or a number of connections says of one connection: it is under it. A quota may be used up already. */
function aloneWithin(key: string, inner: unknown): { holds?: boolean } {
  if (!isRecord(inner)) return {}
  const isOver = inner.inv === true
  if (key === 'limit') return inner.rate === undefined ? {} : { holds: !isOver }
  if (key === 'ct count') return { holds: isOver === (inner.val === 0) }
  const [within] = [inner.stmt].flat().filter(isRecord)
  const [name] = within ? Object.keys(within) : []
  return name === undefined || name === key ? {} : aloneWithin(name, within?.[name])
}

const ELSEWHERE: ReadonlySet<string> = new Set(['queue', 'tproxy', 'synproxy', 'fwd'])

function limitWords(key: string, inner: unknown): string {
  return isRecord(inner) || typeof inner === 'string' ? `${key} ${JSON.stringify(inner)}`.slice(0, 200) : key
}

function knownStatement(key: string, inner: unknown): Statement | undefined {
  switch (key) {
    case 'notrack':
      return { kind: 'no-track' }
    case 'reject':
      return rejectOf(inner)
    case 'xt':
      return xtOf(inner)
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      return natOf(key, isRecord(inner) ? inner : {})
    default:
      return isRecord(inner) ? recordStatement(key, inner) : undefined
  }
}

function recordStatement(key: string, inner: Json): Statement | undefined {
  switch (key) {
    case 'match':
      return matchOf(inner)
    case 'vmap':
      return { kind: 'verdict-map', key: expressionOf(inner.key), in: expressionOf(inner.data) }
    case 'mangle':
      return { kind: 'change', field: expressionOf(inner.key), to: expressionOf(inner.value) }
    case 'set':
    case 'map':
      return updateOf(inner)
    default:
      return undefined
  }
}

const OPERATORS: readonly Operator[] = ['==', '!=', '<', '>', '<=', '>=', 'in', '!']

function matchOf(inner: Json): Statement | undefined {
  const operator = OPERATORS.find((one) => one === inner.op)
  if (!operator) return undefined
  return { kind: 'match', operator, left: expressionOf(inner.left), right: expressionOf(inner.right) }
}

/** Filling a set passes; with a limit among its statements it is also a test. */
function updateOf(inner: Json): Statement {
  const statements = Array.isArray(inner.stmt) ? inner.stmt : []
  for (const one of statements.filter(isRecord)) {
    const name = Object.keys(one).find((key) => LIMITS.has(key))
    if (name !== undefined)
      return { kind: 'limit', text: `update ${String(inner.set)} with a limit`, ...aloneWithin(name, one[name]) }
  }
  return PASS
}

function rejectOf(inner: unknown): Statement {
  if (!isRecord(inner)) return { kind: 'reject' }
  const type = typeof inner.type === 'string' ? { type: inner.type } : {}
  const code = inner.expr
  const known = typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}
  return { kind: 'reject', ...type, ...known }
}

function xtOf(inner: unknown): Statement {
  if (!isRecord(inner)) return { kind: 'xt' }
  const type = inner.type
  const known = type === 'match' || type === 'target' ? ({ type } as const) : {}
  return { kind: 'xt', ...known, ...(typeof inner.name === 'string' ? { name: inner.name } : {}) }
}

function natOf(what: NatStatement['what'], inner: Json): Statement {
  const family = inner.family
  const words = [inner.flags, inner.type_flags].flat()
  const part = (name: 'addr' | 'port'): Expression | undefined =>
    inner[name] === undefined || inner[name] === null ? undefined : partOf(inner[name])
  const [address, port] = [part('addr'), part('port')]
  return {
    kind: 'nat',
    what,
    ...(family === 'ip' || family === 'ip6' ? { family } : {}),
    ...(address ? { address } : {}),
    ...(port ? { port } : {}),
    keepsHostBits: words.includes('netmap') || words.includes('prefix'),
  }
}

function partOf(value: unknown): Expression {
  return isRecord(value) && Object.hasOwn(value, 'set') ? setOf(value.set) : expressionOf(value)
}
