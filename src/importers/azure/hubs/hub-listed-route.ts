import type { NextHop } from '../../../model/index.ts'
import { parseIp } from '../../../net/index.ts'
import { onSegment } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { type EffectiveHubRoute, effectiveHubRoutes } from './hub-effective-route.ts'
import { childBodies, type HubConnection, type HubGateway, type HubPrefix } from './virtual-hub-connection.ts'

/** What a hub's own listing of effective routes says beyond the bodies. */
export interface ListedRoutes {
  readonly rows: readonly EffectiveHubRoute[]
  /** Every row as the hub's tables take it where no body says more: over another hub of the export, else not known. */
  readonly elsewhere: readonly HubPrefix[]
}

/** The effective routes of a hub; `undefined` when no file holds them. */
export function listedRoutes(estate: Estate, hub: Body): ListedRoutes | undefined {
  const rows = effectiveHubRoutes(estate, hub)
  if (!rows) return undefined
  const elsewhere = rows.map(({ to, prefix, source, pathLength }): HubPrefix => {
    const other = to === hub.id.toLowerCase() ? undefined : estate.byId(to)
    const name = to.slice(to.lastIndexOf('/') + 1)
    const because = `virtual hub ${hub.name} sends this to ${name}, which is not modelled or not in the export`
    const nextHop: NextHop =
      other?.type?.toLowerCase() === 'microsoft.network/virtualhubs'
        ? { kind: 'device', device: estate.deviceName(other) }
        : { kind: 'unknown', because }
    return { prefix, source, pathLength, nextHop }
  })
  return { rows, elsewhere }
}

/** A gateway with the prefixes that the listing says came over it, where one connection of it can have brought them. */
export function withListed(gateway: HubGateway, { rows }: ListedRoutes): HubGateway {
  const own = rows.filter((one) => one.to === gateway.body.id.toLowerCase())
  const said = new Set(gateway.connections.flatMap((one) => one.prefixes.map(({ prefix }) => prefixKey(prefix))))
  const fresh = own.filter((one) => !said.has(prefixKey(one.prefix)))
  const learners = gateway.connections.filter((one) => one.learns !== undefined)
  const [only] = learners.length > 0 ? learners : gateway.connections
  // With several the listing does not tell which of them it is.
  if (!only || (fresh.length > 0 && learners.length > 1)) return gateway
  const found = fresh.map(({ prefix, source, pathLength }) => ({ prefix, source, pathLength }))
  const lengths = new Map(own.map((one) => [prefixKey(one.prefix), one.pathLength]))
  return {
    ...gateway,
    tunnels: gateway.tunnels.map((one) =>
      one.connection === only.name ? { ...one, prefixes: [...one.prefixes, ...found] } : one,
    ),
    connections: gateway.connections.map(({ learns: _, ...one }) => {
      const stated = one.prefixes.map((each) => {
        const pathLength = lengths.get(prefixKey(each.prefix))
        return { ...each, ...(pathLength !== undefined && { pathLength }) }
      })
      if (one.name !== only.name) return { ...one, prefixes: stated }
      const more = found.map((each) => ({ ...each, nextHop: { kind: 'device', device: gateway.device } as const }))
      return { ...one, prefixes: [...stated, ...more] }
    }),
  }
}

/** A VNet's connection with what an appliance in it announces to the hub by BGP. */
export function withAnnounced(
  estate: Estate,
  hub: Body,
  connection: HubConnection,
  { rows }: ListedRoutes,
): HubConnection {
  const { learns: _, ...rest } = connection
  const { vnet } = connection
  if (!vnet) return rest
  const id = connection.body.id.toLowerCase()
  const speakers = childBodies(estate, hub, 'bgpConnections', 'microsoft.network/virtualhubs').filter(
    (one) => one.reference('hubVirtualNetworkConnection') === id,
  )
  const announced = speakers.flatMap((speaker): HubPrefix[] => {
    const gateway = parseIp(speaker.text('peerIp') ?? '')
    if (gateway === undefined) return []
    const nextHop = { kind: 'via', gateway, interface: onSegment(vnet) } as const
    const own = rows.filter((one) => one.to === speaker.id.toLowerCase())
    return own.map(({ prefix, source, pathLength }) => ({ prefix, source, pathLength, nextHop }))
  })
  return { ...rest, prefixes: [...rest.prefixes, ...announced] }
}
