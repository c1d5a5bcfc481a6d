import { FIREWALL } from './managed-network-address.ts'
import { idOf, type Managed, type Members, placed, resource, subnetId } from './managed-network-resource.ts'
import type { OutboundRule } from './managed-network-rule.ts'
import { tagRules } from './managed-network-tag.ts'

/** The outbound rules as a firewall, with the route that leads to it: a rule names a host. */
export function firewallOf(managed: Managed, names: readonly OutboundRule[]): Members[] {
  const { workspace, index } = managed
  const collection = (name: string, priority: number, type: string, rules: readonly Members[]) => ({
    name,
    properties: { priority, action: { type }, rules },
  })
  const network = tagRules(managed).map((one) => {
    const made = {
      name: one.name,
      allow: one.access.toLowerCase() !== 'deny',
      protocols: one.protocol === '*' ? ['Any'] : [one.protocol.toUpperCase()],
      sourceAddresses: ['*'],
      destinationAddresses: one.to,
      destinationPorts: one.ports,
    }
    return placed(managed, made, one.body)
  })
  const protocols = [
    { protocolType: 'Http', port: 80 },
    { protocolType: 'Https', port: 443 },
  ]
  const outside = idOf(workspace, 'publicIPAddresses', 'pip')
  return [
    resource(workspace, 'routeTables', 'rt', `routes of the managed network of ${workspace.name}`, {
      routes: [
        {
          name: 'to the firewall',
          properties: {
            addressPrefix: '0.0.0.0/0',
            nextHopType: 'VirtualAppliance',
            nextHopIpAddress: FIREWALL.address,
          },
        },
      ],
    }),
    resource(workspace, 'publicIPAddresses', 'pip', 'stand-in', { ipAddress: `198.19.255.${index + 1}` }),
    resource(workspace, 'azureFirewalls', 'fw', `${workspace.name}/managed-firewall`, {
      ipConfigurations: [
        {
          name: 'one',
          properties: {
            privateIPAddress: FIREWALL.address,
            subnet: { id: subnetId(workspace, 'AzureFirewallSubnet') },
            publicIPAddress: { id: outside },
          },
        },
      ],
      networkRuleCollections: [
        collection(
          'denied service tags',
          100,
          'Deny',
          network.filter((one) => !one.allow),
        ),
        collection(
          'service tags',
          200,
          'Allow',
          network.filter((one) => one.allow),
        ),
      ],
      applicationRuleCollections: [
        collection(
          'names',
          300,
          'Allow',
          names.map((one) => {
            const targetFqdns = one.body.texts('destination')
            return placed(managed, { name: one.name, sourceAddresses: ['*'], protocols, targetFqdns }, one.body)
          }),
        ),
      ],
    }),
  ]
}
