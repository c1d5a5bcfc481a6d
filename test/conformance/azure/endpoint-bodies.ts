import { body, type Json, nic, type Properties, ref, subnetRef } from '../../importers/azure/arm.ts'

/** A private endpoint with its NIC, for one sub-resource of a resource. */
export function endpoint(
  name: string,
  subnet: string,
  address: string,
  target: string,
  group: string,
  status = 'Approved',
  extra: Properties = {},
): Json[] {
  return [
    body(`privateEndpoints/${name}`, {
      subnet: subnetRef(subnet),
      networkInterfaces: [ref(`networkInterfaces/${name}.nic`)],
      privateLinkServiceConnections: [
        {
          name: 'connection',
          properties: {
            privateLinkServiceId: target,
            groupIds: [group],
            privateLinkServiceConnectionState: { status },
          },
        },
      ],
      ...extra,
    }),
    nic(`${name}.nic`, subnet, address, { privateEndpoint: ref(`privateEndpoints/${name}`) }),
  ]
}

/** A private DNS zone with its A records, each `name: address`, linked to VNets. */
export function zone(
  name: string,
  records: Readonly<Record<string, string>>,
  vnets: readonly string[],
  link: Properties = {},
): Json[] {
  return [
    body(`privateDnsZones/${name}`, { numberOfRecordSets: Object.keys(records).length + 1 }, { location: 'global' }),
    body(`privateDnsZones/${name}/SOA/@`, { soaRecord: { host: 'azureprivatedns.net' }, ttl: 3600 }),
    ...Object.entries(records).map(([host, ipv4Address]) =>
      body(`privateDnsZones/${name}/A/${host}`, { ttl: 10, aRecords: [{ ipv4Address }] }),
    ),
    ...vnets.map((vnet) =>
      body(`privateDnsZones/${name}/virtualNetworkLinks/to-${vnet}`, {
        virtualNetwork: ref(`virtualNetworks/${vnet}`),
        registrationEnabled: false,
        virtualNetworkLinkState: 'Completed',
        ...link,
      }),
    ),
  ]
}
