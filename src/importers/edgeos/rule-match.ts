import { ANY, allOf, type Match, notOf, type SessionState } from '../../model/index.ts'
import { ICMP6, parseProtocol, TCP, UDP } from '../../net/index.ts'
import { parseIcmpType } from '../netfilter/index.ts'
import { type End, matchAddress, matchGroup, matchPort } from './addresses.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, isOn, sourceOf, tagsAt, textAt, textsAt } from './node.ts'

// Nodes of a rule that say what to do or describe it, not when.
const NO_TEST = new Set([
  'action',
  'description',
  'log',
  'disable',
  'modify',
  'type',
  'exclude',
  'inside-address',
  'outside-address',
  'inbound-interface',
  'outbound-interface',
])

/**
 * The match of a rule of a firewall, of policy routing or of NAT: all of what it names (EdgeOS User Guide: Firewall). No
 * state enabled means every state. What depends on time, rate or content is opaque.
 */
export function matchRule(rule: EdgeNode, family: 4 | 6, around: Configuration): Match {
  const parts: Match[] = []
  for (const node of tagsAt(rule)) {
    if (!NO_TEST.has(node.name)) parts.push(matchPart(node, family, around))
  }
  return allOf(...parts)
}

function matchPart(node: EdgeNode, family: 4 | 6, around: Configuration): Match {
  switch (node.name) {
    case 'protocol':
      return matchProtocol(node, around)
    case 'source':
    case 'destination':
      return matchEnd(node.name, node, around)
    case 'state':
      return matchStates(node)
    case 'ipsec':
      return matchTunnel(node)
    case 'icmp':
    case 'icmpv6':
      return matchIcmp(node, family, around)
    case 'tcp':
      return matchFlags(node, around)
    case 'limit':
      return matchLimit(node, around)
    case 'fragment':
      return matchFragment(node)
    case 'mark':
      return matchMark(node, around)
    default:
      return unknown(node, around)
  }
}

function matchProtocol(node: EdgeNode, around: Configuration): Match {
  const text = (textAt(node) ?? 'all').toLowerCase()
  const name = text.replace(/^!\s*/, '')
  if (name === 'all' || name === '0') return ANY
  const named = name === 'icmpv6' || name === 'ipv6-icmp' ? ICMP6 : parseProtocol(name)
  const numbers = name === 'tcp_udp' ? [TCP, UDP] : named === undefined ? undefined : [named]
  if (!numbers) return unknown(node, around)
  const match: Match = { kind: 'protocol', in: numbers }
  return text.startsWith('!') ? notOf(match) : match
}

function matchEnd(end: End, node: EdgeNode, around: Configuration): Match {
  const parts: Match[] = []
  for (const part of tagsAt(node)) {
    const text = textAt(part) ?? ''
    if (part.name === 'address') parts.push(matchAddress(end, text) ?? unknown(part, around))
    else if (part.name === 'port') parts.push(matchPort(end, text) ?? unknown(part, around))
    else if (part.name === 'group') parts.push(...matchGroups(end, part, around))
    else if (part.name === 'mac-address' && end === 'source') parts.push(matchMac(text))
    else parts.push(unknown(part, around))
  }
  return allOf(...parts)
}

function matchMac(text: string): Match {
  const match: Match = { kind: 'source-mac', in: [text.replace(/^!\s*/, '').toLowerCase()] }
  return text.startsWith('!') ? notOf(match) : match
}

function matchGroups(end: End, node: EdgeNode, around: Configuration): Match[] {
  return tagsAt(node).flatMap((kind) => textsAt(kind).map((name) => matchGroup(end, kind.name, name, kind, around)))
}

const STATES: readonly SessionState[] = ['new', 'established', 'related', 'invalid']

function matchStates(node: EdgeNode): Match {
  const states = STATES.filter((state) => isOn(node, state))
  return states.length === 0 ? ANY : { kind: 'session', in: states }
}

function matchTunnel(node: EdgeNode): Match {
  const [word] = [...textsAt(node)]
  if (word !== 'match-ipsec' && word !== 'match-none') return ANY
  return { kind: 'tunnel', direction: 'in', present: word === 'match-ipsec' }
}

function matchIcmp(node: EdgeNode, family: 4 | 6, around: Configuration): Match {
  const code = textAt(node, 'code')
  const type = textAt(node, 'type-name') ?? textAt(node, 'type')
  if (type === undefined) return code === undefined ? ANY : unknown(node, around)
  const types = parseIcmpType(code === undefined ? type : `${type}/${code}`, family)
  if (!types) return unknown(node, around)
  return types.length === 0 ? ANY : { kind: 'icmp-type', in: types }
}

/** A rate (`burst`, `rate`) holds for one connection: what a question is about reaches no limit. */
function matchLimit(node: EdgeNode, around: Configuration): Match {
  const words = tagsAt(node).map((one) => `${one.name} ${textAt(one) ?? ''}`)
  const message = `"limit ${words.join(' ')}" is taken as met: answers are about one connection, which reaches no limit.`
  around.diagnostics.push({ severity: 'note', code: 'NT1448', message, source: sourceOf(node) })
  return ANY
}

/** What a trace follows is never a fragment but the first. */
function matchFragment(node: EdgeNode): Match {
  return textsAt(node).includes('match-frag') ? { kind: 'some', of: [] } : ANY
}

function matchMark(node: EdgeNode, around: Configuration): Match {
  const text = textAt(node)?.replace(/^!\s*/, '') ?? ''
  const [value, mask = '0xffffffff'] = text.split('/')
  const [number, bits] = [value, mask].map((one) =>
    /^(0x[\da-f]{1,8}|\d{1,10})$/i.test(one ?? '') ? Number(one) : undefined,
  )
  if (number === undefined || bits === undefined || number > 0xffffffff || bits > 0xffffffff)
    return unknown(node, around)
  const match: Match = { kind: 'mark', value: number, mask: bits }
  return textAt(node)?.startsWith('!') ? notOf(match) : match
}

const FLAGS: Readonly<Record<string, string>> = {
  SYN: 'S',
  ACK: 'A',
  FIN: 'F',
  RST: 'R',
  PSH: 'P',
  URG: 'U',
  ALL: 'FSRPAU',
}

/** `SYN,!ACK`: the flags named are looked at, those without `!` must be set. */
function matchFlags(node: EdgeNode, around: Configuration): Match {
  const words = (textAt(node, 'flags') ?? '').split(',').map((word) => word.trim().toUpperCase())
  const letters = words.map((word) => FLAGS[word.replace(/^!/, '')])
  if (letters.some((letter) => letter === undefined)) return unknown(node, around)
  const set = letters.filter((_, index) => !words[index]?.startsWith('!'))
  return { kind: 'tcp-flags', mask: letters.join(''), set: set.join('') }
}

const DOUBTFUL = new Set(['recent', 'time', 'statistic', 'p2p', 'application', 'dscp', 'connmark'])

/** A test we cannot make, with its words; said once for each place unless it is a known matter of time or rate. */
function unknown(node: EdgeNode, around: Configuration): Match {
  const words = [node.name, ...textsAt(node)].join(' ').trim()
  const known = DOUBTFUL.has(node.name)
  const message = known
    ? `"${node.name}" depends on what a flow does not say (time, rate, content); the rule may match or not.`
    : `"${words.slice(0, 80)}" is not understood; the rule may match or not.`
  warn(around, 'NT1436', message, sourceOf(node))
  return { kind: 'opaque', text: words.slice(0, 120) }
}

/** Whether a rule is switched off. */
export function isDisabledRule(rule: EdgeNode): boolean {
  return at(rule, 'disable') !== undefined && isOn(rule, 'disable')
}
