import { type Managed, type Members, placed, resource } from './managed-network-resource.ts'
import { type TagRule, tagRules } from './managed-network-tag.ts'

/** The outbound rules as an NSG, which is enough while no rule names a host. */
export function securityGroupOf(managed: Managed): Members {
  const rule = (one: TagRule, index: number) => ({
    name: one.name,
    properties: {
      priority: 100 + index,
      direction: 'Outbound',
      access: one.access,
      protocol: one.protocol,
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefixes: one.to,
      destinationPortRanges: one.ports,
    },
  })
  const rest = { name: 'everything else', to: ['Internet'], protocol: '*', ports: ['*'], access: 'Deny' }
  const name = `managed network of ${managed.workspace.name}`
  const securityRules = [...tagRules(managed), rest].map((one: TagRule, index) =>
    placed(managed, rule(one, index), one.body),
  )
  return resource(managed.workspace, 'networkSecurityGroups', 'nsg', name, { securityRules })
}
