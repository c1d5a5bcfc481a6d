import { body, type Json, type Properties, publicIp, ref, subnetRef } from '../../importers/azure/arm.ts'

/** The subnet a gateway stands in. */
export function gatewaySubnet(addressPrefix: string, extra: Properties = {}): Record<string, Properties> {
  return { GatewaySubnet: { addressPrefix, ...extra } }
}

/** A gateway in a VNet's GatewaySubnet with its public address. */
export function gateway(name: string, vnet: string, address: string, outer: string, extra: Properties = {}): Json[] {
  return [
    publicIp(`${name}-pip`, outer),
    body(`virtualNetworkGateways/${name}`, {
      gatewayType: 'Vpn',
      vpnType: 'RouteBased',
      bgpSettings: { asn: 65515, bgpPeeringAddress: address },
      ipConfigurations: [
        {
          name: 'one',
          properties: {
            privateIPAddress: address,
            subnet: subnetRef(`${vnet}/GatewaySubnet`),
            publicIPAddress: ref(`publicIPAddresses/${name}-pip`),
          },
        },
      ],
      ...extra,
    }),
  ]
}

/** A site behind 203.0.113.50 and the connection to it; `speaker` is the address it speaks BGP from. */
export function siteConnection(
  gatewayName: string,
  prefixes: readonly string[],
  extra: Properties = {},
  speaker?: string,
): Json[] {
  return [
    body('localNetworkGateways/site', {
      gatewayIpAddress: '203.0.113.50',
      localNetworkAddressSpace: { addressPrefixes: prefixes },
      ...(speaker !== undefined && { bgpSettings: { asn: 65001, bgpPeeringAddress: speaker } }),
    }),
    body('connections/to-site', {
      connectionType: 'IPsec',
      connectionStatus: 'Connected',
      virtualNetworkGateway1: ref(`virtualNetworkGateways/${gatewayName}`),
      localNetworkGateway2: ref('localNetworkGateways/site'),
      ...extra,
    }),
  ]
}
