import { allOf, implied, type Match, type Rule, type RuleSet } from '../../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, type Ip, singlePort } from '../../../net/index.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { isStandard } from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'
import { leaningOn } from '../estate/settings.ts'
import { type BalancerFrontend, balancerFrontends } from './load-balancer.ts'
import type { BalancerRule } from './load-balancer-rule.ts'

/** What load balancers mean for the addresses of one member. */
export interface BackendSide {
  /** Rewrites a frontend's address and port to the member's own. */
  readonly ruleSet: RuleSet
  /** The same for what comes with a floating address and is rewritten only behind the NSGs. */
  readonly floating: RuleSet
  /** Marks such packets before the NSGs see them, for the answer. */
  readonly floatingSeen: RuleSet
  /** A Standard public frontend leads here. */
  readonly standardPublic: boolean
}

interface Growing {
  readonly rules: Rule[]
  readonly floating: Rule[]
  standardPublic: boolean
}

const all = perEstate((estate) => {
  const sides = new Map<string, Growing>()
  for (const frontend of balancerFrontends(estate)) {
    for (const rule of frontend.rules) {
      for (const member of rule.members) {
        const key = `${member.vnet.id} ${member.ip}`
        const side = sides.get(key) ?? { rules: [], floating: [], standardPublic: false }
        const late = rule.floating && estate.settings.nsgSeesFloatingAddress
        const list = late ? side.floating : side.rules
        list.push(rewrite(estate, frontend, rule, member.ip))
        side.standardPublic ||= frontend.vnet === undefined && isStandard(frontend.balancer)
        sides.set(key, side)
      }
    }
  }
  return sides
})

const POLICY = implied('what no load balancer sends here keeps its destination')

/** The member's side of load balancing at its addresses in a VNet; `undefined` when none of them is in a pool. */
export function backendSide(estate: Estate, vnet: VirtualNetwork, ips: readonly Ip[]): BackendSide | undefined {
  const sides = ips.map((ip) => all(estate).get(`${vnet.id} ${ip}`)).filter((one) => one !== undefined)
  if (sides.length === 0) return undefined
  const floating = sides.flatMap((one) => one.floating)
  const ruleSet = (name: string, rules: readonly Rule[]): RuleSet => ({
    name,
    label: 'load balancer',
    rules,
    policy: { kind: 'accept' },
    policySource: POLICY,
  })
  return {
    ruleSet: ruleSet(
      'load-balancer/backend',
      sides.flatMap((one) => one.rules),
    ),
    floating: ruleSet('load-balancer/floating', floating),
    floatingSeen: ruleSet(
      'load-balancer/floating-seen',
      floating.map((one) => ({ ...one, action: { kind: 'accept' } })),
    ),
    standardPublic: sides.some((one) => one.standardPublic),
  }
}

/** What a rule of a frontend is about: its address, and the protocol and port unless it is for all of them. */
export function frontendMatch(frontend: BalancerFrontend, rule: BalancerRule): Match {
  return allOf({ kind: 'destination', in: addressesOfPrefixes([hostPrefix(frontend.ip)]) }, portMatch(rule))
}

/** The protocol and port of a rule. */
export function portMatch(rule: BalancerRule): Match {
  const protocol: Match = rule.protocol === undefined ? { kind: 'any' } : { kind: 'protocol', in: [rule.protocol] }
  if (rule.frontendPort === 0) return protocol
  const ports = { first: rule.frontendPort, last: rule.lastPort ?? rule.frontendPort }
  return allOf(protocol, { kind: 'destination-port', in: [ports] })
}

/** With a floating address too, NSGs are taken to see the member's own address unless the setting says otherwise; the port stays. */
function rewrite(estate: Estate, frontend: BalancerFrontend, rule: BalancerRule, ip: Ip): Rule {
  const seen = estate.settings.nsgSeesFloatingAddress ? 'the frontend’s' : 'the member’s own'
  const what = `NSGs of members see ${seen} address where rule ${rule.name} has a floating IP`
  const unclear = rule.floatingUnknown && rule.backendPort !== 0 && rule.backendPort !== rule.frontendPort
  const keepsPort = rule.floating || rule.backendPort === 0
  return {
    name: `${frontend.device} rule ${rule.name}`,
    match: frontendMatch(frontend, rule),
    action: unclear
      ? { kind: 'opaque', text: `enableFloatingIP of rule ${rule.name} is neither true nor false` }
      : {
          kind: 'rewrite-destination',
          to: { kind: 'address', first: ip, last: ip },
          ...(!keepsPort && { ports: singlePort(rule.backendPort) }),
        },
    ...(rule.floating && { leansOn: leaningOn(estate.settings, 'nsgSeesFloatingAddress', what) }),
    source: rule.source,
  }
}
