import { type Protocol, parseProtocol } from '../../net/index.ts'

/** The protocol a RouterOS word or number names. */
export function protocolNamed(value: string): Protocol | undefined {
  return parseProtocol(value) ?? PROTOCOLS.get(value)
}

/** Names RouterOS has for protocols beyond the usual ones (IANA: Protocol Numbers). */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ['ggp', 3],
  ['st', 5],
  ['pup', 12],
  ['hmp', 20],
  ['xns-idp', 22],
  ['rdp', 27],
  ['iso-tp4', 29],
  ['xtp', 36],
  ['ddp', 37],
  ['idpr-cmtp', 38],
  ['ipv6-route', 43],
  ['ipv6-frag', 44],
  ['ipv6-nonxt', 59],
  ['ipv6-opts', 60],
  ['rspf', 73],
  ['vmtp', 81],
  ['etherip', 97],
  ['encap', 98],
])
