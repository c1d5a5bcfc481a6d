import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { type AddressSet, SERVICE_PORTS, unionOf } from '../../net/index.ts'
import { anyBit, endOf, isBitField, maskedTest } from './nft-bits.ts'
import { HEADERS, numberOfValue } from './nft-constant.ts'
import { IP4, IP6, NEVER, type NftScope, notUnderstood, TRACKED, untested } from './nft-scope.ts'
import type { Expression, SetElement, Statement } from './nft-tree.ts'
import { valueTest } from './nft-value.ts'
import { nftWords } from './nft-words.ts'
import { noteOnce } from './notes.ts'

type TestStatement = Extract<Statement, { kind: 'match' }>

/**
 * One test, behind what it takes for granted: `tcp dport 22` is TCP, `ip saddr` in a table of inet is IPv4
 * (nft(8): the listing leaves such tests out). They hold outside of a negation.
 */
export function matchTests(statement: TestStatement, scope: NftScope): Match[] {
  const { left, operator } = statement
  const negated = operator === '!=' || operator === '!'
  const needs = dependencies(left, scope, negated)
  const test = needs.includes(NEVER) ? NEVER : testOf(statement, scope)
  if (!test) return [...needs, opaqueTest(statement, scope)]
  return [...needs, negated ? notOf(test) : test]
}

function opaqueTest(statement: TestStatement, scope: NftScope): Match {
  const { left, right, operator } = statement
  const sign = operator === '==' || operator === 'in' ? '' : `${operator} `
  const text = `${nftWords(left)} ${sign}${nftWords(right)}`
  return isKnownField(left) ? notUnderstood(scope, text) : untested(scope, text, nftWords(left))
}

/** Fields we do test; a value of theirs that we cannot read is worth a warning. */
function isKnownField(left: Expression): boolean {
  return endOf(left) !== undefined || (left.kind === 'payload' && /^[sd]port$/.test(left.field)) || isBitField(left)
}

function testOf(statement: TestStatement, scope: NftScope): Match | undefined {
  const { left, right, operator } = statement
  if (operator === 'in' || operator === '!' || (isBitField(left) && right.kind === 'list')) {
    if (isBitField(left) && right.kind !== 'set' && right.kind !== 'named') return anyBit(left, right, scope)
  }
  if (operator === '<' || operator === '>' || operator === '<=' || operator === '>=') {
    return orderTest(left, right, operator, scope)
  }
  return membershipTest(left, right, scope)
}

function orderTest(left: Expression, right: Expression, operator: string, scope: NftScope): Match | undefined {
  const limit = numberOfValue(right, SERVICE_PORTS)
  if (limit === undefined || left.kind !== 'payload' || !/^[sd]port$/.test(left.field)) return undefined
  const first = operator === '>' ? limit + 1 : operator === '>=' ? limit : 0
  const last = operator === '<' ? limit - 1 : operator === '<=' ? limit : 65535
  if (first > last) return NEVER
  return valueTest(left, { kind: 'range', first: String(first), last: String(last) }, scope)
}

/** Whether a field, a masked field or a concatenation is a value or in a set; `undefined` when that cannot be tested. */
export function membershipTest(left: Expression, right: Expression, scope: NftScope): Match | undefined {
  if (right.kind === 'named') return namedTest(left, right.name, scope)
  if (right.kind === 'set') return elementsTest(left, right.elements, scope)
  if (right.kind === 'list' && left.kind !== 'concat') {
    if (left.kind !== 'bits')
      return elementsTest(
        left,
        right.of.map((key) => ({ key })),
        scope,
      )
  }
  if (left.kind === 'concat') return concatTest(left.of, right, scope)
  return left.kind === 'bits' ? maskedTest(left, right, scope) : valueTest(left, right, scope)
}

function namedTest(left: Expression, name: string, scope: NftScope): Match | undefined {
  const set = scope.table.sets.get(name)
  const words = `${nftWords(left)} @${name}`
  if (!set) {
    const message = `The set ${name} is not in the export; answers that depend on it will be unknown.`
    noteOnce(scope.notes, `${scope.table.name} ${name}`, 'warning', 'NT1537', message, scope.source, true)
    return { kind: 'opaque', text: words, othersMissing: true }
  }
  if (set.dynamic) {
    const message = `Packets fill the set ${name}; what it holds now is unknown.`
    noteOnce(scope.notes, `${scope.table.name} ${name}`, 'note', 'NT1538', message, set.source)
    return { kind: 'opaque', text: words }
  }
  const key = `${scope.table.family} ${scope.table.name} ${words}`
  const known = scope.memo.get(key)
  if (known) return known
  const made = elementsTest(left, set.elements, scope) ?? untested(scope, words, nftWords(left))
  scope.memo.set(key, made)
  return made
}

/** Any of some elements; tests of one kind become one test, so that a large set costs one search. */
function elementsTest(left: Expression, elements: readonly SetElement[], scope: NftScope): Match | undefined {
  const tests: Match[] = []
  for (const element of elements) {
    const test = isCatchAll(element) ? ANY : membershipTest(left, element.key, scope)
    if (!test) return undefined
    tests.push(test)
  }
  return joinTests(tests)
}

/** `*`: whatever no other element has. */
export function isCatchAll(element: SetElement): boolean {
  return element.key.kind === 'literal' && element.key.text === '*'
}

/** Any of some tests. */
export function joinTests(tests: readonly Match[]): Match {
  const groups = new Map<string, Match[]>()
  for (const test of tests) {
    const group = groups.get(test.kind)
    if (group) group.push(test)
    else groups.set(test.kind, [test])
  }
  if (groups.has('any')) return ANY
  const joined = [...groups.values()].flatMap((group) => (group.length > 1 ? joinGroup(group) : group))
  return joined.length > 1 ? { kind: 'some', of: joined } : someOf(...joined)
}

// As many as may safely be the arguments of one call.
const MOST = 10_000

function unionOfMany(sets: readonly AddressSet[]): AddressSet {
  if (sets.length <= MOST) return unionOf(...sets)
  const parts: AddressSet[] = []
  for (let at = 0; at < sets.length; at += MOST) parts.push(unionOf(...sets.slice(at, at + MOST)))
  return unionOfMany(parts)
}

function joinGroup(group: readonly Match[]): readonly Match[] {
  const [first] = group
  switch (first?.kind) {
    case 'source':
    case 'destination':
    case 'original-source':
    case 'original-destination':
      return [{ kind: first.kind, in: unionOfMany(group.flatMap((one) => (one.kind === first.kind ? [one.in] : []))) }]
    case 'source-port':
    case 'destination-port':
    case 'original-source-port':
    case 'original-destination-port':
      return [{ kind: first.kind, in: group.flatMap((one) => (one.kind === first.kind ? one.in : [])) }]
    case 'in-interface':
    case 'out-interface':
      return [{ kind: first.kind, in: group.flatMap((one) => (one.kind === first.kind ? one.in : [])) }]
    case 'source-mac':
      return [{ kind: 'source-mac', in: group.flatMap((one) => (one.kind === 'source-mac' ? one.in : [])) }]
    case 'protocol':
      return [{ kind: 'protocol', in: group.flatMap((one) => (one.kind === 'protocol' ? one.in : [])) }]
    case 'session':
      return [{ kind: 'session', in: group.flatMap((one) => (one.kind === 'session' ? one.in : [])) }]
    case 'icmp-type':
      return [{ kind: 'icmp-type', in: group.flatMap((one) => (one.kind === 'icmp-type' ? one.in : [])) }]
    default:
      return group
  }
}

/** Every part of a concatenation meets the part of the value at its place. */
function concatTest(parts: readonly Expression[], right: Expression, scope: NftScope): Match | undefined {
  if (right.kind !== 'concat' || right.of.length !== parts.length) return undefined
  const tests: Match[] = []
  for (const [at, part] of parts.entries()) {
    const value = right.of[at]
    const test = value && membershipTest(part, value, scope)
    if (!test) return undefined
    tests.push(test)
  }
  return allOf(...tests)
}

/** What reading a field takes for granted. A positive test of an address says its family by itself. */
export function dependencies(left: Expression, scope: NftScope, negated: boolean): Match[] {
  switch (left.kind) {
    case 'concat':
      return left.of.flatMap((part) => dependencies(part, scope, negated))
    case 'bits':
      return [left.left, left.right].flatMap((part) => dependencies(part, scope, negated))
    case 'map':
      return dependencies(left.key, scope, negated)
    case 'tcp-option':
      return [{ kind: 'protocol', in: [6] }]
    case 'ct':
      return [...(left.key === 'state' ? [] : needsEntry(left, negated)), ...familyOf(left.family, scope)]
    case 'payload': {
      if (left.protocol === 'ip' || left.protocol === 'ip6') {
        return endOf(left) && !negated && scope.table.family === 'inet' ? [] : familyOf(left.protocol, scope)
      }
      const protocol = Object.hasOwn(HEADERS, left.protocol) ? HEADERS[left.protocol] : undefined
      return protocol === undefined ? [] : [{ kind: 'protocol', in: [protocol] }]
    }
    default:
      return []
  }
}

function needsEntry(left: Expression, negated: boolean): Match[] {
  return left.kind === 'ct' && left.key === 'status' && !negated ? [] : [TRACKED]
}

/** The test of a family, where the table does not say it already. */
export function familyOf(family: string | undefined, scope: NftScope): Match[] {
  const wanted = family === 'ip' ? IP4 : family === 'ip6' ? IP6 : undefined
  if (!wanted) return []
  if (scope.table.family === 'inet') return [wanted]
  return scope.table.family === family ? [] : [NEVER]
}
