import {
  body,
  id,
  type Json,
  nic,
  nsg,
  type Properties,
  publicIp,
  ref,
  routes,
  rule,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import { type Doubt, works } from './doubt.ts'
import { zone } from './endpoint-bodies.ts'

const group = { networkSecurityGroup: ref('networkSecurityGroups/n1') }
const table = { routeTable: ref('routeTables/rt') }
const storage = (properties: Properties) => body('Microsoft.Storage/storageAccounts/acct', properties)
const spokes: Json[] = [
  vnet(
    'hub',
    ['10.0.0.0/16'],
    { nva: { addressPrefix: '10.0.9.0/24' } },
    { a: { allowForwardedTraffic: true }, b: { allowForwardedTraffic: true } },
  ),
  vnet(
    'a',
    ['10.1.0.0/16'],
    { s: { addressPrefix: '10.1.0.0/24', ...table } },
    { hub: { allowForwardedTraffic: true } },
  ),
  vnet(
    'b',
    ['10.2.0.0/16'],
    { s: { addressPrefix: '10.2.0.0/24', ...table } },
    { hub: { allowForwardedTraffic: false } },
  ),
  routes('rt', { '10.0.0.0/8': '10.0.9.4' }),
  nic('nva', 'hub/nva', '10.0.9.4', { enableIPForwarding: true }),
  nic('vm-a', 'a/s', '10.1.0.4'),
  nic('vm-b', 'b/s', '10.2.0.4'),
]
const anything = [rule('Inbound', 100, 'Allow', '*', '*', '*', '*'), rule('Outbound', 100, 'Allow', '*', '*', '*', '*')]

const inheriting: Json[] = [
  vnet('hub', ['10.0.0.0/16'], {
    AzureFirewallSubnet: { addressPrefix: '10.0.0.0/26' },
    s: { addressPrefix: '10.0.1.0/24' },
  }),
  publicIp('fw-pip', '198.51.100.20'),
  body('azureFirewalls/fw', {
    firewallPolicy: ref('firewallPolicies/child'),
    ipConfigurations: [
      {
        name: 'one',
        properties: {
          privateIPAddress: '10.0.0.4',
          subnet: subnetRef('hub/AzureFirewallSubnet'),
          publicIPAddress: ref('publicIPAddresses/fw-pip'),
        },
      },
    ],
  }),
  body('firewallPolicies/child', { basePolicy: ref('firewallPolicies/base') }),
  body('firewallPolicies/base', {}),
  body('firewallPolicies/base/ruleCollectionGroups/g', {
    priority: 100,
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyNatRuleCollection',
        name: 'in',
        priority: 100,
        action: { type: 'DNAT' },
        rules: [
          {
            ruleType: 'NatRule',
            name: 'web',
            ipProtocols: ['TCP'],
            sourceAddresses: ['*'],
            destinationAddresses: ['198.51.100.20'],
            destinationPorts: ['443'],
            translatedAddress: '10.0.1.4',
            translatedPort: '443',
          },
        ],
      },
    ],
  }),
  nic('web', 'hub/s', '10.0.1.4'),
]

const floating: Json[] = [
  vnet('v', ['10.0.0.0/16'], { b: { addressPrefix: '10.0.5.0/24', ...group }, c: { addressPrefix: '10.0.6.0/24' } }),
  nsg(
    'n1',
    rule('Inbound', 100, 'Allow', 'Tcp', '*', '10.0.5.5', '1433'),
    rule('Inbound', 110, 'Allow', '*', '168.63.129.16', '*', '*'),
    rule('Inbound', 200, 'Deny', '*', '*', '*', '*'),
  ),
  body(
    'loadBalancers/lb',
    {
      frontendIPConfigurations: [
        {
          id: id('loadBalancers/lb/frontendIPConfigurations/fe'),
          name: 'fe',
          properties: { privateIPAddress: '10.0.5.100', subnet: subnetRef('v/b') },
        },
      ],
      backendAddressPools: [{ id: id('loadBalancers/lb/backendAddressPools/be'), name: 'be', properties: {} }],
      loadBalancingRules: [
        {
          name: 'sql',
          properties: {
            frontendIPConfiguration: ref('loadBalancers/lb/frontendIPConfigurations/fe'),
            backendAddressPool: ref('loadBalancers/lb/backendAddressPools/be'),
            protocol: 'Tcp',
            frontendPort: 1433,
            backendPort: 1433,
            enableFloatingIP: true,
          },
        },
      ],
    },
    { sku: { name: 'Standard' } },
  ),
  nic(
    'db',
    'v/b',
    '10.0.5.5',
    {},
    { loadBalancerBackendAddressPools: [ref('loadBalancers/lb/backendAddressPools/be')] },
  ),
  nic('vm', 'v/c', '10.0.6.4'),
]

/** A spoke that asks its own name server and a firewall in the hub that asks Azure, which holds the private zone. */
const proxied: Json[] = [
  vnet(
    'hub',
    ['10.0.0.0/16'],
    { AzureFirewallSubnet: { addressPrefix: '10.0.0.0/26' }, pe: { addressPrefix: '10.0.1.0/24' } },
    { spoke: { allowForwardedTraffic: true } },
  ),
  vnet(
    'spoke',
    ['10.1.0.0/16'],
    { s: { addressPrefix: '10.1.0.0/24', ...table } },
    { hub: { allowForwardedTraffic: true } },
  ),
  routes('rt', { '0.0.0.0/0': '10.0.0.4' }),
  publicIp('fw-pip', '198.51.100.20'),
  body('azureFirewalls/fw', {
    ipConfigurations: [
      {
        name: 'one',
        properties: {
          privateIPAddress: '10.0.0.4',
          subnet: subnetRef('hub/AzureFirewallSubnet'),
          publicIPAddress: ref('publicIPAddresses/fw-pip'),
        },
      },
    ],
    applicationRuleCollections: [
      {
        name: 'names',
        properties: {
          priority: 100,
          action: { type: 'Allow' },
          rules: [
            {
              name: 'blob',
              sourceAddresses: ['*'],
              protocols: [{ protocolType: 'Https', port: 443 }],
              targetFqdns: ['*.blob.core.windows.net'],
            },
          ],
        },
      },
    ],
  }),
  storage({
    publicNetworkAccess: 'Disabled',
    primaryEndpoints: { blob: 'https://acct.blob.core.windows.net/' },
  }),
  body('privateEndpoints/pe', {
    subnet: subnetRef('hub/pe'),
    ipConfigurations: [{ name: 'one', properties: { privateIPAddress: '10.0.1.4', groupId: 'blob' } }],
    privateLinkServiceConnections: [
      {
        name: 'one',
        properties: {
          privateLinkServiceId: id('Microsoft.Storage/storageAccounts/acct'),
          groupIds: ['blob'],
          privateLinkServiceConnectionState: { status: 'Approved' },
        },
      },
    ],
  }),
  ...zone('privatelink.blob.core.windows.net', { acct: '10.0.1.4' }, ['hub']),
  nic('vm', 'spoke/s', '10.1.0.4'),
]

/** What the pages leave open about peerings, firewalls, ways out, services and names. */
export const PACKET_DOUBTS: readonly Doubt[] = [
  {
    setting: 'firewall-looks-up-names',
    usual: true,
    about: 'whether a firewall connects to the address it looks up for a name itself, or to the client’s',
    example: {
      bodies: proxied,
      names: { 'acct.privatelink.blob.core.windows.net': '20.60.1.1' },
    },
    from: 'vm',
    to: 'acct.blob.core.windows.net:443',
    told: works,
    whenTrue: 'yes',
    whenFalse: 'no',
  },
  {
    setting: 'inherit-dnat-rules',
    usual: true,
    about: 'DNAT rules of a parent policy count',
    example: { bodies: inheriting },
    from: 'internet',
    to: '198.51.100.20:443',
    told: (answer) => answer.there.at(-1),
    whenTrue: 'web',
    whenFalse: 'fw',
  },
  {
    setting: 'strict-forwarded-traffic',
    usual: false,
    about: 'a peering without allowForwardedTraffic stops what an appliance sends on',
    example: { bodies: spokes },
    from: 'vm-a',
    to: 'vm-b:443',
    told: works,
    whenTrue: 'no',
    whenFalse: 'yes',
  },
  {
    setting: 'strict-network-access',
    usual: false,
    about: 'a peering without allowVirtualNetworkAccess stops what NSGs allow by address',
    example: {
      bodies: [
        vnet(
          'a',
          ['10.1.0.0/16'],
          { s: { addressPrefix: '10.1.0.0/24', ...group } },
          { b: { allowVirtualNetworkAccess: false } },
        ),
        vnet(
          'b',
          ['10.2.0.0/16'],
          { s: { addressPrefix: '10.2.0.0/24', ...group } },
          { a: { allowVirtualNetworkAccess: false } },
        ),
        nsg('n1', ...anything),
        nic('vm-a', 'a/s', '10.1.0.4'),
        nic('vm-b', 'b/s', '10.2.0.4'),
      ],
    },
    from: 'vm-a',
    to: 'vm-b:443',
    told: works,
    whenTrue: 'no',
    whenFalse: 'yes',
  },
  {
    setting: 'instance-address-beats-nat-gateway',
    usual: false,
    about: 'a NIC’s own public address comes before the NAT gateway',
    example: {
      bodies: [
        vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24', natGateway: ref('natGateways/nat') } }),
        publicIp('nat-pip', '20.1.1.1'),
        body(
          'natGateways/nat',
          { publicIpAddresses: [ref('publicIPAddresses/nat-pip')] },
          { sku: { name: 'Standard' } },
        ),
        publicIp('vm-pip', '52.1.1.1'),
        nic('vm', 'v/s', '10.0.1.4', {}, { publicIPAddress: ref('publicIPAddresses/vm-pip') }),
      ],
    },
    from: 'vm',
    to: '8.8.8.8:443',
    told: (answer) => answer.seen,
    whenTrue: '52.1.1.1',
    whenFalse: '20.1.1.1',
  },
  {
    setting: 'trusted-pass-when-public-disabled',
    usual: true,
    about: 'a trusted service passes while public network access is disabled',
    example: {
      bodies: [
        vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
        storage({ publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } }),
        body('Microsoft.Devices/IotHubs/iot', { hostName: 'iot.azure-devices.net' }),
      ],
      names: { 'acct.blob.core.windows.net': '20.60.0.1', 'iot.azure-devices.net': '20.50.0.2' },
    },
    from: 'iot',
    to: 'acct.blob.core.windows.net:443',
    told: works,
    whenTrue: 'yes',
    whenFalse: 'no',
  },
  {
    setting: 'nsg-sees-floating-address',
    usual: false,
    about: 'with a floating IP the NSG of a member sees the frontend’s address',
    example: { bodies: floating },
    from: 'vm',
    to: '10.0.5.100:1433',
    told: works,
    whenTrue: 'no',
    whenFalse: 'yes',
  },
  {
    setting: 'most-specific-zone-decides',
    usual: true,
    about: 'of linked zones that overlap the most specific one decides alone',
    example: {
      bodies: [
        vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
        ...zone('plant.example', { 'db.line1': '10.0.1.9' }, ['v']),
        ...zone('line1.plant.example', { cam: '10.0.1.8' }, ['v']),
        nic('vm', 'v/s', '10.0.1.4'),
        nic('db', 'v/s', '10.0.1.9'),
      ],
    },
    from: 'vm',
    to: 'db.line1.plant.example:443',
    told: (answer) => answer.outcome,
    whenTrue: 'name-not-resolved',
    whenFalse: 'accepted',
  },
  {
    setting: 'default-outbound-when-undefined',
    usual: true,
    about: 'a subnet that does not say so has default outbound access',
    example: {
      bodies: [vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }), nic('vm', 'v/s', '10.0.1.4')],
    },
    from: 'vm',
    to: '8.8.8.8:443',
    told: works,
    whenTrue: 'yes',
    whenFalse: 'no',
  },
]
