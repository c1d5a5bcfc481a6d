import { type Action, implied, type Rule, type RuleSet } from '../../model/index.ts'
import { type Entry, flagOf, numberOf, sourceOf, textOf } from './entry.ts'
import { nameOf } from './networks.ts'
import { defaultAction, defaultSource, predefinedRules } from './predefined.ts'
import { matchRule } from './rule-match.ts'
import { interfaceNames, type Site } from './site.ts'

/** Groups of interfaces, as rule sets are named after them. */
export type Zone = 'WAN' | 'LAN' | 'GUEST'
const ZONES: readonly Zone[] = ['WAN', 'LAN', 'GUEST']
const DIRECTIONS = ['IN', 'OUT', 'LOCAL'] as const

/** The interfaces of a zone: uplinks, corporate networks, guest networks. */
export function zoneInterfaces(zone: Zone, site: Site): string[] {
  if (zone === 'WAN') return interfaceNames(site.wans)
  const kind = zone === 'LAN' ? 'corporate' : 'guest'
  return interfaceNames(site.lans.filter((lan) => lan.kind === kind))
}

/**
 * The nine IPv4 rule sets. Directions are seen from the gateway: LAN_IN is what enters it from a LAN network and goes
 * on, LAN_OUT what leaves by one, LAN_LOCAL what is for the gateway itself (Ubiquiti help article
 * 115003173168). Order: the user's rules 2000 to 2999, predefined ones, the user's 4000 and up, then the default.
 *
 * `extra` are further predefined rules by rule set (port forwards).
 */
export function lowerRuleSets(
  entries: readonly Entry[],
  extra: ReadonlyMap<string, readonly Rule[]>,
  site: Site,
): Record<string, RuleSet> {
  const ruleSets: Record<string, RuleSet> = {}
  const ordered = [...entries]
    .filter((entry) => flagOf(entry, 'enabled') !== false)
    .sort((a, b) => indexOf(a) - indexOf(b))
  for (const zone of ZONES) {
    for (const direction of DIRECTIONS) {
      const name = `${zone}_${direction}`
      const own = ordered.filter((entry) => textOf(entry, 'ruleset') === name)
      const early = own.filter((entry) => !runsLate(entry)).map((entry) => lowerRule(entry, site))
      const late = own.filter(runsLate).map((entry) => lowerRule(entry, site))
      const rules = [...early, ...predefinedRules(name, site), ...(extra.get(name) ?? []), ...late]
      const policy = defaultAction(name)
      ruleSets[name] = { name, label: name, rules, policy, policySource: defaultSource(name) }
    }
  }
  noteOthers(ordered, ruleSets, site)
  return ruleSets
}

/** 4000 to 4999, in newer versions 40000 to 49999: after the predefined rules. */
function runsLate(entry: Entry): boolean {
  return String(indexOf(entry)).startsWith('4')
}

function indexOf(entry: Entry): number {
  return numberOf(entry, 'rule_index') ?? 0
}

function lowerRule(entry: Entry, site: Site): Rule {
  const name = `rule ${textOf(entry, 'rule_index') ?? '?'} ${nameOf(entry)}`
  return { name, match: matchRule(entry, site), action: actionOf(entry, site), source: sourceOf(entry) }
}

function actionOf(entry: Entry, site: Site): Action {
  const action = textOf(entry, 'action')?.toLowerCase()
  if (action === 'accept' || action === 'drop') return { kind: action }
  // TCP clients see a refusal, others an unreachable port; one answer stands for both.
  if (action === 'reject') return { kind: 'reject', with: 'port-unreachable' }
  const message = `The action "${action ?? ''}" of the rule ${nameOf(entry)} is not understood.`
  site.diagnostics.push({ severity: 'warning', code: 'NT1410', message, source: sourceOf(entry, 'action') })
  return { kind: 'opaque', text: `action ${action ?? ''}` }
}

function noteOthers(entries: readonly Entry[], ruleSets: Readonly<Record<string, RuleSet>>, site: Site): void {
  for (const entry of entries) {
    const name = textOf(entry, 'ruleset') ?? ''
    if (Object.hasOwn(ruleSets, name)) continue
    const six = /v6_/i.test(name)
    const message = six
      ? `The IPv6 rule ${nameOf(entry)} (${name}) was left out; IPv6 of UniFi gateways is not modelled.`
      : `There is no rule set "${name}"; the rule ${nameOf(entry)} was left out.`
    site.diagnostics.push({
      severity: six ? 'note' : 'warning',
      code: 'NT1411',
      message,
      source: sourceOf(entry, 'ruleset'),
    })
  }
}

/** The key of the rule set that hands a packet to the OUT rule set of the interface it leaves by. */
export const OUT = 'OUT'

/**
 * Hands packets to the OUT rule sets. It is a stage of its own, because an accept by an IN rule set does not skip them.
 * `undefined` while no OUT rule set has a rule: then nothing is decided there.
 */
export function outDispatcher(ruleSets: Readonly<Record<string, RuleSet>>, site: Site): RuleSet | undefined {
  const rules = ZONES.flatMap((zone): Rule[] => {
    const name = `${zone}_OUT`
    const interfaces = zoneInterfaces(zone, site)
    if ((ruleSets[name]?.rules.length ?? 0) === 0 || interfaces.length === 0) return []
    const because = 'a packet meets the OUT rule set of the interface it leaves by (Ubiquiti help article 115003173168)'
    return [
      {
        name: `leaving by ${zone}`,
        match: { kind: 'out-interface', in: interfaces },
        action: { kind: 'jump', to: name },
        source: implied(because),
      },
    ]
  })
  if (rules.length === 0) return undefined
  const policySource = implied('interfaces without an OUT rule set let everything out')
  return {
    name: OUT,
    label: 'rule sets by the interface a packet leaves by',
    rules,
    policy: { kind: 'accept' },
    policySource,
  }
}
