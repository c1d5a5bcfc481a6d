import type { Body } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'

const members = perEstate((estate) => {
  const groups = new Map<string, VirtualNetwork[]>()
  for (const body of estate.ofType('microsoft.network/networkmanagers/networkgroups/staticmembers')) {
    const vnet = estate.vnet(body.text('resourceId'))
    const group = groups.get(parentId(body.id)) ?? []
    if (vnet) group.push(vnet)
    groups.set(parentId(body.id), group)
  }
  return groups
})

/** The VNets that are static members of a network group (Azure Virtual Network Manager), by the group's id. */
export function networkGroupMembers(estate: Estate, id: string | undefined): readonly VirtualNetwork[] {
  return members(estate).get(id?.toLowerCase() ?? '') ?? []
}

/** A mesh of VNets that a connectivity configuration makes: every member reaches every other directly. */
export interface ConnectedGroup {
  readonly body: Body
  readonly members: readonly VirtualNetwork[]
}

const groups = perEstate((estate) => {
  const byVnet = new Map<string, ConnectedGroup[]>()
  for (const body of estate.ofType('microsoft.network/networkmanagers/connectivityconfigurations')) {
    const mesh = body.text('connectivityTopology')?.toLowerCase() === 'mesh'
    for (const applied of body.children('appliesToGroups')) {
      if (!mesh && applied.text('groupConnectivity')?.toLowerCase() !== 'directlyconnected') continue
      addGroup(byVnet, body, networkGroupMembers(estate, applied.text('networkGroupId')), isGlobal(applied, body))
    }
  }
  return byVnet
})

function isGlobal(applied: Body, body: Body): boolean {
  return (applied.flag('isGlobal') ?? body.flag('isGlobal')) === true
}

function addGroup(
  byVnet: Map<string, ConnectedGroup[]>,
  body: Body,
  vnets: readonly VirtualNetwork[],
  global: boolean,
): void {
  for (const vnet of vnets) {
    const reached = vnets.filter((one) => one !== vnet && (global || one.location === vnet.location))
    const list = byVnet.get(vnet.id) ?? []
    list.push({ body, members: reached })
    byVnet.set(vnet.id, list)
  }
}

/** The connected groups a VNet is in, each with the other members (of its region, unless the group is global). */
export function connectedGroupsOf(estate: Estate, vnet: VirtualNetwork): readonly ConnectedGroup[] {
  return groups(estate).get(vnet.id) ?? []
}
