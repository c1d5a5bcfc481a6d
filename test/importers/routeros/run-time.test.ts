import { describe, expect, test } from 'vitest'
import { formatIp, formatPrefix, ip } from '../../../src/net/index.ts'
import { routerOf, rulesOf } from './router-of.ts'

const BASE =
  '# by RouterOS 7.16\n/interface bridge\nadd name=bridge\n/ip address\nadd address=10.0.0.1/24 interface=bridge\n'

/** The routes that lead nobody knows where, with their tables. */
function unknownRoutes(text: string): string[] {
  return routerOf(text).tables.flatMap(({ name, routes }) =>
    routes.flatMap(({ prefix, nextHop }) => (nextHop.kind === 'unknown' ? [`${name} ${formatPrefix(prefix)}`] : [])),
  )
}

describe('what routing protocols may have learned (MikroTik: OSPF, BGP, RIP)', () => {
  test.for([
    ['OSPF in a network', '/routing ospf network\nadd area=backbone network=10.0.0.0/24\n', ['main 0.0.0.0/0']],
    ['OSPF that is switched off', '/routing ospf network\nadd disabled=yes network=10.0.0.0/24\n', []],
    [
      'OSPF on a passive interface',
      '/routing ospf interface\nadd interface=bridge passive=yes\n/routing ospf network\nadd network=10.0.0.0/24\n',
      [],
    ],
    [
      'OSPF on interfaces by name',
      '/routing ospf interface-template\nadd area=b interfaces=bridge\n',
      ['main 0.0.0.0/0'],
    ],
    ['a passive template', '/routing ospf interface-template\nadd area=b interfaces=bridge passive\n', []],
    [
      'OSPF of version 3',
      '/routing ospf instance\nadd name=v3 version=3\n/routing ospf area\nadd instance=v3 name=b\n/routing ospf interface-template\nadd area=b interfaces=bridge\n',
      ['main ::/0'],
    ],
    ['a BGP peer', '/routing bgp peer\nadd name=a remote-address=10.0.0.2\n', ['main 0.0.0.0/0']],
    [
      'a BGP connection for both families',
      '/routing bgp connection\nadd address-families=ip,ipv6 name=a remote.address=10.0.0.2\n',
      ['main 0.0.0.0/0', 'main ::/0'],
    ],
    [
      'a filter that puts routes into a table',
      '/routing ospf network\nadd network=10.0.0.0/24\n/routing filter\nadd action=accept chain=ospf-in set-routing-mark=vpn\n',
      ['main 0.0.0.0/0', 'vpn 0.0.0.0/0'],
    ],
    ['a filter without a protocol', '/routing filter\nadd action=accept chain=ospf-in set-routing-mark=vpn\n', []],
  ] as const)('%s', ([, text, expected]) => {
    expect(unknownRoutes(`${BASE}${text}`)).toEqual(expected)
  })

  test('the route says from whom', () => {
    const [main] = routerOf(`${BASE}/routing ospf network\nadd network=10.0.0.0/24\n`).tables
    expect(main?.routes.at(-1)?.nextHop).toMatchObject({ because: expect.stringContaining('from bridge') })
  })
})

const SECRETS = '/ppp secret\nadd name=ann password=x remote-address=10.9.0.5 service=l2tp\n'

describe('clients that dial in (MikroTik: L2TP, PPP AAA)', () => {
  test.for([
    ['the address of a secret', `/interface l2tp-server server\nset enabled=yes\n${SECRETS}`, ['main 10.9.0.5/32']],
    ['none while the server is off', SECRETS, []],
    ['none of another service', `/interface pptp-server server\nset enabled=yes\n${SECRETS}`, []],
    [
      'the pool of a profile',
      '/ip pool\nadd name=vpn ranges=10.9.0.0-10.9.0.5\n/ppp profile\nset *FFFFFFFE remote-address=vpn\n/interface l2tp-server server\nset enabled=yes\n',
      ['main 10.9.0.0/30', 'main 10.9.0.4/31'],
    ],
    [
      'networks behind a client',
      '/interface l2tp-server server\nset enabled=yes\n/ppp secret\nadd name=b remote-address=10.9.0.6 routes="10.50.0.0/16 10.9.0.6 1"\n',
      ['main 10.9.0.6/32', 'main 10.50.0.0/16'],
    ],
    [
      'none on a network of its own',
      '/interface l2tp-server server\nset enabled=yes\n/ppp secret\nadd name=b remote-address=10.0.0.77\n',
      [],
    ],
  ] as const)('%s', ([, text, expected]) => {
    expect(unknownRoutes(`${BASE}${text}`)).toEqual(expected)
  })

  test('the router owns its end of such links', () => {
    const text = `${BASE}/interface l2tp-server server\nset enabled=yes\n/ppp secret\nadd local-address=10.8.0.1 name=b remote-address=10.9.0.6\n`
    const own = routerOf(text).interfaces.find((one) => one.name === 'dial-in')
    expect(own?.addresses.map((one) => formatIp(one.ip))).toEqual(['10.8.0.1'])
  })
})

describe('ports that hosts opened (MikroTik: UPnP)', () => {
  const sides = (inner: string) =>
    `/ip upnp\nset enabled=yes\n/ip upnp interfaces\nadd interface=ether1 type=external\nadd interface=bridge type=${inner}\n`

  test.for([
    ['are in doubt behind the written translations', `${sides('internal')}`, 1],
    ['are not there without an inside', `${sides('external')}`, 0],
    [
      'nor while it is off',
      '/ip upnp interfaces\nadd interface=ether1 type=external\nadd interface=bridge type=internal\n',
      0,
    ],
  ] as const)('%s', ([, text, count]) => {
    const rules = rulesOf(routerOf(`${BASE}${text}`), 'nat/dstnat')
    expect(rules.filter((rule) => rule.name === 'ports opened by UPnP')).toHaveLength(count)
  })
})

describe('what DHCP clients are told (MikroTik: DHCP)', () => {
  const SERVER =
    '/ip pool\nadd name=p ranges=10.0.0.70-10.0.0.99\n/ip dhcp-server\nadd address-pool=p interface=bridge name=s\n/ip dhcp-server network\nadd address=10.0.0.0/26 dns-server=10.0.0.2 gateway=10.0.0.1 netmask=24\nadd address=10.0.0.64/26 dns-server=10.0.0.3 gateway=10.0.0.9 netmask=26\n/ip dhcp-server lease\nadd address=10.0.0.5 mac-address=AA:BB:CC:DD:EE:FF server=s\nadd address=10.0.0.6 mac-address=AA:BB:CC:DD:EE:00 server=other\n'
  const offer = routerOf(`${BASE}${SERVER}`).interfaces.find((one) => one.name === 'bridge')?.dhcp

  test('is the line that holds the addresses of the pool', () => {
    expect(offer?.nameServers.map(formatIp)).toEqual(['10.0.0.3'])
    expect(offer?.pool).toEqual({ first: ip('10.0.0.70'), last: ip('10.0.0.99') })
    expect(offer?.prefixLength).toBe(26)
  })

  test('is another for addresses of another line', () => {
    expect(offer?.others?.map((one) => [formatPrefix(one.within), one.offer.nameServers.map(formatIp)])).toEqual([
      ['10.0.0.0/26', ['10.0.0.2']],
    ])
    expect(offer?.others?.[0]?.offer).not.toHaveProperty('prefixLength')
  })

  test('keeps addresses for clients of its own', () => {
    expect(offer?.reservations).toMatchObject([{ macs: ['aa:bb:cc:dd:ee:ff'] }])
  })
})

describe('names of wireless networks', () => {
  const radio = (port: number, network: string) => `set [ find default-name=wlan${port} ] ssid=${network}\n`

  test.for([
    ['stand for the interface', `/interface wireless\n${radio(1, 'plant')}`, ['wlan1']],
    [
      'stand for the bridge of both radios',
      `/interface wireless\n${radio(1, 'plant')}${radio(2, 'plant')}/interface bridge port\nadd bridge=bridge interface=wlan1\nadd bridge=bridge interface=wlan2\n`,
      ['bridge'],
    ],
    ['stand for none where two have them', `/interface wireless\n${radio(1, 'plant')}${radio(2, 'plant')}`, []],
  ] as const)('%s', ([, text, expected]) => {
    const holders = routerOf(`${BASE}${text}`).interfaces.filter((one) => one.aliases.includes('plant'))
    expect(holders.map((one) => one.name)).toEqual(expected)
  })
})

describe('IPv6 that is switched off (MikroTik: IPv6 Settings)', () => {
  test('has no addresses, routes or rules', () => {
    const text = `${BASE}/ipv6 settings\nset disable-ipv6=yes\n/ipv6 address\nadd address=2001:db8::1/64 interface=bridge\n/ipv6 route\nadd gateway=2001:db8::2\n/ipv6 firewall filter\nadd action=drop chain=forward\n`
    const device = routerOf(text)
    expect(
      JSON.stringify(device.tables, (_key, value: unknown) => (typeof value === 'bigint' ? 'six' : value)),
    ).not.toContain('six')
    expect(device.ruleSets).not.toHaveProperty('ip6 filter/forward')
  })
})
