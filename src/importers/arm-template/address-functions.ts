import {
  formatIp,
  type Ip,
  isIp4,
  type Prefix,
  parsePrefix,
  prefixFirst,
  prefixLast,
  prefixOf,
} from '../../net/index.ts'
import { cannotTake, type FunctionTable, taking } from './function-table.ts'
import { unevaluated } from './value.ts'

/** The functions on address prefixes (Learn: CIDR functions for ARM templates). */
export const ADDRESS_FUNCTIONS: FunctionTable = {
  parsecidr: taking(1, 1, (text) => {
    const range = rangeOf(text)
    return range ? described(range) : cannotTake('parseCidr', text)
  }),
  cidrsubnet: taking(3, 3, (text, length, index) => {
    const range = rangeOf(text)
    if (!range || typeof length !== 'number' || typeof index !== 'number') return cannotTake('cidrSubnet', text, length)
    return subnetOf(range, length, index)
  }),
  cidrhost: taking(2, 2, (text, index) => {
    const range = rangeOf(text)
    if (!range || typeof index !== 'number' || index < 0) return cannotTake('cidrHost', text, index)
    // The first host is the address behind the network's own.
    const host = added(prefixFirst(range), index + 1)
    // The last address of an IPv4 network is its broadcast address, unless it has no room for one.
    const last = isIp4(host) && range.length < 31 ? Number(prefixLast(range)) - 1 : prefixLast(range)
    return host <= last ? formatIp(host) : unevaluated('cidrHost() reaches past the end of the prefix')
  }),
}

function rangeOf(text: unknown): Prefix | undefined {
  return typeof text === 'string' && text.includes('/') ? parsePrefix(text) : undefined
}

function added(address: Ip, count: number): Ip {
  return (isIp4(address) ? address + count : address + BigInt(count)) as Ip
}

function described(range: Prefix): unknown {
  const first = prefixFirst(range)
  const last = prefixLast(range)
  const bits = isIp4(first) ? 32 : 128
  const mask = isIp4(first)
    ? prefixFirst(prefixOf(0xffffffff as Ip, range.length))
    : prefixFirst(prefixOf(((1n << 128n) - 1n) as Ip, range.length))
  const single = range.length >= bits - 1
  return {
    network: formatIp(first),
    netmask: formatIp(mask),
    ...(isIp4(first) && { broadcast: formatIp(last) }),
    // The page's example counts the network's own address of an IPv6 prefix as usable.
    firstUsable: formatIp(single || !isIp4(first) ? first : added(first, 1)),
    lastUsable: formatIp(single ? last : added(last, isIp4(first) ? -1 : 0)),
    cidr: range.length,
  }
}

function subnetOf(range: Prefix, length: number, index: number): unknown {
  const first = prefixFirst(range)
  const bits = isIp4(first) ? 32 : 128
  const fits = length >= range.length && length <= bits && index >= 0 && index < 2 ** (length - range.length)
  if (!fits || !Number.isInteger(length) || !Number.isInteger(index)) {
    return unevaluated('cidrSubnet() asks for a subnet that the prefix does not hold')
  }
  const step = isIp4(first) ? index * 2 ** (bits - length) : BigInt(index) << BigInt(bits - length)
  const start = (isIp4(first) ? first + Number(step) : first + BigInt(step)) as Ip
  return `${formatIp(start)}/${length}`
}
