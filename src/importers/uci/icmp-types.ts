/** An ICMP type and, where the name stands for one, its code. */
export interface IcmpType {
  readonly type: number
  readonly code?: number
}

/** The names of ICMP types the firewall knows, with their numbers (iptables-extensions(8), icmp; nft(8)). */
const IPV4: Readonly<Record<string, IcmpType>> = {
  'address-mask-reply': { type: 18 },
  'address-mask-request': { type: 17 },
  'communication-prohibited': { type: 3, code: 13 },
  'destination-unreachable': { type: 3 },
  'echo-reply': { type: 0 },
  'echo-request': { type: 8 },
  'fragmentation-needed': { type: 3, code: 4 },
  'host-precedence-violation': { type: 3, code: 14 },
  'host-prohibited': { type: 3, code: 10 },
  'host-redirect': { type: 5, code: 1 },
  'host-unknown': { type: 3, code: 7 },
  'host-unreachable': { type: 3, code: 1 },
  'ip-header-bad': { type: 12, code: 0 },
  'network-prohibited': { type: 3, code: 9 },
  'network-redirect': { type: 5, code: 0 },
  'network-unknown': { type: 3, code: 6 },
  'network-unreachable': { type: 3, code: 0 },
  'parameter-problem': { type: 12 },
  ping: { type: 8 },
  pong: { type: 0 },
  'port-unreachable': { type: 3, code: 3 },
  'precedence-cutoff': { type: 3, code: 15 },
  'protocol-unreachable': { type: 3, code: 2 },
  redirect: { type: 5 },
  'required-option-missing': { type: 12, code: 1 },
  'router-advertisement': { type: 9 },
  'router-solicitation': { type: 10 },
  'source-quench': { type: 4 },
  'source-route-failed': { type: 3, code: 5 },
  'time-exceeded': { type: 11 },
  'timestamp-reply': { type: 14 },
  'timestamp-request': { type: 13 },
  'ttl-exceeded': { type: 11 },
  'ttl-zero-during-reassembly': { type: 11, code: 1 },
  'ttl-zero-during-transit': { type: 11, code: 0 },
}

/** The names of ICMPv6 types (ip6tables-extensions, icmp6; nft(8)). */
const IPV6: Readonly<Record<string, IcmpType>> = {
  'address-unreachable': { type: 1, code: 3 },
  'bad-header': { type: 4, code: 0 },
  'communication-prohibited': { type: 1, code: 1 },
  'destination-unreachable': { type: 1 },
  'echo-reply': { type: 129 },
  'echo-request': { type: 128 },
  'failed-policy': { type: 1, code: 5 },
  'neighbor-advertisement': { type: 136 },
  'neighbor-solicitation': { type: 135 },
  'neighbour-advertisement': { type: 136 },
  'neighbour-solicitation': { type: 135 },
  'no-route': { type: 1, code: 0 },
  'packet-too-big': { type: 2 },
  'parameter-problem': { type: 4 },
  ping: { type: 128 },
  pong: { type: 129 },
  'port-unreachable': { type: 1, code: 4 },
  'reject-route': { type: 1, code: 6 },
  redirect: { type: 137 },
  'router-advertisement': { type: 134 },
  'router-solicitation': { type: 133 },
  'time-exceeded': { type: 3 },
  'ttl-exceeded': { type: 3 },
  'ttl-zero-during-reassembly': { type: 3, code: 1 },
  'ttl-zero-during-transit': { type: 3, code: 0 },
  'unknown-header-type': { type: 4, code: 1 },
  'unknown-option': { type: 4, code: 2 },
}

/** The type a word names in a family: a name, `8`, `3/13`; `undefined` when the family has no such name. */
export function icmpType(word: string, family: 4 | 6): IcmpType | undefined {
  const match = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(word)
  if (match) return { type: Number(match[1]), ...(match[2] !== undefined && { code: Number(match[2]) }) }
  const names = family === 4 ? IPV4 : IPV6
  return Object.hasOwn(names, word) ? names[word] : undefined
}
