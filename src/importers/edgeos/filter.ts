import { type Action, allOf, implied, type Match, type Rule, type RuleSet, type Stage } from '../../model/index.ts'
import { ICMP } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { at, isOff, numberAt, sourceOf, tagsAt, textAt } from './node.ts'
import { type Binding, bindingsOf, FAMILIES, lowerRuleSet } from './rule-sets.ts'

/** Rules the system puts in front of every rule set bound to an interface. */
export interface FirstRules {
  /** In front of `in` and `out`: forwarded ports, tunnels. */
  readonly forward: readonly Rule[]
  /** In front of `local`. */
  readonly local: readonly Rule[]
}

/** The stages that filter. */
export interface FilterStages {
  readonly input: readonly Stage[]
  readonly forward: readonly Stage[]
}

/**
 * Binds rule sets: `in` to what an interface receives and passes on, `local` to what is for the router itself, `out` to
 * what it passes on by the interface. A packet meets `in`, then `out`; where nothing is bound everything passes
 * (EdgeOS User Guide: Firewall). Adds the rule sets to `ruleSets`.
 */
export function lowerFilter(ruleSets: Record<string, RuleSet>, first: FirstRules, around: Configuration): FilterStages {
  const bindings = bindingsOf(around)
  const add = (stages: readonly Stage[], ...sets: (RuleSet | undefined)[]) => {
    for (const set of sets) if (set) ruleSets[set.name] = set
    return stages
  }
  const stagesOf = (direction: 'in' | 'local') =>
    grouped(bindings, direction).map(({ key, binding, interfaces }): Stage => {
      const rules = direction === 'in' ? first.forward : first.local
      ruleSets[key] = lowerRuleSet(key, familyOf(binding), binding.name, rules, around)
      return { kind: 'filter', ruleSet: key, interfaces }
    })
  const policies = statePolicy(around)
  const always: readonly Stage[] = policies ? add([{ kind: 'filter', ruleSet: policies.name }], policies) : []
  const pings = pingRules(around)
  const clamps = mssClamp(around)
  return {
    input: [...add(pings ? [{ kind: 'filter', ruleSet: pings.name }] : [], pings), ...always, ...stagesOf('local')],
    forward: [
      ...add(clamps ? [{ kind: 'mark', ruleSet: clamps.name }] : [], clamps),
      ...always,
      ...stagesOf('in'),
      ...outStages(bindings, ruleSets, first.forward, around),
    ],
  }
}

function familyOf(binding: Binding): 'name' | 'ipv6-name' {
  return binding.kind === 'ipv6-name' ? 'ipv6-name' : 'name'
}

interface Group {
  readonly key: string
  readonly binding: Binding
  readonly interfaces: string[]
}

/** Bindings of one direction, those of one rule set together. */
function grouped(bindings: readonly Binding[], direction: Binding['direction']): Group[] {
  const groups = new Map<string, Group>()
  for (const binding of bindings) {
    if (binding.direction !== direction || binding.kind === 'modify') continue
    const key = `${direction}${FAMILIES[binding.kind] === 6 ? '6' : ''}/${binding.name}`
    const group = groups.get(key) ?? { key, binding, interfaces: [] }
    group.interfaces.push(binding.interface)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** By the interface a packet leaves by; a stage of its own for each family, because an accept by `in` does not skip it. */
function outStages(
  bindings: readonly Binding[],
  ruleSets: Record<string, RuleSet>,
  first: readonly Rule[],
  around: Configuration,
): Stage[] {
  return (['name', 'ipv6-name'] as const).flatMap((kind): Stage[] => {
    const groups = grouped(bindings, 'out').filter((group) => group.binding.kind === kind)
    if (groups.length === 0) return []
    const name = FAMILIES[kind] === 6 ? 'out6' : 'out'
    const rules = groups.map(({ key, binding, interfaces }): Rule => {
      ruleSets[key] = lowerRuleSet(key, kind, binding.name, first, around)
      return {
        name: `leaving by ${interfaces.join(', ')}`,
        match: { kind: 'out-interface', in: interfaces },
        action: { kind: 'jump', to: key },
        source: sourceOf(binding.node),
      }
    })
    const policySource = implied('interfaces without a rule set for "out" let everything out')
    const label = `firewall ${kind} by the interface a packet leaves by`
    ruleSets[name] = { name, label, rules, policy: { kind: 'accept' }, policySource }
    return [{ kind: 'filter', ruleSet: name }]
  })
}

const STATES = ['established', 'related', 'invalid'] as const

/** `firewall state-policy` as rules for in front of every rule set; an accept there ends all filtering. */
export function statePolicyRules(around: Configuration): Rule[] {
  return STATES.flatMap((state): Rule[] => {
    const action = stateAction(textAt(around.root, 'firewall', 'state-policy', state, 'action'))
    if (!action) return []
    const source = sourceOf(around.root, 'firewall', 'state-policy', state, 'action')
    return [{ name: `state-policy ${state}`, match: { kind: 'session', in: [state] }, action, source }]
  })
}

function stateAction(text: string | undefined): Action | undefined {
  if (text === 'accept' || text === 'drop') return { kind: text }
  return text === 'reject' ? { kind: 'reject', with: 'port-unreachable' } : undefined
}

/** What `state-policy` drops is dropped where no rule set is bound, too. */
function statePolicy(around: Configuration): RuleSet | undefined {
  const rules = statePolicyRules(around)
  const [first] = rules
  if (!first || rules.every((rule) => rule.action.kind === 'accept')) return undefined
  const policySource = implied('what state-policy does not name goes on')
  return { name: 'state-policy', label: 'firewall state-policy', rules, policy: { kind: 'accept' }, policySource }
}

/**
 * `all-ping disable`: the router answers no echo request (Linux: icmp_echo_ignore_all); `broadcast-ping disable`: none
 * to a broadcast address (icmp_echo_ignore_broadcasts).
 */
function pingRules(around: Configuration): RuleSet | undefined {
  const echo: Match = allOf({ kind: 'protocol', in: [ICMP] }, { kind: 'icmp-type', in: [{ type: 8 }] })
  const broadcast: Match = allOf(echo, { kind: 'destination-type', in: ['broadcast'] })
  const rules = (
    [
      ['all-ping', echo],
      ['broadcast-ping', broadcast],
    ] as const
  ).flatMap(([name, match]): Rule[] => {
    if (!isOff(around.root, 'firewall', name)) return []
    return [
      { name: `${name} disable`, match, action: { kind: 'drop' }, source: sourceOf(around.root, 'firewall', name) },
    ]
  })
  const [first] = rules
  if (!first) return undefined
  return { name: 'all-ping', label: 'firewall', rules, policy: { kind: 'accept' }, policySource: first.source }
}

/** `firewall options mss-clamp`: for interfaces of some types, in both directions (practice). */
function mssClamp(around: Configuration): RuleSet | undefined {
  const node = at(around.root, 'firewall', 'options', 'mss-clamp')
  const size = numberAt(node, 'mss')
  if (!node || size === undefined || size === 0) return undefined
  const types = tagsAt(node, 'interface-type').map((one) => one.name)
  const names =
    types.includes('all') || types.length === 0
      ? undefined
      : types.map((type) => `${type === 'pptp' ? 'pptpc' : type}*`)
  const syn = allOf({ kind: 'protocol', in: [6] }, { kind: 'tcp-flags', mask: 'SR', set: 'S' })
  const matches = names
    ? (['in-interface', 'out-interface'] as const).map((kind) => allOf(syn, { kind, in: names }))
    : [syn]
  const source = sourceOf(node, 'mss')
  const rules = matches.map(
    (match): Rule => ({ name: 'MSS clamp', match, action: { kind: 'clamp-mss', to: size }, source }),
  )
  return { name: 'mss', label: 'MSS clamping', rules, policy: { kind: 'accept' }, policySource: source }
}
