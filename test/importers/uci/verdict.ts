import type { Device, Hook, Match } from '../../../src/model/index.ts'
import { addressSetContains, hasPorts, type Ip, ip, portsContain, TCP } from '../../../src/net/index.ts'

/** A packet as a filter sees it; `state` is `new` and the protocol TCP unless given. */
export interface TestPacket {
  readonly from: string
  readonly to: string
  readonly in?: string
  readonly out?: string
  readonly port?: number
  readonly protocol?: number
  readonly icmpType?: number
  readonly state?: string
  readonly translated?: boolean
}

/**
 * What the filters of a hook do with a packet, and the rule that decided: a plain walk of the rule sets, written
 * without the tracer. An opaque match throws: such a rule is not for these tests.
 */
export function verdictOf(device: Device, hook: Hook, packet: TestPacket): { verdict: string; by: string } {
  for (const stage of device.pipeline[hook]) {
    if (stage.kind !== 'filter') continue
    const ended = walk(device, stage.ruleSet, packet)
    const policy = device.ruleSets[stage.ruleSet]?.policy.kind ?? 'accept'
    const { verdict, by } = ended ?? { verdict: policy, by: `policy of ${stage.ruleSet}` }
    if (verdict !== 'accept') return { verdict, by }
    if (stage === device.pipeline[hook].filter((one) => one.kind === 'filter').at(-1)) return { verdict, by }
  }
  return { verdict: 'accept', by: 'no filter' }
}

function walk(device: Device, key: string, packet: TestPacket): { verdict: string; by: string } | undefined {
  for (const rule of device.ruleSets[key]?.rules ?? []) {
    if (!holds(rule.match, packet)) continue
    const { action } = rule
    if (action.kind === 'return') return undefined
    if (action.kind === 'jump') {
      const ended = walk(device, action.to, packet)
      if (ended) return ended
    } else if (action.kind === 'reject') return { verdict: action.with, by: rule.name }
    else if (action.kind === 'accept' || action.kind === 'drop') return { verdict: action.kind, by: rule.name }
  }
  return undefined
}

function holds(match: Match, packet: TestPacket): boolean {
  const protocol = packet.protocol ?? TCP
  const address = (text: string, set: Parameters<typeof addressSetContains>[0]) =>
    addressSetContains(set, ip(text) as Ip)
  const named = (list: readonly string[], name: string | undefined) =>
    name !== undefined && list.some((one) => one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))))
  switch (match.kind) {
    case 'any':
      return true
    case 'all':
      return match.of.every((one) => holds(one, packet))
    case 'some':
      return match.of.some((one) => holds(one, packet))
    case 'not':
      return !holds(match.of, packet)
    case 'protocol':
      return match.in.includes(protocol)
    case 'source':
      return address(packet.from, match.in)
    case 'destination':
      return address(packet.to, match.in)
    case 'source-port':
      return hasPorts(protocol) && portsContain(match.in, 40000)
    case 'destination-port':
      return hasPorts(protocol) && portsContain(match.in, packet.port ?? 0)
    case 'in-interface':
      return named(match.in, packet.in)
    case 'out-interface':
      return named(match.in, packet.out)
    case 'session':
      return (match.in as readonly string[]).includes(packet.state ?? 'new')
    case 'translated':
      return packet.translated === true
    case 'icmp-type':
      return match.in.some((one) => one.type === packet.icmpType)
    default:
      throw new Error(`not for these tests: ${match.kind}`)
  }
}
