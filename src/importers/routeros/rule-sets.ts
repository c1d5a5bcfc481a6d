import {
  type Action,
  ANY,
  allOf,
  implied,
  type Match,
  type Rule,
  type RuleSet,
  type Source,
} from '../../model/index.ts'
import { EVERY_ADDRESS, NO_ADDRESS } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import { clampImpliesMss, ruleActions } from './action.ts'
import { type Entry, isDisabled, sourceOf, textOf } from './entry.ts'
import type { FirewallNames } from './firewall-names.ts'
import { ruleMatch } from './match.ts'
import { openedPorts } from './opened-ports.ts'
import { BUILT_IN_CHAINS, chainKey, type Family, type FirewallTable } from './pipeline.ts'

const TABLES: readonly FirewallTable[] = ['raw', 'mangle', 'nat', 'filter']

/**
 * Every chain of every table of one family as a rule set; `guarded` when both families are there: a built-in chain
 * then begins with a rule that lets the other family's packets through, because they never see it. A rule is called by its number in its chain, from 1 in the order of the
 * export, disabled rules counted: the order of `print where chain=...`, whose own numbers start at 0. A built-in chain
 * ends in accept, a user chain returns to its caller (MikroTik: Filter).
 */
export function lowerRuleSets(names: FirewallNames, guarded: boolean): Record<string, RuleSet> {
  const sets: Record<string, RuleSet> = {}
  for (const table of TABLES) {
    const chains = chainsOf(table, names)
    const rewrites = destinationChains(chains)
    for (const [chain, entries] of chains) {
      const side = rewrites.has(chain) ? 'destination' : 'source'
      const set = lowerChain({ table, chain, entries, names, rewrites: side, guarded })
      for (const one of set) sets[one.name] = one
    }
  }
  return sets
}

interface Chain {
  readonly table: FirewallTable
  readonly chain: string
  readonly entries: readonly Entry[]
  readonly names: FirewallNames
  readonly rewrites: 'destination' | 'source'
  readonly guarded: boolean
}

// Chains that are only jumped to exist too: an empty chain goes back to its caller.
function chainsOf(table: FirewallTable, names: FirewallNames): ReadonlyMap<string, Entry[]> {
  const chains = new Map<string, Entry[]>(BUILT_IN_CHAINS[table].map((chain) => [chain, []]))
  const { configuration } = names
  for (const entry of configuration.entries(firewallMenu(table, names.family))) {
    const chain = textOf(entry, 'chain')
    if (chain === undefined) {
      const message = 'This firewall rule names no chain and was skipped.'
      configuration.diagnostics.push({ severity: 'warning', code: 'NT1218', message, source: sourceOf(entry) })
      continue
    }
    const entries = chains.get(chain)
    if (entries) entries.push(entry)
    else chains.set(chain, [entry])
  }
  for (const entries of [...chains.values()]) {
    for (const entry of entries) {
      const target = isDisabled(entry) ? undefined : jumpTarget(entry)
      if (target === undefined || chains.has(target)) continue
      chains.set(target, [])
      const message = `This jumps to the chain ${inert(target)}, which has no rules; it comes straight back.`
      configuration.diagnostics.push({ severity: 'note', code: 'NT1219', message, source: sourceOf(entry) })
    }
  }
  return chains
}

/** The menu of a table. */
export function firewallMenu(table: FirewallTable, family: Family): string {
  return `${family === 6 ? 'ipv6' : 'ip'} firewall ${table}`
}

function jumpTarget(entry: Entry): string | undefined {
  return textOf(entry, 'action') === 'jump' ? textOf(entry, 'jump-target') : undefined
}

// `netmap` and `same` rewrite what the built-in chain above them rewrites.
function destinationChains(chains: ReadonlyMap<string, readonly Entry[]>): ReadonlySet<string> {
  const reached = new Set<string>(['dstnat', 'output'])
  for (const chain of reached) {
    for (const entry of chains.get(chain) ?? []) {
      const target = jumpTarget(entry)
      if (target !== undefined) reached.add(target)
    }
  }
  return reached
}

const END_ACCEPTS = implied('a built-in chain accepts what no rule decided (MikroTik: Filter)')
const END_RETURNS = implied('the end of a chain of your own goes back to the rule that jumped to it (MikroTik: Filter)')
const END_OF_STEPS = implied('the next thing the same rule does')

function lowerChain(chain: Chain): readonly RuleSet[] {
  const builtIn = BUILT_IN_CHAINS[chain.table].includes(chain.chain)
  const { family } = chain.names
  const rules: Rule[] = builtIn && chain.guarded && chain.entries.length > 0 ? [guardRule(family)] : []
  const inner: RuleSet[] = []
  for (const [index, entry] of chain.entries.entries()) {
    if (isDisabled(entry)) continue
    const { rule, steps } = lowerRule(chain, entry, index + 1)
    rules.push(rule)
    if (steps) inner.push(steps)
  }
  if (family === 4 && chain.table === 'nat' && chain.chain === 'dstnat')
    for (const rule of openedPorts(chain.names.configuration, chain.names.ports)) rules.push(rule)
  const policy: Action = { kind: builtIn ? 'accept' : 'return' }
  const label = `${family === 6 ? 'IPv6 ' : ''}${chain.table} chain ${inert(chain.chain)}`
  const name = chainKey(chain.table, chain.chain, family)
  return [{ name, label, rules, policy, policySource: builtIn ? END_ACCEPTS : END_RETURNS }, ...inner]
}

function guardRule(family: Family): Rule {
  const other = family === 4 ? 'IPv6' : 'IPv4'
  const { v4, v6 } = EVERY_ADDRESS
  const addresses = family === 4 ? { v4: NO_ADDRESS.v4, v6 } : { v4, v6: NO_ADDRESS.v6 }
  return {
    name: `${other} packets`,
    match: { kind: 'source', in: addresses },
    action: { kind: 'accept' },
    source: implied(`${other} packets never see ${family === 4 ? '/ip' : '/ipv6'} firewall (MikroTik: Filter)`),
  }
}

interface LoweredRule {
  readonly rule: Rule
  /** A rule that does several things jumps to a rule set of its own: its match is asked once, before the first. */
  readonly steps?: RuleSet
}

function lowerRule(chain: Chain, entry: Entry, number: number): LoweredRule {
  const { table, names, rewrites } = chain
  const name = `#${number}`
  const source = sourceOf(entry)
  const comment = textOf(entry, 'comment')
  const actions = ruleActions({ entry, table, rewrites, names })
  // Whether a rule that does nothing is met decides nothing.
  const idle = actions.every((action) => action.kind === 'pass')
  const whole = ruleMatch(entry, names, clampImpliesMss(entry) ? 'tcp-mss' : undefined)
  const match = idle ? decidable(whole) : whole
  const [only, another] = actions
  const about = { name, match, ...(comment !== undefined && { comment }), source }
  if (only && !another) return { rule: { ...about, action: only } }
  // Not a key any chain can have.
  const to = `${names.family === 6 ? 'ip6 ' : ''}${table} rule ${chain.chain} #${number}`
  return {
    rule: { ...about, action: { kind: 'jump', to } },
    steps: stepsOf(to, inert(to), actions, source),
  }
}

// What is left of a match without the tests that cannot be made.
function decidable(match: Match): Match {
  if (match.kind === 'all') return allOf(...match.of.map(decidable))
  return hasDoubt(match) ? ANY : match
}

function hasDoubt(match: Match): boolean {
  if (match.kind === 'all' || match.kind === 'some') return match.of.some(hasDoubt)
  return match.kind === 'not' ? hasDoubt(match.of) : match.kind === 'opaque'
}

function stepsOf(name: string, label: string, actions: readonly Action[], source: Source): RuleSet {
  const rules = actions.map((action, index): Rule => ({ name: `step ${index + 1}`, match: ANY, action, source }))
  return { name, label, rules, policy: { kind: 'return' }, policySource: END_OF_STEPS }
}
