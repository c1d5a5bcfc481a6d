import { type Action, implied, type Match, type Rule, type RuleSet, type Source } from '../../model/index.ts'
import { chainLabel } from './dialect.ts'

/** A rule before it has a place. */
export interface RuleDraft {
  readonly name: string
  readonly match: Match
  readonly action: Action
  readonly comment?: string
  readonly source: Source
}

interface OpenRuleSet {
  readonly rules: Rule[]
  policy: Action
  policySource: Source
}

/** Chains while rules are appended to them; a chain exists from its first mention. */
export class RuleSets {
  readonly #open = new Map<string, OpenRuleSet>()

  /** Makes a chain that is only jumped to, if it is not there. */
  mention(key: string): void {
    if (this.#open.has(key)) return
    this.#open.set(key, { rules: [], policy: { kind: 'return' }, policySource: ENDS })
  }

  has(key: string): boolean {
    return this.#open.has(key)
  }

  append(key: string, rule: RuleDraft): void {
    this.mention(key)
    this.#open.get(key)?.rules.push(rule)
  }

  /** Puts a rule before all others of a chain that is there. */
  prepend(key: string, rule: RuleDraft): void {
    this.#open.get(key)?.rules.unshift(rule)
  }

  /** Gives a chain the policy of a hook. */
  setPolicy(key: string, policy: Action, source: Source): void {
    this.mention(key)
    const chain = this.#open.get(key)
    if (chain) Object.assign(chain, { policy, policySource: source })
  }

  /** The finished chains, in the order of their first mention. */
  finished(): Record<string, RuleSet> {
    const made: Record<string, RuleSet> = {}
    for (const [key, { rules, policy, policySource }] of this.#open) {
      made[key] = { name: key, label: chainLabel(key), rules, policy, policySource }
    }
    return made
  }
}

const ENDS: Source = implied('A chain that is jumped to returns to its caller at its end (iptables(8), nft(8)).')
