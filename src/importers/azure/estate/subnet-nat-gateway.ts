import type { Estate, Subnet } from './estate.ts'
import { perEstate } from './per-estate.ts'

const ofNetworks = perEstate((estate) => {
  const ids = new Map<string, string>()
  for (const body of estate.ofType('microsoft.network/natgateways')) {
    const vnet = estate.vnet(body.reference('sourceVirtualNetwork'))
    if (vnet) ids.set(vnet.id, body.id.toLowerCase())
  }
  return ids
})

/**
 * The lower-case id of the NAT gateway that a subnet uses, in the export or not: its own, else the one of its whole VNet,
 * which a StandardV2 NAT gateway names as `sourceVirtualNetwork` (Learn: Microsoft.Network natGateways; that the subnet's own
 * comes first is taken for granted). GatewaySubnet can have none (Learn: Azure NAT Gateway resource).
 */
export function natGatewayIdOf(estate: Estate, { body, name, vnet }: Subnet): string | undefined {
  const own = body.reference('natGateway')
  return own ?? (name.toLowerCase() === 'gatewaysubnet' ? undefined : ofNetworks(estate).get(vnet.id))
}
