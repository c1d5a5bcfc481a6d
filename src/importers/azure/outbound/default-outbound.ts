import { allOf, notOf, type Rule, type Source } from '../../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, ICMP, ICMP6, type Ip, isIp4 } from '../../../net/index.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { type NicConfiguration, nicConfigurations, nicConfigurationsIn } from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'
import { nicOwner } from '../estate/virtual-machine.ts'

/**
 * Network interfaces whose default outbound access is not as their subnet says: what Azure reports of the interface
 * itself; else instances of Flexible scale sets and machines with a public address on another interface, which have none
 * (Learn: Default outbound access in Azure).
 */
export function ownDefaults(estate: Estate, subnet: Subnet): readonly Rule[] {
  return nicConfigurationsIn(estate, subnet).flatMap((one) => {
    if (one.hasPublicAddress || !isIp4(one.ip)) return []
    const said = one.nic.flag('defaultOutboundConnectivityEnabled')
    if (said !== undefined) return [saidRule(one.ip, said, one.nic.source('defaultOutboundConnectivityEnabled'))]
    const lost = lostBy(estate, one)
    return lost ? [{ ...lost, match: from(one.ip), action: { kind: 'drop' } } satisfies Rule] : []
  })
}

function from(ip: Ip): Rule['match'] {
  return { kind: 'source', in: addressesOfPrefixes([hostPrefix(ip)]) }
}

function saidRule(ip: Ip, has: boolean, source: Source): Rule {
  if (!has) return { name: 'NoOutboundMethod', match: from(ip), action: { kind: 'drop' }, source }
  const match = allOf(from(ip), notOf({ kind: 'protocol', in: [ICMP, ICMP6] }))
  return { name: 'default outbound access', match, action: { kind: 'accept' }, source }
}

/** The machines that have a public address on one of their interfaces, by lower-case id, and that interface's place. */
const published = perEstate((estate) => {
  const machines = new Map<string, Source>()
  for (const one of nicConfigurations(estate)) {
    const owner = nicOwner(estate, one.nic)
    if (owner && one.hasPublicAddress) machines.set(owner.id.toLowerCase(), one.body.source('publicIPAddress'))
  }
  return machines
})

function lostBy(estate: Estate, { nic }: NicConfiguration): { name: string; source: Source } | undefined {
  const owner = nicOwner(estate, nic)
  if (!owner) return undefined
  const machine = estate.byId(owner.id)
  if (machine?.has('virtualMachineScaleSet')) {
    const source = machine.source('virtualMachineScaleSet')
    return { name: `${owner.name} is of a Flexible scale set, which has no default outbound access`, source }
  }
  const other = published(estate).get(owner.id.toLowerCase())
  if (!other) return undefined
  return {
    name: `${owner.name} has a public address on another interface, and so no default outbound access`,
    source: other,
  }
}
