import { implied, type Rule } from '../../../model/index.ts'
import { ICMP, ICMP6 } from '../../../net/index.ts'
import type { Estate } from '../estate/estate.ts'
import { isStandard } from '../estate/nic-configuration.ts'
import type { BalancerFrontend } from '../outbound/load-balancer.ts'
import { healthOf } from './probe.ts'

const ANSWERED = implied(
  'a Standard public frontend answers pings itself while a member is healthy (Learn: Test reachability of Azure Public Load Balancer frontends with ping and traceroute)',
)

/**
 * What a frontend does with pings: a public one of the Standard kind answers by what its health probes say, without asking a
 * member (Learn: Test reachability of Azure Public Load Balancer frontends with ping and traceroute); where none of its rules
 * has a probe, no page says what it does. Private ones and those of the Basic kind have no such rule: they do not answer.
 */
export function pingRules(estate: Estate, frontend: BalancerFrontend): Rule[] {
  const [first] = frontend.rules
  if (frontend.vnet || !first || !isStandard(frontend.balancer)) return []
  const match = { kind: 'protocol', in: [ICMP, ICMP6] } as const
  const probed = frontend.rules.filter((one) => one.probe)
  const states = probed.flatMap((one) => healthOf(estate, one))
  if (states.includes(undefined)) return [{ name: 'ping', match, action: { kind: 'accept' }, source: ANSWERED }]
  const isOpen = probed.length === 0 || probed.some((one) => one.missing.length > 0)
  const doubt = states.find((one) => one?.is === 'unknown')
  if (isOpen || doubt) {
    const text = `whether ${frontend.device} answers pings: ${doubt?.because ?? 'the health of its members is not in the export'}`
    return [{ name: 'ping', match, action: { kind: 'opaque', text }, source: doubt?.source ?? first.source }]
  }
  const why = states[0]
  const name = `answers no ping while no member is healthy${why ? ` (${why.because})` : ''}`
  return [{ name, match, action: { kind: 'drop' }, source: why?.source ?? first.source }]
}
