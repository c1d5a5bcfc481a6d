import type { Listener } from '../../model/index.ts'
import { type Protocol, singlePort, TCP, UDP } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { servesDhcp, servesNames } from './name-server.ts'
import { at, numberAt, sourceOf } from './node.ts'

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
  if (servesDhcp(around)) add('DHCP server', UDP, 67, 'dhcp-server')
  const ike = at(root, 'vpn', 'ipsec')
  for (const port of ike ? [500, 4500] : []) {
    listeners.push({ protocol: UDP, ports: singlePort(port), label: 'IKE', source: sourceOf(ike) })
  }
  return listeners
}
