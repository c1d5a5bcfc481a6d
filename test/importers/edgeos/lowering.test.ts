import { describe, expect, test } from 'vitest'
import type { Match } from '../../../src/model/index.ts'
import { addressesOfRanges, addressSet, formatPrefix, ip, prefix } from '../../../src/net/index.ts'
import { diagnosticsOf, interfaces, routerOf } from './estate.ts'

const all = (...of: Match[]): Match => ({ kind: 'all', of })
const protocol = (...numbers: number[]): Match => ({ kind: 'protocol', in: numbers })
const destination = (...texts: string[]): Match => ({ kind: 'destination', in: addressSet(...texts) })
const port = (...ranges: [number, number][]): Match => ({
  kind: 'destination-port',
  in: ranges.map(([first, last]) => ({ first, last })),
})
const BOUND = { wan: 'firewall {\n in {\n name X\n }\n }' }

/** The match of the one rule of `firewall name X` made of some lines. */
const matchOf = (lines: string): Match | undefined =>
  routerOf(`firewall {
 group {
  address-group hosts {
   address 10.0.0.1
   address 10.0.0.4-10.0.0.6
  }
  network-group nets {
   network 10.1.0.0/16
  }
  port-group web {
   port 80
   port 8000-8010
   port https
  }
 }
 name X {
  rule 1 {
   action accept
   ${lines}
  }
 }
}
${interfaces(BOUND)}`).ruleSets['in/X']?.rules[0]?.match

const block = (name: string, ...lines: string[]) => `${name} {\n${lines.join('\n')}\n}`

describe('the tests of a rule', () => {
  test.for<[string, Match]>([
    ['', { kind: 'any' }],
    ['protocol all', { kind: 'any' }],
    ['protocol tcp', protocol(6)],
    ['protocol tcp_udp', protocol(6, 17)],
    ['protocol !tcp', { kind: 'not', of: protocol(6) }],
    ['protocol 47', protocol(47)],
    ['protocol nonsense', { kind: 'opaque', text: 'protocol nonsense' }],
    [block('destination', 'address 10.0.0.0/8'), destination('10.0.0.0/8')],
    [block('destination', 'address !10.0.0.0/8'), { kind: 'not', of: destination('10.0.0.0/8') }],
    [
      block('destination', 'address 10.0.0.1-10.0.0.3'),
      { kind: 'destination', in: addressesOfRanges([[ip('10.0.0.1'), ip('10.0.0.3')]]) },
    ],
    [block('destination', 'port 22,ssh,8000-8010'), port([22, 22], [22, 22], [8000, 8010])],
    [block('destination', 'port !22'), { kind: 'not', of: port([22, 22]) }],
    [
      block('destination', block('group', 'address-group hosts', 'port-group web')),
      all(
        { kind: 'destination', in: addressSet('10.0.0.1', '10.0.0.4/31', '10.0.0.6') },
        { kind: 'some', of: [port([80, 80]), port([8000, 8010]), port([443, 443])] },
      ),
    ],
    [block('source', block('group', 'network-group nets')), { kind: 'source', in: addressSet('10.1.0.0/16') }],
    [block('source', block('group', 'address-group gone')), { kind: 'opaque', text: 'source address-group gone' }],
    [block('source', block('group', 'address-group ADDRv4_eth1')), { kind: 'source', in: addressSet('192.168.1.1') }],
    [block('source', block('group', 'network-group NETv4_eth1')), { kind: 'source', in: addressSet('192.168.1.0/24') }],
    [block('source', 'mac-address 00:11:22:33:44:55'), { kind: 'source-mac', in: ['00:11:22:33:44:55'] }],
    [
      block('state', 'established enable', 'related enable', 'new disable'),
      { kind: 'session', in: ['established', 'related'] },
    ],
    [block('ipsec', 'match-ipsec'), { kind: 'tunnel', direction: 'in', present: true }],
    [block('ipsec', 'match-none'), { kind: 'tunnel', direction: 'in', present: false }],
    [
      `protocol icmp\n${block('icmp', 'type-name echo-request')}`,
      all(protocol(1), { kind: 'icmp-type', in: [{ type: 8 }] }),
    ],
    [
      `protocol icmp\n${block('icmp', 'type 3', 'code 4')}`,
      all(protocol(1), { kind: 'icmp-type', in: [{ type: 3, code: 4 }] }),
    ],
    [`protocol tcp\n${block('tcp', 'flags SYN,!ACK')}`, all(protocol(6), { kind: 'tcp-flags', mask: 'SA', set: 'S' })],
    [block('recent', 'count 3', 'time 60'), { kind: 'opaque', text: 'recent count time' }],
    [block('time', 'weekdays Mon'), { kind: 'opaque', text: 'time weekdays' }],
    ['log enable', { kind: 'any' }],
  ])('%j', ([lines, match]) => {
    expect(matchOf(lines)).toEqual(match)
  })

  test('run in numeric order, whatever order they are written in', () => {
    const rule = (number: number) => block(`rule ${number}`, 'action accept')
    const text = `${block('firewall', block('name X', rule(100), rule(20), rule(3)))}\n${interfaces(BOUND)}`
    const set = routerOf(text).ruleSets['in/X']
    expect(set?.rules.map((one) => one.name)).toEqual(['rule 3', 'rule 20', 'rule 100'])
    expect(set?.policy).toEqual({ kind: 'drop' })
  })
})

describe('rule sets of one family', () => {
  const text = `${block('firewall', block('name X', 'default-action drop'), block('ipv6-name Y', 'default-action drop'))}
${interfaces({ wan: 'firewall {\n in {\n name X\n ipv6-name Y\n }\n }' })}`

  test('let the packets of the other pass', () => {
    const { ruleSets } = routerOf(text)
    expect(ruleSets['in/X']?.rules[0]).toMatchObject({ name: 'IPv6 packets', action: { kind: 'accept' } })
    expect(ruleSets['in6/Y']?.rules[0]).toMatchObject({ name: 'IPv4 packets', action: { kind: 'accept' } })
  })
})

describe('interfaces', () => {
  const names = (text: string) => routerOf(text).interfaces.map((one) => [one.name, ...one.aliases])

  test('ports of a switch and a bridge are other names of it', () => {
    expect(
      names(`interfaces {
 bridge br0 {
  address 10.0.0.1/24
 }
 ethernet eth0 {
  bridge-group {
   bridge br0
  }
  vif 7 {
   bridge-group {
    bridge br0
   }
  }
 }
 switch switch0 {
  address 10.1.0.1/24
  switch-port {
   interface eth1
   interface eth2
   vlan-aware disable
  }
  vif 20 {
   address 10.2.0.1/24
  }
 }
}`),
    ).toEqual([
      ['br0', 'eth0', 'eth0.7'],
      ['switch0', 'eth1', 'eth2'],
      ['switch0.20', 'VLAN20', 'eth1.20', 'eth2.20'],
    ])
  })

  test('a switch that knows VLANs carries on each port what the port says', () => {
    expect(
      names(`interfaces {
 switch switch0 {
  switch-port {
   interface eth1 {
    vlan {
     pvid 10
     vid 20
    }
   }
   interface eth2 {
    vlan {
     vid 20
    }
   }
   vlan-aware enable
  }
  vif 10 {
   address 10.1.0.1/24
  }
  vif 20 {
   address 10.2.0.1/24
  }
 }
}`),
    ).toEqual([
      ['switch0', 'eth2'],
      ['switch0.10', 'VLAN10', 'eth1'],
      ['switch0.20', 'VLAN20', 'eth1.20', 'eth2.20'],
    ])
  })

  test('PPPoE has 1492 bytes and the default route, switched off it has neither', () => {
    const pppoe = (more: string) =>
      routerOf(`interfaces {\n ethernet eth0 {\n pppoe 0 {\n default-route auto\n ${more}\n }\n }\n}`)
    expect(pppoe('').interfaces[1]).toMatchObject({ name: 'pppoe0', mtu: 1492 })
    expect(pppoe('').tables[0]?.routes).toMatchObject([{ nextHop: { kind: 'connected', interface: 'pppoe0' } }])
    expect(pppoe('disable').tables[0]?.routes).toEqual([])
    expect(pppoe('disable').interfaces[1]?.disabled).toBe(true)
  })

  test('tunnels name their ends; a VTI has those of its peer', () => {
    const made = routerOf(`interfaces {
 tunnel tun0 {
  address 10.255.0.1/30
  encapsulation gre
  local-ip 192.0.2.1
  remote-ip 192.0.2.2
 }
 vti vti0 {
  address 10.255.1.1/30
 }
 wireguard wg0 {
  address 10.255.2.1/24
  peer KEY= {
   allowed-ips 10.9.0.0/24
   endpoint 192.0.2.7:51820
  }
 }
}
vpn {
 ipsec {
  site-to-site {
   peer 192.0.2.3 {
    local-address 192.0.2.1
    vti {
     bind vti0
    }
   }
  }
 }
}`).interfaces
    expect(made.map((one) => [one.tunnel?.kind, one.tunnel?.local, one.tunnel?.remote])).toEqual([
      ['gre', ip('192.0.2.1'), ip('192.0.2.2')],
      ['ipsec', ip('192.0.2.1'), ip('192.0.2.3')],
      ['wireguard', undefined, ip('192.0.2.7')],
    ])
  })
})

test('static routes go by address, by interface, by table, or nowhere', () => {
  const device = routerOf(`${interfaces()}protocols {
 static {
  route 10.1.0.0/16 {
   next-hop 192.168.1.9 {
    distance 5
   }
   next-hop 192.168.1.8 {
    disable
   }
  }
  route 10.2.0.0/16 {
   blackhole {
   }
  }
  interface-route 10.3.0.0/16 {
   next-hop-interface eth1 {
   }
   next-hop-interface vti9 {
   }
  }
  table 3 {
   route 0.0.0.0/0 {
    next-hop 192.168.1.7 {
    }
   }
  }
 }
}`)
  const own = device.tables[0]?.routes.filter((route) => route.origin === 'static' && route.prefix.length === 16)
  expect(own?.map((route) => [route.prefix, route.nextHop.kind, route.distance])).toEqual([
    [prefix('10.1.0.0/16'), 'via', 5],
    [prefix('10.2.0.0/16'), 'discard', 1],
    [prefix('10.3.0.0/16'), 'connected', 1],
    [prefix('10.3.0.0/16'), 'unknown', 1],
  ])
  expect(device.tables[1]).toMatchObject({ name: '3', routes: [{ nextHop: { kind: 'via' } }] })
})

test('where a routing protocol runs, what is not connected is not known', () => {
  const text =
    'interfaces {\n ethernet eth0 {\n address 192.0.2.1/24\n }\n}\nprotocols {\n ospf {\n area 0 {\n network 192.0.2.0/24\n }\n }\n}\n'
  expect(routerOf(text).tables[0]?.routes.at(-1)?.nextHop.kind).toBe('unknown')
  expect(diagnosticsOf(text).map((one) => one.code)).toEqual(['NT1444'])
})

const PEERS = (more: string) =>
  `interfaces {\n ethernet eth0 {\n address 192.0.2.1/24\n }\n loopback lo {\n address 10.9.9.9/32\n }\n}\n${more}`
const bgp = (words: string) => PEERS(`protocols {\n bgp 64511 {\n neighbor 192.0.2.2 {\n ${words}\n }\n }\n}\n`)
const policy = (action: string) =>
  `policy {\n prefix-list ours {\n rule 10 {\n action permit\n le 24\n prefix 10.0.0.0/8\n }\n }\n route-map in {\n rule 10 {\n action ${action}\n match {\n ip {\n address {\n prefix-list ours\n }\n }\n }\n }\n }\n}\n`

describe('where a protocol may have learned routes (Vyatta: BGP, OSPF, Routing policies)', () => {
  test.for([
    ['a neighbour', bgp('remote-as 64512'), ['0.0.0.0/0']],
    ['one that is shut down', bgp('shutdown'), []],
    ['one of IPv6 alone', bgp('address-family {\n ipv6-unicast {\n }\n }\n no-activate'), ['::/0']],
    ['one whose policy takes nothing', `${policy('deny')}${bgp('route-map {\n import in\n }')}`, []],
    [
      'one whose policy takes some networks',
      `${policy('permit')}${bgp('route-map {\n import in\n }')}`,
      ['10.0.0.0/8'],
    ],
    [
      'one whose list takes some networks',
      `${policy('deny')}${bgp('prefix-list {\n import ours\n }')}`,
      ['10.0.0.0/8'],
    ],
    [
      'OSPF on an interface',
      PEERS('protocols {\n ospf {\n area 0 {\n network 192.0.2.0/24\n }\n }\n}\n'),
      ['0.0.0.0/0'],
    ],
    ['OSPF on the loopback alone', PEERS('protocols {\n ospf {\n area 0 {\n network 10.9.9.9/32\n }\n }\n}\n'), []],
    [
      'OSPF on a passive interface',
      PEERS('protocols {\n ospf {\n area 0 {\n network 192.0.2.0/24\n }\n passive-interface eth0\n }\n}\n'),
      [],
    ],
    ['OSPFv3', PEERS('protocols {\n ospfv3 {\n area 0 {\n interface lo\n interface eth0\n }\n }\n}\n'), ['::/0']],
  ] as const)('%s', ([, text, expected]) => {
    const unknown = routerOf(text).tables[0]?.routes.filter((route) => route.nextHop.kind === 'unknown')
    expect(unknown?.map((route) => formatPrefix(route.prefix))).toEqual(expected)
  })
})

describe('services', () => {
  const device = routerOf(`${interfaces()}service {
 dhcp-server {
  disabled false
  hostfile-update enable
  shared-network-name LAN {
   subnet 192.168.1.0/24 {
    default-router 192.168.1.1
    dns-server 192.168.1.1
    domain-name Lab.Example
    static-mapping nas {
     ip-address 192.168.1.10
    }
   }
  }
 }
 dns {
  forwarding {
   listen-on eth1
   name-server 9.9.9.9
   options server=/corp.example/10.0.0.53
  }
 }
 gui {
  https-port 8443
 }
 ssh {
  port 2222
 }
}
system {
 name-server 8.8.8.8
 static-host-mapping {
  host-name printer.lab {
   inet 192.168.1.30
  }
 }
}`)

  test('offer DHCP behind the interface of their network', () => {
    expect(device.interfaces.find((one) => one.name === 'eth1')?.dhcp).toMatchObject({
      nameServers: [ip('192.168.1.1')],
      gateway: ip('192.168.1.1'),
      search: ['lab.example'],
    })
  })

  test('answer on the ports they say', () => {
    expect(device.listeners?.map((one) => [one.label, one.ports.first])).toEqual([
      ['ssh', 2222],
      ['web interface', 80],
      ['web interface', 8443],
      ['dnsmasq', 53],
      ['dnsmasq', 53],
      ['DHCP server', 67],
    ])
  })

  test('forward names as dnsmasq does, and know the names of hosts', () => {
    expect(device.resolver?.forwards.map((one) => [one.suffix, one.to])).toContainEqual([
      'corp.example',
      [{ kind: 'server', ip: ip('10.0.0.53'), port: 53 }],
    ])
    const names = device.resolver?.zones.flatMap((zone) => zone.records.map((record) => record.name))
    expect(names).toContain('printer.lab')
    expect(names).toContain('nas')
    expect(device.stubResolver?.servers.map((one) => one.ip)).toEqual([ip('8.8.8.8')])
  })
})

test('reverse path checks are those of the firewall, or of an interface', () => {
  const text = (word: string) =>
    `firewall {\n source-validation ${word}\n}\n${interfaces({ wan: 'ip {\n source-validation loose\n }' })}`
  expect(routerOf(text('strict')).reversePath).toEqual({ default: 'strict', interfaces: { eth0: 'loose' } })
  expect(routerOf(text('disable')).reversePath?.default).toBe('off')
})

test('segments are clamped on the interfaces of a type', () => {
  const device = routerOf(
    `firewall {\n options {\n mss-clamp {\n interface-type pppoe\n mss 1412\n }\n }\n}\n${interfaces()}`,
  )
  expect(device.pipeline.forward[0]).toEqual({ kind: 'mark', ruleSet: 'mss' })
  expect(device.ruleSets.mss?.rules.map((rule) => rule.action)).toEqual([
    { kind: 'clamp-mss', to: 1412 },
    { kind: 'clamp-mss', to: 1412 },
  ])
})
