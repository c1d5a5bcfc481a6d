import { type Match, notOf, type RuleSet, type Source, someOf } from '../../model/index.ts'
import { EVERY_ADDRESS, NO_ADDRESS } from '../../net/index.ts'
import type { NftTable } from './nft-tree.ts'
import { type Notes, noteOnce } from './notes.ts'

/** Where a rule of nft stands; what its words mean depends on it. */
export interface NftScope {
  readonly table: NftTable
  /** The key in `Device.ruleSets` of the rule's own chain. */
  readonly chainKey: string
  /** The keys of the table's chains, by name. */
  readonly chainKeys: ReadonlyMap<string, string>
  /** Tests of named sets already made: equal words share one object. */
  readonly memo: Map<string, Match>
  readonly notes: Notes
  readonly source: Source
  /** Adds a rule set that no chain of the export is. */
  readonly addRuleSet: (ruleSet: RuleSet) => void
}

/** The match no packet meets. */
export const NEVER: Match = someOf()

/** Packets with an entry of connection tracking: without one every test of `ct` but its state fails, negated or not (nft_ct.c). */
export const TRACKED: Match = notOf({ kind: 'session', in: ['invalid', 'untracked'] })

/** Packets of IPv4, and of IPv6. */
export const IP4: Match = { kind: 'source', in: { v4: EVERY_ADDRESS.v4, v6: NO_ADDRESS.v6 } }
export const IP6: Match = { kind: 'source', in: { v4: NO_ADDRESS.v4, v6: EVERY_ADDRESS.v6 } }

/** A test that no flow can answer, with a note once per subject. */
export function untested(scope: NftScope, text: string, subject = text): Match {
  const message = `The test "${subject}" cannot be made for a flow; answers that depend on it will be unknown.`
  noteOnce(scope.notes, subject, 'note', 'NT1535', message, scope.source)
  return { kind: 'opaque', text }
}

/** A test whose words were not understood, with a warning once per words. */
export function notUnderstood(scope: NftScope, text: string): Match {
  const message = `"${text}" is not understood; answers that depend on this rule will be unknown.`
  noteOnce(scope.notes, text, 'warning', 'NT1536', message, scope.source)
  return { kind: 'opaque', text }
}
