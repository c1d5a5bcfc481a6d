import type { Diagnostic } from '../../../model/index.ts'
import { type Prefix, parsePrefix } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Subnet, VirtualNetwork } from '../estate/estate.ts'

/** Whether a virtualHubs body is a hub of a Virtual WAN and no route server, which is one in a subnet. */
export function isWanHub(body: Body): boolean {
  if (body.text('kind')?.toLowerCase() === 'routeserver') return false
  return body.has('virtualWan') || body.has('addressPrefix')
}

/**
 * The managed network inside a hub of a Virtual WAN, as a VNet without subnets of the customer's: its firewall stands in
 * it, and no private zone can be linked to it.
 */
export function hubNetworks(bodies: readonly Body[], report: (diagnostic: Diagnostic) => void): VirtualNetwork[] {
  return bodies.filter(isWanHub).map((body): VirtualNetwork => {
    const text = body.text('addressPrefix')
    const prefix: Prefix | undefined = text === undefined ? undefined : parsePrefix(text)
    if (!prefix) report(body.diagnostic('warning', 'NT1602', `virtual hub ${body.name} has no address prefix`, 'name'))
    return {
      id: body.id.toLowerCase(),
      name: body.name,
      location: (body.text('location') ?? '').toLowerCase().replaceAll(' ', ''),
      prefixes: prefix ? [prefix] : [],
      body,
      subnets: [],
      peerings: [],
      dnsServers: [],
      segment: body.name,
      resolver: `azure-dns/${body.name}`,
    }
  })
}

/** Where a secured hub's firewall stands; its fabric is the hub behind the firewall. */
export function hubFirewallSubnet(network: VirtualNetwork): Subnet {
  const fabric = `${network.segment}/behind-firewall`
  return {
    id: `${network.id}/azurefirewallsubnet`,
    name: 'AzureFirewallSubnet',
    vnet: network,
    prefixes: network.prefixes,
    body: network.body,
    endpointPolicy: 'Disabled',
    fabric,
    endpointFabric: fabric,
  }
}
