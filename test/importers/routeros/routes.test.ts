import { describe, expect, test } from 'vitest'
import type { Route } from '../../../src/model/index.ts'
import { formatIp, formatPrefix } from '../../../src/net/index.ts'
import { codesOf, routerOf, routesOf } from './router-of.ts'

function shown(route: Route): string {
  const { nextHop: hop } = route
  const to =
    hop.kind === 'via'
      ? `via ${formatIp(hop.gateway)}${hop.interface === undefined ? '' : ` ${hop.interface}`}`
      : hop.kind === 'connected'
        ? `on ${hop.interface}`
        : hop.kind === 'discard'
          ? `discard ${hop.answer}`
          : hop.kind
  const state = route.inactive === undefined ? '' : ` (${route.inactive})`
  return `${formatPrefix(route.prefix)} ${to} distance ${route.distance}${state}`
}

const BASE = `/interface ethernet
set [ find default-name=ether9 ] disabled=yes
/ip address
add address=10.0.0.1/24 interface=ether1
add address=10.0.1.1/24 interface=ether2
`

function staticRoutes(lines: string, table = 'main', before = BASE): string[] {
  return routesOf(routerOf(`${before}/ip route\n${lines}\n`), table)
    .filter((route) => route.origin === 'static')
    .map(shown)
}

describe('static routes (MikroTik: IP Routing)', () => {
  test.for<[string, string[]]>([
    ['add gateway=10.0.0.254', ['0.0.0.0/0 via 10.0.0.254 ether1 distance 1']],
    ['add dst-address=172.16.0.0/12 distance=5 gateway=10.0.1.254', ['172.16.0.0/12 via 10.0.1.254 ether2 distance 5']],
    ['add dst-address=172.16.0.0/12 gateway=ether2', ['172.16.0.0/12 on ether2 distance 1']],
    ['add dst-address=172.16.0.0/12 gateway=10.9.9.9%ether2', ['172.16.0.0/12 via 10.9.9.9 ether2 distance 1']],
    [
      'add gateway=10.0.0.254,10.0.1.254',
      ['0.0.0.0/0 via 10.0.0.254 ether1 distance 1', '0.0.0.0/0 via 10.0.1.254 ether2 distance 1'],
    ],
    ['add dst-address=172.16.0.0/12 gateway=1.1.1.1@vrf1', ['172.16.0.0/12 unknown distance 1']],
    ['add blackhole dst-address=172.16.0.0/12', ['172.16.0.0/12 discard silent distance 1']],
    ['add dst-address=172.16.0.0/12 type=unreachable', ['172.16.0.0/12 discard unreachable distance 1']],
    ['add dst-address=172.16.0.0/12 type=prohibit', ['172.16.0.0/12 discard prohibited distance 1']],
    ['add disabled=yes gateway=10.0.0.254', ['0.0.0.0/0 via 10.0.0.254 ether1 distance 1 (it is disabled)']],
    ['add gateway=9.9.9.9', ['0.0.0.0/0 unknown distance 1 (the gateway 9.9.9.9 is on no connected network)']],
    ['add gateway=ether9', ['0.0.0.0/0 unknown distance 1 (its interface ether9 is disabled)']],
    ['add gateway=gone', ['0.0.0.0/0 unknown distance 1 (its gateway gone is no interface and no address)']],
    [
      'add dst-address=8.8.8.8/32 gateway=10.0.0.254 scope=10\nadd gateway=8.8.8.8 target-scope=11',
      ['8.8.8.8/32 via 10.0.0.254 ether1 distance 1', '0.0.0.0/0 via 10.0.0.254 ether1 distance 1'],
    ],
    [
      'add dst-address=8.8.8.8/32 gateway=10.0.0.254\nadd gateway=8.8.8.8',
      [
        '8.8.8.8/32 via 10.0.0.254 ether1 distance 1',
        '0.0.0.0/0 unknown distance 1 (the gateway 8.8.8.8 is on no connected network)',
      ],
    ],
  ])('%s', ([lines, wanted]) => {
    expect(staticRoutes(lines)).toEqual(wanted)
  })

  test('a route in a table of RouterOS 7 that is not declared is not used', () => {
    const line = 'add gateway=10.0.0.254 routing-table=wan2'
    const seven = `# by RouterOS 7.16\n${BASE}`
    expect(staticRoutes(line, 'wan2', seven)).toEqual([
      '0.0.0.0/0 via 10.0.0.254 ether1 distance 1 (the table wan2 is not in /routing table)',
    ])
    expect(staticRoutes(line, 'wan2', `${seven}/routing table\nadd fib name=wan2\n`)).toEqual([
      '0.0.0.0/0 via 10.0.0.254 ether1 distance 1',
    ])
  })

  test('tables of RouterOS 6 exist by use', () => {
    expect(staticRoutes('add gateway=10.0.0.254 routing-mark=wan2', 'wan2', `# RouterOS 6.48\n${BASE}`)).toEqual([
      '0.0.0.0/0 via 10.0.0.254 ether1 distance 1',
    ])
  })

  test('check-gateway is shown and the gateway taken to answer', () => {
    const device = routerOf(`${BASE}/ip route\nadd check-gateway=ping gateway=10.0.0.254\n`)
    expect(routesOf(device).at(-1)).toMatchObject({ listing: { 'check-gateway': 'ping' }, distance: 1 })
  })

  test('a destination that is no prefix is said', () => {
    expect(codesOf(`${BASE}/ip route\nadd dst-address=nowhere gateway=10.0.0.254\n`)).toContain('NT1212:7')
  })
})

describe('default routes that an export does not show', () => {
  test.for<[string, string[]]>([
    ['/ip dhcp-client\nadd interface=ether1', ['0.0.0.0/0 unknown distance 1']],
    ['/ip dhcp-client\nadd default-route-distance=5 interface=ether1', ['0.0.0.0/0 unknown distance 5']],
    ['/ip dhcp-client\nadd add-default-route=no interface=ether1', []],
    ['/ip dhcp-client\nadd disabled=yes interface=ether1', []],
    ['/interface pppoe-client\nadd add-default-route=yes interface=ether1 name=p', ['0.0.0.0/0 on p distance 1']],
    ['/interface pppoe-client\nadd interface=ether1 name=p', []],
    ['/interface lte\nset [ find ] name=lte1', ['0.0.0.0/0 on lte1 distance 2']],
    ['/interface lte apn\nadd add-default-route=no name=a\n/interface lte\nset [ find ] apn-profiles=a name=lte1', []],
  ])('%j', ([text, wanted]) => {
    expect(routesOf(routerOf(`${text}\n`)).map(shown)).toEqual(wanted)
  })

  test('a gateway on a network that DHCP may bring is unknown, not unreachable', () => {
    const before = '/ip dhcp-client\nadd add-default-route=no interface=ether1\n'
    expect(staticRoutes('add gateway=192.168.100.1', 'main', before)).toEqual(['0.0.0.0/0 unknown distance 1'])
  })
})

describe('policy routing rules (MikroTik: Policy Routing)', () => {
  const rules = (text: string) =>
    routerOf(`${BASE}${text}\n`).tableRules.map(({ name, match, action }) => ({ name, match: match.kind, action }))

  test.for([
    [
      '/routing rule\nadd action=lookup src-address=10.0.0.0/24 table=t',
      { name: 'routing rule #1', match: 'source', action: { kind: 'lookup', table: 't', onMiss: 'continue' } },
    ],
    [
      '/routing rule\nadd action=lookup-only-in-table dst-address=10.0.0.0/24 table=t',
      { name: 'routing rule #1', match: 'destination', action: { kind: 'lookup', table: 't', onMiss: 'stop' } },
    ],
    [
      '/routing rule\nadd action=lookup min-prefix=0 table=main',
      {
        name: 'routing rule #1',
        match: 'any',
        action: { kind: 'lookup', table: 'main', onMiss: 'continue', suppressPrefixLength: 0 },
      },
    ],
    [
      '/routing rule\nadd action=lookup interface=ether1 routing-mark=m table=t',
      { name: 'routing rule #1', match: 'all', action: { kind: 'lookup', table: 't', onMiss: 'continue' } },
    ],
    [
      '/ip route rule\nadd action=unreachable dst-address=10.0.0.0/24',
      { name: 'route rule #1', match: 'destination', action: { kind: 'discard', answer: 'unreachable' } },
    ],
    [
      '/ip route rule\nadd dst-address=10.0.0.0/24 table=t',
      { name: 'route rule #1', match: 'destination', action: { kind: 'lookup', table: 't', onMiss: 'continue' } },
    ],
    [
      '/routing rule\nadd action=drop src-address=10.0.0.0/24',
      { name: 'routing rule #1', match: 'source', action: { kind: 'discard', answer: 'silent' } },
    ],
  ] as const)('%j', ([text, wanted]) => {
    expect(rules(text)).toEqual([wanted])
  })

  test('a disabled rule is left out and keeps its number', () => {
    expect(rules('/routing rule\nadd action=drop disabled=yes\nadd action=drop\n').map((rule) => rule.name)).toEqual([
      'routing rule #2',
    ])
  })
})

describe('forwarding and the reverse path', () => {
  test.for([
    ['', true, undefined],
    ['/ip settings\nset ip-forward=no', false, undefined],
    ['/ip settings\nset rp-filter=strict', true, 'strict'],
    ['/ip settings\nset rp-filter=loose', true, 'loose'],
    ['/ip settings\nset rp-filter=no', true, undefined],
  ] as const)('%j', ([text, forwards, check]) => {
    const device = routerOf(`${BASE}${text}\n`)
    expect(device.forwards.enabled).toBe(forwards)
    expect(device.reversePath?.default).toBe(check)
  })
})
