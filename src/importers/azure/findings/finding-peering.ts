import { parseIp, prefixContains } from '../../../net/index.ts'
import type { Estate, Peering, VirtualNetwork } from '../estate/estate.ts'
import { peeringTo, peersOf } from '../estate/peering.ts'

/** Peerings of a hub that keep from its spokes what a hub is for. */
export function reportPeeringFindings(estate: Estate): void {
  for (const hub of estate.vnets) {
    const spokes = peersOf(estate, hub).flatMap(({ peering, remote }) => (remote ? [{ peering, remote }] : []))
    const back = spokes.flatMap(({ peering, remote }) => {
      const other = peeringTo(remote, hub)
      return other ? [{ peering, remote, other }] : []
    })
    reportTransit(estate, hub, back)
    reportForwarding(estate, hub, back)
  }
}

interface Spoke {
  readonly remote: VirtualNetwork
  /** The hub's side and the spoke's. */
  readonly peering: Peering
  readonly other: Peering
}

/** (Learn: Configure VPN gateway transit for virtual network peering.) */
function reportTransit(estate: Estate, hub: VirtualNetwork, spokes: readonly Spoke[]): void {
  if (!hub.subnets.some((one) => one.name.toLowerCase() === 'gatewaysubnet')) return
  for (const { remote, peering, other } of spokes) {
    if (remote.subnets.some((one) => one.name.toLowerCase() === 'gatewaysubnet')) continue
    // A VNet uses the gateway of one peer only.
    if (remote.peerings.some((one) => one.usesRemoteGateways && (one !== other || peering.allowsGatewayTransit)))
      continue
    if (doubtful(peering, 'allowGatewayTransit') || doubtful(other, 'useRemoteGateways')) continue
    const flags = [
      peering.allowsGatewayTransit ? '' : `allowGatewayTransit of ${peering.name} is false`,
      other.usesRemoteGateways ? '' : `useRemoteGateways of ${other.name} is false`,
    ].filter((one) => one !== '')
    const message = `VNet ${remote.name} does not use the gateway of ${hub.name}: ${flags.join(' and ')}; sites behind it are not reached from there nor reach it`
    estate.report({ ...other.body.diagnostic('note', 'NT1783', message, 'useRemoteGateways'), finding: true })
  }
}

/** A spoke whose route leads to an appliance in the hub, and that takes nothing the hub forwards. */
function reportForwarding(estate: Estate, hub: VirtualNetwork, spokes: readonly Spoke[]): void {
  const routed = spokes.filter(({ remote }) => usesApplianceIn(remote, hub))
  if (routed.length < 2) return
  for (const { remote, other } of routed) {
    if (other.allowsForwarded || doubtful(other, 'allowForwardedTraffic')) continue
    const message = `VNet ${remote.name} sends to other VNets through an appliance in ${hub.name}, and its peering ${other.name} does not allow forwarded traffic (allowForwardedTraffic is false): what comes from another VNet by way of the hub may not be let in`
    estate.report({ ...other.body.diagnostic('note', 'NT1784', message, 'allowForwardedTraffic'), finding: true })
  }
}

function doubtful({ body }: Peering, flag: string): boolean {
  return body.unnoticed().isDoubtful(flag)
}

function usesApplianceIn(vnet: VirtualNetwork, hub: VirtualNetwork): boolean {
  const tables = vnet.subnets.map((one) => one.routeTable?.unnoticed()).filter((one) => one !== undefined)
  return tables.some((table) =>
    table.children('routes').some((route) => {
      const hop = parseIp(route.text('nextHopIpAddress') ?? '')
      return hop !== undefined && hub.prefixes.some((one) => prefixContains(one, hop))
    }),
  )
}
