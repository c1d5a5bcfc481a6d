import { ANY, allOf, type Match, notOf, type SessionState } from '../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, parseProtocol, TCP, UDP } from '../../net/index.ts'
import { parseIcmpType } from '../netfilter/index.ts'
import { matchAddresses, matchPorts } from './addresses.ts'
import { type Entry, flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import { nameOf } from './networks.ts'
import { othersMissing, type Site } from './site.ts'

/**
 * The match of a `firewallrule`: all of what it names (go-unifi: FirewallRule, controller 9.5). Groups of different
 * types must all match, of one type any member. No connection state ticked means every state.
 */
export function matchRule(entry: Entry, site: Site): Match {
  return allOf(
    matchProtocol(entry, site),
    ...matchEnd('src', entry, site),
    ...matchEnd('dst', entry, site),
    matchIcmp(entry, site),
    matchStates(entry),
    matchTunnel(entry),
  )
}

function matchProtocol(entry: Entry, site: Site): Match {
  const text = textOf(entry, 'protocol')?.toLowerCase()
  const isExcepted = flagOf(entry, 'protocol_match_excepted') === true
  if (text === undefined || text === 'all') return ANY
  const protocol = text === 'tcp_udp' ? [TCP, UDP] : [parseProtocol(text)]
  const known = protocol.filter((one) => one !== undefined)
  if (known.length < protocol.length) return doubt(entry, 'protocol', text, site)
  const match: Match = { kind: 'protocol', in: known }
  return isExcepted ? notOf(match) : match
}

function matchEnd(end: 'src' | 'dst', entry: Entry, site: Site): Match[] {
  const side = end === 'src' ? 'source' : 'destination'
  const matches: Match[] = []
  const address = textOf(entry, `${end}_address`)
  if (address !== undefined) {
    matches.push(matchAddresses(side, [address]) ?? doubt(entry, `${end}_address`, address, site))
  }
  matches.push(...matchGroups(end, entry, site), ...matchNetwork(end, entry, site))
  const port = textOf(entry, `${end}_port`)
  if (port !== undefined) matches.push(matchPorts(side, [port]) ?? doubt(entry, `${end}_port`, port, site))
  const mac = textOf(entry, `${end}_mac_address`)?.toLowerCase()
  if (mac !== undefined) {
    matches.push(
      end === 'src' ? { kind: 'source-mac', in: [mac] } : { kind: 'opaque', text: `${end}_mac_address ${mac}` },
    )
  }
  return matches
}

function matchGroups(end: 'src' | 'dst', entry: Entry, site: Site): Match[] {
  const side = end === 'src' ? 'source' : 'destination'
  const members = new Map<string, string[]>()
  for (const id of textsOf(entry, `${end}_firewallgroup_ids`)) {
    const group = site.groups.get(id)
    if (!group) return [missingGroup(entry, end, id, site)]
    const type = textOf(group, 'group_type') ?? ''
    members.set(type, [...(members.get(type) ?? []), ...textsOf(group, 'group_members')])
  }
  return [...members].map(([type, texts]) => {
    const match = type === 'port-group' ? matchPorts(side, texts) : matchAddresses(side, texts)
    const known = type === 'port-group' || type === 'address-group' || type === 'ipv6-address-group'
    if (match && known && texts.length > 0) return match
    return doubt(entry, `${end}_firewallgroup_ids`, `${type} ${texts.join(',')}`, site)
  })
}

function missingGroup(entry: Entry, end: string, id: string, site: Site): Match {
  const message = `The rule ${nameOf(entry)} names the group ${id}, which is not in the export (collection firewallgroup).`
  const source = sourceOf(entry, `${end}_firewallgroup_ids`)
  const missing = othersMissing(site, 'firewallgroup')
  site.diagnostics.push({ severity: 'warning', code: 'NT1407', message, source, ...missing })
  return { kind: 'opaque', text: `${end}_firewallgroup_ids ${id}`, ...missing }
}

/** NETv4 is the whole network, ADDRv4 the gateway's own address in it. */
function matchNetwork(end: 'src' | 'dst', entry: Entry, site: Site): Match[] {
  const id = textOf(entry, `${end}_networkconf_id`)
  const own = textOf(entry, `${end}_networkconf_type`) === 'ADDRv4'
  if (id === undefined) return []
  const kind = end === 'src' ? 'source' : 'destination'
  const network = site.lans.find((lan) => lan.id === id) ?? site.wans.find((wan) => wan.id === id)
  if (network?.ip === undefined || !network.subnet) {
    const message = `The rule ${nameOf(entry)} names the network ${id}, whose addresses are not in the export.`
    const source = sourceOf(entry, `${end}_networkconf_id`)
    const missing = othersMissing(site, 'networkconf')
    site.diagnostics.push({ severity: 'warning', code: 'NT1408', message, source, ...missing })
    return [{ kind: 'opaque', text: `${end}_networkconf_id ${id}`, ...missing }]
  }
  return [{ kind, in: addressesOfPrefixes([own ? hostPrefix(network.ip) : network.subnet]) }]
}

function matchIcmp(entry: Entry, site: Site): Match {
  const text = textOf(entry, 'icmp_typename')
  // The controller keeps a type even when the rule is of another protocol, where it means nothing.
  if (text === undefined || textOf(entry, 'protocol') !== 'icmp') return ANY
  const types = parseIcmpType(text, 4)
  if (!types) return doubt(entry, 'icmp_typename', text, site)
  return types.length === 0 ? ANY : { kind: 'icmp-type', in: types }
}

const STATES: readonly SessionState[] = ['new', 'established', 'related', 'invalid']

function matchStates(entry: Entry): Match {
  const states = STATES.filter((state) => flagOf(entry, `state_${state}`) === true)
  return states.length === 0 ? ANY : { kind: 'session', in: states }
}

function matchTunnel(entry: Entry): Match {
  const text = textOf(entry, 'ipsec')
  if (text !== 'match-ipsec' && text !== 'match-none') return ANY
  return { kind: 'tunnel', direction: 'in', present: text === 'match-ipsec' }
}

function doubt(entry: Entry, key: string, text: string, site: Site): Match {
  const message = `"${key}" of the rule ${nameOf(entry)} is not understood: "${text}"; it may match or not.`
  site.diagnostics.push({ severity: 'warning', code: 'NT1409', message, source: sourceOf(entry, key) })
  return { kind: 'opaque', text: `${key} ${text}` }
}
