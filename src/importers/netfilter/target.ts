import type { Action, Rejection } from '../../model/index.ts'
import { markAction } from './mark-target.ts'
import { natAction } from './nat-target.ts'
import { noteOnce } from './notes.ts'
import type { RuleContext } from './rule-context.ts'
import type { Option, RuleWords } from './rule-words.ts'

/**
 * What a rule's target does (iptables(8), iptables-extensions(8)). A rule without a target counts and goes on; a
 * target that leaves the decision to somebody else, or that we do not know, is opaque.
 */
export function actionOf(words: RuleWords, context: RuleContext): Action {
  const target = words.target
  if (!target) return { kind: 'pass' }
  const to = context.chainKeys.get(target.name)
  if (to !== undefined) return { kind: target.by, to }
  if (target.by === 'goto') return opaqueAction(words, context, 'there is no such chain in the file')
  switch (target.name) {
    case 'ACCEPT':
      return { kind: 'accept' }
    case 'DROP':
      return { kind: 'drop' }
    case 'RETURN':
      return { kind: 'return' }
    case 'REJECT':
      return rejectAction(target.options, words, context)
    case 'MARK':
    case 'CONNMARK':
      return markAction(target) ?? opaqueAction(words, context, 'this change of a mark cannot be expressed')
    case 'DNAT':
    case 'SNAT':
    case 'MASQUERADE':
    case 'REDIRECT':
    case 'NETMAP':
      return natAction(target, context) ?? opaqueAction(words, context, 'its target or its chain is not understood')
    case 'TCPMSS':
      return clampAction(target.options) ?? opaqueAction(words, context, 'its value is not understood')
    case 'NOTRACK':
      return { kind: 'no-track' }
    case 'CT':
      return trackAction(target.options, words, context)
    default:
      if (PASSING.has(target.name)) return { kind: 'pass' }
      return opaqueAction(words, context, DECIDED_ELSEWHERE.get(target.name) ?? 'there is no such chain in the file')
  }
}

// Targets after which the walk goes on and that change nothing a verdict depends on.
const PASSING: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'TTL',
  'HL',
  'DSCP',
  'TOS',
  'ECN',
  'CLASSIFY',
  'TRACE',
  'SET',
  'AUDIT',
  'CHECKSUM',
  'SECMARK',
  'CONNSECMARK',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'TEE',
  'TCPOPTSTRIP',
])
const DECIDED_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['NFQUEUE', 'a program decides'],
  ['QUEUE', 'a program decides'],
  ['TPROXY', 'a proxy on this host takes the connection'],
  ['SYNPROXY', 'a proxy on this host answers first'],
  ['TARPIT', 'connections are held open'],
  ['SAME', 'the address it picks is not predictable'],
  ['CLUSTERIP', 'another node of the cluster may take the packet'],
  ['HMARK', 'the mark is a hash'],
])

const REJECTIONS: Readonly<Record<string, Rejection>> = {
  'icmp-net-unreachable': 'net-unreachable',
  'net-unreach': 'net-unreachable',
  'icmp-host-unreachable': 'host-unreachable',
  'host-unreach': 'host-unreachable',
  'icmp-port-unreachable': 'port-unreachable',
  'port-unreach': 'port-unreachable',
  'icmp-proto-unreachable': 'protocol-unreachable',
  'proto-unreach': 'protocol-unreachable',
  'icmp-net-prohibited': 'net-prohibited',
  'net-prohib': 'net-prohibited',
  'icmp-host-prohibited': 'host-prohibited',
  'host-prohib': 'host-prohibited',
  'icmp-admin-prohibited': 'admin-prohibited',
  'admin-prohib': 'admin-prohibited',
  'tcp-reset': 'tcp-reset',
  'tcp-rst': 'tcp-reset',
  'icmp6-no-route': 'net-unreachable',
  'no-route': 'net-unreachable',
  'icmp6-adm-prohibited': 'admin-prohibited',
  'adm-prohibited': 'admin-prohibited',
  'icmp6-addr-unreachable': 'host-unreachable',
  'addr-unreach': 'host-unreachable',
  'icmp6-port-unreachable': 'port-unreachable',
}

function rejectAction(options: readonly Option[], words: RuleWords, context: RuleContext): Action {
  const value = options.find((option) => option.name === 'reject-with')?.values[0] ?? 'icmp-port-unreachable'
  const answer = Object.hasOwn(REJECTIONS, value) ? REJECTIONS[value] : undefined
  return answer ? { kind: 'reject', with: answer } : opaqueAction(words, context, `"${value}" is no known answer`)
}

function clampAction(options: readonly Option[]): Action | undefined {
  if (options.some((option) => option.name === 'clamp-mss-to-pmtu')) return { kind: 'clamp-mss', to: 'path' }
  const size = Number(options.find((option) => option.name === 'set-mss')?.values[0])
  return Number.isInteger(size) && size > 0 ? { kind: 'clamp-mss', to: size } : undefined
}

function trackAction(options: readonly Option[], words: RuleWords, context: RuleContext): Action {
  if (options.some((option) => option.name === 'notrack')) return { kind: 'no-track' }
  // Connections in another zone do not find the entries of this one.
  if (options.some((option) => option.name.startsWith('zone'))) {
    return opaqueAction(words, context, 'connection tracking zones are not modelled')
  }
  return { kind: 'pass' }
}

function opaqueAction(words: RuleWords, context: RuleContext, why: string): Action {
  const target = words.target
  const text = target
    ? [target.by === 'goto' ? '-g' : '-j', target.name, ...target.options.map((option) => option.text)].join(' ')
    : ''
  const message = `What "${text}" does cannot be said: ${why}; answers that depend on it will be unknown.`
  noteOnce(context.notes, text, 'warning', 'NT1514', message, context.source)
  return { kind: 'opaque', text }
}
