import type { Outcome } from './expectation.ts'
import type { LabQuestion } from './scenario.ts'
import type { Heard } from './wire.ts'

/** What the real servers did, in the words of an `Outcome`. */
export interface Observed {
  readonly kind: string
  readonly records: readonly string[]
  /** `asker>server name`. */
  readonly asked: ReadonlySet<string>
}

const KINDS: Readonly<Record<string, string>> = {
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
  TIMEOUT: 'timeout',
}

/** Reads what was heard. Queries of another type than the question's are a resolver's own housekeeping. */
export function observed(heard: Heard, question: LabQuestion): Observed {
  const found = heard.answer.some(([, type]) => type === question.type)
  const kind = KINDS[heard.rcode] ?? (heard.rcode === 'NOERROR' ? (found ? 'answer' : 'nodata') : heard.rcode)
  const asked = heard.seen.filter(([, , name, type]) => type === question.type && !/^(root\.lab|ns\.lab|)$/.test(name))
  return {
    kind,
    records: [...new Set(heard.answer.map(([name, type, value]) => `${name} ${type} ${value}`))].sort(),
    asked: new Set(asked.map(([from, to, name]) => `${from}>${to} ${name}`)),
  }
}

/**
 * How the engine and the real servers differ, in words; `undefined` when they agree. Whatever the engine calls unknown
 * is no difference. `stale`: queries that may still be under way from questions nobody answered; `earlier`: those of
 * the questions before, which a server may remember for a second even where nothing is to be kept.
 */
export function difference(
  engine: Outcome,
  real: Observed,
  stale: ReadonlySet<string>,
  earlier: ReadonlySet<string>,
): string | undefined {
  if (engine.kind === 'unknown') return undefined
  if (engine.kind !== real.kind) return `kind: engine ${engine.kind}, real ${real.kind}`
  const expected = comparable(engine.kind, engine.records).join(' | ')
  const records = comparable(real.kind, real.records).join(' | ')
  if (expected !== records) return `records: engine [${expected}], real [${records}]`
  const possible = new Set(engine.asked.flat())
  for (const one of real.asked) if (!possible.has(one) && !stale.has(one)) return `asked: real ${one}, engine not`
  for (const group of engine.asked) {
    if (!group.some((one) => real.asked.has(one) || earlier.has(one)))
      return `asked: engine ${group.join(' or ')}, real not`
  }
  return undefined
}

/** What stands beside SERVFAIL or a refusal nobody uses. */
function comparable(kind: string, records: readonly string[]): readonly string[] {
  return kind === 'servfail' || kind === 'refused' || kind === 'timeout' ? [] : records
}
