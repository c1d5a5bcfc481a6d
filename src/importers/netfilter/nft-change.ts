import type { Action } from '../../model/index.ts'
import { isMark } from './nft-bits.ts'
import { numberOfValue } from './nft-constant.ts'
import type { Expression } from './nft-tree.ts'

/** What writing a field does: actions in order; `doubtful` = we do not know what is written; `undefined` = not modelled. */
interface Change {
  readonly actions: readonly Action[]
  readonly doubtful?: boolean
}

/**
 * `meta mark set`, `ct mark set` and `tcp option maxseg size set` (nft(8): statements). Fields no verdict depends on
 * give no action; a header that is rewritten without connection tracking is not modelled.
 */
export function changeOf(field: Expression, to: Expression): Change | undefined {
  if (isMark(field)) return markChange(field.kind === 'meta' ? 'mark' : 'session-mark', to)
  if (field.kind === 'tcp-option' && field.name === 'maxseg') return clampOf(to)
  if (field.kind === 'ct') return field.key === 'zone' ? undefined : { actions: [] }
  if (field.kind === 'meta') return UNSEEN.has(field.key) ? { actions: [] } : undefined
  if (field.kind === 'payload')
    return /^(dscp|ttl|hoplimit|ecn|checksum)$/.test(field.field) ? { actions: [] } : undefined
  return field.kind === 'tcp-option' ? { actions: [] } : undefined
}

const UNSEEN: ReadonlySet<string> = new Set(['nftrace', 'priority', 'secmark', 'pkttype', 'broute', 'cpu'])

/** The kernel only ever lowers the MSS (nft_exthdr.c); `rt mtu` is the MSS of the route, both ways (nft_rt.c). */
function clampOf(to: Expression): Change {
  if (to.kind === 'rt' && to.key === 'mtu') return { actions: [{ kind: 'clamp-mss', to: 'path' }] }
  const size = numberOfValue(to)
  return size === undefined || size === 0 ? { actions: [] } : { actions: [{ kind: 'clamp-mss', to: size }] }
}

type Mark = 'mark' | 'session-mark'

/** A value as the bits of `keep` taken from a mark, and constant bits. */
interface Bits {
  readonly from: Mark | undefined
  readonly keep: number
  readonly value: number
}

const ALL = 0xffffffff

function markChange(kind: Mark, to: Expression): Change {
  const bits = bitsOf(to)
  if (!bits) return { actions: [{ kind, value: 0, mask: ALL }], doubtful: true }
  const constant: Action = { kind, value: bits.value, mask: ~bits.keep >>> 0 }
  const fixed = bits.keep === ALL ? [] : [constant]
  if (bits.from === undefined || bits.from === kind || bits.keep === 0) return { actions: fixed }
  const copy: Action = { kind: kind === 'mark' ? 'restore-mark' : 'save-mark', mask: bits.keep }
  return { actions: [copy, ...fixed] }
}

/** `undefined` for a value that is no choice of bits, such as a shifted mark or a map. */
function bitsOf(value: Expression): Bits | undefined {
  if (isMark(value)) return { from: value.kind === 'meta' ? 'mark' : 'session-mark', keep: ALL, value: 0 }
  if (value.kind === 'literal') {
    const number = numberOfValue(value)
    return number === undefined || number > ALL ? undefined : { from: undefined, keep: 0, value: number }
  }
  if (value.kind !== 'bits') return undefined
  const [left, right] = [bitsOf(value.left), bitsOf(value.right)]
  if (!left || !right) return undefined
  if (left.keep !== 0 && right.keep !== 0) return undefined
  return combine(value.operator, left, right)
}

function combine(operator: string, left: Bits, right: Bits): Bits | undefined {
  const [mixed, constant] = left.keep !== 0 ? [left, right.value] : [right, left.value]
  const { from, keep, value } = mixed
  switch (operator) {
    case '&':
      return { from, keep: (keep & constant) >>> 0, value: (value & constant) >>> 0 }
    case '|':
      return { from, keep: (keep & ~constant) >>> 0, value: (value | constant) >>> 0 }
    case '^':
      return (keep & constant) === 0 ? { from, keep, value: (value ^ constant) >>> 0 } : undefined
    case '<<':
      return left.keep === 0 && right.keep === 0 ? fixedBits((left.value << right.value) >>> 0) : undefined
    default:
      return left.keep === 0 && right.keep === 0 ? fixedBits(left.value >>> right.value) : undefined
  }
}

function fixedBits(value: number): Bits {
  return { from: undefined, keep: 0, value }
}
