import { implied, type Listener, type Source } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  type PortRange,
  parsePortRange,
  parsePrefix,
  singlePort,
  TCP,
  UDP,
} from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { isServing } from './dial-in.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'

/**
 * What a router answers on. `/ip service` limits clients by `address=` behind the input chain (MikroTik: Services);
 * the rest is open when its own menu switches it on. A port that is not here refuses.
 */
export function readListeners(configuration: Configuration, speaksIke: boolean): Listener[] {
  const listeners: Listener[] = []
  for (const entry of configuration.entries('ip service')) {
    const ports = parsePortRange(textOf(entry, 'port') ?? '')
    const name = textOf(entry, 'name')
    if (!ports || name === undefined || isDisabled(entry)) continue
    const from = clientsOf(entry)
    listeners.push({
      protocol: TCP,
      ports,
      ...(from && { from }),
      label: `/ip service ${name}`,
      source: sourceOf(entry),
    })
  }
  for (const one of SWITCHED) {
    for (const entry of switchedOn(configuration, one)) {
      const source = entry ? sourceOf(entry) : implied(`RouterOS has ${one.label} switched on by default`)
      const port = (entry && textOf(entry, 'port')) ?? `${one.port}`
      const protocols = (entry && textOf(entry, 'protocol')) === 'udp' ? [UDP] : one.protocols
      for (const protocol of protocols)
        listeners.push(open(protocol, parsePortRange(port), one.port, one.label, source))
    }
  }
  for (const entry of configuration.entries('interface l2tp-server server')) {
    const protects = textOf(entry, 'use-ipsec') ?? 'no'
    if (!isServing(entry) || protects === 'no' || speaksIke) continue
    for (const port of [500, 4500]) listeners.push(open(UDP, undefined, port, 'IKE', sourceOf(entry)))
  }
  const files = configuration.entries('ip tftp').find((entry) => !isDisabled(entry))
  if (files) listeners.push(open(UDP, undefined, 69, 'TFTP', sourceOf(files)))
  if (speaksIke) for (const port of [500, 4500]) listeners.push(open(UDP, undefined, port, 'IKE', IKE))
  for (const entry of configuration.entries('interface wireguard')) {
    if (isDisabled(entry)) continue
    const label = `WireGuard ${textOf(entry, 'name') ?? ''}`
    listeners.push(open(UDP, parsePortRange(textOf(entry, 'listen-port') ?? ''), 13231, label, sourceOf(entry)))
  }
  for (const entry of configuration.entries('interface vxlan')) {
    if (isDisabled(entry)) continue
    const label = `VXLAN ${textOf(entry, 'name') ?? ''}`
    // MikroTik: VXLAN, port.
    listeners.push(open(UDP, parsePortRange(textOf(entry, 'port') ?? ''), 8472, label, sourceOf(entry)))
  }
  const dhcp = configuration.entries('ip dhcp-server').find((entry) => !isDisabled(entry))
  if (dhcp) listeners.push(open(UDP, undefined, 67, 'DHCP server', sourceOf(dhcp)))
  return listeners
}

/** The entries of a service that are switched on; `undefined` stands for one that no line is about. */
function switchedOn(configuration: Configuration, one: Switched): readonly (Entry | undefined)[] {
  const entries = configuration.entries(one.menu)
  if (entries.length === 0) return one.otherwise ? [undefined] : []
  if (one.menu.endsWith('-server server')) return entries.filter(isServing)
  return entries.slice(0, 1).filter((entry) => isYes(entry, one.key, one.otherwise))
}

const IKE = implied('a router with IPsec peers answers IKE on UDP 500 and 4500 (MikroTik: IPsec)')

interface Switched {
  readonly menu: string
  readonly key: string
  readonly otherwise: boolean
  readonly protocols: readonly number[]
  readonly port: number
  readonly label: string
}

const SWITCHED: readonly Switched[] = [
  { menu: 'ip dns', key: 'allow-remote-requests', otherwise: false, protocols: [UDP, TCP], port: 53, label: 'DNS' },
  {
    menu: 'tool bandwidth-server',
    key: 'enabled',
    otherwise: true,
    protocols: [TCP],
    port: 2000,
    label: 'bandwidth test',
  },
  { menu: 'snmp', key: 'enabled', otherwise: false, protocols: [UDP], port: 161, label: 'SNMP' },
  { menu: 'system ntp server', key: 'enabled', otherwise: false, protocols: [UDP], port: 123, label: 'NTP' },
  { menu: 'ip proxy', key: 'enabled', otherwise: false, protocols: [TCP], port: 8080, label: 'web proxy' },
  { menu: 'ip socks', key: 'enabled', otherwise: false, protocols: [TCP], port: 1080, label: 'SOCKS proxy' },
  { menu: 'ip smb', key: 'enabled', otherwise: false, protocols: [TCP], port: 445, label: 'SMB' },
  {
    menu: 'interface l2tp-server server',
    key: 'enabled',
    otherwise: false,
    protocols: [UDP],
    port: 1701,
    label: 'L2TP',
  },
  {
    menu: 'interface pptp-server server',
    key: 'enabled',
    otherwise: false,
    protocols: [TCP],
    port: 1723,
    label: 'PPTP',
  },
  {
    menu: 'interface sstp-server server',
    key: 'enabled',
    otherwise: false,
    protocols: [TCP],
    port: 443,
    label: 'SSTP',
  },
  {
    menu: 'interface ovpn-server server',
    key: 'enabled',
    otherwise: false,
    protocols: [TCP],
    port: 1194,
    label: 'OpenVPN',
  },
  { menu: 'ip upnp', key: 'enabled', otherwise: false, protocols: [TCP], port: 2828, label: 'UPnP' },
  { menu: 'ip smb', key: 'enabled', otherwise: false, protocols: [TCP], port: 445, label: 'SMB' },
  { menu: 'caps-man manager', key: 'enabled', otherwise: false, protocols: [UDP], port: 5246, label: 'CAPsMAN' },
]

function open(
  protocol: number,
  ports: PortRange | undefined,
  otherwise: number,
  label: string,
  source: Source,
): Listener {
  return { protocol, ports: ports ?? singlePort(otherwise), label, source }
}

function clientsOf(entry: Entry): AddressSet | undefined {
  const text = textOf(entry, 'address')
  if (text === undefined) return undefined
  const prefixes = text.split(',').map(parsePrefix)
  return addressesOfPrefixes(prefixes.filter((one) => one !== undefined))
}
