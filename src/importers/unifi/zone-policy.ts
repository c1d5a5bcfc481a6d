import { type Action, ANY, allOf, type Match, notOf, type Rule, type SessionState, someOf } from '../../model/index.ts'
import { addressesOfPrefixes, parseProtocol, TCP, UDP } from '../../net/index.ts'
import { parseIcmpType } from '../netfilter/index.ts'
import { matchAddresses, matchPorts } from './addresses.ts'
import { childrenOf, type Entry, flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import { nameOf } from './networks.ts'
import type { Site } from './site.ts'

const RESPONSE: Match = { kind: 'session', in: ['established', 'related'] }

/** One policy as a rule of its pair of zones (go-unifi: FirewallZonePolicy, v2). */
export function policyRule(policy: Entry, site: Site): Rule {
  const match = allOf(
    ...sideMatches('source', 'source', policy, site),
    ...sideMatches('destination', 'destination', policy, site),
    matchProtocol(policy, site),
    matchStates(policy, site),
    matchRest(policy, site),
  )
  return { name: policyName(policy), match, action: actionOf(policy, site), source: sourceOf(policy) }
}

/** What `create_allow_respond` adds the other way round: the answers to what the policy lets pass. */
export function responseRule(policy: Entry, site: Site): Rule | undefined {
  const respond = flagOf(policy, 'create_allow_respond') === true && textOf(policy, 'action') === 'ALLOW'
  if (!respond) return undefined
  const match = allOf(
    RESPONSE,
    ...sideMatches('destination', 'source', policy, site),
    ...sideMatches('source', 'destination', policy, site),
    matchProtocol(policy, site),
    matchRest(policy, site),
  )
  const source = sourceOf(policy, 'create_allow_respond')
  return { name: `${policyName(policy)} (return)`, match, action: { kind: 'accept' }, source }
}

function policyName(policy: Entry): string {
  return `policy ${textOf(policy, 'index') ?? '?'} ${nameOf(policy)}`
}

function actionOf(policy: Entry, site: Site): Action {
  const action = textOf(policy, 'action')
  if (action === 'ALLOW') return { kind: 'accept' }
  if (action === 'BLOCK') return { kind: 'drop' }
  if (action === 'REJECT') return { kind: 'reject', with: 'port-unreachable' }
  return { kind: 'opaque', text: doubt(policy, 'action', action ?? '', site) }
}

/** The tests of one side of a policy, put on one end of the packet: for answers the ends are swapped. */
function sideMatches(
  side: 'source' | 'destination',
  end: 'source' | 'destination',
  policy: Entry,
  site: Site,
): Match[] {
  const [entry] = childrenOf(policy, side)
  if (!entry) return []
  const matches = [matchTarget(end, entry, policy, site), matchPort(end, entry, policy, site)]
  // A flow does not say which machine sent the frame.
  if (flagOf(entry, 'match_mac') === true) matches.push({ kind: 'opaque', text: `${side} mac` })
  return matches
}

function matchTarget(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const target = textOf(entry, 'matching_target') ?? 'ANY'
  if (target === 'ANY') return ANY
  if (target === 'IP') return opposite(entry, 'match_opposite_ips', matchIps(end, entry, policy, site))
  if (target === 'NETWORK') return opposite(entry, 'match_opposite_networks', matchNetworks(end, entry, policy, site))
  return { kind: 'opaque', text: doubt(policy, 'name', `matching_target ${target}`, site) }
}

function opposite(entry: Entry, key: string, match: Match): Match {
  return flagOf(entry, key) === true ? notOf(match) : match
}

function matchIps(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const group = textOf(entry, 'ip_group_id')
  const members = group === undefined ? undefined : site.groups.get(group)
  const texts = group === undefined ? textsOf(entry, 'ips') : members ? textsOf(members, 'group_members') : []
  const match = texts.length > 0 ? matchAddresses(end, texts) : undefined
  return match ?? { kind: 'opaque', text: doubt(policy, 'name', `ips ${group ?? texts.join(',')}`, site) }
}

function matchNetworks(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const ids = textsOf(entry, 'network_ids')
  const parts = ids.map((id): Match => {
    const found = site.lans.find((lan) => lan.id === id) ?? site.wans.find((wan) => wan.id === id)
    if (found?.subnet) return { kind: end, in: addressesOfPrefixes([found.subnet]) }
    return { kind: 'opaque', text: doubt(policy, 'name', `network ${id}`, site) }
  })
  return parts.length === 0 ? ANY : someOf(...parts)
}

function matchPort(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const type = textOf(entry, 'port_matching_type') ?? 'ANY'
  if (type === 'ANY') return ANY
  const group = textOf(entry, 'port_group_id')
  const members = group === undefined ? undefined : site.groups.get(group)
  const texts = type === 'OBJECT' ? (members ? textsOf(members, 'group_members') : []) : textsOf(entry, 'port')
  const match = texts.length > 0 ? matchPorts(end, texts) : undefined
  if (!match) return { kind: 'opaque', text: doubt(policy, 'name', `port ${group ?? texts.join(',')}`, site) }
  return opposite(entry, 'match_opposite_ports', match)
}

function matchProtocol(policy: Entry, site: Site): Match {
  const text = (textOf(policy, 'protocol') ?? 'all').toLowerCase()
  if (text === 'all') return ANY
  const numbers = text === 'tcp_udp' ? [TCP, UDP] : [parseProtocol(text)]
  const known = numbers.filter((one) => one !== undefined)
  if (known.length < numbers.length) return { kind: 'opaque', text: doubt(policy, 'protocol', text, site) }
  const match: Match = { kind: 'protocol', in: known }
  const types = text === 'icmp' ? (textOf(policy, 'icmp_typename') ?? 'ANY') : 'ANY'
  const icmp = parseIcmpType(types, 4)
  if (!icmp) return allOf(match, { kind: 'opaque', text: doubt(policy, 'icmp_typename', types, site) })
  if (icmp.length > 0) return allOf(match, { kind: 'icmp-type', in: icmp })
  return flagOf(policy, 'match_opposite_protocol') === true ? notOf(match) : match
}

const STATES: Readonly<Record<string, SessionState>> = {
  NEW: 'new',
  ESTABLISHED: 'established',
  RELATED: 'related',
  INVALID: 'invalid',
}

function matchStates(policy: Entry, site: Site): Match {
  const type = textOf(policy, 'connection_state_type') ?? 'ALL'
  if (type === 'ALL') return ANY
  if (type === 'RESPOND_ONLY') return RESPONSE
  const states = textsOf(policy, 'connection_states').flatMap((text) => STATES[text.toUpperCase()] ?? [])
  if (type === 'CUSTOM' && states.length > 0) return { kind: 'session', in: states }
  return { kind: 'opaque', text: doubt(policy, 'connection_state_type', type, site) }
}

/** Tunnels, the family, and the time of day, of which a flow says nothing. */
function matchRest(policy: Entry, site: Site): Match {
  const parts: Match[] = []
  if (flagOf(policy, 'match_ip_sec') === true) {
    const present = textOf(policy, 'match_ip_sec_type') !== 'MATCH_NON_IP_SEC'
    parts.push({ kind: 'tunnel', direction: 'in', present })
  }
  const [schedule] = childrenOf(policy, 'schedule')
  const mode = schedule && textOf(schedule, 'mode')
  if (mode !== undefined && mode !== 'ALWAYS') {
    parts.push({ kind: 'opaque', text: doubt(policy, 'schedule', `schedule ${mode}`, site) })
  }
  return allOf(...parts)
}

function doubt(policy: Entry, key: string, text: string, site: Site): string {
  const message = `The policy ${nameOf(policy)} tests what a flow does not say or what is not understood: "${text}".`
  const source = sourceOf(policy, key)
  const known = site.diagnostics.some((one) => one.code === 'NT1415' && one.message === message)
  if (!known) site.diagnostics.push({ severity: 'warning', code: 'NT1415', message, source })
  return text
}
