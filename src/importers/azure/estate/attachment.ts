import type { VirtualNetwork } from './estate.ts'

/**
 * How an interface says which link it is on: by its name. `vnet:<segment>` and `peering:<segment>` are ends of the
 * VNet's link of that name, `internet` of the link `internet`; the interface `vnet` of a subnet's fabric is on the
 * link of the fabric's own VNet. Every other interface (a tunnel's near end) is on no link of the importer's.
 */
export const INTERNET = 'internet'

/** The interface name of a device (a NIC, a private endpoint, a firewall) that stands on a VNet's link. */
export function onSegment(vnet: VirtualNetwork): string {
  return `vnet:${vnet.segment}`
}

/** The interface name of a fabric that reaches over a peering into the remote VNet's link. */
export function overPeering(remote: VirtualNetwork): string {
  return `peering:${remote.segment}`
}

/** The link an interface name means, for a device of no VNet's fabric; `undefined` = no link of ours. */
export function linkOf(interfaceName: string): string | undefined {
  if (interfaceName === INTERNET) return INTERNET
  const match = /^(?:vnet|peering):(.+)$/.exec(interfaceName)
  return match?.[1]
}

/** The interface of a subnet's fabric on the link of its own VNet. */
export const FABRIC_VNET = 'vnet'
