import { allOf, implied, type Match, type Rule, type RuleSet } from '../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, type Ip, singlePort } from '../../net/index.ts'
import type { Estate, VirtualNetwork } from './estate.ts'
import { type BalancerFrontend, type BalancerRule, balancerFrontends } from './load-balancer.ts'
import { isStandard } from './nic-configuration.ts'
import { perEstate } from './per-estate.ts'

/** What load balancers mean for one member's address. */
export interface BackendSide {
  /** Rewrites a frontend's address and port to the member's own. */
  readonly ruleSet: RuleSet
  /** A Standard public frontend leads here. */
  readonly standardPublic: boolean
}

interface Growing {
  readonly rules: Rule[]
  standardPublic: boolean
}

const all = perEstate((estate) => {
  const sides = new Map<string, Growing>()
  for (const frontend of balancerFrontends(estate)) {
    for (const rule of frontend.rules) {
      for (const member of rule.members) {
        const key = `${member.vnet.id} ${member.ip}`
        const side = sides.get(key) ?? { rules: [], standardPublic: false }
        side.rules.push(rewrite(frontend, rule, member.ip))
        side.standardPublic ||= frontend.vnet === undefined && isStandard(frontend.balancer)
        sides.set(key, side)
      }
    }
  }
  return sides
})

const POLICY = implied('what no load balancer sends here keeps its destination')

/** The member's side of load balancing at an address of a VNet; `undefined` when it is in no pool. */
export function backendSide(estate: Estate, vnet: VirtualNetwork, ip: Ip): BackendSide | undefined {
  const side = all(estate).get(`${vnet.id} ${ip}`)
  return (
    side && {
      ruleSet: {
        name: 'load-balancer/backend',
        label: 'load balancer',
        rules: side.rules,
        policy: { kind: 'accept' },
        policySource: POLICY,
      },
      standardPublic: side.standardPublic,
    }
  )
}

/** What a rule of a frontend is about: its address, and the protocol and port unless it is for all of them. */
export function frontendMatch(frontend: BalancerFrontend, rule: BalancerRule): Match {
  return allOf({ kind: 'destination', in: addressesOfPrefixes([hostPrefix(frontend.ip)]) }, portMatch(rule))
}

/** The protocol and port of a rule. */
export function portMatch(rule: BalancerRule): Match {
  const protocol: Match = rule.protocol === undefined ? { kind: 'any' } : { kind: 'protocol', in: [rule.protocol] }
  if (rule.frontendPort === 0) return protocol
  return allOf(protocol, { kind: 'destination-port', in: [singlePort(rule.frontendPort)] })
}

/** With a floating address too, NSGs are taken to see the member's own address; the port stays. */
function rewrite(frontend: BalancerFrontend, rule: BalancerRule, ip: Ip): Rule {
  const keepsPort = rule.floating || rule.backendPort === 0
  return {
    name: `${frontend.device} rule ${rule.name}`,
    match: frontendMatch(frontend, rule),
    action: {
      kind: 'rewrite-destination',
      to: { kind: 'address', first: ip, last: ip },
      ...(!keepsPort && { ports: singlePort(rule.backendPort) }),
    },
    source: rule.source,
  }
}
