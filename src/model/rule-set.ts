import type { Action } from './action.ts'
import type { Match } from './match.ts'
import type { Refusal } from './refusal.ts'
import type { Source } from './source.ts'

/** One line of a filter: a match and what to do. Disabled rules are not here; an importer leaves them out. */
export interface Rule {
  /** The words a person knows the rule by, behind the rule set's label: `rule 130 AllowBatch`, `#3`. */
  readonly name: string
  readonly match: Match
  readonly action: Action
  /** The person's own comment on the rule. */
  readonly comment?: string
  /** The setting that makes it mean what it does where a vendor's documentation is of two minds, as a sentence for the answer. */
  readonly leansOn?: string
  /** What a client sees that this rule refuses, where that is more than a dropped packet; absent = its action says it. */
  readonly refusal?: Refusal
  readonly source: Source
}

/** A chain, an ACL, one side of an NSG: ordered rules, the first whose match and action end the walk decides. */
export interface RuleSet {
  /** The key in `Device.ruleSets`. */
  readonly name: string
  /** The words a person knows it by: `NSG nsg-train outbound`, `filter chain forward`. */
  readonly label: string
  readonly rules: readonly Rule[]
  /** What happens at the end. `return` for a rule set that is only jumped to. */
  readonly policy: Action
  readonly policySource: Source
}
