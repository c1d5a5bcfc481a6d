import type { TunnelEnd } from '../../model/index.ts'
import { addressesOfPrefixes, EVERY_ADDRESS, type Ip, parseIp, parsePrefix } from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import { isBlankedOut } from './blanked-out.ts'
import { type Configuration, isPart } from './configuration.ts'
import { type Entry, isDisabled, sourceOf, sourceOfProperty, textOf } from './entry.ts'
import { isPhysicalName, type Port, type PortKind, type Ports, pseudoKinds } from './port.ts'
import { joinSwitches } from './switching.ts'
import { dropSharedNetworks, wirelessNetworkOf } from './wireless-network.ts'

const KINDS: readonly (readonly [string, PortKind])[] = [
  ['interface ethernet', 'ethernet'],
  ['interface bridge', 'bridge'],
  ['interface bonding', 'bonding'],
  ['interface lte', 'ppp'],
  ['interface wireless', 'wireless'],
  ['interface wifi', 'wireless'],
  ['interface wifiwave2', 'wireless'],
  ['interface w60g', 'wireless'],
  ['interface gre6', 'tunnel'],
  ['interface ipipv6', 'tunnel'],
  ['interface macsec', 'other'],
  ['interface wireguard', 'wireguard'],
  ['interface vlan', 'vlan'],
  ['interface vrrp', 'vrrp'],
  ['interface gre', 'tunnel'],
  ['interface ipip', 'tunnel'],
  ['interface eoip', 'tunnel'],
  ['interface vxlan', 'other'],
  ['interface veth', 'other'],
  ['interface macvlan', 'other'],
  ['interface dummy', 'other'],
  ['interface pppoe-client', 'ppp'],
  ['interface l2tp-client', 'ppp'],
  ['interface sstp-client', 'ppp'],
  ['interface pptp-client', 'ppp'],
  ['interface ovpn-client', 'ppp'],
  ['interface ppp-client', 'ppp'],
  ['interface l2tp-server', 'ppp'],
  ['interface sstp-server', 'ppp'],
  ['interface pptp-server', 'ppp'],
  ['interface ovpn-server', 'ppp'],
  ['interface pppoe-server', 'ppp'],
]

/**
 * The interfaces of a router. A compact export leaves out ports that have only default settings, so a port is also
 * known by being named elsewhere. Ports of a bridge or bond are aliases of it; with `vlan-filtering=yes` an access
 * port is an alias of the VLAN interface of its `pvid`, and a tagged one of `port.vlan`.
 */
export function readPorts(configuration: Configuration): Ports {
  const ports = new Map<string, Port>()
  for (const [menu, kind] of KINDS)
    for (const entry of configuration.entries(menu)) addPort(ports, configuration, entry, kind)
  for (const [menu, key] of REFERENCES) {
    for (const entry of configuration.entries(menu)) {
      for (const name of (textOf(entry, key) ?? '').split(',')) addNamed(ports, configuration, entry, key, name)
    }
  }
  joinSwitches(ports, configuration)
  dropSharedNetworks(ports, configuration)
  return ports
}

function addPort(ports: Map<string, Port>, configuration: Configuration, entry: Entry, kind: PortKind): void {
  const defaultName = textOf(entry, 'default-name')
  const name = textOf(entry, 'name') ?? defaultName
  if (name === undefined || ports.has(name)) return
  const mtu = mtuOf(entry)
  const tunnel = tunnelOf(configuration, entry, name)
  // A virtual access point is down with the radio it is on.
  const below = textOf(entry, 'interface') ?? textOf(entry, 'master-interface')
  const network = kind === 'wireless' ? wirelessNetworkOf(configuration, entry) : undefined
  warnAboutArp(configuration, entry, name)
  ports.set(name, {
    name,
    kind,
    aliases: [defaultName, network].flatMap((one) => (one === undefined || one === name ? [] : [one])),
    ...(mtu !== undefined && { mtu }),
    disabled: isDisabled(entry),
    ...(below !== undefined && { below }),
    ...(tunnel && { tunnel }),
    source: sourceOf(entry),
  })
}

// With these a neighbour is found only by a static entry of /ip arp (MikroTik: ARP).
function warnAboutArp(configuration: Configuration, entry: Entry, name: string): void {
  const mode = textOf(entry, 'arp')
  if ((mode !== 'disabled' && mode !== 'reply-only') || isDisabled(entry)) return
  const message = `Interface ${inert(name)} has arp=${mode}: only neighbours in /ip arp are reached, which is not modelled.`
  configuration.diagnostics.push({
    severity: 'warning',
    code: 'NT1210',
    message,
    source: sourceOfProperty(entry, 'arp'),
  })
}

// Defaults of tunnels: 1420 for WireGuard is MikroTik's own; GRE and IPIP are the outer 1500 less their headers.
const TUNNEL_MTU: Readonly<Record<string, number>> = {
  'interface wireguard': 1420,
  'interface gre': 1476,
  'interface ipip': 1480,
}

function mtuOf(entry: Entry): number | undefined {
  const text = textOf(entry, 'mtu') ?? textOf(entry, 'max-mtu')
  if (text !== undefined && /^\d{2,5}$/.test(text)) return Number(text)
  return TUNNEL_MTU[entry.menu]
}

function tunnelOf(configuration: Configuration, entry: Entry, name: string): TunnelEnd | undefined {
  if (entry.menu === 'interface wireguard') return wireguardEnd(configuration, name)
  if (!CARRYING.has(entry.menu)) return undefined
  return tunnelEnd('gre', addressIn(textOf(entry, 'local-address')), addressIn(textOf(entry, 'remote-address')))
}

const CARRYING: ReadonlySet<string> = new Set(
  ['gre', 'ipip', 'eoip', 'gre6', 'ipipv6'].map((kind) => `interface ${kind}`),
)

function tunnelEnd(kind: TunnelEnd['kind'], local: Ip | undefined, remote: Ip | undefined): TunnelEnd {
  return { kind, ...(local !== undefined && { local }), ...(remote !== undefined && { remote }) }
}

// An address of zeros means any.
function addressIn(text: string | undefined): Ip | undefined {
  const address = text === undefined ? undefined : parseIp(text)
  return address === 0 ? undefined : address
}

// `allowed-address` is what may come from a peer and what is sent to it; with several peers it picks one, which a
// tunnel with two ends cannot say, so only one peer is told (MikroTik: WireGuard).
function wireguardEnd(configuration: Configuration, name: string): TunnelEnd {
  const peers = configuration
    .entries('interface wireguard peers')
    .filter((peer) => textOf(peer, 'interface') === name && !isDisabled(peer))
  const [only, another] = peers
  if (another) {
    const message = `Interface ${inert(name)} has ${peers.length} WireGuard peers; which one a packet goes to is not modelled.`
    configuration.diagnostics.push({ severity: 'warning', code: 'NT1207', message, source: sourceOf(another) })
  }
  const remote = only && !another ? addressIn(textOf(only, 'endpoint-address')) : undefined
  const selectors = peers.map((peer) => {
    const allowed = (textOf(peer, 'allowed-address') ?? '').split(',').map(parsePrefix)
    const prefixes = allowed.filter((one) => one !== undefined)
    const source = sourceOfProperty(peer, 'allowed-address')
    return { local: EVERY_ADDRESS, remote: addressesOfPrefixes(prefixes), source }
  })
  return { ...tunnelEnd('wireguard', undefined, remote), selectors }
}

/** Where other menus name an interface. */
const REFERENCES: readonly (readonly [string, string])[] = [
  ['interface bridge port', 'interface'],
  ['interface bonding', 'slaves'],
  ['interface vlan', 'interface'],
  ['interface pppoe-client', 'interface'],
  ['interface list member', 'interface'],
  ['ip address', 'interface'],
  ['ipv6 address', 'interface'],
  ['ip dhcp-client', 'interface'],
  ['ip dhcp-server', 'interface'],
  ['ip firewall filter', 'in-interface'],
  ['ip firewall filter', 'out-interface'],
  ['ip firewall nat', 'in-interface'],
  ['ip firewall nat', 'out-interface'],
  ['ip firewall mangle', 'in-interface'],
  ['ip firewall mangle', 'out-interface'],
  ['ip firewall raw', 'in-interface'],
]

function addNamed(
  ports: Map<string, Port>,
  configuration: Configuration,
  entry: Entry,
  key: string,
  named: string,
): void {
  const name = named.replace(/^!/, '')
  if (name === '' || name.startsWith('*') || ports.has(name) || pseudoKinds(name) || name === 'all') return
  const physical = isPhysicalName(name)
  if (!physical && (entry.menu.startsWith('ip firewall') || entry.menu === 'interface bridge port')) return
  if (entry.menu === 'interface list member' && !physical) return
  if (!physical && !isDisabled(entry)) {
    const isElsewhere = isPart(configuration) || isBlankedOut(name)
    const message = `No line of this export makes the interface ${inert(name)}; it is taken to exist.`
    configuration.diagnostics.push({
      severity: 'warning',
      code: 'NT1210',
      message,
      source: sourceOfProperty(entry, key),
      ...(isElsewhere && { othersMissing: true }),
    })
  }
  const kind = /^(wlan|wifi)/.test(name) ? 'wireless' : physical ? 'ethernet' : 'other'
  ports.set(name, { name, kind, aliases: [], disabled: false, source: sourceOfProperty(entry, key) })
}
