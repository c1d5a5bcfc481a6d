import type { Diagnostic, ServiceTags, Source } from '../../../model/index.ts'
import type { AddressSet, Ip, Prefix } from '../../../net/index.ts'
import type { Body } from './body.ts'
import type { AzureSettings } from './settings.ts'
import type { UnreadList } from './unread-list.ts'

/** A subnet, with its VNet and what is attached to it. Ids are lower case. */
export interface Subnet {
  readonly id: string
  readonly name: string
  readonly vnet: VirtualNetwork
  readonly prefixes: readonly Prefix[]
  readonly body: Body
  /** The NSG and route table bodies attached to it, when the estate holds them. */
  readonly securityGroup?: Body
  readonly routeTable?: Body
  /** `privateEndpointNetworkPolicies`; absent in the body = `Disabled`. */
  readonly endpointPolicy: 'Disabled' | 'Enabled' | 'NetworkSecurityGroupEnabled' | 'RouteTableEnabled'
  /** The name of the device that is this subnet's fabric: `vnet-ml/snet-train`. */
  readonly fabric: string
  /**
   * The name of the fabric that private endpoints in this subnet answer through: the subnet's system routes without
   * its route table (Learn: Inspect traffic destined to a private endpoint).
   */
  readonly endpointFabric: string
}

/** A VNet. Ids are lower case. */
export interface VirtualNetwork {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly prefixes: readonly Prefix[]
  readonly body: Body
  readonly subnets: readonly Subnet[]
  readonly peerings: readonly Peering[]
  /** Addresses in `dhcpOptions.dnsServers`; empty = Azure-provided DNS. */
  readonly dnsServers: readonly { readonly ip: Ip; readonly source: Source }[]
  /** The list holds something that cannot be read, so that nobody can say who is asked first. */
  readonly dnsServersUnread?: true
  /** The name of the link that is this VNet's segment. */
  readonly segment: string
  /** The name of the device that answers on 168.63.129.16 in this VNet. */
  readonly resolver: string
}

/** One side of a peering. */
export interface Peering {
  readonly name: string
  readonly body: Body
  readonly connected: boolean
  readonly remoteId: string
  /** What the peering object last synced, else the remote VNet's address space. */
  readonly remotePrefixes: readonly Prefix[]
  readonly allowsAccess: boolean
  readonly allowsForwarded: boolean
  readonly allowsGatewayTransit: boolean
  readonly usesRemoteGateways: boolean
}

/** Everything the Azure importer knows, indexed: what its parts share. */
export interface Estate {
  readonly bodies: readonly Body[]
  /** Rows Azure printed: of learned routes, whose owner their `localAddress` says, and of what is in force at a network interface (`effectiveAnswers`). */
  readonly printedRows: readonly Body[]
  /** Lists an import could not read: what is not in the export may be in one of them. */
  readonly unread: readonly UnreadList[]
  readonly vnets: readonly VirtualNetwork[]
  /** By lower-case id. */
  readonly subnets: ReadonlyMap<string, Subnet>
  readonly tags: ServiceTags | undefined
  readonly settings: AzureSettings
  /** What was reported so far; it grows. */
  readonly diagnostics: readonly Diagnostic[]
  /** The bodies of a type, for example `microsoft.network/azurefirewalls` (lower case), in file order. */
  ofType(type: string): readonly Body[]
  /** The body of an id, any case. */
  byId(id: string | undefined): Body | undefined
  vnet(id: string | undefined): VirtualNetwork | undefined
  /** The subnet that an address of a NIC, frontend or endpoint is in, by the reference's id. */
  subnet(id: string | undefined): Subnet | undefined
  /** The public address of a publicIPAddresses id; `undefined` when it is unknown or not allocated. */
  publicIp(id: string | undefined): Ip | undefined
  /** The private addresses of a network interface's id, in order. */
  nicAddresses(id: string | undefined): readonly Ip[]
  /** A name for a device made of a body, unique in the estate: its own name, else `resource-group/name`. */
  deviceName(body: Body): string
  /** A service tag's addresses, any case; `undefined` when the list was not read or does not hold it. */
  tag(name: string): AddressSet | undefined
  report(diagnostic: Diagnostic): void
}
