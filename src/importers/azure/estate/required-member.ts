import type { Body } from './body.ts'
import type { Estate } from './estate.ts'

/** A member without which a body means nothing, as the API's own schema requires it; of several one is enough. */
export interface RequiredMember {
  readonly type: string
  /** The lists and objects on the way from the body, where it is not the body's own. */
  readonly within: readonly string[]
  readonly oneOf: readonly string[]
}

function required(type: string, ...members: readonly string[]): RequiredMember[] {
  return members.map((member) => {
    const path = member.split('.')
    return { type: `microsoft.network/${type}`, within: path.slice(0, -1), oneOf: (path.at(-1) ?? '').split('|') }
  })
}

const RULE = ['access', 'direction', 'priority', 'protocol', 'destinationPortRange|destinationPortRanges']
const ROUTE = ['addressPrefix', 'nextHopType']

/** The members that are required; what is missing is said, and what follows from it is decided where the member is read. */
export const REQUIRED_MEMBERS: readonly RequiredMember[] = [
  ...required('virtualnetworks', 'addressSpace.addressPrefixes|ipamPoolPrefixAllocations'),
  ...required('virtualnetworks', 'subnets.addressPrefix|addressPrefixes|ipamPoolPrefixAllocations'),
  ...required('virtualnetworks/subnets', 'addressPrefix|addressPrefixes|ipamPoolPrefixAllocations'),
  ...required('virtualnetworks', 'virtualNetworkPeerings.remoteVirtualNetwork'),
  ...required('virtualnetworks/virtualnetworkpeerings', 'remoteVirtualNetwork'),
  ...required('networkinterfaces', 'ipConfigurations.subnet', 'ipConfigurations.privateIPAddress'),
  ...required('networksecuritygroups', ...RULE.map((one) => `securityRules.${one}`)),
  ...required('networksecuritygroups/securityrules', ...RULE),
  ...required('routetables', ...ROUTE.map((one) => `routes.${one}`)),
  ...required('routetables/routes', ...ROUTE),
  ...required('virtualnetworkgateways', 'gatewayType', 'ipConfigurations.subnet'),
  ...required('localnetworkgateways', 'localNetworkAddressSpace|bgpSettings'),
  ...required('connections', 'connectionType', 'virtualNetworkGateway1'),
  ...required('loadbalancers', 'loadBalancingRules.protocol', 'loadBalancingRules.frontendPort'),
  ...required('natgateways', 'publicIpAddresses|publicIpPrefixes|publicIpAddressesV6'),
  ...required('privateendpoints', 'subnet', 'privateLinkServiceConnections|manualPrivateLinkServiceConnections'),
  ...required('privatednszones/virtualnetworklinks', 'virtualNetwork'),
  ...required('dnsforwardingrulesets/forwardingrules', 'domainName', 'targetDnsServers'),
  ...required('dnsforwardingrulesets/virtualnetworklinks', 'virtualNetwork'),
]

/** Says which bodies lack a member that nothing can stand in for. */
export function reportMissingMembers(estate: Estate): void {
  for (const { type, within, oneOf } of REQUIRED_MEMBERS) {
    for (const body of estate.ofType(type)) {
      for (const holder of partsOf(body.unnoticed(), within)) {
        if (oneOf.some((key) => holder.has(key))) continue
        const what = [...within, oneOf.join(' or ')].join('.')
        const message = `${holder.name === '' ? body.name : holder.name} has no ${what}: what it would decide is not known`
        estate.report(holder.diagnostic('warning', 'NT1636', message))
      }
    }
  }
}

function partsOf(body: Body, path: readonly string[]): readonly Body[] {
  const [key, ...rest] = path
  if (key === undefined) return [body]
  const value = body.raw(key)
  const parts = Array.isArray(value) ? body.children(key) : [body.child(key)].filter((one) => one !== undefined)
  return parts.flatMap((one) => partsOf(one, rest))
}
