import { describe, expect, test } from 'vitest'
import { addressSet, ip } from '../../../src/net/index.ts'
import { codesOf, routerOf, rulesOf } from './router-of.ts'

const DEFCONF = `# 2023-11-19 13:15:29 by RouterOS 7.12
/interface bridge
add name=bridge
/interface list
add name=WAN
add name=LAN
/interface bridge port
add bridge=bridge interface=ether2
/interface list member
add interface=bridge list=LAN
add interface=ether1 list=WAN
/ip address
add address=192.168.88.1/24 interface=bridge network=192.168.88.0
/ip firewall filter
add action=drop chain=forward comment="drop all from WAN not DSTNATed" connection-nat-state=!dstnat connection-state=new in-interface-list=WAN
`

describe('port forwards on the default configuration (MikroTik: Default configurations)', () => {
  test('a forward by in-interface-list=WAN rewrites only what comes in there, and the filter lets it by for being translated', () => {
    const device = routerOf(
      `${DEFCONF}/ip firewall nat\nadd action=dst-nat chain=dstnat dst-port=8443 in-interface-list=WAN protocol=tcp to-addresses=192.168.88.10 to-ports=443\n`,
    )
    expect(rulesOf(device, 'nat/dstnat')).toMatchObject([
      {
        match: {
          kind: 'all',
          of: [
            { kind: 'destination-port', in: [{ first: 8443, last: 8443 }] },
            { kind: 'in-interface', in: ['ether1'] },
            { kind: 'protocol', in: [6] },
          ],
        },
        action: { kind: 'rewrite-destination', to: { first: ip('192.168.88.10') }, ports: { first: 443, last: 443 } },
      },
    ])
    expect(rulesOf(device, 'filter/forward')[0]?.match).toEqual({
      kind: 'all',
      of: [
        { kind: 'not', of: { kind: 'translated', which: 'destination' } },
        { kind: 'session', in: ['new'] },
        { kind: 'in-interface', in: ['ether1'] },
      ],
    })
    expect(device.ruleSets['filter/forward']?.policy).toEqual({ kind: 'accept' })
  })

  test('a forward by the local address type also takes what comes from the LAN', () => {
    const device = routerOf(
      `${DEFCONF}/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address=!192.168.88.1 dst-address-type=local dst-port=80 protocol=tcp to-addresses=192.168.88.5\nadd action=masquerade chain=srcnat dst-address=192.168.88.0/24 src-address=192.168.88.0/24\n`,
    )
    expect(rulesOf(device, 'nat/dstnat')[0]?.match).toMatchObject({
      of: [
        { kind: 'not', of: { kind: 'destination', in: addressSet('192.168.88.1') } },
        { kind: 'destination-type', in: ['local'] },
        { kind: 'destination-port' },
        { kind: 'protocol' },
      ],
    })
  })
})

test('a masquerade in front of IPsec does not ask for the policy: the packet is rewritten before it is looked up', () => {
  const device = routerOf(
    `${DEFCONF}/ip firewall nat\nadd action=masquerade chain=srcnat out-interface-list=WAN\n/ip ipsec peer\nadd address=198.51.100.4/32 name=azure\n/ip ipsec policy\nadd dst-address=10.20.0.0/16 peer=azure src-address=192.168.88.0/24 tunnel=yes\n`,
  )
  expect(rulesOf(device, 'nat/srcnat')[0]?.match).toEqual({ kind: 'out-interface', in: ['ether1'] })
  expect(device.pipeline.postrouting.at(-1)).toEqual({ kind: 'translate', ruleSet: 'nat/srcnat' })
})

test('two uplinks in RouterOS 7: what is marked goes to its table before the router asks whether it is local', () => {
  const device = routerOf(
    `# jan/15/2022 06:30:41 by RouterOS 7.1.1
/routing table
add fib name=to_WAN_1
/ip address
add address=10.1.1.1/24 interface=ether4
add address=192.168.122.2/24 interface=ether1
/ip firewall mangle
add action=mark-connection chain=prerouting dst-address-type=!local in-interface=ether4 new-connection-mark=WAN_1_conn passthrough=yes
add action=mark-routing chain=prerouting connection-mark=WAN_1_conn in-interface=ether4 new-routing-mark=to_WAN_1
/ip route
add dst-address=0.0.0.0/0 gateway=192.168.122.1 routing-table=to_WAN_1
`,
  )
  expect(device.tableBeforeLocal).toBe(true)
  expect(rulesOf(device, 'mangle/prerouting').map((rule) => rule.match)).toEqual([
    {
      kind: 'all',
      of: [
        { kind: 'not', of: { kind: 'destination-type', in: ['local'] } },
        { kind: 'in-interface', in: ['ether4'] },
      ],
    },
    {
      kind: 'all',
      of: [
        { kind: 'session-mark', value: 1, mask: 0xffff },
        { kind: 'in-interface', in: ['ether4'] },
      ],
    },
  ])
  expect(device.tables.find((table) => table.name === 'to_WAN_1')?.routes).toHaveLength(1)
})

test('an empty matcher is not set: dst-address-type="" does not stop a port forward', () => {
  const device = routerOf(
    '/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address-type="" dst-port=3389 protocol=tcp to-addresses=192.168.90.80\n',
  )
  expect(JSON.stringify(rulesOf(device, 'nat/dstnat')[0]?.match)).not.toContain('type')
})

test('a verbose export prints unset matchers and settings that are off: nothing is made of them', () => {
  const text = `/interface l2tp-server server
set enabled=no use-ipsec=no
/ip firewall filter
add action=passthrough chain=output !connection-bytes !connection-mark disabled=no !dst-address log=no log-prefix="" !src-address
/ip upnp
set allow-disable-external-interface=no enabled=no
/ip proxy
set cache-path=web-proxy
`
  expect(rulesOf(routerOf(text), 'filter/output')).toMatchObject([{ match: { kind: 'any' }, action: { kind: 'pass' } }])
  expect(codesOf(text)).toEqual(['NT1208:2'])
})

describe('menus that are not read', () => {
  test.for<[string, string, string[]]>([
    [
      'nothing is said of what cannot matter',
      '/system clock\nset time-zone-name=Europe/Berlin\n/queue simple\nadd name=a target=10.0.0.0/8\n',
      [],
    ],
    ['scripts are noted once', '/system script\nadd name=a source=x\nadd name=b source=y\n', ['NT1206:2']],
    ['an unknown menu is noted once', '/quantum link\nadd name=a\nadd name=b\n', ['NT1206:2']],
    [
      'an unknown menu of the network is said line by line',
      '/ip quantum\nadd name=a\nadd name=b\n',
      ['NT1207:2', 'NT1207:3'],
    ],
    [
      'so are menus that change what passes',
      '/interface bridge filter\nadd action=drop chain=forward\nadd action=drop chain=input disabled=yes\n',
      ['NT1207:2'],
    ],
  ])('%s', ([, text, codes]) => {
    expect(
      codesOf(`# by RouterOS 7.16\n${text}`).map((code) => code.replace(/\d+$/, (line) => `${Number(line) - 1}`)),
    ).toEqual(codes)
  })
})
