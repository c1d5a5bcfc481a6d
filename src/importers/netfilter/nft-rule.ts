import {
  type Action,
  ANY,
  allOf,
  implied,
  type Match,
  notOf,
  type Rejection,
  type Rule,
  someOf,
} from '../../model/index.ts'
import { changeOf } from './nft-change.ts'
import { dependencies, isCatchAll, joinTests, matchTests, membershipTest } from './nft-match.ts'
import { mergedTests } from './nft-merged.ts'
import { natCases } from './nft-nat.ts'
import { IP4, IP6, type NftScope, untested } from './nft-scope.ts'
import type { NftRule, SetElement, Statement, Verdict } from './nft-tree.ts'
import { nftWords, verdictWords } from './nft-words.ts'
import { xtAction, xtMatch } from './nft-xt.ts'
import { noteOnce } from './notes.ts'
import { leaningOnLimit, underLimit } from './under-limit.ts'

/** A rule being lowered: the tests so far, and the rules it has become. */
interface Lowering {
  readonly scope: NftScope
  readonly name: string
  readonly rule: NftRule
  readonly made: Rule[]
  conditions: Match[]
  /** A limit was taken as not reached. */
  limited: boolean
}

/**
 * The rules one rule of nft becomes, in order: one for each thing it does, all with its name and source. Its
 * statements run from left to right, so that each has the tests before it.
 */
export function lowerNftRule(rule: NftRule, at: number, scope: NftScope): Rule[] {
  const lowering: Lowering = { scope, name: `#${at + 1}`, rule, made: [], conditions: [], limited: false }
  lowerStatements(lowering, rule.statements, 0)
  if (lowering.made.length === 0) emit(lowering, { kind: 'pass' })
  return lowering.made
}

function emit(lowering: Lowering, action: Action, ...more: readonly Match[]): void {
  const { name, rule, conditions } = lowering
  const match = allOf(...conditions, ...more)
  const base = {
    name,
    match,
    action,
    ...leaningOnLimit(lowering.limited, `${lowering.scope.chainKey} ${name}`),
    source: rule.source,
  }
  lowering.made.push(rule.comment === undefined ? base : { ...base, comment: rule.comment })
}

function lowerStatements(lowering: Lowering, statements: readonly Statement[], nested: number): void {
  for (let at = 0; at < statements.length; at++) {
    const statement = statements[at]
    const merged = mergedTests(statement, statements[at + 1], lowering.scope)
    if (merged) {
      for (const test of merged) demand(lowering, test)
      at++
    } else if (statement && !lowerStatement(lowering, statement, statements.slice(at + 1), nested)) return
  }
}

/** Lowers one statement; false when nothing after it is to be lowered. */
function lowerStatement(lowering: Lowering, statement: Statement, rest: readonly Statement[], nested: number): boolean {
  const { scope, conditions } = lowering
  switch (statement.kind) {
    case 'pass':
      return true
    case 'match':
      for (const test of matchTests(statement, scope)) demand(lowering, test)
      return true
    case 'limit':
      if (statement.holds === undefined) conditions.push(untested(scope, statement.text, statement.text.split(' ')[0]))
      else if (!underLimit(scope.notes, statement.text, statement.holds, scope.source)) conditions.push(someOf())
      else lowering.limited = true
      return true
    case 'change':
      return lowerChange(lowering, statement, rest, nested)
    case 'no-track':
      emit(lowering, { kind: 'no-track' })
      return true
    case 'xt':
      return lowerXt(lowering, statement, rest)
    case 'verdict-map':
      return lowerVerdictMap(lowering, statement, nested)
    default:
      lowerEnding(lowering, statement, nested)
      return false
  }
}

/** Adds a test, unless it is there already. */
function demand({ conditions }: Lowering, test: Match): void {
  if (test.kind !== 'any' && !conditions.some((one) => sameTest(one, test))) conditions.push(test)
}

/** Equal tests of a protocol: `meta l4proto tcp` before `tcp dport` says it twice. */
function sameTest(a: Match, b: Match): boolean {
  return a === b || (a.kind === 'protocol' && b.kind === 'protocol' && a.in.join() === b.in.join())
}

type Ending = Extract<Statement, { kind: 'verdict' | 'reject' | 'nat' | 'elsewhere' | 'unread' }>

function lowerEnding(lowering: Lowering, statement: Ending, nested: number): void {
  switch (statement.kind) {
    case 'verdict':
      emit(lowering, verdictAction(statement.verdict, lowering.scope, nested))
      return
    case 'reject':
      lowerReject(lowering, statement)
      return
    case 'nat': {
      const cases = natCases(statement, lowering.scope)
      if (!cases) emit(lowering, opaqueAction(lowering.scope, natText(statement), 'its target is not understood'))
      for (const one of cases ?? []) emit(lowering, one.action, ...one.needs)
      return
    }
    case 'elsewhere':
      emit(lowering, opaqueAction(lowering.scope, statement.text, 'somebody else decides'))
      return
    case 'unread':
      lowering.conditions.push({ kind: 'opaque', text: statement.text })
      emit(lowering, opaqueAction(lowering.scope, statement.text, 'its words are not understood'))
  }
}

function natText(statement: Extract<Statement, { kind: 'nat' }>): string {
  const { what, address, port } = statement
  const target = [address && nftWords(address), port && `:${nftWords(port)}`].filter(Boolean).join('')
  return [what, target === '' ? '' : `to ${target}`].filter(Boolean).join(' ')
}

function opaqueAction(scope: NftScope, text: string, why: string): Action {
  const message = `What "${text}" does cannot be said: ${why}; answers that depend on it will be unknown.`
  noteOnce(scope.notes, text, 'warning', 'NT1539', message, scope.source)
  return { kind: 'opaque', text }
}

function verdictAction(verdict: Verdict, scope: NftScope, nested: number): Action {
  // Inside the rule set that stands for the rest of a rule, these would only leave that.
  if (nested > 0 && (verdict.kind === 'return' || verdict.kind === 'goto')) {
    return opaqueAction(scope, verdictWords(verdict), 'it follows a test of the mark it changes')
  }
  if ('to' in verdict) {
    const to = scope.chainKeys.get(verdict.to)
    if (to !== undefined) return { kind: verdict.kind, to }
    return opaqueAction(scope, verdictWords(verdict), 'there is no such chain in the export')
  }
  if (verdict.kind === 'continue') return { kind: 'pass' }
  if (verdict.kind === 'queue') return opaqueAction(scope, 'queue', 'somebody else decides')
  return { kind: verdict.kind }
}

const REJECTIONS: Readonly<Record<string, Rejection>> = {
  'net-unreachable': 'net-unreachable',
  'no-route': 'net-unreachable',
  'host-unreachable': 'host-unreachable',
  'addr-unreachable': 'host-unreachable',
  'prot-unreachable': 'protocol-unreachable',
  'port-unreachable': 'port-unreachable',
  'net-prohibited': 'net-prohibited',
  'host-prohibited': 'host-prohibited',
  'admin-prohibited': 'admin-prohibited',
  'policy-fail': 'admin-prohibited',
  'reject-route': 'admin-prohibited',
}

/** `reject with icmp ...` is for IPv4 only, `tcp reset` for TCP only; without words it is port-unreachable (nft(8)). */
function lowerReject(lowering: Lowering, statement: Extract<Statement, { kind: 'reject' }>): void {
  const { type, code } = statement
  if (type === 'tcp reset') {
    demand(lowering, { kind: 'protocol', in: [6] })
    emit(lowering, { kind: 'reject', with: 'tcp-reset' })
    return
  }
  const word = code ?? 'port-unreachable'
  const answer = Object.hasOwn(REJECTIONS, word) ? REJECTIONS[word] : undefined
  const inBoth = lowering.scope.table.family === 'inet'
  if (inBoth && (type === 'icmp' || type === 'icmpv6')) demand(lowering, type === 'icmp' ? IP4 : IP6)
  const text = `reject with ${type ?? ''} ${word}`
  emit(
    lowering,
    answer ? { kind: 'reject', with: answer } : opaqueAction(lowering.scope, text, 'no such answer is known'),
  )
}

function lowerChange(
  lowering: Lowering,
  statement: Extract<Statement, { kind: 'change' }>,
  rest: readonly Statement[],
  nested: number,
): boolean {
  const { scope } = lowering
  const change = changeOf(statement.field, statement.to)
  const text = `${nftWords(statement.field)} set ${nftWords(statement.to)}`
  if (!change) {
    emit(lowering, opaqueAction(scope, text, 'this change of a packet is not modelled'))
    return false
  }
  const doubt = change.doubtful ? [unknownValue(scope, text)] : []
  const touched = new Set(change.actions.map(touchedMark))
  const decidesLater = rest.some((one) => !['pass', 'match', 'limit'].includes(one.kind))
  if (decidesLater && lowering.conditions.some((one) => tests(one, touched))) {
    lowerApart(lowering, change.actions, doubt, rest, nested)
    return false
  }
  for (const action of change.actions) emit(lowering, action, ...doubt)
  return true
}

function unknownValue(scope: NftScope, text: string): Match {
  const message = `What "${text}" writes cannot be said; answers that depend on the mark will be unknown.`
  noteOnce(scope.notes, text, 'note', 'NT1547', message, scope.source)
  return { kind: 'opaque', text }
}

function touchedMark(action: Action): Match['kind'] | undefined {
  if (action.kind === 'mark' || action.kind === 'restore-mark') return 'mark'
  return action.kind === 'session-mark' || action.kind === 'save-mark' ? 'session-mark' : undefined
}

function tests(match: Match, kinds: ReadonlySet<Match['kind'] | undefined>): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some((one) => tests(one, kinds))
  return match.kind === 'not' ? tests(match.of, kinds) : kinds.has(match.kind)
}

/** The rest of a rule that changes what it tested: a rule set of its own, so that the tests are made once. */
function lowerApart(
  lowering: Lowering,
  actions: readonly Action[],
  doubt: readonly Match[],
  rest: readonly Statement[],
  nested: number,
): void {
  const { scope, name, rule } = lowering
  const key = `${scope.chainKey} ${name}${"'".repeat(nested)}`
  const inner: Lowering = { scope, name, rule, made: [], conditions: [], limited: false }
  for (const action of actions) emit(inner, action, ...doubt)
  const leaves = nested === 0 && onlyLeaves(rest)
  lowerStatements(inner, rest, leaves ? 0 : nested + 1)
  scope.addRuleSet({
    name: key,
    label: `rest of rule ${name}`,
    rules: inner.made,
    policy: { kind: 'return' },
    policySource: implied('a rule that decides nothing is followed by the next (nft(8))'),
  })
  // What is reached by goto ends where the rule's own chain would.
  emit(lowering, { kind: leaves ? 'goto' : 'jump', to: key })
}

function onlyLeaves(rest: readonly Statement[]): boolean {
  const [only, more] = rest.filter((one) => one.kind !== 'pass')
  if (more !== undefined || only?.kind !== 'verdict') return false
  return only.verdict.kind === 'return' || only.verdict.kind === 'goto'
}

/** One rule for each verdict of the map; no packet fits two elements, and one that fits none leaves the rule. */
function lowerVerdictMap(
  lowering: Lowering,
  statement: Extract<Statement, { kind: 'verdict-map' }>,
  nested: number,
): boolean {
  const { scope } = lowering
  const { key } = statement
  const elements = verdictElements(statement, scope)
  const text = `${nftWords(key)} vmap ${nftWords(statement.in)}`
  if (!elements) {
    emit(lowering, opaqueAction(scope, text, 'the map is not in the export or changes by itself'))
    return false
  }
  for (const need of dependencies(key, scope, false)) demand(lowering, need)
  const groups = new Map<string, { verdict: Verdict; tests: Match[] }>()
  const known: Match[] = []
  for (const element of elements) {
    const { verdict } = element
    if (!verdict) continue
    const test = isCatchAll(element) ? notOf(joinTests(known)) : testOfKey(lowering, key, element)
    known.push(test)
    const group = groups.get(verdictWords(verdict)) ?? { verdict, tests: [] }
    group.tests.push(test)
    groups.set(verdictWords(verdict), group)
  }
  for (const { verdict, tests: any } of groups.values()) {
    emit(lowering, verdictAction(verdict, scope, nested), joinTests(any))
  }
  const goesOn = groups.get('continue')
  lowering.conditions.push(goesOn ? joinTests(goesOn.tests) : someOf())
  return goesOn !== undefined
}

function verdictElements(
  statement: Extract<Statement, { kind: 'verdict-map' }>,
  scope: NftScope,
): readonly SetElement[] | undefined {
  const set = statement.in
  const named = set.kind === 'named' ? scope.table.sets.get(set.name) : undefined
  const elements = set.kind === 'set' ? set.elements : named && !named.dynamic ? named.elements : undefined
  // What stands for everything else must come last.
  return elements && [...elements].sort((a, b) => Number(isCatchAll(a)) - Number(isCatchAll(b)))
}

function testOfKey(lowering: Lowering, key: SetElement['key'], element: SetElement): Match {
  return (
    membershipTest(key, element.key, lowering.scope) ??
    untested(lowering.scope, `${nftWords(key)} ${nftWords(element.key)}`, nftWords(key))
  )
}

function lowerXt(
  lowering: Lowering,
  statement: Extract<Statement, { kind: 'xt' }>,
  rest: readonly Statement[],
): boolean {
  // Without a name it is a test where something follows that decides, else it may be either.
  const last = !rest.some((one) => one.kind !== 'pass')
  const isMatch = statement.type === 'match' || (statement.type === undefined && !last)
  if (isMatch || statement.type === undefined) {
    const test = xtMatch(statement.name, lowering.scope)
    if (test !== ANY) lowering.conditions.push(test)
  }
  if (isMatch) return true
  emit(lowering, xtAction(statement.name, lowering.scope))
  return false
}
