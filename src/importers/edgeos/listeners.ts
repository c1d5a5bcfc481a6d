import type { Listener } from '../../model/index.ts'
import { type Protocol, singlePort, TCP, UDP } from '../../net/index.ts'
import type { Configuration, EdgeInterface } from './configuration.ts'
import { servesDhcp, servesNames } from './name-server.ts'
import { at, numberAt, sourceOf, textAt } from './node.ts'
import { upnpServers } from './upnp.ts'

/** What answers on the router: the services its configuration names, on the ports it gives them. */
export function lowerListeners(around: Configuration): Listener[] {
  const { root } = around
  const listeners: Listener[] = []
  const add = (label: string, protocol: Protocol, port: number, ...path: string[]) => {
    if (!at(root, 'service', path[0] ?? '') || port < 1 || port > 65535) return
    listeners.push({ protocol, ports: singlePort(port), label, source: sourceOf(root, 'service', ...path) })
  }
  add('ssh', TCP, numberAt(root, 'service', 'ssh', 'port') ?? 22, 'ssh')
  add('web interface', TCP, numberAt(root, 'service', 'gui', 'http-port') ?? 80, 'gui')
  add('web interface', TCP, numberAt(root, 'service', 'gui', 'https-port') ?? 443, 'gui')
  add('telnet', TCP, numberAt(root, 'service', 'telnet', 'port') ?? 23, 'telnet')
  add('SNMP', UDP, 161, 'snmp')
  if (servesNames(around)) {
    add('dnsmasq', UDP, 53, 'dns', 'forwarding')
    add('dnsmasq', TCP, 53, 'dns', 'forwarding')
  }
  for (const server of upnpServers(around)) {
    if (!server.speaksNatPmp) continue
    listeners.push({ protocol: UDP, ports: singlePort(5351), label: 'NAT-PMP', source: sourceOf(server.node) })
  }
  if (servesDhcp(around)) add('DHCP server', UDP, 67, 'dhcp-server')
  for (const one of around.interfaces) listeners.push(...tunnelListener(one))
  if (at(root, 'vpn', 'l2tp')) {
    listeners.push({ protocol: UDP, ports: singlePort(1701), label: 'L2TP', source: sourceOf(root, 'vpn', 'l2tp') })
  }
  if (at(root, 'vpn', 'pptp')) {
    listeners.push({ protocol: TCP, ports: singlePort(1723), label: 'PPTP', source: sourceOf(root, 'vpn', 'pptp') })
  }
  const ike = at(root, 'vpn', 'ipsec') ?? at(root, 'vpn', 'l2tp')
  for (const port of ike ? [500, 4500] : []) {
    listeners.push({ protocol: UDP, ports: singlePort(port), label: 'IKE', source: sourceOf(ike) })
  }
  return listeners
}

/** The port a tunnel's far end sends to: WireGuard's `listen-port`, OpenVPN's `local-port` (1194). */
function tunnelListener({ kind, name, node, disabled }: EdgeInterface): Listener[] {
  const key = kind === 'wireguard' ? 'listen-port' : 'local-port'
  const port = kind === 'openvpn' ? (numberAt(node, key) ?? 1194) : numberAt(node, key)
  if (disabled || (kind !== 'wireguard' && kind !== 'openvpn') || port === undefined || port < 1 || port > 65535)
    return []
  const protocol = kind === 'openvpn' && textAt(node, 'protocol')?.startsWith('tcp') ? TCP : UDP
  const label = `${kind === 'wireguard' ? 'WireGuard' : 'OpenVPN'} ${name}`
  return [{ protocol, ports: singlePort(port), label, source: sourceOf(node, key) }]
}
