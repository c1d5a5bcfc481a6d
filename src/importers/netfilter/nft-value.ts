import { ANY, type Match, notOf } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressesOfRanges,
  parseIp,
  parsePrefix,
  SERVICE_PORTS,
} from '../../net/index.ts'
import { endOf, exactBits, isBitField, isMark, markTest } from './nft-bits.ts'
import {
  ADDRESS_TYPES,
  ICMP_CODES,
  ICMP_TYPES,
  ICMPV6_CODES,
  ICMPV6_TYPES,
  numberOfValue,
  protocolOfValue,
  rangeOfValue,
} from './nft-constant.ts'
import { IP4, IP6, NEVER, type NftScope } from './nft-scope.ts'
import type { Expression } from './nft-tree.ts'

/** Whether a field has one value, or one of a range or prefix; `undefined` when that cannot be tested. */
export function valueTest(left: Expression, right: Expression, scope: NftScope): Match | undefined {
  if (right.kind === 'literal' && right.text === '*' && left.kind !== 'meta') return ANY
  switch (left.kind) {
    case 'payload':
      return payloadTest(left, right, scope)
    case 'meta':
      return metaTest(left, right)
    case 'ct':
      return connectionTest(left, right, scope)
    case 'fib':
      return fibTest(left, right)
    case 'rt':
      return left.key === 'ipsec' ? tunnelTest('out', right) : undefined
    case 'literal':
      // A constant may stand in a concatenation.
      return right.kind === 'literal' ? (right.text === left.text ? ANY : NEVER) : undefined
    default:
      return undefined
  }
}

type Field<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>

function payloadTest(left: Field<'payload'>, right: Expression, scope: NftScope): Match | undefined {
  const end = endOf(left)
  if (end) {
    const set = addressesOf(right)
    return set && { kind: end, in: set }
  }
  const { protocol, field } = left
  if (field === 'sport' || field === 'dport') {
    const range = rangeOfValue(right, SERVICE_PORTS)
    if (!range || range.last > 65535) return undefined
    return { kind: field === 'sport' ? 'source-port' : 'destination-port', in: [range] }
  }
  if ((protocol === 'ip' && field === 'protocol') || (protocol === 'ip6' && field === 'nexthdr')) {
    return protocolTest(right)
  }
  if (protocol === 'ether' && field === 'type') return familyTest(right)
  if (protocol === 'ether' && field === 'saddr') return frameTest(right)
  if (protocol === 'icmp' || protocol === 'icmpv6') return icmpTest(protocol, field, right)
  return isBitField(left) ? exactBits(left, right, scope) : undefined
}

/** The addresses a value stands for. */
export function addressesOf(value: Expression): AddressSet | undefined {
  if (value.kind === 'prefix') {
    const prefix = parsePrefix(`${value.address}/${value.length}`)
    return prefix && addressesOfPrefixes([prefix])
  }
  if (value.kind === 'range') {
    const [first, last] = [parseIp(value.first), parseIp(value.last)]
    return first === undefined || last === undefined ? undefined : addressesOfRanges([[first, last]])
  }
  const prefix = value.kind === 'literal' ? parsePrefix(value.text) : undefined
  return prefix && addressesOfPrefixes([prefix])
}

function protocolTest(right: Expression): Match | undefined {
  const range = right.kind === 'range' ? rangeOfValue(right) : undefined
  if (range && range.last <= 255) {
    return { kind: 'protocol', in: Array.from({ length: range.last - range.first + 1 }, (_, at) => range.first + at) }
  }
  const protocol = protocolOfValue(right)
  return protocol === undefined ? undefined : { kind: 'protocol', in: [protocol] }
}

const FAMILIES: Readonly<Record<string, Match>> = {
  ipv4: IP4,
  ip: IP4,
  '0x0800': IP4,
  '2': IP4,
  ipv6: IP6,
  ip6: IP6,
  '0x86dd': IP6,
  '10': IP6,
  // Routed packets are of one of the two.
  arp: NEVER,
  vlan: NEVER,
}

function familyTest(right: Expression): Match | undefined {
  if (right.kind !== 'literal') return undefined
  return Object.hasOwn(FAMILIES, right.text) ? FAMILIES[right.text] : undefined
}

// Written out or as a number, libnftables prints six pairs of digits.
function frameTest(right: Expression): Match | undefined {
  if (right.kind !== 'literal' || !/^(?:[\da-f]{2}:){5}[\da-f]{2}$/i.test(right.text)) return undefined
  return { kind: 'source-mac', in: [right.text.toLowerCase()] }
}

function icmpTest(protocol: 'icmp' | 'icmpv6', field: string, right: Expression): Match | undefined {
  if (field === 'type') {
    const range = rangeOfValue(right, protocol === 'icmp' ? ICMP_TYPES : ICMPV6_TYPES)
    if (!range || range.last > 255) return undefined
    return { kind: 'icmp-type', in: upTo(range).map((type) => ({ type })) }
  }
  if (field !== 'code') return undefined
  const range = rangeOfValue(right, protocol === 'icmp' ? ICMP_CODES : ICMPV6_CODES)
  if (!range || range.last > 255) return undefined
  // A code alone is that code of every type.
  const types = upTo({ first: 0, last: 255 })
  return { kind: 'icmp-type', in: upTo(range).flatMap((code) => types.map((type) => ({ type, code }))) }
}

function upTo(range: { readonly first: number; readonly last: number }): number[] {
  return Array.from({ length: range.last - range.first + 1 }, (_, at) => range.first + at)
}

const INTERFACES: Readonly<Record<string, 'in-interface' | 'out-interface'>> = {
  iif: 'in-interface',
  iifname: 'in-interface',
  oif: 'out-interface',
  oifname: 'out-interface',
}

function metaTest(left: Field<'meta'>, right: Expression): Match | undefined {
  const { key } = left
  const side = Object.hasOwn(INTERFACES, key) ? INTERFACES[key] : undefined
  if (side) {
    // A bare number is the index of an interface that is gone.
    if (right.kind !== 'literal' || (key.length === 3 && /^\d+$/.test(right.text))) return undefined
    return { kind: side, in: [right.text] }
  }
  if (key === 'l4proto') return protocolTest(right)
  if (key === 'nfproto' || key === 'protocol') return familyTest(right)
  if (key === 'pkttype') return frameTypeTest(right)
  if (key === 'secpath' || key === 'ipsec') return tunnelTest('in', right)
  if (key !== 'mark') return undefined
  const value = numberOfValue(right)
  return value === undefined ? undefined : markTest(left, value, 0xffffffff)
}

// The numbers of linux/if_packet.h; `host` and `unicast` are one (nft(8): PACKET TYPE).
const FRAMES: Readonly<Record<string, 'unicast' | 'broadcast' | 'multicast'>> = {
  host: 'unicast',
  unicast: 'unicast',
  '0': 'unicast',
  broadcast: 'broadcast',
  '1': 'broadcast',
  multicast: 'multicast',
  '2': 'multicast',
}

function frameTypeTest(right: Expression): Match | undefined {
  const type = right.kind === 'literal' && Object.hasOwn(FRAMES, right.text) ? FRAMES[right.text] : undefined
  return type && { kind: 'frame-type', in: [type] }
}

function tunnelTest(direction: 'in' | 'out', right: Expression): Match | undefined {
  const text = right.kind === 'literal' ? right.text : ''
  if (text === 'exists' || text === '1') return { kind: 'tunnel', direction, present: true }
  return text === 'missing' || text === '0' ? { kind: 'tunnel', direction, present: false } : undefined
}

function connectionTest(left: Field<'ct'>, right: Expression, scope: NftScope): Match | undefined {
  if (isBitField(left)) return exactBits(left, right, scope)
  if (isMark(left)) {
    const value = numberOfValue(right)
    return value === undefined ? undefined : markTest(left, value, 0xffffffff)
  }
  if (left.key === 'direction') {
    const text = right.kind === 'literal' ? right.text : ''
    if (text === 'original' || text === '0') return { kind: 'direction', is: 'original' }
    return text === 'reply' || text === '1' ? { kind: 'direction', is: 'reply' } : undefined
  }
  if (left.key === 'l3proto') return familyTest(right)
  if (left.key === 'protocol') return protocolTest(right)
  return left.direction === 'original' ? originalTest(left.key, right) : undefined
}

function originalTest(key: string, right: Expression): Match | undefined {
  if (key === 'saddr' || key === 'daddr') {
    const set = addressesOf(right)
    return set && { kind: key === 'saddr' ? 'original-source' : 'original-destination', in: set }
  }
  if (key !== 'proto-dst' && key !== 'proto-src') return undefined
  const range = rangeOfValue(right, SERVICE_PORTS)
  return range && { kind: key === 'proto-src' ? 'original-source-port' : 'original-destination-port', in: [range] }
}

/** `fib daddr type local` is the type of an address; `fib saddr . iif oif missing` the strict reverse path test (nft(8)). */
function fibTest(left: Field<'fib'>, right: Expression): Match | undefined {
  const text = right.kind === 'literal' ? right.text : ''
  const flags = [...left.flags].sort().join(' ')
  if (left.result === 'type') {
    const type = Object.hasOwn(ADDRESS_TYPES, text) ? ADDRESS_TYPES[text] : undefined
    if (!type || (flags !== 'saddr' && flags !== 'daddr')) return undefined
    return { kind: flags === 'saddr' ? 'source-type' : 'destination-type', in: [type] }
  }
  const mode = flags === 'iif saddr' ? 'strict' : flags === 'saddr' ? 'loose' : undefined
  if (!mode || (left.result !== 'oif' && left.result !== 'oifname')) return undefined
  if (text === 'missing' || text === '0') return { kind: 'reverse-path', mode, passes: false }
  return text === 'exists' ? notOf({ kind: 'reverse-path', mode, passes: false }) : undefined
}
