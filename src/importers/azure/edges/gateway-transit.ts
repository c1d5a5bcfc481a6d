import { allOf, implied, type Route, type Rule, type RuleSet } from '../../../model/index.ts'
import { type Prefix, parsePrefix, prefixCovers } from '../../../net/index.ts'
import type { Estate } from '../estate/estate.ts'
import { globalReach } from '../estate/express-route-circuit.ts'
import { type Gateway, gatewaysIn } from '../gateways/gateway.ts'
import type { GatewayConnection } from '../gateways/gateway-connection.ts'
import { branchToBranch } from '../gateways/route-server.ts'

const NOT_TRANSIT = implied(
  'a circuit brings its sites to VNets, not to each other (Learn: ExpressRoute FAQ; About ExpressRoute Global Reach)',
)

/** What an ExpressRoute gateway does with packets from one circuit for another: nothing, as Global Reach alone joins sites. */
export function circuitTransit(estate: Estate, gateway: Gateway): RuleSet | undefined {
  const circuits = gateway.connections.filter((one) => one.kind === 'circuit')
  if (gateway.kind !== 'expressroute' || circuits.length < 2) return undefined
  const rules = circuits.flatMap((near) =>
    circuits.filter((far) => far !== near && !isSame(near, far)).map((far) => between(estate, near, far)),
  )
  return {
    name: 'circuit-transit',
    label: `ExpressRoute gateway ${gateway.body.name}`,
    rules,
    policy: { kind: 'accept' },
    policySource: NOT_TRANSIT,
  }
}

function isSame(one: GatewayConnection, other: GatewayConnection): boolean {
  return one.circuit !== undefined && one.circuit === other.circuit
}

function between(estate: Estate, near: GatewayConnection, far: GatewayConnection): Rule {
  const joined = globalReach(estate, near.circuit, far.circuit)
  const pair = `${near.name} and ${far.name}`
  const open = `whether Global Reach joins the circuits of ${pair} is not in the export`
  return {
    name:
      joined === true
        ? `Global Reach joins the circuits of ${pair}`
        : `passes nothing between circuits: ${pair} are not joined by Global Reach`,
    match: allOf({ kind: 'in-interface', in: [near.interface] }, { kind: 'out-interface', in: [far.interface] }),
    action: joined === undefined ? { kind: 'opaque', text: open } : { kind: joined ? 'accept' : 'drop' },
    source: near.body.source('name'),
  }
}

/**
 * Between the VPN and the ExpressRoute gateway of a VNet nothing passes unless a route server with branch-to-branch
 * traffic tells each of the other (Learn: Azure Route Server support for ExpressRoute and Azure VPN). A route of the
 * gateway subnet's own route table may lead around.
 */
export function otherGatewayRoutes(estate: Estate, gateway: Gateway): Route[] {
  const allowed = branchToBranch(estate, gateway.vnet)
  if (allowed === true) return []
  const others = gatewaysIn(estate, gateway.vnet).filter((one) => one !== gateway && one.kind !== gateway.kind)
  const own = new Set(gateway.connections.flatMap((one) => one.prefixes.map(({ prefix }) => key(prefix))))
  return others.flatMap((other) => {
    const behind = [...other.connections.flatMap((one) => one.prefixes), ...other.clientPools]
    return behind
      .filter(({ prefix }) => prefix.length > 0 && !own.has(key(prefix)) && !ledAround(gateway, prefix))
      .map(({ prefix, source }): Route => {
        const because = `${gateway.device} and ${other.device} pass nothing on to each other without a route server that allows branch-to-branch traffic`
        const nextHop =
          allowed === undefined
            ? ({
                kind: 'unknown',
                because: 'allowBranchToBranchTraffic of the route server is neither true nor false',
              } as const)
            : ({ kind: 'broken', because, code: 'NoGatewayTransit' } as const)
        return { prefix, nextHop, distance: 0, metric: 0, origin: `behind ${other.device}`, source }
      })
  })
}

const key = ({ ip, length }: Prefix): string => `${ip}/${length}`

function ledAround({ subnet }: Gateway, prefix: Prefix): boolean {
  return (subnet.routeTable?.children('routes') ?? []).some((route) => {
    const led = parsePrefix(route.text('addressPrefix') ?? '')
    return led !== undefined && led.length > 0 && prefixCovers(led, prefix)
  })
}
