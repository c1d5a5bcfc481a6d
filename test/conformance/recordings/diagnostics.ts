import { expect } from 'vitest'
import { lastPart } from '../../../src/importers/azure/estate/body.ts'
import { type Device, implied, type Match, NO_STAGES, type Rule } from '../../../src/model/index.ts'
import { type Flow, type Ip, parsePrefix, prefix, prefixLast } from '../../../src/net/index.ts'
import { judge, prepare } from '../../../src/trace/index.ts'
import { NotReplayable } from './not-replayable.ts'
import { type Case, hasBody, type Json, listOf, snapshotOf, targetOf } from './recorded-case.ts'
import { byRole, roleOf } from './rule-name.ts'
import { partsOf, verdictOf, written } from './rules.ts'
import { portOf, protocolOf } from './written-flow.ts'

interface Evaluated {
  readonly networkSecurityGroupId: string
  readonly matchedRule: { readonly ruleName: string; readonly action: string }
  readonly rulesEvaluationResult: readonly Json[]
}

/** NSG diagnostics: each NSG's rules up to the first that matches, with what of each matched, and the verdict. */
export function compareDiagnostics(one: Case): void {
  const { request, response } = one.query
  const snapshot = snapshotOf(one, { learned: true })
  const device = targetOf(snapshot, request)
  const results = listOf(response.results)
  if (results.length === 0) throw new NotReplayable('the answer holds no result')
  const unknown = new Set<string>()
  for (const result of results) {
    const profile = (result.profile ?? {}) as Json
    const { securityRuleAccessResult, evaluatedNetworkSecurityGroups } = (result.networkSecurityGroupResult ??
      {}) as Json
    const direction = String(profile.direction)
    const flows = profileFlows(profile)
    const groups = listOf(evaluatedNetworkSecurityGroups) as unknown as Evaluated[]
    for (const group of groups) {
      if (!hasBody(snapshot, group.networkSecurityGroupId)) {
        unknown.add(lastPart(group.networkSecurityGroupId))
        continue
      }
      const rules = written(device, lastPart(group.networkSecurityGroupId), direction)
      const evaluated = evaluate(rules, flows)
      expect(evaluated.rules).toEqual(group.rulesEvaluationResult.map(recordedRule))
      expect(evaluated.matched).toEqual({ rule: byRole(group.matchedRule.ruleName), action: group.matchedRule.action })
    }
    if (unknown.size > 0) continue
    const verdicts = new Set(flows.map((flow) => verdictOf(snapshot, device, direction, flow).access))
    expect([...verdicts]).toEqual([securityRuleAccessResult])
  }
  if (unknown.size > 0)
    throw new NotReplayable(`NSG ${[...unknown].join(', ')} is not among the bodies; the others hold`)
}

const FIELDS = ['protocol', 'source', 'sourcePort', 'destination', 'destinationPort'] as const
type Field = (typeof FIELDS)[number]

function recordedRule(one: Json): Json {
  const fields = FIELDS.map((field) => [field, one[`${field}Matched`]])
  return { name: byRole(String(one.name)), ...Object.fromEntries(fields) }
}

/** The rules up to the first whose every field matches; the flows are ends of what a profile says, and must agree. */
function evaluate(rules: readonly Rule[], flows: readonly Flow[]): { rules: Json[]; matched: Json } {
  const seen: Json[] = []
  for (const rule of rules) {
    const fields = FIELDS.map((field) => [field, matchesField(rule, field, flows)] as const)
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

function matchesField(rule: Rule, field: Field, flows: readonly Flow[]): boolean {
  const parts = partsOf(rule).filter((part) => fieldOf(part) === field)
  const answers = new Set(flows.map((flow) => parts.every((part) => holds(part, flow))))
  if (answers.size > 1)
    throw new NotReplayable(
      `the profile’s ${field} is a range that ${rule.name} matches in part; no page says what then`,
    )
  return answers.has(true)
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

/**
 * The flows a profile stands for: source and destination are addresses, prefixes, `*` or service tags (Learn: Network
 * Watchers - Get Network Configuration Diagnostic); of a prefix its ends, of a tag one address that is only in it.
 */
function profileFlows(profile: Json): readonly Flow[] {
  const port = portOf(profile.destinationPort)
  return ends(profile.source).flatMap((source) =>
    ends(profile.destination).map((destination) => ({
      protocol: protocolOf(profile.protocol),
      source,
      sourcePort: 40000,
      destination,
      destinationPort: port,
    })),
  )
}

const TAGGED: Readonly<Record<string, string>> = {
  internet: '13.107.21.200/32',
  azureloadbalancer: '168.63.129.16/32',
  '*': '0.0.0.0/0',
  any: '0.0.0.0/0',
}

function ends(text: unknown): readonly Ip[] {
  const written = String(text ?? '*')
  const found = parsePrefix(TAGGED[written.toLowerCase()] ?? written)
  if (!found) throw new NotReplayable(`the profile speaks of "${written}", which stands for more than one address`)
  return found.ip === prefixLast(found) ? [found.ip] : [found.ip, prefixLast(found)]
}
