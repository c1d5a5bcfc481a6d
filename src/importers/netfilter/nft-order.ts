import type { Match, RuleSet } from '../../model/index.ts'
import { type Notes, noteOnce } from './notes.ts'
import type { PlacedStage } from './pipeline.ts'

/**
 * Warns where two chains have the same hook and priority and the answer depends on which runs first. The kernel runs the
 * one that was registered last first, and an export does not say which that was (measured on Linux 6.18).
 */
export function noteTies(
  stages: readonly PlacedStage[],
  ruleSets: Readonly<Record<string, RuleSet>>,
  notes: Notes,
): void {
  const facts = new Map<string, Facts>()
  const factsOf = (key: string) => {
    const known = facts.get(key) ?? gather(key, ruleSets)
    facts.set(key, known)
    return known
  }
  for (const [at, a] of stages.entries()) {
    for (const b of stages.slice(at + 1)) {
      if (a.hook !== b.hook || a.priority !== b.priority || a.stage.kind === 'track' || b.stage.kind === 'track')
        continue
      if (!mayMeet(a.stage.ruleSet, b.stage.ruleSet)) continue
      if ((a.stage.kind === 'translate') !== (b.stage.kind === 'translate')) continue
      const why = reason(factsOf(a.stage.ruleSet), factsOf(b.stage.ruleSet))
      const [one, other] = [ruleSets[a.stage.ruleSet], ruleSets[b.stage.ruleSet]]
      if (!why || !one || !other) continue
      const message = `${one.label} and ${other.label} have the same priority at ${a.hook}: which runs first decides ${why}. They are taken in this order.`
      noteOnce(
        notes,
        `${one.name} ${other.name}`,
        'warning',
        'NT1545',
        message,
        placeOf(one) ?? placeOf(other) ?? one.policySource,
      )
    }
  }
}

/** Tables of iptables have one chain at a place; chains of different families see no packet in common. */
function mayMeet(a: string, b: string): boolean {
  if (!a.startsWith('nft ') && !b.startsWith('nft ')) return false
  const [one, other] = [familyOfKey(a), familyOfKey(b)]
  return one === other || one === 'inet' || other === 'inet'
}

function familyOfKey(key: string): string {
  if (key.startsWith('nft ')) return key.split(' ', 2)[1] ?? ''
  return key.startsWith('ip6 ') ? 'ip6' : 'ip'
}

function placeOf(set: RuleSet) {
  return [set.policySource, ...set.rules.map((rule) => rule.source)].find((source) => source.kind !== 'implied')
}

interface Facts {
  readonly reads: ReadonlySet<string>
  readonly writes: ReadonlySet<string>
  readonly drops: boolean
  readonly rejects: boolean
  readonly rewrites: boolean
}

function gather(root: string, ruleSets: Readonly<Record<string, RuleSet>>): Facts {
  const reads = new Set<string>()
  const writes = new Set<string>()
  let [drops, rejects, rewrites] = [false, false, false]
  const seen = new Set<string>()
  const waiting = [root]
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const set = seen.has(key) ? undefined : ruleSets[key]
    seen.add(key)
    if (!set) continue
    for (const { match, action } of [...set.rules, { match: ANYTHING, action: set.policy }]) {
      readMarks(match, reads)
      if (action.kind === 'jump' || action.kind === 'goto') waiting.push(action.to)
      drops ||= action.kind === 'drop'
      rejects ||= action.kind === 'reject'
      rewrites ||= action.kind === 'rewrite-source' || action.kind === 'rewrite-destination'
      const [from, to] = MARKS[action.kind] ?? []
      if (from) reads.add(from)
      if (to) writes.add(to)
    }
  }
  return { reads, writes, drops, rejects, rewrites }
}

const ANYTHING: Match = { kind: 'any' }
const MARKS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  mark: [undefined, 'mark'],
  'session-mark': [undefined, 'session-mark'],
  'restore-mark': ['session-mark', 'mark'],
  'save-mark': ['mark', 'session-mark'],
  'no-track': [undefined, 'session'],
}

function readMarks(match: Match, into: Set<string>): void {
  if (match.kind === 'all' || match.kind === 'some') for (const one of match.of) readMarks(one, into)
  else if (match.kind === 'not') readMarks(match.of, into)
  else if (match.kind === 'mark' || match.kind === 'session-mark' || match.kind === 'session') into.add(match.kind)
}

function reason(a: Facts, b: Facts): string | undefined {
  if (a.rewrites && b.rewrites) return 'the translation'
  const meets = (one: Facts, other: Facts) =>
    [...one.writes].some((mark) => other.reads.has(mark) || other.writes.has(mark))
  if (meets(a, b) || meets(b, a)) return 'the marks they set and test'
  return (a.drops && b.rejects) || (a.rejects && b.drops) ? 'whether the refusal is answered' : undefined
}
