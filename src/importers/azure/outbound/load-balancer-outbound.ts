import { allOf, type Match, type Source } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  hostPrefix,
  type Ip,
  type Protocol,
  TCP,
  UDP,
} from '../../../net/index.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { isStandard } from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'
import { type BalancerFrontend, balancerFrontends } from './load-balancer.ts'
import type { BalancerMember } from './load-balancer-pool.ts'

/** Connections that leave a subnet by a load balancer's public frontend. */
export interface BalancerOut {
  readonly device: string
  readonly match: Match
  readonly source: Source
}

/** How load balancers decide over a subnet's connections to the internet. */
export interface BalancersOut {
  readonly ways: readonly BalancerOut[]
  /**
   * Members of a Standard load balancer: what takes none of these ways has none, not even default outbound access. Those
   * of a pool by address keep it (Learn: Source Network Address Translation for outbound connections).
   */
  readonly withoutOutbound?: { readonly in: AddressSet; readonly source: Source }
}

interface Way {
  readonly frontend: BalancerFrontend
  readonly protocol: Protocol | undefined
  readonly members: readonly BalancerMember[]
  readonly source: Source
}

const ways = perEstate((estate): readonly Way[] =>
  balancerFrontends(estate)
    .filter((one) => !one.vnet)
    .flatMap(waysOf),
)

/** Outbound rules, else the load-balancing rules themselves unless `disableOutboundSnat` says no. */
function waysOf(frontend: BalancerFrontend): Way[] {
  const implicit = frontend.rules
    .filter((one) => one.givesOutbound)
    .map((one) => ({ frontend, protocol: one.protocol, members: one.members, source: one.source }))
  return [...explicitWays(frontend), ...implicit]
}

function explicitWays(frontend: BalancerFrontend): Way[] {
  return frontend.outbound.map((one) => ({
    frontend,
    protocol: one.protocol,
    members: one.members,
    source: one.body.source('name'),
  }))
}

const bySubnet = perEstate(() => new Map<string, BalancersOut>())

/**
 * Load balancers as a way to the internet for a subnet. An instance's own public address comes first, so its
 * addresses are left out. Pings have no way out there (Learn: Azure Load Balancer FAQ; from memory).
 */
export function balancersOut(estate: Estate, subnet: Subnet): BalancersOut {
  const memory = bySubnet(estate)
  const known = memory.get(subnet.id)
  if (known) return known
  const made = makeBalancersOut(estate, subnet)
  memory.set(subnet.id, made)
  return made
}

function makeBalancersOut(estate: Estate, subnet: Subnet): BalancersOut {
  const inSubnet = (members: readonly BalancerMember[]) =>
    members.filter((one) => one.configuration?.subnet === subnet && !one.configuration.hasPublicAddress)
  const found: BalancerOut[] = []
  for (const way of ways(estate)) {
    const ips = inSubnet(way.members).map((one) => one.ip)
    if (ips.length === 0) continue
    const protocol: Match = { kind: 'protocol', in: way.protocol === undefined ? [TCP, UDP] : [way.protocol] }
    const match = allOf({ kind: 'source', in: addressesOfPrefixes(ips.map(hostPrefix)) }, protocol)
    found.push({ device: way.frontend.device, match, source: way.source })
  }
  const without = new Map<Ip, Source>()
  for (const frontend of balancerFrontends(estate)) {
    if (!isStandard(frontend.balancer)) continue
    for (const { members, source } of [...frontend.rules, ...explicitWays(frontend)]) {
      for (const { ip, byAddress } of inSubnet(members)) if (!byAddress) without.set(ip, source)
    }
  }
  const source = [...without.values()][0]
  return {
    ways: found,
    ...(source && { withoutOutbound: { in: addressesOfPrefixes([...without.keys()].map(hostPrefix)), source } }),
  }
}
