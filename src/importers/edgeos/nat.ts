import { type Action, allOf, implied, type Match, type Rule, type RuleSet, type Stage } from '../../model/index.ts'
import { isIp4, parsePrefix } from '../../net/index.ts'
import { parsePorts, rangeAt } from './addresses.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, isOn, numberedAt, sourceOf, textAt } from './node.ts'
import type { PortForwards } from './port-forwards.ts'
import { isDisabledRule, matchRule } from './rule-match.ts'
import { otherFamily, ruleName } from './rule-sets.ts'
import { openedPorts } from './upnp.ts'

/** The keys of the translating rule sets. */
export const DESTINATION_NAT = 'nat/PREROUTING'
export const SOURCE_NAT = 'nat/POSTROUTING'

/**
 * `service nat rule`, in numeric order: rules of the type `destination` before routing, `source` and `masquerade` after
 * it (EdgeOS User Guide: NAT). Forwarded ports come first, and so does what a tunnel is excluded for. Adds the rule
 * sets to `ruleSets`, and none when nothing is translated.
 */
export function lowerNat(
  ruleSets: Record<string, RuleSet>,
  forwards: PortForwards,
  bypass: readonly Rule[],
  around: Configuration,
): readonly Stage[] {
  const { destination, source } = natRules(at(around.root, 'service', 'nat'), around)
  const before = [...forwards.destination, ...destination, ...openedPorts(around)]
  const after = [...bypass, ...forwards.source, ...source]
  if (before.length === 0 && after.length === 0) return []
  const guard = around.hasIpv6 ? [otherFamily(4)] : []
  ruleSets[DESTINATION_NAT] = natSet(DESTINATION_NAT, 'destination NAT', [...guard, ...before])
  ruleSets[SOURCE_NAT] = natSet(SOURCE_NAT, 'source NAT', [...guard, ...after])
  return [
    { kind: 'translate', ruleSet: DESTINATION_NAT },
    { kind: 'translate', ruleSet: SOURCE_NAT },
  ]
}

function natSet(name: string, label: string, rules: readonly Rule[]): RuleSet {
  const policySource = implied('what no rule names is not translated')
  return { name, label, rules, policy: { kind: 'accept' }, policySource }
}

/** The rules of a `nat` node, by where they act. */
export function natRules(node: EdgeNode | undefined, around: Configuration): { destination: Rule[]; source: Rule[] } {
  const rules = numberedAt(node, 'rule').filter((rule) => !isDisabledRule(rule))
  const lowered = (wanted: boolean) =>
    rules.filter((rule) => isDestination(rule) === wanted).map((rule) => lowerRule(rule, wanted, around))
  return { destination: lowered(true), source: lowered(false) }
}

// Practice: numbers below 5000 are for destinations; a rule that says its type is believed.
function isDestination(rule: EdgeNode): boolean {
  const type = textAt(rule, 'type')
  return type === undefined ? Number(rule.name) < 5000 : type === 'destination'
}

function lowerRule(rule: EdgeNode, isDestinationRule: boolean, around: Configuration): Rule {
  const match = allOf(
    interfaceMatch(rule, 'inbound-interface', 'in-interface'),
    interfaceMatch(rule, 'outbound-interface', 'out-interface'),
    matchRule(rule, 4, around),
  )
  const action = at(rule, 'exclude') && isOn(rule, 'exclude') ? ACCEPT : translation(rule, isDestinationRule, around)
  const comment = textAt(rule, 'description')
  return { name: ruleName(rule), match, action, ...(comment !== undefined && { comment }), source: sourceOf(rule) }
}

const ACCEPT: Action = { kind: 'accept' }

function interfaceMatch(rule: EdgeNode, key: string, kind: 'in-interface' | 'out-interface'): Match {
  const name = textAt(rule, key)?.replace(/\+$/, '*')
  return name === undefined || name === 'any' ? allOf() : { kind, in: [name] }
}

function translation(rule: EdgeNode, isDestinationRule: boolean, around: Configuration): Action {
  const kind = isDestinationRule ? 'rewrite-destination' : 'rewrite-source'
  const side = isDestinationRule ? 'inside-address' : 'outside-address'
  const ports = parsePorts(textAt(rule, side, 'port') ?? '')?.[0]
  const withPorts = ports ? { ports } : {}
  if (textAt(rule, 'type') === 'masquerade') return { kind, to: { kind: 'own-address' }, ...withPorts }
  const text = textAt(rule, side, 'address')
  const prefix = text?.includes('/') ? parsePrefix(text) : undefined
  const range = rangeAt(rule, side, 'address')
  if (prefix && isIp4(prefix.ip) && prefix.length < 32) return { kind, to: { kind: 'prefix', prefix }, ...withPorts }
  if (range) return { kind, to: { kind: 'address', first: range[0], last: range[1] }, ...withPorts }
  if (text === undefined && ports) return { kind, to: { kind: 'same' }, ports }
  warn(around, 'NT1441', `What ${ruleName(rule)} of nat translates to is not understood.`, sourceOf(rule))
  return { kind: 'opaque', text: `${side} ${text ?? 'missing'}` }
}
