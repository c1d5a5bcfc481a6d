import type { Body } from './estate/body.ts'
import type { Estate } from './estate/estate.ts'
import { childBodies } from './hubs/virtual-hub-connection.ts'

/**
 * Says which settings of the export could change an answer and are left out (Learn: HTTP proxy support in Azure Kubernetes
 * Service; DNS security policy).
 */
export function reportNotCounted(estate: Estate): void {
  const note = (body: Body, key: string, text: string) => estate.report(body.diagnostic('note', 'NT1644', text, key))
  for (const one of estate.ofType('microsoft.network/connections')) {
    if (one.unnoticed().flag('expressRouteGatewayBypass') !== true) continue
    const text = `connection ${one.name} uses FastPath: packets from its circuit do not pass the gateway, so that route tables of GatewaySubnet do not act on them; they are traced through it here`
    note(one, 'expressRouteGatewayBypass', text)
  }
  for (const circuit of estate.ofType('microsoft.network/expressroutecircuits')) {
    for (const peering of childBodies(estate, circuit, 'peerings', 'microsoft.network/expressroutecircuits')) {
      if (peering.text('peeringType')?.toLowerCase() !== 'microsoftpeering') continue
      const text = `circuit ${circuit.name} has Microsoft peering: from the site public addresses of Microsoft's services may be reached over it, with the site's own public addresses; it is not modelled and carries no private endpoint`
      note(peering, 'peeringType', text)
    }
  }
  for (const map of estate.ofType('microsoft.network/virtualhubs/routemaps')) {
    note(map, 'name', `route map ${map.name} of a virtual hub is not modelled: what it changes of routes is missing`)
  }
  for (const cluster of estate.ofType('microsoft.containerservice/managedclusters')) {
    const proxy = cluster.unnoticed().child('httpProxyConfig')
    const address = proxy?.text('httpsProxy') ?? proxy?.text('httpProxy')
    if (!proxy || address === undefined) continue
    const text = `nodes and pods of cluster ${cluster.name} send web requests through the proxy ${withoutSecret(address)}, but for what noProxy lists: here they are traced straight; ask for the proxy's address from a node instead`
    note(cluster, 'httpProxyConfig', text)
  }
  for (const rule of estate.ofType('microsoft.network/dnsresolverpolicies/dnssecurityrules')) {
    const blind = rule.unnoticed()
    const blocks = blind.child('action')?.text('actionType')?.toLowerCase() === 'block'
    if (!blocks || blind.text('dnsSecurityRuleState')?.toLowerCase() === 'disabled') continue
    const text = `DNS security rule ${rule.name} blocks names in the VNets that its policy is linked to (blockpolicy.azuredns.invalid is the answer there): it is not modelled, and such a name is answered here`
    note(rule, 'action', text)
  }
}

/** A proxy's address without the name and password in it. */
function withoutSecret(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//***@')
}
