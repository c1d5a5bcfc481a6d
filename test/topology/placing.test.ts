import { describe, expect, test } from 'vitest'
import type { Device } from '../../src/model/index.ts'
import { formatIp, formatPrefix } from '../../src/net/index.ts'
import type { Topology } from '../../src/topology/index.ts'
import { estate, lines } from './small-estate.ts'

const ROUTER = [
  'if eth0 192.0.2.1/24',
  'if eth1 10.0.1.1/24 alias=lan dhcp=10.0.1.9,10.0.1.8 gateway=10.0.1.2',
  'if eth2 10.0.2.1/24',
  'if br0',
  'resolver',
].join('\n')

function withHosts(hosts: string, more: Record<string, string> = {}): Topology {
  const text = `nettrace: 1\ndevices:\n  fw: { routeros: fw.rsc }\nhosts:\n${hosts}`
  return estate({ 'lab/fw.rsc': ROUTER, ...more, 'lab/lab.yaml': text })
}

function host(topology: Topology, name: string): Device {
  const device = topology.network.devices.get(name)
  if (!device) throw new Error(`no ${name}: ${lines(topology.diagnostics).join('\n')}`)
  return device
}

const gatewayOf = (device: Device) =>
  device.tables
    .flatMap((table) => table.routes)
    .flatMap(({ nextHop }) =>
      nextHop.kind === 'via' ? [formatIp(nextHop.gateway)] : nextHop.kind === 'device' ? [nextHop.device] : [],
    )
const serversOf = (device: Device) => device.stubResolver?.servers.map((one) => formatIp(one.ip))
const networksOf = (device: Device) =>
  device.interfaces.flatMap((one) => one.addresses.map((address) => formatPrefix(address.prefix)))

describe('a host on a router’s interface', () => {
  test.for([
    [
      'takes the gateway and the name servers of DHCP',
      '{ address: 10.0.1.7, on: "fw:eth1" }',
      '10.0.1.2',
      ['10.0.1.9', '10.0.1.8'],
      'DHCP of fw',
    ],
    [
      'is met by the interface’s alias too',
      '{ address: 10.0.1.7, on: "fw:lan" }',
      '10.0.1.2',
      ['10.0.1.9', '10.0.1.8'],
      'DHCP of fw',
    ],
    [
      'keeps its own gateway',
      '{ address: 10.0.1.7, on: "fw:eth1", gateway: 10.0.1.3 }',
      '10.0.1.3',
      ['10.0.1.9', '10.0.1.8'],
      'DHCP of fw',
    ],
    [
      'keeps its own name servers',
      '{ address: 10.0.1.7, on: "fw:eth1", dns: [127.0.0.1] }',
      '10.0.1.2',
      ['127.0.0.1'],
      'dns of pc',
    ],
    [
      'without DHCP takes the router for both',
      '{ address: 10.0.2.7, on: "fw:eth2" }',
      '10.0.2.1',
      ['10.0.2.1'],
      'gateway fw',
    ],
    [
      'asks nobody when another is its gateway',
      '{ address: 10.0.2.7, on: "fw:eth2", gateway: 10.0.2.9 }',
      '10.0.2.9',
      undefined,
      undefined,
    ],
  ] as const)('%s', ([, written, gateway, servers, label]) => {
    const pc = host(withHosts(`  pc: ${written}\n`), 'pc')
    expect(gatewayOf(pc)).toEqual([gateway])
    expect(serversOf(pc)).toEqual(servers)
    expect(pc.stubResolver?.label).toBe(label)
  })

  test('has the length of the interface’s network, or its own', () => {
    const topology = withHosts(
      '  a: { address: 10.0.1.7, on: "fw:eth1" }\n  b: { address: 10.0.1.8/28, on: "fw:eth1" }\n',
    )
    expect(networksOf(host(topology, 'a'))).toEqual(['10.0.1.0/24'])
    expect(networksOf(host(topology, 'b'))).toEqual(['10.0.1.0/28'])
  })

  test('shares the link of that interface with the others on it', () => {
    const { network } = withHosts(
      '  a: { address: 10.0.1.7, on: "fw:eth1" }\n  b: { address: 10.0.1.8, on: "fw:lan" }\n',
    )
    const link = network.links.find((one) => one.ends.some((end) => end.device === 'a'))
    expect(link?.ends.map((end) => `${end.device}:${end.interface}`)).toEqual(['fw:eth1', 'a:eth0', 'b:eth0'])
    expect(link).toMatchObject({ kind: 'segment', name: 'fw:eth1' })
  })

  test('on an interface without an address must say how large its network is', () => {
    const { diagnostics } = withHosts('  a: { address: 10.9.0.7, on: "fw:br0" }\n')
    expect(lines(diagnostics)[0]).toBe(
      'error NT1107 lab/lab.yaml:5:17 fw:br0 has no address that would say how large its network is: write 10.9.0.7/24 or the like',
    )
    expect(networksOf(host(withHosts('  a: { address: 10.9.0.7/20, on: "fw:br0" }\n'), 'a'))).toEqual(['10.9.0.0/20'])
  })

  test('is met in another case, with a note', () => {
    const { diagnostics, network } = withHosts('  a: { address: 10.0.1.7, on: "fw:LAN" }\n')
    expect(network.devices.has('a')).toBe(true)
    expect(lines(diagnostics)).toContain(
      'note NT1115 lab/lab.yaml:5:31 fw has no interface "LAN", "eth1" is taken: the case differs',
    )
  })

  test('has its hosts file and search list', () => {
    const pc = host(
      withHosts('  pc: { address: 10.0.1.7, on: "fw:eth1", search: Corp.Example., hosts-file: { NAS: 10.0.1.5 } }\n'),
      'pc',
    )
    expect(pc.stubResolver?.search).toEqual(['corp.example'])
    expect(pc.stubResolver?.hosts.map((one) => [one.name, one.type])).toEqual([['nas', 'A']])
  })

  test('runs the name server whose configuration it has', () => {
    const more = { 'lab/named.conf': 'options {};', 'lab/dnsmasq.conf': 'no-resolv' }
    const topology = withHosts(
      '  a: { address: 10.0.1.7, on: "fw:eth1", bind: named.conf }\n  b: { address: 10.0.1.8, on: "fw:eth1", dnsmasq: [dnsmasq.conf] }\n',
      more,
    )
    expect(host(topology, 'a').resolver?.label).toBe('BIND on a')
    expect(host(topology, 'b').resolver?.label).toBe('dnsmasq on b')
    expect(topology.files).toEqual(['lab/lab.yaml', 'lab/fw.rsc', 'lab/named.conf', 'lab/dnsmasq.conf'])
  })

  test('is what its packet filter’s export says, on the interface that has the address', () => {
    const more = { 'lab/rules': 'if ens3 10.0.1.7/24\nif docker0 172.17.0.1/16' }
    const topology = withHosts('  a: { address: 10.0.1.7, on: "fw:eth1", netfilter: rules, label: build box }\n', more)
    expect(host(topology, 'a')).toMatchObject({ label: 'build box', kind: 'router' })
    const link = topology.network.links.find((one) => one.ends.some((end) => end.device === 'a'))
    expect(link?.ends.map((end) => end.interface)).toEqual(['eth1', 'ens3'])
  })

  test('gives a rule set without interfaces one of its own', () => {
    const more = { 'lab/rules': '*filter' }
    const pc = host(withHosts('  a: { address: 10.0.1.7, on: "fw:eth1", netfilter: rules }\n', more), 'a')
    expect(pc.interfaces.map((one) => one.name)).toEqual(['eth0'])
    expect(gatewayOf(pc)).toEqual(['10.0.1.2'])
  })
})

describe('a host elsewhere', () => {
  test('on the internet hands everything to the internet and asks public DNS', () => {
    const topology = withHosts('  pc: { address: 192.0.2.77, on: internet }\n')
    const pc = host(topology, 'pc')
    expect(gatewayOf(pc)).toEqual(['internet'])
    expect(serversOf(pc)).toEqual(['192.0.2.53'])
    expect(topology.network.links.find((one) => one.kind === 'internet')?.ends.map((end) => end.device)).toEqual([
      'pc',
      'fw',
      'internet',
    ])
  })

  test('in a subnet of Azure is placed by the Azure importer', () => {
    const text =
      'nettrace: 1\nazure:\n  resources: [az]\nhosts:\n  vm: { address: 10.9.0.4, in: v/s, dns: [10.9.0.5], bind: named.conf }\n'
    const topology = estate({ 'lab/lab.yaml': text, 'lab/az/vgw.json': 'if internet', 'lab/named.conf': '' })
    const vm = host(topology, 'vm')
    expect(serversOf(vm)).toEqual(['10.9.0.5'])
    expect(vm.resolver?.label).toBe('BIND on vm')
  })

  test('in a subnet has its hosts file, and a packet filter only as something not modelled', () => {
    const hosts = '  vm: { address: 10.9.0.4, in: v/s, netfilter: rules, hosts-file: { nas: 10.0.1.5 } }\n'
    const text = `nettrace: 1\nazure:\n  resources: [vgw.json]\nhosts:\n${hosts}`
    const topology = estate({ 'lab/lab.yaml': text, 'lab/vgw.json': 'if internet', 'lab/rules': '*filter' })
    expect(host(topology, 'vm').stubResolver?.hosts.map((one) => one.name)).toEqual(['nas'])
    expect(host(topology, 'vm').notModelled).toEqual(['packet filter of vm'])
    expect(lines(topology.diagnostics)).toContain(
      'warning NT1119 lab/lab.yaml:5:48 the packet filter of host vm is not modelled: of a host in a subnet only the NSGs are',
    )
  })

  test('with a name Azure uses as well is an error with both places', () => {
    const text =
      'nettrace: 1\ndevices:\n  fw: { routeros: fw.rsc }\nazure:\n  resources: [vgw.json]\nhosts:\n  vgw: { address: 10.0.1.7, on: "fw:eth1" }\n'
    const { diagnostics } = estate({ 'lab/fw.rsc': ROUTER, 'lab/lab.yaml': text, 'lab/vgw.json': 'if internet' })
    expect(lines(diagnostics)).toContain(
      'error NT1105 lab/vgw.json:1:1 two devices are named "vgw": give one another name (the other device of that name: lab/lab.yaml:7:3)',
    )
  })
})
