import { isIp4, parseIp } from '../../net/index.ts'
import { type Cursor, cursorOn, next, peek, take } from './nft-tokens.ts'
import type { BitOperator, Expression, SetElement, Verdict } from './nft-tree.ts'

/**
 * Reads an expression (nft(8): expressions). `literal`: a word is a value even where it could begin something else, as
 * on the right side of a test.
 */
export function readExpression(cursor: Cursor, literal: boolean): Expression {
  const parts = [readBits(cursor, literal, 0)]
  while (take(cursor, '.')) parts.push(readBits(cursor, literal, 0))
  const [only] = parts
  const key: Expression = parts.length === 1 && only ? only : { kind: 'concat', of: parts }
  return take(cursor, 'map') ? { kind: 'map', key, in: readOperand(cursor, true) } : key
}

// Loosest first; shifts bind tightest (nft's grammar).
const LEVELS: readonly Readonly<Record<string, BitOperator>>[] = [
  { '|': '|', or: '|' },
  { '^': '^', xor: '^' },
  { '&': '&', and: '&' },
  { '<<': '<<', lshift: '<<', '>>': '>>', rshift: '>>' },
]

function readBits(cursor: Cursor, literal: boolean, level: number): Expression {
  const operators = LEVELS[level]
  if (!operators) return readOperand(cursor, literal)
  let left = readBits(cursor, literal, level + 1)
  for (;;) {
    const word = peek(cursor)
    const operator = Object.hasOwn(operators, word) ? operators[word] : undefined
    if (!operator || cursor.tokens[cursor.at]?.quoted) return left
    cursor.at++
    left = { kind: 'bits', operator, left, right: readBits(cursor, literal, level + 1) }
  }
}

function readOperand(cursor: Cursor, literal: boolean): Expression {
  const token = next(cursor)
  if (!token) return fail(cursor, 'the end')
  if (token.quoted) {
    if (!take(cursor, '-')) return { kind: 'literal', text: token.text }
    return { kind: 'range', first: token.text, last: next(cursor)?.text ?? '' }
  }
  if (token.text === '(') {
    const inner = readExpression(cursor, literal)
    if (take(cursor, ',')) return readParenthesizedList(cursor, inner)
    if (!take(cursor, ')')) return fail(cursor, peek(cursor))
    return inner
  }
  if (token.text === '{') return readSet(cursor)
  if (token.text.startsWith('$')) return readDefinition(cursor, token.text.slice(1))
  if (/^@(ll|nh|th|ih),/.test(token.text)) return { kind: 'other', text: token.text }
  if (token.text.startsWith('@')) return { kind: 'named', name: token.text.slice(1) }
  if (',;})'.includes(token.text)) return fail(cursor, token.text)
  if (literal) return literalOf(token.text)
  return readSelector(cursor, token.text) ?? literalOf(token.text)
}

function readParenthesizedList(cursor: Cursor, first: Expression): Expression {
  const of = [first]
  do of.push(readExpression(cursor, true))
  while (take(cursor, ','))
  return take(cursor, ')') ? { kind: 'list', of } : fail(cursor, peek(cursor))
}

function readDefinition(cursor: Cursor, name: string): Expression {
  const tokens = cursor.definitions.get(name)
  if (!tokens || tokens.length === 0) return fail(cursor, `$${name}`)
  // A name may only use names that were defined before it, so this ends.
  const earlier = new Map([...cursor.definitions].slice(0, [...cursor.definitions.keys()].indexOf(name)))
  const inner = cursorOn(tokens, earlier)
  const value = readExpression(inner, true)
  if (inner.problem !== undefined) fail(cursor, inner.problem)
  return value
}

function fail(cursor: Cursor, word: string): Expression {
  cursor.problem ??= word
  return { kind: 'other', text: word }
}

/** A word as a value: `10.0.0.0/8`, `1-1024` and `10.0.0.1-10.0.0.9` are what they look like. */
export function literalOf(text: string): Expression {
  const slash = text.lastIndexOf('/')
  if (slash > 0) {
    const address = parseIp(text.slice(0, slash))
    const length = text.slice(slash + 1)
    if (address !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= (isIp4(address) ? 32 : 128)) {
      return { kind: 'prefix', address: text.slice(0, slash), length: Number(length) }
    }
  }
  const dash = text.indexOf('-', 1)
  const [first, last] = [text.slice(0, dash), text.slice(dash + 1)]
  return dash > 0 && isPoint(first) && isPoint(last) ? { kind: 'range', first, last } : { kind: 'literal', text }
}

function isPoint(text: string): boolean {
  return /^(\d+|0x[0-9a-f]+)$/i.test(text) || parseIp(text) !== undefined
}

/** What stands between braces, the opening one being passed. */
export function readSet(cursor: Cursor): Expression {
  const elements: SetElement[] = []
  while (cursor.at < cursor.tokens.length && cursor.problem === undefined) {
    if (take(cursor, '}')) return { kind: 'set', elements }
    if (take(cursor, ',') || take(cursor, ';')) continue
    const element = readElement(cursor)
    // A defined name that is a set stands for its elements.
    if (element.key.kind === 'set') elements.push(...element.key.elements)
    else elements.push(element)
  }
  return fail(cursor, '{')
}

/** One element with its options; `key : data`, `key : verdict`. */
export function readElement(cursor: Cursor): SetElement {
  const key = readExpression(cursor, true)
  while (!endsElement(cursor) && !take(cursor, ':')) {
    // timeout, expires, comment, counter: facts of the element that no test looks at.
    cursor.at++
  }
  if (cursor.tokens[cursor.at - 1]?.text !== ':') return { key }
  const verdict = readVerdict(cursor)
  const element: SetElement = verdict ? { key, verdict } : { key, data: readExpression(cursor, true) }
  while (!endsElement(cursor)) cursor.at++
  return element
}

function endsElement(cursor: Cursor): boolean {
  const token = cursor.tokens[cursor.at]
  return token === undefined || (!token.quoted && (token.text === ',' || token.text === '}'))
}

/** A verdict, if the next word is one. */
export function readVerdict(cursor: Cursor): Verdict | undefined {
  if (cursor.tokens[cursor.at]?.quoted) return undefined
  const word = peek(cursor)
  switch (word) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      cursor.at++
      return { kind: word }
    case 'jump':
    case 'goto': {
      cursor.at++
      const to = next(cursor)
      if (!to) cursor.problem ??= word
      return { kind: word, to: to?.text ?? '' }
    }
    default:
      return undefined
  }
}

const PROTOCOLS: ReadonlySet<string> = new Set(
  'ether vlan arp ip icmp igmp ip6 icmpv6 tcp udp udplite sctp dccp ah esp comp th gre frag dst hbh mh srh'.split(' '),
)
const BARE_META: ReadonlySet<string> = new Set(
  (
    'mark iif iifname iiftype iifkind iifgroup oif oifname oiftype oifkind oifgroup skuid skgid nftrace rtclassid ibrname ' +
    'ibriport obrname ibridgename obridgename pkttype cpu cgroup priority l4proto nfproto'
  ).split(' '),
)

/** What a word begins that is read from the packet; `undefined` when it begins nothing we know. */
function readSelector(cursor: Cursor, word: string): Expression | undefined {
  if (word === 'meta') return { kind: 'meta', key: next(cursor)?.text ?? '' }
  if (word === 'ct') return readConnection(cursor)
  if (word === 'fib') return readFib(cursor)
  if (word === 'rt') {
    const family = peek(cursor) === 'ip' || peek(cursor) === 'ip6' ? `${next(cursor)?.text} ` : ''
    return { kind: 'rt', key: `${family}${next(cursor)?.text ?? ''}` }
  }
  if (word === 'tcp' && take(cursor, 'option')) {
    const name = next(cursor)?.text ?? ''
    if (peek(cursor) === 'exists' || peek(cursor) === 'missing') return { kind: 'other', text: `tcp option ${name}` }
    return { kind: 'tcp-option', name, field: next(cursor)?.text ?? '' }
  }
  if (PROTOCOLS.has(word)) {
    const field = next(cursor)?.text ?? ''
    if (field === 'option') return { kind: 'other', text: `${word} option ${next(cursor)?.text ?? ''}` }
    return { kind: 'payload', protocol: word, field }
  }
  if (BARE_META.has(word)) return { kind: 'meta', key: word }
  return readOther(cursor, word)
}

function readConnection(cursor: Cursor): Expression {
  const direction = peek(cursor) === 'original' || peek(cursor) === 'reply' ? next(cursor)?.text : undefined
  const family = peek(cursor) === 'ip' || peek(cursor) === 'ip6' ? next(cursor)?.text : undefined
  const key = next(cursor)?.text ?? ''
  return { kind: 'ct', key, ...(direction ? { direction } : {}), ...(family ? { family } : {}) }
}

function readFib(cursor: Cursor): Expression {
  const flags: string[] = []
  do flags.push(next(cursor)?.text ?? '')
  while (take(cursor, '.'))
  return { kind: 'fib', flags, result: next(cursor)?.text ?? '' }
}

// How many words follow, and which word brings one more.
const OTHERS: Readonly<Record<string, number>> = { socket: 1, osf: 1, exthdr: 1, ipsec: 2, xfrm: 2 }

function readOther(cursor: Cursor, word: string): Expression | undefined {
  const from = cursor.at
  if (word === 'numgen' || word === 'jhash' || word === 'symhash') {
    if (word === 'numgen') cursor.at++
    if (word === 'jhash') readExpression(cursor, false)
    for (const option of ['mod', 'seed', 'offset']) if (take(cursor, option)) cursor.at++
  } else {
    const count = Object.hasOwn(OTHERS, word) ? OTHERS[word] : undefined
    if (count === undefined) return undefined
    cursor.at += count
    if (word === 'socket' && take(cursor, 'level')) cursor.at++
  }
  const words = cursor.tokens.slice(from, cursor.at).map((token) => token.text)
  return { kind: 'other', text: [word, ...words].join(' ') }
}
