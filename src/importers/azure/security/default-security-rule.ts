import { type Action, ANY, allOf, implied, type Match, type Rule } from '../../../model/index.ts'
import { addressesOfPrefixes } from '../../../net/index.ts'
import { PLATFORM_ADDRESS } from '../estate/address-space.ts'
import { inVirtualNetwork, type SubnetTags } from './address-tag.ts'

const SOURCE = implied('a default rule of every NSG (Learn: Network security groups, "Default security rules")')

function rule(priority: number, name: string, match: Match, action: Action, comment?: string): Rule {
  return { name: `rule ${priority} ${name}`, match, action, source: SOURCE, ...(comment !== undefined && { comment }) }
}

/** The three rules at the end of each side of an NSG, for one whose export does not print them. */
export function defaultRules(direction: 'inbound' | 'outbound', tags: SubnetTags): readonly Rule[] {
  const within = allOf(inVirtualNetwork(tags, 'source'), inVirtualNetwork(tags, 'destination'))
  const accept: Action = { kind: 'accept' }
  if (direction === 'inbound') {
    const balancer: Match = { kind: 'source', in: addressesOfPrefixes([PLATFORM_ADDRESS]) }
    return [
      rule(65000, 'AllowVnetInBound', within, accept, tags.everything),
      rule(65001, 'AllowAzureLoadBalancerInBound', balancer, accept),
      rule(65500, 'DenyAllInBound', ANY, { kind: 'drop' }),
    ]
  }
  return [
    rule(65000, 'AllowVnetOutBound', within, accept, tags.everything),
    rule(65001, 'AllowInternetOutBound', { kind: 'destination', in: tags.internet }, accept),
    rule(65500, 'DenyAllOutBound', ANY, { kind: 'drop' }),
  ]
}
