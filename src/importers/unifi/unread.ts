import {
  ANY,
  allOf,
  implied,
  type NextHop,
  type Route,
  type RouteTable,
  type Rule,
  type RuleSet,
  type Source,
  type TableRule,
} from '../../model/index.ts'
import { parseIp, prefix } from '../../net/index.ts'
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
  if (usesZones(collections) || site.lacks.has('networkconf')) return []
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

/** Tables and the rules that choose them. */
export interface Steered {
  readonly tables: readonly RouteTable[]
  readonly rules: readonly TableRule[]
}

/**
 * Traffic routes: what they name goes by the network they name, an uplink or a VPN, and by nothing else while their kill
 * switch is on (Ubiquiti Help Center: Policy-Based Routes). Where a VPN leads is unknown.
 */
export function routesByTraffic(entries: readonly Entry[], site: Site): Steered {
  const on = entries.filter((entry) => flagOf(entry, 'enabled') !== false)
  const steered = on.map((entry, at) => ({ entry, table: `traffic route ${nameOf(entry) || at + 1}` }))
  return {
    tables: steered.map(({ entry, table }) => ({ name: table, routes: [wayOut(entry, table, site)] })),
    rules: steered.map(({ entry, table }): TableRule => {
      const source = sourceOf(entry, 'description')
      const match = matchTraffic(entry, site, false)
      if (isDoubtful(match)) {
        const message = `The ${table} is not evaluated whole; where it sends its packets may be unknown.`
        site.diagnostics.push({ severity: 'warning', code: 'NT1423', message, source })
      }
      const onMiss = flagOf(entry, 'kill_switch_enabled') === true ? 'stop' : 'continue'
      return { name: table, match, action: { kind: 'lookup', table, onMiss }, source }
    }),
  }
}

function wayOut(entry: Entry, table: string, site: Site): Route {
  const id = textOf(entry, 'network_id')
  const stated = parseIp(textOf(entry, 'next_hop') ?? '')
  const wan = site.wans.find((one) => one.id !== '' && one.id === id)
  const gateway = stated ?? wan?.gateway?.ip
  const because = `where the network ${id ?? ''} of the ${table} leads is not in the export`
  const nextHop: NextHop =
    gateway === undefined
      ? { kind: 'unknown', because }
      : { kind: 'via', gateway, ...(wan && { interface: wan.interface }) }
  const source = sourceOf(entry, 'network_id')
  return { prefix: prefix('0.0.0.0/0'), nextHop, distance: 1, metric: 0, origin: table, source }
}
