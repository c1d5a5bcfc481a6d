import type { Body } from './body.ts'
import type { Estate, VirtualNetwork } from './estate.ts'
import { perEstate } from './per-estate.ts'
import { parentId } from './resource-id.ts'

const byVnet = perEstate((estate) => {
  const map = new Map<string, Body[]>()
  const childrenOf = (hub: Body, member: string) => {
    const apart = estate.ofType(`microsoft.network/virtualhubs/${member.toLowerCase()}`)
    return [...hub.children(member), ...apart.filter((one) => parentId(one.id) === hub.id.toLowerCase())]
  }
  for (const hub of estate.ofType('microsoft.network/virtualhubs')) {
    const configurations = childrenOf(hub, 'ipConfigurations')
    const subnets = configurations.map((one) => estate.subnet(one.reference('subnet')))
    const vnet = subnets.find((one) => one !== undefined)?.vnet
    if (!vnet) {
      const message = `virtual hub ${hub.name} (Virtual WAN) is not modelled: what passes through it is missing`
      estate.report(hub.diagnostic('warning', 'NT1624', message, 'name'))
    } else if (childrenOf(hub, 'bgpConnections').length > 0) map.set(vnet.id, [...(map.get(vnet.id) ?? []), hub])
  }
  return map
})

/** The route servers in a VNet that have BGP peers: they put prefixes into its routes that no ARM body holds. */
export function connectedHubs(estate: Estate, vnet: VirtualNetwork): readonly Body[] {
  return byVnet(estate).get(vnet.id) ?? []
}
