import { describe, expect, test } from 'vitest'
import { type Connection, connect } from '../../src/diagnose/index.ts'
import { formatSource } from '../../src/model/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { memory } from '../topology/small-estate.ts'

/** What becomes of a question in a topology of some files. */
function asked(files: Readonly<Record<string, string>>, from: string, to: string): Connection {
  const { network, diagnostics } = loadTopology('lab.yaml', { reader: memory(files) })
  expect(diagnostics.filter((one) => one.severity === 'error').map((one) => one.message)).toEqual([])
  return connect(prepare(network), from, to)
}

/** The verdict, and where there is one the cause: its code, text and place. */
function told({ works, cause }: Connection): string[] {
  return cause ? [works, cause.code, cause.message, formatSource(cause.source)] : [works]
}

const HOSTS = `
hosts:
  office: { address: 10.0.10.5/24, on: "r:ether2", gateway: 10.0.10.1 }
  camera: { address: 10.0.20.5/24, on: "r:PORT", gateway: 10.0.20.1 }
`

const router = (version: string, table: string) => `# 2026-01-01 00:00:00 by RouterOS ${version}
/interface bridge
add name=br vlan-filtering=yes
/interface vlan
add interface=br name=office vlan-id=10
add interface=br name=cameras vlan-id=20
/interface bridge port
add bridge=br interface=ether2 pvid=10
add bridge=br interface=ether3 pvid=20
add bridge=br interface=ether4
add bridge=br interface=ether5 pvid=30
${table}
/ip address
add address=10.0.10.1/24 interface=office
add address=10.0.20.1/24 interface=cameras
`
const TABLE = `/interface bridge vlan
add bridge=br tagged=br,ether4 vlan-ids=10
add bridge=br tagged=br,ether4 vlan-ids=20`

function onRouterOs(port: string, table: string, version = '7.12'): Connection {
  const files = {
    'lab.yaml': `nettrace: 1\ndevices:\n  r: { routeros: r.rsc }${HOSTS.replace('PORT', port)}`,
    'r.rsc': router(version, table),
  }
  return asked(files, 'office', 'camera:554')
}

describe('RouterOS: bridge VLAN filtering', () => {
  test.for(['ether3', 'ether4.20'])('a camera on %s is reached where the table carries its VLAN', (port) => {
    expect(told(onRouterOs(port, TABLE))).toEqual(['yes'])
  })

  test('a trunk that lacks the VLAN is the cause, by its line', () => {
    const [works, code, message, at] = told(
      onRouterOs('ether4.20', TABLE.replace('br,ether4 vlan-ids=20', 'br vlan-ids=20')),
    )
    expect([works, code, at]).toEqual(['no', 'vlan-not-carried', 'r.rsc:14:15'])
    expect(message).toBe(
      'ether4 is no tagged member of VLAN 20 on bridge br (/interface bridge vlan): camera at r:ether4.20 is cut off from cameras of r',
    )
  })

  test('a bridge that is not in the VLAN itself cuts off its access ports, and its trunks', () => {
    const table = TABLE.replace('br,ether4 vlan-ids=20', 'ether4 vlan-ids=20')
    for (const port of ['ether3', 'ether4.20']) {
      const [works, code, message, at] = told(onRouterOs(port, table))
      expect([works, code, at]).toEqual(['no', 'vlan-not-carried', 'r.rsc:14:15'])
      expect(message).toContain('bridge br is no tagged member of VLAN 20')
    }
  })

  test('from 7.16 on the bridge is a member by itself', () => {
    const table = TABLE.replace('br,ether4 vlan-ids=20', 'ether4 vlan-ids=20')
    expect(told(onRouterOs('ether3', table, '7.16'))).toEqual(['yes'])
  })

  test('a range of VLANs holds those inside it', () => {
    expect(
      told(onRouterOs('ether4.20', '/interface bridge vlan\nadd bridge=br tagged=br,ether4 vlan-ids=10-20')),
    ).toEqual(['yes'])
  })

  test('an access port of a VLAN that the router has no interface in', () => {
    const [works, code, message] = told(onRouterOs('ether5', TABLE))
    expect([works, code]).toEqual(['no', 'vlan-not-carried'])
    expect(message).toContain('ether5 is in VLAN 30 of bridge br (pvid)')
  })

  test('one that asks from a port that is cut off is told so too', () => {
    const files = {
      'lab.yaml': `nettrace: 1\ndevices:\n  r: { routeros: r.rsc }${HOSTS.replace('PORT', 'ether3')}`,
      'r.rsc': router('6.49', TABLE.replace('br,ether4 vlan-ids=20', 'ether4 vlan-ids=20')),
    }
    const connection = asked(files, 'camera', 'office:445')
    expect([connection.works, connection.cause?.code]).toEqual(['no', 'vlan-not-carried'])
    expect([connection.symptom?.kind, connection.symptom?.errno]).toEqual(['unreachable', 'EHOSTUNREACH'])
  })
})

const UNIFI_NETWORKS = [
  { _id: 'lan', name: 'LAN', purpose: 'corporate', ip_subnet: '10.0.10.1/24', networkgroup: 'LAN' },
  { _id: 'cam', name: 'Cameras', purpose: 'corporate', ip_subnet: '10.0.20.1/24', vlan_enabled: true, vlan: '20' },
]
const PROFILES = [
  { _id: 'all', name: 'All', forward: 'all' },
  { _id: 'cams', name: 'Cameras', forward: 'native', native_networkconf_id: 'cam' },
  { _id: 'bare', name: 'no cameras', forward: 'customize', excluded_networkconf_ids: ['cam'] },
]

/** Two switches in a row, an access point on the second: `trunk` is the profile of the port between them, `point` of the access point's. */
function onUnifi(at: string, trunk: string, point: string, uplink = 'all'): Connection {
  const port = (port_idx: number, portconf_id: string) => ({ port_idx, portconf_id })
  const core = {
    _id: 'a',
    type: 'usw',
    mac: '00:00:00:00:00:01',
    model: 'U',
    name: 'core',
    port_overrides: [port(8, trunk)],
  }
  const floor = {
    _id: 'b',
    type: 'usw',
    mac: '00:00:00:00:00:02',
    model: 'U',
    name: 'floor',
    uplink: { uplink_mac: '00:00:00:00:00:01', uplink_remote_port: 8, port_idx: 1 },
    port_overrides: [port(1, uplink), port(2, 'all'), port(3, 'cams'), port(5, point)],
  }
  const ap = {
    _id: 'c',
    type: 'uap',
    mac: '00:00:00:00:00:03',
    model: 'U',
    name: 'ap',
    last_uplink: { uplink_mac: '00:00:00:00:00:02', uplink_remote_port: 5 },
  }
  const wlanconf = [{ _id: 'w', name: 'cameras-wifi', enabled: true, wpa_mode: 'wpa2', networkconf_id: 'cam' }]
  const site = {
    networkconf: UNIFI_NETWORKS,
    portconf: PROFILES,
    device: [core, floor, ap],
    wlanconf,
    firewallrule: [],
  }
  const files = {
    'lab.yaml': `nettrace: 1
devices:
  r: { unifi: site.json }
hosts:
  office: { address: 10.0.10.5/24, on: "r:LAN", gateway: 10.0.10.1 }
  camera: { address: 10.0.20.5, on: "r:${at}" }
`,
    'site.json': JSON.stringify(site, null, 1),
  }
  return asked(files, 'office', 'camera:554')
}

describe('UniFi: port profiles and SSIDs', () => {
  test.for(['floor:3', 'floor:2.20', 'ap:cameras-wifi', 'cameras-wifi'])('a camera at %s is reached', (at) => {
    expect(told(onUnifi(at, 'all', 'all'))).toEqual(['yes'])
  })

  test.for<[string, string, string, string, string, string]>([
    [
      'the profile of the port between the switches',
      'floor:3',
      'bare',
      'all',
      'all',
      'port 8 of core, where floor is connected, does not carry Cameras (VLAN 20): port profile no cameras',
    ],
    ['the same for an SSID', 'ap:cameras-wifi', 'bare', 'all', 'all', 'port 8 of core, where floor is connected,'],
    [
      'the profile of the switch’s own uplink',
      'floor:3',
      'all',
      'all',
      'bare',
      'the uplink of floor (port 1) does not carry Cameras (VLAN 20): port profile no cameras',
    ],
    [
      'the profile of the access point’s port',
      'cameras-wifi',
      'all',
      'bare',
      'all',
      'port 5 of floor, where ap is connected,',
    ],
    [
      'the profile of the port itself',
      'floor:5.20',
      'all',
      'bare',
      'all',
      'port 5 of floor does not carry Cameras (VLAN 20): port profile no cameras',
    ],
  ])('%s is the cause', ([, at, trunk, point, uplink, words]) => {
    const [works, code, message, place] = told(onUnifi(at, trunk, point, uplink))
    expect([works, code]).toEqual(['no', 'vlan-not-carried'])
    expect(message).toContain(words)
    expect(message).toContain(`camera at r:${at} is cut off from eth1.20 of r`)
    expect(place).toMatch(/^site\.json:\d+:\d+$/)
  })
})

const UCI_HOSTS = `
hosts:
  office: { address: 10.0.10.5/24, on: "r:ON", gateway: 10.0.10.1 }
  camera: { address: 10.0.20.5/24, on: "r:AT", gateway: 10.0.20.1 }
`
const uciNetworks = (first: string, second: string) => `
config interface 'office'
	option device '${first}'
	option proto 'static'
	option ipaddr '10.0.10.1'
	option netmask '255.255.255.0'

config interface 'cameras'
	option device '${second}'
	option proto 'static'
	option ipaddr '10.0.20.1'
	option netmask '255.255.255.0'
`

function onOpenWrt(network: string, at: string, on: string): Connection {
  const files = {
    'lab.yaml': `nettrace: 1\ndevices:\n  r: { uci: network }${UCI_HOSTS.replace('AT', at).replace('ON', on)}`,
    network,
  }
  return asked(files, 'office', 'camera:554')
}

const DSA = `config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'lan1'
	list ports 'lan2'
	list ports 'lan3'

config bridge-vlan
	option device 'br-lan'
	option vlan '10'
	list ports 'lan1'
	list ports 'lan3:t'

config bridge-vlan
	option device 'br-lan'
	option vlan '20'
	list ports 'lan2'
	list ports 'lan3:t'
${uciNetworks('br-lan.10', 'br-lan.20')}`

describe('OpenWrt: a bridge with VLANs', () => {
  test.for(['lan2', 'lan3.20'])('a camera on %s is reached', (at) => {
    expect(told(onOpenWrt(DSA, at, 'lan1'))).toEqual(['yes'])
  })

  test.for<[string, string, string, string]>([
    [
      'a trunk that lacks the VLAN',
      DSA.replace(/(vlan '20'[\s\S]*?)\tlist ports 'lan3:t'\n/, '$1'),
      'lan3.20',
      'lan3 is not among the ports of VLAN 20 on br-lan',
    ],
    [
      'a VLAN without a section',
      DSA.replace(/config bridge-vlan\n\toption device 'br-lan'\n\toption vlan '20'[\s\S]*?lan3:t'\n/, ''),
      'lan3.20',
      'br-lan has no VLAN 20 (config bridge-vlan)',
    ],
    [
      'a VLAN that leaves the router out',
      DSA.replace("vlan '20'\n", "vlan '20'\n\toption local '0'\n"),
      'lan2',
      'leaves the router itself out',
    ],
    ['a port that is in no VLAN untagged', DSA, 'lan3', 'lan3 is in no VLAN of br-lan untagged'],
  ])('%s is the cause', ([, network, at, words]) => {
    const [works, code, message, place] = told(onOpenWrt(network, at, 'lan1'))
    expect([works, code]).toEqual(['no', 'vlan-not-carried'])
    expect(message).toContain(words)
    expect(place).toMatch(/^network:\d+:1$/)
  })
})

const SWCONFIG = `config switch_vlan
	option device 'switch0'
	option vlan '1'
	option vid '10'
	option ports '0t 1 3t'

config switch_vlan
	option device 'switch0'
	option vlan '2'
	option vid '20'
	option ports '0t 2 3t'
${uciNetworks('eth0.10', 'eth0.20')}`

describe('LEDE: a switch with VLANs', () => {
  // Port 3 is a trunk of both VLANs as port 0 is, so the file alone does not say which of them leads to the router.
  const told0 = SWCONFIG.replace("'0t 1 3t'", "'0t 1'").replace("'0t 2 3t'", "'0t 2'")

  test('a camera on its port is reached', () => {
    expect(told(onOpenWrt(told0, 'switch0:2', 'switch0:1'))).toEqual(['yes'])
  })

  test('a trunk that lacks the VLAN is the cause', () => {
    const [works, code, message] = told(onOpenWrt(told0.replace("'0t 1'", "'0t 1 3t'"), 'switch0:3.20', 'switch0:1'))
    expect([works, code]).toEqual(['no', 'vlan-not-carried'])
    expect(message).toContain('port 3 of switch0 is not in VLAN 20')
  })

  test('a VLAN that leaves out the port to the router is the cause', () => {
    const third =
      "config switch_vlan\n\toption device 'switch0'\n\toption vlan '3'\n\toption vid '30'\n\toption ports '0t 4'\n"
    const [works, code, message] = told(
      onOpenWrt(`${third}\n${told0.replace("'0t 2'", "'2'")}`, 'switch0:2', 'switch0:1'),
    )
    expect([works, code]).toEqual(['no', 'vlan-not-carried'])
    expect(message).toContain('leaves out port 0')
  })
})
