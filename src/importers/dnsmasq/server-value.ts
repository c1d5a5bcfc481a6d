import { formatIp, type Ip, type Ip4, isIp4, parseIp, parsePrefix } from '../../net/index.ts'

/** Where a `server`, `local` or `address` option points. */
export type ServerTarget =
  /** Nothing after the domains: answered from local data only. */
  | { readonly kind: 'local' }
  /** `#`: the servers for everything else (in `address`: the null addresses). */
  | { readonly kind: 'default' }
  | { readonly kind: 'address'; readonly ip: Ip; readonly port: number }
  /** A name, an interface: something this reading cannot follow. */
  | { readonly kind: 'other'; readonly text: string }

/** The value of a `server`, `local` or `address` option. */
export interface ServerValue {
  /**
   * Lower case, without dots at the ends; '' is every name, `*.x` those below x without x itself, `//` names without a dot
   * (measured with 2.90).
   */
  readonly domains: readonly string[]
  /** Domains this reading cannot follow: wildcards inside a label. */
  readonly otherDomains: readonly string[]
  readonly target: ServerTarget
}

/** In the place of a domain: names without a dot (`server=//192.0.2.1`). */
export const PLAIN_NAMES = '//'

/** Reads `/domain/domain/target` (dnsmasq(8), --server): a value without slashes is for every name. */
export function readServerValue(value: string): ServerValue {
  if (!value.startsWith('/')) return { domains: [''], otherDomains: [], target: readTarget(value) }
  const parts = value.slice(1).split('/')
  const target = readTarget(parts.length > 1 ? (parts.pop() ?? '') : '')
  const domains: string[] = []
  const otherDomains: string[] = []
  for (const part of parts) {
    const name = domainName(part)
    if (part === '') domains.push(PLAIN_NAMES)
    else if (name.includes('*') && name !== '*') otherDomains.push(part)
    else domains.push(part === '#' ? '' : part.startsWith('*.') ? `*.${name}` : name)
  }
  return { domains, otherDomains, target }
}

/** A domain as resolvers compare it: lower case, no dots at the ends, a leading `*.` taken off. */
export function domainName(text: string): string {
  return text
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
}

function readTarget(text: string): ServerTarget {
  if (text === '') return { kind: 'local' }
  if (text === '#') return { kind: 'default' }
  const [server = ''] = text.split('@')
  const [address = '', port] = server.split('#')
  const ip = parseIp(address.replace(/%.*$/, ''))
  if (ip === undefined || (port !== undefined && !/^\d{1,5}$/.test(port))) return { kind: 'other', text }
  return { kind: 'address', ip, port: port === undefined ? 53 : Number(port) }
}

/**
 * The reverse zones of a network, `10.in-addr.arpa` for 10.0.0.0/8; a length between two labels gives the zones of
 * all its parts (dnsmasq(8), --rev-server).
 */
export function reverseZones(network: string): string[] {
  const prefix = parsePrefix(network)
  if (!prefix) return []
  if (isIp4(prefix.ip)) return reverseZones4(prefix.ip, prefix.length)
  const digits = Math.floor(prefix.length / 4)
  const hex = prefix.ip.toString(16).padStart(32, '0').slice(0, digits)
  return prefix.length % 4 === 0 ? [`${[...hex].reverse().join('.')}.ip6.arpa`] : []
}

function reverseZones4(ip: Ip4, length: number): string[] {
  const labels = Math.max(1, Math.ceil(length / 8))
  const shift = 32 - labels * 8
  const count = 2 ** (labels * 8 - length)
  const zones: string[] = []
  for (let index = 0; index < count; index++) {
    const value = ip / 2 ** shift + index
    const parts = Array.from({ length: labels }, (_, at) => Math.floor(value / 256 ** at) % 256)
    zones.push(`${parts.join('.')}.in-addr.arpa`)
  }
  return zones
}

/** The name an address is looked up by (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function reverseName(ip: Ip): string {
  return reverseZones(`${formatIp(ip)}/${isIp4(ip) ? 32 : 128}`)[0] ?? ''
}

/** A domain without the `*.` before it. */
export function bareName(name: string): string {
  return name.startsWith('*.') ? name.slice(2) : name
}
