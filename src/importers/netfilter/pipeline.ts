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

const KINDS = { raw: 'filter', mangle: 'mark', nat: 'translate', filter: 'filter', security: 'filter' } as const

/**
 * The stages of a Linux host whose chains are given as rule sets. Chains that accept everything are left out, except
 * those of the table filter, which say that the packet was looked at. Where anything is translated, all four
 * translating hooks have a stage; missing chains are added to `ruleSets`.
 */
export function linuxPipeline(ruleSets: Record<string, RuleSet>): Pipeline {
  const stagesAt = (hook: Hook): Stage[] => {
    const stages: Stage[] = []
    for (const slot of ORDER[hook]) {
      if (slot === 'track') stages.push({ kind: 'track' })
      else for (const family of ['', 'ip6 ']) stages.push(...stageOf(hook, slot, family, ruleSets))
    }
    return stages
  }
  return {
    prerouting: stagesAt('prerouting'),
    input: stagesAt('input'),
    forward: stagesAt('forward'),
    output: stagesAt('output'),
    postrouting: stagesAt('postrouting'),
  }
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
