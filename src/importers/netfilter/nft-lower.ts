import { type Action, type Hook, implied, type Match, type Rule, type RuleSet } from '../../model/index.ts'
import { cutLoops } from './nft-loop.ts'
import { lowerNftRule } from './nft-rule.ts'
import { IP4, IP6, type NftScope } from './nft-scope.ts'
import type { NftChain, NftRuleset, NftTable } from './nft-tree.ts'
import { type Notes, note, noteOnce } from './notes.ts'
import type { PlacedStage } from './pipeline.ts'

/** The key in `Device.ruleSets` of a chain of nft: `nft inet fw4/forward`. */
function nftKey(table: NftTable, chain: string): string {
  return `nft ${table.family} ${table.name}/${chain}`
}

/** What a rule set of nft becomes: its chains, and where the base chains stand among all that a hook does. */
interface LoweredNft {
  readonly ruleSets: Record<string, RuleSet>
  readonly stages: readonly PlacedStage[]
}

/**
 * The chains of all tables of ip, ip6 and inet, keyed `nft FAMILY TABLE/CHAIN`. With `bothFamilies` a base chain of ip or
 * ip6 starts with a rule that lets the other family's packets through, because they never see it.
 */
export function lowerNft(ruleset: NftRuleset, bothFamilies: boolean, notes: Notes): LoweredNft {
  const ruleSets: Record<string, RuleSet> = {}
  const stages: PlacedStage[] = []
  const memo = new Map<string, Match>()
  for (const table of ruleset.values()) {
    if (!seesRoutedPackets(table, notes)) continue
    lowerTable(table, ruleSets, memo, bothFamilies, notes)
    for (const chain of table.chains.values()) {
      const stage = stageOf(table, chain, ruleSets, notes)
      if (stage) stages.push(stage)
    }
  }
  cutLoops(ruleSets, notes)
  return { ruleSets, stages }
}

function seesRoutedPackets(table: NftTable, notes: Notes): boolean {
  const rules = [...table.chains.values()].reduce((count, chain) => count + chain.rules.length, 0)
  const based = [...table.chains.values()].some((chain) => chain.hook)
  if (table.dormant) {
    note(notes, 'note', 'NT1541', `The table ${table.name} is dormant, so its rules do nothing.`, table.source)
    return false
  }
  if (table.family === 'ip' || table.family === 'ip6' || table.family === 'inet') return true
  if (rules === 0 || !based) return false
  const message = `The table ${table.family} ${table.name} looks at frames, not at routed packets; its rules are not modelled.`
  note(notes, table.family === 'arp' ? 'note' : 'warning', 'NT1542', message, table.source)
  return false
}

function lowerTable(
  table: NftTable,
  ruleSets: Record<string, RuleSet>,
  memo: Map<string, Match>,
  bothFamilies: boolean,
  notes: Notes,
): void {
  const chainKeys = new Map([...table.chains.keys()].map((name) => [name, nftKey(table, name)]))
  for (const chain of table.chains.values()) {
    const chainKey = nftKey(table, chain.name)
    const addRuleSet = (ruleSet: RuleSet) => {
      ruleSets[ruleSet.name] = { ...ruleSet, label: `${labelOf(table, chain)}, ${ruleSet.label}` }
    }
    const shared = { table, chainKey, chainKeys, memo, notes, addRuleSet }
    const rules = chain.rules.flatMap((rule, at) => {
      const scope: NftScope = { ...shared, source: rule.source }
      return lowerNftRule(rule, at, scope)
    })
    const guard = chain.hook && bothFamilies ? guardOf(table) : []
    ruleSets[chainKey] = lowerChain(table, chain, [...guard, ...rules])
  }
}

function labelOf(table: NftTable, chain: NftChain): string {
  return `nft table ${table.family} ${table.name} chain ${chain.name}`
}

function guardOf(table: NftTable): Rule[] {
  if (table.family !== 'ip' && table.family !== 'ip6') return []
  const other = table.family === 'ip' ? 'IPv6' : 'IPv4'
  return [
    {
      name: `${other} packets`,
      match: table.family === 'ip' ? IP6 : IP4,
      action: { kind: 'accept' },
      source: implied(`${other} packets never see a table of family ${table.family} (nft(8): address families)`),
    },
  ]
}

function lowerChain(table: NftTable, chain: NftChain, rules: readonly Rule[]): RuleSet {
  const base = { name: nftKey(table, chain.name), label: labelOf(table, chain), rules }
  if (!chain.hook) {
    const policySource = implied('a chain without a hook returns to its caller at its end (nft(8): chains)')
    return { ...base, policy: { kind: 'return' }, policySource }
  }
  const policy: Action = chain.policy === 'drop' ? { kind: 'drop' } : { kind: 'accept' }
  const policySource =
    chain.policy === undefined ? implied('a base chain accepts unless it has another policy (nft(8))') : chain.source
  return { ...base, policy, policySource }
}

const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting']
const MANGLE = -150

/** Where a base chain stands; chains that do nothing are left out, except filters, which say that the packet was looked at. */
function stageOf(
  table: NftTable,
  chain: NftChain,
  ruleSets: Readonly<Record<string, RuleSet>>,
  notes: Notes,
): PlacedStage | undefined {
  if (!chain.hook) return undefined
  const { type, priority } = chain.hook
  const hook = HOOKS.find((one) => one === chain.hook?.hook)
  if (!hook) {
    const message = `Chains at the hook ${chain.hook.hook} are not modelled; the rules of ${chain.name} were left out.`
    if (chain.rules.length > 0 || chain.policy === 'drop')
      noteOnce(notes, labelOf(table, chain), 'warning', 'NT1543', message, chain.source)
    return undefined
  }
  const ruleSet = nftKey(table, chain.name)
  const set = ruleSets[ruleSet]
  const idle = chain.rules.length === 0 && set?.policy.kind === 'accept'
  const judges = type === 'filter' && priority === 0 && hook !== 'prerouting' && hook !== 'postrouting'
  if (idle && !judges) return undefined
  // At output only a chain of type route has a changed mark looked at by routing (nft(8)).
  const marks = type === 'route' || (priority === MANGLE && hook !== 'output')
  const kind = type === 'nat' ? 'translate' : marks ? 'mark' : 'filter'
  const beside = kind === 'filter' && (hook === 'prerouting' || hook === 'postrouting')
  return { hook, priority, stage: { kind, ruleSet, ...(beside && { seesLoopback: true as const }) } }
}
