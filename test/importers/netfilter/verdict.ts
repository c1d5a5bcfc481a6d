import type { Device, Match, RuleSet, SessionState } from '../../../src/model/index.ts'
import { addressSetContains, type Ip, isIp4, portsContain } from '../../../src/net/index.ts'

/** A packet as these tests know it; what is absent is unknown. */
export interface Packet {
  readonly source: Ip
  readonly destination: Ip
  readonly protocol: number
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly state?: SessionState
  /** `not lo`: any other interface, and we do not know which. */
  readonly inInterface?: string
  readonly outInterface?: string
  readonly mark?: number
  readonly flags?: string
  readonly icmp?: { readonly type: number; readonly code: number }
}

type Truth = boolean | undefined
type Outcome = 'accept' | 'drop' | 'return' | 'unknown'

/** Everything a rule set may say of a packet: one outcome when nothing is doubtful. Straight from the data, slowly. */
export function outcomes(device: Device, key: string, packet: Packet): Outcome[] {
  const set = device.ruleSets[key]
  if (!set) return ['accept']
  const found = walk(device, set, packet, new Map())
  if (found.delete('return')) found.add(set.policy.kind === 'drop' ? 'drop' : 'accept')
  return [...found].sort()
}

function walk(device: Device, set: RuleSet, packet: Packet, known: Map<string, Set<Outcome>>): Set<Outcome> {
  const before = known.get(set.name)
  if (before) return before
  const found = new Set<Outcome>()
  known.set(set.name, found)
  for (const rule of set.rules) {
    const truth = holds(rule.match, packet)
    if (truth === false) continue
    const { action } = rule
    let goesOn = truth === undefined
    if (action.kind === 'jump' || action.kind === 'goto') {
      const next = device.ruleSets[action.to]
      const inner = next ? walk(device, next, packet, known) : new Set<Outcome>(['unknown'])
      for (const outcome of inner) if (outcome !== 'return') found.add(outcome)
      if (inner.has('return') && action.kind === 'jump') goesOn = true
      if (inner.has('return') && action.kind === 'goto') found.add('return')
    } else if (action.kind === 'accept' || action.kind.startsWith('rewrite')) found.add('accept')
    else if (action.kind === 'drop' || action.kind === 'reject') found.add('drop')
    else if (action.kind === 'return') found.add('return')
    else if (action.kind === 'opaque') found.add('unknown')
    else goesOn = true
    if (!goesOn) return found
  }
  found.add(set.policy.kind === 'drop' ? 'drop' : set.policy.kind === 'return' ? 'return' : 'accept')
  return found
}

/** Kleene's logic: unknown unless the known parts decide. */
export function holds(match: Match, packet: Packet): Truth {
  switch (match.kind) {
    case 'any':
      return true
    case 'all':
      return every(match.of.map((one) => holds(one, packet)))
    case 'some':
      return not(every(match.of.map((one) => not(holds(one, packet)))))
    case 'not':
      return not(holds(match.of, packet))
    case 'protocol':
      return match.in.includes(packet.protocol)
    case 'source':
      return addressSetContains(match.in, packet.source)
    case 'destination':
      return addressSetContains(match.in, packet.destination)
    case 'source-bits':
      return bits(packet.source, match.mask) === BigInt(match.value)
    case 'destination-bits':
      return bits(packet.destination, match.mask) === BigInt(match.value)
    case 'source-port':
      return packet.sourcePort !== undefined && portsContain(match.in, packet.sourcePort)
    case 'destination-port':
      return packet.destinationPort !== undefined && portsContain(match.in, packet.destinationPort)
    case 'session':
      return packet.state === undefined ? undefined : match.in.includes(packet.state)
    case 'in-interface':
      return named(match.in, packet.inInterface)
    case 'out-interface':
      return named(match.in, packet.outInterface)
    case 'mark':
      return ((packet.mark ?? 0) & match.mask) >>> 0 === match.value
    case 'tcp-flags':
      return packet.flags === undefined
        ? undefined
        : [...match.mask].filter((f) => packet.flags?.includes(f)).join('') === match.set
    case 'icmp-type':
      return match.in.some(
        (one) => one.type === packet.icmp?.type && (one.code ?? packet.icmp.code) === packet.icmp.code,
      )
    default:
      return undefined
  }
}

function bits(address: Ip, mask: Ip): bigint | undefined {
  return isIp4(address) === isIp4(mask) ? BigInt(address) & BigInt(mask) : undefined
}

function named(patterns: readonly string[], name: string | undefined): Truth {
  if (name === 'unknown') return undefined
  if (name === 'not lo') return patterns.every((one) => one === 'lo') ? false : undefined
  if (name === undefined) return false
  return patterns.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name))
}

function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false
  return truths.includes(undefined) ? undefined : true
}

function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth
}
