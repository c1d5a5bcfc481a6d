import type { NextHop, Route, Source } from '../../../model/index.ts'
import { type AddressSet, isIp4, type Prefix, prefixLast } from '../../../net/index.ts'
import type { EndpointAddress } from '../estate/endpoint-address.ts'

/** Which of Azure's sources a route has, as its tools print them. */
export type RouteOrigin = 'Default' | 'User' | 'VirtualNetworkGateway'

/** A route of a subnet while it is not yet decided whether it is in force. */
export interface CandidateRoute {
  readonly prefix: Prefix
  readonly nextHop: NextHop
  readonly by: RouteOrigin
  /** The next hop type as Azure's tools print it: `VnetLocal`, `InterfaceEndpoint` ... */
  readonly type: string
  /** The next hop addresses as Azure's tools print them. */
  readonly nextHops: readonly string[]
  readonly origin: string
  readonly source: Source
  /** Decides between user routes of one prefix; lower wins. */
  readonly metric: number
  readonly stamp?: string
  /** The service tag it was made of. */
  readonly serviceTag?: string
  /** The private endpoint a /32 leads to. */
  readonly endpoint?: EndpointAddress
  /** The platform's own route, which nobody can override. */
  readonly fixed?: boolean
  /** Azure's tools do not list it: it is here for the explanation alone. */
  readonly unlisted?: true
  /** Why it is not in force; set while the routes are weighed. */
  inactive?: string
  /** The setting that decided so, as a sentence; see `leaningOn`. */
  leansOn?: string
}

/** A route made by the platform, not yet weighed. */
export function systemRoute(
  prefix: Prefix,
  type: string,
  nextHop: NextHop,
  origin: string,
  source: Source,
): CandidateRoute {
  return { prefix, nextHop, by: 'Default', type, nextHops: [], origin, source, metric: 0 }
}

/**
 * The distances that put Azure's order (user, then gateway, then system routes of one prefix) into the model's
 * (Learn: Virtual network traffic routing, "How Azure selects a route").
 */
const DISTANCE = { User: 1, VirtualNetworkGateway: 2, Default: 3 } as const

/** The weighed route as the model holds it, with Azure's own words for it. */
export function toRoute(candidate: CandidateRoute): Route {
  const { prefix, nextHop, by, type, nextHops, origin, source, metric, stamp, serviceTag, inactive, leansOn } =
    candidate
  return {
    prefix,
    nextHop,
    distance: candidate.fixed ? 0 : DISTANCE[by],
    metric,
    origin,
    source,
    ...(stamp !== undefined && { stamp }),
    ...(serviceTag !== undefined && { serviceTag }),
    ...(inactive !== undefined && { inactive }),
    ...(leansOn !== undefined && { leansOn }),
    // The platform's own address is in nobody's listing.
    ...(!candidate.fixed &&
      !candidate.unlisted && {
        listing: {
          source: by,
          state: inactive === undefined ? 'Active' : 'Invalid',
          nextHopType: type,
          nextHopIpAddress: nextHops.join(','),
        },
      }),
  }
}

/** Whether a set holds every address of a prefix. */
export function setCovers(set: AddressSet, prefix: Prefix): boolean {
  const last = prefixLast(prefix)
  if (isIp4(prefix.ip)) return rangeCovers(set.v4, prefix.ip, last as number)
  return rangeCovers(set.v6, prefix.ip as bigint, last as bigint)
}

function rangeCovers<T extends number | bigint>(flat: ArrayLike<T>, first: T, last: T): boolean {
  let low = 0
  let high = flat.length >> 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((flat[middle * 2 + 1] as T) < first) low = middle + 1
    else high = middle
  }
  return low * 2 < flat.length && (flat[low * 2] as T) <= first && last <= (flat[low * 2 + 1] as T)
}
