import type { Body } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'
import { isWanHub } from '../hubs/virtual-hub-network.ts'

interface RouteServer {
  readonly body: Body
  readonly hasPeers: boolean
}

const byVnet = perEstate((estate) => {
  const map = new Map<string, RouteServer[]>()
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
      continue
    }
    const found = { body: hub, hasPeers: childrenOf(hub, 'bgpConnections').length > 0 }
    map.set(vnet.id, [...(map.get(vnet.id) ?? []), found])
  }
  return map
})

/** The route servers in a VNet that have BGP peers: they put prefixes into its routes that no ARM body holds. */
export function connectedHubs(estate: Estate, vnet: VirtualNetwork): readonly Body[] {
  const all = byVnet(estate).get(vnet.id) ?? []
  return all.filter((one) => one.hasPeers).map((one) => one.body)
}

/**
 * Whether a route server in a VNet lets its gateways learn from each other, absent counting as no; `undefined` = it does
 * not say (Learn: What is Azure Route Server?).
 */
export function branchToBranch(estate: Estate, vnet: VirtualNetwork): boolean | undefined {
  const all = (byVnet(estate).get(vnet.id) ?? []).map((one) => one.body)
  if (all.some((one) => one.flag('allowBranchToBranchTraffic') === true)) return true
  return all.some((one) => one.isDoubtful('allowBranchToBranchTraffic')) ? undefined : false
}
