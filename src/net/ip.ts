import { Address6 } from 'ip-address'

declare const family: unique symbol

/** An IPv4 address: an unsigned 32-bit number. */
export type Ip4 = number & { readonly [family]: 4 }
/** An IPv6 address: an unsigned 128-bit bigint. */
export type Ip6 = bigint & { readonly [family]: 6 }
/**
 * An address: a number is IPv4, a bigint IPv6. So `===` compares, a Map can key on it, and it survives
 * `structuredClone`.
 */
export type Ip = Ip4 | Ip6

/** Whether an address is IPv4. */
export function isIp4(address: Ip): address is Ip4 {
  return typeof address === 'number'
}

/**
 * The address a text names, or `undefined`. Strict (RFC 6943 section 3.1.1): four decimal parts without leading
 * zeros, or IPv6 in any RFC 4291 spelling without a zone; an IPv4-mapped IPv6 address stays IPv6.
 */
export function parseIp(text: string): Ip | undefined {
  if (text.includes(':')) return parseIp6(text)
  let value = 0
  let part = -1
  let parts = 0
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0x2e
    if (code === 0x2e) {
      if (part < 0) return undefined
      value = value * 256 + part
      part = -1
      parts++
    } else if (code >= 0x30 && code <= 0x39) {
      if (part === 0) return undefined
      part = (part < 0 ? 0 : part * 10) + (code - 0x30)
      if (part > 255) return undefined
    } else return undefined
  }
  return parts === 4 ? (value as Ip4) : undefined
}

function parseIp6(text: string): Ip6 | undefined {
  if (text.includes('/') || text.includes('%') || !Address6.isValid(text)) return undefined
  return new Address6(text).bigInt() as Ip6
}

/** The address a text names; for constants in code and tests. Throws on a text that is not an address. */
export function ip(text: string): Ip {
  const address = parseIp(text)
  if (address === undefined) throw new TypeError(`not an IP address: ${text}`)
  return address
}

/** An address as people write it; IPv6 as RFC 5952 says. */
export function formatIp(address: Ip): string {
  if (isIp4(address)) return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
  return Address6.fromBigInt(address).correctForm()
}

/** Orders addresses: IPv4 before IPv6, then by value. */
export function compareIps(a: Ip, b: Ip): number {
  if (isIp4(a) !== isIp4(b)) return isIp4(a) ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether an address is for private use: RFC 1918, RFC 6598 (shared, 100.64/10), RFC 4193 (unique local). */
export function isPrivate(address: Ip): boolean {
  if (!isIp4(address)) return address >> 121n === 0x7en
  return (
    within(address, 0x0a000000, 8) ||
    within(address, 0xac100000, 12) ||
    within(address, 0xc0a80000, 16) ||
    within(address, 0x64400000, 10)
  )
}

/** Whether the internet could carry an address: not private, loopback, link-local, multicast or reserved (RFC 6890). */
export function isPublic(address: Ip): boolean {
  if (!isIp4(address)) return address >> 125n === 1n
  if (isPrivate(address) || address >= 0xe0000000 || address < 0x01000000) return false
  return !within(address, 0x7f000000, 8) && !within(address, 0xa9fe0000, 16)
}

function within(address: number, network: number, length: number): boolean {
  return address >>> (32 - length) === network >>> (32 - length)
}
