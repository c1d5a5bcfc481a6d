import { expect, test } from 'vitest'
import { makeEstate } from '../../../src/importers/azure/make-estate.ts'
import { readAzure } from '../../../src/importers/azure/read.ts'
import { networkGroupMembers } from '../../../src/importers/azure/routes/network-group.ts'

const RG = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network'
const GROUP = `${RG}/networkManagers/avnm/networkGroups/spokes`
const vnet = (name: string) => ({
  id: `${RG}/virtualNetworks/${name}`,
  name,
  type: 'Microsoft.Network/virtualNetworks',
  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
})
const staticMember = {
  id: `${GROUP}/staticMembers/one`,
  name: 'one',
  type: 'Microsoft.Network/networkManagers/networkGroups/staticMembers',
  properties: { resourceId: `${RG}/virtualNetworks/a` },
}
const membership = (name: string) => ({
  id: `${RG}/virtualNetworks/${name}/providers/Microsoft.Network/networkGroupMemberships/default`,
  name: 'default',
  type: 'microsoft.network/networkgroupmemberships',
  properties: { GroupMemberships: [{ NetworkGroupId: GROUP.toUpperCase() }] },
})

// Learn: View applied Azure Virtual Network Manager configurations, network group membership.
test('a network group has its static members and those that Azure Policy put there, each once', () => {
  const bodies = [vnet('a'), vnet('b'), vnet('c'), staticMember, membership('a'), membership('b')]
  const read = readAzure([{ path: 'azure.json', text: JSON.stringify(bodies) }])
  const members = networkGroupMembers(makeEstate(read.bodies, undefined), GROUP)
  expect(members.map((one) => one.name)).toEqual(['a', 'b'])
})
