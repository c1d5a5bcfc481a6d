import type { Route, Source } from '../../../model/index.ts'
import type { Prefix } from '../../../net/index.ts'
import type { Estate, Peering, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { hubOf, hubRoutes, tableOf, type VirtualHub } from './virtual-hub.ts'

/** A prefix that a VNet knows from the virtual hub it is connected to. */
export interface HubRoute {
  readonly prefix: Prefix
  /** The device that is the route table of its connection. */
  readonly device: string
  readonly origin: string
  readonly source: Source
}

/** What a VNet learns from its virtual hub. */
export interface HubRoutes {
  readonly routes: readonly HubRoute[]
  /** Why there may be more; absent when there cannot. */
  readonly unknown?: { readonly because: string; readonly source: Source }
}

const memory = perEstate(() => new Map<string, HubRoutes>())

/**
 * The routes a hub gives a connected VNet: those of the route table that its connection is associated with, 0.0.0.0/0
 * only where the connection asks for it (Learn: How to configure virtual hub routing, "Propagate default route").
 */
export function routesFromHub(estate: Estate, vnet: VirtualNetwork): HubRoutes | undefined {
  const found = hubOf(estate, vnet)
  if (!found) return undefined
  const known = memory(estate).get(vnet.id)
  if (known) return known
  const made = makeRoutes(estate, vnet, found)
  memory(estate).set(vnet.id, made)
  return made
}

function makeRoutes(estate: Estate, vnet: VirtualNetwork, found: NonNullable<ReturnType<typeof hubOf>>): HubRoutes {
  const { hub, connection } = found
  const table = tableOf(hub, connection)
  const wanted = ({ prefix }: Route) => prefix.length > 0 || connection.takesDefault
  const isOwn = (route: Route) =>
    vnet.prefixes.some((own) => own.ip === route.prefix.ip && own.length === route.prefix.length)
  const routes = hubRoutes(estate, hub, table)
    .filter((one) => wanted(one) && !isOwn(one))
    .map(({ prefix, origin, source }) => ({ prefix, device: table.device, origin, source }))
  const own = hub.network.prefixes.map((prefix) => ({
    prefix,
    device: table.device,
    origin: `virtual hub ${hub.body.name}`,
    source: hub.body.source('addressPrefix'),
  }))
  const learning = hub.connections.find((one) => one.learns !== undefined)
  const because = learning?.learns
  return {
    routes: [...own, ...routes],
    ...(learning && because !== undefined && { unknown: { because, source: learning.body.source('name') } }),
  }
}

/** The hub behind a peering that Azure made when the VNet was connected; its other side is a network of Azure's own. */
export function hubBehind(estate: Estate, vnet: VirtualNetwork, peering: Peering): VirtualHub | undefined {
  const hub = hubOf(estate, vnet)?.hub
  const isHubs = hub?.network.prefixes.some((own) =>
    peering.remotePrefixes.some((one) => one.ip === own.ip && one.length === own.length),
  )
  return isHubs ? hub : undefined
}
