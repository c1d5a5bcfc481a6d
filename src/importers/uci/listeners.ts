import { implied, type Listener, type Source } from '../../model/index.ts'
import { type PortRange, type Protocol, singlePort, TCP, UDP } from '../../net/index.ts'
import { flagOf, isDisabled, numberOf, placeOf, sectionsOf, type UciPackage, wordsOf } from './section.ts'

/**
 * What answers on the device: ssh and the web interface as their files say, else as OpenWrt ships them; DNS and DHCP by
 * dnsmasq; WireGuard's port.
 */
export function listenersOf(
  packages: ReadonlyMap<string, UciPackage>,
  serves: { dns: boolean; dhcp: boolean },
): Listener[] {
  const listeners: Listener[] = [...ssh(packages.get('dropbear')), ...web(packages.get('uhttpd'))]
  const dns = sectionsOf(packages.get('dhcp'), 'dnsmasq')[0]
  const port = (dns && numberOf(dns, 'port')) ?? 53
  if (serves.dns) {
    const source = dns?.source ?? SHIPPED
    listeners.push(listener(UDP, port, 'dnsmasq', source), listener(TCP, port, 'dnsmasq', source))
  }
  if (serves.dhcp) listeners.push(listener(UDP, 67, 'DHCP server', dns?.source ?? SHIPPED))
  if (dns && flagOf(dns, 'enable_tftp', false))
    listeners.push(listener(UDP, 69, 'TFTP server', placeOf(dns, 'enable_tftp')))
  for (const section of sectionsOf(packages.get('network'), 'interface')) {
    const wireguard = numberOf(section, 'listen_port')
    if (wireguard !== undefined && wireguard < 65536) {
      listeners.push(listener(UDP, wireguard, `WireGuard ${section.name ?? ''}`, placeOf(section, 'listen_port')))
    }
  }
  return listeners
}

const SHIPPED: Source = implied(
  'OpenWrt ships with ssh, the web interface and dnsmasq switched on (OpenWrt: default configuration).',
)

function listener(protocol: Protocol, port: number, label: string, source: Source): Listener {
  return { protocol, ports: ports(port), label, source }
}

function ports(port: number): PortRange {
  return singlePort(port)
}

function ssh(dropbear: UciPackage | undefined): Listener[] {
  if (!dropbear) return [listener(TCP, 22, 'ssh', SHIPPED)]
  return sectionsOf(dropbear, 'dropbear')
    .filter((section) => !isDisabled(section) && numberOf(section, 'enable') !== 0)
    .map((section) => listener(TCP, numberOf(section, 'Port') ?? 22, 'ssh', section.source))
}

function web(uhttpd: UciPackage | undefined): Listener[] {
  if (!uhttpd) return [80, 443].map((port) => listener(TCP, port, 'web interface', SHIPPED))
  const found = new Map<number, Source>()
  for (const section of sectionsOf(uhttpd, 'uhttpd')) {
    for (const word of wordsOf(section, 'listen_http', 'listen_https')) {
      const port = Number(/(\d{1,5})$/.exec(word.text)?.[1])
      if (port > 0 && port < 65536) found.set(port, word.source)
    }
  }
  return [...found].map(([port, source]) => listener(TCP, port, 'web interface', source))
}
