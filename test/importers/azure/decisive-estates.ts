import { body, type Json, nic, nsg, publicIp, ref, routes, rule, subnetRef, vnet } from './arm.ts'
import type { Subject } from './unreadable-law.ts'

const balancer = (extra: Record<string, Json> = {}): Json =>
  body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [
        { id: FRONTEND, name: 'f', properties: { publicIPAddress: ref('publicIPAddresses/pip-lb') } },
      ],
      backendAddressPools: [{ id: POOL, name: 'p', properties: {} }],
      loadBalancingRules: [
        {
          name: 'web',
          properties: {
            frontendIPConfiguration: { id: FRONTEND },
            backendAddressPool: { id: POOL },
            ...{ protocol: 'Tcp', frontendPort: 443, backendPort: 8443, disableOutboundSnat: false },
            ...extra,
          },
        },
      ],
    },
    { sku: { name: 'Standard' } },
  )
const LB = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb'
const FRONTEND = `${LB}/frontendIPConfigurations/f`
const POOL = `${LB}/backendAddressPools/p`

/** A way out by a balancer, one by a machine's own address, and a NAT gateway. */
export const OUTBOUND: Subject = {
  name: 'ways to the internet',
  bodies: [
    vnet('v', ['10.0.0.0/16'], {
      s: { addressPrefix: '10.0.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/n') },
      t: { addressPrefix: '10.0.2.0/24', natGateway: ref('natGateways/nat'), defaultOutboundAccess: false },
    }),
    nsg(
      'n',
      rule('Inbound', 100, 'Allow', 'Tcp', '*', '*', '8443'),
      rule('Outbound', 100, 'Deny', 'Tcp', '*', '9.9.9.9', '*'),
    ),
    publicIp('pip-lb', '20.1.1.1'),
    publicIp('pip-vm', '20.1.1.2'),
    publicIp('pip-nat', '20.1.1.3'),
    body('natGateways/nat', { publicIpAddresses: [ref('publicIPAddresses/pip-nat')] }, { sku: { name: 'Standard' } }),
    balancer(),
    nic('web', 'v/s', '10.0.1.4', {}, { primary: true, loadBalancerBackendAddressPools: [{ id: POOL }] }),
    nic('own', 'v/s', '10.0.1.5', {}, { primary: true, publicIPAddress: ref('publicIPAddresses/pip-vm') }),
    nic('quiet', 'v/t', '10.0.2.4'),
  ],
}

/** Peered networks, a route table with an appliance, and a gateway to a site. */
export const ROUTED: Subject = {
  name: 'routes and gateways',
  bodies: [
    vnet(
      'hub',
      ['10.0.0.0/16'],
      {
        GatewaySubnet: { addressPrefix: '10.0.255.0/27' },
        nva: { addressPrefix: '10.0.9.0/24' },
      },
      { spoke: { allowGatewayTransit: true, allowForwardedTraffic: true, allowVirtualNetworkAccess: true } },
    ),
    vnet(
      'spoke',
      ['10.1.0.0/16'],
      {
        s: { addressPrefix: '10.1.1.0/24', routeTable: ref('routeTables/rt') },
        t: { addressPrefix: '10.1.2.0/24' },
      },
      { hub: { useRemoteGateways: true, allowForwardedTraffic: true, allowVirtualNetworkAccess: true } },
    ),
    routes('rt', { '172.16.0.0/12': '10.0.9.4', '9.9.9.0/24': 'None' }, { disableBgpRoutePropagation: false }),
    nic('nva', 'hub/nva', '10.0.9.4', { enableIPForwarding: true }),
    nic('a', 'spoke/s', '10.1.1.4'),
    nic('b', 'spoke/t', '10.1.2.4'),
    publicIp('pip-gw', '20.2.2.2'),
    body('virtualNetworkGateways/vgw', {
      ...{ gatewayType: 'Vpn', vpnType: 'RouteBased', activeActive: false, enableBgp: false },
      ipConfigurations: [
        {
          name: 'one',
          properties: { subnet: subnetRef('hub/GatewaySubnet'), publicIPAddress: ref('publicIPAddresses/pip-gw') },
        },
      ],
    }),
    body('localNetworkGateways/site', {
      gatewayIpAddress: '203.0.113.50',
      localNetworkAddressSpace: { addressPrefixes: ['10.50.0.0/16'] },
    }),
    body('connections/c', {
      ...{ connectionType: 'IPsec', connectionStatus: 'Connected', enableBgp: false },
      virtualNetworkGateway1: ref('virtualNetworkGateways/vgw'),
      localNetworkGateway2: ref('localNetworkGateways/site'),
    }),
  ],
}

/** A firewall of the classic kind that answers names, private zones, and a private endpoint. */
export const NAMED: Subject = {
  name: 'names and a firewall',
  bodies: [
    vnet(
      'v',
      ['10.0.0.0/16'],
      {
        AzureFirewallSubnet: { addressPrefix: '10.0.0.0/26' },
        s: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
        pe: { addressPrefix: '10.0.2.0/24', privateEndpointNetworkPolicies: 'Disabled' },
      },
      {},
      { dhcpOptions: { dnsServers: ['10.0.0.4'] } },
    ),
    routes('rt', { '0.0.0.0/0': '10.0.0.4' }),
    publicIp('pip-fw', '20.3.3.3'),
    body('azureFirewalls/fw', {
      ipConfigurations: [
        {
          name: 'one',
          properties: {
            ...{ privateIPAddress: '10.0.0.4', subnet: subnetRef('v/AzureFirewallSubnet') },
            publicIPAddress: ref('publicIPAddresses/pip-fw'),
          },
        },
      ],
      additionalProperties: { 'Network.DNS.EnableProxy': 'true' },
      networkRuleCollections: [
        {
          name: 'out',
          properties: {
            ...{ priority: 100, action: { type: 'Allow' } },
            rules: [
              {
                name: 'web',
                ...{ protocols: ['TCP'], sourceAddresses: ['10.0.1.0/24'], destinationAddresses: ['*'] },
                destinationPorts: ['443'],
              },
            ],
          },
        },
      ],
    }),
    nic('vm', 'v/s', '10.0.1.4'),
    nic('db', 'v/s', '10.0.1.5', { virtualMachine: ref('Microsoft.Compute/virtualMachines/db') }),
    body('privateDnsZones/plant.internal', {}, { location: 'global' }),
    body('privateDnsZones/plant.internal/A/app', { ttl: 10, aRecords: [{ ipv4Address: '10.0.1.9' }] }),
    body('privateDnsZones/plant.internal/virtualNetworkLinks/l', {
      ...{ virtualNetwork: ref('virtualNetworks/v'), virtualNetworkLinkState: 'Completed', registrationEnabled: true },
    }),
    body('privateEndpoints/pe', {
      subnet: subnetRef('v/pe'),
      customDnsConfigs: [{ fqdn: 'st.blob.core.windows.net', ipAddresses: ['10.0.2.4'] }],
      privateLinkServiceConnections: [
        {
          name: 'c',
          properties: {
            privateLinkServiceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st',
            groupIds: ['blob'],
            privateLinkServiceConnectionState: { status: 'Approved' },
          },
        },
      ],
    }),
  ],
}

/** Services with doors of their own. */
export const GATED: Subject = {
  name: 'doors of services',
  bodies: [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
    // An address of its own: one that Azure chooses could be any that an IP rule names.
    publicIp('pip-vm', '198.51.100.7'),
    nic('vm', 'v/s', '10.0.1.4', {}, { publicIPAddress: ref('publicIPAddresses/pip-vm') }),
    body('Microsoft.Storage/storageAccounts/st', {
      publicNetworkAccess: 'Enabled',
      primaryEndpoints: { blob: 'https://st.blob.core.windows.net/' },
      networkAcls: {
        defaultAction: 'Deny',
        bypass: 'AzureServices',
        ipRules: [{ value: '203.0.113.0/24', action: 'Allow' }],
      },
    }),
    body('Microsoft.KeyVault/vaults/kv', {
      ...{ vaultUri: 'https://kv.vault.azure.net/', publicNetworkAccess: 'Enabled' },
      networkAcls: { defaultAction: 'Deny', bypass: 'None', ipRules: [{ value: '203.0.113.77/32' }] },
    }),
    body('Microsoft.MachineLearningServices/workspaces/mlw', {
      ...{
        workspaceId: 'w',
        allowPublicAccessWhenBehindVnet: true,
        discoveryUrl: 'https://westeurope.api.azureml.ms/discovery',
      },
    }),
    body('Microsoft.EventHub/namespaces/eh', {
      ...{ publicNetworkAccess: 'Enabled', serviceBusEndpoint: 'https://eh.servicebus.windows.net:443/' },
    }),
    body('Microsoft.EventHub/namespaces/eh/networkRuleSets/default', {
      ...{ publicNetworkAccess: 'Enabled', defaultAction: 'Deny', trustedServiceAccessEnabled: true },
      ipRules: [{ ipMask: '203.0.113.0/24', action: 'Allow' }],
    }),
  ],
}

/** Estates in which a member can be made unreadable. */
export const DECISIVE_ESTATES: readonly Subject[] = [OUTBOUND, ROUTED, NAMED, GATED]
