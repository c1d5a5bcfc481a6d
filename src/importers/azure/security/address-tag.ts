import { allOf, type Match, someOf } from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressSet,
  complementOf,
  intersectionOf,
  isIp4,
  PRIVATE_ADDRESSES,
  type Prefix,
  parsePrefix,
  unionOf,
} from '../../../net/index.ts'
import { PLATFORM_ADDRESS, PUBLIC_SPACE } from '../estate/address-space.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { blindPeering, peersOf } from '../estate/peering.ts'
import { perEstate } from '../estate/per-estate.ts'
import { type AzureSettings, leaningOn } from '../estate/settings.ts'
import { type GatewayRoute, gatewayRoutes } from '../gateways/gateway-route.ts'
import { connectedGroupsOf } from '../routes/network-group.ts'
import { routeBodies } from '../routes/user-route.ts'

/** The tags whose addresses depend on where the packet is: one object for all subnets that agree. */
export interface SubnetTags {
  /** A key that two subnets share exactly when their tags are the same object. */
  readonly key: string
  readonly virtualNetwork: AddressSet
  readonly internet: AddressSet
  /** Addresses of which it is not known whether `VirtualNetwork` holds them, and why; absent when there are none. */
  readonly unknown?: { readonly in: AddressSet; readonly because: string }
  /** Why `VirtualNetwork` is every address here; absent when it is not. */
  readonly everything?: string
  /** The setting that makes `VirtualNetwork` every address, or keeps it from being that; absent when nothing could. */
  readonly leansOn?: string
  /** Matches already made for these tags, by `source VirtualNetwork`: shared between rules. */
  readonly matches: Map<string, Match>
}

const all = perEstate(() => new Map<string, SubnetTags>())

/**
 * `VirtualNetwork` and `Internet` as a subnet's NSG rules see them. `VirtualNetwork` is the VNet, peers that are
 * given access, the members of its connected groups (which talk as peers do; no page names their tag), prefixes known through the gateway, 168.63.129.16 and the prefixes of the subnet's user routes; a
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

/** Whether an end of a packet is in `VirtualNetwork`; not known where a gateway or a peering may hold the address. */
export function inVirtualNetwork({ virtualNetwork, unknown }: SubnetTags, side: 'source' | 'destination'): Match {
  const known: Match = { kind: side, in: virtualNetwork }
  if (!unknown) return known
  const text = `whether VirtualNetwork holds it: ${unknown.because}`
  return someOf(known, allOf({ kind: side, in: unknown.in }, { kind: 'opaque', text }))
}

function makeTags(estate: Estate, subnet: Subnet, propagated: boolean, key: string): SubnetTags {
  const peered = peersOf(estate, subnet.vnet).filter((one) => one.peering.allowsAccess)
  const gateway = propagated ? gatewayRoutes(estate, subnet.vnet) : undefined
  const learned = gateway?.routes ?? []
  const user = userPrefixes(estate, subnet)
  const prefixes = [
    ...subnet.vnet.prefixes,
    ...peered.flatMap((one) => one.peering.remotePrefixes),
    ...connectedGroupsOf(estate, subnet.vnet).flatMap((one) => one.members.flatMap((member) => member.prefixes)),
    ...learned.map((one) => one.prefix),
    ...user.map((one) => one.prefix),
    PLATFORM_ADDRESS,
  ]
  const connected = addressesOfPrefixes(prefixes.filter((one) => one.length > 0))
  const families = [EVERY_V4, EVERY_V6].map(({ every, holds }) => {
    const found = defaultRoute(estate, user.filter(holds), learned.filter(holds))
    return { every, found, takes: found !== undefined && estate.settings[found.setting] }
  })
  const contested = (families.find((one) => one.takes) ?? families.find((one) => one.found))?.found
  const why = contested && estate.settings[contested.setting] ? contested.why : undefined
  const virtualNetwork = unionOf(connected, ...families.filter((one) => one.takes).map((one) => one.every))
  const unknown = gateway?.unknown?.because ?? blindPeering(estate, subnet.vnet)
  return {
    key,
    virtualNetwork,
    internet: intersectionOf(PUBLIC_SPACE, complementOf(connected)),
    ...(unknown !== undefined && {
      unknown: { in: intersectionOf(PRIVATE_ADDRESSES, complementOf(virtualNetwork)), because: unknown },
    }),
    ...(why !== undefined && { everything: `VirtualNetwork is every address here: ${why}` }),
    ...(contested && { leansOn: leaningOn(estate.settings, contested.setting, contested.consequence) }),
    matches: new Map(),
  }
}

type Prefixed = { readonly prefix: Prefix }
const EVERY_V4 = { every: addressSet('0.0.0.0/0'), holds: ({ prefix }: Prefixed) => isIp4(prefix.ip) }
const EVERY_V6 = { every: addressSet('::/0'), holds: ({ prefix }: Prefixed) => !isIp4(prefix.ip) }

interface DefaultRoute {
  readonly setting: keyof AzureSettings
  readonly why: string
  readonly consequence: string
}

/**
 * The 0.0.0.0/0 that may make `VirtualNetwork` every address. Practitioners saw it for a user route to an appliance; for
 * one from a gateway it is taken over, for a user route to anything else it is not.
 */
function defaultRoute(
  estate: Estate,
  user: readonly UserPrefix[],
  learned: readonly GatewayRoute[],
): DefaultRoute | undefined {
  const own = user.filter((one) => one.prefix.length === 0)
  const appliance = own.find((one) => one.toAppliance)
  const gateway = own.length > 0 ? undefined : learned.find((one) => one.prefix.length === 0)
  const other = own.find((one) => !one.toAppliance)
  const made = (setting: keyof AzureSettings, why: string): DefaultRoute => {
    const is = estate.settings[setting] ? 'is' : 'is not'
    return { setting, why, consequence: `the service tag VirtualNetwork ${is} every address here, where ${why}` }
  }
  if (appliance) {
    const why = `route ${appliance.name} sends 0.0.0.0/0 to an appliance`
    return made('applianceDefaultInVirtualNetworkTag', why)
  }
  if (gateway) return made('learnedDefaultInVirtualNetworkTag', `0.0.0.0/0 is a ${gateway.origin}`)
  if (!other) return undefined
  return made('otherDefaultInVirtualNetworkTag', `route ${other.name} sends 0.0.0.0/0 to ${other.type}`)
}

interface UserPrefix {
  readonly prefix: Prefix
  readonly toAppliance: boolean
  readonly type: string
  readonly name: string
}

function userPrefixes(estate: Estate, { routeTable }: Subnet): UserPrefix[] {
  const found: UserPrefix[] = []
  for (const route of routeTable ? routeBodies(estate, routeTable) : []) {
    const prefix = parsePrefix(route.text('addressPrefix') ?? '')
    const type = route.text('nextHopType') ?? 'an unknown next hop'
    const toAppliance = type.toLowerCase() === 'virtualappliance'
    if (prefix) found.push({ prefix, toAppliance, type, name: route.name })
  }
  return found
}
