import type { Route, Source } from '../../../model/index.ts'
import { type Prefix, prefix as prefixOf } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { OutOfOrder } from '../estate/connection-status.ts'
import type { Estate, Peering, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { prefixKey } from '../estate/prefix-key.ts'
import { hubRoutes, learningOf, propagatesTo } from './hub-table.ts'
import { type HubTable, hubOf, tableOf, type VirtualHub, virtualHubs } from './virtual-hub.ts'

/** A prefix that a VNet knows from the virtual hub it is connected to. */
export interface HubRoute {
  readonly prefix: Prefix
  /** The device that is the route table of its connection. */
  readonly device: string
  readonly origin: string
  readonly source: Source
}

/** Prefixes that a VNet would know from its virtual hub, were it not for something. */
export interface WithheldHubRoutes extends OutOfOrder {
  readonly routes: readonly HubRoute[]
}

/** What a VNet learns from its virtual hub. */
export interface HubRoutes {
  readonly routes: readonly HubRoute[]
  /** Why there may be more; absent when there cannot. */
  readonly unknown?: { readonly because: string; readonly source: Source }
  /** What it would learn in a WAN of another type, or over connections that are down, each with the reason. */
  readonly withheld: readonly WithheldHubRoutes[]
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
  const unknown = learningOf(estate, hub, table)
  const wan = estate.byId(hub.wan)
  const between = wan && isBasic(wan) ? new Set(vnetPrefixes(estate, hub)) : undefined
  const [kept, apart] = [
    routes.filter((one) => !between?.has(prefixKey(one.prefix))),
    routes.filter((one) => between?.has(prefixKey(one.prefix))),
  ]
  return {
    routes: [...own, ...kept],
    ...(unknown && { unknown }),
    withheld: [
      ...(wan && apart.length > 0 ? [{ routes: apart, ...basicWords(wan) }] : []),
      ...overDownConnections(hub, table, kept),
    ],
  }
}

/** What is behind connections of the hub that are down, save what others bring too; of an unknown one any private address. */
function overDownConnections(hub: VirtualHub, table: HubTable, kept: readonly HubRoute[]): WithheldHubRoutes[] {
  const known = new Set(kept.map(({ prefix }) => prefixKey(prefix)))
  const { device } = table
  return hub.connections.flatMap((connection) => {
    const { name, down, prefixes } = connection
    if (!down || !propagatesTo(connection, table)) return []
    const told = prefixes.length > 0 ? prefixes : PRIVATE.map((prefix) => ({ prefix, source: down.source }))
    const origin = `connection ${name} of virtual hub ${hub.body.name}`
    const routes = told.map(({ prefix, source }) => ({ prefix, device, origin, source }))
    return [{ ...down, routes: routes.filter(({ prefix }) => !known.has(prefixKey(prefix))) }]
  })
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefixOf)

/** VNets on hubs of a Basic WAN do not reach each other (Learn: What is Azure Virtual WAN?, "Virtual WAN types"). */
function isBasic(wan: Body): boolean {
  return wan.text('type')?.toLowerCase() === 'basic'
}

function basicWords(wan: Body) {
  const because = `Virtual WAN ${wan.name} is of the type Basic, which does not join VNets`
  return { because, source: wan.source('type') }
}

function vnetPrefixes(estate: Estate, hub: VirtualHub): string[] {
  const hubs = virtualHubs(estate).filter((one) => one.wan === hub.wan)
  const vnets = hubs.flatMap((one) => one.connections.filter(({ by }) => by === 'vnet'))
  return vnets.flatMap((one) => one.prefixes.map(({ prefix }) => prefixKey(prefix)))
}

/** The hub behind a peering that Azure made when the VNet was connected; its other side is a network of Azure's own. */
export function hubBehind(estate: Estate, vnet: VirtualNetwork, peering: Peering): VirtualHub | undefined {
  const hub = hubOf(estate, vnet)?.hub
  const isHubs = hub?.network.prefixes.some((own) =>
    peering.remotePrefixes.some((one) => one.ip === own.ip && one.length === own.length),
  )
  return isHubs ? hub : undefined
}
