import { expect, test } from 'vitest'
import { connect } from '../../../src/diagnose/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { memory } from '../../topology/small-estate.ts'

const LAB = `nettrace: 1
devices:
  gw: { uci: etc }
hosts:
  camera: { address: 10.0.0.2, on: "gw:lan" }
  laptop: { address: 10.0.0.3, on: "gw:lan" }
  server: { address: 10.9.0.2, on: "gw:dmz" }
`
const NETWORK = ['lan 10.0.0.1/24', 'dmz 10.9.0.1/24'].map((one, at) => {
  const [name, address] = one.split(' ')
  return `config interface '${name}'\noption ifname 'eth${at}'\noption proto 'static'\noption ipaddr '${address}'\n`
})
const FIREWALL = `config zone\noption name 'lan'\nlist network 'lan'\noption forward 'REJECT'
config zone\noption name 'dmz'\nlist network 'dmz'\noption forward 'REJECT'
config rule\noption src 'lan'\noption dest 'dmz'\noption src_mac '02:00:00:00:00:0A'\noption target 'ACCEPT'
`
const DHCP = `config dnsmasq
config dhcp 'lan'\noption interface 'lan'
config host\noption ip '10.0.0.2'\noption mac '02:00:00:00:00:0a'
config host\noption ip '10.0.0.3'\noption mac '02:00:00:00:00:0b'
`

test.for([
  ['camera', 'yes'],
  ['laptop', 'no'],
] as const)('a rule for one Ethernet address knows that of %s by its reservation', ([from, works]) => {
  const reader = memory({
    'lab/lab.yaml': LAB,
    'lab/etc/network': NETWORK.join(''),
    'lab/etc/firewall': FIREWALL,
    'lab/etc/dhcp': DHCP,
  })
  const { network, diagnostics } = loadTopology('lab/lab.yaml', { reader })
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  expect(connect(prepare(network), from, 'server:443').works).toBe(works)
})
