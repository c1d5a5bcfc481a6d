import type { Interface, TunnelEnd } from '../../model/index.ts'
import {
  addressesOfPrefixes,
  addressSet,
  addressSetContains,
  EVERY_ADDRESS,
  type Ip,
  isIp4,
  type Prefix,
  parseIp,
  parsePrefix,
} from '../../net/index.ts'
import { addressesOf } from './addresses.ts'
import { deviceName } from './device-name.ts'
import { assignedAddresses } from './ip6-assignment.ts'
import type { Complaints, UciNetwork, UciNetworks } from './network.ts'
import { HARDIF, portsOf } from './ports.ts'
import { flagOf, numberOf, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** Protocols whose address comes from outside the file. */
const DYNAMIC = new Set(['dhcp', 'dhcpv6', 'pppoe', 'pppoa', 'ppp', 'pptp', 'l2tp', '3g', 'qmi', 'mbim', 'ncm', 'wwan'])

/**
 * The networks of a `network` package. Loopback is left out unless it has an address that is not every machine's own;
 * the interfaces a mesh goes over are ports of it (OpenWrt: batman-adv, `batadv_hardif`).
 */
export function networksOf(network: UciPackage | undefined, complaints: Complaints): UciNetworks {
  const sections = sectionsOf(network, 'interface').filter((section) => section.name !== undefined)
  const byName = new Map(sections.map((section) => [section.name ?? '', section]))
  const networks = new Map<string, UciNetwork>()
  const assigned = assignedAddresses(network)
  const only4 = withoutIp6(network)
  for (const [name, section] of byName) {
    const device = deviceName(section, byName)
    const protocol = (textOf(section, 'proto') ?? 'none').toLowerCase()
    if (protocol === HARDIF) continue
    const states = protocol === 'static' || !DYNAMIC.has(protocol)
    const stated = states ? addressesOf(section, complaints) : []
    if (device === 'lo' && stated.every((one) => isLoopback(one.ip))) continue
    const hasIp6 = flagOf(section, 'ipv6', true) && !only4.has(device)
    networks.set(name, {
      name,
      device,
      protocol,
      addresses: [...stated, ...(assigned.get(name) ?? [])].filter((one) => hasIp6 || isIp4(one.ip)),
      dynamic: !states,
      disabled: flagOf(section, 'disabled', false) || !flagOf(section, 'auto', true),
      section,
    })
  }
  return networks
}

const LOOPBACK = addressSet('127.0.0.0/8', '::1')

function isLoopback(ip: Ip): boolean {
  return addressSetContains(LOOPBACK, ip)
}

/** The Linux devices that have no IPv6 (`option ipv6 0`). */
function withoutIp6(network: UciPackage | undefined): ReadonlySet<string | undefined> {
  const sections = sectionsOf(network, 'device').filter((one) => !flagOf(one, 'ipv6', true))
  return new Set(sections.map((one) => textOf(one, 'name')))
}

/** The interfaces of the device: networks on one Linux device become one, its UCI names and ports its aliases. */
export function interfacesOf(
  network: UciPackage | undefined,
  networks: UciNetworks,
  complaints: Complaints,
): Interface[] {
  const byDevice = new Map<string, UciNetwork[]>()
  for (const one of networks.values()) byDevice.set(one.device, [...(byDevice.get(one.device) ?? []), one])
  const others = sectionsOf(network, 'device')
  const taken = new Set([...byDevice.keys(), ...networks.keys()])
  return [...byDevice].map(([device, group]) => {
    const ports = portsOf(device, network).filter((port) => !taken.has(port))
    const active = group.filter((one) => !one.disabled)
    const mtu = mtuOf(device, active.length > 0 ? active : group, others)
    const mac = macOf(device, group, others)
    const tunnel = tunnelOf(group[0], network, complaints)
    return {
      name: device,
      aliases: [...new Set([...group.map((one) => one.name).filter((name) => name !== device), ...ports])],
      addresses: (active.length > 0 ? active : group).flatMap((one) => one.addresses),
      ...(mac !== undefined && { mac }),
      ...(mtu !== undefined && { mtu }),
      ...(active.length === 0 && { disabled: true }),
      ...(tunnel && { tunnel }),
      source: group[0]?.section.source ?? { kind: 'implied', because: 'no section' },
    }
  })
}

// PPPoE takes 8 bytes of an Ethernet frame (RFC 2516); WireGuard's default is 1420 (wg-quick(8)).
const MTU_BY_PROTOCOL: Readonly<Record<string, number>> = { pppoe: 1492, wireguard: 1420 }

/** A network on the device of another (`@wan`) does not say how large that device's packets are, but where no other does. */
function mtuOf(device: string, group: readonly UciNetwork[], others: readonly UciSection[]): number | undefined {
  const isGuest = (one: UciNetwork) => wordsOf(one.section, 'device', 'ifname')[0]?.text.startsWith('@') === true
  const stated = group.map((one) => ({ isGuest: isGuest(one), mtu: numberOf(one.section, 'mtu') }))
  const known = stated.filter((one) => one.mtu !== undefined)
  const own = known.find((one) => !one.isGuest)?.mtu
  if (own !== undefined) return own
  const mtu = others.filter((one) => one.type === 'device' && textOf(one, 'name') === device).map(mtuOfDevice)[0]
  return mtu ?? known[0]?.mtu ?? MTU_BY_PROTOCOL[group[0]?.protocol ?? '']
}

function mtuOfDevice(section: UciSection): number | undefined {
  return numberOf(section, 'mtu')
}

/** The Ethernet address a network or its device is given; without one the hardware's own, which no file says. */
function macOf(device: string, group: readonly UciNetwork[], others: readonly UciSection[]): string | undefined {
  const sections = others.filter((one) => one.type === 'device' && textOf(one, 'name') === device)
  const stated = [...group.map((one) => one.section), ...sections].map((one) => textOf(one, 'macaddr')?.toLowerCase())
  return stated.find((mac) => mac !== undefined && /^([\da-f]{2}:){5}[\da-f]{2}$/.test(mac))
}

function tunnelOf(
  one: UciNetwork | undefined,
  network: UciPackage | undefined,
  complaints: Complaints,
): TunnelEnd | undefined {
  if (one?.protocol === 'wireguard') return wireguard(one, network, complaints)
  if (!one?.protocol.startsWith('gre') && one?.protocol !== 'ipip') return undefined
  const local = parseIp(textOf(one.section, 'ipaddr', 'ip6addr') ?? '')
  const remote = parseIp(textOf(one.section, 'peeraddr', 'peer6addr') ?? '')
  return { kind: 'gre', ...(local !== undefined && { local }), ...(remote !== undefined && { remote }) }
}

/** The peers of a WireGuard network: `config wireguard_NAME` sections. */
export function peersOf(network: UciPackage | undefined, name: string): UciSection[] {
  return sectionsOf(network, `wireguard_${name}`).filter((peer) => !flagOf(peer, 'disabled', false))
}

/** A peer takes and may send what its `allowed_ips` hold (wg(8)). */
function wireguard(one: UciNetwork, network: UciPackage | undefined, complaints: Complaints): TunnelEnd {
  const peers = peersOf(network, one.name)
  const endpoints = peers.map((peer) => parseIp(textOf(peer, 'endpoint_host') ?? '')).filter((ip) => ip !== undefined)
  const selectors = peers.map((peer) => ({
    local: EVERY_ADDRESS,
    remote: addressesOfPrefixes(allowedPrefixes(peer, complaints)),
    source: peer.source,
  }))
  const remote = peers.length === 1 ? endpoints[0] : undefined
  return { kind: 'wireguard', ...(remote !== undefined && { remote }), selectors }
}

/** The prefixes of a peer's `allowed_ips`. */
export function allowedPrefixes(peer: UciSection, complaints: Complaints): Prefix[] {
  const prefixes: Prefix[] = []
  for (const word of wordsOf(peer, 'allowed_ips')) {
    const prefix = parsePrefix(word.text)
    if (prefix) prefixes.push(prefix)
    else {
      const message = `"${word.text.slice(0, 60)}" is no network; the peer is read without it.`
      complaints.diagnostics.push({ severity: 'warning', code: 'NT1311', message, source: word.source })
    }
  }
  return prefixes
}
