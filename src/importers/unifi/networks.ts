import type { DhcpOffer, Diagnostic, Interface, InterfaceAddress } from '../../model/index.ts'
import { type Ip, maskLength, parseIp, parsePrefix, prefix, prefixContains, prefixOf } from '../../net/index.ts'
import { childrenOf, type Entry, flagOf, numberOf, sourceOf, textOf, textsOf } from './entry.ts'
import type { LanNetwork, WanNetwork } from './site.ts'

/** The networks of an export and the interfaces they have on the gateway. */
export interface Networks {
  readonly lans: readonly LanNetwork[]
  readonly wans: readonly WanNetwork[]
  readonly interfaces: readonly Interface[]
}

/**
 * Lowers `networkconf`. LAN networks are named as on the device: the port of their group, `eth1`, or `eth1.20` for
 * VLAN 20; aliases are the network's name, `VLAN20` and its id. `gateway` is the gateway's own entry in `device`, which
 * knows ports and what DHCP gave.
 */
export function lowerNetworks(
  entries: readonly Entry[],
  gateway: Entry | undefined,
  diagnostics: Diagnostic[],
): Networks {
  const lans: LanNetwork[] = []
  const wans: WanNetwork[] = []
  const interfaces: Interface[] = []
  for (const entry of entries) {
    const purpose = textOf(entry, 'purpose')
    if (purpose === 'wan') {
      const wan = readWan(entry, gateway)
      interfaces.push(wanInterface(wan))
      if (isOn(entry)) wans.push(wan)
    } else if (purpose === 'corporate' || purpose === 'guest') {
      const lan = readLan(entry, purpose, gateway, diagnostics)
      if (lan) interfaces.push(lanInterface(lan))
      if (lan && isOn(entry)) lans.push(lan)
    }
  }
  return { lans, wans, interfaces }
}

/** The networks a gateway reports to have, where the collection networkconf is not given. */
export function runningNetworks(gateway: Entry | undefined, diagnostics: Diagnostic[]): Networks {
  if (!gateway) return { lans: [], wans: [], interfaces: [] }
  const { lans, interfaces } = lowerNetworks(childrenOf(gateway, 'network_table'), gateway, diagnostics)
  const wans = ['wan1', 'wan2'].flatMap((key) =>
    childrenOf(gateway, key).flatMap((entry): WanNetwork[] => {
      const port = textOf(entry, 'ifname')
      const wan = { id: '', name: nameOf(entry), entry, group: key === 'wan1' ? 'wan' : key, interface: port ?? key }
      const running = { ...wan, ...addressing(entry, 'ip', 'netmask', 'gateway'), ...given(entry) }
      return flagOf(entry, 'enable') === false ? [] : [running]
    }),
  )
  return { lans, wans, interfaces: [...interfaces, ...wans.map(wanInterface)] }
}

/** Absent means on. */
function isOn(entry: Entry): boolean {
  return flagOf(entry, 'enabled') !== false && textOf(entry, 'wan_type') !== 'disabled'
}

function readLan(
  entry: Entry,
  kind: 'corporate' | 'guest',
  gateway: Entry | undefined,
  diagnostics: Diagnostic[],
): LanNetwork | undefined {
  const name = nameOf(entry)
  const text = textOf(entry, 'ip_subnet') ?? ''
  const ip = parseIp(text.split('/')[0] ?? '')
  const subnet = parsePrefix(text)
  if (textOf(entry, 'gateway_type') === 'switch') {
    const message = `The network ${name} is routed by a switch, not by the gateway; it was left out.`
    diagnostics.push({ severity: 'warning', code: 'NT1405', message, source: sourceOf(entry, 'gateway_type') })
    return undefined
  }
  if (ip === undefined || !subnet) {
    const message = `The network ${name} has no address with a prefix ("ip_subnet"); it was left out.`
    diagnostics.push({ severity: 'warning', code: 'NT1405', message, source: sourceOf(entry, 'ip_subnet') })
    return undefined
  }
  const port = portOf(textOf(entry, 'networkgroup') ?? 'LAN', gateway)
  const vlan = vlanOf(entry)
  return { kind, id: idOf(entry), name, entry, interface: vlan === undefined ? port : vlanName(port, vlan), ip, subnet }
}

/** On consoles (UDM and later) networks are bridges: `br0`, `br20`. Practice, not documented. */
function vlanName(port: string, vlan: number): string {
  return port.startsWith('br') ? `br${vlan}` : `${port}.${vlan}`
}

function vlanOf(entry: Entry): number | undefined {
  return flagOf(entry, 'vlan_enabled') === false ? undefined : numberOf(entry, 'vlan')
}

function lanInterface(lan: LanNetwork): Interface {
  const vlan = vlanOf(lan.entry)
  const aliases = [lan.name, ...(vlan === undefined ? [] : [`VLAN${vlan}`]), lan.id]
  const mtu = flagOf(lan.entry, 'interface_mtu_enabled') ? numberOf(lan.entry, 'interface_mtu') : undefined
  const dhcp = dhcpOffer(lan)
  return {
    name: lan.interface,
    aliases: cleaned(aliases, lan.interface),
    addresses: [{ ip: lan.ip, prefix: lan.subnet, source: sourceOf(lan.entry, 'ip_subnet') }],
    ...(mtu === undefined ? {} : { mtu }),
    ...(isOn(lan.entry) ? {} : { disabled: true }),
    ...(dhcp ? { dhcp } : {}),
    source: sourceOf(lan.entry),
  }
}

/** Without DNS servers of their own, clients are given the gateway (practice, no page to cite). */
function dhcpOffer(lan: LanNetwork): DhcpOffer | undefined {
  const entry = lan.entry
  if (flagOf(entry, 'dhcpd_enabled') !== true) return undefined
  const given = ['dhcpd_dns_1', 'dhcpd_dns_2', 'dhcpd_dns_3', 'dhcpd_dns_4'].flatMap(
    (key) => addressOf(entry, key) ?? [],
  )
  const own = flagOf(entry, 'dhcpd_dns_enabled') === true && given.length > 0
  const router = flagOf(entry, 'dhcpd_gateway_enabled') ? addressOf(entry, 'dhcpd_gateway') : undefined
  const domain = textOf(entry, 'domain_name')
  return {
    nameServers: own ? given : [lan.ip],
    gateway: router ?? lan.ip,
    search: domain === undefined ? [] : [domain.toLowerCase()],
    source: sourceOf(entry, own ? 'dhcpd_dns_1' : 'dhcpd_enabled'),
  }
}

function readWan(entry: Entry, gateway: Entry | undefined): WanNetwork {
  const group = (textOf(entry, 'wan_networkgroup') ?? 'WAN').toLowerCase()
  const running = gateway && childrenOf(gateway, group === 'wan' ? 'wan1' : group)[0]
  const port = (running && textOf(running, 'ifname')) ?? portOf(group.toUpperCase(), gateway)
  const vlan = flagOf(entry, 'wan_vlan_enabled') ? numberOf(entry, 'wan_vlan') : undefined
  const tagged = vlan === undefined || port.includes('.') ? port : `${port}.${vlan}`
  const wan = { id: idOf(entry), name: nameOf(entry), entry, group, interface: tagged }
  const type = textOf(entry, 'wan_type') ?? 'dhcp'
  if (type === 'static') return { ...wan, ...addressing(entry, 'wan_ip', 'wan_netmask', 'wan_gateway') }
  const pppoe = type.includes('pppoe') ? { interface: `pppoe${/\d+/.exec(port)?.[0] ?? '0'}` } : {}
  return {
    ...wan,
    ...pppoe,
    ...(running ? { ...addressing(running, 'ip', 'netmask', 'gateway'), ...given(running) } : {}),
  }
}

/** The name servers the provider gave an uplink that is up; the gateway's own does not count. */
function given(running: Entry): Pick<WanNetwork, 'nameServers'> {
  const source = sourceOf(running, 'dns')
  const servers = textsOf(running, 'dns').flatMap((text) => parseIp(text) ?? [])
  const others = servers.filter((ip) => !prefixContains(LOOPBACK, ip)).map((ip) => ({ ip, source }))
  return others.length > 0 ? { nameServers: others } : {}
}

const LOOPBACK = prefix('127.0.0.0/8')

/** The Ethernet addresses a gateway reports of its ports, given to the interfaces on them. */
export function withMacs(interfaces: readonly Interface[], gateway: Entry | undefined): readonly Interface[] {
  const ports = gateway ? childrenOf(gateway, 'port_table') : []
  const macs = new Map(ports.map((port) => [textOf(port, 'ifname'), textOf(port, 'mac')?.toLowerCase()]))
  return interfaces.map((one) => {
    const mac = macs.get(one.name.replace(/\.\d+$/, ''))
    return mac !== undefined && /^([\da-f]{2}:){5}[\da-f]{2}$/.test(mac) ? { ...one, mac } : one
  })
}

function addressing(entry: Entry, address: string, mask: string, gateway: string): Partial<WanNetwork> {
  const ip = addressOf(entry, address)
  const length = maskLength(textOf(entry, mask) ?? '')
  const next = addressOf(entry, gateway)
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(ip === undefined || length === undefined ? {} : { subnet: prefixOf(ip, length) }),
    ...(next === undefined ? {} : { gateway: { ip: next, source: sourceOf(entry, gateway) } }),
  }
}

function wanInterface(wan: WanNetwork): Interface {
  const pppoe = wan.interface.startsWith('pppoe')
  const source = sourceOf(wan.entry, 'wan_ip')
  const main: InterfaceAddress[] = wan.ip && wan.subnet ? [{ ip: wan.ip, prefix: wan.subnet, source }] : []
  const more = textsOf(wan.entry, 'wan_ip_aliases').flatMap((text): InterfaceAddress[] => {
    const ip = parseIp(text.split('/')[0] ?? '')
    const prefix = parsePrefix(text)
    return ip === undefined || !prefix ? [] : [{ ip, prefix, source: sourceOf(wan.entry, 'wan_ip_aliases') }]
  })
  return {
    name: wan.interface,
    aliases: cleaned([wan.group, wan.name, wan.id], wan.interface),
    addresses: [...main, ...more],
    // PPPoE takes 8 bytes of each frame (RFC 2516).
    ...(pppoe ? { mtu: 1492 } : {}),
    ...(isOn(wan.entry) ? {} : { disabled: true }),
    source: sourceOf(wan.entry),
  }
}

// The ports of a USG when nothing else is said: WAN eth0, LAN eth1, and eth2 for the second of either.
const PORTS: Readonly<Record<string, string>> = { WAN: 'eth0', LAN: 'eth1', LAN2: 'eth2', WAN2: 'eth2', LAN3: 'eth3' }

function portOf(group: string, gateway: Entry | undefined): string {
  const overrides = gateway ? childrenOf(gateway, 'ethernet_overrides') : []
  const named = new Map(overrides.map((one) => [textOf(one, 'networkgroup'), textOf(one, 'ifname')])).get(group)
  const bridged =
    gateway !== undefined && /^(udm|uxg|ucg)/.test(textOf(gateway, 'type') ?? '') && group.startsWith('LAN')
  if (bridged) return 'br0'
  return named ?? PORTS[group] ?? group.toLowerCase()
}

function addressOf(entry: Entry, key: string): Ip | undefined {
  return parseIp(textOf(entry, key) ?? '')
}

/** The id other objects refer to; empty when there is none. */
export function idOf(entry: Entry): string {
  return textOf(entry, '_id') ?? ''
}

/** What a person calls it. */
export function nameOf(entry: Entry): string {
  return textOf(entry, 'name') ?? textOf(entry, 'description') ?? idOf(entry)
}

function cleaned(names: readonly string[], own: string): string[] {
  return [...new Set(names)].filter((name) => name !== '' && name !== own)
}
