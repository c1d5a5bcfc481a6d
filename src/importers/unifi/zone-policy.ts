import { type Action, ANY, allOf, type Match, notOf, type Rule, type SessionState, someOf } from '../../model/index.ts'
import { addressesOfPrefixes, parseProtocol, TCP, UDP } from '../../net/index.ts'
import { parseIcmpType } from '../netfilter/index.ts'
import { matchAddresses, matchPorts } from './addresses.ts'
import { childrenOf, type Entry, flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import { nameOf } from './networks.ts'
import { othersMissing, type Site } from './site.ts'
import { timesOf } from './traffic.ts'

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
  const mac = textOf(entry, 'mac')?.toLowerCase()
  if (flagOf(entry, 'match_mac') === true) {
    matches.push(side === end && mac !== undefined ? sentBy([mac]) : { kind: 'opaque', text: `${side} mac` })
  }
  return matches
}

function matchTarget(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const target = textOf(entry, 'matching_target') ?? 'ANY'
  if (target === 'ANY') return ANY
  if (target === 'IP') return opposite(entry, 'match_opposite_ips', matchIps(end, entry, policy, site))
  if (target === 'NETWORK') return opposite(entry, 'match_opposite_networks', matchNetworks(end, entry, policy, site))
  const macs = [...textsOf(entry, 'client_macs'), ...textsOf(entry, 'macs')].map((mac) => mac.toLowerCase())
  if (end === 'source' && (target === 'CLIENT' || target === 'MAC') && macs.length > 0) return sentBy(macs)
  const domains = textsOf(entry, 'web_domains').map((name) => name.toLowerCase())
  if (target === 'WEB' && domains.length > 0) {
    return { kind: 'server-name', in: domains.flatMap((name) => [name, `*.${name}`]) }
  }
  const named = ['app_ids', 'app_category_ids', 'regions'].flatMap((key) => textsOf(entry, key))
  const text = [`matching_target ${target}`, ...named].join(' ')
  return { kind: 'opaque', text: doubt(policy, 'name', text, site) }
}

function sentBy(macs: readonly string[]): Match {
  return { kind: 'source-mac', in: macs }
}

function opposite(entry: Entry, key: string, match: Match): Match {
  return flagOf(entry, key) === true ? notOf(match) : match
}

function matchIps(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const group = textOf(entry, 'ip_group_id')
  const members = group === undefined ? undefined : site.groups.get(group)
  const texts = group === undefined ? textsOf(entry, 'ips') : members ? textsOf(members, 'group_members') : []
  const match = texts.length > 0 ? matchAddresses(end, texts) : undefined
  const missing = group !== undefined && !members ? othersMissing(site, 'firewallgroup') : {}
  return match ?? opaqueFor(policy, `ips ${group ?? texts.join(',')}`, missing, site)
}

function matchNetworks(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const ids = textsOf(entry, 'network_ids')
  const parts = ids.map((id): Match => {
    const found = site.lans.find((lan) => lan.id === id) ?? site.wans.find((wan) => wan.id === id)
    if (found?.subnet) return { kind: end, in: addressesOfPrefixes([found.subnet]) }
    return opaqueFor(policy, `network ${id}`, othersMissing(site, 'networkconf'), site)
  })
  return parts.length === 0 ? ANY : someOf(...parts)
}

function matchPort(end: 'source' | 'destination', entry: Entry, policy: Entry, site: Site): Match {
  const type = textOf(entry, 'port_matching_type') ?? 'ANY'
  const isOpposite = flagOf(entry, 'match_opposite_ports') === true
  if (type === 'ANY') return ANY
  const group = textOf(entry, 'port_group_id')
  const members = group === undefined ? undefined : site.groups.get(group)
  const texts = type === 'OBJECT' ? (members ? textsOf(members, 'group_members') : []) : textsOf(entry, 'port')
  const match = texts.length > 0 ? matchPorts(end, texts) : undefined
  if (!match) {
    const missing = group !== undefined && !members ? othersMissing(site, 'firewallgroup') : {}
    return opaqueFor(policy, `port ${group ?? texts.join(',')}`, missing, site)
  }
  return isOpposite ? notOf(match) : match
}

function matchProtocol(policy: Entry, site: Site): Match {
  const text = (textOf(policy, 'protocol') ?? 'all').toLowerCase()
  // The policy keeps what it says of one protocol while it is for another, where it means nothing.
  const stated = { icmp: textOf(policy, 'icmp_typename'), icmpv6: textOf(policy, 'icmp_v6_typename') }
  const isOpposite = flagOf(policy, 'match_opposite_protocol') === true
  if (text === 'all') return ANY
  const numbers = text === 'tcp_udp' ? [TCP, UDP] : [parseProtocol(text)]
  const known = numbers.filter((one) => one !== undefined)
  if (known.length < numbers.length) return { kind: 'opaque', text: doubt(policy, 'protocol', text, site) }
  const match: Match = { kind: 'protocol', in: known }
  const types = (text === 'icmp' || text === 'icmpv6' ? stated[text] : undefined) ?? 'ANY'
  const icmp = parseIcmpType(types, text === 'icmpv6' ? 6 : 4)
  if (!icmp) return allOf(match, { kind: 'opaque', text: doubt(policy, 'icmp_typename', types, site) })
  if (icmp.length > 0) return allOf(match, { kind: 'icmp-type', in: icmp })
  return isOpposite ? notOf(match) : match
}

const STATES: Readonly<Record<string, SessionState>> = {
  NEW: 'new',
  ESTABLISHED: 'established',
  RELATED: 'related',
  INVALID: 'invalid',
}

function matchStates(policy: Entry, site: Site): Match {
  const type = textOf(policy, 'connection_state_type') ?? 'ALL'
  const states = textsOf(policy, 'connection_states').flatMap((text) => STATES[text.toUpperCase()] ?? [])
  if (type === 'ALL') return ANY
  if (type === 'RESPOND_ONLY') return RESPONSE
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
  const times = schedule && timesOf(schedule)
  if (times !== undefined) parts.push({ kind: 'opaque', text: doubt(policy, 'schedule', times, site) })
  return allOf(...parts)
}

function opaqueFor(policy: Entry, text: string, missing: { othersMissing?: true }, site: Site): Match {
  return { kind: 'opaque', text: doubt(policy, 'name', text, site, missing), ...missing }
}

function doubt(policy: Entry, key: string, text: string, site: Site, missing: { othersMissing?: true } = {}): string {
  const message = `The policy ${nameOf(policy)} tests what a flow does not say or what is not understood: "${text}".`
  const source = sourceOf(policy, key)
  const known = site.diagnostics.some((one) => one.code === 'NT1415' && one.message === message)
  if (!known) site.diagnostics.push({ severity: 'warning', code: 'NT1415', message, source, ...missing })
  return text
}
