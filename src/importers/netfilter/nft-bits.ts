import { allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { type Ip, type Ip4, type Ip6, isIp4, parseIp } from '../../net/index.ts'
import { FLAG_LETTERS, numberOfText, numberOfValue, STATES } from './nft-constant.ts'
import { NEVER, type NftScope, untested } from './nft-scope.ts'
import type { Expression } from './nft-tree.ts'
import { nftWords } from './nft-words.ts'

/** The names of the bits a value has set; `undefined` when a part is no name. An empty list is zero. */
function bitNames(value: Expression): string[] | undefined {
  if (value.kind === 'bits' && value.operator === '|') return joined(bitNames(value.left), bitNames(value.right))
  if (value.kind === 'list') return value.of.map(bitNames).reduce<string[] | undefined>(joined, [])
  if (value.kind !== 'literal') return undefined
  const number = numberOfText(value.text)
  if (number === undefined) return [value.text]
  const flags = Object.keys(FLAG_LETTERS).filter((_, at) => (number >> at) & 1)
  return number < 64 ? flags : undefined
}

function joined(a: string[] | undefined, b: string[] | undefined): string[] | undefined {
  return a && b && [...a, ...b]
}

/** Whether a field is one of bits: `ct state`, `ct status`, `tcp flags`. */
export function isBitField(left: Expression): boolean {
  if (left.kind === 'ct') return left.key === 'state' || left.key === 'status'
  return left.kind === 'payload' && left.protocol === 'tcp' && left.field === 'flags'
}

/** Any of some bits is set: `ct state established,related`. */
export function anyBit(left: Expression, right: Expression, scope: NftScope): Match | undefined {
  const names = bitNames(right)
  if (!names) return undefined
  if (left.kind === 'ct' && left.key === 'state') {
    const states = names.map((name) => (Object.hasOwn(STATES, name) ? STATES[name] : undefined))
    const known = states.filter((one) => one !== undefined)
    return known.length === names.length ? { kind: 'session', in: known } : undefined
  }
  const tests = names.map((name) => oneBit(left, name, scope))
  return tests.includes(undefined) ? undefined : someOf(...tests.filter((one) => one !== undefined))
}

/** The field is exactly these bits. A packet has one state, so two of them are never met. */
export function exactBits(left: Expression, right: Expression, scope: NftScope): Match | undefined {
  const names = bitNames(right)
  if (!names) return undefined
  if (left.kind === 'ct' && left.key === 'state') return names.length === 1 ? anyBit(left, right, scope) : NEVER
  if (left.kind === 'ct') return undefined
  const set = lettersOf(names)
  return set === undefined ? undefined : { kind: 'tcp-flags', mask: 'FSRPAU', set }
}

function oneBit(left: Expression, name: string, scope: NftScope): Match | undefined {
  if (left.kind !== 'ct') {
    const letter = Object.hasOwn(FLAG_LETTERS, name) ? FLAG_LETTERS[name] : undefined
    // Bits of congestion control are on no packet we make.
    if (letter === undefined) return name === 'ecn' || name === 'cwr' ? NEVER : undefined
    return { kind: 'tcp-flags', mask: letter, set: letter }
  }
  if (left.key === 'state')
    return Object.hasOwn(STATES, name) ? anyBit(left, { kind: 'literal', text: name }, scope) : undefined
  if (name === 'snat') return { kind: 'translated', which: 'source' }
  if (name === 'dnat') return { kind: 'translated', which: 'destination' }
  return untested(scope, `ct status ${name}`)
}

function lettersOf(names: readonly string[]): string | undefined {
  const letters = names.map((name) => (Object.hasOwn(FLAG_LETTERS, name) ? FLAG_LETTERS[name] : undefined))
  if (letters.some((letter, at) => letter === undefined && names[at] !== 'ecn' && names[at] !== 'cwr')) return undefined
  return [...'FSRPAU'].filter((letter) => letters.includes(letter)).join('')
}

/** `field & mask == value`; `undefined` when it is no such test of something we know. */
export function maskedTest(left: Expression, right: Expression, scope: NftScope): Match | undefined {
  if (left.kind !== 'bits' || left.operator !== '&') return undefined
  const field = left.left
  if (isBitField(field)) return maskedBits(field, left.right, right, scope)
  if (isMark(field)) {
    const [mask, value] = [numberOfValue(left.right), numberOfValue(right)]
    return mask === undefined || value === undefined ? undefined : markTest(field, value, mask)
  }
  const end = endOf(field)
  if (!end || left.right.kind !== 'literal' || right.kind !== 'literal') return undefined
  const [mask, value] = [parseIp(left.right.text), parseIp(right.text)]
  if (mask === undefined || value === undefined || isIp4(mask) !== isIp4(value)) return undefined
  if (!sameBits(value, mask)) return NEVER
  return { kind: end === 'source' ? 'source-bits' : 'destination-bits', value, mask }
}

function sameBits(value: Ip, mask: Ip): boolean {
  if (isIp4(value) && isIp4(mask)) return (((value & mask) >>> 0) as Ip4) === value
  return typeof value === 'bigint' && typeof mask === 'bigint' && ((value & mask) as Ip6) === value
}

function maskedBits(field: Expression, mask: Expression, value: Expression, scope: NftScope): Match | undefined {
  const [names, wanted] = [bitNames(mask), bitNames(value)]
  if (!names || !wanted) return undefined
  if (wanted.some((name) => !names.includes(name))) return NEVER
  if (field.kind === 'payload') {
    const [maskLetters, set] = [lettersOf(names), lettersOf(wanted)]
    if (maskLetters === undefined || set === undefined) return undefined
    return { kind: 'tcp-flags', mask: maskLetters, set }
  }
  const tests = names.map((name) => {
    const test = oneBit(field, name, scope)
    return test && !wanted.includes(name) ? notOf(test) : test
  })
  return tests.includes(undefined) ? undefined : allOf(...tests.filter((one) => one !== undefined))
}

/** Whether an expression is the mark of the packet or of its connection. */
export function isMark(field: Expression): boolean {
  return (field.kind === 'meta' || field.kind === 'ct') && field.key === 'mark'
}

/** `mark & mask == value`; a value with bits outside of the mask is never met. */
export function markTest(field: Expression, value: number, mask: number): Match {
  if (value > 0xffffffff || mask > 0xffffffff) return { kind: 'opaque', text: nftWords(field) }
  if ((value & ~mask) !== 0) return NEVER
  return { kind: field.kind === 'meta' ? 'mark' : 'session-mark', value, mask }
}

/** Which end's address a field is. */
export function endOf(field: Expression): 'source' | 'destination' | undefined {
  if (field.kind !== 'payload' || (field.protocol !== 'ip' && field.protocol !== 'ip6')) return undefined
  return field.field === 'saddr' ? 'source' : field.field === 'daddr' ? 'destination' : undefined
}
