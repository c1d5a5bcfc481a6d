import { type AzureClients, type ListOptions, rawBodies, rawList } from './azure-clients.ts'
import { pathOf, type ResourcePlace } from './resource-place.ts'

/** A list of child resources that Resource Graph does not have, or not whole. */
export interface ChildRead {
  /** The type it is below, lower case. */
  readonly parent: string
  /** The type of what is read, lower case. */
  readonly child: string
  /** What it is, in words, before the parent's name: `record sets of private DNS zone`. */
  readonly words: string
  /** The same with the Azure command line tool; `$ID`, `$GROUP` and the like are the parent's. */
  readonly command: string
  readonly read: (clients: AzureClients, place: ResourcePlace) => Promise<object[]>
  /** Which parents have such children at all. Absent = each may. */
  readonly when?: Condition
}

/** A condition on a resource. */
interface Condition {
  readonly holds: (properties: Readonly<Record<string, unknown>>) => boolean
  /** The same for jq, of the whole body. */
  readonly jq: string
}

type Lister = (clients: AzureClients, group: string, names: Names, options: ListOptions) => Pages
type Pages = ReturnType<Parameters<typeof rawBodies>[0]>
type Names = readonly [string, string, string]

const typed = (list: Lister): ChildRead['read'] => {
  return (clients, { resourceGroup, names }) => {
    const [a = '', b = '', c = ''] = names
    return rawBodies((options) => list(clients, resourceGroup, [a, b, c], options))
  }
}

const ZONES = 'microsoft.network/privatednszones'
const RULESETS = 'microsoft.network/dnsforwardingrulesets'
const RESOLVERS = 'microsoft.network/dnsresolvers'
const MANAGERS = 'microsoft.network/networkmanagers'
const HUBS = 'microsoft.network/virtualhubs'
const PERIMETERS = 'microsoft.network/networksecurityperimeters'
const rest = (path: string, version: string) => `pages "$ID/${path}?api-version=${version}"`

// A route server is a virtual hub without a virtual WAN.
const inVirtualWan: Condition = {
  holds: ({ virtualWan }) => virtualWan !== undefined && virtualWan !== null,
  jq: '.properties.virtualWan != null',
}
const isRouteServer: Condition = {
  holds: (properties) => !inVirtualWan.holds(properties),
  jq: '.properties.virtualWan == null',
}

/** Reads with Azure's own packages. */
const TYPED: readonly ChildRead[] = [
  {
    parent: ZONES,
    child: `${ZONES}/recordsets`,
    words: 'record sets of private DNS zone',
    command:
      'az network private-dns record-set list --subscription "$SUBSCRIPTION" --resource-group "$GROUP" --zone-name "$NAME" -o json',
    read: typed(({ privateDns }, group, [zone], options) => privateDns.recordSets.list(group, zone, options)),
  },
  {
    parent: ZONES,
    child: `${ZONES}/virtualnetworklinks`,
    words: 'virtual network links of private DNS zone',
    command: rest('virtualNetworkLinks', '2024-06-01'),
    read: typed(({ privateDns }, group, [zone], options) => privateDns.virtualNetworkLinks.list(group, zone, options)),
  },
  {
    parent: 'microsoft.network/firewallpolicies',
    child: 'microsoft.network/firewallpolicies/rulecollectiongroups',
    words: 'rule collection groups of firewall policy',
    command: rest('ruleCollectionGroups', '2025-05-01'),
    read: typed(({ network }, group, [policy], options) =>
      network.firewallPolicyRuleCollectionGroups.list(group, policy, options),
    ),
  },
  {
    parent: 'microsoft.network/privateendpoints',
    child: 'microsoft.network/privateendpoints/privatednszonegroups',
    words: 'DNS zone groups of private endpoint',
    command: rest('privateDnsZoneGroups', '2025-05-01'),
    read: typed(({ network }, group, [endpoint], options) =>
      network.privateDnsZoneGroups.list(endpoint, group, options),
    ),
  },
  {
    parent: RESOLVERS,
    child: `${RESOLVERS}/inboundendpoints`,
    words: 'inbound endpoints of DNS resolver',
    command: rest('inboundEndpoints', '2022-07-01'),
    read: typed(({ dnsResolver }, group, [name], options) => dnsResolver.inboundEndpoints.list(group, name, options)),
  },
  {
    parent: RESOLVERS,
    child: `${RESOLVERS}/outboundendpoints`,
    words: 'outbound endpoints of DNS resolver',
    command: rest('outboundEndpoints', '2022-07-01'),
    read: typed(({ dnsResolver }, group, [name], options) => dnsResolver.outboundEndpoints.list(group, name, options)),
  },
  {
    parent: RULESETS,
    child: `${RULESETS}/forwardingrules`,
    words: 'forwarding rules of DNS forwarding ruleset',
    command: rest('forwardingRules', '2022-07-01'),
    read: typed(({ dnsResolver }, group, [name], options) => dnsResolver.forwardingRules.list(group, name, options)),
  },
  {
    parent: RULESETS,
    child: `${RULESETS}/virtualnetworklinks`,
    words: 'virtual network links of DNS forwarding ruleset',
    command: rest('virtualNetworkLinks', '2022-07-01'),
    read: typed(({ dnsResolver }, group, [name], options) =>
      dnsResolver.virtualNetworkLinks.list(group, name, options),
    ),
  },
  {
    parent: 'microsoft.compute/virtualmachinescalesets',
    child: 'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces',
    words: 'network interfaces of scale set',
    command: 'az vmss nic list --subscription "$SUBSCRIPTION" --resource-group "$GROUP" --vmss-name "$NAME" -o json',
    read: typed(({ network }, group, [name], options) =>
      network.networkInterfaces.listVirtualMachineScaleSetNetworkInterfaces(group, name, options),
    ),
    // The interfaces of a flexible scale set are ordinary ones, which the query has.
    when: {
      holds: ({ orchestrationMode }) => orchestrationMode !== 'Flexible',
      jq: '.properties.orchestrationMode != "Flexible"',
    },
  },
]

/** Reads of network managers and virtual hubs: lists below lists. */
const NESTED: readonly ChildRead[] = [
  {
    parent: MANAGERS,
    child: `${MANAGERS}/connectivityconfigurations`,
    words: 'connectivity configurations of network manager',
    command: rest('connectivityConfigurations', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.connectivityConfigurations.list(group, name, options)),
  },
  {
    parent: MANAGERS,
    child: `${MANAGERS}/networkgroups`,
    words: 'network groups of network manager',
    command: rest('networkGroups', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.networkGroups.list(group, name, options)),
  },
  {
    parent: `${MANAGERS}/networkgroups`,
    child: `${MANAGERS}/networkgroups/staticmembers`,
    words: 'members of network group',
    command: rest('staticMembers', '2025-05-01'),
    read: typed(({ network }, group, [name, of], options) => network.staticMembers.list(group, name, of, options)),
  },
  {
    parent: MANAGERS,
    child: `${MANAGERS}/securityadminconfigurations`,
    words: 'security admin configurations of network manager',
    command: rest('securityAdminConfigurations', '2025-05-01'),
    read: typed(({ network }, group, [name], options) =>
      network.securityAdminConfigurations.list(group, name, options),
    ),
  },
  {
    parent: `${MANAGERS}/securityadminconfigurations`,
    child: `${MANAGERS}/securityadminconfigurations/rulecollections`,
    words: 'rule collections of security admin configuration',
    command: rest('ruleCollections', '2025-05-01'),
    read: typed(({ network }, group, [name, of], options) =>
      network.adminRuleCollections.list(group, name, of, options),
    ),
  },
  {
    parent: `${MANAGERS}/securityadminconfigurations/rulecollections`,
    child: `${MANAGERS}/securityadminconfigurations/rulecollections/rules`,
    words: 'rules of security admin rule collection',
    command: rest('rules', '2025-05-01'),
    read: typed(({ network }, group, [name, of, collection], options) =>
      network.adminRules.list(group, name, of, collection, options),
    ),
  },
  {
    parent: HUBS,
    child: `${HUBS}/hubvirtualnetworkconnections`,
    words: 'network connections of virtual hub',
    command: rest('hubVirtualNetworkConnections', '2025-05-01'),
    read: typed(({ network }, group, [name], options) =>
      network.hubVirtualNetworkConnections.list(group, name, options),
    ),
    when: inVirtualWan,
  },
  {
    parent: HUBS,
    child: `${HUBS}/hubroutetables`,
    words: 'route tables of virtual hub',
    command: rest('hubRouteTables', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.hubRouteTables.list(group, name, options)),
    when: inVirtualWan,
  },
  {
    parent: HUBS,
    child: `${HUBS}/routingintent`,
    words: 'routing intent of virtual hub',
    command: rest('routingIntent', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.routingIntentOperations.list(group, name, options)),
    when: inVirtualWan,
  },
  {
    parent: HUBS,
    child: `${HUBS}/routemaps`,
    words: 'route maps of virtual hub',
    command: rest('routeMaps', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.routeMaps.list(group, name, options)),
    when: inVirtualWan,
  },
  {
    parent: HUBS,
    child: `${HUBS}/bgpconnections`,
    words: 'BGP connections of virtual hub',
    command: rest('bgpConnections', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.virtualHubBgpConnections.list(group, name, options)),
  },
  {
    parent: HUBS,
    child: `${HUBS}/ipconfigurations`,
    words: 'addresses of virtual hub',
    command: rest('ipConfigurations', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.virtualHubIpConfiguration.list(group, name, options)),
    when: isRouteServer,
  },
  {
    parent: 'microsoft.network/vpngateways',
    child: 'microsoft.network/vpngateways/vpnconnections',
    words: 'connections of VPN gateway',
    command: rest('vpnConnections', '2025-05-01'),
    read: typed(({ network }, group, [name], options) => network.vpnConnections.listByVpnGateway(group, name, options)),
  },
  {
    parent: PERIMETERS,
    child: `${PERIMETERS}/resourceassociations`,
    words: 'resources of network security perimeter',
    command: rest('resourceAssociations', '2025-05-01'),
    read: typed(({ network }, group, [name], options) =>
      network.networkSecurityPerimeterAssociations.list(group, name, options),
    ),
  },
  {
    parent: PERIMETERS,
    child: `${PERIMETERS}/profiles`,
    words: 'profiles of network security perimeter',
    command: rest('profiles', '2025-05-01'),
    read: typed(({ network }, group, [name], options) =>
      network.networkSecurityPerimeterProfiles.list(group, name, options),
    ),
  },
  {
    parent: `${PERIMETERS}/profiles`,
    child: `${PERIMETERS}/profiles/accessrules`,
    words: 'access rules of perimeter profile',
    command: rest('accessRules', '2025-05-01'),
    read: typed(({ network }, group, [name, profile], options) =>
      network.networkSecurityPerimeterAccessRules.list(group, name, profile, options),
    ),
  },
]

/** Reads that no package we use offers as we need them: plain GET. */
const RAW: readonly ChildRead[] = [
  raw('microsoft.machinelearningservices/workspaces', 'outboundRules', '2024-10-01', 'outbound rules of workspace'),
  raw('microsoft.machinelearningservices/workspaces', 'computes', '2024-10-01', 'computes of workspace'),
  raw('microsoft.machinelearningservices/workspaces', 'onlineEndpoints', '2024-10-01', 'online endpoints of workspace'),
  raw('microsoft.machinelearningservices/workspaces', 'batchEndpoints', '2024-10-01', 'batch endpoints of workspace'),
  raw('microsoft.sql/servers', 'firewallRules', '2021-11-01', 'firewall rules of SQL server'),
  raw('microsoft.sql/servers', 'virtualNetworkRules', '2021-11-01', 'virtual network rules of SQL server'),
  raw(
    'microsoft.dbforpostgresql/flexibleservers',
    'firewallRules',
    '2022-12-01',
    'firewall rules of PostgreSQL server',
  ),
  raw('microsoft.dbforpostgresql/servers', 'firewallRules', '2017-12-01', 'firewall rules of PostgreSQL server'),
  raw('microsoft.dbforpostgresql/servers', 'virtualNetworkRules', '2017-12-01', 'VNet rules of PostgreSQL server'),
  raw('microsoft.dbformysql/flexibleservers', 'firewallRules', '2021-05-01', 'firewall rules of MySQL server'),
  raw('microsoft.dbformysql/servers', 'firewallRules', '2017-12-01', 'firewall rules of MySQL server'),
  raw('microsoft.dbformysql/servers', 'virtualNetworkRules', '2017-12-01', 'VNet rules of MySQL server'),
  raw('microsoft.synapse/workspaces', 'firewallRules', '2021-06-01', 'firewall rules of Synapse workspace'),
  raw('microsoft.cache/redis', 'firewallRules', '2023-08-01', 'firewall rules of Azure Cache for Redis'),
  raw('microsoft.web/sites', 'config', '2022-03-01', 'access restrictions of app'),
  raw('microsoft.eventhub/namespaces', 'networkRuleSets', '2024-01-01', 'network rules of Event Hubs namespace'),
  raw('microsoft.relay/namespaces', 'networkRuleSets', '2021-11-01', 'network rules of Relay namespace'),
  raw('microsoft.servicebus/namespaces', 'networkRuleSets', '2021-11-01', 'network rules of Service Bus namespace'),
]

function raw(parent: string, word: string, version: string, words: string): ChildRead {
  return {
    parent,
    child: `${parent}/${word.toLowerCase()}`,
    words,
    command: rest(word, version),
    read: ({ road }, place) => rawList(road, `${pathOf(place)}/${word}`, version),
  }
}

/** Every read below a resource, by what it is below. */
export const CHILD_READS: readonly ChildRead[] = [...TYPED, ...NESTED, ...RAW]
