import { ANY, allOf, type Match, notOf, someOf } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressesOfRanges,
  addressSet,
  type Ip,
  type Ip4,
  type Ip6,
  isEmptyAddressSet,
  isIp4,
  NO_ADDRESS,
  type Prefix,
  parseIp,
  parsePrefix,
  unionOf,
} from '../../net/index.ts'
import type { UciNetworks } from './network.ts'
import type { UciValue } from './section.ts'

/** Which end of a packet is tested. */
export type Side = 'source' | 'destination'

/** Restricts a rule to a family; both families when absent. */
export type Family = 4 | 6 | undefined

const OF_FAMILY = { 4: addressSet('0.0.0.0/0'), 6: addressSet('::/0') } as const

/** The test of a packet's family. */
export function familyMatch(family: Family): Match {
  return family === undefined ? ANY : { kind: 'source', in: OF_FAMILY[family] }
}

/** The family an option names; `undefined` for `any`, `*` and texts that name none. */
export function familyOf(text: string | undefined): Family {
  const word = text?.toLowerCase() ?? ''
  if (['ipv4', '4', 'inet', 'ip4', 'v4'].includes(word)) return 4
  return ['ipv6', '6', 'inet6', 'ip6', 'v6'].includes(word) ? 6 : undefined
}

/** One entry of an address option, read. */
type Entry =
  | { readonly kind: 'set'; readonly set: AddressSet; readonly family: Family }
  | { readonly kind: 'bits'; readonly value: Ip; readonly mask: Ip; readonly family: Family }
  | { readonly kind: 'other'; readonly text: string; readonly family: Family }

/** An address option's meaning. */
export interface AddressMatch {
  readonly match: Match
  /** The family all its entries share, those behind `!` too; `undefined` when mixed or not known. */
  readonly family: Family
}

/**
 * The test an address option makes: any of the plain entries and none of those behind `!`; `undefined` when there is no
 * entry. An entry is an address, a network, a range, a mask with holes, a negative length (the host's part), or the
 * name of a UCI network, which stands for its own networks (OpenWrt: firewall configuration, `src_ip`).
 */
export function addressMatch(values: readonly UciValue[], side: Side, networks: UciNetworks): AddressMatch | undefined {
  if (values.length === 0) return undefined
  const wanted: Entry[] = []
  const refused: Entry[] = []
  for (const { text } of values) {
    if (text.startsWith('!')) refused.push(readEntry(text.slice(1), networks))
    else wanted.push(readEntry(text, networks))
  }
  const match = allOf(
    ...(wanted.length > 0 ? [oneOf(wanted, side)] : []),
    ...(refused.length > 0 ? [notOf(oneOf(refused, side))] : []),
  )
  const families = new Set([...wanted, ...refused].map((one) => one.family))
  return { match, family: families.size === 1 ? [...families][0] : undefined }
}

function oneOf(entries: readonly Entry[], side: Side): Match {
  const together = unionOf(NO_ADDRESS, ...entries.map((one) => (one.kind === 'set' ? one.set : NO_ADDRESS)))
  const matches: Match[] = isEmptyAddressSet(together) ? [] : [{ kind: side, in: together }]
  for (const one of entries) {
    if (one.kind === 'bits') {
      matches.push({ kind: side === 'source' ? 'source-bits' : 'destination-bits', value: one.value, mask: one.mask })
    } else if (one.kind === 'other') matches.push({ kind: 'opaque', text: `${side} address ${one.text}` })
  }
  return someOf(...matches)
}

function readEntry(text: string, networks: UciNetworks): Entry {
  const prefix = parsePrefix(text)
  if (prefix) return ofPrefixes([prefix])
  const masked = readMasked(text)
  if (masked) return masked
  const [first, last] = text.split('-').map((part) => parseIp(part))
  if (first !== undefined && last !== undefined) {
    return { kind: 'set', set: addressesOfRanges([[first, last]]), family: isIp4(first) ? 4 : 6 }
  }
  const network = networks.get(text.replace(/^@/, ''))
  if (network && network.addresses.length > 0) return ofPrefixes(network.addresses.map((address) => address.prefix))
  return { kind: 'other', text, family: undefined }
}

function ofPrefixes(prefixes: readonly Prefix[]): Entry {
  const families = new Set(prefixes.map((prefix): Family => (isIp4(prefix.ip) ? 4 : 6)))
  return { kind: 'set', set: addressesOfPrefixes(prefixes), family: families.size === 1 ? [...families][0] : undefined }
}

/** `10.0.0.5/255.0.0.255`, `::1/::ffff`, `::1/-64`: masks that are no prefix. */
function readMasked(text: string): Entry | undefined {
  const slash = text.indexOf('/')
  const address = parseIp(slash === -1 ? '' : text.slice(0, slash))
  if (address === undefined) return undefined
  const suffix = text.slice(slash + 1)
  const mask = /^-\d{1,3}$/.test(suffix) ? hostMask(isIp4(address), -Number(suffix)) : parseIp(suffix)
  if (mask === undefined) return undefined
  if (isIp4(address) && isIp4(mask)) {
    return { kind: 'bits', value: ((address & mask) >>> 0) as Ip4, mask, family: 4 }
  }
  if (isIp4(address) || isIp4(mask)) return undefined
  return { kind: 'bits', value: (address & mask) as Ip6, mask, family: 6 }
}

/** The mask of the last bits of an address: length 64 keeps the interface identifier of an IPv6 address. */
function hostMask(isV4: boolean, networkBits: number): Ip | undefined {
  const hostBits = (isV4 ? 32 : 128) - networkBits
  if (hostBits < 0) return undefined
  return isV4 ? ((2 ** hostBits - 1) as Ip4) : (((1n << BigInt(hostBits)) - 1n) as Ip6)
}
