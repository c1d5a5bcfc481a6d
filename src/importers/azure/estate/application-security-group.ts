import { type AddressSet, addressesOfPrefixes, hostPrefix, NO_ADDRESS, type Prefix } from '../../../net/index.ts'
import type { Estate } from './estate.ts'
import { nicConfigurations } from './nic-configuration.ts'
import { perEstate } from './per-estate.ts'
import { endpointConnections } from './private-endpoint-connection.ts'

const members = perEstate((estate) => {
  const prefixes = new Map<string, Prefix[]>()
  const add = (groups: readonly string[], member: Prefix) => {
    for (const group of groups) prefixes.set(group, [...(prefixes.get(group) ?? []), member])
  }
  for (const one of nicConfigurations(estate)) {
    add(one.body.references('applicationSecurityGroups'), hostPrefix(one.ip))
  }
  for (const endpoint of endpointConnections(estate)) {
    const groups = endpoint.body.references('applicationSecurityGroups')
    for (const member of groups.length > 0 ? endpoint.members : []) add(groups, hostPrefix(member.ip))
  }
  return new Map([...prefixes].map(([group, list]) => [group, addressesOfPrefixes(list)]))
})

/** The addresses of the NICs and private endpoints in an application security group, by its lower-case id. */
export function applicationSecurityGroup(estate: Estate, id: string): AddressSet {
  return members(estate).get(id) ?? NO_ADDRESS
}
