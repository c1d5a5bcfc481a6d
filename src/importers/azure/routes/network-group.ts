import type { Body } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { parentId } from '../estate/resource-id.ts'

const members = perEstate((estate) => {
  const groups = new Map<string, Set<VirtualNetwork>>()
  const add = (group: string | undefined, vnet: VirtualNetwork | undefined) => {
    if (group !== undefined && vnet) groups.set(group, (groups.get(group) ?? new Set()).add(vnet))
  }
  for (const body of estate.ofType('microsoft.network/networkmanagers/networkgroups/staticmembers')) {
    add(parentId(body.id), estate.vnet(body.text('resourceId')))
  }
  for (const body of estate.ofType('microsoft.network/networkgroupmemberships')) {
    const vnet = estate.vnet(extended(body.id))
    for (const one of body.children('GroupMemberships')) add(one.text('NetworkGroupId')?.toLowerCase(), vnet)
  }
  return new Map([...groups].map(([id, vnets]) => [id, [...vnets]] as const))
})

/** What an extension is put onto: `<VNet>/providers/Microsoft.Network/networkGroupMemberships/default` says of a VNet. */
function extended(id: string): string {
  return id.slice(0, Math.max(0, id.toLowerCase().lastIndexOf('/providers/')))
}

/**
 * The VNets in a network group (Azure Virtual Network Manager), by the group's id: its static members, and those that Azure
 * Policy put there, where the export holds memberships (Learn: View applied Azure Virtual Network Manager configurations).
 */
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
