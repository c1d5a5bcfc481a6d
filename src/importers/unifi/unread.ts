import { ANY, allOf, implied, type Match, type Rule, type RuleSet, someOf, type TableRule } from '../../model/index.ts'
import { addressesOfPrefixes } from '../../net/index.ts'
import type { Collections } from './collections.ts'
import { childrenOf, type Entry, flagOf, sourceOf, textOf } from './entry.ts'
import { nameOf } from './networks.ts'
import type { Site } from './site.ts'
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

/** Traffic rules look at applications, domains, regions and single clients, before all other rules (practice). */
function trafficRule(entry: Entry, site: Site): Rule[] {
  if (flagOf(entry, 'enabled') === false) return []
  const name = `traffic rule ${nameOf(entry)}`
  const source = sourceOf(entry, 'description')
  const message = `The ${name} is not evaluated; answers for the clients it names may be unknown.`
  site.diagnostics.push({ severity: 'warning', code: 'NT1422', message, source })
  const target = textOf(entry, 'matching_target') ?? ''
  const match = allOf(clientsOf(entry, site), { kind: 'opaque', text: `matching_target ${target}` })
  const drops = textOf(entry, 'action') !== 'ALLOW'
  return [{ name, match, action: { kind: drops ? 'drop' : 'accept' }, source }]
}

/** The networks a traffic rule or route is for, as far as they are networks. */
function clientsOf(entry: Entry, site: Site): Match {
  const matches = childrenOf(entry, 'target_devices').map((target): Match => {
    const id = textOf(target, 'network_id')
    const lan = site.lans.find((one) => one.id === id)
    if (textOf(target, 'type') !== 'NETWORK' || !lan) return ANY
    return { kind: 'source', in: addressesOfPrefixes([lan.subnet]) }
  })
  return matches.length === 0 ? ANY : someOf(...matches)
}

/** Traffic routes choose the uplink by client and destination; where they lead is unknown. */
export function unreadRoutes(entries: readonly Entry[], site: Site): TableRule[] {
  return entries.flatMap((entry): TableRule[] => {
    if (flagOf(entry, 'enabled') === false) return []
    const name = `traffic route ${nameOf(entry)}`
    const source = sourceOf(entry, 'description')
    const message = `The ${name} is not evaluated; where it sends its packets is unknown.`
    site.diagnostics.push({ severity: 'warning', code: 'NT1423', message, source })
    const match = allOf(clientsOf(entry, site), {
      kind: 'opaque',
      text: `${name}: ${textOf(entry, 'matching_target') ?? ''}`,
    })
    return [{ name, match, action: { kind: 'discard', answer: 'unreachable' }, source }]
  })
}
