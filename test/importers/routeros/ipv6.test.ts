import { describe, expect, test } from 'vitest'
import type { RuleSet } from '../../../src/model/index.ts'
import { formatIp, formatPrefix } from '../../../src/net/index.ts'
import { codesOf, interfaceOf, routerOf, routesOf, rulesOf } from './router-of.ts'

const BASE = `# by RouterOS 7.16
/ipv6 address
add address=2001:db8:1::1 interface=bridge
add address=2001:db8:2::1/127 interface=ether1
/interface bridge
add name=bridge
`

describe('IPv6 addresses and routes (MikroTik: IPv6 Addressing, IP Routing)', () => {
  test('an address without a length is one of a /64', () => {
    const shown = (name: string) =>
      interfaceOf(routerOf(BASE), name).addresses.map((one) => `${formatIp(one.ip)} in ${formatPrefix(one.prefix)}`)
    expect(shown('bridge')).toEqual(['2001:db8:1::1 in 2001:db8:1::/64'])
    expect(shown('ether1')).toEqual(['2001:db8:2::1 in 2001:db8:2::/127'])
  })

  test.for([
    ['add address=::1/64 from-pool=isp interface=bridge', 'the prefix of a pool comes at run time'],
    ['add address=2001:db8:3::/64 eui-64=yes interface=bridge', 'an address made of a MAC is in no export'],
  ])('%s is left out: %s', ([line]) => {
    const text = `# by RouterOS 7.16\n/interface bridge\nadd name=bridge\n/ipv6 address\n${line}\n`
    expect(interfaceOf(routerOf(text), 'bridge').addresses).toEqual([])
    expect(codesOf(text)).toEqual(['NT1211:5'])
  })

  test.for<[string, string]>([
    ['add dst-address=2001:db8:9::/48 gateway=2001:db8:1::9', 'via 2001:db8:1::9'],
    ['add gateway=2001:db8:2::', 'via 2001:db8:2::'],
    ['add dst-address=2001:db8:9::/48 gateway=ether1', 'connected ether1'],
    ['add dst-address=2001:db8:9::/48 gateway=fe80::1%ether1', 'unknown'],
    ['add blackhole dst-address=2001:db8::/32', 'discard'],
    ['add dst-address=2001:db8:9::/48 gateway=2001:db8:77::1', 'inactive'],
  ])('the route %s leads %s', ([line, expected]) => {
    const route = routesOf(routerOf(`${BASE}/ipv6 route\n${line}\n`)).find((one) => one.origin === 'static')
    const hop = route?.nextHop
    const words =
      route?.inactive !== undefined
        ? 'inactive'
        : hop?.kind === 'via'
          ? `via ${formatIp(hop.gateway)}`
          : hop?.kind === 'connected'
            ? `connected ${hop.interface}`
            : hop?.kind
    expect(words).toBe(expected)
    expect(formatPrefix(route?.prefix ?? { ip: 0 as never, length: 0 })).toMatch(/^(2001:db8|::\/0)/)
  })

  test('a DHCPv6 client adds a default route only when it says so', () => {
    const defaults = (line: string) =>
      routesOf(routerOf(`${BASE}/ipv6 dhcp-client\n${line}\n`)).filter((one) => one.prefix.length === 0)
    expect(defaults('add interface=ether1 request=prefix pool-name=isp')).toEqual([])
    expect(defaults('add add-default-route=yes interface=ether1 request=prefix')).toMatchObject([
      { nextHop: { kind: 'unknown' }, origin: 'DHCP' },
    ])
  })
})

describe('the IPv6 firewall (MikroTik: Filter)', () => {
  const device = routerOf(`${BASE}/ip firewall filter
add action=drop chain=forward
/ipv6 firewall address-list
add address=2001:db8:bad::/48 list=bad
/ip firewall address-list
add address=203.0.113.0/24 list=bad
/ipv6 firewall filter
add action=accept chain=forward protocol=icmpv6
add action=drop chain=forward hop-limit=equal:1 protocol=icmpv6
add action=drop chain=forward src-address-list=bad
add action=jump chain=forward jump-target=own
add action=reject chain=own
/ipv6 firewall nat
add action=dst-nat chain=dstnat dst-port=443 protocol=tcp to-address=2001:db8:1::80/128
add action=masquerade chain=srcnat out-interface=ether1
`)

  const names = (set: RuleSet | undefined) => set?.rules.map((rule) => `${rule.name} ${rule.action.kind}`)

  test('each family has chains of its own, and lets the packets of the other pass', () => {
    expect(names(device.ruleSets['filter/forward'])).toEqual(['IPv6 packets accept', '#1 drop'])
    expect(names(device.ruleSets['ip6 filter/forward'])).toEqual([
      'IPv4 packets accept',
      '#1 accept',
      '#2 drop',
      '#3 drop',
      '#4 jump',
    ])
    expect(device.pipeline.forward).toEqual([
      { kind: 'filter', ruleSet: 'filter/forward' },
      { kind: 'filter', ruleSet: 'ip6 filter/forward' },
    ])
  })

  test('address lists of one name are two lists', () => {
    const of = (set: string, name: string) => rulesOf(device, set).find((rule) => rule.name === name)?.match
    expect(JSON.stringify(of('ip6 filter/forward', '#3'), shown)).toContain('42540766')
    expect(JSON.stringify(of('ip6 filter/forward', '#3'), shown)).not.toContain('3405803776')
  })

  test('a rejection is "no route" unless it says otherwise', () => {
    expect(rulesOf(device, 'ip6 filter/own')).toMatchObject([{ action: { kind: 'reject', with: 'net-unreachable' } }])
  })

  test('a packet that has run out of hops is none that a trace follows', () => {
    const rule = rulesOf(device, 'ip6 filter/forward').find((one) => one.name === '#2')
    expect(JSON.stringify(rule?.match, shown)).toContain('{"kind":"some","of":[]}')
  })

  test('destinations are translated to `to-address`', () => {
    const rule = rulesOf(device, 'ip6 nat/dstnat').find((one) => one.name === '#1')
    expect(rule?.action).toMatchObject({ kind: 'rewrite-destination', to: { kind: 'address' } })
  })

  test('a router without IPv6 has no guard in its chains', () => {
    const plain = routerOf('# by RouterOS 7.16\n/ip firewall filter\nadd action=drop chain=forward\n')
    expect(names(plain.ruleSets['filter/forward'])).toEqual(['#1 drop'])
    expect(Object.keys(plain.ruleSets).filter((name) => name.startsWith('ip6'))).toEqual([])
  })
})

function shown(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
