import type { Match, RuleSet, Source } from '../../../model/index.ts'
import { addressSetContains, type Ip, type Protocol, portsContain, TCP } from '../../../net/index.ts'
import { PLATFORM_ADDRESS } from '../estate/address-space.ts'
import type { Estate } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { nicOwner } from '../estate/virtual-machine.ts'
import type { BalancerMember } from '../outbound/load-balancer-pool.ts'
import type { BalancerRule } from '../outbound/load-balancer-rule.ts'
import { nsgStages } from '../security/nsg-stage.ts'

/** Why a member gets no new connections, or why it is not known whether it does. */
export interface Unhealthy {
  readonly is: 'down' | 'unknown'
  readonly because: string
  readonly source: Source
}

const health = perEstate(() => new Map<BalancerRule, readonly (Unhealthy | undefined)[]>())

/** The health of a rule's members, in their order, `undefined` = nothing keeps it out; worked out once. */
export function healthOf(estate: Estate, rule: BalancerRule): readonly (Unhealthy | undefined)[] {
  const known = health(estate).get(rule)
  if (known) return known
  const made = rule.members.map((member) => unhealthy(estate, rule, member))
  health(estate).set(rule, made)
  return made
}

/**
 * Whether a load balancer keeps a member out: a state set by a person, a machine that does not run, an NSG rule that keeps
 * the probes of 168.63.129.16 out. `undefined` when nothing does; what the machine answers to its probes nobody knows.
 */
function unhealthy(estate: Estate, rule: BalancerRule, member: BalancerMember): Unhealthy | undefined {
  const { state, configuration } = member
  if (state?.is === 'down') {
    const because = `adminState of its member ${state.body.name} is Down`
    return { is: 'down', because, source: state.body.source('adminState') }
  }
  const stopped = configuration && nicOwner(estate, configuration.nic)?.stopped
  if (stopped) return { is: 'down', because: `VM ${stopped.name} is stopped`, source: stopped.source('name') }
  return state?.is === 'up' ? undefined : refusedProbe(estate, rule, member)
}

function refusedProbe(
  estate: Estate,
  rule: BalancerRule,
  { ip, configuration }: BalancerMember,
): Unhealthy | undefined {
  const port = rule.probe?.number('port')
  if (port === undefined || !configuration) return undefined
  const nic = estate.byId(configuration.nic.reference('networkSecurityGroup'))
  const stages = nsgStages(estate, configuration.subnet, nic ? { nicGroup: { body: nic, name: nic.name } } : {})
  for (const stage of stages.prerouting) {
    const ruleSet = stage.kind === 'track' ? undefined : stages.ruleSets[stage.ruleSet]
    const found = ruleSet && endOf(ruleSet, stages.ruleSets, { destination: ip, port, protocol: TCP })
    if (found && found !== 'accepted') return found
  }
  return undefined
}

interface ProbePacket {
  readonly destination: Ip
  readonly port: number
  readonly protocol: Protocol
}

/** What a rule set does with a probe; `undefined`: it has nothing to say. */
function endOf(
  ruleSet: RuleSet,
  all: Readonly<Record<string, RuleSet>>,
  packet: ProbePacket,
): Unhealthy | 'accepted' | undefined {
  for (const rule of ruleSet.rules) {
    const met = meets(rule.match, packet)
    if (met === false || rule.action.kind === 'return') continue
    const inner = rule.action.kind === 'jump' ? all[rule.action.to] : undefined
    const end = inner ? endOf(inner, all, packet) : undefined
    if (inner && !end) continue
    const drops = inner ? end !== 'accepted' : rule.action.kind === 'drop'
    if (met && !drops) return 'accepted'
    if (met && end && end !== 'accepted') return end
    const words = `${ruleSet.label} ${rule.name}`
    const { source } = rule
    if (met) return { is: 'down', because: `${words} keeps out the health probes of 168.63.129.16`, source }
    if (drops) return { is: 'unknown', because: `${words} may keep out the health probes of 168.63.129.16`, source }
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
