import { type Action, allOf, type Match, type Rule } from '../../model/index.ts'
import { addressesOfRanges, parseIp, TCP, UDP } from '../../net/index.ts'
import { matchInterface, parsePorts } from './addresses.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, isOn, numberedAt, sourceOf, textAt, textsAt } from './node.ts'
import { isDisabledRule } from './rule-match.ts'
import { ruleName } from './rule-sets.ts'

/** What `port-forward` becomes: translations, and with `auto-firewall` what lets the translated packets in. */
export interface PortForwards {
  readonly destination: readonly Rule[]
  /** Hairpin: a server must answer the router and not its neighbour, or the neighbour hears from a stranger. */
  readonly source: readonly Rule[]
  readonly firewall: readonly Rule[]
}

/**
 * Lowers `port-forward` (EdgeOS User Guide: Port Forwarding; details from practice): the destination is translated for
 * what comes to an address of the WAN interface. `auto-firewall` lets it in past every rule set; `hairpin-nat` does the
 * same for the LAN interfaces and hides local clients behind the router.
 */
export function lowerPortForwards(around: Configuration): PortForwards {
  const node = at(around.root, 'port-forward')
  const wan = textAt(node, 'wan-interface')
  if (!node || wan === undefined) return { destination: [], source: [], firewall: [] }
  const rules = numberedAt(node, 'rule').filter((rule) => !isDisabledRule(rule))
  const lowered = rules.map((rule) => lowerOne(rule, node, wan, around))
  return {
    destination: lowered.flatMap((one) => one.destination),
    source: lowered.flatMap((one) => one.source),
    firewall: isOn(node, 'auto-firewall') ? lowered.flatMap((one) => one.firewall) : [],
  }
}

function lowerOne(rule: EdgeNode, node: EdgeNode, wan: string, around: Configuration): PortForwards {
  const name = `port forward ${ruleName(rule)}`
  const source = sourceOf(rule)
  const to = parseIp(textAt(rule, 'forward-to', 'address') ?? '')
  const from = parsePorts(textAt(rule, 'original-port') ?? '')
  const given = textAt(rule, 'forward-to', 'port')
  const target = given === undefined ? from : parsePorts(given)
  if (to === undefined || !from || !target) {
    warn(around, 'NT1442', `The ${name} is not understood; what it forwards is not known.`, source)
    const doubt = allOf({ kind: 'in-interface', in: [wan] }, { kind: 'opaque', text: name })
    const action: Action = { kind: 'opaque', text: name }
    return { destination: [{ name, match: doubt, action, source }], source: [], firewall: [] }
  }
  const protocol: Match = { kind: 'protocol', in: protocolsOf(rule) }
  const rewritten = { kind: 'address', first: to, last: to } as const
  const ports = given === undefined ? undefined : target[0]
  const action: Action = { kind: 'rewrite-destination', to: rewritten, ...(ports && { ports }) }
  const called = allOf(protocol, matchInterface('destination', false, wan, around), {
    kind: 'destination-port',
    in: from,
  })
  const arrived = allOf({ kind: 'destination', in: addressesOfRanges([[to, to]]) }, protocol, {
    kind: 'destination-port',
    in: target,
  })
  const lans = isOn(node, 'hairpin-nat') ? textsAt(node, 'lan-interface') : []
  const outside: Match = { kind: 'in-interface', in: [wan] }
  return {
    destination: [
      { name, match: allOf(outside, called), action, source },
      ...lans.map((lan) => {
        const match = allOf({ kind: 'in-interface', in: [lan] }, called)
        return { name: `${name} (hairpin)`, match, action, source }
      }),
    ],
    source: lans.map((lan) => hairpin(name, lan, arrived, source, around)),
    firewall: [{ name, match: allOf(outside, arrived), action: { kind: 'accept' }, source }],
  }
}

function hairpin(name: string, lan: string, arrived: Match, source: Rule['source'], around: Configuration): Rule {
  const neighbours = matchInterface('source', true, lan, around)
  const match = allOf({ kind: 'out-interface', in: [lan] }, neighbours, arrived)
  const action: Action = { kind: 'rewrite-source', to: { kind: 'own-address' } }
  return { name: `${name} (hairpin)`, match, action, source }
}

function protocolsOf(rule: EdgeNode): number[] {
  const text = textAt(rule, 'protocol') ?? 'tcp_udp'
  return text === 'tcp' ? [TCP] : text === 'udp' ? [UDP] : [TCP, UDP]
}
