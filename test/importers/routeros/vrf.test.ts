import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/net/index.ts'
import { codesOf, interfaceOf, routerOf, routesOf, rulesOf } from './router-of.ts'

const SEVEN = `# by RouterOS 7.16
/interface ethernet
set [ find default-name=ether2 ] name=customer
/interface list
add name=inside
/interface list member
add interface=customer list=inside
/ip vrf
add interfaces=customer name=red
/ip address
add address=10.0.0.1/24 interface=ether1
add address=10.9.0.1/24 interface=customer
/ip route
add dst-address=0.0.0.0/0 gateway=10.0.0.254
add dst-address=192.168.0.0/16 gateway=10.9.0.7@red routing-table=red
add dst-address=192.168.9.0/24 gateway=10.9.0.7 routing-table=red
add dst-address=10.0.0.0/24 gateway=ether1 routing-table=red
/ip firewall filter
add action=drop chain=forward in-interface=red
add action=drop chain=forward in-interface=customer
add action=drop chain=forward in-interface-list=inside
`

const shown = (text: string, table: string) =>
  routesOf(routerOf(text), table).map(({ prefix, nextHop, inactive }) => {
    const to = nextHop.kind === 'via' || nextHop.kind === 'connected' ? (nextHop.interface ?? '') : ''
    return `${formatPrefix(prefix)} ${nextHop.kind} ${to}${inactive === undefined ? '' : ' inactive'}`
  })

describe('VRFs of RouterOS 7 (MikroTik: Virtual Routing and Forwarding)', () => {
  test('the connected networks of its interfaces move to its table', () => {
    expect(shown(SEVEN, 'main')).toEqual(['10.0.0.0/24 connected ether1', '0.0.0.0/0 via ether1'])
    expect(shown(SEVEN, 'red')).toContain('10.9.0.0/24 connected customer')
  })

  test('a gateway is looked up in main unless @ names the VRF; an interface leaks', () => {
    expect(shown(SEVEN, 'red')).toEqual([
      '10.9.0.0/24 connected customer',
      '192.168.0.0/16 via customer',
      '192.168.9.0/24 unknown  inactive',
      '10.0.0.0/24 connected ether1',
    ])
  })

  test('packets of its interfaces are looked up there alone', () => {
    expect(routerOf(SEVEN).tableRules).toMatchObject([
      {
        name: 'VRF red',
        match: { kind: 'in-interface', in: ['customer'] },
        action: { kind: 'lookup', table: 'red', onMiss: 'stop' },
      },
    ])
  })

  test('since 7.14 rules see the VRF and not its member', () => {
    const seen = (text: string) =>
      rulesOf(routerOf(text), 'filter/forward').map((rule) => ('in' in rule.match ? rule.match.in : undefined))
    expect(seen(SEVEN)).toEqual([['customer'], [], []])
    expect(seen(SEVEN.replace('7.16', '7.13'))).toEqual([['customer'], ['customer'], ['customer']])
  })
})

describe('VRFs of RouterOS 6 (MikroTik: Virtual Routing and Forwarding)', () => {
  const SIX = `# by RouterOS 6.49
/ip route vrf
add interfaces=ether2 routing-mark=red
/ip address
add address=10.0.0.1/24 interface=ether1
add address=10.9.0.1/24 interface=ether2
/ip route
add dst-address=192.168.0.0/16 gateway=10.9.0.7 routing-mark=red
/ip route rule
add action=lookup src-address=10.9.0.66/32 table=main
`

  test('gateways of its routes are looked up in its own table', () => {
    expect(shown(SIX, 'red')).toEqual(['10.9.0.0/24 connected ether2', '192.168.0.0/16 via ether2'])
  })

  test('rules of the user come first', () => {
    expect(routerOf(SIX).tableRules.map((rule) => rule.name)).toEqual(['route rule #1', 'VRF red'])
  })
})

describe('VRRP (MikroTik: VRRP)', () => {
  const text = `# by RouterOS 7.16
/interface vrrp
add interface=ether1 name=vrrp1
add disabled=yes interface=ether1 name=vrrp2
/ip address
add address=10.0.0.2/24 interface=ether1
add address=10.0.0.1 interface=vrrp1
/ip firewall filter
add action=drop chain=forward in-interface=vrrp1
`

  test('the address of the group is on the interface below, as on its master', () => {
    const device = routerOf(text)
    expect(interfaceOf(device, 'ether1')).toMatchObject({ aliases: ['vrrp1'], addresses: [{}, {}] })
    expect(device.notModelled).toEqual([
      'vrrp1: whether this router is the master of its VRRP group; it is taken to be',
    ])
  })

  test('a rule for packets of the group is in doubt', () => {
    expect(rulesOf(routerOf(text), 'filter/forward')[0]?.match.kind).toBe('opaque')
    expect(codesOf(text)).toEqual(['NT1222:9', 'NT1222:3'])
  })
})
