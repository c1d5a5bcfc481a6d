import type { Match } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  complementOf,
  EVERY_ADDRESS,
  intersectionOf,
  type Prefix,
  parsePrefix,
} from '../../net/index.ts'
import { PLATFORM_ADDRESS, PUBLIC_SPACE } from './address-space.ts'
import type { Estate, Subnet } from './estate.ts'
import { gatewayRoutes } from './gateway-route.ts'
import { peersOf } from './peering.ts'
import { perEstate } from './per-estate.ts'

/** The tags whose addresses depend on where the packet is: one object for all subnets that agree. */
export interface SubnetTags {
  /** A key that two subnets share exactly when their tags are the same object. */
  readonly key: string
  readonly virtualNetwork: AddressSet
  readonly internet: AddressSet
  /** Why `VirtualNetwork` is every address here; absent when it is not. */
  readonly everything?: string
  /** Matches already made for these tags, by `source VirtualNetwork`: shared between rules. */
  readonly matches: Map<string, Match>
}

const all = perEstate(() => new Map<string, SubnetTags>())

/**
 * `VirtualNetwork` and `Internet` as a subnet's NSG rules see them. `VirtualNetwork` is the VNet, peers that are
 * given access, prefixes known through the gateway, 168.63.129.16 and the prefixes of the subnet's user routes; a
 * 0.0.0.0/0 to an appliance or from a gateway makes it everything. `Internet` is public space outside of it
 * (Learn: Azure service tags overview; the 0.0.0.0/0 case is reported by practitioners, the page only hints at it).
 */
export function subnetTags(estate: Estate, subnet: Subnet): SubnetTags {
  const propagated = subnet.routeTable?.flag('disableBgpRoutePropagation') !== true
  const key = `${subnet.vnet.id} ${subnet.routeTable?.id.toLowerCase() ?? ''} ${propagated}`
  const memory = all(estate)
  const known = memory.get(key)
  if (known) return known
  const made = makeTags(estate, subnet, propagated, `${memory.size}`)
  memory.set(key, made)
  return made
}

function makeTags(estate: Estate, subnet: Subnet, propagated: boolean, key: string): SubnetTags {
  const peered = peersOf(estate, subnet.vnet).filter((one) => one.peering.allowsAccess)
  const learned = propagated ? gatewayRoutes(estate, subnet.vnet).routes : []
  const user = userPrefixes(subnet)
  const prefixes = [
    ...subnet.vnet.prefixes,
    ...peered.flatMap((one) => one.peering.remotePrefixes),
    ...learned.map((one) => one.prefix),
    ...user.map((one) => one.prefix),
    PLATFORM_ADDRESS,
  ]
  const connected = addressesOfPrefixes(prefixes.filter((one) => one.length > 0))
  const appliance = user.find((one) => one.prefix.length === 0 && one.toAppliance)
  const gateway = learned.find((one) => one.prefix.length === 0)
  const why = appliance
    ? `route ${appliance.name} sends 0.0.0.0/0 to an appliance`
    : gateway && `0.0.0.0/0 is a ${gateway.origin}`
  return {
    key,
    virtualNetwork: why === undefined ? connected : EVERY_ADDRESS,
    internet: intersectionOf(PUBLIC_SPACE, complementOf(connected)),
    ...(why !== undefined && { everything: `VirtualNetwork is every address here: ${why}` }),
    matches: new Map(),
  }
}

function userPrefixes(subnet: Subnet): { prefix: Prefix; toAppliance: boolean; name: string }[] {
  const found: { prefix: Prefix; toAppliance: boolean; name: string }[] = []
  for (const route of subnet.routeTable?.children('routes') ?? []) {
    const prefix = parsePrefix(route.text('addressPrefix') ?? '')
    const toAppliance = route.text('nextHopType')?.toLowerCase() === 'virtualappliance'
    if (prefix) found.push({ prefix, toAppliance, name: route.name })
  }
  return found
}
