import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
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
    ...senders(section),
    ...devices(section),
    ...others(section, sets),
  )
  return { match, family, contradicts: known.some((one) => one !== family) }
}

/** The Ethernet addresses of the senders: any of the plain ones, none of those behind `!`. */
function senders(section: UciSection): Match[] {
  const words = wordsOf(section, 'src_mac').map((word) => word.text.toLowerCase().replaceAll('-', ':'))
  const test = (macs: readonly string[]): Match => {
    const odd = macs.find((mac) => !/^([\da-f]{2}:){5}[\da-f]{2}$/.test(mac))
    return odd === undefined
      ? { kind: 'source-mac', in: macs }
      : { kind: 'opaque', text: `src_mac ${odd}`, ...blanked(odd) }
  }
  const wanted = words.filter((word) => !word.startsWith('!'))
  const refused = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1))
  return [...(wanted.length > 0 ? [test(wanted)] : []), ...(refused.length > 0 ? [notOf(test(refused))] : [])]
}

/** A person left the address out of the line. */
function blanked(mac: string): { othersMissing?: true } {
  return /^[\da-fx*]{2}(:[\da-fx*]{2}){5}$|redacted/.test(mac) ? { othersMissing: true } : {}
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
  // One connection is under every limit; `!10/s` asks for what is over it (firewall4: parse_limit).
  if (textOf(section, 'limit')?.startsWith('!')) matches.push(someOf())
  for (const key of OPAQUE) {
    const value = textOf(section, key)
    if (value !== undefined) matches.push({ kind: 'opaque', text: `${key} ${value}` })
  }
  return matches
}
