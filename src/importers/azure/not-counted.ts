import type { Body } from './estate/body.ts'
import type { Estate } from './estate/estate.ts'
import { childBodies } from './hubs/virtual-hub-connection.ts'

/** Says which settings of the export could change an answer and are left out. */
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
}
