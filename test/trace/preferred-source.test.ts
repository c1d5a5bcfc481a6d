import { describe, expect, test } from 'vitest'
import { importNetfilter } from '../../src/importers/netfilter/index.ts'
import { importRouteros } from '../../src/importers/routeros/index.ts'
import { importUci } from '../../src/importers/uci/index.ts'
import type { Network, NetworkPart } from '../../src/model/index.ts'
import { formatIp, ip } from '../../src/net/index.ts'
import { prepare, sourceAddress } from '../../src/trace/index.ts'
import { network } from './small-network.ts'

const ADDR = JSON.stringify([
  {
    ifname: 'lo',
    flags: ['UP'],
    addr_info: [
      { local: '127.0.0.1', prefixlen: 8 },
      { local: '10.9.9.9', prefixlen: 32 },
    ],
  },
  { ifname: 'eth0', flags: ['UP'], addr_info: [{ local: '10.0.1.1', prefixlen: 24 }] },
])

const linux = (prefsrc: string): NetworkPart =>
  importNetfilter('r', [
    { path: 'addr.json', text: ADDR },
    {
      path: 'route.json',
      text: JSON.stringify([
        { dst: 'default', gateway: '10.0.1.254', dev: 'eth0', prefsrc, flags: [] },
        { dst: '10.0.1.0/24', dev: 'eth0', protocol: 'kernel', scope: 'link', prefsrc: '10.0.1.1', flags: [] },
      ]),
    },
  ])

const routeros = (source: string): NetworkPart =>
  importRouteros('r', [
    {
      path: 'r.rsc',
      text: `/interface bridge
add name=loopback
/ip address
add address=10.9.9.9/32 interface=loopback
add address=10.0.1.1/24 interface=ether1
/ip route
add dst-address=0.0.0.0/0 gateway=10.0.1.254 pref-src=${source}
`,
    },
  ])

const openwrt = (source: string): NetworkPart =>
  importUci('r', [
    {
      path: 'network',
      text: `config interface 'loop'
	option device 'lo'
	option proto 'static'
	option ipaddr '10.9.9.9/32'
config interface 'lan'
	option device 'eth0'
	option proto 'static'
	option ipaddr '10.0.1.1/24'
config route
	option interface 'lan'
	option target '0.0.0.0/0'
	option gateway '10.0.1.254'
	option source '${source}'
`,
    },
  ])

function networkOf({ devices }: NetworkPart): Network {
  return network(devices, [])
}

describe('the source of what a device sends itself (ip-route(8): src; MikroTik: pref-src)', () => {
  test.for([
    ['ip -j route', linux],
    ['RouterOS', routeros],
    ['OpenWrt', openwrt],
  ] as const)('%s: the address its route asks for, only while the device has it', ([, read]) => {
    const from = (source: string, to: string) =>
      formatIp(sourceAddress(prepare(networkOf(read(source))), 'r', ip(to)) ?? ip('0.0.0.0'))
    expect(from('10.9.9.9', '8.8.8.8')).toBe('10.9.9.9')
    expect(from('10.9.9.9', '10.0.1.7')).toBe('10.0.1.1')
    expect(from('10.9.9.8', '8.8.8.8')).toBe('10.0.1.1')
  })
})
