import { describe, expect, test } from 'vitest'
import { formatAddressSet, formatIp } from '../../../src/net/index.ts'
import { codesOf, interfaceOf, routerOf, routesOf } from './router-of.ts'

const HEAD = '# by RouterOS 7.16\n'
const disabledOf = (command: string) =>
  routerOf(
    `${HEAD}/ip address\nadd address=10.0.0.1/24 comment="plant floor" interface=ether1\nadd address=10.0.1.1/24 comment=lab disabled=yes interface=ether2\nadd address=10.0.2.1/24 interface=ether3\n${command}\n`,
  )
    .interfaces.filter((one) => one.addresses.length > 0)
    .map((one) => one.name)

describe('what `[ find ]` finds (MikroTik: Scripting, find)', () => {
  test.for<[string, string[]]>([
    ['disable [ find interface=ether1 ]', ['ether3']],
    ['disable [ find where interface=ether1 ]', ['ether3']],
    ['disable [ find comment~"floor" ]', ['ether3']],
    ['disable [ find comment~"^floor" ]', ['ether1', 'ether3']],
    ['disable [ find interface!="ether1" ]', ['ether1']],
    ['enable [ find disabled ]', ['ether1', 'ether2', 'ether3']],
    ['set [ find disabled and comment=lab ] disabled=no', ['ether1', 'ether2', 'ether3']],
    ['disable [ find !disabled ]', []],
    ['disable [ find comment~"pl.*r" ]', ['ether1', 'ether3']],
  ])('%s', ([command, expected]) => {
    expect(disabledOf(command)).toEqual(expected)
  })

  test('a condition that is not understood finds nothing, and is said', () => {
    const text = `${HEAD}/ip address\nadd address=10.0.0.1/24 interface=ether1\ndisable [ find comment~"a.*b" ]\n`
    expect(codesOf(text)).toContain('NT1205:4')
  })
})

describe('what a DHCP client learns (MikroTik: DHCP, DHCP Options)', () => {
  const offer = (option: string, network: string) => {
    const text = `${HEAD}/ip address\nadd address=10.0.0.1/24 interface=ether1\n/ip dhcp-server option\n${option}\n/ip dhcp-server\nadd interface=ether1\n/ip dhcp-server network\nadd address=10.0.0.0/24 dhcp-option=x ${network}\n`
    const { dhcp } = interfaceOf(routerOf(text), 'ether1')
    const gateway = dhcp?.gateway
    return [dhcp?.nameServers.map(formatIp).join(' '), gateway === undefined ? '' : formatIp(gateway), dhcp?.search[0]]
  }

  test.for<[string, string, (string | undefined)[]]>([
    [
      "add code=6 name=x value=\"'10.9.0.1''10.9.0.2'\"",
      'gateway=10.0.0.1',
      ['10.9.0.1 10.9.0.2', '10.0.0.1', undefined],
    ],
    ['add code=6 name=x value=0x0A090001', '', ['10.9.0.1', '', undefined]],
    ['add code=3 name=x value="\'10.0.0.9\'"', '', ['', '10.0.0.9', undefined]],
    ['add code=15 name=x value="s\'Home\'"', '', ['', '', 'home']],
    ['add code=6 name=other value="\'10.9.0.1\'"', '', ['', '', undefined]],
    ['add code=6 name=x value="\'10.9.0.1\'"', 'dns-server=10.8.0.1', ['10.8.0.1', '', undefined]],
  ])('%s, %s', ([option, network, expected]) => {
    expect(offer(option, network)).toEqual(expected)
  })
})

describe('interfaces and addresses', () => {
  test('WireGuard takes and sends what any of its peers is allowed (MikroTik: WireGuard)', () => {
    const text = `${HEAD}/interface wireguard\nadd listen-port=51820 name=wg\n/interface wireguard peers\nadd allowed-address=10.1.0.0/24 endpoint-address=192.0.2.1 interface=wg\nadd allowed-address=10.2.0.0/24 interface=wg\nadd allowed-address=10.3.0.0/24 disabled=yes interface=wg\n`
    const { tunnel } = interfaceOf(routerOf(text), 'wg')
    expect(tunnel?.selectors?.map((one) => formatAddressSet(one.remote))).toEqual(['10.1.0.0/24', '10.2.0.0/24'])
    expect(tunnel).not.toHaveProperty('remote')
    expect(codesOf(text)).toContain('NT1207:6')
  })

  test('a switch chip that sorts by VLAN is said; its settings mean nothing while it does not (MikroTik: Switch Chip Features)', () => {
    const line = (more: string) => `${HEAD}/interface ethernet switch port\nset 0 default-vlan-id=10 ${more}\n`
    const made = (more: string) => codesOf(line(more)).filter((code) => code.startsWith('NT1207'))
    expect(made('')).toEqual([])
    expect(made('vlan-mode=disabled')).toEqual([])
    expect(made('vlan-mode=secure')).toEqual(['NT1207:3'])
    expect(codesOf(line(''))).toEqual([])
  })

  test('an address that is not one of its network is left out and said', () => {
    const text = `${HEAD}/ip address\nadd address=10.0.0.1/24 interface=ether1 network=10.0.0.0\nadd address=10.1.0.1/24 interface=ether2 network=10.2.0.0\nadd address=10.3.0.1 interface=ether3 network=10.3.0.2\n`
    expect(routesOf(routerOf(text)).map((route) => route.prefix.length)).toEqual([24, 32])
    expect(codesOf(text)).toEqual(['NT1211:4'])
  })

  test('what a routing protocol learned is not known, but not absent either (MikroTik: OSPF)', () => {
    const text = `${HEAD}/ip address\nadd address=10.0.0.1/24 interface=ether1\n/routing ospf interface-template\nadd area=backbone networks=10.0.0.0/24\n`
    expect(routesOf(routerOf(text))[1]).toMatchObject({ distance: 254, origin: 'OSPF', nextHop: { kind: 'unknown' } })
  })
})
