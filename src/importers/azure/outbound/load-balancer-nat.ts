import { type Body, lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { nicConfiguration } from '../estate/nic-configuration.ts'
import type { BalancerPools } from './load-balancer-pool.ts'
import type { BalancerRule } from './load-balancer-rule.ts'

type Ported = Pick<BalancerRule, 'protocol' | 'floating' | 'floatingUnknown'>

/**
 * What an inbound NAT rule makes: to one machine, or a port for each machine of a pool (Learn: Inbound NAT rules). The
 * ports of a pool's machines are Azure's choice: where the export does not tell them, who has one is not known.
 */
export function natRules(estate: Estate, rule: Body, pools: BalancerPools, shared: Ported): BalancerRule[] {
  const wanted = rule.reference('backendIPConfiguration')
  const pool = rule.reference('backendAddressPool')
  if (pool !== undefined) return poolRules(rule, pools, pool, shared)
  const target = nicConfiguration(estate, wanted)
  const made = { ...shared, name: rule.name, givesOutbound: false, source: rule.source('name') }
  const frontendPort = rule.number('frontendPort') ?? 0
  const ports = { frontendPort, backendPort: rule.number('backendPort') ?? frontendPort }
  if (target) {
    const member = { ip: target.ip, vnet: target.subnet.vnet, configuration: target, natPorts: new Map() }
    return [{ ...made, ...ports, members: [member], missing: [] }]
  }
  if (wanted === undefined) {
    const message = `inbound NAT rule ${rule.name} leads to no network interface: what comes for its port is dropped`
    estate.report(rule.diagnostic('note', 'NT1627', message, 'name'))
    return []
  }
  const parts = wanted.split('/')
  const nic = parts[parts.indexOf('networkinterfaces') + 1] ?? lastPart(wanted)
  const message = `inbound NAT rule ${rule.name} leads to network interface ${nic}, which is not in the export`
  estate.report(rule.diagnostic('warning', 'NT1645', message, 'backendIPConfiguration'))
  return [{ ...made, ...ports, members: [], missing: [`network interface ${nic}`] }]
}

function poolRules(rule: Body, pools: BalancerPools, id: string, shared: Ported): BalancerRule[] {
  const pool = pools.get(id)
  const source = rule.source('name')
  const known = (pool?.members ?? []).flatMap((member): BalancerRule[] => {
    const ports = member.natPorts.get(rule.name.toLowerCase())
    if (!ports) return []
    const { frontend: frontendPort, backend: backendPort } = ports
    const name = `${rule.name} port ${frontendPort}`
    return [
      { ...shared, name, frontendPort, backendPort, givesOutbound: false, members: [member], missing: [], source },
    ]
  })
  // The last that is for a packet decides.
  return [...dealtOut(rule, shared), ...known]
}

/** A range of ports that Azure deals out to the machines of a pool or scale set. */
export function dealtOut(rule: Body, shared: Ported): BalancerRule[] {
  const first = rule.number('frontendPortRangeStart')
  const last = rule.number('frontendPortRangeEnd') ?? first
  if (first === undefined || last === undefined) return []
  const words = `the machine that has this port by inbound NAT rule ${rule.name} (Azure deals ${first}-${last} out)`
  return [
    {
      ...shared,
      name: rule.name,
      frontendPort: first,
      lastPort: last,
      backendPort: rule.number('backendPort') ?? 0,
      givesOutbound: false,
      members: [],
      missing: [words],
      source: rule.source('name'),
    },
  ]
}
