import { ANY, implied, type Rule, type RuleSet, type Source, type Stage } from '../../../model/index.ts'
import { addressesOfPrefixes, prefix } from '../../../net/index.ts'
import { overPeering } from '../estate/attachment.ts'
import type { Estate, Peering, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { type PeerLink, peeringTo, peersOf } from '../estate/peering.ts'
import { leaningOn } from '../estate/settings.ts'

/** What a subnet's fabric asks of a packet before it crosses a peering. */
export interface PeeringCheck {
  readonly ruleSet: RuleSet
  readonly stage: Stage
}

/**
 * The flags of peerings of which pages disagree whether they stop packets: `allowForwardedTraffic` of the receiving side
 * and `allowVirtualNetworkAccess` of either (Learn: Create, change, or delete a virtual network peering; its revision of
 * 2018 says they do, the current one that they change the service tag). Only with the strict settings a packet is dropped;
 * without them it passes and the answer says so.
 */
export function peeringChecks(estate: Estate, subnet: Subnet): readonly PeeringCheck[] {
  return peersOf(estate, subnet.vnet).flatMap((peer) => {
    const back = peer.remote && peeringTo(peer.remote, subnet.vnet)
    return [accessCheck(estate, peer, back), forwardedCheck(estate, subnet, peer, back)].filter(
      (one) => one !== undefined,
    )
  })
}

function accessCheck(
  estate: Estate,
  { peering, remote }: PeerLink,
  back: Peering | undefined,
): PeeringCheck | undefined {
  const doubtful = [peering, back].find((one) => one?.body.isDoubtful('allowVirtualNetworkAccess'))
  if (remote && doubtful) return unreadable(doubtful, remote, 'allowVirtualNetworkAccess')
  const closed = [peering, back].find((one) => one?.allowsAccess === false)
  if (!remote || !closed) return undefined
  const strict = estate.settings.strictNetworkAccess
  const what = `peering ${closed.name} has allowVirtualNetworkAccess false and ${strict ? 'stops what crosses it' : 'carries what NSGs allow by address'}`
  const leansOn = leaningOn(estate.settings, 'strictNetworkAccess', what)
  const source = closed.body.source('allowVirtualNetworkAccess')
  const rule: Rule = { name: 'virtual network access', match: ANY, action: verdict(strict), leansOn, source }
  const label = `peering ${closed.name}: PeeringAccessNotAllowed`
  return check(`peering/${remote.segment}/access`, label, [rule], source, strict, overPeering(remote))
}

/** A VPN gateway relays without the flag (Learn: Configure VPN gateway transit for virtual network peering). */
function forwardedCheck(
  estate: Estate,
  { name, vnet }: Subnet,
  { remote }: PeerLink,
  back: Peering | undefined,
): PeeringCheck | undefined {
  if (!remote || !back || back.allowsForwarded || name.toLowerCase() === 'gatewaysubnet') return undefined
  const strict = estate.settings.strictForwardedTraffic
  if (strict && back.body.isDoubtful('allowForwardedTraffic')) return unreadable(back, remote, 'allowForwardedTraffic')
  const what = `peering ${back.name} of ${remote.name} does not allow forwarded traffic and ${strict ? 'stops' : 'carries'} it`
  const leansOn = leaningOn(estate.settings, 'strictForwardedTraffic', what)
  const source = back.body.source(back.body.has('allowForwardedTraffic') ? 'allowForwardedTraffic' : 'name')
  const own = addressesOfPrefixes([...vnet.prefixes, prefix('168.63.129.16/32')])
  const rules: Rule[] = [
    { name: 'traffic of the VNet itself', match: { kind: 'source', in: own }, action: { kind: 'accept' }, source },
    { name: 'forwarded traffic', match: ANY, action: verdict(strict), leansOn, source },
  ]
  const label = `peering ${back.name} of ${remote.name}: ForwardedTrafficNotAllowed`
  return check(`peering/${remote.segment}`, label, rules, source, strict, overPeering(remote))
}

/** A flag that is neither true nor false: what crosses the peering is unknown. */
function unreadable(peering: Peering, remote: VirtualNetwork, flag: string): PeeringCheck {
  const source = peering.body.source(flag)
  const action = { kind: 'opaque', text: `${flag} of peering ${peering.name} is neither true nor false` } as const
  const rules: Rule[] = [{ name: flag, match: ANY, action, source }]
  return check(`peering/${remote.segment}/${flag}`, `peering ${peering.name}`, rules, source, true, overPeering(remote))
}

function verdict(strict: boolean): Rule['action'] {
  return { kind: strict ? 'drop' : 'accept' }
}

function check(
  name: string,
  label: string,
  rules: readonly Rule[],
  source: Source,
  strict: boolean,
  over: string,
): PeeringCheck {
  const because = source.kind === 'implied' ? source : implied('what no rule of the peering names passes')
  return {
    ruleSet: { name, label, rules, policy: { kind: 'accept' }, policySource: because },
    stage: { kind: strict ? 'filter' : 'mark', ruleSet: name, interfaces: [over] },
  }
}
