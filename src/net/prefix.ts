import { Netmask } from 'netmask'
import { formatIp, type Ip, type Ip4, type Ip6, isIp4, parseIp } from './ip.ts'

/** A prefix: its first address (host bits are always zero) and its length, 0 to 32 (IPv4) or 128 (IPv6). */
export interface Prefix {
  readonly ip: Ip
  readonly length: number
}

/** The prefix of a length that holds an address: host bits are cleared. The length is clamped to the family's. */
export function prefixOf(address: Ip, length: number): Prefix {
  const bits = isIp4(address) ? 32 : 128
  const kept = Math.max(0, Math.min(bits, Math.trunc(length)))
  if (isIp4(address)) return { ip: (kept === 0 ? 0 : (address & (-1 << (32 - kept))) >>> 0) as Ip4, length: kept }
  const shift = BigInt(128 - kept)
  return { ip: ((address >> shift) << shift) as Ip6, length: kept }
}

/** The prefix of one address: /32 or /128. */
export function hostPrefix(address: Ip): Prefix {
  return { ip: address, length: isIp4(address) ? 32 : 128 }
}

/**
 * The prefix a text names, or `undefined`: `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, a bare address (one host), IPv6
 * likewise. Host bits are cleared. A mask that is not contiguous is not a prefix.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/')
  const address = parseIp(slash === -1 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  if (slash === -1) return hostPrefix(address)
  const suffix = text.slice(slash + 1)
  if (/^(0|[1-9]\d{0,2})$/.test(suffix)) {
    const length = Number(suffix)
    return length <= (isIp4(address) ? 32 : 128) ? prefixOf(address, length) : undefined
  }
  const length = isIp4(address) ? maskLength(suffix) : undefined
  return length === undefined ? undefined : prefixOf(address, length)
}

/** The prefix a text names; for constants in code and tests. Throws on a text that is not a prefix. */
export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (!parsed) throw new TypeError(`not a prefix: ${text}`)
  return parsed
}

/** The length of a dotted IPv4 mask such as 255.255.255.0, or `undefined` when it is not a contiguous mask. */
export function maskLength(mask: string): number | undefined {
  // netmask reads octal and short forms too; our strict reader guards it.
  if (parseIp(mask) === undefined || mask.includes(':')) return undefined
  // netmask 2.1 refuses the mask of the default route.
  if (mask === '0.0.0.0') return 0
  try {
    return new Netmask('0.0.0.0', mask).bitmask
  } catch {
    return undefined
  }
}

/** Whether an address is in a prefix; false across families. */
export function prefixContains(prefix: Prefix, address: Ip): boolean {
  if (isIp4(prefix.ip)) {
    if (!isIp4(address)) return false
    return prefix.length === 0 || (prefix.ip ^ address) >>> (32 - prefix.length) === 0
  }
  return !isIp4(address) && (prefix.ip ^ address) >> BigInt(128 - prefix.length) === 0n
}

/** Whether a prefix holds all of another. */
export function prefixCovers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && prefixContains(outer, inner.ip)
}

/** Whether two prefixes are the same. */
export function samePrefix(a: Prefix, b: Prefix): boolean {
  return a.ip === b.ip && a.length === b.length
}

/** The first address of a prefix. */
export function prefixFirst(prefix: Prefix): Ip {
  return prefix.ip
}

/** The last address of a prefix, inclusive. */
export function prefixLast(prefix: Prefix): Ip {
  if (isIp4(prefix.ip)) return (prefix.ip + 2 ** (32 - prefix.length) - 1) as Ip4
  return (prefix.ip + (1n << BigInt(128 - prefix.length)) - 1n) as Ip6
}

/** A prefix as people write it. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatIp(prefix.ip)}/${prefix.length}`
}
