import { describe, expect, test } from 'vitest'
import { importUnifi } from '../../../src/importers/unifi/index.ts'
import { addressSet, ip, prefix } from '../../../src/net/index.ts'
import { gateway, NETWORKS } from './site-text.ts'

describe('networks', () => {
  test('have the names the device gives them', () => {
    expect(gateway({}).device.interfaces.map((one) => [one.name, one.aliases])).toEqual([
      ['eth0', ['wan', 'Internet', 'wan-id']],
      ['eth1', ['LAN', 'lan-id']],
      ['eth1.20', ['IoT', 'VLAN20', 'iot-id']],
      ['eth1.30', ['Guests', 'VLAN30', 'guest-id']],
    ])
  })

  test('take their ports from the device, and what DHCP gave', () => {
    const device = {
      mac: '00:11:22:33:44:55',
      model: 'UGW4',
      type: 'ugw',
      name: 'Gate',
      ethernet_overrides: [
        { ifname: 'eth2', networkgroup: 'WAN' },
        { ifname: 'eth0', networkgroup: 'LAN' },
      ],
      wan1: { ifname: 'eth2', ip: '198.51.100.7', netmask: '255.255.255.0', gateway: '198.51.100.1' },
    }
    const networks = [{ _id: 'w', name: 'Up', purpose: 'wan', wan_type: 'dhcp' }, ...NETWORKS.slice(1, 2)]
    const made = gateway({ networkconf: networks, device: [device] }).device
    expect(made.interfaces.map((one) => [one.name, one.addresses.map((address) => address.ip)])).toEqual([
      ['eth2', [ip('198.51.100.7')]],
      ['eth0', [ip('192.168.10.1')]],
    ])
    expect(made.label).toBe('UniFi Security Gateway Pro')
    expect(made.aliases).toEqual(['Gate'])
    expect(made.tables[0]?.routes.at(-1)?.nextHop).toEqual({
      kind: 'via',
      gateway: ip('198.51.100.1'),
      interface: 'eth2',
    })
  })

  test('whose uplink is not in the export have a default route to nobody knows where', () => {
    const networks = [{ _id: 'w', name: 'Up', purpose: 'wan', wan_type: 'dhcp' }, ...NETWORKS.slice(1)]
    expect(gateway({ networkconf: networks }).device.tables[0]?.routes.at(-1)?.nextHop.kind).toBe('unknown')
  })

  test('that are off send nothing and have no routes', () => {
    const networks = NETWORKS.map((one) => (one._id === 'iot-id' ? { ...one, enabled: false } : one))
    const { device } = gateway({ networkconf: networks })
    expect(device.interfaces.find((one) => one.name === 'eth1.20')?.disabled).toBe(true)
    expect(device.tables[0]?.routes.map((route) => route.prefix)).not.toContainEqual(prefix('192.168.20.0/24'))
    expect(device.pipeline.forward[0]).toMatchObject({ interfaces: ['eth1'] })
  })

  test('of VLANs only, or routed by a switch, are not the gateway’s', () => {
    const networks = [
      ...NETWORKS,
      { _id: 'v', name: 'only', purpose: 'vlan-only', vlan: 77 },
      { _id: 's', name: 'far', purpose: 'corporate', ip_subnet: '10.9.0.1/24', gateway_type: 'switch' },
    ]
    const { device, diagnostics } = gateway({ networkconf: networks })
    expect(device.interfaces).toHaveLength(4)
    expect(diagnostics.map((one) => one.code)).toEqual(['NT1405'])
  })

  test('offer DHCP: their own DNS servers, or the gateway', () => {
    const dhcp = { dhcpd_enabled: true, domain_name: 'Plant.Example' }
    const networks = [
      ...NETWORKS.slice(0, 1),
      { ...NETWORKS[1], ...dhcp },
      {
        ...NETWORKS[2],
        ...dhcp,
        dhcpd_dns_enabled: true,
        dhcpd_dns_1: '10.0.0.53',
        dhcpd_dns_2: '',
        dhcpd_gateway_enabled: true,
        dhcpd_gateway: '192.168.20.254',
      },
    ]
    const offers = gateway({ networkconf: networks }).device.interfaces.flatMap((one) => one.dhcp ?? [])
    expect(offers.map((one) => [one.nameServers, one.gateway, one.search])).toEqual([
      [[ip('192.168.10.1')], ip('192.168.10.1'), ['plant.example']],
      [[ip('10.0.0.53')], ip('192.168.20.254'), ['plant.example']],
    ])
  })
})

describe('routes', () => {
  test('of the site are those of the gateway', () => {
    const routing = [
      {
        name: 'a',
        type: 'static-route',
        enabled: true,
        'static-route_type': 'nexthop-route',
        'static-route_network': '10.1.0.0/16',
        'static-route_nexthop': '192.168.10.254',
        'static-route_distance': '5',
      },
      { name: 'b', type: 'static-route', 'static-route_type': 'blackhole', 'static-route_network': '10.2.0.0/16' },
      {
        name: 'c',
        type: 'static-route',
        'static-route_type': 'interface-route',
        'static-route_network': '10.3.0.0/16',
        'static-route_interface': 'WAN1',
      },
      {
        name: 'd',
        type: 'static-route',
        enabled: false,
        'static-route_type': 'blackhole',
        'static-route_network': '10.4.0.0/16',
      },
      { name: 'e', type: 'static-route', 'static-route_type': 'blackhole', 'static-route_network': 'nowhere' },
    ]
    const { device, diagnostics } = gateway({ routing })
    const added = device.tables[0]?.routes.slice(5)
    expect(added?.map((route) => [route.prefix, route.nextHop, route.distance])).toEqual([
      [prefix('10.1.0.0/16'), { kind: 'via', gateway: ip('192.168.10.254') }, 5],
      [prefix('10.2.0.0/16'), { kind: 'discard', answer: 'silent' }, 1],
      [prefix('10.3.0.0/16'), { kind: 'via', gateway: ip('203.0.113.1'), interface: 'eth0' }, 1],
    ])
    expect(diagnostics.map((one) => one.code)).toEqual(['NT1406'])
  })

  test('of two uplinks the first is used, or both when they share', () => {
    const second = {
      _id: 'w2',
      name: 'Second',
      purpose: 'wan',
      wan_type: 'static',
      wan_networkgroup: 'WAN2',
      wan_ip: '198.51.100.2',
      wan_netmask: '255.255.255.0',
      wan_gateway: '198.51.100.1',
    }
    const distances = (kind: string) => {
      const networks = [...NETWORKS, second].map((one) => ({ ...one, wan_load_balance_type: kind }))
      const routes = gateway({ networkconf: networks }).device.tables[0]?.routes ?? []
      return routes.filter((route) => route.prefix.length === 0).map((route) => route.distance)
    }
    expect(distances('failover-only')).toEqual([1, 2])
    expect(distances('weighted')).toEqual([1, 1])
  })
})

describe('translation', () => {
  test('masquerades local networks on the uplink, except those with NAT off', () => {
    const networks = NETWORKS.map((one) => (one._id === 'iot-id' ? { ...one, is_nat: false } : one))
    const { device } = gateway({ networkconf: networks })
    expect(device.ruleSets['nat/POSTROUTING']?.rules.map((one) => [one.name, one.match])).toEqual([
      [
        'masquerade LAN',
        {
          kind: 'all',
          of: [
            { kind: 'out-interface', in: ['eth0'] },
            { kind: 'source', in: addressSet('192.168.10.0/24') },
          ],
        },
      ],
      [
        'masquerade Guests',
        {
          kind: 'all',
          of: [
            { kind: 'out-interface', in: ['eth0'] },
            { kind: 'source', in: addressSet('192.168.30.0/24') },
          ],
        },
      ],
    ])
    expect(device.pipeline.prerouting).toEqual([{ kind: 'track' }, { kind: 'translate', ruleSet: 'nat/PREROUTING' }])
  })

  test('is nowhere when NAT is off for every network, for the uplink, or for the site', () => {
    const off = (networks: readonly unknown[], setting: readonly unknown[] = []) =>
      gateway({ networkconf: networks, setting }).device.pipeline.postrouting
    expect(off(NETWORKS.map((one) => (one.purpose === 'wan' ? one : { ...one, is_nat: false })))).toEqual([])
    expect(off(NETWORKS.map((one) => (one.purpose === 'wan' ? { ...one, is_nat: false } : one)))).toEqual([])
    expect(off(NETWORKS, [{ key: 'global_nat', mode: 'off' }])).toEqual([])
    expect(off(NETWORKS)).toEqual([{ kind: 'translate', ruleSet: 'nat/POSTROUTING' }])
  })

  const forward = {
    _id: 'f',
    name: 'web',
    enabled: true,
    pfwd_interface: 'wan',
    proto: 'tcp_udp',
    src: 'any',
    dst_port: '12345',
    fwd: '192.168.10.2',
    fwd_port: '23456',
  }

  test('of a forwarded port happens on the uplink, and WAN_IN lets the translated packet in', () => {
    const { device } = gateway({ portforward: [forward] })
    const [outside] = device.ruleSets['nat/PREROUTING']?.rules ?? []
    expect(outside).toMatchObject({
      name: 'port forward web',
      match: {
        kind: 'all',
        of: [
          { kind: 'in-interface', in: ['eth0'] },
          { kind: 'protocol', in: [6, 17] },
          { kind: 'destination', in: addressSet('203.0.113.2') },
          { kind: 'destination-port', in: [{ first: 12345, last: 12345 }] },
        ],
      },
      action: {
        kind: 'rewrite-destination',
        to: { kind: 'address', first: ip('192.168.10.2') },
        ports: { first: 23456, last: 23456 },
      },
    })
    expect(device.ruleSets.WAN_IN?.rules.at(-1)).toMatchObject({
      match: {
        kind: 'all',
        of: [
          { kind: 'destination', in: addressSet('192.168.10.2') },
          { kind: 'protocol' },
          { kind: 'destination-port', in: [{ first: 23456, last: 23456 }] },
        ],
      },
      action: { kind: 'accept' },
    })
  })

  test('of a forwarded port also serves local clients, whose source becomes the gateway’s', () => {
    const { device } = gateway({ portforward: [forward] })
    expect(device.ruleSets['nat/PREROUTING']?.rules[1]?.match).toMatchObject({
      of: [{ kind: 'in-interface', in: ['eth1', 'eth1.20', 'eth1.30'] }, {}, {}, {}],
    })
    expect(device.ruleSets['nat/POSTROUTING']?.rules[0]).toMatchObject({
      name: 'port forward web (hairpin)',
      action: { kind: 'rewrite-source', to: { kind: 'own-address' } },
    })
  })

  test.for<[string, string | undefined, [string, string | undefined][]]>([
    ['80', undefined, [['80-80', undefined]]],
    ['80', '80', [['80-80', undefined]]],
    [
      '80,443',
      '80,8443',
      [
        ['80-80', undefined],
        ['443-443', '8443-8443'],
      ],
    ],
    [
      '8000-8001',
      '9000-9001',
      [
        ['8000-8000', '9000-9000'],
        ['8001-8001', '9001-9001'],
      ],
    ],
    ['8000-8002', '9000', [['8000-8002', '9000-9000']]],
  ])('ports %s to %s', ([from, to, pairs]) => {
    const { device } = gateway({ portforward: [{ ...forward, dst_port: from, fwd_port: to }] })
    const rules = device.ruleSets['nat/PREROUTING']?.rules.filter((one) => !one.name.includes('hairpin')) ?? []
    const shown = rules.map((one) => {
      const port = one.match.kind === 'all' ? one.match.of.find((part) => part.kind === 'destination-port') : undefined
      const range = port?.kind === 'destination-port' ? port.in[0] : undefined
      const ports = one.action.kind === 'rewrite-destination' ? one.action.ports : undefined
      return [`${range?.first}-${range?.last}`, ports && `${ports.first}-${ports.last}`]
    })
    expect(shown).toEqual(pairs)
  })

  test('that is not understood leaves WAN_IN in doubt', () => {
    const { device, diagnostics } = gateway({ portforward: [{ ...forward, fwd: 'nas.local' }] })
    expect(device.ruleSets.WAN_IN?.rules.at(-1)?.match).toMatchObject({
      kind: 'all',
      of: [{ kind: 'session' }, { kind: 'opaque' }],
    })
    expect(diagnostics.map((one) => one.code)).toEqual(['NT1412'])
  })
})

describe('site-to-site VPNs', () => {
  const vpn = {
    _id: 'vpn',
    name: 'Azure',
    purpose: 'site-vpn',
    vpn_type: 'ipsec-vpn',
    ipsec_peer_ip: '198.51.100.4',
    remote_vpn_subnets: ['10.100.0.0/16'],
    x_ipsec_pre_shared_key: 'hunter2',
  }

  test('by policy take what goes from a local to a remote subnet', () => {
    const { device } = gateway({ networkconf: [...NETWORKS, vpn] })
    expect(device.encapsulations).toMatchObject([
      {
        name: 'Azure',
        local: addressSet('192.168.10.0/24', '192.168.20.0/24'),
        remote: addressSet('10.100.0.0/16'),
        action: 'encrypt',
        interface: 'vti64',
      },
    ])
    expect(device.interfaces.at(-1)?.tunnel).toMatchObject({
      kind: 'ipsec',
      local: ip('203.0.113.2'),
      remote: ip('198.51.100.4'),
      arrivesAs: 'eth0',
    })
    expect(device.ruleSets.WAN_IN?.rules.map((one) => one.name)).toContain('predefined allow site-to-site VPN')
    expect(device.ruleSets['nat/POSTROUTING']?.rules[0]?.name).toBe('no translation into a tunnel')
  })

  test('by route are an interface with routes', () => {
    const { device } = gateway({ networkconf: [...NETWORKS, { ...vpn, ipsec_dynamic_routing: true }] })
    expect(device.encapsulations).toEqual([])
    expect(device.interfaces.at(-1)?.tunnel?.selectors).toBeUndefined()
    expect(device.tables[0]?.routes.at(-1)).toMatchObject({
      prefix: prefix('10.100.0.0/16'),
      nextHop: { kind: 'connected', interface: 'vti64' },
    })
  })

  test('of other kinds are named in every answer', () => {
    const { device, diagnostics } = gateway({ networkconf: [...NETWORKS, { ...vpn, vpn_type: 'openvpn-vpn' }] })
    expect(device.notModelled).toEqual(['the VPN Azure (openvpn-vpn)'])
    expect(diagnostics.map((one) => one.code)).toEqual(['NT1413'])
  })

  test('keep their keys to themselves', () => {
    const text = JSON.stringify({ networkconf: [...NETWORKS, vpn] })
    expect(
      JSON.stringify(importUnifi('usg', [{ path: 's', text }]), (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      ),
    ).not.toContain('hunter2')
  })
})

describe('names', () => {
  test('are asked from the servers of the uplink', () => {
    const { device } = gateway({})
    expect(device.resolver).toMatchObject({
      forwards: [{ suffix: '', to: [{ kind: 'server', ip: ip('9.9.9.9'), port: 53 }] }],
    })
    expect(device.stubResolver?.servers.map((one) => one.ip)).toEqual([ip('9.9.9.9')])
  })

  test('come from public DNS when the provider gives the servers', () => {
    const networks = [{ _id: 'w', name: 'Up', purpose: 'wan', wan_type: 'dhcp' }, ...NETWORKS.slice(1)]
    expect(gateway({ networkconf: networks }).device.resolver).toMatchObject({ forwards: [], otherwise: 'public' })
  })

  test('of the site are answered by the gateway', () => {
    const { device } = gateway({
      'static-dns': [
        { key: 'NAS.plant.example', record_type: 'A', value: '192.168.10.5', enabled: true },
        { key: 'off.example', value: '10.0.0.1', enabled: false },
      ],
    })
    expect(device.resolver?.zones).toMatchObject([
      { onMissing: 'forward', records: [{ name: 'nas.plant.example', type: 'A', value: ip('192.168.10.5') }] },
    ])
  })
})

test('the size a gateway clamps segments to is kept', () => {
  const { device } = gateway({ setting: [{ key: 'usg', mss_clamp: 'custom', mss_clamp_mss: 1350 }] })
  expect(device.pipeline.forward[0]).toEqual({ kind: 'mark', ruleSet: 'mss' })
  expect(device.ruleSets.mss?.rules[0]?.action).toEqual({ kind: 'clamp-mss', to: 1350 })
})
