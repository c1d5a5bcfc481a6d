import { body, id, type Json, nic, nsg, type Properties, ref, subnetRef, vnet } from '../../importers/azure/arm.ts'

/** The id of the service. */
export const SERVICE = id('privateLinkServices/pls')
/** Its alias. */
export const ALIAS = 'pls.c9993417-8553-4062-93e3-3ab3a3e14d50.westeurope.azure.privatelinkservice'

/** A consumer's endpoint to a service, by its request's kind and its state there. */
export const endpoint = (
  state: string | undefined,
  kind: 'privateLinkServiceConnections' | 'manualPrivateLinkServiceConnections',
  target = SERVICE,
): Json[] => [
  body('privateEndpoints/pe', {
    subnet: subnetRef('consumer/pe'),
    networkInterfaces: [ref('networkInterfaces/pe.nic')],
    [kind]: [
      {
        name: 'connection',
        properties: {
          privateLinkServiceId: target,
          ...(state !== undefined && { privateLinkServiceConnectionState: { status: state } }),
        },
      },
    ],
  }),
  nic('pe.nic', 'consumer/pe', '10.1.0.4', { privateEndpoint: ref('privateEndpoints/pe') }),
]

/** A consumer’s VNet, with an NSG at the endpoint where one is named. */
export const consumer = (space = '10.1', group?: string): Json[] => [
  vnet('consumer', [`${space}.0.0/16`], {
    pe: {
      addressPrefix: `${space}.0.0/24`,
      ...(group !== undefined && {
        networkSecurityGroup: ref(`networkSecurityGroups/${group}`),
        privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
      }),
    },
    s: { addressPrefix: `${space}.1.0/24` },
  }),
  nic('client', 'consumer/s', `${space}.1.4`),
]

/** The service before the load balancer’s frontend. */
export const service = (extra: Properties = {}, nat: Properties = { privateIPAddress: '10.9.2.5' }): Json =>
  body('privateLinkServices/pls', {
    alias: ALIAS,
    loadBalancerFrontendIpConfigurations: [ref('loadBalancers/lb/frontendIPConfigurations/front')],
    ipConfigurations: [{ name: 'one', properties: { subnet: subnetRef('provider/nat'), primary: true, ...nat } }],
    ...extra,
  })

/** The provider’s VNet with its load balancer and backends. */
export const provider = (group: Json = nsg('backends'), members: readonly string[] = ['web']): Json[] => [
  vnet('provider', ['10.9.0.0/16'], {
    web: { addressPrefix: '10.9.1.0/24', networkSecurityGroup: ref('networkSecurityGroups/backends') },
    nat: { addressPrefix: '10.9.2.0/24', privateLinkServiceNetworkPolicies: 'Disabled' },
  }),
  group,
  body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [
        {
          id: id('loadBalancers/lb/frontendIPConfigurations/front'),
          name: 'front',
          properties: { privateIPAddress: '10.9.1.100', subnet: subnetRef('provider/web') },
        },
      ],
      backendAddressPools: [{ id: id('loadBalancers/lb/backendAddressPools/pool'), name: 'pool', properties: {} }],
      probes: [{ id: id('loadBalancers/lb/probes/p'), name: 'p', properties: { protocol: 'Tcp', port: 8443 } }],
      loadBalancingRules: [
        {
          name: 'https',
          properties: {
            protocol: 'Tcp',
            frontendPort: 443,
            backendPort: 8443,
            frontendIPConfiguration: ref('loadBalancers/lb/frontendIPConfigurations/front'),
            backendAddressPool: ref('loadBalancers/lb/backendAddressPools/pool'),
            probe: ref('loadBalancers/lb/probes/p'),
          },
        },
      ],
    },
    { sku: { name: 'Standard' } },
  ),
  ...members.map((name, index) =>
    nic(
      name,
      'provider/web',
      `10.9.1.${4 + index}`,
      {},
      {
        loadBalancerBackendAddressPools: [ref('loadBalancers/lb/backendAddressPools/pool')],
      },
    ),
  ),
]
