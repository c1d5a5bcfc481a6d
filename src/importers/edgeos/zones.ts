import { type Action, allOf, implied, type Match, type Rule, type RuleSet, type Stage } from '../../model/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, sourceOf, tagsAt, textAt, textsAt } from './node.ts'
import { lowerRuleSet } from './rule-sets.ts'

/** The stages of a zone policy; all empty without one. */
export interface ZoneStages {
  readonly input: readonly Stage[]
  readonly forward: readonly Stage[]
  readonly output: readonly Stage[]
}

/**
 * `zone-policy`: what goes into a zone is decided by the rule set named for the zone it comes from; without one the
 * zone's default action applies, drop unless it says otherwise. Inside a zone everything passes (Vyatta: Firewall,
 * zone-based). Adds the rule sets to `ruleSets`.
 */
export function lowerZones(
  ruleSets: Record<string, RuleSet>,
  first: readonly Rule[],
  around: Configuration,
): ZoneStages {
  const zones = tagsAt(around.root, 'zone-policy', 'zone')
  const [any] = zones
  if (!any) return { input: [], forward: [], output: [] }
  for (const zone of zones) noteIpv6(zone, around)
  const local = zones.find((zone) => at(zone, 'local-zone'))
  const others = zones.filter((zone) => zone !== local)
  const add = (set: RuleSet): Stage[] => {
    ruleSets[set.name] = set
    return [{ kind: 'filter', ruleSet: set.name }]
  }
  const into = (zone: EdgeNode, sources: readonly EdgeNode[], key: string) =>
    lowerZone(zone, sources, key, ruleSets, first, around)
  const dispatcher = (name: string, suffix: string, sources: (zone: EdgeNode) => readonly EdgeNode[]): RuleSet => {
    const rules = others.map((zone): Rule => {
      const set = into(zone, sources(zone), `${suffix}/${zone.name}`)
      ruleSets[set.name] = set
      const match: Match = { kind: 'out-interface', in: textsAt(zone, 'interface') }
      return { name: `into zone ${zone.name}`, match, action: { kind: 'jump', to: set.name }, source: sourceOf(zone) }
    })
    const policySource = implied('what leaves by an interface without a zone is not decided by zones')
    return { name, label: 'zone policy', rules, policy: { kind: 'accept' }, policySource }
  }
  const forward = dispatcher('zones', 'zone', () => others)
  const unzoned = unzonedRule(others, any)
  const whole = { ...forward, rules: [...forward.rules, unzoned] }
  return {
    input: local ? add(into(local, others, `zone/${local.name}`)) : [],
    forward: add(whole),
    output: local ? add(dispatcher('zones-output', 'zone-output', () => [local])) : [],
  }
}

function lowerZone(
  zone: EdgeNode,
  sources: readonly EdgeNode[],
  key: string,
  ruleSets: Record<string, RuleSet>,
  first: readonly Rule[],
  around: Configuration,
): RuleSet {
  const rules = sources.flatMap((from): Rule[] => {
    const match = fromZone(from)
    const source = sourceOf(zone, 'from', from.name)
    if (from === zone) {
      const because = implied('inside a zone everything passes (Vyatta: Firewall, zone-based)')
      return [{ name: `inside zone ${zone.name}`, match, action: { kind: 'accept' }, source: because }]
    }
    const name = textAt(zone, 'from', from.name, 'firewall', 'name')
    if (name === undefined) return []
    const target = `zones/${name}`
    ruleSets[target] ??= lowerRuleSet(target, 'name', name, first, around)
    return [{ name: `from zone ${from.name}`, match, action: { kind: 'jump', to: target }, source }]
  })
  return {
    name: key,
    label: `zone ${zone.name}`,
    rules,
    policy: zoneDefault(zone),
    policySource: at(zone, 'default-action')
      ? sourceOf(zone, 'default-action')
      : implied(`zone ${zone.name} drops what no rule set lets in (Vyatta: Firewall, zone-based)`),
  }
}

/** The router's own packets have no in-interface. */
function fromZone(zone: EdgeNode): Match {
  return at(zone, 'local-zone') ? allOf() : { kind: 'in-interface', in: textsAt(zone, 'interface') }
}

function zoneDefault(zone: EdgeNode): Action {
  const text = textAt(zone, 'default-action')
  return text === 'reject' ? { kind: 'reject', with: 'port-unreachable' } : { kind: 'drop' }
}

/** The manual says nothing passes between a zone and an interface without one; the rules it makes let it out. */
function unzonedRule(zones: readonly EdgeNode[], first: EdgeNode): Rule {
  const interfaces = zones.flatMap((zone) => textsAt(zone, 'interface'))
  const match = allOf(
    { kind: 'in-interface', in: interfaces },
    { kind: 'not', of: { kind: 'out-interface', in: interfaces } },
  )
  const action: Action = { kind: 'opaque', text: 'from a zone to an interface without one' }
  return { name: 'leaving the zones', match, action, source: sourceOf(first) }
}

function noteIpv6(zone: EdgeNode, around: Configuration): void {
  const named = tagsAt(zone, 'from').find((from) => at(from, 'firewall', 'ipv6-name'))
  if (!named) return
  const message = `The ipv6-name from zone ${named.name} to ${zone.name} is not read; IPv6 between zones is not decided right.`
  warn(around, 'NT1440', message, sourceOf(named))
}
