import { describe, expect, test } from 'vitest'
import { importUci } from '../../../src/importers/uci/index.ts'
import type { Device, DhcpOffer, Resolver } from '../../../src/model/index.ts'
import { formatAddressSet, formatIp } from '../../../src/net/index.ts'

const NETWORK = `config interface 'lan'\noption type 'bridge'\noption ifname 'eth0.1'\noption proto 'static'\noption ipaddr '192.168.1.1/24'
config interface 'wan'\noption ifname 'eth0.2'\noption proto 'static'\noption ipaddr '203.0.113.2/24'\nlist dns '203.0.113.53'\nlist dns '203.0.113.54'
`
const DNSMASQ = "config dnsmasq\noption domain 'lan'\noption local '/lan/'\noption rebind_protection '0'\n"
const LAN = "config dhcp 'lan'\noption interface 'lan'\n"

function routerOf(dhcp: string, network = NETWORK): Device {
  const [device] = importUci('router', [
    { path: 'etc/config/network', text: network },
    { path: 'etc/config/dhcp', text: dhcp },
  ]).devices
  if (!device) throw new Error('no device was read')
  return device
}

function resolverOf(dhcp: string, network?: string): Resolver {
  const { resolver } = routerOf(dhcp, network)
  if (!resolver) throw new Error('no resolver was read')
  return resolver
}

const words = (offer: DhcpOffer | undefined) =>
  offer &&
  `${offer.nameServers.map(formatIp).join(' ')} | ${offer.gateway === undefined ? 'none' : formatIp(offer.gateway)} | ${offer.search.join(' ')}`

describe('hosts on the LAN learn by DHCP', () => {
  test.for([
    ['the router itself by default', LAN, '192.168.1.1 | 192.168.1.1 | lan'],
    [
      'other name servers by option 6',
      `${LAN}list dhcp_option '6,1.1.1.1,8.8.8.8'\n`,
      '1.1.1.1 8.8.8.8 | 192.168.1.1 | lan',
    ],
    [
      'the same by the name of the option',
      `${LAN}list dhcp_option 'option:dns-server,1.1.1.1'\n`,
      '1.1.1.1 | 192.168.1.1 | lan',
    ],
    ['another gateway by option 3', `${LAN}list dhcp_option '3,192.168.1.2'\n`, '192.168.1.1 | 192.168.1.2 | lan'],
    ['no gateway by an empty option 3', `${LAN}list dhcp_option '3'\n`, '192.168.1.1 | none | lan'],
    [
      'another domain by option 15',
      `${LAN}list dhcp_option '15,corp.example'\n`,
      '192.168.1.1 | 192.168.1.1 | corp.example',
    ],
    [
      'nothing that is for some clients only',
      `${LAN}list dhcp_option 'tag:x,6,1.1.1.1'\n`,
      '192.168.1.1 | 192.168.1.1 | lan',
    ],
    ['nothing from a section that is ignored', `${LAN}option ignore '1'\n`, undefined],
  ] as const)('%s', ([, text, expected]) => {
    expect(words(routerOf(DNSMASQ + text).interfaces[0]?.dhcp)).toBe(expected)
  })
})

describe('the name server asks', () => {
  const servers = (resolver: Resolver) =>
    resolver.forwards
      .filter((forward) => !forward.suffix.endsWith('.arpa'))
      .map((forward) => {
        const to = forward.to.map((target) => (target.kind === 'server' ? formatIp(target.ip) : target.kind))
        return `${forward.suffix || '.'} -> ${to.join(' ') || 'nobody'}`
      })

  test.for([
    ['the servers of its networks', '', ['lan -> nobody', '. -> 203.0.113.53 203.0.113.54'], 'refuse'],
    [
      'its own list with noresolv',
      "option noresolv '1'\nlist server '10.20.10.10'\n",
      ['lan -> nobody', '. -> 10.20.10.10'],
      'refuse',
    ],
    [
      'a server for a domain',
      "list server '/corp.example/10.0.0.53'\n",
      ['lan -> nobody', 'corp.example -> 10.0.0.53', '. -> 203.0.113.53 203.0.113.54'],
      'refuse',
    ],
    ['nobody with noresolv and no list', "option noresolv '1'\n", ['lan -> nobody'], 'refuse'],
  ] as const)('%s', ([, options, forwards, otherwise]) => {
    const resolver = resolverOf(DNSMASQ + options)
    expect(servers(resolver)).toEqual(forwards)
    expect(resolver.otherwise).toBe(otherwise)
  })

  test('servers it learns at run time, which is said', () => {
    const network = NETWORK.replace(
      "option proto 'static'\noption ipaddr '203.0.113.2/24'\nlist dns '203.0.113.53'\nlist dns '203.0.113.54'",
      "option proto 'dhcp'",
    )
    const resolver = resolverOf(DNSMASQ, network)
    expect(resolver.otherwise).toBe('unknown')
    expect(resolver.notModelled).toEqual(['name servers that wan gets at run time'])
  })
})

test('rebind protection is on unless it is switched off', () => {
  expect(resolverOf('config dnsmasq\n').rebind?.effect).toBe('empty')
  expect(resolverOf("config dnsmasq\noption rebind_protection '0'\n").rebind).toBeUndefined()
})

test('domains exempt from rebind protection are those asked for', () => {
  const { rebind } = resolverOf(
    "config dnsmasq\nlist rebind_domain '/blob.core.windows.net/'\nlist rebind_domain 'corp.example'\n",
  )
  expect(rebind).toMatchObject({ exemptBy: 'queried', exempt: ['blob.core.windows.net', 'corp.example'] })
})

test('localservice answers the networks the router is on, and nobody else', () => {
  const { allows } = resolverOf("config dnsmasq\noption localservice '1'\n")
  expect(allows?.otherwise).toBe('ignore')
  expect(allows && formatAddressSet(allows.clients)).toBe('127.0.0.0/8, 192.168.1.0/24, 203.0.113.0/24, ::1')
})

test('names of reservations, of domains and aliases are served', () => {
  const resolver = resolverOf(`${DNSMASQ}option expandhosts '1'
config host\noption name 'nas'\noption ip '192.168.1.5'\noption dns '1'
config host\noption name 'tv'\noption ip '192.168.1.6'
config domain\noption name 'printer.lan'\noption ip '192.168.1.7'
config cname\noption cname 'files.lan'\noption target 'nas.lan'
`)
  const forward = resolver.zones.filter((zone) => !zone.typesOnly)
  const names = forward.flatMap((zone) => zone.records.map((record) => `${record.name} ${record.type}`))
  expect(names.sort()).toEqual(['files.lan CNAME', 'nas A', 'nas.lan A', 'printer.lan A', 'tv A', 'tv.lan A'])
})

test('other names of the local domain may be those of DHCP clients: unknown, not absent', () => {
  const zone = (dhcp: string) => resolverOf(dhcp).zones.find((one) => one.name === 'lan')
  expect(zone(DNSMASQ + LAN)?.onMissing).toBe('unknown')
  expect(zone(DNSMASQ)).toBeUndefined()
})

test('the router asks its own dnsmasq, by its address on the LAN', () => {
  const { stubResolver } = routerOf(DNSMASQ + LAN)
  expect(stubResolver?.servers.map((server) => formatIp(server.ip))).toEqual(['192.168.1.1'])
})

test('without a dhcp file the router asks the servers of its networks, and runs no name server we know of', () => {
  const [router] = importUci('router', [{ path: 'network', text: NETWORK }]).devices
  expect(router?.resolver).toBeUndefined()
  expect(router?.stubResolver?.servers.map((server) => formatIp(server.ip))).toEqual(['203.0.113.53', '203.0.113.54'])
})

test('ssh, the web interface, DNS and DHCP answer on the router', () => {
  const ports = routerOf(DNSMASQ + LAN).listeners?.map((listener) => `${listener.protocol}/${listener.ports.first}`)
  expect(ports).toEqual(['6/22', '6/80', '6/443', '17/53', '6/53', '17/67'])
})

test('/etc/dnsmasq.conf adds to what UCI says', () => {
  const part = importUci('router', [
    { path: 'etc/config/network', text: NETWORK },
    { path: 'etc/config/dhcp', text: `${DNSMASQ}option noresolv '1'\n` },
    { path: 'etc/dnsmasq.conf', text: 'server=/corp.example/10.0.0.53\nhost-record=nas.lan,192.168.1.5\n' },
  ])
  const resolver = part.devices[0]?.resolver
  expect(resolver?.forwards.map((forward) => forward.suffix)).toEqual(['lan', 'corp.example'])
  expect(resolver?.zones.flatMap((zone) => zone.records.map((record) => record.name))).toContain('nas.lan')
})

test('files of names and servers that were not given are said', () => {
  const resolver = resolverOf(`${DNSMASQ}option serversfile '/tmp/adb_list.overall'\n`)
  expect(resolver.notModelled).toContain('what stands in /tmp/adb_list.overall')
})

test('a dnsmasq without a DNS port is no name server', () => {
  expect(routerOf("config dnsmasq\noption port '0'\n").resolver).toBeUndefined()
})
