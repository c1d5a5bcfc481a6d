import type { Network } from '../../src/model/index.ts'
import type { Trace } from '../../src/trace/index.ts'

/** What of the things that are hard to get right the packets of a probe met. */
export function featuresOf(traces: readonly Trace[], network: Network): Set<string> {
  const found = new Set<string>()
  for (const trace of traces) {
    if (trace.disposition === 'rejected') found.add('rejections')
    for (const hop of trace.hops) {
      const device = network.devices.get(hop.device)
      if (device?.forwards.except) found.add('forwarding by interface')
      const check = device?.reversePath
      if (check && [check.default, ...Object.values(check.interfaces)].some((mode) => mode !== 'off'))
        found.add('rp_filter')
      const routed = hop.steps.some((step) => step.kind === 'route')
      const ownRules = device?.tableRules.some(
        (rule) => !(rule.action.kind === 'lookup' && rule.action.table === 'main'),
      )
      if (routed && ownRules) found.add('policy routing')
      for (const step of hop.steps) {
        if (step.kind === 'translate') found.add('translation')
        if (step.kind === 'filter' && step.ruleSet.name.startsWith('nft ')) found.add('nft chains')
        if (step.kind === 'route' && step.passedOver.length > 0) found.add('routes passed over')
        if (step.kind === 'filter') found.add(step.stage === 'mark' ? 'mangle rules' : 'filter rules')
        if (step.kind === 'session' && (step.state === 'invalid' || step.state === 'untracked')) found.add(step.state)
      }
    }
  }
  return found
}
