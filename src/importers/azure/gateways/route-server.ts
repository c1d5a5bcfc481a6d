import type { Body } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { isWanHub } from '../hubs/virtual-hub-network.ts'

const byVnet = perEstate((estate) => {
  const map = new Map<string, Body[]>()
  const childrenOf = (hub: Body, member: string) => {
    const apart = estate.ofType(`microsoft.network/virtualhubs/${member.toLowerCase()}`)
    return [...hub.children(member), ...apart.filter((one) => parentId(one.id) === hub.id.toLowerCase())]
  }
  for (const hub of estate.ofType('microsoft.network/virtualhubs')) {
    if (isWanHub(hub)) continue
    const configurations = childrenOf(hub, 'ipConfigurations')
    const subnets = configurations.map((one) => estate.subnet(one.reference('subnet')))
    const vnet = subnets.find((one) => one !== undefined)?.vnet
    if (!vnet) {
      const message = `route server ${hub.name} stands in a subnet that is not in the export: what it announces is missing`
      estate.report(hub.diagnostic('warning', 'NT1624', message, 'name'))
    } else if (childrenOf(hub, 'bgpConnections').length > 0) map.set(vnet.id, [...(map.get(vnet.id) ?? []), hub])
  }
  return map
})

/** The route servers in a VNet that have BGP peers: they put prefixes into its routes that no ARM body holds. */
export function connectedHubs(estate: Estate, vnet: VirtualNetwork): readonly Body[] {
  return byVnet(estate).get(vnet.id) ?? []
}
