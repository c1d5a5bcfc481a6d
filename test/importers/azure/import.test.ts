import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { implied } from '../../../src/model/index.ts'
import { ip } from '../../../src/net/index.ts'
import {
  body,
  flow,
  imported,
  type Json,
  nic,
  nsg,
  publicIp,
  ref,
  routes,
  rule,
  story,
  subnetRef,
  tags,
  vnet,
} from './arm.ts'

const ESTATE: Json[] = [
  vnet(
    'hub',
    ['10.0.0.0/16'],
    {
      GatewaySubnet: { addressPrefix: '10.0.0.0/27' },
      a: { addressPrefix: '10.0.1.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
    },
    { spoke: { allowGatewayTransit: true } },
    { dhcpOptions: { dnsServers: ['10.0.1.9'] } },
  ),
  vnet(
    'spoke',
    ['10.1.0.0/16'],
    {
      a: {
        addressPrefix: '10.1.0.0/24',
        networkSecurityGroup: ref('networkSecurityGroups/n1'),
        routeTable: ref('routeTables/rt'),
      },
    },
    { hub: { useRemoteGateways: true } },
  ),
  nsg('n1', rule('Inbound', 100, 'Allow', 'Tcp', 'Storage', '*', '443,8443')),
  routes('rt', { '0.0.0.0/0': '10.0.1.9', Storage: 'Internet' }),
  publicIp('p1', '20.1.1.1'),
  nic(
    'vm1',
    'spoke/a',
    '10.1.0.4',
    { networkSecurityGroup: ref('networkSecurityGroups/n1') },
    { publicIPAddress: ref('publicIPAddresses/p1') },
  ),
  body('virtualNetworkGateways/gw', {
    gatewayType: 'Vpn',
    ipConfigurations: [{ name: 'c', properties: { subnet: subnetRef('hub/GatewaySubnet') } }],
  }),
  body('localNetworkGateways/site', {
    gatewayIpAddress: '203.0.113.1',
    localNetworkAddressSpace: { addressPrefixes: ['10.50.0.0/16'] },
  }),
  body('connections/s2s', {
    connectionType: 'IPsec',
    virtualNetworkGateway1: ref('virtualNetworkGateways/gw'),
    localNetworkGateway2: ref('localNetworkGateways/site'),
  }),
  body('loadBalancers/lb', {
    frontendIPConfigurations: [
      { name: 'fe', properties: { privateIPAddress: '10.0.1.100', subnet: subnetRef('hub/a') } },
    ],
    backendAddressPools: [
      { name: 'be', properties: { loadBalancerBackendAddresses: [{ properties: { ipAddress: '10.1.0.4' } }] } },
    ],
    loadBalancingRules: [{ name: 'r', properties: { protocol: 'All', frontendPort: 0 } }],
  }),
]
const TEXT = JSON.stringify(ESTATE)
const TAGS = tags({ Storage: ['20.60.0.0/16', '2603:1000::/24'] })

describe('reading', () => {
  const read = (text: string, list = TAGS.text) =>
    importAzure([{ path: 'azure.json', text }], { placements: [], serviceTags: { path: 'tags.json', text: list } })

  test('it never throws on any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, list) => void read(text, list)),
      { seed: 7, numRuns: 200 },
    )
  })
  test('it never throws on a file cut at any byte', () => {
    const cuts = fc.integer({ min: 0, max: TEXT.length })
    fc.assert(
      fc.property(cuts, (at) => void read(TEXT.slice(0, at))),
      { seed: 7, numRuns: 60 },
    )
  })
  test('it never throws when a member has any other value', () => {
    const values = TEXT.match(/"[^"]*"|true|false|\d+/g) ?? []
    const change = fc.tuple(fc.integer({ min: 0, max: values.length - 1 }), fc.json({ maxDepth: 2 }))
    fc.assert(
      fc.property(change, ([which, value]) => {
        let at = -1
        read(TEXT.replace(/"[^"]*"(?!:)|true|false|\d+(?=[,}\]])/g, (text) => (++at === which ? value : text)))
      }),
      { seed: 7, numRuns: 150 },
    )
  })
  test('text that is no JSON is one error with its place', () => {
    const part = read('[{ "id": }]')
    expect(part.diagnostics.filter((one) => one.severity === 'error')).toMatchObject([
      { code: 'NT1001', source: { file: 'azure.json', line: 1, column: 10 } },
    ])
  })
  test('a list of tags that is none is an error', () => {
    expect(read(TEXT, '{}').diagnostics[0]).toMatchObject({ severity: 'error', code: 'NT1604' })
  })
  test('importing twice gives the same', () => {
    expect(read(TEXT)).toEqual(read(TEXT))
  })
  test('what it makes is plain data', () => {
    const part = read(TEXT)
    expect(structuredClone(part.devices)).toEqual(part.devices)
  })
  test('every device is on links that exist, and every name is used once', () => {
    const part = read(TEXT)
    const names = part.devices.map((one) => one.name)
    expect(new Set(names).size).toBe(names.length)
    for (const link of part.links) for (const end of link.ends) expect(names).toContain(end.device)
  })
  test('a body that is there twice is used once', () => {
    const part = imported([...ESTATE, ...ESTATE.slice(0, 1)])
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1601')
  })
  test('flattened bodies, as az prints them, read alike', () => {
    const flat = {
      id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v',
      name: 'v',
      type: 'Microsoft.Network/virtualNetworks',
      addressSpace: { addressPrefixes: ['10.9.0.0/16'] },
      subnets: [{ name: 'a', addressPrefix: '10.9.0.0/24' }],
    }
    expect(imported([flat]).devices.map((one) => one.name)).toContain('v/a')
  })
})

describe('placed hosts', () => {
  const source = implied('the topology')
  test('a host in a subnet is guarded by its NSG and asks the VNet’s DNS servers', () => {
    const part = imported(ESTATE, {
      placements: [{ name: 'ci', address: ip('10.1.0.77'), subnet: 'SPOKE/a', source }],
      serviceTags: TAGS,
    })
    const device = part.devices.find((one) => one.name === 'ci')
    expect(device?.stubResolver?.label).toBe('default of VNet spoke')
    expect(story(part, 'ci', flow('10.1.0.77', '10.1.0.4', 443)).there).toBe('accepted')
    expect(story(part, 'vm1', flow('10.1.0.4', '10.1.0.77', 443)).there).toBe('accepted')
  })
  test('an unknown subnet is an error that names the nearest', () => {
    const part = imported(ESTATE, { placements: [{ name: 'ci', address: ip('10.1.0.77'), subnet: 'spoke/b', source }] })
    expect(part.diagnostics.find((one) => one.code === 'NT1616')?.message).toContain('did you mean spoke/a')
  })
})

test('a thousand machines in fifty VNets share their rules and load at once', () => {
  const bodies: Json[] = []
  for (let at = 0; at < 50; at++) {
    const group = { networkSecurityGroup: ref(`networkSecurityGroups/n${at}`), routeTable: ref('routeTables/rt') }
    const peers =
      at === 0 ? Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`v${index + 1}`, {}])) : { v0: {} }
    bodies.push(vnet(`v${at}`, [`10.${at}.0.0/16`], { a: { addressPrefix: `10.${at}.0.0/24`, ...group } }, peers))
    bodies.push(
      nsg(
        `n${at}`,
        ...Array.from({ length: 20 }, (_, index) =>
          rule('Inbound', 100 + index, 'Allow', 'Tcp', 'Storage', '*', `${8000 + index}`),
        ),
      ),
    )
    for (let vm = 4; vm < 24; vm++) bodies.push(nic(`vm-${at}-${vm}`, `v${at}/a`, `10.${at}.0.${vm}`))
  }
  bodies.push(routes('rt', { '0.0.0.0/0': '10.0.0.4' }))
  const text = JSON.stringify(bodies, null, 1)
  const start = performance.now()
  const part = importAzure([{ path: 'azure.json', text }], { placements: [], serviceTags: TAGS })
  const time = performance.now() - start
  const machines = part.devices.filter((one) => one.name.startsWith('vm-'))
  expect(machines).toHaveLength(1000)
  expect(new Set(machines.map((one) => Object.values(one.ruleSets)[0])).size).toBe(50)
  expect(new Set(machines.map((one) => one.tables[0]?.routes)).size).toBe(50)
  console.info(`1,000 machines in 50 VNets: ${Math.round(time)} ms`)
})
