import type { Source } from '../../../model/index.ts'
import type { Ip, Prefix } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet, VirtualNetwork } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { prefixesOf } from '../estate/virtual-network.ts'
import { gatewayAddresses } from './gateway-address.ts'
import { type GatewayConnection, makeConnections } from './gateway-connection.ts'

/** A VNet's VPN or ExpressRoute gateway. */
export interface Gateway {
  readonly body: Body
  readonly device: string
  readonly kind: 'vpn' | 'expressroute'
  readonly subnet: Subnet
  readonly vnet: VirtualNetwork
  /** One per instance, where the export holds them. */
  readonly privateIps: readonly Ip[]
  /** One per instance, in the same order. */
  readonly publicIps: readonly Ip[]
  readonly activeActive: boolean
  /** Those that carry packets; the ones that are down are left out. */
  readonly connections: readonly GatewayConnection[]
  /** Those that carry none, each with the reason. */
  readonly down: readonly GatewayConnection[]
  /** The addresses point-to-site clients get. */
  readonly clientPools: readonly { readonly prefix: Prefix; readonly source: Source }[]
}

/** The gateways that stand in a subnet of the export, in file order. */
export const gatewaysOf = perEstate((estate): readonly Gateway[] => {
  const found: Gateway[] = []
  for (const body of estate.ofType('microsoft.network/virtualnetworkgateways')) {
    const gateway = makeGateway(estate, body)
    if (gateway) found.push(gateway)
    else estate.report(body.diagnostic('warning', 'NT1620', `the subnet of gateway ${body.name} is not in the export`))
  }
  return found
})

const byVnet = perEstate((estate) => {
  const map = new Map<string, Gateway[]>()
  for (const gateway of gatewaysOf(estate)) map.set(gateway.vnet.id, [...(map.get(gateway.vnet.id) ?? []), gateway])
  return map
})

/** The gateways in a VNet: at most one of each kind. */
export function gatewaysIn(estate: Estate, vnet: VirtualNetwork): readonly Gateway[] {
  return byVnet(estate).get(vnet.id) ?? []
}

function makeGateway(estate: Estate, body: Body): Gateway | undefined {
  const configurations = body.children('ipConfigurations')
  const subnet = configurations.map((one) => estate.subnet(one.reference('subnet'))).find((one) => one !== undefined)
  if (!subnet) return undefined
  const kind = body.text('gatewayType')?.toLowerCase() === 'expressroute' ? 'expressroute' : 'vpn'
  const { up, down } = makeConnections(estate, body)
  return {
    body,
    device: estate.deviceName(body),
    kind,
    subnet,
    vnet: subnet.vnet,
    privateIps: gatewayAddresses(body),
    publicIps: configurations
      .map((one) => estate.publicIp(one.reference('publicIPAddress')))
      .filter((one) => one !== undefined),
    activeActive: body.flag('activeActive') ?? body.flag('active') ?? false,
    connections: up,
    down,
    clientPools: clientPools(estate, body),
  }
}

/** The pool of all clients, and those of groups of them (Learn: Configure user groups and IP address pools for P2S). */
function clientPools(estate: Estate, body: Body): Gateway['clientPools'] {
  const clients = body.child('vpnClientConfiguration')
  const groups = clients?.children('vngClientConnectionConfigurations') ?? []
  const pools = [clients, ...groups].map((one) => one?.child('vpnClientAddressPool'))
  return pools.flatMap((pool) => {
    const source = (pool ?? body).source('addressPrefixes')
    return prefixesOf(pool, ['addressPrefixes'], estate.report).map((prefix) => ({ prefix, source }))
  })
}

/** The connection to a gateway's default site; `undefined` when it has none, or that is not reached. */
export function defaultSite(gateway: Gateway): GatewayConnection | undefined {
  const wanted = gateway.body.reference('gatewayDefaultSite')
  if (wanted === undefined) return undefined
  return gateway.connections.find((one) => one.body.reference('localNetworkGateway2') === wanted)
}
