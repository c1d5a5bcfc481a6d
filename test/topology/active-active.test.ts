import { expect, test } from 'vitest'
import { connect } from '../../src/diagnose/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { body, type Json, nic, publicIp, ref, subnetRef, vnet } from '../importers/azure/arm.ts'
import { memory } from './small-estate.ts'

const OFFICE = (peer: string): string => `# RouterOS 7.16
/ip address
add address=198.51.100.7/24 interface=ether1
add address=192.168.10.1/24 interface=ether2
/ip ipsec profile
add name=p
/ip ipsec peer
add address=${peer}/32 name=azure profile=p
/ip ipsec policy
add dst-address=10.1.0.0/16 peer=azure src-address=192.168.10.0/24 tunnel=yes
/ip ipsec identity
add peer=azure
/ip route
add dst-address=0.0.0.0/0 gateway=198.51.100.1
`

const BODIES: readonly Json[] = [
  vnet('v', ['10.1.0.0/16'], {
    vms: { addressPrefix: '10.1.0.0/24' },
    GatewaySubnet: { addressPrefix: '10.1.255.0/27' },
  }),
  nic('vm', 'v/vms', '10.1.0.4'),
  publicIp('one', '203.0.113.1'),
  publicIp('two', '203.0.113.2'),
  body('virtualNetworkGateways/gw', {
    gatewayType: 'Vpn',
    activeActive: true,
    ipConfigurations: ['one', 'two'].map((name) => ({
      name,
      properties: { subnet: subnetRef('v/GatewaySubnet'), publicIPAddress: ref(`publicIPAddresses/${name}`) },
    })),
  }),
  body('localNetworkGateways/office', {
    localNetworkAddressSpace: { addressPrefixes: ['192.168.10.0/24'] },
    gatewayIpAddress: '198.51.100.7',
  }),
  body('connections/office', {
    connectionType: 'IPsec',
    virtualNetworkGateway1: ref('virtualNetworkGateways/gw'),
    localNetworkGateway2: ref('localNetworkGateways/office'),
    connectionStatus: 'Connected',
  }),
]

function estate(peer: string) {
  const reader = memory({
    'estate.yaml':
      'nettrace: 1\ndevices:\n  office: { routeros: office.rsc }\nazure: { resources: azure.json }\nhosts:\n  pc: { address: 192.168.10.20/24, on: "office:ether2", gateway: 192.168.10.1 }\nlinks:\n  - internet: ["office:ether1"]\n',
    'office.rsc': OFFICE(peer),
    'azure.json': JSON.stringify(BODIES),
  })
  const { network, diagnostics } = loadTopology('estate.yaml', { reader })
  return { prepared: prepare(network), codes: diagnostics.map((one) => one.code) }
}

test.for(['203.0.113.1', '203.0.113.2'])('a site that has a tunnel to %s alone is reached over that one', (peer) => {
  const { prepared, codes } = estate(peer)
  expect(codes).not.toContain('NT1112')
  const answer = connect(prepared, 'vm', 'pc:443')
  expect(answer.paths[0]?.forward.hops.map((hop) => hop.device)).toEqual(['vm', 'v/vms', 'gw', 'office', 'pc'])
  expect(answer.works).toBe('yes')
  expect(connect(prepared, 'pc', 'vm:443').works).toBe('yes')
})

test('a site that has a tunnel to neither is told of, and not reached', () => {
  const { prepared, codes } = estate('203.0.113.9')
  expect(codes.filter((one) => one === 'NT1112').length).toBeGreaterThan(0)
  expect(connect(prepared, 'vm', 'pc:443').works).toBe('no')
})
