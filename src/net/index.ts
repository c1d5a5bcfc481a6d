/** Values of the network: addresses, prefixes, sets of them, ports, protocols, flows. Plain data, compared by value. */

export type { AddressSet } from './address-set.ts'
export {
  addressesOfPrefixes,
  addressesOfRanges,
  addressSet,
  addressSetContains,
  complementOf,
  EVERY_ADDRESS,
  firstAddress,
  formatAddressSet,
  intersectionOf,
  isEmptyAddressSet,
  NO_ADDRESS,
  PRIVATE_ADDRESSES,
  unionOf,
} from './address-set.ts'
export type { Flow } from './flow.ts'
export { formatFlow, reversed } from './flow.ts'
export type { Ip, Ip4, Ip6 } from './ip.ts'
export { compareIps, formatIp, ip, isIp4, isPrivate, isPublic, parseIp } from './ip.ts'
export type { PortRange } from './port-range.ts'
export { EVERY_PORT, formatPorts, parsePortRange, portsContain, singlePort } from './port-range.ts'
export type { Prefix } from './prefix.ts'
export {
  formatPrefix,
  hostPrefix,
  maskLength,
  parsePrefix,
  prefix,
  prefixContains,
  prefixCovers,
  prefixFirst,
  prefixLast,
  prefixOf,
  samePrefix,
} from './prefix.ts'
export type { Protocol } from './protocol.ts'
export { formatProtocol, hasPorts, ICMP, ICMP6, parseProtocol, TCP, UDP } from './protocol.ts'
export { portOfService, SERVICE_PORTS } from './service-port.ts'
