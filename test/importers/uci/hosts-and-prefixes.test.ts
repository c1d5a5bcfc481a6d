import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device } from '../../../src/model/index.ts'
import { formatIp, formatPrefix } from '../../../src/net/index.ts'

const ULA = "config globals 'globals'\noption ula_prefix 'fd00:1:2::/48'\n"
const lan = (more = '') =>
  `config interface 'lan'\noption device 'br-lan'\noption proto 'static'\noption ipaddr '10.0.0.1/24'\n${more}\n`

function routerOf(files: Readonly<Record<string, string>>): Device {
  const [device] = importUci(
    'router',
    Object.entries(files).map(([path, text]) => ({ path, text })),
  ).devices
  if (!device) throw new Error('no device was read')
  return device
}

const addresses = (network: string) =>
  routerOf({ network }).interfaces.flatMap((one) => one.addresses.map(({ ip }) => `${one.name} ${formatIp(ip)}`))

describe('IPv6 addresses of a prefix the file states', () => {
  test.for([
    ["option ip6assign '60'", ['br-lan 10.0.0.1', 'br-lan fd00:1:2::1']],
    ["option ip6assign '64'\noption ip6hint '10'", ['br-lan 10.0.0.1', 'br-lan fd00:1:2:10::1']],
    ["option ip6assign '64'\noption ip6ifaceid '::5'", ['br-lan 10.0.0.1', 'br-lan fd00:1:2::5']],
    ["option ip6assign '64'\noption ip6class 'wan6'", ['br-lan 10.0.0.1']],
    ["option ip6assign '64'\noption ipv6 '0'", ['br-lan 10.0.0.1']],
    ['', ['br-lan 10.0.0.1']],
  ] as const)('%s', ([more, expected]) => expect(addresses(ULA + lan(more))).toEqual(expected))

  test('in which order networks without a hint get theirs is not guessed', () => {
    const other = "config interface 'iot'\noption device 'eth1'\noption proto 'static'\noption ip6assign '64'\n"
    expect(addresses(`${ULA}${lan("option ip6assign '64'")}${other}`)).toEqual(['br-lan 10.0.0.1'])
  })

  test('what of the prefix nobody has leads nowhere', () => {
    const routes = routerOf({ network: ULA + lan() }).tables[0]?.routes ?? []
    const last = routes.find((one) => one.nextHop.kind === 'discard')
    expect(last && formatPrefix(last.prefix)).toBe('fd00:1:2::/48')
  })
})

describe('a reservation', () => {
  const device = routerOf({
    network: ULA + lan("option ip6assign '60'"),
    dhcp: `config dnsmasq
option domain 'plant'
config dhcp 'lan'
option interface 'lan'
option start '100'
option limit '50'
option dhcpv6 'server'
config host
option name 'NAS'
option mac '02:00:00:00:00:AA 02:00:00:00:00:ab'
option ip '10.0.0.2'
option hostid '10:2'
config host
option enable '0'
option name 'gone'
option mac '02:00:00:00:00:ac'
option ip '10.0.0.3'
`,
  })
  const offer = device.interfaces[0]?.dhcp

  test('keeps its address for its Ethernet addresses, beside a pool for everybody else', () => {
    const kept = offer?.reservations?.map((one) => [formatIp(one.ip), ...one.macs])
    expect(kept?.[0]).toEqual(['10.0.0.2', '02:00:00:00:00:aa', '02:00:00:00:00:ab'])
    expect(offer?.pool && [offer.pool.first, offer.pool.last].map(formatIp)).toEqual(['10.0.0.100', '10.0.0.149'])
  })

  test('names its address, and the one DHCPv6 gives it', () => {
    const records = device.resolver?.zones.flatMap((zone) => zone.records) ?? []
    const own = records.filter((one) => one.name === 'nas' && typeof one.value !== 'string')
    expect(own.map((one) => typeof one.value !== 'string' && formatIp(one.value)).sort()).toEqual([
      '10.0.0.2',
      'fd00:1:2::10:2',
    ])
  })

  test('that is switched off names nothing', () => {
    expect(
      JSON.stringify(device.resolver, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('"gone"')
  })
})

test('disable_ipv6 lets every IPv6 packet pass with fw3, and means nothing to fw4', () => {
  const firewall = "config defaults\noption input 'DROP'\noption disable_ipv6 '1'\n"
  const first = (release: string) =>
    Object.values(routerOf({ network: lan(), firewall, openwrt_release: `DISTRIB_RELEASE='${release}'\n` }).ruleSets)[0]
      ?.rules[0]?.name
  expect(first('19.07.1')).toBe('disable_ipv6: no rules for IPv6')
  expect(first('23.05.0')).toBe('loopback')
})

test('a bridge of VLANs of another bridge has that one’s ports', () => {
  const network = `config device
option type 'bridge'
option name 'sw'
list ports 'lan1'
list ports 'lan2'
config bridge-vlan
option device 'sw'
option vlan '10'
list ports 'lan1:t'
list ports 'lan2'
config device
option type 'bridge'
option name 'br-home'
list ports 'sw.10'
config interface 'home'
option device 'br-home'
option proto 'static'
option ipaddr '10.0.0.1/24'
`
  expect(routerOf({ network }).interfaces[0]?.aliases).toEqual(['home', 'sw.10', 'lan1.10', 'lan2'])
})

test('an SSID is another name of the network it is on', () => {
  const wireless =
    "config wifi-iface\noption device 'radio0'\noption mode 'ap'\noption ssid 'plant'\noption network 'lan'\n"
  expect(routerOf({ network: lan(), wireless }).interfaces[0]?.aliases).toContain('plant')
})
