import { formatIp, type Ip, type Ip4, type Ip6, isIp4 } from './ip.ts'
import { formatPrefix, type Prefix, parsePrefix, prefix, prefixFirst, prefixLast } from './prefix.ts'

/**
 * A set of addresses as disjoint, sorted, merged ranges, both ends inclusive: `[first, last, first, last, ...]`
 * per family. Sets are shared, never changed: one service tag is one object however many rules use it.
 */
export interface AddressSet {
  readonly v4: Uint32Array
  readonly v6: readonly bigint[]
}

/** No address at all. */
export const NO_ADDRESS: AddressSet = { v4: new Uint32Array(0), v6: [] }
const LAST4 = 2 ** 32 - 1
const LAST6 = (1n << 128n) - 1n
/** Every address of both families. */
export const EVERY_ADDRESS: AddressSet = { v4: Uint32Array.of(0, LAST4), v6: [0n, LAST6] }
/** RFC 1918 and RFC 6598 addresses and IPv6 unique local ones (RFC 4193): what the internet does not carry. */
export const PRIVATE_ADDRESSES: AddressSet = addressesOfPrefixes(
  ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map(prefix),
)

/** The set of some prefixes or addresses; for constants in code and tests. Throws on a text that is neither. */
export function addressSet(...texts: string[]): AddressSet {
  return addressesOfPrefixes(texts.map(prefix))
}

/** The set of some prefixes. */
export function addressesOfPrefixes(prefixes: Iterable<Prefix>): AddressSet {
  const ranges: [Ip, Ip][] = []
  for (const one of prefixes) ranges.push([prefixFirst(one), prefixLast(one)])
  return addressesOfRanges(ranges)
}

/** The set of some ranges, both ends inclusive; a range of mixed families or with its ends swapped is left out. */
export function addressesOfRanges(ranges: Iterable<readonly [Ip, Ip]>): AddressSet {
  const v4: [number, number][] = []
  const v6: [bigint, bigint][] = []
  for (const [first, last] of ranges) {
    if (isIp4(first) && isIp4(last)) {
      if (first <= last) v4.push([first, last])
    } else if (!isIp4(first) && !isIp4(last) && first <= last) v6.push([first, last])
  }
  return { v4: Uint32Array.from(merged4(v4)), v6: merged6(v6) }
}

function merged4(ranges: [number, number][]): number[] {
  ranges.sort((a, b) => a[0] - b[0])
  const flat: number[] = []
  for (const [first, last] of ranges) {
    const end = flat[flat.length - 1]
    if (end !== undefined && first <= end + 1) flat[flat.length - 1] = Math.max(end, last)
    else flat.push(first, last)
  }
  return flat
}

function merged6(ranges: [bigint, bigint][]): bigint[] {
  ranges.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  const flat: bigint[] = []
  for (const [first, last] of ranges) {
    const end = flat[flat.length - 1]
    if (end !== undefined && first <= end + 1n) flat[flat.length - 1] = end > last ? end : last
    else flat.push(first, last)
  }
  return flat
}

/** Whether a set holds an address. */
export function addressSetContains(set: AddressSet, address: Ip): boolean {
  return isIp4(address) ? holds(set.v4, address) : holds(set.v6, address)
}

function holds<T extends number | bigint>(flat: ArrayLike<T>, value: T): boolean {
  let low = 0
  let high = flat.length >> 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((flat[middle * 2 + 1] as T) < value) low = middle + 1
    else high = middle
  }
  return low * 2 < flat.length && (flat[low * 2] as T) <= value
}

/** The addresses in any of the sets. */
export function unionOf(...sets: readonly AddressSet[]): AddressSet {
  if (sets.length === 1 && sets[0]) return sets[0]
  return addressesOfRanges(sets.flatMap((set) => [...rangesOf(set)]))
}

/** The addresses of both families that are not in a set. */
export function complementOf(set: AddressSet): AddressSet {
  const v4: number[] = []
  let next4 = 0
  for (let at = 0; at < set.v4.length; at += 2) {
    const first = set.v4[at] as number
    if (first > next4) v4.push(next4, first - 1)
    next4 = (set.v4[at + 1] as number) + 1
  }
  if (next4 <= LAST4) v4.push(next4, LAST4)
  const v6: bigint[] = []
  let next6 = 0n
  for (let at = 0; at < set.v6.length; at += 2) {
    const first = set.v6[at] as bigint
    if (first > next6) v6.push(next6, first - 1n)
    next6 = (set.v6[at + 1] as bigint) + 1n
  }
  if (next6 <= LAST6) v6.push(next6, LAST6)
  return { v4: Uint32Array.from(v4), v6 }
}

/** The addresses in both sets. */
export function intersectionOf(a: AddressSet, b: AddressSet): AddressSet {
  return complementOf(unionOf(complementOf(a), complementOf(b)))
}

/** Whether a set holds no address. */
export function isEmptyAddressSet(set: AddressSet): boolean {
  return set.v4.length === 0 && set.v6.length === 0
}

/** The lowest address of a set, IPv4 first; `undefined` for an empty one. */
export function firstAddress(set: AddressSet): Ip | undefined {
  return (set.v4[0] as Ip4 | undefined) ?? (set.v6[0] as Ip6 | undefined)
}

/** The ranges of a set in order, both ends inclusive, IPv4 first. */
function* rangesOf(set: AddressSet): Generator<[Ip, Ip]> {
  for (let at = 0; at < set.v4.length; at += 2) yield [set.v4[at] as Ip4, set.v4[at + 1] as Ip4]
  for (let at = 0; at < set.v6.length; at += 2) yield [set.v6[at] as Ip6, set.v6[at + 1] as Ip6]
}

/** A set as people write it: prefixes or first-last ranges, at most `most`, then how many more. */
export function formatAddressSet(set: AddressSet, most = 4): string {
  const ranges = [...rangesOf(set)]
  if (ranges.length === 0) return 'nothing'
  if (set.v4.length === 2 && set.v4[0] === 0 && set.v4[1] === LAST4) return 'any'
  const shown = ranges.slice(0, most).map(([first, last]) => formatRange(first, last))
  return shown.join(', ') + (ranges.length > most ? ` and ${ranges.length - most} more` : '')
}

function formatRange(first: Ip, last: Ip): string {
  if (first === last) return formatIp(first)
  const bits = isIp4(first) ? 32 : 128
  const size = BigInt(last) - BigInt(first) + 1n
  const hostBits = size.toString(2).length - 1
  const parsed = size === 1n << BigInt(hostBits) ? parsePrefix(`${formatIp(first)}/${bits - hostBits}`) : undefined
  return parsed && parsed.ip === first ? formatPrefix(parsed) : `${formatIp(first)}-${formatIp(last)}`
}
