import type { NextHop, Route, RouteTable, Source, TableRule } from '../../../model/index.ts'
import { hostPrefix, type Prefix, parsePrefix, prefixCovers } from '../../../net/index.ts'
import { onSegment } from '../estate/attachment.ts'
import type { Estate } from '../estate/estate.ts'
import { endpointConnections } from '../estate/private-endpoint-connection.ts'
import type { Gateway } from '../gateways/gateway.ts'
import type { GatewayConnection } from '../gateways/gateway-connection.ts'

/** How packets of a circuit go past the gateway: a table for each connection with FastPath, and the rules that choose it. */
export interface FastPath {
  readonly tables: readonly RouteTable[]
  readonly tableRules: readonly TableRule[]
}

// FastPath needs one of the largest gateways (Learn: About ExpressRoute FastPath, "Gateways").
const SKUS = new Set(['ultraperformance', 'ergw3az', 'ergwscale'])

/**
 * With FastPath a circuit's packets for machines of the gateway's own VNet do not pass the gateway, and so no route of
 * GatewaySubnet is asked, unless the circuit stands on a port of ExpressRoute Direct; private endpoints and peered VNets are
 * reached through the gateway as ever (Learn: About ExpressRoute FastPath). Without such routes there is no difference.
 */
export function fastPath(estate: Estate, gateway: Gateway): FastPath {
  const sku = gateway.body.child('sku')?.text('name')?.toLowerCase() ?? ''
  const led = ownPrefixesLed(gateway)
  const found = gateway.connections.flatMap((connection) => {
    if (led.length === 0 || !SKUS.has(sku) || connection.body.flag('expressRouteGatewayBypass') !== true) return []
    const circuit = estate.byId(connection.circuit)
    if (circuit?.has('expressRoutePort')) return []
    return [{ connection, isKnown: circuit !== undefined }]
  })
  return {
    tables: found.map((one) => ({ name: tableName(one.connection), routes: routesPast(estate, gateway, one) })),
    tableRules: found.map(({ connection }) => ({
      name: `FastPath of connection ${connection.name}`,
      match: { kind: 'in-interface', in: [connection.interface] },
      action: { kind: 'lookup', table: tableName(connection), onMiss: 'continue' },
      source: connection.body.source('expressRouteGatewayBypass'),
    })),
  }
}

const tableName = ({ name }: GatewayConnection): string => `FastPath ${name}`

/** The prefixes of the VNet that routes of GatewaySubnet lead elsewhere, whole or in part. */
function ownPrefixesLed({ subnet, vnet }: Gateway): Prefix[] {
  const routes = subnet.routeTable?.children('routes') ?? []
  const led = routes.map((one) => parsePrefix(one.text('addressPrefix') ?? '')).filter((one) => one !== undefined)
  return vnet.prefixes.filter((own) => led.some((one) => prefixCovers(own, one) || prefixCovers(one, own)))
}

function routesPast(
  estate: Estate,
  gateway: Gateway,
  { connection, isKnown }: { readonly connection: GatewayConnection; readonly isKnown: boolean },
): Route[] {
  const { vnet, subnet } = gateway
  const source = connection.body.source('expressRouteGatewayBypass')
  const because = `connection ${connection.name} has FastPath and its circuit is not in the export: whether that is on ExpressRoute Direct, where routes of ${subnet.fabric} count, is not known`
  const direct: NextHop = isKnown ? { kind: 'connected', interface: onSegment(vnet) } : { kind: 'unknown', because }
  const through: NextHop = { kind: 'device', device: subnet.fabric }
  const endpoints = endpointConnections(estate).filter((one) => one.subnet?.vnet === vnet)
  return [
    ...ownPrefixesLed(gateway).map((to) => past(to, direct, source)),
    ...endpoints.flatMap((one) => one.members.map(({ ip }) => past(hostPrefix(ip), through, source))),
  ]
}

function past(prefix: Prefix, nextHop: NextHop, source: Source): Route {
  return { prefix, nextHop, distance: 0, metric: 0, origin: 'FastPath', source }
}
