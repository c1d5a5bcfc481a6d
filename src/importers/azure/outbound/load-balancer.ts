import type { Source } from '../../../model/index.ts'
import { type Ip, type Protocol, parseIp, prefixContains, TCP, UDP } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import {
  type NicConfiguration,
  nicConfiguration,
  nicConfigurations,
  nicOfAddress,
} from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'

/** A member of a backend pool. */
export interface BalancerMember {
  readonly ip: Ip
  readonly vnet: VirtualNetwork
  /** Absent for a member that is an address alone. */
  readonly configuration?: NicConfiguration
}

/** A load-balancing or inbound NAT rule of one frontend. */
export interface BalancerRule {
  readonly name: string
  /** Absent = every protocol (HA ports). */
  readonly protocol?: Protocol
  /** 0 = every port. */
  readonly frontendPort: number
  readonly backendPort: number
  /** The destination stays as it is (Direct Server Return). */
  readonly floating: boolean
  /** `enableFloatingIP` is neither true nor false: which port the member sees is not known, where the two differ. */
  readonly floatingUnknown?: true
  /** Whether members may use the frontend for connections of their own. */
  readonly givesOutbound: boolean
  readonly members: readonly BalancerMember[]
  /** Absent = all members count as healthy. */
  readonly probe?: Body
  readonly source: Source
}

/** A frontend of a load balancer: a device of its own. */
export interface BalancerFrontend {
  readonly balancer: Body
  readonly body: Body
  readonly device: string
  readonly ip: Ip
  /** The VNet it stands in; absent = a public frontend. */
  readonly vnet?: VirtualNetwork
  readonly rules: readonly BalancerRule[]
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
      const message = `frontend ${body.name} of load balancer ${balancer.name} has no address in the export`
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
        rules: [
          ...balancer
            .children('loadBalancingRules')
            .filter(isOurs)
            .map((one) => balancingRule(balancer, one, pools)),
          ...balancer
            .children('inboundNatRules')
            .filter(isOurs)
            .flatMap((one) => natRule(estate, one)),
        ],
        outbound: balancer
          .children('outboundRules')
          .filter((one) => one.references('frontendIPConfigurations').some((id) => isId(id, body)))
          .map((one) => ({ body: one, ...protocolOf(one), members: membersOf(one, pools) })),
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

type Pools = ReadonlyMap<string, readonly BalancerMember[]>

function balancingRule(balancer: Body, rule: Body, pools: Pools): BalancerRule {
  const wanted = rule.reference('probe')
  const probe = balancer.children('probes').find((one) => wanted !== undefined && isId(wanted, one))
  const frontendPort = rule.number('frontendPort') ?? 0
  return {
    name: rule.name,
    ...protocolOf(rule),
    frontendPort,
    backendPort: rule.number('backendPort') ?? frontendPort,
    floating: rule.flag('enableFloatingIP') ?? false,
    ...(rule.isDoubtful('enableFloatingIP') && { floatingUnknown: true }),
    givesOutbound: rule.flag('disableOutboundSnat') !== true,
    members: membersOf(rule, pools),
    ...(probe && { probe }),
    source: rule.source('name'),
  }
}

function membersOf(rule: Body, pools: Pools): readonly BalancerMember[] {
  const single = rule.reference('backendAddressPool')
  const ids = [...new Set([...(single === undefined ? [] : [single]), ...rule.references('backendAddressPools')])]
  const lists = ids.length === 0 && pools.size === 1 ? [...pools.values()] : ids.map((id) => pools.get(id) ?? [])
  return lists.flat()
}

/** An inbound NAT rule leads to one NIC. Rules for a whole pool map ports in an order the export does not tell. */
function natRule(estate: Estate, rule: Body): BalancerRule[] {
  const target = nicConfiguration(estate, rule.reference('backendIPConfiguration'))
  if (!target) {
    const message = `inbound NAT rule ${rule.name} leads to no network interface of the export: it is left out`
    estate.report(rule.diagnostic('note', 'NT1627', message, 'name'))
    return []
  }
  const frontendPort = rule.number('frontendPort') ?? 0
  return [
    {
      name: rule.name,
      ...protocolOf(rule),
      frontendPort,
      backendPort: rule.number('backendPort') ?? frontendPort,
      floating: rule.flag('enableFloatingIP') ?? false,
      ...(rule.isDoubtful('enableFloatingIP') && { floatingUnknown: true }),
      givesOutbound: false,
      members: [{ ip: target.ip, vnet: target.subnet.vnet, configuration: target }],
      source: rule.source('name'),
    },
  ]
}

const byPool = perEstate((estate) => {
  const map = new Map<string, NicConfiguration[]>()
  for (const one of nicConfigurations(estate)) {
    for (const id of one.body.references('loadBalancerBackendAddressPools')) map.set(id, [...(map.get(id) ?? []), one])
  }
  return map
})

/** The members of each pool, by the pool's id: named by the pool, by its NICs, or by address. */
function poolsOf(estate: Estate, balancer: Body): Pools {
  const pools = new Map<string, readonly BalancerMember[]>()
  for (const pool of balancer.children('backendAddressPools')) {
    const id = (pool.id || `${balancer.id}/backendaddresspools/${pool.name}`).toLowerCase()
    const named = pool.references('backendIPConfigurations').map((one) => nicConfiguration(estate, one))
    const nics = [...named.filter((one) => one !== undefined), ...(byPool(estate).get(id) ?? [])]
    const members = new Map<string, BalancerMember>()
    for (const one of nics) {
      const member = { ip: one.ip, vnet: one.subnet.vnet, configuration: one }
      members.set(`${member.vnet.id} ${member.ip}`, member)
    }
    for (const address of pool.children('loadBalancerBackendAddresses')) {
      const member = addressMember(estate, balancer, address)
      if (member && !members.has(`${member.vnet.id} ${member.ip}`))
        members.set(`${member.vnet.id} ${member.ip}`, member)
    }
    pools.set(id, [...members.values()])
  }
  return pools
}

function addressMember(estate: Estate, balancer: Body, address: Body): BalancerMember | undefined {
  const ip = parsed(address.text('ipAddress'))
  if (ip === undefined) return undefined
  const frontend = balancer.children('frontendIPConfigurations').map((one) => estate.subnet(one.reference('subnet')))
  const said = estate.vnet(address.reference('virtualNetwork')) ?? estate.subnet(address.reference('subnet'))?.vnet
  const own = frontend.find((one) => one !== undefined)?.vnet
  const holds = (vnet: VirtualNetwork) => vnet.prefixes.some((one) => prefixContains(one, ip))
  const vnet = said ?? (own && holds(own) ? own : estate.vnets.find(holds))
  if (!vnet) return undefined
  const configuration = nicOfAddress(estate, vnet.id, ip)
  return { ip, vnet, ...(configuration && { configuration }) }
}

function parsed(text: string | undefined): Ip | undefined {
  return text === undefined ? undefined : parseIp(text)
}
