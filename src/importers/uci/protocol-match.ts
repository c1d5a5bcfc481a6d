import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import {
  hasPorts,
  ICMP,
  ICMP6,
  type PortRange,
  type Protocol,
  parsePortRange,
  parseProtocol,
  TCP,
  UDP,
} from '../../net/index.ts'
import type { Family } from './address-match.ts'
import { familyMatch } from './address-match.ts'
import { type IcmpType, icmpType } from './icmp-types.ts'
import type { UciValue } from './section.ts'

/** What a rule says above the addresses. */
export interface TransportOptions {
  /** Absent = TCP and UDP (OpenWrt: firewall configuration, `proto`). */
  readonly protocols: readonly UciValue[]
  readonly sourcePorts: readonly UciValue[]
  readonly destinationPorts: readonly UciValue[]
  readonly icmpTypes: readonly UciValue[]
  readonly family: Family
}

/**
 * The test of protocol, ports and ICMP types. `icmp` stands for ICMP and ICMPv6; types known in one family only leave
 * the other out. Ports count for protocols that have them, types for ICMP: a rule for `tcp icmp` with a port takes all
 * ICMP, as the firewall makes one line of each protocol; a rule for `all` takes everything, its ports are not looked at
 * (OpenWrt: firewall3, rules.c; firewall4, parse_rule).
 */
export function transportMatch(options: TransportOptions): Match {
  const { wanted, refused, everything, unknown } = readProtocols(options.protocols)
  const some: Match[] = unknown.map((text) => ({ kind: 'opaque', text: `protocol ${text}` }))
  const ported = wanted.filter(hasPorts)
  const plain = wanted.filter((protocol) => !hasPorts(protocol) && protocol !== ICMP && protocol !== ICMP6)
  if (ported.length > 0) some.push(allOf({ kind: 'protocol', in: ported }, ports(options)))
  if (plain.length > 0) some.push({ kind: 'protocol', in: plain })
  if (wanted.includes(ICMP) && options.family !== 6) some.push(...icmp(options, 4))
  if ((wanted.includes(ICMP) && options.family !== 4) || wanted.includes(ICMP6)) some.push(...icmp(options, 6))
  if (everything) return refused.length > 0 ? notOf({ kind: 'protocol', in: refused }) : ANY
  return someOf(...some)
}

interface Protocols {
  readonly wanted: Protocol[]
  readonly refused: Protocol[]
  readonly everything: boolean
  readonly unknown: string[]
}

function readProtocols(values: readonly UciValue[]): Protocols {
  const read: Protocols & { everything: boolean } = { wanted: [], refused: [], everything: false, unknown: [] }
  const words = values.map((value) => value.text.toLowerCase())
  for (const word of words.length > 0 ? words : ['tcpudp']) {
    const bare = word.replace(/^!/, '')
    const into = bare === word ? read.wanted : read.refused
    const protocol = parseProtocol(bare)
    if (['all', 'any', '*', '0'].includes(bare)) read.everything ||= bare === word
    else if (bare === 'tcpudp') into.push(TCP, UDP)
    else if (protocol !== undefined) into.push(protocol)
    else read.unknown.push(word)
  }
  // Only refused protocols: every other one is meant.
  if (read.wanted.length === 0 && read.unknown.length === 0 && read.refused.length > 0) read.everything = true
  return read
}

function icmp(options: TransportOptions, family: 4 | 6): Match[] {
  // A stated family is tested by the rule as a whole.
  const ofFamily = options.family === family ? ANY : familyMatch(family)
  const protocol: Match = allOf({ kind: 'protocol', in: [family === 4 ? ICMP : ICMP6] }, ofFamily)
  const words = options.icmpTypes.map((value) => value.text.toLowerCase())
  if (words.length === 0 || words.includes('any')) return [protocol]
  const known = words.map((word) => icmpType(word, family)).filter((type): type is IcmpType => type !== undefined)
  const nowhere = words.filter((word) => icmpType(word, 4) === undefined && icmpType(word, 6) === undefined)
  const tests: Match[] = nowhere.map((word) => ({ kind: 'opaque', text: `ICMP type ${word}` }))
  if (known.length > 0) tests.push({ kind: 'icmp-type', in: known })
  return tests.length > 0 ? [allOf(protocol, someOf(...tests))] : []
}

function ports(options: TransportOptions): Match {
  return allOf(portMatch('source-port', options.sourcePorts), portMatch('destination-port', options.destinationPorts))
}

function portMatch(kind: 'source-port' | 'destination-port', values: readonly UciValue[]): Match {
  const wanted = values.filter((value) => !value.text.startsWith('!'))
  const refused = values.filter((value) => value.text.startsWith('!'))
  const all: Match[] = []
  if (wanted.length > 0)
    all.push(
      inPorts(
        kind,
        wanted.map((value) => value.text),
      ),
    )
  if (refused.length > 0)
    all.push(
      notOf(
        inPorts(
          kind,
          refused.map((value) => value.text.slice(1)),
        ),
      ),
    )
  return all.length > 0 ? allOf(...all) : ANY
}

function inPorts(kind: 'source-port' | 'destination-port', words: readonly string[]): Match {
  const ranges: PortRange[] = []
  const some: Match[] = []
  for (const word of words) {
    const range = parsePortRange(word)
    if (range) ranges.push(range)
    else some.push({ kind: 'opaque', text: `${kind} ${word}` })
  }
  if (ranges.length > 0) some.unshift({ kind, in: ranges })
  return someOf(...some)
}

/** Whether protocol words mean every protocol, so that ports beside them are not looked at. */
export function isEveryProtocol(protocols: readonly UciValue[]): boolean {
  return readProtocols(protocols).everything
}
