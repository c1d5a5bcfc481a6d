import type { DhcpReservation, Source } from '../../model/index.ts'
import { type Ip, type Ip6, isIp4, parseIp, prefixContains } from '../../net/index.ts'
import type { UciNetwork, UciNetworks } from './network.ts'
import { flagOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** A `config host` section of the dhcp package: a host the DHCP server knows, and what it keeps for it. */
export interface KnownHost {
  /** Lower case; empty = it gets addresses and no name. */
  readonly names: readonly string[]
  readonly ips: readonly Ip[]
  readonly macs: readonly string[]
  /** Its names stand in a hosts file whether it is there or not (`option dns`). */
  readonly isPublished: boolean
  readonly source: Source
}

/**
 * The hosts a DHCP server knows by Ethernet address, by DUID or by the name they give (OpenWrt: DHCP and DNS, static
 * leases; dnsmasq.init). `hostid` is the end of the address the host gets by DHCPv6 in each prefix of the network its IPv4
 * address is in; without one, of every network that serves DHCPv6.
 */
export function knownHosts(dhcp: UciPackage | undefined, networks: UciNetworks): KnownHost[] {
  const serving = servingIp6(dhcp, networks)
  return sectionsOf(dhcp, 'host').flatMap((section): KnownHost[] => {
    const names = wordsOf(section, 'name').map((word) => word.text.toLowerCase())
    const macs = wordsOf(section, 'mac').map((word) => word.text.toLowerCase().replaceAll('-', ':'))
    const ips = wordsOf(section, 'ip').flatMap((word) => parseIp(word.text) ?? [])
    const sixth = ip6Of(section, ips, serving)
    const duid = textOf(section, 'duid')
    const isKnown = macs.length > 0 || duid !== undefined || names.length > 0
    if (!isKnown || !flagOf(section, 'enable', true)) return []
    const isPublished = flagOf(section, 'dns', false)
    return [{ names, ips: [...ips, ...sixth], macs, isPublished, source: section.source }]
  })
}

/** What is kept for hosts, as the DHCP server of one network gives it. */
export function reservationsOn(network: UciNetwork, hosts: readonly KnownHost[]): DhcpReservation[] {
  return hosts.flatMap(({ ips, macs, source }) =>
    ips
      .filter((ip) => network.addresses.some((one) => prefixContains(one.prefix, ip)))
      .map((ip) => ({ ip, macs: macs.filter((mac) => MAC.test(mac)), source })),
  )
}

const MAC = /^([\da-f]{2}:){5}[\da-f]{2}$/

/** The networks on which DHCPv6 is served (OpenWrt: odhcpd, option dhcpv6). */
function servingIp6(dhcp: UciPackage | undefined, networks: UciNetworks): UciNetwork[] {
  const sections = sectionsOf(dhcp, 'dhcp').filter((section) => textOf(section, 'dhcpv6') === 'server')
  return sections.flatMap((section) => networks.get(textOf(section, 'interface') ?? section.name ?? '') ?? [])
}

function ip6Of(section: UciSection, ips: readonly Ip[], serving: readonly UciNetwork[]): Ip[] {
  const text = textOf(section, 'hostid')
  const suffix = text === undefined ? undefined : parseIp(text.startsWith('::') ? text : `::${text}`)
  if (suffix === undefined || isIp4(suffix)) return []
  const home = serving.filter((network) =>
    network.addresses.some((one) => ips.some((ip) => prefixContains(one.prefix, ip))),
  )
  return (home.length > 0 ? home : serving).flatMap((network) =>
    network.addresses.flatMap((one) => (isIp4(one.ip) ? [] : [((one.prefix.ip as bigint) + suffix) as Ip6])),
  )
}
