import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { body, flow, type Json, nic, ref, story, subnetRef, vnet } from '../../importers/azure/arm.ts'

// A peering's body lists the ranges of the other VNet where Azure printed it; an authored one does not. A gateway learns
// prefixes by BGP that no body holds. Whatever they are, VNet routes lead there and VirtualNetwork holds them (Learn: Virtual
// network traffic routing; Azure service tags overview).
const FAR = '/subscriptions/other/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/far'

const guarded = { networkSecurityGroup: ref('networkSecurityGroups/g') }
const GROUP = body('networkSecurityGroups/g', { securityRules: [] })

function behindPeering(ranges: readonly string[] | undefined, guard: object): readonly Json[] {
  const space = ranges && { remoteAddressSpace: { addressPrefixes: ranges } }
  const peering = { remoteVirtualNetwork: { id: FAR }, ...space }
  const hub = vnet('hub', ['10.0.0.0/16'], { web: { addressPrefix: '10.0.1.0/24', ...guard } }, { far: peering })
  return [hub, GROUP, nic('one', 'hub/web', '10.0.1.4')]
}

function behindGateway(bgp: boolean, guard: object): readonly Json[] {
  const subnets = { web: { addressPrefix: '10.0.1.0/24', ...guard }, GatewaySubnet: { addressPrefix: '10.0.0.0/27' } }
  const gateway = body('virtualNetworkGateways/gw', {
    gatewayType: 'Vpn',
    vpnType: 'RouteBased',
    enableBgp: bgp,
    ipConfigurations: [{ name: 'c', properties: { subnet: subnetRef('hub/GatewaySubnet') } }],
  })
  const site = body('localNetworkGateways/office', {
    gatewayIpAddress: '203.0.113.9',
    localNetworkAddressSpace: { addressPrefixes: ['10.20.0.0/16'] },
    ...(bgp && { bgpSettings: { asn: 65010, bgpPeeringAddress: '10.20.0.1' } }),
  })
  const connection = body('connections/office', {
    connectionType: 'IPsec',
    connectionStatus: 'Connected',
    enableBgp: bgp,
    virtualNetworkGateway1: ref('virtualNetworkGateways/gw'),
    localNetworkGateway2: ref('localNetworkGateways/office'),
  })
  return [vnet('hub', ['10.0.0.0/16'], subnets), GROUP, gateway, site, connection, nic('one', 'hub/web', '10.0.1.4')]
}

function there(bodies: readonly Json[], to: string): string {
  const part = importAzure([{ path: 'azure.json', text: JSON.stringify(bodies) }], { placements: [] })
  return story(part, 'one', flow('10.0.1.4', to, 443)).there
}

describe('private addresses that may lie behind something the export does not know whole', () => {
  test.for<readonly [string, readonly Json[], string, string]>([
    ['a peering without ranges', behindPeering(undefined, {}), '10.50.0.4', 'unknown'],
    ['the same, with an NSG before it', behindPeering(undefined, guarded), '10.50.0.4', 'unknown'],
    ['a public address all the same', behindPeering(undefined, guarded), '203.0.113.77', 'exits-network'],
    ['a peering with other ranges', behindPeering(['10.60.0.0/16'], {}), '10.50.0.4', 'null-routed'],
    ['the same, with an NSG before it', behindPeering(['10.60.0.0/16'], guarded), '10.50.0.4', 'denied'],
    ['a gateway that learns', behindGateway(true, {}), '10.50.0.4', 'unknown'],
    ['the same, with an NSG before it', behindGateway(true, guarded), '10.50.0.4', 'unknown'],
    ['a gateway that learns nothing', behindGateway(false, {}), '10.50.0.4', 'null-routed'],
    ['the same, with an NSG before it', behindGateway(false, guarded), '10.50.0.4', 'denied'],
  ])('%s', ([, bodies, to, wanted]) => {
    expect(there(bodies, to)).toBe(wanted)
  })
})
