import { type Ip, parseIp, prefixContains } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
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
  /** The pool names its address, not its NIC; absent = it names the NIC. */
  readonly byAddress?: true
  /** Set by a person instead of its probe: always or never taken for new connections; absent = its probe decides. */
  readonly state?: { readonly is: 'up' | 'down'; readonly body: Body }
  /** The ports of inbound NAT rules for a pool that Azure gave to this member, by the rule's lower-case name. */
  readonly natPorts: ReadonlyMap<string, { readonly frontend: number; readonly backend: number }>
}

/** A backend pool. */
export interface BalancerPool {
  readonly members: readonly BalancerMember[]
  /** Members that the export does not hold, in words; empty = all are known. */
  readonly missing: readonly string[]
}

/** The pools of a load balancer, by the pool's lower-case id. */
export type BalancerPools = ReadonlyMap<string, BalancerPool>

const byPool = perEstate((estate) => {
  const map = new Map<string, NicConfiguration[]>()
  for (const one of nicConfigurations(estate)) {
    for (const id of one.body.references('loadBalancerBackendAddressPools')) map.set(id, [...(map.get(id) ?? []), one])
  }
  return map
})

/** The pools with their members: named by the pool, by their NICs, or by address. */
export function poolsOf(estate: Estate, balancer: Body): BalancerPools {
  const pools = new Map<string, BalancerPool>()
  for (const pool of balancer.children('backendAddressPools')) {
    const id = (pool.id || `${balancer.id}/backendaddresspools/${pool.name}`).toLowerCase()
    pools.set(id, poolOf(estate, balancer, pool, byPool(estate).get(id) ?? []))
  }
  return pools
}

const NO_PORTS = new Map<string, never>()

function poolOf(estate: Estate, balancer: Body, pool: Body, nics: readonly NicConfiguration[]): BalancerPool {
  const members = new Map<string, BalancerMember>()
  const missing: string[] = []
  const add = (one: BalancerMember) => members.set(keyOf(one), one)
  const take = (one: NicConfiguration) =>
    add({ ip: one.ip, vnet: one.subnet.vnet, configuration: one, natPorts: NO_PORTS })
  for (const id of pool.references('backendIPConfigurations')) {
    const found = nicConfiguration(estate, id)
    if (found) take(found)
    else missing.push(nicWords(id))
  }
  for (const one of nics) take(one)
  const named = new Set(members.keys())
  for (const address of pool.children('loadBalancerBackendAddresses')) {
    const found = addressMember(estate, balancer, address)
    if (typeof found === 'string') missing.push(found)
    else if (found) add(named.has(keyOf(found)) ? withoutByAddress(found) : found)
  }
  return { members: [...members.values()], missing: [...new Set(missing)] }
}

function keyOf({ vnet, ip }: BalancerMember): string {
  return `${vnet.id} ${ip}`
}

function withoutByAddress({ byAddress: _, ...member }: BalancerMember): BalancerMember {
  return member
}

/** A network interface in words: the instance of a scale set has a name of its own only with the set's. */
function nicWords(id: string): string {
  const parts = id.split('/')
  const at = (word: string) => parts[parts.findIndex((one) => one.toLowerCase() === word) + 1] ?? ''
  const nic = at('networkinterfaces')
  const set = id.includes('/virtualmachinescalesets/')
    ? `${at('virtualmachinescalesets')}_${at('virtualmachines')} `
    : ''
  return `network interface ${set}${nic === '' ? lastPart(id) : nic}`
}

/** A member by address or NIC; words for one that is not in the export; `undefined` for an entry that names nobody. */
function addressMember(estate: Estate, balancer: Body, address: Body): BalancerMember | string | undefined {
  const wanted = address.reference('networkInterfaceIPConfiguration')
  const named = nicConfiguration(estate, wanted)
  const facts = { natPorts: natPortsOf(address), ...stateOf(address) }
  if (named) return { ip: named.ip, vnet: named.subnet.vnet, configuration: named, ...facts }
  if (wanted !== undefined) return nicWords(wanted)
  const regional = address.reference('loadBalancerFrontendIPConfiguration')
  if (regional !== undefined)
    return `frontend ${lastPart(regional)} of load balancer ${regional.split('/').at(-3) ?? ''}`
  const text = address.text('ipAddress')
  const ip = text === undefined ? undefined : parseIp(text)
  if (ip === undefined) return text
  const vnet = vnetOf(estate, balancer, address, ip)
  if (!vnet) return `address ${text}, whose network is not in the export`
  const configuration = nicOfAddress(estate, vnet.id, ip)
  return { ip, vnet, byAddress: true, ...(configuration && { configuration }), ...facts }
}

function vnetOf(estate: Estate, balancer: Body, address: Body, ip: Ip): VirtualNetwork | undefined {
  const frontends = balancer.children('frontendIPConfigurations').map((one) => estate.subnet(one.reference('subnet')))
  const said = estate.vnet(address.reference('virtualNetwork')) ?? estate.subnet(address.reference('subnet'))?.vnet
  const own = frontends.find((one) => one !== undefined)?.vnet
  const holds = (vnet: VirtualNetwork) => vnet.prefixes.some((one) => prefixContains(one, ip))
  return said ?? (own && holds(own) ? own : estate.vnets.find(holds))
}

/** (Learn: Administrative state in Azure Load Balancer.) */
function stateOf(address: Body): Pick<BalancerMember, 'state'> {
  const word = address.text('adminState')?.toLowerCase()
  return word === 'up' || word === 'down' ? { state: { is: word, body: address } } : {}
}

function natPortsOf(address: Body): BalancerMember['natPorts'] {
  const ports = new Map<string, { frontend: number; backend: number }>()
  for (const one of address.children('inboundNatRulesPortMapping')) {
    const [name, frontend, backend] = [
      one.text('inboundNatRuleName'),
      one.number('frontendPort'),
      one.number('backendPort'),
    ]
    if (name !== undefined && frontend !== undefined && backend !== undefined)
      ports.set(name.toLowerCase(), { frontend, backend })
  }
  return ports
}
