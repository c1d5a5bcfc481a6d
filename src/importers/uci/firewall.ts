import { type Diagnostic, type Hook, implied, type Pipeline, type RuleSet, type Stage } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { familyMatch } from './address-match.ts'
import type { Compilation } from './compilation.ts'
import type { BaseChain, Dialect } from './dialect.ts'
import { forwardingRules, headRules, limitsNewConnections, zoneRules } from './filter-chains.ts'
import { includesOf } from './includes.ts'
import { ipSetsOf } from './ipset.ts'
import { mssRules } from './mangle-chains.ts'
import { masqueradeRules, natJumps, natSections } from './nat-chains.ts'
import type { UciNetworks } from './network.ts'
import { redirectRules } from './redirect.ts'
import { RuleSets } from './rule-sets.ts'
import { ruleRules } from './rules.ts'
import { flagOf, placeOf, type UciPackage } from './section.ts'
import { defaultsOf, zonesOf } from './zone.ts'

/** What a firewall package makes of a device. */
export interface Firewall {
  readonly ruleSets: Readonly<Record<string, RuleSet>>
  readonly pipeline: Pipeline
  readonly diagnostics: readonly Diagnostic[]
  readonly notModelled: readonly string[]
}

/**
 * Compiles a firewall package as the firewall program does: rules before forwardings before a zone's own policy, in
 * chains by zone (OpenWrt: firewall3, main.c; firewall4, ruleset template). Without the package nothing is filtered.
 */
export function compileFirewall(
  firewall: UciPackage | undefined,
  dialect: Dialect,
  networks: UciNetworks,
  files: readonly TextFile[],
): Firewall {
  const diagnostics: Diagnostic[] = []
  if (!firewall) return { ruleSets: {}, pipeline: pipelineOf(new RuleSets(), dialect), diagnostics, notModelled: [] }
  const defaults = defaultsOf(firewall)
  const zones = zonesOf(firewall, defaults, networks, diagnostics)
  const compilation: Compilation = {
    dialect,
    firewall,
    defaults,
    zones: new Map(zones.map((zone) => [zone.name, zone])),
    networks,
    ipSets: ipSetsOf(firewall, files),
    sets: new RuleSets(),
    diagnostics,
    redirected: new Set(),
  }
  headRules(compilation)
  ruleRules(compilation)
  redirectRules(compilation)
  forwardingRules(compilation)
  zoneRules(compilation)
  natSections(compilation)
  masqueradeRules(compilation)
  natJumps(compilation)
  mssRules(compilation)
  const includes = includesOf(firewall, files, dialect)
  diagnostics.push(...includes.diagnostics, ...limits(compilation))
  unfilteredIpv6(compilation)
  openEnds(compilation)
  return {
    ruleSets: compilation.sets.finished(),
    pipeline: pipelineOf(compilation.sets, dialect),
    diagnostics,
    notModelled: includes.notModelled,
  }
}

/** Chains of hooks that only mark or leave untracked let everything on at their end. */
function openEnds({ sets, dialect }: Compilation): void {
  for (const [chain, key] of Object.entries(dialect.base)) {
    if (/^(raw|mangle)-/.test(chain) && sets.has(key)) sets.setPolicy(key, { kind: 'accept' }, LETS_ON)
  }
}

const LETS_ON = implied('The raw and mangle chains of a hook end with ACCEPT (iptables(8); OpenWrt: firewall4).')

function limits(compilation: Compilation): Diagnostic[] {
  const { section } = compilation.defaults
  if (!section || !limitsNewConnections(compilation)) return []
  const message =
    'New TCP connections to the device itself are limited to some 25 a second; one flow does not meet that.'
  return [{ severity: 'note', code: 'NT1307', message, source: placeOf(section, 'syn_flood', 'synflood_protect') }]
}

/** `disable_ipv6`: fw3 makes no rule for IPv6, whose packets all pass (OpenWrt: firewall3); fw4 does not know the option. */
function unfilteredIpv6({ defaults, sets, dialect }: Compilation): void {
  const { section } = defaults
  if (!section || !flagOf(section, 'disable_ipv6', false) || dialect.name === 'fw4') return
  const source = placeOf(section, 'disable_ipv6')
  const name = 'disable_ipv6: no rules for IPv6'
  for (const key of Object.values(dialect.base)) {
    sets.prepend(key, { name, match: familyMatch(6), action: { kind: 'accept' }, source })
  }
}

/** The stages of Linux by hook, in order; a stage without rules is left out (netfilter: hook priorities). */
const STAGES: Readonly<Record<Hook, readonly ('track' | readonly ['filter' | 'mark' | 'translate', BaseChain])[]>> = {
  prerouting: [['filter', 'raw-prerouting'], 'track', ['mark', 'mangle-prerouting'], ['translate', 'dstnat']],
  input: [
    ['mark', 'mangle-input'],
    ['filter', 'input'],
  ],
  forward: [
    ['mark', 'mangle-forward'],
    ['filter', 'forward'],
  ],
  output: [['filter', 'raw-output'], 'track', ['mark', 'mangle-output'], ['filter', 'output']],
  postrouting: [
    ['mark', 'mangle-postrouting'],
    ['translate', 'srcnat'],
  ],
}

function pipelineOf(sets: RuleSets, dialect: Dialect): Pipeline {
  const stages = (hook: Hook): Stage[] =>
    STAGES[hook].flatMap((stage): Stage[] => {
      if (stage === 'track') return [{ kind: 'track' }]
      const [kind, chain] = stage
      return sets.has(dialect.base[chain]) ? [{ kind, ruleSet: dialect.base[chain] }] : []
    })
  return {
    prerouting: stages('prerouting'),
    input: stages('input'),
    forward: stages('forward'),
    output: stages('output'),
    postrouting: stages('postrouting'),
  }
}
