import { allOf, type Match, notOf, someOf } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressesOfRanges,
  hostPrefix,
  type Ip,
  type PortRange,
  parseIp,
  parsePortRange,
  parsePrefix,
  portOfService,
  prefixFirst,
  prefixLast,
} from '../../net/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, sourceOf, textAt, textsAt } from './node.ts'

/** Which end of a packet a test looks at. */
export type End = 'source' | 'destination'

/** A test of one address text: an address, a prefix, `first-last`, `!` before any; `undefined` when it is none. */
export function matchAddress(end: End, text: string): Match | undefined {
  const range = rangeOf(text.replace(/^!\s*/, ''))
  if (!range) return undefined
  const match: Match = { kind: end, in: addressesOfRanges([range]) }
  return text.startsWith('!') ? notOf(match) : match
}

function rangeOf(text: string): [Ip, Ip] | undefined {
  const prefix = parsePrefix(text)
  if (prefix) return [prefixFirst(prefix), prefixLast(prefix)]
  const [first, last] = text.split('-').map((part) => parseIp(part.trim()))
  return first === undefined || last === undefined ? undefined : [first, last]
}

/** A test of ports: `443`, `8000-8010`, `ssh`, lists of these, `!` before the whole; `undefined` when it is none. */
export function matchPort(end: End, text: string): Match | undefined {
  const ranges = parsePorts(text.replace(/^!\s*/, ''))
  if (!ranges) return undefined
  const match: Match = { kind: end === 'source' ? 'source-port' : 'destination-port', in: ranges }
  return text.startsWith('!') ? notOf(match) : match
}

/** The ranges a list of ports names, or `undefined` when any part is none. */
export function parsePorts(text: string): PortRange[] | undefined {
  const ranges = text.split(',').map((part) => parsePortRange(`${portOfService(part) ?? part}`))
  return ranges.every((range) => range !== undefined) ? ranges : undefined
}

/**
 * A test by a group of `firewall group`. `ADDRv4_eth0` and `NETv4_eth0` are groups the system keeps itself: the addresses
 * and networks of an interface.
 */
export function matchGroup(end: End, kind: string, written: string, owner: EdgeNode, around: Configuration): Match {
  const name = written.replace(/^!\s*/, '')
  const own = /^(ADDR|NET)v[46]_(.+)$/.exec(name)
  const match =
    own?.[2] !== undefined
      ? matchInterface(end, own[1] === 'NET', own[2], around)
      : members(end, kind, name, owner, around)
  return written.startsWith('!') ? notOf(match) : match
}

function members(end: End, kind: string, name: string, owner: EdgeNode, around: Configuration): Match {
  const group = at(around.root, 'firewall', 'group', kind, name)
  const opaque: Match = { kind: 'opaque', text: `${end} ${kind} ${name}` }
  if (!group) {
    const message = `The ${kind} ${name} is not in the configuration; whether it holds an address or port is not known.`
    warn(around, 'NT1437', message, sourceOf(owner))
    return opaque
  }
  const texts = ['address', 'network', 'port', 'ipv6-address', 'ipv6-network'].flatMap((leaf) => textsAt(group, leaf))
  const parts = texts.map((text) => (kind === 'port-group' ? matchPort(end, text) : matchAddress(end, text)))
  if (parts.every((part) => part !== undefined)) return joined(end, parts)
  warn(around, 'NT1437', `A member of the ${kind} ${name} is not understood.`, sourceOf(group))
  return someOf(...parts.filter((part) => part !== undefined), opaque)
}

/** Members of a group as one test, so that a thousand addresses are one sorted set. */
function joined(end: End, parts: readonly Match[]): Match {
  const ranges: [Ip, Ip][] = []
  const rest: Match[] = []
  for (const part of parts) {
    if (part.kind === end) ranges.push(...rangesOf(part.in))
    else rest.push(part)
  }
  return ranges.length === 0 ? someOf(...rest) : someOf({ kind: end, in: addressesOfRanges(ranges) }, ...rest)
}

function rangesOf(set: AddressSet): [Ip, Ip][] {
  const pairs = (flat: ArrayLike<number | bigint>) =>
    Array.from({ length: flat.length >> 1 }, (_, index) => [flat[index * 2], flat[index * 2 + 1]] as [Ip, Ip])
  return [...pairs(set.v4), ...pairs(set.v6)]
}

/** A test for the addresses (or networks) of an interface; unknown where they come by DHCP or PPPoE. */
export function matchInterface(end: End, networks: boolean, name: string, around: Configuration): Match {
  const found = around.interfaces.find((one) => one.name === name)
  const known = (found?.addresses ?? []).map((one) => (networks ? one.prefix : hostPrefix(one.ip)))
  const match: Match = { kind: end, in: addressesOfPrefixes(known) }
  if (found && !found.dynamic) return match
  const text = `the address of ${name}, which is not in the configuration`
  // It comes at run time: what the line says was understood.
  const opaque: Match = { kind: 'opaque', text, ...(found && { othersMissing: true }) }
  if (networks) return someOf(match, opaque)
  const local: Match = { kind: end === 'source' ? 'source-type' : 'destination-type', in: ['local'] }
  return someOf(match, allOf(local, notOf(othersThan(end, name, around)), opaque))
}

function othersThan(end: End, name: string, around: Configuration): Match {
  const others = around.interfaces.filter((one) => one.name !== name).flatMap((one) => one.addresses)
  return { kind: end, in: addressesOfPrefixes(others.map((one) => hostPrefix(one.ip))) }
}

/** The one address or range a text names (`inside-address`, `outside-address`); `undefined` when it is none. */
export function rangeAt(node: EdgeNode, ...path: readonly string[]): [Ip, Ip] | undefined {
  const text = textAt(node, ...path)
  return text === undefined ? undefined : rangeOf(text)
}
