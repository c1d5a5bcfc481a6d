import { ANY, allOf, implied, type Match, type Rule, type RuleSet, someOf, type TableRule } from '../../model/index.ts'
import { addressesOfPrefixes } from '../../net/index.ts'
import type { Collections } from './collections.ts'
import { childrenOf, type Entry, flagOf, sourceOf, textOf } from './entry.ts'
import { nameOf } from './networks.ts'
import type { Site } from './site.ts'

/** The key of the rule set that stands for what decides and is not read. */
export const UNREAD = 'unread'

/**
 * A rule set in front of all others for what the export holds and we do not evaluate: zone policies, an overlay of
 * the configuration, traffic rules. Each is a rule whose outcome is unknown. `undefined` when there is nothing such.
 */
export function unreadRuleSet(collections: Collections, site: Site): RuleSet | undefined {
  const rules = [
    ...zonePolicies(collections, site),
    ...collections.overlays.flatMap((overlay) => overlayRule(overlay, site)),
    ...(collections.entries.get('trafficrules') ?? []).flatMap((entry) => trafficRule(entry, site)),
  ]
  if (rules.length === 0) return undefined
  const policySource = implied('what follows decides the rest')
  return { name: UNREAD, label: 'not evaluated', rules, policy: { kind: 'accept' }, policySource }
}

/** A site with zones decides by them; the rules of before stay in the database and mean nothing. */
function zonePolicies(collections: Collections, site: Site): Rule[] {
  const policies = collections.entries.get('firewall-policies') ?? []
  const zones = (collections.entries.get('firewall-zone') ?? []).filter(
    (zone) => textOf(zone, 'zone_key') !== undefined,
  )
  const [first] = [...policies, ...zones]
  if (!first) return []
  const source = sourceOf(first)
  const message = 'This site uses the zone-based firewall, whose policies are not evaluated; what passes is unknown.'
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

/** Nodes of an overlay that cannot change where a packet goes. */
const HARMLESS: ReadonlySet<string> = new Set(['system'])

function overlayRule(overlay: Entry, site: Site): Rule[] {
  const nodes = Object.keys(overlay.value).filter((node) => !HARMLESS.has(node))
  const source = sourceOf(overlay, nodes[0] ?? 'system')
  const touched = nodes.length > 0
  const message = touched
    ? `This config.gateway.json changes ${nodes.join(', ')} of the gateway and is not evaluated; what passes is unknown.`
    : 'This config.gateway.json changes nothing that routes or filters; it was left out.'
  site.diagnostics.push({ severity: touched ? 'warning' : 'note', code: 'NT1421', message, source })
  if (!touched) return []
  return [
    {
      name: 'config.gateway.json',
      match: ANY,
      action: { kind: 'opaque', text: `config.gateway.json: ${nodes.join(', ')}` },
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
