import type { Device, Diagnostic, Interface, Match, Rule, RuleSet, Stage } from '../../model/index.ts'
import type { JsonDocument } from '../../text/index.ts'
import type { Configuration, EdgeInterface } from './configuration.ts'
import { lowerInterfaces, readInterfaces } from './interfaces.ts'
import { lowerIpsec } from './ipsec.ts'
import { lowerModify } from './modify.ts'
import { at, type EdgeNode, newNode, numberAt, numberedAt, sourceOf, tagsAt, textAt } from './node.ts'
import { overlaidResolver } from './overlay-names.ts'
import { overlaidNat } from './overlay-nat.ts'
import { lowerPortForwards } from './port-forwards.ts'
import { fill } from './read-json.ts'
import { lowerTables } from './routes.ts'
import { isDisabledRule } from './rule-match.ts'
import { type Binding, bindingsOf, lowerRule, lowerRuleSet } from './rule-sets.ts'

/** A tree written as JSON and read already. */
export interface OverlayText {
  readonly document: JsonDocument
  readonly file: string
  readonly value: Readonly<Record<string, unknown>>
}

/** A device with an overlay on it, and the nodes of the overlay that were not evaluated, `service dhcp-server`. */
export interface Overlaid {
  readonly device: Device
  readonly notEvaluated: readonly EdgeNode[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Lays a `config.gateway.json` over a gateway whose rule sets are named as its own are (`WAN_IN`): rules run in numeric
 * order with those of the controller, static routes, translations, VPNs and name server options add to what is there
 * (Ubiquiti: UniFi Gateway - Advanced configuration with config.gateway.json). A rule with the number of one of the
 * controller's changes it in ways that are not followed, so its match becomes a doubt.
 */
export function layOver(device: Device, text: OverlayText): Overlaid {
  const root = newNode('', { kind: 'line', file: text.file, line: 1, column: 1, text: '' })
  fill(root, text.value, text.document, text.file)
  const diagnostics: Diagnostic[] = []
  const own = readInterfaces(root)
  const around: Configuration = { root, interfaces: allInterfaces(device, own), hasIpv6: false, diagnostics }
  const ipsec = lowerIpsec(around)
  const ruleSets: Record<string, RuleSet> = { ...device.ruleSets }
  for (const set of tagsAt(root, 'firewall', 'name')) {
    const base = Object.hasOwn(ruleSets, set.name) ? ruleSets[set.name] : undefined
    if (base) ruleSets[set.name] = mergedRules(base, set, around)
  }
  const forwards = lowerPortForwards(around)
  letIn(ruleSets, 'WAN_IN', [...ipsec.firewall, ...forwards.firewall])
  letIn(ruleSets, 'WAN_LOCAL', ipsec.firewall)
  const bound = withBindings(device, ruleSets, ipsec.firewall, around)
  const modify = lowerModify(ruleSets, around)
  const nat = overlaidNat(bound, ruleSets, forwards, ipsec.bypass, around)
  const resolver = device.resolver && overlaidResolver(device.resolver, around)
  return {
    device: {
      ...device,
      interfaces: [...overlaidInterfaces(device, own, around, ipsec.routed), ...ipsec.interfaces],
      tables: withRoutes(device, own, around),
      ruleSets,
      pipeline: {
        ...nat,
        prerouting: afterTracking(nat.prerouting, modify.prerouting),
        postrouting: [...modify.postrouting, ...nat.postrouting],
      },
      encapsulations: [...device.encapsulations, ...ipsec.encapsulations],
      ...(resolver && { resolver }),
      notModelled: [...device.notModelled, ...tagsAt(root, 'load-balance', 'group').map(loadBalancing)],
    },
    notEvaluated: notEvaluated(root),
    diagnostics,
  }
}

/** What the system accepts by itself stands in front of the rules of the interface it comes in by. */
function letIn(ruleSets: Record<string, RuleSet>, name: string, rules: readonly Rule[]): void {
  const base = ruleSets[name]
  if (base && rules.length > 0) ruleSets[name] = { ...base, rules: [...rules, ...base.rules] }
}

function loadBalancing(group: EdgeNode): string {
  return `load balancing over ${group.name}`
}

function afterTracking(stages: readonly Stage[], more: readonly Stage[]): Stage[] {
  const tracked = stages.findIndex((stage) => stage.kind === 'track') + 1
  return [...stages.slice(0, tracked), ...more, ...stages.slice(tracked)]
}

/** The interfaces of both, so that what the overlay says of an interface finds the addresses the controller gave it. */
function allInterfaces(device: Device, own: readonly EdgeInterface[]): EdgeInterface[] {
  const base = device.interfaces.map((one): EdgeInterface => {
    const over = own.find((other) => other.name === one.name)
    return {
      name: one.name,
      kind: over?.kind ?? 'ethernet',
      node: over?.node ?? newNode(one.name, { kind: 'line', file: '', line: 1, column: 1, text: '' }),
      addresses: [...one.addresses, ...(over?.addresses ?? [])],
      dynamic: over?.dynamic === true || one.addresses.length === 0,
      disabled: one.disabled === true || over?.disabled === true,
    }
  })
  return [...base, ...own.filter((one) => !device.interfaces.some((other) => other.name === one.name))]
}

function overlaidInterfaces(
  device: Device,
  own: readonly EdgeInterface[],
  around: Configuration,
  routed: Parameters<typeof lowerInterfaces>[2],
): Interface[] {
  const lowered = lowerInterfaces({ ...around, interfaces: own }, new Map(), routed)
  const changed = device.interfaces.map((one): Interface => {
    const over = own.find((other) => other.name === one.name)
    if (!over) return one
    const mtu = numberAt(over.node, 'mtu')
    return {
      ...one,
      addresses: [...one.addresses, ...over.addresses],
      ...(mtu !== undefined && { mtu }),
      ...(over.disabled && { disabled: true }),
    }
  })
  const names = new Set(device.interfaces.flatMap((one) => [one.name, ...one.aliases]))
  const added = lowered.filter((one) => !device.interfaces.some((other) => other.name === one.name))
  return [...changed, ...added.map((one) => ({ ...one, aliases: one.aliases.filter((alias) => !names.has(alias)) }))]
}

function withRoutes(device: Device, own: readonly EdgeInterface[], around: Configuration): Device['tables'] {
  const [main, ...others] = lowerTables(around, own)
  return [
    ...device.tables.map((table) =>
      table.name === 'main' ? { ...table, routes: [...table.routes, ...(main?.routes ?? [])] } : table,
    ),
    ...others,
  ]
}

/** The number the controller gave a rule, as its name says it; rules without one follow the rule before them. */
function numberOf(rule: Rule, before: number): number {
  return Number(/^(?:rule|predefined) (\d+)\b/.exec(rule.name)?.[1] ?? before)
}

function mergedRules(base: RuleSet, node: EdgeNode, around: Configuration): RuleSet {
  let number = 0
  const numbered: { number: number; rule: Rule }[] = base.rules.map((rule) => {
    number = numberOf(rule, number)
    return { number, rule }
  })
  for (const rule of numberedAt(node, 'rule')) {
    if (isDisabledRule(rule)) continue
    const isSame = (one: { number: number; rule: Rule }) =>
      one.number === Number(rule.name) && one.rule.name.includes(` ${rule.name}`)
    const same = numbered.find(isSame)
    const lowered = lowerRule(rule, 4, around)
    if (!same) numbered.push({ number: Number(rule.name), rule: lowered })
    else {
      const action = at(rule, 'action') ? lowered.action : same.rule.action
      const match: Match = { kind: 'opaque', text: `rule ${rule.name} of the controller, changed by the overlay` }
      same.rule = { ...same.rule, match, action, source: lowered.source }
    }
  }
  numbered.sort((a, b) => a.number - b.number)
  const action = textAt(node, 'default-action')
  const policy = action === 'accept' || action === 'drop' ? { policy: { kind: action } as const } : {}
  const policySource = action === undefined ? base.policySource : sourceOf(node, 'default-action')
  return { ...base, rules: numbered.map((one) => one.rule), ...policy, policySource }
}

/** Rule sets the overlay binds to an interface in place of the controller's. */
function withBindings(
  device: Device,
  ruleSets: Record<string, RuleSet>,
  first: readonly Rule[],
  around: Configuration,
): Device['pipeline'] {
  let { input, forward } = device.pipeline
  for (const binding of bindingsOf(around)) {
    // Those names are every object's own.
    if (binding.kind !== 'name' || binding.name in Object.prototype) continue
    const stages = binding.direction === 'local' ? input : forward
    const isThere = stages.some((one) => one.kind === 'filter' && one.ruleSet === binding.name && holds(one, binding))
    if (isThere || (binding.direction === 'out' && device.ruleSets[binding.name])) continue
    ruleSets[binding.name] ??= lowerRuleSet(binding.name, 'name', binding.name, first, around)
    const replaced = rebound(stages, binding, ruleSets)
    if (binding.direction === 'local') input = replaced
    else forward = replaced
  }
  return { ...device.pipeline, input, forward }
}

function holds(stage: Stage, binding: Binding): boolean {
  return stage.kind !== 'track' && stage.interfaces?.includes(binding.interface) === true
}

function rebound(stages: readonly Stage[], binding: Binding, ruleSets: Record<string, RuleSet>): Stage[] {
  if (binding.direction === 'out') {
    const name = `out/${binding.interface}`
    const source = sourceOf(binding.node)
    const match = { kind: 'out-interface', in: [binding.interface] } as const
    const jump = {
      name: `leaving by ${binding.interface}`,
      match,
      action: { kind: 'jump', to: binding.name },
      source,
    } as const
    ruleSets[name] = { name, label: name, rules: [jump], policy: { kind: 'accept' }, policySource: source }
    return [...stages, { kind: 'filter', ruleSet: name }]
  }
  const others = stages.map((stage): Stage => {
    if (stage.kind !== 'filter' || !holds(stage, binding)) return stage
    return { ...stage, interfaces: (stage.interfaces ?? []).filter((one) => one !== binding.interface) }
  })
  return [...others, { kind: 'filter', ruleSet: binding.name, interfaces: [binding.interface] }]
}

const LOWERED = new Set(['firewall', 'interfaces', 'protocols', 'port-forward', 'vpn', 'load-balance', 'service'])
// Nodes that cannot change where a packet goes or whether it passes.
const HARMLESS = new Set(['system', 'traffic-control', 'traffic-policy', 'custom-attribute', 'unms', 'policy'])
const SERVICES = new Set(['nat', 'dns', 'lldp', 'ssh', 'gui', 'snmp', 'upnp2', 'upnp', 'mdns', 'suspend', 'unms'])
const FIREWALLS = new Set([
  'name',
  'ipv6-name',
  'modify',
  'group',
  'log-martians',
  'broadcast-ping',
  'send-redirects',
  'receive-redirects',
  'ipv6-receive-redirects',
  'ipv6-src-route',
  'ip-src-route',
  'syn-cookies',
])

function notEvaluated(root: EdgeNode): EdgeNode[] {
  return tagsAt(root).flatMap((node): EdgeNode[] => {
    if (HARMLESS.has(node.name)) return []
    if (!LOWERED.has(node.name)) return [node]
    if (node.name === 'service') return tagsAt(node).filter((one) => !SERVICES.has(one.name))
    if (node.name === 'firewall') return tagsAt(node).filter((one) => !FIREWALLS.has(one.name))
    return node.name === 'vpn' ? tagsAt(node).filter((one) => one.name !== 'ipsec') : []
  })
}
