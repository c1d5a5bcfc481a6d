import type { Action, Match, Rule, RuleSet } from '../model/index.ts'
import { hasEntry, type Matcher, matcherOf, type Surroundings } from './matcher.ts'
import type { Packet } from './packet.ts'
import type { Visit } from './trace.ts'
import { NO, UNKNOWN } from './truth.ts'

/** A rule set made ready: its rules' matches as functions, in order. */
export interface PreparedRuleSet {
  readonly ruleSet: RuleSet
  readonly rules: readonly { readonly rule: Rule; readonly matcher: Matcher }[]
}

/** Actions that end a walk. */
export type Ending = Extract<
  Action,
  { kind: 'accept' | 'drop' | 'reject' | 'rewrite-source' | 'rewrite-destination' | 'unsupported' | 'opaque' }
>

/** How a walk through a rule set ended. */
export interface Walk {
  /** `undefined`: the policy is `return` or `pass` and nothing decided; the stage lets the packet on. */
  readonly ending: Ending | undefined
  /** The jumps that led to the end, then the rule (or policy) that ended it. */
  readonly visits: readonly Visit[]
  /** Rules we cannot evaluate and what each would have done, where that differs from `ending`. */
  readonly doubts: readonly { readonly visit: Visit; readonly would: Ending | Action }[]
}

const DEPTH_LIMIT = 64

/** Makes a rule set ready for a device. */
export function prepareRuleSet(ruleSet: RuleSet, around: Surroundings, made: Map<Match, Matcher>): PreparedRuleSet {
  const rules = ruleSet.rules.map((rule) => {
    let matcher = made.get(rule.match)
    if (!matcher) {
      matcher = matcherOf(rule.match, around)
      made.set(rule.match, matcher)
    }
    return { rule, matcher }
  })
  return { ruleSet, rules }
}

interface WalkState {
  readonly packet: Packet
  readonly find: (name: string) => PreparedRuleSet | undefined
  readonly effects: Effects
  readonly visits: Visit[]
  readonly doubts: { visit: Visit; would: Ending | Action }[]
}

/** What a walk may change of the packet on its way. */
export interface Effects {
  clampMss(to: number | 'path'): void
}

/**
 * Walks a packet through a rule set from its first rule (Linux: iptables(8), traversal of chains). Marks and the like
 * change the packet as they are met; a rule that cannot be evaluated is passed over and remembered as a doubt.
 */
export function walkRuleSet(
  prepared: PreparedRuleSet,
  packet: Packet,
  find: (name: string) => PreparedRuleSet | undefined,
  effects: Effects,
): Walk {
  const state: WalkState = { packet, find, effects, visits: [], doubts: [] }
  const result = walk(state, prepared, 0, true, false)
  const ending = typeof result === 'object' ? result : undefined
  const doubts = state.doubts.filter((doubt) => !sameEffect(doubt.would, ending))
  return { ending, visits: state.visits, doubts }
}

type Outcome = Ending | 'end'

function walk(state: WalkState, set: PreparedRuleSet, depth: number, top: boolean, doubtful: boolean): Outcome {
  let mayHaveReturned: Visit | undefined
  const settle = (outcome: Outcome): Outcome => {
    if (!mayHaveReturned || outcome === 'end') return outcome
    state.doubts.push({ visit: mayHaveReturned, would: outcome })
    return 'end'
  }
  for (const { rule, matcher } of set.rules) {
    const value = matcher(state.packet)
    if (value === NO) continue
    const unsure = doubtful || value === UNKNOWN
    const visit = { ruleSet: set.ruleSet, rule }
    const outcome = act(state, visit, rule.action, depth, unsure)
    if (outcome === 'next') continue
    if (outcome === 'end') {
      if (value === UNKNOWN && rule.action.kind === 'return' && !top) mayHaveReturned ??= visit
      else if (value === UNKNOWN) continue
      // The policy also meets a packet whose built-in chain was left by a goto (kernel: nf_tables, ip_tables).
      else return top ? policy(state, set, unsure) : settle('end')
      continue
    }
    if (unsure) {
      state.doubts.push({ visit, would: outcome })
      if (doubtful && value !== UNKNOWN) return settle('end')
      continue
    }
    return settle(outcome)
  }
  return settle(policy(state, set, doubtful))
}

/** The end of the rules: the policy, where it decides anything. */
function policy(state: WalkState, set: PreparedRuleSet, doubtful: boolean): Outcome {
  const action = set.ruleSet.policy
  const visit = { ruleSet: set.ruleSet }
  const outcome = act(state, visit, action, DEPTH_LIMIT, doubtful)
  if (outcome === 'next' || outcome === 'end') return 'end'
  if (doubtful) {
    state.doubts.push({ visit, would: outcome })
    return 'end'
  }
  return outcome
}

/** Does one action: an ending, the end of this rule set, or the next rule. */
function act(state: WalkState, visit: Visit, action: Action, depth: number, doubtful: boolean): Outcome | 'next' {
  switch (action.kind) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'unsupported':
    case 'opaque':
    case 'rewrite-source':
    case 'rewrite-destination':
      if (!doubtful) state.visits.push(visit)
      return action
    case 'return':
      return 'end'
    case 'jump':
    case 'goto':
      return jump(state, visit, action, depth, doubtful)
    default:
      return change(state, visit, action, doubtful)
  }
}

function jump(
  state: WalkState,
  visit: Visit,
  action: Extract<Action, { kind: 'jump' | 'goto' }>,
  depth: number,
  doubtful: boolean,
): Outcome | 'next' {
  const target = depth < DEPTH_LIMIT ? state.find(action.to) : undefined
  // The kernel refuses such rule sets at load; what a broken dump would have done is not ours to guess.
  if (!target) return { kind: 'opaque', text: `jump to ${action.to}, which is not in the export` }
  const before = state.visits.length
  if (!doubtful) state.visits.push(visit)
  const outcome = walk(state, target, depth + 1, false, doubtful)
  if (outcome !== 'end') return outcome
  state.visits.length = before
  return action.kind === 'goto' ? 'end' : 'next'
}

/** Actions that change the packet and go on. */
function change(state: WalkState, visit: Visit, action: Action, doubtful: boolean): 'next' {
  const { packet } = state
  if (doubtful) {
    doubtfulChange(state, visit, action)
    return 'next'
  }
  switch (action.kind) {
    case 'mark':
      packet.mark = (packet.mark & ~action.mask) | (action.value & action.mask)
      packet.unknownMark &= ~action.mask
      break
    case 'session-mark':
      if (!hasEntry(packet)) break
      packet.sessionMark = (packet.sessionMark & ~action.mask) | (action.value & action.mask)
      packet.unknownSessionMark &= ~action.mask
      break
    case 'restore-mark':
      if (!hasEntry(packet)) break
      packet.mark = (packet.mark & ~action.mask) | (packet.sessionMark & action.mask)
      packet.unknownMark = (packet.unknownMark & ~action.mask) | (packet.unknownSessionMark & action.mask)
      break
    case 'save-mark':
      if (!hasEntry(packet)) break
      packet.sessionMark = (packet.sessionMark & ~action.mask) | (packet.mark & action.mask)
      packet.unknownSessionMark = (packet.unknownSessionMark & ~action.mask) | (packet.unknownMark & action.mask)
      break
    case 'use-table':
      packet.table = action.table
      break
    case 'no-track':
      packet.noTrack = true
      // Later rules see it so at once, before tracking does (Linux: xt_CT, nft_notrack).
      packet.state = 'untracked'
      break
    case 'clamp-mss':
      state.effects.clampMss(action.to)
      break
    default:
      break
  }
  return 'next'
}

function doubtfulChange(state: WalkState, visit: Visit, action: Action): void {
  const { packet } = state
  if (action.kind === 'mark' || action.kind === 'restore-mark') packet.unknownMark |= action.mask
  else if (action.kind === 'session-mark' || action.kind === 'save-mark') packet.unknownSessionMark |= action.mask
  else if (action.kind === 'use-table' || action.kind === 'no-track') state.doubts.push({ visit, would: action })
}

/** Whether a doubtful action would have ended the walk the same way. */
function sameEffect(would: Action, ending: Ending | undefined): boolean {
  if (!ending) return would.kind === 'accept' || would.kind === 'return' || would.kind === 'pass'
  if (would.kind === 'drop' || would.kind === 'reject') return ending.kind === 'drop' || ending.kind === 'reject'
  if (would.kind !== ending.kind) return false
  return would.kind === 'accept' || JSON.stringify(would, asText) === JSON.stringify(ending, asText)
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
