import { expect } from 'vitest'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import { type Device, implied, type Match, NO_STAGES, type Rule } from '../../../src/model/index.ts'
import { addressSet, type Flow, formatAddressSet, ip, parseProtocol, prefix, TCP } from '../../../src/net/index.ts'
import { judge, prepare } from '../../../src/trace/index.ts'
import { type Case, deviceOf, type Json, listOf, type Snapshot, snapshotOf } from './recorded-case.ts'

/** IP flow verify: allow or deny, and the rule. */
export function compareFlow(one: Case): void {
  const { request, response } = one.query
  const snapshot = snapshotOf(one, true)
  const device = deviceOf(snapshot, request?.targetNicResourceId ?? request?.targetResourceId)
  const found = verdictOf(snapshot, device, String(request?.direction), flowOf(request))
  const recorded = { access: response.access, rule: byRole(String(response.ruleName)) }
  // Shortly after deployment the tool answered from rules not yet programmed, under the default's old name.
  const early = recorded.access === 'Deny' && /Default(In|Out)boundDenyAll$/.test(String(response.ruleName))
  if (early && found.access === 'Allow') return
  expect(found).toEqual(recorded)
}

function verdictOf(
  snapshot: Snapshot,
  device: Device,
  direction: string,
  flow: Flow,
): { access: string; rule: string } {
  const hook = direction === 'Inbound' ? 'prerouting' : 'postrouting'
  const { steps, stop } = judge(snapshot.prepared, device.name, hook, device.interfaces[0]?.name, flow)
  const rule = steps
    .filter((step) => step.kind === 'filter')
    .at(-1)
    ?.visits.at(-1)?.rule
  return { access: stop ? 'Deny' : 'Allow', rule: roleOf(rule?.name ?? '') }
}

interface Listed {
  readonly name: string
  readonly direction: string
  readonly access: string
  readonly sourceAddressPrefix?: string
  readonly expandedSourceAddressPrefix?: readonly string[]
}

/** Which rules of each NSG are in force, in which order, and what `VirtualNetwork` holds; `Internet`'s parts are Microsoft's own. */
export function compareGroups(one: Case): void {
  const device = deviceOf(snapshotOf(one, true), one.query.target)
  const groups = listOf(one.query.response.value)
  expect(groups.length).toBeGreaterThan(0)
  for (const group of groups) {
    const { id } = (group.networkSecurityGroup ?? {}) as Json
    compareListed(device, [lastPart(String(id))], listOf(group.effectiveSecurityRules) as unknown as Listed[])
  }
}

/** The security group view: the rules in force on each NIC, those of the subnet and of the NIC together. */
export function compareView(one: Case): void {
  const snapshot = snapshotOf(one, true)
  for (const nic of listOf(one.query.response.networkInterfaces)) {
    const associations = (nic.securityRuleAssociations ?? {}) as Json
    const listed = listOf(associations.effectiveSecurityRules) as unknown as Listed[]
    const device = deviceOf(snapshot, nic.id)
    const groups = Object.keys(device.ruleSets).flatMap((name) => /^(.*)\/(in|out)bound$/.exec(name)?.[1] ?? [])
    compareListed(device, [...new Set(groups)], listed)
  }
}

function compareListed(device: Device, groups: readonly string[], listed: readonly Listed[]): void {
  for (const direction of ['Inbound', 'Outbound']) {
    const theirs = listed.filter((one) => one.direction === direction)
    // Some answers hold one direction only, and the NSG twice.
    if (theirs.length === 0) continue
    const ours = groups.flatMap((group) => written(device, `${group}/${direction.toLowerCase()}`))
    const access = (one: Rule) => (one.action.kind === 'accept' ? 'Allow' : 'Deny')
    // The view prints the last default under two names; of two NSGs together it keeps no order.
    const names = (all: readonly string[]) => {
      const once = [...new Set(all)]
      return groups.length > 1 ? once.sort() : once
    }
    expect(names(ours.map((one) => `${roleOf(one.name)} ${access(one)}`))).toEqual(
      names(inOrder(theirs, ours).map((one) => `${byRole(one.name)} ${one.access}`)),
    )
    for (const one of theirs) {
      if (one.sourceAddressPrefix !== 'VirtualNetwork') continue
      const mine = ours.find((rule) => roleOf(rule.name) === byRole(one.name))
      expect(sourceOf(mine)).toBe(formatAddressSet(addressSet(...(one.expandedSourceAddressPrefix ?? []))))
    }
  }
}

/** The security group view prints its rules in no order. */
function inOrder(theirs: readonly Listed[], ours: readonly Rule[]): readonly Listed[] {
  if (!theirs.every((one) => 'priority' in one)) return theirs
  const place = (one: Listed) => ours.findIndex((rule) => roleOf(rule.name) === byRole(one.name))
  const priority = (one: Listed) => Number((one as unknown as Json).priority)
  return [...theirs].sort((a, b) => priority(a) - priority(b) || place(a) - place(b))
}

function written(device: Device, ruleSet: string): readonly Rule[] {
  return (device.ruleSets[ruleSet]?.rules ?? []).filter((one) => one.name.startsWith('rule '))
}

function sourceOf(rule: Rule | undefined): string {
  for (const one of partsOf(rule)) if (one.kind === 'source') return formatAddressSet(one.in)
  return ''
}

function partsOf(rule: Rule | undefined): readonly Match[] {
  if (!rule) return []
  return rule.match.kind === 'all' ? rule.match.of : [rule.match]
}

interface Evaluated {
  readonly networkSecurityGroupId: string
  readonly matchedRule: { readonly ruleName: string; readonly action: string }
  readonly rulesEvaluationResult: readonly Json[]
}

/** NSG diagnostics: each NSG's rules up to the first that matches, with what of each matched, and the verdict. */
export function compareDiagnostics(one: Case): void {
  const { request, response } = one.query
  const snapshot = snapshotOf(one, true)
  const device = deviceOf(snapshot, request?.targetResourceId)
  const results = listOf(response.results)
  expect(results.length).toBeGreaterThan(0)
  for (const result of results) {
    const profile = (result.profile ?? {}) as Json
    const { securityRuleAccessResult, evaluatedNetworkSecurityGroups } = (result.networkSecurityGroupResult ??
      {}) as Json
    const direction = String(profile.direction).toLowerCase()
    const flow = profileFlow(profile)
    const groups = listOf(evaluatedNetworkSecurityGroups) as unknown as Evaluated[]
    for (const group of groups) {
      const rules = written(device, `${lastPart(group.networkSecurityGroupId)}/${direction}`)
      const evaluated = evaluate(rules, flow)
      expect(evaluated.rules).toEqual(group.rulesEvaluationResult.map(recordedRule))
      expect(evaluated.matched).toEqual({ rule: byRole(group.matchedRule.ruleName), action: group.matchedRule.action })
    }
    expect(verdictOf(snapshot, device, String(profile.direction), flow).access).toBe(securityRuleAccessResult)
  }
}

const FIELDS = ['protocol', 'source', 'sourcePort', 'destination', 'destinationPort'] as const
type Field = (typeof FIELDS)[number]

function recordedRule(one: Json): Json {
  const fields = FIELDS.map((field) => [field, one[`${field}Matched`]])
  return { name: byRole(String(one.name)), ...Object.fromEntries(fields) }
}

/** The rules up to the first whose every field matches. */
function evaluate(rules: readonly Rule[], flow: Flow): { rules: Json[]; matched: Json } {
  const seen: Json[] = []
  for (const rule of rules) {
    const fields = FIELDS.map((field) => [
      field,
      partsOf(rule).every((part) => fieldOf(part) !== field || holds(part, flow)),
    ])
    seen.push({ name: roleOf(rule.name), ...Object.fromEntries(fields) })
    if (fields.every(([, matched]) => matched)) {
      return {
        rules: seen,
        matched: { rule: roleOf(rule.name), action: rule.action.kind === 'accept' ? 'Allow' : 'Deny' },
      }
    }
  }
  return { rules: seen, matched: {} }
}

function fieldOf(match: Match): Field | undefined {
  switch (match.kind) {
    case 'protocol':
    case 'source':
    case 'destination':
      return match.kind
    case 'source-port':
      return 'sourcePort'
    case 'destination-port':
      return 'destinationPort'
    case 'some':
    case 'all':
      return match.of.map(fieldOf).find((one) => one !== undefined)
    case 'not':
      return fieldOf(match.of)
    case 'opaque':
      return FIELDS.find((field) => match.text.startsWith(field))
    default:
      return undefined
  }
}

/** Whether a part of a rule matches a packet: asked of a device whose only rule it is. */
function holds(match: Match, flow: Flow): boolean {
  const source = implied('a part of a rule alone')
  const rule: Rule = { name: 'part', match, action: { kind: 'drop' }, source }
  const probe: Device = {
    name: 'probe',
    kind: 'host',
    label: 'probe',
    aliases: [],
    interfaces: [
      { name: 'nic', aliases: [], addresses: [{ ip: flow.destination, prefix: prefix('0.0.0.0/0'), source }], source },
    ],
    tables: [],
    tableRules: [],
    forwards: { enabled: false, source },
    ruleSets: {
      part: { name: 'part', label: 'part', rules: [rule], policy: { kind: 'accept' }, policySource: source },
    },
    pipeline: { ...NO_STAGES, prerouting: [{ kind: 'track' }, { kind: 'filter', ruleSet: 'part' }] },
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source,
  }
  const network = { name: 'probe', devices: new Map([[probe.name, probe]]), links: [], services: [], diagnostics: [] }
  return judge(prepare(network), probe.name, 'prerouting', 'nic', flow).stop !== undefined
}

function profileFlow(profile: Json): Flow {
  return {
    protocol: parseProtocol(String(profile.protocol).toLowerCase()) ?? TCP,
    source: ip(String(profile.source)),
    sourcePort: 40000,
    destination: ip(String(profile.destination)),
    destinationPort: portOf(profile.destinationPort),
  }
}

function flowOf(request: Json | null | undefined): Flow {
  const local = { ip: ip(String(request?.localIPAddress)), port: portOf(request?.localPort) }
  const remote = { ip: ip(String(request?.remoteIPAddress)), port: portOf(request?.remotePort) }
  const [from, to] = request?.direction === 'Inbound' ? [remote, local] : [local, remote]
  return {
    protocol: parseProtocol(String(request?.protocol).toLowerCase()) ?? TCP,
    source: from.ip,
    sourcePort: from.port,
    destination: to.ip,
    destinationPort: to.port,
  }
}

function portOf(text: unknown): number {
  return text === undefined || text === '*' ? 40000 : Number(text)
}

const DEFAULTS: Readonly<Record<string, string>> = {
  AllowInternetOutbound: 'AllowInternetOutBound',
  DefaultOutboundDenyAll: 'DenyAllOutBound',
  DefaultInboundDenyAll: 'DenyAllInBound',
}

/**
 * A rule as every tool's spelling of it says: IP flow verify's `securityRules/<name>` and `defaultSecurityRules/<name>`,
 * the others' `UserRule_<name>` and `DefaultRule_<name>`, and two older names of the last defaults.
 */
function byRole(text: string): string {
  const [, kind = '', name = ''] =
    /^(securityRules\/|defaultSecurityRules\/|UserRule_|DefaultRule_)?(.*)$/.exec(text) ?? []
  const isDefault = kind.toLowerCase().startsWith('default') || DEFAULTS[name] !== undefined
  return isDefault ? `default ${DEFAULTS[name] ?? name}` : name
}

/** `rule 130 AllowBatch` as the recorded names are compared. */
function roleOf(name: string): string {
  const [, priority = '', rule = ''] = /^rule (\d+) (.+)$/.exec(name) ?? []
  return Number(priority) >= 65000 ? `default ${DEFAULTS[rule] ?? rule}` : rule
}
