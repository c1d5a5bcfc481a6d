import { type Match, notOf, someOf } from '../../model/index.ts'
import {
  addressesOfRanges,
  type Ip,
  type PortRange,
  parseIp,
  parsePortRange,
  parsePrefix,
  prefixFirst,
  prefixLast,
} from '../../net/index.ts'

type End = 'source' | 'destination'

/** A test of addresses as the controller writes them: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `!` before any. */
export function matchAddresses(end: End, texts: readonly string[]): Match | undefined {
  const ranges: [Ip, Ip][] = []
  const negated: Match[] = []
  for (const text of texts) {
    const range = rangeOf(text.replace(/^!\s*/, ''))
    if (!range) return undefined
    if (text.startsWith('!')) negated.push(notOf({ kind: end, in: addressesOfRanges([range]) }))
    else ranges.push(range)
  }
  const plain: Match[] = ranges.length > 0 ? [{ kind: end, in: addressesOfRanges(ranges) }] : []
  return someOf(...plain, ...negated)
}

function rangeOf(text: string): [Ip, Ip] | undefined {
  const prefix = parsePrefix(text)
  if (prefix) return [prefixFirst(prefix), prefixLast(prefix)]
  const [first, last] = text.split('-').map((part) => parseIp(part.trim()))
  return first === undefined || last === undefined ? undefined : [first, last]
}

/** Ports as the controller writes them: `443`, `8000-8010`, `8000:8010`, lists of these; `!` negates the whole. */
export function matchPorts(end: End, texts: readonly string[]): Match | undefined {
  const written = texts.join(',')
  const ranges = parsePorts(written.replace(/^!\s*/, ''))
  if (!ranges) return undefined
  const match: Match = { kind: end === 'source' ? 'source-port' : 'destination-port', in: ranges }
  return written.startsWith('!') ? notOf(match) : match
}

/** A list of ports and ranges; `undefined` when any part is not one. */
export function parsePorts(text: string): PortRange[] | undefined {
  const ranges = text.split(',').map((part) => parsePortRange(part))
  return ranges.every((range) => range !== undefined) ? ranges : undefined
}
