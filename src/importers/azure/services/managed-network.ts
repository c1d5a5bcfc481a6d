import { Body } from '../estate/body.ts'
import { typeOf } from '../estate/resource-id.ts'
import { ADDRESSES, COMPUTE, ENDPOINTS, FIREWALL } from './managed-network-address.ts'
import { endpointsOf } from './managed-network-endpoint.ts'
import { firewallOf } from './managed-network-firewall.ts'
import {
  idOf,
  type Managed,
  type Members,
  type Places,
  resource,
  standsAt,
  subnetId,
} from './managed-network-resource.ts'
import { outboundRules } from './managed-network-rule.ts'
import { securityGroupOf } from './managed-network-security-group.ts'

/**
 * The managed networks of machine learning workspaces as the resources Azure makes for them and no export lists: a VNet
 * without peerings, its outbound rules as an NSG (as a firewall once a rule names a host), private endpoints and zones.
 * What runs there is `<workspace>/managed-compute` (Learn: Workspace managed virtual network isolation). Their
 * addresses are stand-ins, alike for every workspace, as nothing else reaches them.
 */
export function managedNetworkBodies(bodies: readonly Body[]): Body[] {
  const byId = new Map(bodies.map((one) => [one.id.toLowerCase(), one]))
  const workspaces = bodies.filter((one) => typeOf(one) === 'microsoft.machinelearningservices/workspaces')
  return workspaces.flatMap((workspace, index) => {
    const network = workspace.child('managedNetwork')
    const mode = network?.text('isolationMode')?.toLowerCase()
    if (!network || (mode !== 'allowinternetoutbound' && mode !== 'allowonlyapprovedoutbound')) return []
    const rules = outboundRules(bodies, workspace, network)
    const places: Places = new Map()
    const approvedOnly = mode === 'allowonlyapprovedoutbound'
    const made = resourcesOf({ workspace, rules, byId, approvedOnly, index, places })
    const document = standsAt(workspace, places)
    return made.map((one) => new Body(document, workspace.file, one))
  })
}

function resourcesOf(managed: Managed): Members[] {
  const { workspace, rules, approvedOnly } = managed
  const names = approvedOnly ? rules.filter((one) => one.type === 'fqdn') : []
  const network = networkOf(managed, names.length > 0)
  const guards = !approvedOnly ? [] : names.length > 0 ? firewallOf(managed, names) : [securityGroupOf(managed)]
  const name = `${workspace.name}/managed-compute`
  const compute = resource(workspace, 'networkInterfaces', 'managed-compute', name, {
    ipConfigurations: [
      {
        name: 'one',
        properties: { privateIPAddress: COMPUTE.address, subnet: { id: subnetId(workspace, 'compute') } },
      },
    ],
  })
  return [network, compute, ...guards, ...endpointsOf(managed)]
}

function networkOf({ workspace, approvedOnly }: Managed, hasFirewall: boolean): Members {
  const group =
    approvedOnly && !hasFirewall
      ? { networkSecurityGroup: { id: idOf(workspace, 'networkSecurityGroups', 'nsg') } }
      : {}
  const table = hasFirewall ? { routeTable: { id: idOf(workspace, 'routeTables', 'rt') } } : {}
  const subnet = (name: string, addressPrefix: string, more: Members = {}) => ({
    id: subnetId(workspace, name),
    name,
    properties: { addressPrefix, defaultOutboundAccess: true, ...more },
  })
  return resource(workspace, 'virtualNetworks', 'vnet', `${workspace.name}/managed-network`, {
    addressSpace: { addressPrefixes: [ADDRESSES] },
    subnets: [
      subnet('compute', COMPUTE.range, { ...group, ...table }),
      ...(hasFirewall ? [subnet('AzureFirewallSubnet', FIREWALL.range)] : []),
      subnet('endpoints', ENDPOINTS.range),
    ],
  })
}
