import { type Action, allOf, type Match, type Rule, someOf } from '../../model/index.ts'
import {
  addressesOfPrefixes,
  addressesOfRanges,
  type Ip,
  type PortRange,
  parseIp,
  prefixContains,
  TCP,
  UDP,
} from '../../net/index.ts'
import { matchAddresses, parsePorts } from './addresses.ts'
import { type Entry, flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import { nameOf } from './networks.ts'
import { interfaceNames, othersMissing, type Site, type WanNetwork } from './site.ts'

/** What port forwards become: translations, and the rules that let the translated packets in. */
export interface PortForwards {
  readonly destination: readonly Rule[]
  /** Hairpin: local clients of a forwarded port must not be answered past the gateway. */
  readonly source: readonly Rule[]
  readonly wanIn: readonly Rule[]
}

/**
 * Lowers `portforward` (go-unifi: PortForward): a translation of the destination on the uplink, an accept in WAN_IN for
 * the translated packet, and hairpin for clients on local networks, which the controller adds by itself (practice).
 */
export function lowerPortForwards(entries: readonly Entry[], site: Site): PortForwards {
  const forwards = entries
    .filter((entry) => flagOf(entry, 'enabled') !== false)
    .flatMap((entry) => lowerOne(entry, site))
  return {
    destination: forwards.flatMap((one) => one.destination),
    source: forwards.flatMap((one) => one.source),
    wanIn: forwards.flatMap((one) => one.wanIn),
  }
}

function lowerOne(entry: Entry, site: Site): PortForwards[] {
  const name = `port forward ${nameOf(entry)}`
  const source = sourceOf(entry)
  const to = parseIp(textOf(entry, 'fwd') ?? '')
  const pairs = portPairs(textOf(entry, 'dst_port'), textOf(entry, 'fwd_port'))
  const wans = uplinksOf(entry, site)
  const missing = othersMissing(site, 'networkconf')
  if (to === undefined || !pairs || (wans.length === 0 && !missing.othersMissing)) {
    const what = to === undefined ? '"fwd"' : pairs ? '"pfwd_interface"' : 'its ports'
    const message = `The ${name} is not understood (${what}); connections from the internet may be decided by it.`
    site.diagnostics.push({ severity: 'warning', code: 'NT1412', message, source })
    return [{ destination: [], source: [], wanIn: [doubtfulAccept(name, source)] }]
  }
  const from = sourceMatch(entry, site)
  const protocol = protocolMatch(entry)
  const destination = pairs.flatMap((pair): Rule[] => {
    const base = { name, action: rewrite(to, pair.to), source }
    const port: Match = { kind: 'destination-port', in: [pair.from] }
    const outside: Match =
      wans.length === 0
        ? { kind: 'opaque', text: 'the uplink is not in the export', ...missing }
        : { kind: 'in-interface', in: interfaceNames(wans) }
    const inside: Match = { kind: 'in-interface', in: interfaceNames(site.lans) }
    return [
      { ...base, match: allOf(outside, from, protocol, toWan(entry, wans), port) },
      { ...base, name: `${name} (hairpin)`, match: allOf(inside, protocol, toWan(entry, wans), port) },
    ]
  })
  const arrived = allOf({ kind: 'destination', in: addressesOfRanges([[to, to]]) }, protocol, {
    kind: 'destination-port',
    in: pairs.map((pair) => pair.to ?? pair.from),
  })
  const wanIn: Rule = { name, match: allOf(from, arrived), action: { kind: 'accept' }, source }
  return [{ destination, source: hairpinSource(name, arrived, to, entry, site), wanIn: [wanIn] }]
}

/** Client and server behind one interface: the server must answer the gateway, or the client sees a stranger's answer. */
function hairpinSource(name: string, arrived: Match, to: Ip, entry: Entry, site: Site): Rule[] {
  return site.lans
    .filter((lan) => prefixContains(lan.subnet, to))
    .map((lan) => ({
      name: `${name} (hairpin)`,
      match: allOf(
        { kind: 'source', in: addressesOfPrefixes([lan.subnet]) },
        { kind: 'out-interface', in: [lan.interface] },
        arrived,
      ),
      action: { kind: 'rewrite-source', to: { kind: 'own-address' } },
      source: sourceOf(entry),
    }))
}

function doubtfulAccept(name: string, source: Rule['source']): Rule {
  const match = allOf({ kind: 'session', in: ['new'] }, { kind: 'opaque', text: name })
  return { name, match, action: { kind: 'accept' }, source }
}

function uplinksOf(entry: Entry, site: Site): WanNetwork[] {
  const wanted = textOf(entry, 'pfwd_interface')?.toLowerCase() ?? 'wan'
  if (wanted === 'all' || wanted === 'both') return [...site.wans]
  return site.wans.filter((wan) => wan.group === wanted)
}

function protocolMatch(entry: Entry): Match {
  const text = textOf(entry, 'proto') ?? 'tcp_udp'
  return { kind: 'protocol', in: text === 'tcp' ? [TCP] : text === 'udp' ? [UDP] : [TCP, UDP] }
}

function sourceMatch(entry: Entry, site: Site): Match {
  const limited = flagOf(entry, 'src_limiting_enabled')
  const text = textOf(entry, 'src')
  const group = textOf(entry, 'src_firewall_group_id')
  const isGroup = textOf(entry, 'src_limiting_type') === 'firewall_group'
  if (limited === false || (text === undefined && group === undefined) || text === 'any') return allOf()
  const members = group === undefined ? undefined : site.groups.get(group)
  const texts = text === undefined || isGroup ? members && textsOf(members, 'group_members') : [text]
  const match = texts && texts.length > 0 ? matchAddresses('source', texts) : undefined
  const missing = group !== undefined && !members ? othersMissing(site, 'firewallgroup') : {}
  return match ?? { kind: 'opaque', text: `src ${text ?? group ?? ''}`, ...missing }
}

/** The uplink's own addresses; when they are not in the export, any own address that is no LAN's. */
function toWan(entry: Entry, wans: readonly WanNetwork[]): Match {
  const wanted = textOf(entry, 'destination_ip')
  if (wanted !== undefined && wanted !== 'any') {
    return matchAddresses('destination', [wanted]) ?? { kind: 'opaque', text: `destination_ip ${wanted}` }
  }
  const known = wans.flatMap((wan) => (wan.ip === undefined ? [] : [[wan.ip, wan.ip] as const]))
  const own: Match = { kind: 'destination', in: addressesOfRanges(known) }
  if (known.length === wans.length) return own
  const unknown = allOf(
    { kind: 'destination-type', in: ['local'] },
    { kind: 'opaque', text: 'the address of the uplink is not in the export' },
  )
  return someOf(own, unknown)
}

interface PortPair {
  readonly from: PortRange
  /** Absent = the port is kept. */
  readonly to?: PortRange
}

const OFFSETS_AT_MOST = 256

/** Which port becomes which. Ranges of one length keep their offset; one port takes all. */
function portPairs(from: string | undefined, to: string | undefined): PortPair[] | undefined {
  const wanted = parsePorts(from ?? '')
  const given = to === undefined ? wanted : parsePorts(to)
  if (!wanted || !given) return undefined
  const [only] = given
  if (given.length === 1 && only && only.first === only.last) {
    return wanted.map((range) => (same(range, only) ? { from: range } : { from: range, to: only }))
  }
  if (given.length !== wanted.length) return undefined
  const pairs: PortPair[] = []
  for (const [at, range] of wanted.entries()) {
    const target = given[at]
    if (!target || target.last - target.first !== range.last - range.first) return undefined
    if (same(range, target)) pairs.push({ from: range })
    else if (range.last - range.first >= OFFSETS_AT_MOST) return undefined
    else for (let step = 0; step <= range.last - range.first; step++) pairs.push(pairAt(range, target, step))
  }
  return pairs
}

function pairAt(from: PortRange, to: PortRange, step: number): PortPair {
  const one = (port: number) => ({ first: port, last: port })
  return { from: one(from.first + step), to: one(to.first + step) }
}

function same(a: PortRange, b: PortRange): boolean {
  return a.first === b.first && a.last === b.last
}

function rewrite(ip: Ip, ports: PortRange | undefined): Action {
  const to = { kind: 'address', first: ip, last: ip } as const
  return ports ? { kind: 'rewrite-destination', to, ports } : { kind: 'rewrite-destination', to }
}
