import { ANY, allOf, type Diagnostic, implied, type Match, notOf, type Source, someOf } from '../../model/index.ts'
import { addressMatch, type Family, familyMatch, familyOf } from './address-match.ts'
import type { UciNetworks } from './network.ts'
import { flagOf, optionOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** What a zone or a hook does with what no rule took. */
export type Verdict = 'ACCEPT' | 'REJECT' | 'DROP'

/** A policy and where it is written. */
export interface ZonePolicy {
  readonly verdict: Verdict
  readonly source: Source
}

/** The policies of the `defaults` section; DROP where it says nothing (OpenWrt: firewall3, defaults.c). */
export interface FirewallDefaults {
  readonly input: ZonePolicy
  readonly forward: ZonePolicy
  readonly output: ZonePolicy
  readonly dropInvalid: boolean
  readonly section: UciSection | undefined
}

/** A firewall zone: a name for some devices and subnets, and what happens to their packets. */
export interface FirewallZone {
  readonly name: string
  readonly section: UciSection
  /** The UCI networks in it. */
  readonly networks: readonly string[]
  /** The test of a packet that came in from the zone; `undefined` = the zone has no device and no subnet. */
  readonly from: Match | undefined
  /** The test of a packet that goes out to the zone. */
  readonly to: Match | undefined
  readonly family: Family
  readonly input: ZonePolicy
  readonly forward: ZonePolicy
  readonly output: ZonePolicy
  readonly masquerades4: boolean
  readonly masquerades6: boolean
}

/** Reads the `defaults` section; of several the first counts. */
export function defaultsOf(firewall: UciPackage | undefined): FirewallDefaults {
  const section = sectionsOf(firewall, 'defaults')[0]
  const missing: ZonePolicy = {
    verdict: 'DROP',
    source: implied('A policy the defaults section does not give is DROP (OpenWrt: firewall3, defaults.c; firewall4).'),
  }
  const policy = (key: string) => (section && policyOf(section, key)) ?? missing
  return {
    input: policy('input'),
    forward: policy('forward'),
    output: policy('output'),
    dropInvalid: section !== undefined && flagOf(section, 'drop_invalid', false),
    section,
  }
}

/** Reads the zones in order; a nameless one is left out, as the firewall does. */
export function zonesOf(
  firewall: UciPackage | undefined,
  defaults: FirewallDefaults,
  networks: UciNetworks,
  diagnostics: Diagnostic[],
): FirewallZone[] {
  const zones: FirewallZone[] = []
  for (const section of sectionsOf(firewall, 'zone')) {
    const name = textOf(section, 'name')
    if (!flagOf(section, 'enabled', true)) continue
    if (name === undefined) diagnostics.push(nameless(section))
    else if (contradicts(section, networks)) diagnostics.push(contradicting(name, section))
    else zones.push(zoneOf(name, section, defaults, networks, diagnostics))
  }
  return zones
}

/** Whether the zone's subnets are all of another family than it names: firewall4 leaves such a zone out. */
function contradicts(section: UciSection, networks: UciNetworks): boolean {
  const stated = familyOf(textOf(section, 'family'))
  const subnets = addressMatch(wordsOf(section, 'subnet'), 'source', networks)?.family
  return stated !== undefined && subnets !== undefined && stated !== subnets
}

function zoneOf(
  name: string,
  section: UciSection,
  defaults: FirewallDefaults,
  networks: UciNetworks,
  diagnostics: Diagnostic[],
): FirewallZone {
  const names = wordsOf(section, 'network')
  for (const one of names) if (!networks.has(one.text)) diagnostics.push(noNetwork(name, one.text, one.source))
  const devices = names.map((one) => networks.get(one.text)?.device).filter((device) => device !== undefined)
  const words = [...devices, ...wordsOf(section, 'device').map((one) => one.text.replace(/\+$/, '*'))]
  const subnets = wordsOf(section, 'subnet')
  const bySource = addressMatch(subnets, 'source', networks)
  const family = familyOf(textOf(section, 'family')) ?? bySource?.family
  const side = (kind: 'in-interface' | 'out-interface'): Match | undefined => {
    const addresses = kind === 'in-interface' ? bySource : addressMatch(subnets, 'destination', networks)
    if (words.length === 0 && !addresses) return undefined
    return allOf(familyMatch(family), deviceMatch(kind, words), addresses?.match ?? ANY)
  }
  return {
    name,
    section,
    networks: names.map((one) => one.text),
    from: side('in-interface'),
    to: side('out-interface'),
    family,
    input: policyOf(section, 'input') ?? defaults.input,
    forward: policyOf(section, 'forward') ?? defaults.forward,
    output: policyOf(section, 'output') ?? defaults.output,
    masquerades4: flagOf(section, 'masq', false),
    masquerades6: flagOf(section, 'masq6', false),
  }
}

/** The test of a device name: any of the plain ones, none of those behind `!`; a lone `*` is every device. */
export function deviceMatch(kind: 'in-interface' | 'out-interface', words: readonly string[]): Match {
  const wanted = words.filter((word) => !word.startsWith('!'))
  const refused = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1))
  const every = words.length === 0 || wanted.includes('*') || (wanted.length === 0 && !refused.includes('*'))
  return allOf(
    ...(every ? [] : [wanted.length > 0 ? { kind, in: wanted } : someOf()]),
    ...(refused.length > 0 ? [notOf({ kind, in: refused } as Match)] : []),
  )
}

function policyOf(section: UciSection, key: string): ZonePolicy | undefined {
  const value = optionOf(section, key)
  const verdict = value && verdictOf(value.text)
  return verdict && { verdict, source: value.source }
}

/** A verdict in any case; `undefined` for other words. */
export function verdictOf(text: string): Verdict | undefined {
  const word = text.trim().toUpperCase()
  return word === 'ACCEPT' || word === 'REJECT' || word === 'DROP' ? word : undefined
}

function nameless(section: UciSection): Diagnostic {
  const message = 'A zone without a name is left out, as the firewall does. Give it one.'
  return { severity: 'warning', code: 'NT1320', message, source: section.source }
}

function contradicting(zone: string, section: UciSection): Diagnostic {
  const message = `Zone ${zone} is left out, as the firewall does: its subnets are not of the family it names.`
  return { severity: 'warning', code: 'NT1328', message, source: section.source }
}

function noNetwork(zone: string, network: string, source: Source): Diagnostic {
  const message = `Zone ${zone} names the network ${network}, which the network file does not define: it covers nothing by that name.`
  return { severity: 'warning', code: 'NT1321', message, source, othersMissing: true }
}
