import type { Estate, Peering, VirtualNetwork } from './estate.ts'
import { perEstate } from './per-estate.ts'

/** A connected peering with the VNet behind it. */
export interface PeerLink {
  readonly peering: Peering
  /** Absent when the remote VNet is not in the export. */
  readonly remote?: VirtualNetwork
  /** Whether the VNets are in different regions. */
  readonly global: boolean
}

const all = perEstate((estate) => {
  const byVnet = new Map<string, readonly PeerLink[]>()
  for (const vnet of estate.vnets) {
    const connected = vnet.peerings.filter((one) => one.connected)
    byVnet.set(
      vnet.id,
      connected.map((peering) => {
        const remote = estate.vnet(peering.remoteId)
        const global = remote !== undefined && remote.location !== vnet.location
        return { peering, global, ...(remote && { remote }) }
      }),
    )
  }
  return byVnet
})

/**
 * A VNet's connected peerings. Peering is not transitive: these and no others (Learn: Virtual network peering).
 */
export function peersOf(estate: Estate, vnet: VirtualNetwork): readonly PeerLink[] {
  return all(estate).get(vnet.id) ?? []
}

/** The peering object of a VNet that points to another; `undefined` when there is none. */
export function peeringTo(vnet: VirtualNetwork, remote: VirtualNetwork): Peering | undefined {
  return vnet.peerings.find((one) => one.remoteId === remote.id)
}

/**
 * Whether a subnet takes part in a peering. A subnet peering (`peerCompleteVnets: false`) carries only the subnets it
 * lists; others may show its route, but their packets are dropped (Learn: Configure subnet peering).
 */
export function takesPart(peering: Peering, subnetName: string): boolean {
  if (peering.body.flag('peerCompleteVnets') !== false) return true
  const names = peering.body.texts('localSubnetNames')
  return names.some((name) => name.toLowerCase() === subnetName.toLowerCase())
}
