import { describe, expect, test } from 'vitest'
import { formatIp } from '../../../src/net/index.ts'
import { body, flow, id, imported, nic, publicIp, ref, story, subnetRef, vnet } from './arm.ts'

const configuration = (name: string) => ({
  name,
  properties: { subnet: subnetRef('v/GatewaySubnet'), publicIPAddress: ref(`publicIPAddresses/${name}`) },
})
const bodies = [
  vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' }, GatewaySubnet: { addressPrefix: '10.0.2.0/27' } }),
  nic('vm', 'v/s', '10.0.1.4'),
  body('virtualNetworkGateways/gw', {
    gatewayType: 'Vpn',
    activeActive: true,
    ipConfigurations: [configuration('one'), configuration('two')],
  }),
  body('localNetworkGateways/site', {
    gatewayIpAddress: '203.0.113.9',
    localNetworkAddressSpace: { addressPrefixes: ['192.168.0.0/16'] },
  }),
  body('connections/c', {
    connectionType: 'IPsec',
    connectionStatus: 'Connected',
    virtualNetworkGateway1: ref('virtualNetworkGateways/gw'),
    localNetworkGateway2: ref('localNetworkGateways/site'),
  }),
]

describe('an active-active gateway', () => {
  test.for([
    ['has a tunnel for each of its public addresses', true, ['connection:c', 'connection:c/2']],
    ['has its connection too where the export does not hold those addresses', false, ['connection:c']],
  ] as const)('%s', ([, known, tunnels]) => {
    const part = imported([...bodies, ...(known ? [publicIp('one', '20.1.1.1'), publicIp('two', '20.1.1.2')] : [])])
    const gateway = part.devices.find((one) => one.name === 'gw')
    expect(gateway?.interfaces.filter((one) => one.tunnel).map((one) => one.name)).toEqual(tunnels)
    expect(story(part, 'vm', flow('10.0.1.4', '192.168.1.1', 443)).devices).toEqual(['vm', 'v/s', 'gw'])
  })
})

describe('a VPN gateway of a virtual hub (Learn: About VPN sites and their links in Virtual WAN)', () => {
  const link = id('vpnSites/site/vpnSiteLinks/one')
  const part = imported([
    body('virtualWans/w', {}),
    body('virtualHubs/h', { addressPrefix: '10.100.0.0/24', virtualWan: ref('virtualWans/w') }),
    body('vpnSites/site', {
      virtualWan: ref('virtualWans/w'),
      addressSpace: { addressPrefixes: ['192.168.0.0/16'] },
      vpnSiteLinks: [{ id: link, name: 'one', properties: { ipAddress: '203.0.113.9' } }],
    }),
    body('vpnGateways/g', {
      virtualHub: ref('virtualHubs/h'),
      ipConfigurations: [
        { id: 'Instance0', publicIpAddress: '20.1.1.1' },
        { id: 'Instance1', publicIpAddress: '20.1.1.2' },
      ],
      connections: [
        {
          id: id('vpnGateways/g/vpnConnections/c'),
          name: 'c',
          properties: {
            remoteVpnSite: ref('vpnSites/site'),
            vpnLinkConnections: [{ name: 'one', properties: { vpnSiteLink: { id: link } } }],
          },
        },
      ],
    }),
  ])
  test('has a tunnel from each of its instances to the site', () => {
    const ends = part.devices.find((one) => one.name === 'g')?.interfaces ?? []
    const tunnels = ends.flatMap(({ name, tunnel }) =>
      tunnel?.local === undefined ? [] : [[name, formatIp(tunnel.local)]],
    )
    expect(tunnels).toEqual([
      ['connection:c', '20.1.1.1'],
      ['connection:c/2', '20.1.1.2'],
    ])
  })
})
