import { type Hook, implied, type Pipeline, type RuleSet, type Stage } from '../../model/index.ts'

const CHAINS: Readonly<Record<Hook, string>> = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
}

type Slot = 'raw' | 'track' | 'mangle' | 'nat' | 'filter' | 'security'

// The order of netfilter's priorities at each hook: raw -300, connection tracking -200, mangle -150, destination
// translation -100, filter 0, security 50, source translation 100 (nftables wiki: Netfilter hooks).
const ORDER: Readonly<Record<Hook, readonly Slot[]>> = {
  prerouting: ['raw', 'track', 'mangle', 'nat'],
  input: ['mangle', 'filter', 'security', 'nat'],
  forward: ['mangle', 'filter', 'security'],
  output: ['raw', 'track', 'mangle', 'nat', 'filter', 'security'],
  postrouting: ['mangle', 'nat'],
}

const PRIORITIES: Readonly<Record<Exclude<Slot, 'nat'>, number>> = {
  raw: -300,
  track: -200,
  mangle: -150,
  filter: 0,
  security: 50,
}
// Where destinations and sources are translated; every chain that translates runs there, in the order of its own
// priority (kernel: nf_nat_register_fn).
const TRANSLATING: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: -100,
  input: 100,
  output: -100,
  postrouting: 100,
}

/** A stage and the netfilter priority of its chain. */
export interface PlacedStage {
  readonly hook: Hook
  readonly priority: number
  readonly stage: Stage
}

const KINDS = { raw: 'filter', mangle: 'mark', nat: 'translate', filter: 'filter', security: 'filter' } as const

/**
 * The stages of a Linux host whose chains are given as rule sets, and `others` (the base chains of nft) among them by
 * priority; of equal priorities the later of `others` runs first, then the rest. Chains that accept everything are left
 * out, except those of the table filter, which say that the packet was looked at. Where anything is translated, all
 * four translating hooks have a stage; missing chains are added to `ruleSets`.
 */
export function linuxPipeline(ruleSets: Record<string, RuleSet>, others: readonly PlacedStage[] = []): Pipeline {
  const placed = placedStages(ruleSets)
  const translates = others.some(({ stage }) => stage.kind === 'translate')
  const stagesAt = (hook: Hook): Stage[] => {
    const here = [...others.filter((one) => one.hook === hook).reverse(), ...placed.filter((one) => one.hook === hook)]
    if (translates && hook !== 'forward' && !here.some(({ stage }) => stage.kind === 'translate')) {
      const ruleSet = `nat/${CHAINS[hook]}`
      ruleSets[ruleSet] ??= emptyChain(ruleSet, `nat chain ${CHAINS[hook]}`)
      here.push({ hook, priority: TRANSLATING[hook] ?? 0, stage: { kind: 'translate', ruleSet } })
    }
    // Connection tracking itself comes first among those of its priority.
    return here
      .sort((a, b) => slotOf(a) - slotOf(b) || a.priority - b.priority || isTracking(b) - isTracking(a))
      .map((one) => one.stage)
  }
  return {
    prerouting: stagesAt('prerouting'),
    input: stagesAt('input'),
    forward: stagesAt('forward'),
    output: stagesAt('output'),
    postrouting: stagesAt('postrouting'),
  }
}

function isTracking({ stage }: PlacedStage): number {
  return Number(stage.kind === 'track')
}

function slotOf(one: PlacedStage): number {
  return one.stage.kind === 'translate' ? (TRANSLATING[one.hook] ?? one.priority) : one.priority
}

/** The stages of the tables of iptables with the priorities they have. */
export function placedStages(ruleSets: Record<string, RuleSet>): PlacedStage[] {
  const placed: PlacedStage[] = []
  for (const hook of ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const) {
    for (const slot of ORDER[hook]) {
      const priority = slot === 'nat' ? (TRANSLATING[hook] ?? 0) : PRIORITIES[slot]
      if (slot === 'track') placed.push({ hook, priority, stage: { kind: 'track' } })
      else {
        for (const family of ['', 'ip6 ']) {
          for (const stage of stageOf(hook, slot, family, ruleSets)) placed.push({ hook, priority, stage })
        }
      }
    }
  }
  return placed
}

function stageOf(hook: Hook, slot: Exclude<Slot, 'track'>, family: string, ruleSets: Record<string, RuleSet>): Stage[] {
  const prefix = `${family}${slot}/`
  const key = prefix + CHAINS[hook]
  const kind = KINDS[slot]
  if (slot === 'nat') {
    const translates = Object.values(ruleSets).some((set) => set.name.startsWith(prefix) && set.rules.length > 0)
    if (!translates) return []
    ruleSets[key] ??= emptyChain(key, `${family === '' ? '' : 'IPv6 '}nat chain ${CHAINS[hook]}`)
    return [{ kind, ruleSet: key }]
  }
  const set = ruleSets[key]
  const idle = set === undefined || (set.rules.length === 0 && set.policy.kind === 'accept')
  return set === undefined || (idle && slot !== 'filter') ? [] : [{ kind, ruleSet: key }]
}

function emptyChain(name: string, label: string): RuleSet {
  return {
    name,
    label,
    rules: [],
    policy: { kind: 'accept' },
    policySource: implied('the export has no such chain; a chain without rules translates nothing (iptables(8))'),
  }
}
