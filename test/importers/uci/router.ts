import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device } from '../../../src/model/index.ts'
import type { TestPacket } from './verdict.ts'

const interfaceOf = (name: string, device: string, address: string) =>
  `config interface '${name}'\noption ifname '${device}'\noption proto 'static'\noption ipaddr '${address}'\n`
/** Five networks of the old syntax. */
export const NETWORK = [
  interfaceOf('lan', 'br-lan', '192.168.1.1/24'),
  interfaceOf('guest', 'br-guest', '192.168.3.1/24'),
  interfaceOf('iot', 'br-iot', '192.168.4.1/24'),
  interfaceOf('wan', 'eth1', '203.0.113.2/24'),
  interfaceOf('spare', 'eth5', '192.168.9.1/24'),
].join('')

/** One zone section that covers the network of its name. */
export const zone = (name: string, input: string, forward: string, more = '') =>
  `config zone\noption name '${name}'\nlist network '${name}'\noption input '${input}'\noption output 'ACCEPT'\noption forward '${forward}'\n${more}`
/** The defaults OpenWrt ships with. */
export const DEFAULTS = "config defaults\noption input 'REJECT'\noption output 'ACCEPT'\noption forward 'REJECT'\n"
/** Four zones; lan and guest may go out, wan masquerades. */
export const ZONES = `${DEFAULTS}${zone('lan', 'ACCEPT', 'ACCEPT')}${zone('guest', 'REJECT', 'REJECT')}${zone('iot', 'REJECT', 'DROP')}${zone('wan', 'REJECT', 'REJECT', "option masq '1'\noption mtu_fix '1'\n")}
config forwarding\noption src 'lan'\noption dest 'wan'
config forwarding\noption src 'guest'\noption dest 'wan'
`
/** One rule section of some options. */
export const rule = (...options: string[]) => `config rule\n${options.map((option) => `option ${option}\n`).join('')}`

/** The router of a firewall file, on five networks of which `spare` is in no zone. */
export function routerOf(firewall: string, release = '17.01.4'): Device {
  const [device] = importUci('router', [
    { path: 'etc/config/network', text: NETWORK },
    { path: 'etc/config/firewall', text: firewall },
    { path: 'etc/openwrt_release', text: `DISTRIB_RELEASE='${release}'\n` },
  ]).devices
  if (!device) throw new Error('no device was read')
  return device
}

/** A host behind each interface. */
export const ADDRESS: Readonly<Record<string, string>> = {
  'br-lan': '192.168.1.9',
  'br-guest': '192.168.3.20',
  'br-iot': '192.168.4.4',
  eth1: '203.0.113.77',
  eth5: '192.168.9.9',
}
/** A packet from one interface to another. */
export const through = (from: string, to: string, more: Partial<TestPacket> = {}): TestPacket => ({
  in: from,
  out: to,
  from: ADDRESS[from] ?? '192.0.2.1',
  to: ADDRESS[to] ?? '192.0.2.1',
  port: 443,
  ...more,
})
/** A packet to the router itself. */
export const into = (from: string, more: Partial<TestPacket> = {}): TestPacket => ({
  in: from,
  from: ADDRESS[from] ?? '192.0.2.1',
  to: '192.168.1.1',
  port: 53,
  ...more,
})
