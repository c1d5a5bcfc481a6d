import { type Action, ANY, allOf, implied } from '../../model/index.ts'
import { parseIp, parsePortRange } from '../../net/index.ts'
import { addressMatch, type Family, familyMatch } from './address-match.ts'
import { type Compilation, leaveOut, zoneReference } from './compilation.ts'
import { zoneChain } from './dialect.ts'
import { ruleName } from './filter-chains.ts'
import { ruleMatch } from './rule-match.ts'
import { isDisabled, placeOf, sectionsOf, textOf, type UciSection, type UciValue, wordsOf } from './section.ts'
import type { FirewallZone } from './zone.ts'

const KEYS = { address: 'dest_ip', port: 'dest_port' } as const

/** `config nat` sections: the source of what leaves by a zone (or anywhere) is rewritten, or kept with ACCEPT. */
export function natSections(compilation: Compilation): void {
  for (const section of sectionsOf(compilation.firewall, 'nat')) {
    if (isDisabled(section)) continue
    const zone = zoneReference(section, 'src', compilation)
    if (zone.kind === 'unknown') continue
    const families: Family[] = [zone.kind === 'zone' ? zone.zone.family : undefined]
    const becomes = parseIp(textOf(section, 'snat_ip') ?? '')
    if (becomes !== undefined) families.push(typeof becomes === 'number' ? 4 : 6)
    const read = ruleMatch(withEveryProtocol(section), KEYS, compilation.networks, compilation.ipSets, families)
    if (read.contradicts) {
      leaveOut(section, 'its addresses, zones and family contradict each other', compilation)
      continue
    }
    const action = natAction(section)
    const key =
      zone.kind === 'zone' ? zoneChain(compilation.dialect, 'srcnat', zone.zone.name) : compilation.dialect.base.srcnat
    // Without a family and any address a nat section is for IPv4, as it was before fw4 knew IPv6 (firewall4, parse_nat).
    const fallback = read.family === undefined && textOf(section, 'family') === undefined ? familyMatch(4) : ANY
    compilation.sets.append(key, {
      name: ruleName(section),
      match: allOf(fallback, read.match),
      action,
      source: section.source,
    })
  }
}

/** A nat section without `proto` is for every protocol (OpenWrt: firewall4, parse_nat). */
function withEveryProtocol(section: UciSection): UciSection {
  if (textOf(section, 'proto') !== undefined) return section
  return { ...section, options: new Map([...section.options, ['proto', [{ text: 'all', source: section.source }]]]) }
}

function natAction(section: UciSection): Action {
  const target = (textOf(section, 'target') ?? 'MASQUERADE').toUpperCase()
  const port = textOf(section, 'snat_port')
  const ports = port === undefined ? undefined : parsePortRange(port)
  if (target === 'ACCEPT') return { kind: 'accept' }
  if (port !== undefined && !ports) return { kind: 'opaque', text: `snat_port ${port}` }
  if (target === 'MASQUERADE') return { kind: 'rewrite-source', to: { kind: 'own-address' }, ...(ports && { ports }) }
  const becomes = parseIp(textOf(section, 'snat_ip') ?? '')
  if (target !== 'SNAT' || becomes === undefined) return { kind: 'opaque', text: `target ${target}` }
  return { kind: 'rewrite-source', to: { kind: 'address', first: becomes, last: becomes }, ...(ports && { ports }) }
}

/** `masq`: what leaves by the zone takes the device's address, but for what `masq_src` and `masq_dest` leave out. */
export function masqueradeRules(compilation: Compilation): void {
  for (const zone of compilation.zones.values()) {
    if (zone.masquerades4) masquerade(compilation, zone, 4)
    if (zone.masquerades6) masquerade(compilation, zone, 6)
  }
}

function masquerade({ sets, dialect, networks }: Compilation, zone: FirewallZone, family: 4 | 6): void {
  const key = family === 4 ? 'masq' : 'masq6'
  const sources = ofFamily(wordsOf(zone.section, 'masq_src'), family)
  const destinations = ofFamily(wordsOf(zone.section, 'masq_dest'), family)
  sets.append(zoneChain(dialect, 'srcnat', zone.name), {
    name: `masquerading of zone ${zone.name}`,
    match: allOf(
      familyMatch(family),
      addressMatch(sources, 'source', networks)?.match ?? ANY,
      addressMatch(destinations, 'destination', networks)?.match ?? ANY,
    ),
    action: { kind: 'rewrite-source', to: { kind: 'own-address' } },
    source: placeOf(zone.section, key),
  })
}

/** Entries that are an address of the other family are left out, as the firewall does. */
function ofFamily(values: readonly UciValue[], family: 4 | 6): UciValue[] {
  return values.filter((value) => {
    const isV6 = value.text.includes(':')
    return family === 6 ? isV6 || !/^!?\d/.test(value.text) : !isV6
  })
}

/**
 * The jumps from nat's base chains into those of the zones. Both base chains are there as soon as one is needed: the
 * replies of a connection one of them translated are undone at the other.
 */
export function natJumps({ sets, dialect, zones }: Compilation): void {
  for (const chain of ['dstnat', 'srcnat'] as const) {
    for (const zone of zones.values()) {
      const to = zoneChain(dialect, chain, zone.name)
      const match = chain === 'dstnat' ? zone.from : zone.to
      if (!sets.has(to) || match === undefined) continue
      const name = `zone ${zone.name}`
      sets.append(dialect.base[chain], { name, match, action: { kind: 'jump', to }, source: zone.section.source })
    }
  }
  const { dstnat, srcnat } = dialect.base
  if (!sets.has(dstnat) && !sets.has(srcnat)) return
  for (const base of [dstnat, srcnat]) sets.setPolicy(base, { kind: 'accept' }, UNTRANSLATED)
}

const UNTRANSLATED = implied('What no rule translates stays as it is (iptables(8), nat).')
