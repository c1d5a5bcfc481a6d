import { ANY, allOf, implied, type Rule, type RuleSet, type Source, type TableRule } from '../../model/index.ts'
import type { Collections } from './collections.ts'
import { type Entry, flagOf, sourceOf, textOf } from './entry.ts'
import { nameOf } from './networks.ts'
import type { Site } from './site.ts'
import { isDoubtful, matchTraffic, stopsTraffic } from './traffic.ts'
import { usesZones } from './zones.ts'

/** The key of the rule set that stands for what decides and is not read. */
export const UNREAD = 'unread'

/**
 * A rule set in front of all others for what the export holds and we do not evaluate: zone policies, traffic
 * rules. Each is a rule whose outcome is unknown. `undefined` when there is nothing such.
 */
export function unreadRuleSet(collections: Collections, site: Site): RuleSet | undefined {
  const rules = [
    ...zonePolicies(collections, site),
    ...(collections.entries.get('trafficrules') ?? []).flatMap((entry) => trafficRule(entry, site)),
  ]
  if (rules.length === 0) return undefined
  const policySource = implied('what follows decides the rest')
  return { name: UNREAD, label: 'not evaluated', rules, policy: { kind: 'accept' }, policySource }
}

/** A site with zones decides by them; without either half of what it keeps, zones or policies, nobody can. */
function zonePolicies(collections: Collections, site: Site): Rule[] {
  if (usesZones(collections)) return []
  const policies = collections.entries.get('firewall-policies') ?? []
  const zones = (collections.entries.get('firewall-zone') ?? []).filter(
    (zone) => textOf(zone, 'zone_key') !== undefined,
  )
  const [first] = [...policies, ...zones]
  if (!first) return []
  const source = sourceOf(first)
  const message =
    'This site uses the zone-based firewall; without both firewall/zone and firewall-policies what passes is unknown.'
  site.diagnostics.push({ severity: 'warning', code: 'NT1420', message, source })
  return [
    {
      name: 'zone-based firewall',
      match: ANY,
      action: { kind: 'opaque', text: 'policies of the zone-based firewall' },
      source,
    },
  ]
}

/**
 * Traffic rules look at networks, addresses and names, and at applications, regions and single clients, which only the
 * gateway can tell; they stand before all other rules (practice).
 */
function trafficRule(entry: Entry, site: Site): Rule[] {
  if (!stopsTraffic(entry)) return letThrough(entry, site)
  const name = `traffic rule ${nameOf(entry)}`
  const source = sourceOf(entry, 'description')
  const match = matchTraffic(entry, site, true)
  if (isDoubtful(match))
    noteTraffic(`The ${name} is not evaluated whole; answers for what it names may be unknown.`, source, site)
  return [{ name, match, action: { kind: 'drop' }, source }]
}

/** What a rule allows may be stopped further on all the same, or not: nobody documents it. */
function letThrough(entry: Entry, site: Site): Rule[] {
  if (flagOf(entry, 'enabled') === false || textOf(entry, 'action') !== 'ALLOW') return []
  const name = `traffic rule ${nameOf(entry)}`
  const source = sourceOf(entry, 'description')
  noteTraffic(`The ${name} is not evaluated; answers for the clients it names may be unknown.`, source, site)
  const match = allOf(matchTraffic(entry, site, true), { kind: 'opaque', text: 'action ALLOW' })
  return [{ name, match, action: { kind: 'accept' }, source }]
}

function noteTraffic(message: string, source: Source, site: Site): void {
  site.diagnostics.push({ severity: 'warning', code: 'NT1422', message, source })
}

/** Traffic routes choose the uplink by client and destination; where they lead is unknown. */
export function unreadRoutes(entries: readonly Entry[], site: Site): TableRule[] {
  return entries.flatMap((entry): TableRule[] => {
    if (flagOf(entry, 'enabled') === false) return []
    const name = `traffic route ${nameOf(entry)}`
    const source = sourceOf(entry, 'description')
    const message = `The ${name} is not evaluated; where it sends its packets is unknown.`
    site.diagnostics.push({ severity: 'warning', code: 'NT1423', message, source })
    const text = `${name}: ${textOf(entry, 'matching_target') ?? ''}`
    const match = allOf(matchTraffic(entry, site, false), { kind: 'opaque', text })
    return [{ name, match, action: { kind: 'discard', answer: 'unreachable' }, source }]
  })
}
