import type { Match } from '../../model/index.ts'
import {
  type Ip,
  isIp4,
  parseIp,
  parsePrefix,
  parseProtocol,
  prefixFirst,
  prefixLast,
  prefixOf,
} from '../../net/index.ts'
import { parseIcmpType } from './icmp-types.ts'
import { parsePorts } from './match-port.ts'
import { parseMark } from './match-session.ts'
import type { SavedSet, SetEntry } from './saved-text.ts'

/** What one part of an entry is. `bare-port` has no protocol: it matches TCP and UDP. */
export type Dimension = 'address' | 'port' | 'bare-port' | 'interface' | 'mark'

/** An entry as tests: address ranges apart from the rest, so that entries that differ in one of them can be merged. */
export interface Element {
  readonly ranges: readonly { readonly end: 'source' | 'destination'; readonly first: Ip; readonly last: Ip }[]
  readonly rest: readonly Match[]
  readonly nomatch: boolean
  /** Sum of the prefix lengths; of overlapping entries the largest decides. */
  readonly specificity: number
}

/** An entry read dimension by dimension; `undefined` when a part is not understood. */
export function readElements(
  entry: SetEntry,
  dimensions: readonly Dimension[],
  sides: readonly string[],
  set: SavedSet,
): Element | undefined {
  if (entry.parts.length !== dimensions.length) return undefined
  const ranges: Element['ranges'][number][] = []
  const rest: Match[] = []
  let specificity = 0
  for (const [at, dimension] of dimensions.entries()) {
    const part = entry.parts[at] ?? ''
    const end = sides[at] === 'src' ? 'source' : 'destination'
    if (dimension === 'address') {
      const range = readRange(part, set)
      if (!range) return undefined
      ranges.push({ end, first: range.first, last: range.last })
      specificity += range.length
    } else {
      const match = readPart(part, dimension, end)
      if (!match) return undefined
      rest.push(match)
    }
  }
  return { ranges, rest, nomatch: entry.nomatch, specificity }
}

function readRange(text: string, set: SavedSet): { first: Ip; last: Ip; length: number } | undefined {
  const [from, to] = text.split('-').map(parseIp)
  if (from !== undefined && to !== undefined) return { first: from, last: to, length: 0 }
  const prefix = parsePrefix(text)
  if (!prefix) return undefined
  const bits = isIp4(prefix.ip) ? 32 : 128
  const at = set.options.indexOf('netmask')
  const netmask = at === -1 ? bits : Number(set.options[at + 1])
  // In a set with a netmask an address stands for its network.
  const kept = prefix.length === bits && netmask < bits ? prefixOf(prefix.ip, netmask) : prefix
  return { first: prefixFirst(kept), last: prefixLast(kept), length: kept.length }
}

function readPart(text: string, dimension: Dimension, end: 'source' | 'destination'): Match | undefined {
  if (dimension === 'interface') {
    // A bridge port in front of the routed interface is not visible to a flow.
    if (text.startsWith('physdev:')) return undefined
    return { kind: end === 'source' ? 'in-interface' : 'out-interface', in: [text] }
  }
  if (dimension === 'mark') {
    const mark = parseMark(text)
    return mark && { kind: 'mark', ...mark }
  }
  return readPort(text, dimension, end)
}

/** `tcp:80`, `udp:53-60`, `80` (then TCP), `icmp:echo-request`, `vrrp:0` (ipset(8)). */
function readPort(text: string, dimension: Dimension, end: 'source' | 'destination'): Match | undefined {
  const colon = text.indexOf(':')
  const written = colon === -1 ? 'tcp' : text.slice(0, colon)
  const protocol = parseProtocol(written)
  const value = text.slice(colon + 1)
  const kind = end === 'source' ? 'source-port' : 'destination-port'
  if (dimension === 'bare-port') {
    const range = parsePorts(value)
    return (
      range && {
        kind: 'all',
        of: [
          { kind: 'protocol', in: [6, 17] },
          { kind, in: [range] },
        ],
      }
    )
  }
  if (protocol === undefined) return undefined
  const carried: Match = { kind: 'protocol', in: [protocol] }
  if (protocol === 1 || protocol === 58) {
    const types = parseIcmpType(value, protocol === 1 ? 4 : 6)
    return types && { kind: 'all', of: [carried, { kind: 'icmp-type', in: types }] }
  }
  if (value === '0') return carried
  const range = parsePorts(value.replace('-', ':'))
  return range && { kind: 'all', of: [carried, { kind, in: [range] }] }
}
