/** An IP protocol number, 0 to 255 (IANA: Protocol Numbers). */
export type Protocol = number

export const ICMP: Protocol = 1
export const TCP: Protocol = 6
export const UDP: Protocol = 17
export const ICMP6: Protocol = 58

const NAMES: ReadonlyMap<string, Protocol> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['ipencap', 4],
  ['ipip', 4],
  ['tcp', 6],
  ['egp', 8],
  ['igp', 9],
  ['udp', 17],
  ['dccp', 33],
  ['ipv6', 41],
  ['ipv6-encap', 41],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ipsec-esp', 50],
  ['ah', 51],
  ['ipsec-ah', 51],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['eigrp', 88],
  ['ospf', 89],
  ['pim', 103],
  ['ipcomp', 108],
  ['vrrp', 112],
  ['l2tp', 115],
  ['sctp', 132],
  ['udplite', 136],
  ['udp-lite', 136],
])

/** The protocol a text names (any case) or numbers, or `undefined`. */
export function parseProtocol(text: string): Protocol | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= 255 ? Number(text) : undefined
  return NAMES.get(text.toLowerCase())
}

/** A protocol's usual name, or its number. */
export function formatProtocol(protocol: Protocol): string {
  if (protocol === ICMP6) return 'icmpv6'
  for (const [name, number] of NAMES) if (number === protocol) return name
  return `${protocol}`
}

/** Whether a protocol has ports: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export function hasPorts(protocol: Protocol): boolean {
  return protocol === TCP || protocol === UDP || protocol === 33 || protocol === 132 || protocol === 136
}
