import { parseIp } from '../../net/index.ts'
import { literalOf, readExpression, readSet, readVerdict } from './nft-expression.ts'
import { atEnd, type Cursor, next, peek, skipStatement, type Token, take } from './nft-tokens.ts'
import type { Expression, NatStatement, Operator, Statement } from './nft-tree.ts'
import { nftWords } from './nft-words.ts'

/** The statements of one rule and its comment, up to the end of the line (nft(8): statements). */
export function readStatements(cursor: Cursor): { statements: Statement[]; comment?: string } {
  const statements: Statement[] = []
  let comment: string | undefined
  const start = cursor.at
  while (!atEnd(cursor) && cursor.problem === undefined) {
    if (take(cursor, 'comment')) comment = next(cursor)?.text
    else statements.push(readStatement(cursor))
  }
  if (cursor.problem !== undefined) {
    cursor.problem = undefined
    cursor.at = start
    skipStatement(cursor)
    const words = cursor.tokens.slice(start, cursor.at).map((token) => (token.quoted ? `"${token.text}"` : token.text))
    statements.splice(0, statements.length, { kind: 'unread', text: words.join(' ') })
  }
  return comment === undefined ? { statements } : { statements, comment }
}

const PASS: Statement = { kind: 'pass' }

function readStatement(cursor: Cursor): Statement {
  const verdict = readVerdict(cursor)
  if (verdict) return { kind: 'verdict', verdict }
  const token = cursor.tokens[cursor.at]
  const word = token?.quoted ? '' : (token?.text ?? '')
  const reader = Object.hasOwn(READERS, word) ? READERS[word] : undefined
  if (!reader) return readTest(cursor)
  const from = cursor.at++
  return reader(cursor, from)
}

type Reader = (cursor: Cursor, from: number) => Statement

const READERS: Readonly<Record<string, Reader>> = {
  counter: (cursor) => pass(cursor, { name: 1, packets: 1, bytes: 1 }),
  last: (cursor) => pass(cursor, { used: 1, never: 0 }),
  log: (cursor) =>
    pass(cursor, {
      prefix: 1,
      level: 1,
      group: 1,
      snaplen: 1,
      'queue-threshold': 1,
      flags: 1,
      all: 0,
      sequence: 0,
      options: 0,
      ',': 1,
    }),
  limit: (cursor, from) => readLimit(cursor, from),
  quota: (cursor, from) => readLimit(cursor, from),
  meter: (cursor, from) => readMeter(cursor, from),
  reject: readReject,
  masquerade: (cursor) => readNat(cursor, 'masquerade'),
  redirect: (cursor) => readNat(cursor, 'redirect'),
  dnat: (cursor) => readNat(cursor, 'dnat'),
  snat: (cursor) => readNat(cursor, 'snat'),
  notrack: () => ({ kind: 'no-track' }),
  flow: (cursor) => passAll(cursor, 2),
  dup: (cursor) => passAll(cursor, Number.POSITIVE_INFINITY),
  reset: (cursor) => passAll(cursor, 3),
  add: readUpdate,
  update: readUpdate,
  delete: readUpdate,
  queue: readElsewhere,
  tproxy: readElsewhere,
  synproxy: readElsewhere,
  fwd: readElsewhere,
  xt: readXt,
}

/** Passes options that take so many words each. */
function pass(cursor: Cursor, options: Readonly<Record<string, number>>): Statement {
  while (!atEnd(cursor)) {
    const word = peek(cursor)
    const count = cursor.tokens[cursor.at]?.quoted || !Object.hasOwn(options, word) ? undefined : options[word]
    if (count === undefined) break
    cursor.at += 1 + count
  }
  return PASS
}

function passAll(cursor: Cursor, words: number): Statement {
  for (let count = 0; count < words && !atEnd(cursor); count++) cursor.at++
  return PASS
}

function wordsFrom(cursor: Cursor, from: number): string {
  const tokens = cursor.tokens.slice(from, cursor.at)
  return tokens.map((token) => (token.quoted ? `"${token.text}"` : token.text)).join(' ')
}

/** `limit rate over 10/second burst 5 packets`, `limit name "x"`, `quota over 25 mbytes used 1 bytes`. */
function readLimit(cursor: Cursor, from: number): Statement {
  if (take(cursor, 'name')) {
    readExpression(cursor, false)
    return { kind: 'limit', text: wordsFrom(cursor, from) }
  }
  const isRate = take(cursor, 'rate')
  const isOver = take(cursor, 'over')
  take(cursor, 'until')
  readAmount(cursor)
  if (take(cursor, 'burst')) readAmount(cursor)
  if (take(cursor, 'used')) readAmount(cursor)
  return { kind: 'limit', text: wordsFrom(cursor, from), ...(isRate && { holds: !isOver }) }
}

function readAmount(cursor: Cursor): void {
  cursor.at++
  if (/^([kmg]?bytes|packets)(\/|$)/.test(peek(cursor))) cursor.at++
}

function readMeter(cursor: Cursor, from: number): Statement {
  cursor.at++
  if (take(cursor, 'size')) cursor.at++
  if (take(cursor, '{')) skipBraces(cursor)
  const text = wordsFrom(cursor, from)
  return { kind: 'limit', text, ...aloneWithin(cursor.tokens.slice(from, cursor.at)) }
}

function skipBraces(cursor: Cursor): void {
  for (let depth = 1; depth > 0 && cursor.at < cursor.tokens.length; cursor.at++) {
    if (cursor.tokens[cursor.at]?.quoted) continue
    const text = peek(cursor)
    depth += text === '{' ? 1 : text === '}' ? -1 : 0
  }
}

/** Filling a set passes; with a limit in its element it is also a test. */
function readUpdate(cursor: Cursor, from: number): Statement {
  if (!peek(cursor).startsWith('@')) {
    cursor.problem ??= peek(cursor)
    return PASS
  }
  cursor.at++
  const start = cursor.at
  if (take(cursor, '{')) skipBraces(cursor)
  const inside = cursor.tokens.slice(start, cursor.at)
  const tests = inside.some((token) => !token.quoted && LIMITS.has(token.text))
  return tests ? { kind: 'limit', text: wordsFrom(cursor, from), ...aloneWithin(inside) } : PASS
}

/** A rate or a number of connections for each element of a set: one connection is under it. */
function aloneWithin(tokens: readonly Token[]): { holds?: boolean } {
  const has = (word: string) => tokens.some((token) => !token.quoted && token.text === word)
  return has('quota') || (!has('rate') && !has('count')) ? {} : { holds: !has('over') }
}

const LIMITS: ReadonlySet<string> = new Set(['limit', 'quota', 'count'])

function readReject(cursor: Cursor): Statement {
  if (!take(cursor, 'with')) return { kind: 'reject' }
  const type = next(cursor)?.text ?? ''
  if (type === 'tcp') {
    take(cursor, 'reset')
    return { kind: 'reject', type: 'tcp reset' }
  }
  take(cursor, 'type')
  return { kind: 'reject', type, code: next(cursor)?.text ?? '' }
}

function readElsewhere(cursor: Cursor, from: number): Statement {
  while (!atEnd(cursor) && peek(cursor) !== 'comment') cursor.at++
  return { kind: 'elsewhere', text: wordsFrom(cursor, from) }
}

function readXt(cursor: Cursor): Statement {
  const type = next(cursor)?.text
  const name = next(cursor)?.text
  const known = type === 'match' || type === 'target' ? ({ type } as const) : {}
  return { kind: 'xt', ...known, ...(name === undefined ? {} : { name }) }
}

const NAT_FLAGS: ReadonlySet<string> = new Set(['random', 'fully-random', 'persistent', 'netmap', ','])

/** `dnat ip to 10.0.0.1:80`, `snat ip prefix to ...`, `redirect to :8080`; older texts leave out `to`. */
function readNat(cursor: Cursor, what: NatStatement['what']): Statement {
  const family = peek(cursor) === 'ip' || peek(cursor) === 'ip6' ? peek(cursor) : undefined
  if (family !== undefined && /^(to|prefix|addr|interval)$/.test(peek(cursor, 1))) cursor.at++
  const known = family === 'ip' || family === 'ip6' ? ({ family } as const) : {}
  let keepsHostBits = false
  if (take(cursor, 'addr')) {
    take(cursor, '.')
    take(cursor, 'port')
  }
  if (take(cursor, 'prefix')) keepsHostBits = true
  take(cursor, 'interval')
  const aimed = take(cursor, 'to')
  const ends = atEnd(cursor) || NAT_FLAGS.has(peek(cursor)) || peek(cursor) === 'comment'
  const bare = !aimed && (what === 'masquerade' || ends)
  const to = bare ? {} : readNatTarget(cursor, what)
  while (NAT_FLAGS.has(peek(cursor)) && !atEnd(cursor)) {
    if (peek(cursor) === 'netmap') keepsHostBits = true
    cursor.at++
  }
  return { kind: 'nat', what, ...known, ...to, keepsHostBits }
}

function readNatTarget(cursor: Cursor, what: NatStatement['what']): Pick<NatStatement, 'address' | 'port'> {
  const word = peek(cursor)
  const quoted = cursor.tokens[cursor.at]?.quoted
  const whole = literalOf(word)
  // An address of IPv6 without brackets has no port behind it.
  if (!quoted && what !== 'redirect' && (whole.kind !== 'literal' || parseIp(word) !== undefined)) {
    cursor.at++
    return what === 'masquerade' ? { port: whole } : { address: whole }
  }
  const written = quoted ? undefined : /^(\[[^\]]*\](?:-\[[^\]]*\])?|[^:[\]]*)(?::(.*))?$/.exec(word)
  const onlyPort = what === 'redirect' || what === 'masquerade'
  if (written && written[2] !== undefined) {
    cursor.at++
    const address = (written[1] ?? '').replace(/[[\]]/g, '')
    // `:tcp dport map { ... }` follows the colon.
    const port = portAfter(cursor, written[2])
    return { ...(address === '' ? {} : { address: literalOf(address) }), port }
  }
  if (written && word.startsWith('[')) {
    cursor.at++
    return { address: literalOf(word.replace(/[[\]]/g, '')) }
  }
  const target = readExpression(cursor, false)
  if (onlyPort) return { port: target }
  return take(cursor, ':') ? { address: target, port: readExpression(cursor, false) } : { address: target }
}

function portAfter(cursor: Cursor, text: string): Expression {
  if (/^\d/.test(text)) return literalOf(text)
  if (text === '') return readExpression(cursor, false)
  cursor.at--
  const token = cursor.tokens[cursor.at]
  const rest = { tokens: [...cursor.tokens], at: cursor.at, problem: undefined, definitions: cursor.definitions }
  if (token) rest.tokens[cursor.at] = { ...token, text }
  const port = readExpression(rest, false)
  cursor.at = rest.at
  if (rest.problem !== undefined) cursor.problem ??= rest.problem
  return port
}

/** What is left: a test, a verdict map, or writing a field. */
function readTest(cursor: Cursor): Statement {
  const from = cursor.at
  const left = readExpression(cursor, false)
  const parts = left.kind === 'concat' ? left.of : [left]
  const quoted = cursor.tokens.slice(from, cursor.at).some((token) => token.quoted)
  // A constant stands in quotes; a bare word is a name of something we do not know.
  if (!quoted && parts.some((part) => part.kind === 'literal')) cursor.problem ??= nftWords(left)
  if (left.kind === 'ct' && left.key === 'count') {
    const isOver = take(cursor, 'over')
    const isNone = peek(cursor) === '0'
    cursor.at++
    return { kind: 'limit', text: wordsFrom(cursor, from), holds: isOver === isNone }
  }
  if (take(cursor, 'vmap')) {
    const vmap = take(cursor, '{') ? readSet(cursor) : readExpression(cursor, true)
    return { kind: 'verdict-map', key: left, in: vmap }
  }
  if (take(cursor, 'set')) {
    const to = readExpression(cursor, false)
    while (take(cursor, ',')) cursor.at++
    return { kind: 'change', field: left, to }
  }
  const operator = readOperator(cursor)
  if (atEnd(cursor)) {
    cursor.problem ??= nftWords(left)
    return PASS
  }
  return readRight(cursor, left, operator)
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '==': '==',
  eq: '==',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  '>=': '>=',
  ge: '>=',
  '!': '!',
}

function readOperator(cursor: Cursor): Operator | undefined {
  const word = peek(cursor)
  const operator = cursor.tokens[cursor.at]?.quoted || !Object.hasOwn(OPERATORS, word) ? undefined : OPERATORS[word]
  if (operator) cursor.at++
  return operator
}

function readRight(cursor: Cursor, left: Expression, operator: Operator | undefined): Statement {
  const right = readList(cursor)
  if (take(cursor, '/')) {
    // `tcp flags syn / fin,syn,rst`: value and mask.
    const masked: Expression = { kind: 'bits', operator: '&', left, right: readList(cursor) }
    return { kind: 'match', operator: operator ?? '==', left: masked, right }
  }
  const implied = isBitField(left) && right.kind !== 'set' && right.kind !== 'named' ? 'in' : '=='
  return { kind: 'match', operator: operator ?? implied, left, right }
}

/** `established,related`: a comma outside of braces makes a list of bits. */
function readList(cursor: Cursor): Expression {
  const of = [readExpression(cursor, true)]
  while (take(cursor, ',')) of.push(readExpression(cursor, true))
  const [only] = of
  return of.length === 1 && only ? only : { kind: 'list', of }
}

/** Whether a test without an operator asks for any of some bits. */
function isBitField(left: Expression): boolean {
  if (left.kind === 'ct') return left.key === 'state' || left.key === 'status' || left.key === 'label'
  return left.kind === 'payload' && left.protocol === 'tcp' && left.field === 'flags'
}
