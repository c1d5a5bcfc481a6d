import { type Action, implied, type Rule, type RuleSet, type Source } from '../../model/index.ts'
import { EVERY_ADDRESS, NO_ADDRESS } from '../../net/index.ts'
import { matchRule } from './match-rule.ts'
import { type Notes, note, noteOnce } from './notes.ts'
import { BUILT_IN, loopClosers, type SortedChain, startsOf } from './reachable.ts'
import type { RuleContext } from './rule-context.ts'
import { type RuleWords, sortWords } from './rule-words.ts'
import type { Chain, RuleLine, SavedText, Table } from './saved-text.ts'
import { actionOf } from './target.ts'
import { isLimited, leaningOnLimit } from './under-limit.ts'

/** The key in `Device.ruleSets` of a chain: `filter/FORWARD`, of an IPv6 table `ip6 filter/FORWARD`. */
export function chainKey(table: Table, chain: string): string {
  return `${table.family === 6 ? 'ip6 ' : ''}${table.name}/${chain}`
}

/**
 * The rule sets of all tables, keyed `table/CHAIN`. Where both families are there, a built-in chain starts with a rule
 * that lets the other family's packets through, because they never see it.
 */
export function lowerTables(saved: SavedText, bothFamilies: boolean, notes: Notes): Record<string, RuleSet> {
  const ruleSets: Record<string, RuleSet> = {}
  const memo: RuleContext['memo'] = new Map()
  const tables = [...saved.tables.values()].filter((table) => TABLES.has(table.name))
  for (const table of saved.tables.values()) if (!TABLES.has(table.name)) noteTable(table, notes)
  for (const table of tables) {
    const chains = new Map<string, SortedChain>()
    for (const chain of table.chains.values()) {
      chains.set(chain.name, { chain, rules: chain.rules.map((rule) => sortWords(rule.words)) })
    }
    const chainKeys = new Map([...chains.keys()].map((name) => [name, chainKey(table, name)]))
    const starts = startsOf(chains)
    const closers = loopClosers(chains)
    for (const sorted of chains.values()) {
      const from = starts.get(sorted.chain.name) ?? new Set()
      const shared = { family: table.family, table: table.name, chainKeys, from, sets: saved.sets, memo, notes }
      const guard = bothFamilies && BUILT_IN.has(sorted.chain.name) ? [guardRule(table)] : []
      const rules = sorted.rules.map((words, at) =>
        lowerRule(words, sorted.chain.name, sorted.chain.rules[at], at, closers, shared),
      )
      ruleSets[chainKey(table, sorted.chain.name)] = lowerChain(sorted.chain, table, [...guard, ...rules], notes)
    }
  }
  return ruleSets
}

const TABLES: ReadonlySet<string> = new Set(['raw', 'mangle', 'nat', 'filter', 'security'])

function noteTable(table: Table, notes: Notes): void {
  const message = `There is no table "${table.name}"; its rules were left out.`
  note(notes, 'warning', 'NT1517', message, table.source)
}

type Shared = Omit<RuleContext, 'source'>

function lowerRule(
  words: RuleWords,
  chain: string,
  line: RuleLine | undefined,
  at: number,
  closers: ReadonlySet<RuleWords>,
  shared: Shared,
): Rule {
  const source = line?.source ?? implied('a rule without a line')
  const context: RuleContext = { ...shared, source }
  const comments = words.matches.flatMap((one) => one.options.filter((option) => option.name === 'comment'))
  const comment = comments[0]?.values[0]
  const rule = {
    name: `#${at + 1}`,
    match: matchRule(words, context),
    action: closers.has(words) ? loopAction(words, context) : actionOf(words, context),
    ...leaningOnLimit(isLimited(words.matches), `${shared.chainKeys.get(chain) ?? chain} #${at + 1}`),
    source,
  }
  return comment === undefined ? rule : { ...rule, comment }
}

function loopAction(words: RuleWords, context: RuleContext): Action {
  const text = `-j ${words.target?.name ?? ''}`
  const message = `"${text}" closes a loop of chains, which the kernel refuses; this table was never loaded as it stands.`
  noteOnce(context.notes, text, 'warning', 'NT1518', message, context.source)
  return { kind: 'opaque', text }
}

function guardRule(table: Table): Rule {
  const other = table.family === 4 ? 'IPv6' : 'IPv4'
  const every = EVERY_ADDRESS
  const addresses = table.family === 4 ? { v4: NO_ADDRESS.v4, v6: every.v6 } : { v4: every.v4, v6: NO_ADDRESS.v6 }
  return {
    name: `${other} packets`,
    match: { kind: 'source', in: addresses },
    action: { kind: 'accept' },
    source: implied(`${other} packets never see the tables of ${table.family === 4 ? 'iptables' : 'ip6tables'}`),
  }
}

function lowerChain(chain: Chain, table: Table, rules: Rule[], notes: Notes): RuleSet {
  const name = chainKey(table, chain.name)
  const label = `${table.family === 6 ? 'IPv6 ' : ''}${table.name} chain ${chain.name}`
  if (!BUILT_IN.has(chain.name)) {
    const policySource = implied('a chain of the user returns to its caller at its end (iptables(8))')
    if (chain.policy === undefined) {
      const message = `The chain ${chain.name} has rules but no line declares it; it is read as a chain of the user.`
      noteOnce(notes, name, 'note', 'NT1519', message, chain.source)
    }
    return { name, label, rules, policy: { kind: 'return' }, policySource }
  }
  const dropped = chain.policy?.toUpperCase() === 'DROP'
  return { name, label, rules, policy: { kind: dropped ? 'drop' : 'accept' }, policySource: policySource(chain) }
}

function policySource(chain: Chain): Source {
  return chain.policy === undefined
    ? implied('a built-in chain accepts unless it is told otherwise (iptables(8))')
    : chain.source
}
