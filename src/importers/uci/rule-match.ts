import { ANY, allOf, type Match } from '../../model/index.ts'
import { addressMatch, type Family, familyMatch, familyOf } from './address-match.ts'
import { type IpSets, ipSetMatch } from './ipset.ts'
import { markMatch } from './mark.ts'
import type { UciNetworks } from './network.ts'
import { transportMatch } from './protocol-match.ts'
import { textOf, type UciSection, wordsOf } from './section.ts'
import { deviceMatch } from './zone.ts'

/** Which options of a section say where a packet goes: a redirect's are of the packet before translation. */
export interface DestinationKeys {
  readonly address: string
  readonly port: string
}

/** What a section's match options mean. */
export interface RuleMatch {
  readonly match: Match
  readonly family: Family
  /** Its family options contradict each other: the firewall leaves such a section out. */
  readonly contradicts: boolean
}

/** Match options the model has no word for: they depend on time, rate, hardware, or on raw text. */
const OPAQUE = [
  'src_mac',
  'limit',
  'start_date',
  'stop_date',
  'start_time',
  'stop_time',
  'weekdays',
  'monthdays',
  'dscp',
  'helper',
  'connbytes',
  'extra',
]

/** The test a `rule`, `redirect` or `nat` section makes beside its zones. `families` are those of its zones. */
export function ruleMatch(
  section: UciSection,
  keys: DestinationKeys,
  networks: UciNetworks,
  sets: IpSets,
  families: readonly Family[],
): RuleMatch {
  const source = addressMatch(wordsOf(section, 'src_ip'), 'source', networks)
  const destination = addressMatch(wordsOf(section, keys.address), 'destination', networks)
  const stated = [familyOf(textOf(section, 'family')), source?.family, destination?.family, ...families]
  const known = stated.filter((family) => family !== undefined)
  const family = known[0]
  const transport = transportMatch({
    protocols: wordsOf(section, 'proto'),
    sourcePorts: wordsOf(section, 'src_port'),
    destinationPorts: wordsOf(section, keys.port),
    icmpTypes: wordsOf(section, 'icmp_type'),
    family,
  })
  const match = allOf(
    familyMatch(family),
    transport,
    source?.match ?? ANY,
    destination?.match ?? ANY,
    ...devices(section),
    ...others(section, sets),
  )
  return { match, family, contradicts: known.some((one) => one !== family) }
}

function devices(section: UciSection): Match[] {
  const device = textOf(section, 'device')
  if (device === undefined) return []
  const kind = textOf(section, 'direction') === 'out' ? 'out-interface' : 'in-interface'
  return [deviceMatch(kind, [device.replace(/\+$/, '*')])]
}

function others(section: UciSection, sets: IpSets): Match[] {
  const matches: Match[] = []
  const mark = textOf(section, 'mark')
  if (mark !== undefined) matches.push(markMatch(mark))
  const set = textOf(section, 'ipset')
  if (set !== undefined) matches.push(ipSetMatch(set, sets))
  for (const key of OPAQUE) {
    const value = textOf(section, key)
    if (value !== undefined) matches.push({ kind: 'opaque', text: `${key} ${value}` })
  }
  return matches
}
