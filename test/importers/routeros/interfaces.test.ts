import { describe, expect, test } from 'vitest'
import { formatIp, formatPrefix } from '../../../src/net/index.ts'
import { codesOf, interfaceOf, routerOf, routesOf } from './router-of.ts'

const shown = (text: string) =>
  Object.fromEntries(
    routerOf(text).interfaces.map((one) => [
      one.name,
      [
        ...one.aliases,
        ...one.addresses.map((address) => `${formatIp(address.ip)} in ${formatPrefix(address.prefix)}`),
        ...(one.disabled ? ['disabled'] : []),
        ...(one.mtu === undefined ? [] : [`mtu ${one.mtu}`]),
      ],
    ]),
  )

describe('interfaces', () => {
  test.for<[string, string, Record<string, string[]>]>([
    [
      'a renamed port keeps its default name as an alias',
      '/interface ethernet\nset [ find default-name=ether1 ] name=WAN mtu=1492',
      { WAN: ['ether1', 'mtu 1492'] },
    ],
    [
      'a port that only an address names',
      '/ip address\nadd address=10.0.0.1/24 interface=ether4',
      { ether4: ['10.0.0.1 in 10.0.0.0/24'] },
    ],
    [
      'a VLAN on a port',
      '/interface vlan\nadd interface=ether2 name=v10 vlan-id=10',
      { v10: ['ether2.10'], ether2: [] },
    ],
    [
      'a bridge has the names of its ports',
      '/interface bridge\nadd name=lan\n/interface ethernet\nset [ find default-name=ether3 ] name=desk\n/interface bridge port\nadd bridge=lan interface=ether2\nadd bridge=lan interface=desk\nadd bridge=lan disabled=yes interface=ether5',
      { lan: ['desk', 'ether3', 'ether2'], ether5: [] },
    ],
    [
      'a bond in a bridge',
      '/interface bridge\nadd name=lan\n/interface bonding\nadd name=b slaves=ether1,ether2\n/interface bridge port\nadd bridge=lan interface=b',
      { lan: ['b', 'ether1', 'ether2'] },
    ],
    [
      'VLAN filtering: access ports belong to the VLAN of their pvid, tagged ones are port.vlan',
      '/interface bridge\nadd name=br vlan-filtering=yes\n/interface vlan\nadd interface=br name=v10 vlan-id=10\n/interface bridge port\nadd bridge=br interface=ether2 pvid=10\nadd bridge=br interface=ether3\nadd bridge=br interface=ether4\n/interface bridge vlan\nadd bridge=br tagged=br,ether4 vlan-ids=10',
      { br: ['ether3', 'ether4'], v10: ['br.10', 'ether2', 'ether4.10'] },
    ],
    [
      'a disabled interface and what stands on it',
      '/interface ethernet\nset [ find default-name=ether2 ] disabled=yes\n/interface vlan\nadd interface=ether2 name=v vlan-id=5',
      { ether2: ['disabled'], v: ['ether2.5', 'disabled'] },
    ],
    [
      'a point-to-point address',
      '/ip address\nadd address=10.0.0.1 interface=ether1 network=10.0.0.2',
      { ether1: ['10.0.0.1 in 10.0.0.2/32'] },
    ],
    [
      'an address with an old netmask',
      '/ip address\nadd address=10.0.0.1 netmask=255.255.255.0 interface=ether1',
      { ether1: ['10.0.0.1 in 10.0.0.0/24'] },
    ],
    [
      'a disabled address is left out',
      '/ip address\nadd address=10.0.0.1/24 disabled=yes interface=ether1',
      { ether1: [] },
    ],
    ['an LTE modem found by nothing but find', '/interface lte\nset [ find ] name=lte1', { lte1: [] }],
    ['WireGuard', '/interface wireguard\nadd listen-port=13231 name=wg', { wg: ['mtu 1420'] }],
  ])('%s', ([, text, wanted]) => {
    expect(shown(text)).toEqual(wanted)
  })

  test('an address on a port of a bridge works on the bridge, and that is said', () => {
    const text =
      '/interface bridge\nadd name=lan\n/interface bridge port\nadd bridge=lan interface=ether1\n/ip address\nadd address=192.168.1.1/24 interface=ether1\n'
    expect(shown(text)).toEqual({ lan: ['ether1', '192.168.1.1 in 192.168.1.0/24'] })
    expect(codesOf(text)).toContain('NT1210:6')
  })

  test('a connected route for each address of an interface that is on', () => {
    const device = routerOf(
      '/interface ethernet\nset [ find default-name=ether2 ] disabled=yes\n/ip address\nadd address=10.0.0.1/24 interface=ether1\nadd address=10.0.1.1/24 interface=ether2\n',
    )
    expect(routesOf(device).map((route) => [formatPrefix(route.prefix), route.nextHop, route.distance])).toEqual([
      ['10.0.0.0/24', { kind: 'connected', interface: 'ether1' }, 0],
    ])
  })

  test.for([
    [
      '/interface gre\nadd local-address=1.1.1.1 name=t remote-address=2.2.2.2',
      { kind: 'gre', local: 0x01010101, remote: 0x02020202 },
    ],
    ['/interface ipip\nadd name=t remote-address=2.2.2.2', { kind: 'gre', remote: 0x02020202 }],
    [
      '/interface wireguard\nadd name=t\n/interface wireguard peers\nadd allowed-address=10.0.0.0/8,192.168.0.0/16 endpoint-address=3.3.3.3 interface=t',
      { kind: 'wireguard', remote: 0x03030303 },
    ],
  ] as const)('%j is a tunnel', ([text, tunnel]) => {
    expect(interfaceOf(routerOf(text), 't').tunnel).toMatchObject(tunnel)
  })

  test.for([
    ['/interface vlan\nadd interface=nothing name=v', 'NT1210:2'],
    ['/ip address\nadd address=<here>/24 interface=ether1', 'NT1211:2'],
    ['/ip address\nadd address=10.0.0.1/24 interface=*7', 'NT1211:2'],
    ['/interface ethernet\nset [ find default-name=ether1 ] arp=reply-only', 'NT1210:2'],
    ['/interface list member\nadd interface=ether1 list=GONE', 'NT1210:2'],
  ] as const)('%j is said: %s', ([text, code]) => {
    expect(codesOf(text)).toContain(code)
  })
})
