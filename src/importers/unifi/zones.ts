import {
  type Action,
  allOf,
  implied,
  type Match,
  notOf,
  type Rule,
  type RuleSet,
  type Stage,
  someOf,
} from '../../model/index.ts'
import type { Collections } from './collections.ts'
import { childrenOf, type Entry, flagOf, numberOf, sourceOf, textOf, textsOf } from './entry.ts'
import { idOf, nameOf } from './networks.ts'
import { isolationRules, predefinedRules } from './predefined.ts'
import { othersMissing, type Site } from './site.ts'
import { policyRule, responseRule } from './zone-policy.ts'

const PAGE = 'Ubiquiti Help Center: Zone-Based Firewalls in UniFi'

/** Kinds of zone the matrix of defaults knows; a zone somebody made is `custom`. */
type ZoneKind = 'internal' | 'external' | 'gateway' | 'vpn' | 'hotspot' | 'dmz' | 'custom'

interface FirewallZone {
  readonly id: string
  readonly name: string
  readonly kind: ZoneKind
  /** What comes from it, what goes to it; the gateway itself has neither. */
  readonly from: Match
  readonly to: Match
  readonly isEmpty: boolean
}

/** What a site with a zone-based firewall filters. */
export interface ZoneFirewall {
  readonly input: readonly Stage[]
  readonly forward: readonly Stage[]
  readonly output: readonly Stage[]
}

/** Whether the site decides by zones; the rules of before then stay in the database and mean nothing. */
export function usesZones(collections: Collections): boolean {
  const keyed = zoneEntries(collections).some((zone) => textOf(zone, 'zone_key') !== undefined)
  return keyed && collections.entries.has('firewall-policies')
}

/** Whether there is any word of zones. */
export function hasZones({ entries }: Collections): boolean {
  return entries.has('firewall-policies') || entries.has('firewall-zone')
}

function zoneEntries(collections: Collections): readonly Entry[] {
  return (collections.entries.get('firewall-zone') ?? []).filter((zone) => idOf(zone) !== '')
}

/**
 * Zones and their policies: for each pair of zones the answers to what policies the other way let pass, the policies of
 * the user by index, the predefined ones, then the default of the pair. The gateway is a zone too: what goes into it is
 * what the gateway itself receives. Adds the rule sets to `ruleSets`; `forwarded` are the accepts of port forwards.
 */
export function lowerZones(
  ruleSets: Record<string, RuleSet>,
  collections: Collections,
  forwarded: readonly Rule[],
  site: Site,
): ZoneFirewall {
  const zones = zonesOf(zoneEntries(collections), site)
  const policies = (collections.entries.get('firewall-policies') ?? [])
    .filter((one) => isUsed(one, site))
    .sort((one, two) => (numberOf(one, 'index') ?? 0) - (numberOf(two, 'index') ?? 0))
  const outside = zones.filter((zone) => zone.kind !== 'gateway')
  const gateway = zones.find((zone) => zone.kind === 'gateway') ?? GATEWAY
  const strays = strayRules(policies, zones, site)
  const stage = (
    name: 'zones' | 'zones-input' | 'zones-output',
    pairs: readonly (readonly [FirewallZone, FirewallZone])[],
  ): Stage[] => {
    const rules = pairs.map(([from, to]): Rule => {
      const set = pairSet(from, to, policies, forwarded, site)
      ruleSets[set.name] = set
      const match = allOf(from.from, to.to)
      return { name: `${from.name} to ${to.name}`, match, action: { kind: 'jump', to: set.name }, source: BETWEEN }
    })
    const stray = strays.filter((one) => one.at.includes(name)).map((one) => one.rule)
    ruleSets[name] = dispatcher(name, [...stray, ...rules])
    return [{ kind: 'filter', ruleSet: name }]
  }
  const fromGateway = policies.filter((one) => zoneId(one, 'source') === gateway.id)
  const usable = outside.filter((zone) => !zone.isEmpty)
  return {
    input: stage(
      'zones-input',
      usable.map((zone) => [zone, gateway] as const),
    ),
    forward: stage(
      'zones',
      usable.flatMap((from) => usable.map((to) => [from, to] as const)),
    ),
    output:
      fromGateway.length === 0
        ? []
        : stage(
            'zones-output',
            usable.map((zone) => [gateway, zone] as const),
          ),
  }
}

const BETWEEN = implied(`packets between two zones are decided by the policies of that pair (${PAGE})`)

const GATEWAY: FirewallZone = {
  id: 'gateway',
  name: 'Gateway',
  kind: 'gateway',
  from: allOf(),
  to: allOf(),
  isEmpty: false,
}

function isUsed(policy: Entry, site: Site): boolean {
  if (flagOf(policy, 'enabled') === false) return false
  if (textOf(policy, 'ip_version') !== 'IPV6') return true
  const message = `The IPv6 policy ${nameOf(policy)} was left out; IPv6 of UniFi gateways is not modelled.`
  site.diagnostics.push({ severity: 'note', code: 'NT1411', message, source: sourceOf(policy) })
  return false
}

const KINDS: ReadonlyMap<string, ZoneKind> = new Map<string, ZoneKind>(
  Object.entries({
    internal: 'internal',
    lan: 'internal',
    external: 'external',
    wan: 'external',
    gateway: 'gateway',
    vpn: 'vpn',
    hotspot: 'hotspot',
    guest: 'hotspot',
    dmz: 'dmz',
  } as const),
)

/** The zones with their interfaces; a network that is in none is in the zone its purpose belongs to. */
function zonesOf(entries: readonly Entry[], site: Site): FirewallZone[] {
  const kinds = entries.map((entry) => KINDS.get((textOf(entry, 'zone_key') ?? '').toLowerCase()) ?? 'custom')
  const homes = new Map<string, number>()
  for (const [index, entry] of entries.entries()) for (const id of textsOf(entry, 'network_ids')) homes.set(id, index)
  const homeOf = (id: string, named: string | undefined, kind: ZoneKind) => {
    const own = entries.findIndex((entry) => named !== undefined && idOf(entry) === named)
    return homes.get(id) ?? (own === -1 ? kinds.indexOf(kind) : own)
  }
  const interfaces = entries.map((): string[] => [])
  for (const lan of site.lans) {
    const home = homeOf(lan.id, textOf(lan.entry, 'firewall_zone_id'), lan.kind === 'guest' ? 'hotspot' : 'internal')
    interfaces[home]?.push(lan.interface)
  }
  for (const wan of site.wans) {
    interfaces[homeOf(wan.id, textOf(wan.entry, 'firewall_zone_id'), 'external')]?.push(wan.interface)
  }
  const tunnels = site.interfaces.filter((one) => one.tunnel).map((one) => one.name)
  interfaces[kinds.indexOf('vpn')]?.push(...tunnels)
  return entries.map((entry, index) => zoneOf(entry, kinds[index] ?? 'custom', interfaces[index] ?? []))
}

/** What a policy-based VPN carries comes in by the uplink and leaves by it, and belongs to the zone of VPNs all the same. */
function zoneOf(entry: Entry, kind: ZoneKind, interfaces: readonly string[]): FirewallZone {
  const inside: Match = { kind: 'tunnel', direction: 'in', present: true }
  const into: Match = { kind: 'tunnel', direction: 'out', present: true }
  const from: Match = { kind: 'in-interface', in: interfaces }
  const to: Match = { kind: 'out-interface', in: interfaces }
  const zone = { id: idOf(entry), name: nameOf(entry), kind, isEmpty: interfaces.length === 0 }
  if (kind === 'gateway') return { ...zone, from: allOf(), to: allOf() }
  if (kind === 'vpn') return { ...zone, from: someOf(inside, from), to: someOf(into, to) }
  if (kind === 'external') return { ...zone, from: allOf(from, notOf(inside)), to: allOf(to, notOf(into)) }
  return { ...zone, from, to }
}

function zoneId(policy: Entry, side: 'source' | 'destination'): string | undefined {
  const [entry] = childrenOf(policy, side)
  return entry && textOf(entry, 'zone_id')
}

function pairSet(
  from: FirewallZone,
  to: FirewallZone,
  policies: readonly Entry[],
  forwarded: readonly Rule[],
  site: Site,
): RuleSet {
  const between = (a: string, b: string) =>
    policies.filter((one) => zoneId(one, 'source') === a && zoneId(one, 'destination') === b)
  const own = between(from.id, to.id)
  const isPredefined = (one: Entry) => flagOf(one, 'predefined') === true
  const answers = between(to.id, from.id).flatMap((one) => responseRule(one, site) ?? [])
  const isolation = from.kind === 'external' || to.kind === 'gateway' ? [] : isolationRules(site)
  const rules = [
    ...answers,
    ...own.filter((one) => !isPredefined(one)).map((one) => policyRule(one, site)),
    ...isolation,
    ...(from.kind === 'external' && to.kind !== 'gateway' ? forwarded : []),
    ...own.filter(isPredefined).map((one) => policyRule(one, site)),
    ...defaultRules(from, to),
  ]
  return {
    name: `zone/${from.name}/${to.name}`,
    label: `zone policies ${from.name} to ${to.name}`,
    rules,
    policy: defaultAction(from.kind, to.kind, from === to),
    policySource: implied(`default of ${from.name} to ${to.name} (${PAGE})`),
  }
}

/** Where a pair is blocked, answers pass; guests may ask the gateway for names and addresses. */
function defaultRules(from: FirewallZone, to: FirewallZone): Rule[] {
  if (defaultAction(from.kind, to.kind, from === to).kind !== 'drop') return []
  const match: Match = { kind: 'session', in: ['established', 'related'] }
  const name = 'predefined allow return traffic'
  const answers: Rule = { name, match, action: { kind: 'accept' }, source: implied(`return traffic passes (${PAGE})`) }
  const guests = from.kind === 'hotspot' && to.kind === 'gateway' ? predefinedRules('GUEST_LOCAL', NOBODY) : []
  return [answers, ...guests]
}

const NOBODY: Site = {
  lans: [],
  wans: [],
  interfaces: [],
  groups: new Map(),
  settings: new Map(),
  lacks: new Set(),
  diagnostics: [],
}

/** The matrix of defaults as far as the article gives it; a cell it does not give is not guessed. */
function defaultAction(from: ZoneKind, to: ZoneKind, same: boolean): Action {
  if (from === 'internal' || from === 'gateway' || (from === 'vpn' && to === 'internal')) return { kind: 'accept' }
  if (from === 'external' && to !== 'external') return { kind: 'drop' }
  if (from === 'hotspot' && (to === 'internal' || to === 'gateway')) return { kind: 'drop' }
  if (from === 'hotspot' && to === 'external') return { kind: 'accept' }
  if (from === 'custom' && (to === 'external' || to === 'gateway')) return { kind: 'accept' }
  if (from === 'custom' && !same) return { kind: 'drop' }
  return { kind: 'opaque', text: 'the default of this pair of zones is not documented' }
}

interface Stray {
  readonly at: readonly string[]
  readonly rule: Rule
}

/** Policies of zones that are not in the export may touch every packet of the side that is. */
function strayRules(policies: readonly Entry[], zones: readonly FirewallZone[], site: Site): Stray[] {
  const known = (id: string | undefined) => zones.find((zone) => zone.id === id)
  return policies.flatMap((policy): Stray[] => {
    const from = known(zoneId(policy, 'source'))
    const to = known(zoneId(policy, 'destination'))
    if (from && to) return []
    const message = `The policy ${nameOf(policy)} names a zone that is not in the export (collection firewall/zone).`
    const missing = othersMissing(site, 'firewall-zone')
    site.diagnostics.push({ severity: 'warning', code: 'NT1416', message, source: sourceOf(policy), ...missing })
    const rule = policyRule(policy, site)
    const kind = flagOf(policy, 'predefined') === true ? 'predefined ' : ''
    const zoned: Match = { kind: 'opaque', text: 'its zones', ...missing }
    const match = allOf(from?.from ?? allOf(), to?.to ?? allOf(), rule.match, zoned)
    const at = [
      ...(to === undefined || to.kind === 'gateway' ? ['zones-input'] : []),
      ...(to?.kind === 'gateway' || from?.kind === 'gateway' ? [] : ['zones']),
      ...(from === undefined || from.kind === 'gateway' ? ['zones-output'] : []),
    ]
    const answers = responseRule(policy, site)
    const back = !from && !to && answers && { ...answers, match: allOf(answers.match, zoned) }
    return [{ at, rule: { ...rule, name: `${kind}${rule.name}`, match } }, ...(back ? [{ at, rule: back }] : [])]
  })
}

function dispatcher(name: string, rules: readonly Rule[]): RuleSet {
  return {
    name,
    label: 'zone-based firewall',
    rules,
    policy: { kind: 'opaque', text: 'the network is in no zone of the export' },
    policySource: implied('every network is in one zone; this one is in none of the export'),
  }
}
