import type { AddressType, SessionState } from '../../model/index.ts'
import { type PortRange, parseProtocol } from '../../net/index.ts'
import type { Expression } from './nft-tree.ts'

/** A number as nft writes one, decimal or hexadecimal. */
export function numberOfText(text: string): number | undefined {
  return /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : undefined
}

/** The number a literal is, by itself or by one of some names. */
export function numberOfValue(value: Expression, names: Readonly<Record<string, number>> = {}): number | undefined {
  if (value.kind !== 'literal') return undefined
  return numberOfText(value.text) ?? (Object.hasOwn(names, value.text) ? names[value.text] : undefined)
}

/** The numbers a literal or a range stands for, both ends inclusive. */
export function rangeOfValue(value: Expression, names: Readonly<Record<string, number>> = {}): PortRange | undefined {
  if (value.kind === 'range') {
    const [first, last] = [numberOfText(value.first), numberOfText(value.last)]
    return first === undefined || last === undefined || first > last ? undefined : { first, last }
  }
  const number = numberOfValue(value, names)
  return number === undefined ? undefined : { first: number, last: number }
}

/** The protocol a literal names or numbers. */
export function protocolOfValue(value: Expression): number | undefined {
  return value.kind === 'literal' ? parseProtocol(value.text === 'icmp6' ? 'icmpv6' : value.text) : undefined
}

/** The protocols whose header a payload expression reads. */
export const HEADERS: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  sctp: 132,
  dccp: 33,
  icmp: 1,
  igmp: 2,
  icmpv6: 58,
  esp: 50,
  ah: 51,
  comp: 108,
  gre: 47,
}

// The tables below are those of `nft describe` (1.0.6).

export const ICMP_TYPES: Readonly<Record<string, number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
}

export const ICMP_CODES: Readonly<Record<string, number>> = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
}

export const ICMPV6_TYPES: Readonly<Record<string, number>> = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
}

export const ICMPV6_CODES: Readonly<Record<string, number>> = {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
}

export const STATES: Readonly<Record<string, SessionState>> = {
  new: 'new',
  established: 'established',
  related: 'related',
  invalid: 'invalid',
  untracked: 'untracked',
}

export const FLAG_LETTERS: Readonly<Record<string, string>> = {
  fin: 'F',
  syn: 'S',
  rst: 'R',
  psh: 'P',
  ack: 'A',
  urg: 'U',
}

export const ADDRESS_TYPES: Readonly<Record<string, AddressType>> = {
  unicast: 'unicast',
  local: 'local',
  broadcast: 'broadcast',
  multicast: 'multicast',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
}
