import type { Source } from '../../../model/index.ts'
import { formatPrefix, type Prefix, prefixCovers } from '../../../net/index.ts'
import { lastPart } from '../estate/body.ts'
import type { Estate, Peering, VirtualNetwork } from '../estate/estate.ts'
import { peeringTo, peersOf } from '../estate/peering.ts'
import { perEstate } from '../estate/per-estate.ts'
import { resourceGroupOf } from '../estate/resource-id.ts'

/** Ranges that a peering of a VNet would lead to and does not. */
export interface PeeringGap {
  readonly origin: string
  readonly prefixes: readonly Prefix[]
  /** Why, and what to do. */
  readonly because: string
  readonly code: 'PeeringNotConnected' | 'PeeringOutOfSync'
  readonly source: Source
  /** Absent when the VNet behind it is not in the export. */
  readonly remote?: VirtualNetwork
  /** The VNet's own half would use the gateway of the other. */
  readonly wantsGateway: boolean
}

const all = perEstate((estate) => {
  const gaps = new Map<string, PeeringGap[]>()
  const add = (vnet: VirtualNetwork, gap: PeeringGap | undefined) => {
    if (gap) gaps.set(vnet.id, [...(gaps.get(vnet.id) ?? []), gap])
  }
  for (const vnet of estate.vnets) {
    for (const peering of vnet.peerings) {
      if (peering.connected) continue
      add(vnet, ownHalf(estate, vnet, peering))
      const remote = estate.vnet(peering.remoteId)
      if (remote && !peeringTo(remote, vnet)) add(remote, otherHalf(remote, vnet, peering))
    }
    for (const { peering, remote } of peersOf(estate, vnet)) {
      if (remote && !peeringTo(remote, vnet)) add(remote, otherHalf(remote, vnet, peering))
      if (remote) add(vnet, unsynced(vnet, peering, remote))
    }
  }
  return gaps
})

/** What the peerings of a VNet would lead to, were they connected and in sync (Learn: Create, change, or delete a peering). */
export function peeringGaps(estate: Estate, vnet: VirtualNetwork): readonly PeeringGap[] {
  return all(estate).get(vnet.id) ?? []
}

function ownHalf(estate: Estate, vnet: VirtualNetwork, peering: Peering): PeeringGap {
  const remote = estate.vnet(peering.remoteId)
  return {
    origin: `VNet peering ${peering.name}`,
    prefixes: peering.remotePrefixes,
    because: whyNot(vnet, peering, remote),
    code: 'PeeringNotConnected',
    source: peering.body.source(peering.body.has('peeringState') ? 'peeringState' : 'name'),
    ...(remote && { remote }),
    wantsGateway: peering.usesRemoteGateways,
  }
}

function whyNot(vnet: VirtualNetwork, peering: Peering, remote: VirtualNetwork | undefined): string {
  const other = remote?.name ?? lastPart(peering.remoteId)
  const state = peering.body.text('peeringState')
  const own = `peering ${peering.name}${state === undefined ? '' : ` is ${state}`}`
  const back = remote && peeringTo(remote, vnet)
  if (back) {
    const stateBack = back.body.text('peeringState')
    const both = `${own}, and ${back.name} of ${other}${stateBack === undefined ? ' says nothing of its state' : ` is ${stateBack}`}`
    return `${both}; both halves are to be Connected: delete both and create them again`
  }
  if (state?.toLowerCase() === 'disconnected') {
    return `${own}: its other half, in ${other}, was deleted; delete this one too (${deleteCommand(vnet, peering)}), then create both halves again`
  }
  if (remote) return `${own}: ${other} has no peering back; create it: ${createCommand(remote, vnet)}`
  return `${own}: its other half, in ${other}, is missing; create it there`
}

/** The other VNet has its half of a peering, this one has none. */
function otherHalf(vnet: VirtualNetwork, other: VirtualNetwork, peering: Peering): PeeringGap {
  const state = peering.body.text('peeringState')
  const half = `${other.name} has a peering to ${vnet.name} (${peering.name}${state === undefined ? '' : `, ${state}`})`
  return {
    origin: `VNet ${other.name}`,
    prefixes: other.prefixes,
    because: `${half}, and ${vnet.name} has none back; create it: ${createCommand(vnet, other)}`,
    code: 'PeeringNotConnected',
    source: peering.body.source('name'),
    remote: other,
    wantsGateway: false,
  }
}

/** Ranges the remote VNet has, and had not when the peering was last synced. */
function unsynced(vnet: VirtualNetwork, peering: Peering, remote: VirtualNetwork): PeeringGap | undefined {
  const { body, remotePrefixes } = peering
  const level = body.text('peeringSyncLevel')
  if (!body.has('remoteAddressSpace') || body.flag('peerCompleteVnets') === false) return undefined
  const prefixes = remote.prefixes.filter((one) => !remotePrefixes.some((synced) => prefixCovers(synced, one)))
  if (prefixes.length === 0) return undefined
  const since = `${remote.name} has ${prefixes.map(formatPrefix).join(', ')}, which ${peering.name} does not know yet`
  const says = level === undefined ? '' : ` (peeringSyncLevel is ${level})`
  const sync = `az network vnet peering sync ${of(vnet)} --name ${peering.name}`
  return {
    origin: `VNet peering ${peering.name}`,
    prefixes,
    because: `${since}${says}; sync it: ${sync}`,
    code: 'PeeringOutOfSync',
    source: body.source('remoteAddressSpace'),
    remote,
    wantsGateway: false,
  }
}

function createCommand(vnet: VirtualNetwork, to: VirtualNetwork): string {
  return `az network vnet peering create ${of(vnet)} --name to-${to.name} --remote-vnet ${to.body.id} --allow-vnet-access`
}

function deleteCommand(vnet: VirtualNetwork, peering: Peering): string {
  return `az network vnet peering delete ${of(vnet)} --name ${peering.name}`
}

function of({ name, body }: VirtualNetwork): string {
  return `--resource-group ${resourceGroupOf(body.id) ?? '?'} --vnet-name ${name}`
}
