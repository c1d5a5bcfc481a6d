import type { Device, Rule, RuleSet, Stage } from '../../model/index.ts'
import { implied } from '../../model/index.ts'
import { addressesOfPrefixes } from '../../net/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { DESTINATION_NAT, natRules, SOURCE_NAT } from './nat.ts'
import { at, newNode, numberedAt, sourceOf, textAt } from './node.ts'
import type { PortForwards } from './port-forwards.ts'

// Practice: a controller numbers its own masquerading from 6001, so an overlay's source rules below that run first.
const CONTROLLER = 6001

/**
 * The pipeline with the translations of an overlay among those of the controller. A rule from 6001 that does not say
 * its type changes the controller's masquerading: it masquerades the local networks on the interface it names.
 */
export function overlaidNat(
  pipeline: Device['pipeline'],
  ruleSets: Record<string, RuleSet>,
  forwards: PortForwards,
  bypass: readonly Rule[],
  around: Configuration,
): Device['pipeline'] {
  const node = at(around.root, 'service', 'nat')
  const partial = numberedAt(node, 'rule').filter((rule) => !at(rule, 'type') && Number(rule.name) >= CONTROLLER)
  const whole = newNode('nat', { kind: 'line', file: '', line: 1, column: 1, text: '' })
  const rules = newNode('rule', whole.origin)
  whole.children.set('rule', rules)
  for (const rule of numberedAt(node, 'rule')) if (!partial.includes(rule)) rules.children.set(rule.name, rule)
  const { destination, source } = natRules(whole, around)
  notePortForwards(forwards.destination.length > 0, around)
  const early = source.filter((rule) => numberIn(rule) < CONTROLLER)
  const late = source.filter((rule) => numberIn(rule) >= CONTROLLER)
  const moved = partial.flatMap((rule): Rule[] => {
    const out = textAt(rule, 'outbound-interface')
    const networks = addressesOfPrefixes(localNetworks(around))
    if (out === undefined) return []
    const match = {
      kind: 'all',
      of: [
        { kind: 'out-interface', in: [out] },
        { kind: 'source', in: networks },
      ],
    } as const
    const action = { kind: 'rewrite-source', to: { kind: 'own-address' } } as const
    return [{ name: `rule ${rule.name} of the controller, on ${out}`, match, action, source: sourceOf(rule) }]
  })
  const before = [...forwards.destination, ...destination]
  const first = [...bypass, ...forwards.source, ...early]
  if (before.length + first.length + late.length + moved.length === 0) return pipeline
  const base = (name: string) => ruleSets[name]?.rules ?? []
  ruleSets[DESTINATION_NAT] = natSet(DESTINATION_NAT, 'destination NAT', [...base(DESTINATION_NAT), ...before])
  ruleSets[SOURCE_NAT] = natSet(SOURCE_NAT, 'source NAT', [...first, ...base(SOURCE_NAT), ...moved, ...late])
  return {
    ...pipeline,
    prerouting: withStage(pipeline.prerouting, DESTINATION_NAT),
    postrouting: withStage(pipeline.postrouting, SOURCE_NAT),
  }
}

function numberIn(rule: Rule): number {
  return Number(/^rule (\d+)/.exec(rule.name)?.[1] ?? 0)
}

function localNetworks(around: Configuration) {
  return around.interfaces.flatMap((one) => (one.dynamic ? [] : one.addresses.map((address) => address.prefix)))
}

function natSet(name: string, label: string, rules: readonly Rule[]): RuleSet {
  const policySource = implied('what no rule names is not translated')
  return { name, label, rules, policy: { kind: 'accept' }, policySource }
}

function withStage(stages: readonly Stage[], ruleSet: string): readonly Stage[] {
  const isThere = stages.some((stage) => stage.kind === 'translate' && stage.ruleSet === ruleSet)
  return isThere ? stages : [...stages, { kind: 'translate', ruleSet }]
}

/** The overlay can move the controller's own forwards to another interface, which is not followed. */
function notePortForwards(hasRules: boolean, around: Configuration): void {
  const node = at(around.root, 'port-forward')
  if (!node || hasRules) return
  const message = 'This changes the port forwards of the controller, which are read as the controller has them.'
  warn(around, 'NT1445', message, sourceOf(node))
}
