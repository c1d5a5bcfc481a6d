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

/**
 * Why any private address may lie behind a peering of a VNet: the VNet on its far side is not in the export, and the
 * peering does not list its ranges. `undefined` where all are known.
 */
export function blindPeering(estate: Estate, vnet: VirtualNetwork): string | undefined {
  const blind = ({ peering, remote }: PeerLink) =>
    !remote && peering.remotePrefixes.length === 0 && peering.body.flag('peerCompleteVnets') !== false
  const found = peersOf(estate, vnet).find(blind)
  return found && `the ranges behind peering ${found.peering.name} are not in the export, nor is the VNet there`
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

/** A VNet that is peered with a peer and not with the VNet itself. */
export interface BeyondPeer {
  readonly peering: Peering
  readonly through: VirtualNetwork
  readonly beyond: VirtualNetwork
}

/** More of them would bury the rest of a listing. */
const BEYOND_LIMIT = 64

const beyond = perEstate(() => new Map<string, readonly BeyondPeer[]>())

/** The VNets one peering too far away, for the explanation; none when there are very many. */
export function beyondPeers(estate: Estate, vnet: VirtualNetwork): readonly BeyondPeer[] {
  const memory = beyond(estate)
  const known = memory.get(vnet.id)
  if (known) return known
  const direct = peersOf(estate, vnet)
  const near = new Set([vnet.id, ...direct.map((one) => one.peering.remoteId)])
  const found: BeyondPeer[] = []
  for (const { peering, remote } of direct) {
    if (!remote || found.length > BEYOND_LIMIT) continue
    for (const { remote: other } of peersOf(estate, remote)) {
      if (!other || near.has(other.id)) continue
      near.add(other.id)
      found.push({ peering, through: remote, beyond: other })
    }
  }
  const made = found.length > BEYOND_LIMIT ? [] : found
  memory.set(vnet.id, made)
  return made
}
