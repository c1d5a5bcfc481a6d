import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device } from '../../../src/model/index.ts'
import { formatAddressSet, formatIp, formatPrefix } from '../../../src/net/index.ts'

function deviceOf(network: string): Device {
  const [device] = importUci('router', [{ path: 'etc/config/network', text: network }]).devices
  if (!device) throw new Error('no device was read')
  return device
}

/** `br-lan (lan, eth0.1) 10.0.0.1/24` */
const shown = (device: Device) =>
  device.interfaces.map((one) => {
    const addresses = one.addresses.map((address) => ` ${formatIp(address.ip)}/${address.prefix.length}`).join('')
    return `${one.name} (${one.aliases.join(', ')})${addresses}${one.disabled ? ' off' : ''}`
  })

describe('a network is known by its Linux device', () => {
  test.for([
    [
      'a bridge of the old syntax',
      "config interface 'lan'\noption type 'bridge'\noption ifname 'eth0.1 wlan0'\noption proto 'static'\noption ipaddr '10.0.0.1'\noption netmask '255.255.255.0'",
      ['br-lan (lan, eth0.1, wlan0) 10.0.0.1/24'],
    ],
    [
      'a bridge of the new syntax',
      "config device\noption name 'br-lan'\noption type 'bridge'\nlist ports 'lan1'\nlist ports 'lan2'\nconfig interface 'lan'\noption device 'br-lan'\noption proto 'static'\nlist ipaddr '10.0.0.1/24'",
      ['br-lan (lan, lan1, lan2) 10.0.0.1/24'],
    ],
    [
      'a VLAN of a bridge',
      "config bridge-vlan\noption device 'br-lan'\noption vlan '10'\nlist ports 'lan1:u*'\nlist ports 'lan2:t'\nconfig interface 'iot'\noption device 'br-lan.10'\noption proto 'static'\noption ipaddr '10.0.10.1/24'",
      ['br-lan.10 (iot, lan1, lan2.10) 10.0.10.1/24'],
    ],
    [
      'a VLAN of a switch',
      "config switch_vlan\noption device 'switch0'\noption vlan '2'\noption ports '0t 5'\nconfig interface 'wan'\noption ifname 'eth0.2'\noption proto 'dhcp'",
      ['eth0.2 (wan)'],
    ],
    ['PPPoE', "config interface 'wan'\noption ifname 'eth1'\noption proto 'pppoe'", ['pppoe-wan (wan)']],
    [
      'an alias of PPPoE',
      "config interface 'wan'\noption ifname 'eth1'\noption proto 'pppoe'\nconfig interface 'wan6'\noption ifname '@wan'\noption proto 'dhcpv6'",
      ['pppoe-wan (wan, wan6)'],
    ],
    [
      'WireGuard',
      "config interface 'wg0'\noption proto 'wireguard'\nlist addresses '10.9.0.1/24'",
      ['wg0 () 10.9.0.1/24'],
    ],
    ['a GRE tunnel', "config interface 'hub'\noption proto 'gre'\noption peeraddr '192.0.2.1'", ['gre4-hub (hub)']],
    [
      'several networks on one device',
      "config interface 'lan'\noption ifname 'eth0'\noption proto 'static'\noption ipaddr '10.0.0.1/24'\nconfig interface 'lan6'\noption ifname 'eth0'\noption proto 'static'\noption ip6addr 'fd00::1/64'",
      ['eth0 (lan, lan6) 10.0.0.1/24 fd00::1/64'],
    ],
    [
      'a network that is switched off',
      "config interface 'lan'\noption ifname 'eth0'\noption proto 'static'\noption ipaddr '10.0.0.1/24'\noption disabled '1'",
      ['eth0 (lan) 10.0.0.1/24 off'],
    ],
    [
      'loopback, left out',
      "config interface 'loopback'\noption ifname 'lo'\noption proto 'static'\noption ipaddr '127.0.0.1'",
      [],
    ],
    [
      'an alias of itself',
      "config interface 'a'\noption ifname '@b'\noption proto 'none'\nconfig interface 'b'\noption ifname '@a'\noption proto 'none'",
      ['a (b)', 'b (a)'],
    ],
  ] as const)('%s', ([, text, interfaces]) => {
    const expected = [...shown(deviceOf(text))].sort()
    expect(expected).toEqual([...interfaces].sort())
  })
})

/** `0.0.0.0/0 via 10.0.0.254 eth0 metric 5` */
const routes = (device: Device, table = 'main') =>
  device.tables
    .find((one) => one.name === table)
    ?.routes.map((route) => {
      const { nextHop } = route
      const where =
        nextHop.kind === 'via'
          ? `via ${formatIp(nextHop.gateway)} ${nextHop.interface}`
          : nextHop.kind === 'connected'
            ? `on ${nextHop.interface}`
            : nextHop.kind === 'discard'
              ? nextHop.answer
              : nextHop.kind
      return `${formatPrefix(route.prefix)} ${where}${route.metric ? ` metric ${route.metric}` : ''}`
    })

const LAN =
  "config interface 'lan'\noption ifname 'eth0'\noption proto 'static'\noption ipaddr '10.0.0.1'\noption netmask '255.255.255.0'\n"

describe('the routes of', () => {
  test.for([
    ['an address', '', ['10.0.0.0/24 on eth0']],
    [
      'a gateway',
      "option gateway '10.0.0.254'\noption metric '5'\n",
      ['10.0.0.0/24 on eth0', '0.0.0.0/0 via 10.0.0.254 eth0 metric 5'],
    ],
    [
      'a gateway without a default route',
      "option gateway '10.0.0.254'\noption defaultroute '0'\n",
      ['10.0.0.0/24 on eth0'],
    ],
    [
      'DHCP: a default route to an unknown gateway',
      "config interface 'wan'\noption ifname 'eth1'\noption proto 'dhcp'\n",
      ['10.0.0.0/24 on eth0', '0.0.0.0/0 unknown'],
    ],
    [
      'PPPoE: a default route without a gateway',
      "config interface 'wan'\noption ifname 'eth1'\noption proto 'pppoe'\n",
      ['10.0.0.0/24 on eth0', '0.0.0.0/0 on pppoe-wan'],
    ],
    [
      'a route section with a mask',
      "config route\noption interface 'lan'\noption target '10.1.0.0'\noption netmask '255.255.0.0'\noption gateway '10.0.0.2'\n",
      ['10.0.0.0/24 on eth0', '10.1.0.0/16 via 10.0.0.2 eth0'],
    ],
    [
      'a route section with a length',
      "config route\noption interface 'lan'\noption target '10.1.0.0/16'\noption gateway '10.0.0.2'\noption metric '7'\n",
      ['10.0.0.0/24 on eth0', '10.1.0.0/16 via 10.0.0.2 eth0 metric 7'],
    ],
    [
      'a blackhole',
      "config route\noption interface 'lan'\noption target '10.0.0.0/8'\noption type 'blackhole'\n",
      ['10.0.0.0/24 on eth0', '10.0.0.0/8 silent'],
    ],
    [
      'a disabled route section',
      "config route\noption interface 'lan'\noption target '10.1.0.0/16'\noption disabled '1'\n",
      ['10.0.0.0/24 on eth0'],
    ],
    [
      'WireGuard peers that route',
      "config interface 'wg0'\noption proto 'wireguard'\nconfig wireguard_wg0\nlist allowed_ips '10.9.0.0/24'\noption route_allowed_ips '1'\nconfig wireguard_wg0\nlist allowed_ips '10.8.0.0/24'\n",
      ['10.0.0.0/24 on eth0', '10.9.0.0/24 on wg0'],
    ],
  ] as const)('%s', ([, text, expected]) => {
    expect(routes(deviceOf(LAN + text))).toEqual(expected)
  })
})

test('a route in a table of its own stands there', () => {
  const device = deviceOf(
    `${LAN}config route\noption interface 'lan'\noption target '0.0.0.0/0'\noption gateway '10.0.0.9'\noption table '100'\n`,
  )
  expect(routes(device, '100')).toEqual(['0.0.0.0/0 via 10.0.0.9 eth0'])
})

test('policy rules stand in the order of their priority, those behind main after main', () => {
  const device = deviceOf(`${LAN}config rule\noption src '10.0.0.0/25'\noption lookup '100'\noption priority '2000'
config rule\noption in 'lan'\noption mark '0x1/0xff'\noption lookup '200'\noption priority '1000'
config rule\noption dest '10.7.0.0/16'\noption action 'prohibit'\noption priority '40000'\n`)
  expect(device.tableRules.map((rule) => rule.name)).toEqual([
    'ip rule 1000',
    'ip rule 2000',
    'ip rule 32766',
    'ip rule 40000',
  ])
  expect(device.tableRules[0]?.match).toEqual({
    kind: 'all',
    of: [
      { kind: 'in-interface', in: ['eth0'] },
      { kind: 'mark', value: 1, mask: 0xff },
    ],
  })
  expect(device.tableRules[3]?.action).toEqual({ kind: 'discard', answer: 'prohibited' })
})

test('a WireGuard tunnel takes what its peers may hold', () => {
  const device = deviceOf(
    "config interface 'wg0'\noption proto 'wireguard'\noption listen_port '51820'\nconfig wireguard_wg0\noption endpoint_host '192.0.2.7'\nlist allowed_ips '10.9.0.0/24'\n",
  )
  const tunnel = device.interfaces[0]?.tunnel
  expect(tunnel?.kind).toBe('wireguard')
  expect(tunnel?.remote === undefined ? '' : formatIp(tunnel.remote)).toBe('192.0.2.7')
  expect(tunnel?.selectors?.map((selector) => formatAddressSet(selector.remote))).toEqual(['10.9.0.0/24'])
  expect(device.listeners?.some((listener) => listener.ports.first === 51820)).toBe(true)
  expect(device.interfaces[0]?.mtu).toBe(1420)
})

describe('which firewall program a device runs', () => {
  const release = (version: string) => ({
    path: 'etc/openwrt_release',
    text: `DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='${version}'\n`,
  })
  const network = (text: string) => ({ path: 'etc/config/network', text })
  test.for([
    ['LEDE 17.01 runs fw3', [network(LAN), release('17.01.7')], 'OpenWrt 17.01.7 (fw3)'],
    ['21.02 still runs fw3', [network(LAN.replace('ifname', 'device')), release('21.02.3')], 'OpenWrt 21.02.3 (fw3)'],
    ['22.03 runs fw4', [network(LAN), release('22.03.0')], 'OpenWrt 22.03.0 (fw4)'],
    ['the old syntax means fw3', [network(LAN)], 'OpenWrt (fw3)'],
    ['the new syntax means fw4', [network(LAN.replace('ifname', 'device'))], 'OpenWrt (fw4)'],
    [
      'a device section that sets a MAC address is old',
      [network(`${LAN}config device\noption name 'eth0'\noption macaddr '52:54:00:00:00:01'\n`)],
      'OpenWrt (fw3)',
    ],
  ] as const)('%s', ([, files, label]) => {
    const part = importUci('router', files)
    expect(part.devices[0]?.label).toBe(label)
    expect(part.diagnostics.some((diagnostic) => diagnostic.code === 'NT1303')).toBe(true)
  })
})

test('the host name of the system file is another name of the device', () => {
  const part = importUci('edge', [
    { path: 'etc/config/network', text: LAN },
    { path: 'etc/config/system', text: "config system\noption hostname 'OpenWrt-Keller'\n" },
  ])
  expect(part.devices[0]?.aliases).toEqual(['OpenWrt-Keller'])
})
