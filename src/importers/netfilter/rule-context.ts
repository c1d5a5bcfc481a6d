import type { Match, Source } from '../../model/index.ts'
import { type Notes, noteOnce } from './notes.ts'
import type { SavedSet } from './saved-text.ts'

/** What the words of one rule mean depends on where it stands: this. */
export interface RuleContext {
  readonly family: 4 | 6
  /** `filter`, `nat`, ... */
  readonly table: string
  /** The keys in `Device.ruleSets` of the table's chains, by chain name. */
  readonly chainKeys: ReadonlyMap<string, string>
  /** The built-in chains from which the rule's chain is reached. */
  readonly from: ReadonlySet<string>
  readonly sets: ReadonlyMap<string, SavedSet>
  /** Matches of addresses and sets already made: equal words share one object. */
  readonly memo: Map<string, Match>
  readonly notes: Notes
  readonly source: Source
}

/** A test that cannot be made, with a diagnostic once per subject. */
export function opaque(context: RuleContext, text: string, why?: Doubt): Match {
  if (why) noteOnce(context.notes, why.subject, why.severity, why.code, why.message, context.source, why.othersMissing)
  return { kind: 'opaque', text, ...(why?.othersMissing && { othersMissing: true }) }
}

/** Why a test cannot be made. */
export interface Doubt {
  /** Said once per subject. */
  readonly subject: string
  readonly severity: 'warning' | 'note'
  readonly code: string
  readonly message: string
  /** The words were understood; what they name was not given. */
  readonly othersMissing?: true
}

/** The doubt about a value that is not what its option takes. */
export function oddValue(text: string): Doubt {
  const message = `"${text}" is not understood; answers that depend on this rule will be unknown.`
  return { subject: text, severity: 'warning', code: 'NT1510', message }
}
