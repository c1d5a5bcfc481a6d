import type { Match, RuleSet } from '../../../model/index.ts'
import { addressSetContains, type Ip, type Protocol, portsContain, TCP } from '../../../net/index.ts'
import { PLATFORM_ADDRESS } from '../estate/address-space.ts'
import type { Estate } from '../estate/estate.ts'
import type { BalancerMember, BalancerRule } from '../outbound/load-balancer.ts'
import { nsgStages } from '../security/nsg-stage.ts'

/**
 * Why a member is down: the NSG rule that keeps the probes of 168.63.129.16 out. `undefined` when none does, when
 * there is no probe, or when a rule on the way cannot be evaluated.
 */
export function refusesProbe(estate: Estate, rule: BalancerRule, member: BalancerMember): string | undefined {
  const port = rule.probe?.number('port')
  const { configuration } = member
  if (port === undefined || !configuration) return undefined
  const nic = estate.byId(configuration.nic.reference('networkSecurityGroup'))
  const stages = nsgStages(estate, configuration.subnet, nic ? { nicGroup: { body: nic, name: nic.name } } : {})
  for (const stage of stages.prerouting) {
    const ruleSet = stage.kind === 'track' ? undefined : stages.ruleSets[stage.ruleSet]
    const refusal = ruleSet && refusalBy(ruleSet, { destination: member.ip, port, protocol: TCP })
    if (refusal !== undefined) return refusal
  }
  return undefined
}

interface ProbePacket {
  readonly destination: Ip
  readonly port: number
  readonly protocol: Protocol
}

function refusalBy(ruleSet: RuleSet, packet: ProbePacket): string | undefined {
  for (const rule of ruleSet.rules) {
    const met = meets(rule.match, packet)
    if (met === false || rule.action.kind === 'jump') continue
    if (met === undefined || rule.action.kind !== 'drop') return undefined
    return `${ruleSet.label} ${rule.name} keeps out the health probes of 168.63.129.16`
  }
  return undefined
}

/** `undefined`: it cannot be told. Only the matches an NSG makes are looked at. */
function meets(match: Match, packet: ProbePacket): boolean | undefined {
  switch (match.kind) {
    case 'any':
      return true
    case 'session':
      return match.in.includes('new')
    case 'protocol':
      return match.in.includes(packet.protocol)
    case 'source':
      return addressSetContains(match.in, PLATFORM_ADDRESS.ip)
    case 'destination':
      return addressSetContains(match.in, packet.destination)
    case 'destination-port':
      return portsContain(match.in, packet.port)
    case 'all': {
      const parts = match.of.map((one) => meets(one, packet))
      if (parts.includes(false)) return false
      return parts.includes(undefined) ? undefined : true
    }
    case 'some': {
      const parts = match.of.map((one) => meets(one, packet))
      if (parts.includes(true)) return true
      return parts.includes(undefined) ? undefined : false
    }
    default:
      return undefined
  }
}
