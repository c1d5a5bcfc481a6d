/** dnsmasq: its configuration files, and the lowering its options share with OpenWrt's. */
export { DNSMASQ_HABITS } from './habits.ts'
export type { HostEntry, NameServer } from './hosts.ts'
export { importDnsmasq } from './import.ts'
export { lowerDnsmasq } from './lower.ts'
export type { DnsmasqOption } from './option.ts'
export { readDnsmasq } from './read.ts'
