import {
  body,
  type Json,
  nic,
  type Properties,
  publicIp,
  ref,
  routes,
  subnetRef,
  vnet,
} from '../../importers/azure/arm.ts'
import type { Example } from './asked.ts'

/** A rule collection of a policy; DNAT makes it one of DNAT rules. */
export const collection = (name: string, priority: Json, action: string, rules: Json): Json => ({
  ruleCollectionType: action === 'DNAT' ? 'FirewallPolicyNatRuleCollection' : 'FirewallPolicyFilterRuleCollection',
  name,
  priority,
  action: { type: action },
  rules,
})

/** A network rule for TCP to some ports, from everywhere to everywhere. */
export const network = (ports: string, extra: Properties = {}): Json => ({
  ruleType: 'NetworkRule',
  name: `net-${ports}`,
  ipProtocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: ['*'],
  destinationPorts: ports.split(','),
  ...extra,
})

/** An application rule for one name, HTTPS unless another protocol is given. */
export const application = (
  fqdn: string,
  protocol: Json = { protocolType: 'Https', port: 443 },
  extra: Properties = {},
): Json => ({
  ruleType: 'ApplicationRule',
  name: `app-${fqdn}`,
  sourceAddresses: ['10.0.0.0/16'],
  protocols: [protocol],
  targetFqdns: [fqdn],
  ...extra,
})

/** A DNAT rule from port 443 of the firewall to 10.0.1.4. */
export const dnat = (name: string, extra: Properties = {}): Json => ({
  ruleType: 'NatRule',
  name,
  ipProtocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: ['198.51.100.20'],
  destinationPorts: ['443'],
  translatedAddress: '10.0.1.4',
  translatedPort: '443',
  ...extra,
})

/** A rule collection group of a policy. */
export const group = (policy: string, name: string, priority: Json, collections: Json): Json =>
  body(`firewallPolicies/${policy}/ruleCollectionGroups/${name}`, { priority, ruleCollections: collections })

/** One group with one network collection that allows some ports. */
export const allowing = (ports = '443', extra: Properties = {}): Json[] => [
  group('policy', 'g', 200, [collection('net', 100, 'Allow', [network(ports, extra)])]),
]

/** What an example about a firewall changes. */
interface Around {
  readonly firewall?: Properties
  readonly configuration?: Properties
  readonly firewallSubnet?: Properties
  readonly hubSubnets?: Readonly<Record<string, Properties>>
  readonly spokeDns?: readonly string[]
  readonly names?: Readonly<Record<string, Json>>
}

/** A spoke whose traffic goes to a firewall in its hub. */
export function behind(
  policy: Properties | undefined,
  groups: readonly Json[],
  more: readonly Json[] = [],
  around: Around = {},
): Example {
  const spokeDns = around.spokeDns ? { dhcpOptions: { dnsServers: around.spokeDns } } : {}
  return {
    bodies: [
      vnet(
        'hub',
        ['10.100.0.0/16'],
        { AzureFirewallSubnet: { addressPrefix: '10.100.0.0/26', ...around.firewallSubnet }, ...around.hubSubnets },
        { spoke: { allowForwardedTraffic: true } },
      ),
      vnet(
        'spoke',
        ['10.0.0.0/16'],
        {
          s: { addressPrefix: '10.0.1.0/24', routeTable: ref('routeTables/rt') },
          pe: { addressPrefix: '10.0.2.0/24' },
        },
        { hub: { allowForwardedTraffic: true } },
        spokeDns,
      ),
      routes('rt', { '0.0.0.0/0': '10.100.0.4' }),
      publicIp('fw-pip', '198.51.100.20'),
      body('azureFirewalls/fw', {
        firewallPolicy: ref('firewallPolicies/policy'),
        ipConfigurations: [
          {
            name: 'one',
            properties: {
              privateIPAddress: '10.100.0.4',
              subnet: subnetRef('hub/AzureFirewallSubnet'),
              publicIPAddress: ref('publicIPAddresses/fw-pip'),
              ...around.configuration,
            },
          },
        ],
        ...around.firewall,
      }),
      ...(policy ? [body('firewallPolicies/policy', policy)] : []),
      ...groups,
      nic('vm', 'spoke/s', '10.0.1.4'),
      ...more,
    ],
    names: { 'google.com': '142.250.1.1', 'plant.example': '192.0.2.10', ...around.names },
  }
}
