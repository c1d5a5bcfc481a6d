import { allOf, type Match, someOf } from '../../model/index.ts'
import { matchTests } from './nft-match.ts'
import type { NftScope } from './nft-scope.ts'
import type { Expression, Statement } from './nft-tree.ts'
import { nftWords } from './nft-words.ts'
import { noteOnce } from './notes.ts'

type TestStatement = Extract<Statement, { kind: 'match' }>

// Fields of a header that stand side by side, the first to the second.
const NEIGHBOURS: Readonly<Record<string, string>> = { sport: 'dport', type: 'code' }

/**
 * The tests of `tcp sport != 1 tcp dport != 2`, or `undefined` when two statements are no such pair. nft 1.0.6 loads two
 * such tests as one of both fields together, which then only misses a packet that has both values (measured), and
 * lists them as they were written; so where the two readings differ the answer is unknown.
 */
export function mergedTests(
  one: Statement | undefined,
  other: Statement | undefined,
  scope: NftScope,
): Match[] | undefined {
  if (!one || !other || !isDenial(one) || !isDenial(other) || !areNeighbours(one.left, other.left)) return undefined
  const text = `${nftWords(one.left)} != ${nftWords(one.right)} ${nftWords(other.left)} != ${nftWords(other.right)}`
  const message = `Some versions of nft (1.0.6 is one) load "${text}" as one test that only misses a packet with both values; where that matters the answer will be unknown.`
  noteOnce(scope.notes, text, 'note', 'NT1548', message, scope.source)
  const [first, second] = [matchTests(one, scope), matchTests(other, scope)]
  const [a, b] = [first.at(-1), second.at(-1)]
  if (!a || !b) return undefined
  const strict = allOf(a, b)
  return [...first.slice(0, -1), ...second.slice(0, -1), someOf(a, b), someOf(strict, { kind: 'opaque', text })]
}

function isDenial(statement: Statement): statement is TestStatement {
  return statement.kind === 'match' && statement.operator === '!=' && statement.right.kind === 'literal'
}

function areNeighbours(one: Expression, other: Expression): boolean {
  return (
    one.kind === 'payload' &&
    other.kind === 'payload' &&
    one.protocol === other.protocol &&
    NEIGHBOURS[one.field] === other.field
  )
}
