import { type Action, ANY, allOf, type InterfaceAddress, type Match, type Source } from '../../model/index.ts'
import {
  addressesOfPrefixes,
  hostPrefix,
  type Ip,
  isIp4,
  parseIp,
  parsePortRange,
  prefixContains,
} from '../../net/index.ts'
import { addressMatch, type Family, familyMatch } from './address-match.ts'
import { type Compilation, leaveOut, zoneReference } from './compilation.ts'
import { zoneChain } from './dialect.ts'
import { ruleName } from './filter-chains.ts'
import { isEveryProtocol, transportMatch } from './protocol-match.ts'
import { ruleMatch } from './rule-match.ts'
import { flagOf, isDisabled, sectionsOf, textOf, type UciSection, wordsOf } from './section.ts'
import type { FirewallZone } from './zone.ts'

/** `config redirect` sections: port forwards (DNAT) with their reflections, and source rewriting (SNAT). */
export function redirectRules(compilation: Compilation): void {
  for (const section of sectionsOf(compilation.firewall, 'redirect')) {
    if (isDisabled(section)) continue
    const target = (textOf(section, 'target') ?? 'DNAT').toUpperCase()
    if (target === 'DNAT') destinationRedirect(section, compilation)
    else if (target === 'SNAT') sourceRedirect(section, compilation)
    else leaveOut(section, `its target ${target.slice(0, 20)} is neither DNAT nor SNAT`, compilation)
  }
}

const EXTERNAL = { address: 'src_dip', port: 'src_dport' } as const

function destinationRedirect(section: UciSection, compilation: Compilation): void {
  const from = zoneReference(section, 'src', compilation)
  if (from.kind === 'absent') leaveOut(section, 'DNAT needs a source zone', compilation)
  if (from.kind === 'absent' || from.kind === 'unknown') return
  const inside = parseIp(textOf(section, 'dest_ip') ?? '')
  const stated = textOf(section, 'dest_ip')
  const to = destinationZone(section, inside, compilation)
  const families: Family[] = [from.kind === 'zone' ? from.zone.family : undefined]
  if (inside !== undefined) families.push(isIp4(inside) ? 4 : 6)
  const fallback = defaultFamily(section, inside)
  const { match, family, contradicts } = ruleMatch(
    section,
    EXTERNAL,
    compilation.networks,
    compilation.ipSets,
    families,
  )
  if (contradicts) {
    leaveOut(section, 'its addresses, zones and family contradict each other', compilation)
    return
  }
  for (const zone of from.kind === 'zone' ? [from.zone.name] : compilation.zones.keys()) {
    compilation.redirected.add(zone)
  }
  const action: Action =
    stated !== undefined && inside === undefined
      ? { kind: 'opaque', text: `dest_ip ${stated}` }
      : rewrite('rewrite-destination', inside, newPort(section, 'dest_port'))
  const key =
    from.kind === 'zone' ? zoneChain(compilation.dialect, 'dstnat', from.zone.name) : compilation.dialect.base.dstnat
  compilation.sets.append(key, {
    name: ruleName(section),
    match: allOf(family === undefined ? familyMatch(fallback) : ANY, match),
    action,
    source: section.source,
  })
  if (from.kind === 'zone' && inside !== undefined && to) reflect({ section, from: from.zone, to, inside }, compilation)
}

/** Without any address and without a `family` option a redirect is for IPv4 only (OpenWrt: firewall4, parse_redirect). */
function defaultFamily(section: UciSection, inside: Ip | undefined): Family {
  const says = inside !== undefined || ['family', 'src_ip', 'src_dip'].some((key) => textOf(section, key) !== undefined)
  return says ? undefined : 4
}

/** The zone a redirect leads to: the one it names, else the one whose networks hold the inside address. */
function destinationZone(
  section: UciSection,
  inside: Ip | undefined,
  compilation: Compilation,
): FirewallZone | undefined {
  const to = zoneReference(section, 'dest', compilation)
  if (to.kind === 'zone') return to.zone
  if (to.kind !== 'absent' || inside === undefined) return undefined
  return [...compilation.zones.values()].find((zone) =>
    addressesOf(zone, compilation).some((address) => prefixContains(address.prefix, inside)),
  )
}

/** The addresses of a zone's interfaces that the file states. */
function addressesOf(zone: FirewallZone, { networks }: Compilation): InterfaceAddress[] {
  return zone.networks.flatMap((name) => networks.get(name)?.addresses ?? [])
}

/** The port a redirect gives; a redirect of every protocol gives none. */
function newPort(section: UciSection, key: string): string | undefined {
  return isEveryProtocol(wordsOf(section, 'proto')) ? undefined : textOf(section, key)
}

function rewrite(kind: 'rewrite-source' | 'rewrite-destination', to: Ip | undefined, port: string | undefined): Action {
  const ports = port === undefined ? undefined : parsePortRange(port)
  if (port !== undefined && !ports) return { kind: 'opaque', text: `port ${port}` }
  const rewritten =
    to === undefined ? ({ kind: 'own-address' } as const) : ({ kind: 'address', first: to, last: to } as const)
  return { kind, to: rewritten, ...(ports && { ports }) }
}

interface Reflection {
  readonly section: UciSection
  readonly from: FirewallZone
  readonly to: FirewallZone
  readonly inside: Ip
}

/**
 * Reflection: hosts of the zones a redirect leads to (or of `reflection_zone`) that ask for the outside address are
 * redirected too, with their source rewritten so that the answer comes back this way. Only where the source zone
 * masquerades and an outside address is known (OpenWrt: firewall3, redirects.c; firewall4).
 */
function reflect(reflection: Reflection, compilation: Compilation): void {
  const { section, from, to, inside } = reflection
  const masquerades = isIp4(inside) ? from.masquerades4 : from.masquerades6
  if (!flagOf(section, 'reflection', true) || !masquerades) return
  const outside = outsideAddresses(reflection, compilation)
  if (!outside) return
  const named = wordsOf(section, 'reflection_zone').map((word) => compilation.zones.get(word.text))
  const zones = named.length > 0 ? named.filter((zone) => zone !== undefined) : [to]
  for (const zone of zones) {
    const own = addressesOf(zone, compilation).filter((address) => isIp4(address.ip) === isIp4(inside))
    const nearest = own.find((address) => prefixContains(address.prefix, inside)) ?? own[0]
    if (!nearest) continue
    compilation.redirected.add(zone.name)
    const clients: Match = { kind: 'source', in: addressesOfPrefixes(own.map((address) => address.prefix)) }
    const external = textOf(section, 'reflection_src') === 'external'
    const becomes = external ? (outside.first ?? nearest.ip) : nearest.ip
    reflectionRules(reflection, { zone, clients, outside: outside.match, becomes }, compilation)
  }
}

interface ReflectedZone {
  readonly zone: FirewallZone
  readonly clients: Match
  readonly outside: Match
  /** What the clients' addresses become. */
  readonly becomes: Ip
}

function reflectionRules(reflection: Reflection, reflected: ReflectedZone, compilation: Compilation): void {
  const { section, inside } = reflection
  const { sets, dialect } = compilation
  const name = `${ruleName(section)} (reflection)`
  const source: Source = section.source
  const protocols = wordsOf(section, 'proto')
  const towards = { protocols, sourcePorts: [], icmpTypes: [], family: isIp4(inside) ? 4 : 6 } as const
  sets.append(zoneChain(dialect, 'dstnat', reflected.zone.name), {
    name,
    match: allOf(
      reflected.clients,
      reflected.outside,
      transportMatch({ ...towards, destinationPorts: wordsOf(section, 'src_dport') }),
    ),
    action: rewrite('rewrite-destination', inside, newPort(section, 'dest_port')),
    source,
  })
  sets.append(zoneChain(dialect, 'srcnat', reflected.zone.name), {
    name,
    match: allOf(
      reflected.clients,
      { kind: 'destination', in: addressesOfPrefixes([hostPrefix(inside)]) },
      transportMatch({
        ...towards,
        destinationPorts: wordsOf(section, 'dest_port', ...(textOf(section, 'dest_port') ? [] : ['src_dport'])),
      }),
    ),
    action: rewrite('rewrite-source', reflected.becomes, undefined),
    source,
  })
}

/** The addresses clients know the service by: `src_dip`, else those of the source zone's interfaces. */
function outsideAddresses(
  { section, from, inside }: Reflection,
  compilation: Compilation,
): { match: Match; first: Ip | undefined } | undefined {
  const own = addressesOf(from, compilation)
    .map((address) => address.ip)
    .filter((ip) => isIp4(ip) === isIp4(inside))
  const stated = addressMatch(wordsOf(section, 'src_dip'), 'destination', compilation.networks)
  if (stated) return { match: stated.match, first: parseIp(textOf(section, 'src_dip') ?? '') ?? own[0] }
  if (own.length > 0)
    return { match: { kind: 'destination', in: addressesOfPrefixes(own.map(hostPrefix)) }, first: own[0] }
  const message = `The outside address of ${ruleName(section)} is given at run time: its reflection for inside clients is not modelled.`
  compilation.diagnostics.push({ severity: 'note', code: 'NT1325', message, source: section.source })
  return undefined
}

const INTERNAL = { address: 'dest_ip', port: 'dest_port' } as const

/** SNAT: `src_dip` is what the source becomes, `src_dport` its port; the rest is matched (OpenWrt: firewall3, redirects.c). */
function sourceRedirect(section: UciSection, compilation: Compilation): void {
  const to = zoneReference(section, 'dest', compilation)
  if (to.kind === 'unknown') return
  const becomes = parseIp(textOf(section, 'src_dip') ?? '')
  if (to.kind !== 'zone' || becomes === undefined) {
    leaveOut(section, 'SNAT needs a destination zone and src_dip', compilation)
    return
  }
  const families: Family[] = [to.zone.family, isIp4(becomes) ? 4 : 6]
  const { match, contradicts } = ruleMatch(section, INTERNAL, compilation.networks, compilation.ipSets, families)
  if (contradicts) leaveOut(section, 'its addresses, zones and family contradict each other', compilation)
  else {
    compilation.sets.append(zoneChain(compilation.dialect, 'srcnat', to.zone.name), {
      name: ruleName(section),
      match,
      action: rewrite('rewrite-source', becomes, newPort(section, 'src_dport')),
      source: section.source,
    })
  }
}
