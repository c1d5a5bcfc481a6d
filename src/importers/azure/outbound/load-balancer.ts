import { type Ip, type Protocol, parseIp, TCP, UDP } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { gatewayBalancerOf } from '../estate/gateway-load-balancer.ts'
import { perEstate } from '../estate/per-estate.ts'
import { dealtOut, natRules } from './load-balancer-nat.ts'
import { type BalancerMember, type BalancerPool, type BalancerPools, poolsOf } from './load-balancer-pool.ts'
import type { BalancerRule } from './load-balancer-rule.ts'

/** A frontend of a load balancer: a device of its own. */
export interface BalancerFrontend {
  readonly balancer: Body
  readonly body: Body
  readonly device: string
  readonly ip: Ip
  /** The VNet it stands in; absent = a public frontend. */
  readonly vnet?: VirtualNetwork
  readonly rules: readonly BalancerRule[]
  /** The gateway load balancer that everything passes first, by name; absent = none. */
  readonly chained?: string
  /** Explicit outbound rules: who may use this address for connections of their own. */
  readonly outbound: readonly {
    readonly body: Body
    readonly protocol?: Protocol
    readonly members: readonly BalancerMember[]
  }[]
}

/** The frontends of all load balancers, in file order. */
export const balancerFrontends = perEstate((estate): readonly BalancerFrontend[] => {
  return estate.ofType('microsoft.network/loadbalancers').flatMap((balancer) => frontendsOf(estate, balancer))
})

function frontendsOf(estate: Estate, balancer: Body): BalancerFrontend[] {
  const bodies = balancer.children('frontendIPConfigurations')
  const pools = poolsOf(estate, balancer)
  return bodies.flatMap((body) => {
    const vnet = estate.subnet(body.reference('subnet'))?.vnet
    const text = body.text('privateIPAddress')
    const ip = vnet ? parsed(text) : estate.publicIp(body.reference('publicIPAddress'))
    if (ip === undefined) {
      const lost = !vnet && body.has('subnet')
      const where = lost ? 'is in a subnet that is not in the export: it is left out' : 'has no address in the export'
      const message = `frontend ${body.name} of load balancer ${balancer.name} ${where}`
      estate.report(body.diagnostic('warning', 'NT1626', message, 'name'))
      return []
    }
    const name = estate.deviceName(balancer)
    const only = bodies.length === 1
    const isOurs = (rule: Body) => belongsTo(rule, body, only)
    return [
      {
        balancer,
        body,
        device: only ? name : `${name}/${body.name}`,
        ip,
        ...(vnet && { vnet }),
        ...chainOf(body),
        rules: [
          ...balancer
            .children('loadBalancingRules')
            .filter(isOurs)
            .map((one) => balancingRule(balancer, one, pools)),
          ...balancer
            .children('inboundNatRules')
            .filter(isOurs)
            .flatMap((one) => natRules(estate, one, pools, sharedBy(one))),
          ...balancer
            .children('inboundNatPools')
            .filter(isOurs)
            .flatMap((one) => dealtOut(one, sharedBy(one))),
        ],
        outbound: balancer
          .children('outboundRules')
          .filter((one) => one.references('frontendIPConfigurations').some((id) => isId(id, body)))
          .map((one) => ({ body: one, ...protocolOf(one), members: targetsOf(one, pools).members })),
      },
    ]
  })
}

function belongsTo(rule: Body, frontend: Body, only: boolean): boolean {
  const wanted = rule.reference('frontendIPConfiguration')
  return wanted === undefined ? only : isId(wanted, frontend)
}

function isId(id: string, body: Body): boolean {
  return body.id === '' ? id.endsWith(`/${body.name.toLowerCase()}`) : id === body.id.toLowerCase()
}

function protocolOf(rule: Body): { protocol?: Protocol } {
  const text = rule.text('protocol')?.toLowerCase()
  if (text === 'tcp') return { protocol: TCP }
  return text === 'udp' ? { protocol: UDP } : {}
}

/** (Learn: Gateway Load Balancer: traffic to and from the frontend goes through its appliances.) */
function chainOf(frontend: Body): Pick<BalancerFrontend, 'chained'> {
  const chained = gatewayBalancerOf(frontend)
  return chained === undefined ? {} : { chained }
}

function sharedBy(rule: Body): Pick<BalancerRule, 'protocol' | 'floating' | 'floatingUnknown'> {
  return {
    ...protocolOf(rule),
    floating: rule.flag('enableFloatingIP') ?? false,
    ...(rule.isDoubtful('enableFloatingIP') && { floatingUnknown: true }),
  }
}

function balancingRule(balancer: Body, rule: Body, pools: BalancerPools): BalancerRule {
  const wanted = rule.reference('probe')
  const probe = balancer.children('probes').find((one) => wanted !== undefined && isId(wanted, one))
  const frontendPort = rule.number('frontendPort') ?? 0
  return {
    name: rule.name,
    ...sharedBy(rule),
    frontendPort,
    backendPort: rule.number('backendPort') ?? frontendPort,
    givesOutbound: rule.flag('disableOutboundSnat') !== true,
    ...targetsOf(rule, pools),
    ...(probe && { probe }),
    source: rule.source('name'),
  }
}

/** The members of a rule's pools. A template may leave the pool out where there is one alone. */
function targetsOf(rule: Body, pools: BalancerPools): BalancerPool {
  const single = rule.reference('backendAddressPool')
  const ids = [...new Set([...(single === undefined ? [] : [single]), ...rule.references('backendAddressPools')])]
  const absent = (id: string): BalancerPool => ({ members: [], missing: [`backend pool ${lastPart(id)}`] })
  const lists =
    ids.length === 0 && pools.size === 1 ? [...pools.values()] : ids.map((id) => pools.get(id) ?? absent(id))
  return { members: lists.flatMap((one) => one.members), missing: lists.flatMap((one) => one.missing) }
}

function parsed(text: string | undefined): Ip | undefined {
  return text === undefined ? undefined : parseIp(text)
}
