import { implied, type Rule, type RuleSet, type Source, type Stage } from '../../../model/index.ts'
import { addressesOfPrefixes } from '../../../net/index.ts'
import { PUBLIC_SPACE } from '../estate/address-space.ts'
import type { Body } from '../estate/body.ts'
import { effectiveAnswers } from '../estate/effective-answer.ts'
import { ESTABLISHED } from '../estate/established.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { peersOf } from '../estate/peering.ts'
import { withPrintedRules } from './effective-rule.ts'
import { type Direction, type SecuritySide, securitySide } from './network-security-group.ts'
import { adminRules } from './security-admin-rule.ts'

/** What an NSG needs to know of the device it guards. */
export interface GuardedDevice {
  /** The NSG of the NIC itself, or a reference to one that the export lacks; absent = it has none. */
  readonly nicGroup?: { readonly body?: Body; readonly name: string }
  /** Source ports count as `*`: a private endpoint. */
  readonly ignoresSourcePorts?: boolean
  /** The subnet's NSG is not asked: a private endpoint whose subnet has the policy off. */
  readonly ignoresSubnetGroup?: boolean
  /** A Standard public address or load balancer leads to it: without any NSG the internet is kept out. */
  readonly standardPublic?: boolean
}

/** The filter stages of a NIC and the rule sets they name. `track` is the caller's, and comes first. */
export interface SecurityStages {
  readonly ruleSets: Readonly<Record<string, RuleSet>>
  readonly prerouting: readonly Stage[]
  readonly postrouting: readonly Stage[]
}

/**
 * The NSG stages of a device in a subnet: in by the subnet's NSG, then the NIC's; out the other way round. A level
 * without an NSG lets everything pass (Learn: How network security groups filter network traffic).
 */
export function nsgStages(estate: Estate, subnet: Subnet, device: GuardedDevice = {}): SecurityStages {
  const inbound = sidesOf(estate, subnet, device, 'inbound')
  const outbound = sidesOf(estate, subnet, device, 'outbound').reverse()
  const ruleSets: Record<string, RuleSet> = {}
  for (const side of [...inbound, ...outbound]) {
    for (const one of [side.ruleSet, ...side.jumpsTo]) ruleSets[one.name] = one
  }
  const stagesOf = (sides: readonly SecuritySide[]): Stage[] =>
    sides.map(({ ruleSet }) => ({ kind: 'filter', ruleSet: ruleSet.name }))
  return { ruleSets, prerouting: stagesOf(inbound), postrouting: stagesOf(outbound) }
}

/** The sides in the order subnet, NIC. */
function sidesOf(estate: Estate, subnet: Subnet, device: GuardedDevice, direction: Direction): SecuritySide[] {
  const sides: SecuritySide[] = []
  const ofSubnet = device.ignoresSubnetGroup ? undefined : (groupOfSubnet(subnet) ?? printedGroup(estate, subnet))
  for (const group of [ofSubnet, device.nicGroup]) {
    if (group?.body) {
      const side = securitySide(estate, subnet, group.body, direction, device.ignoresSourcePorts)
      sides.push(withPrintedRules(estate, group.body, side, direction))
    } else if (group) sides.push(unknownSide(estate, subnet, group, direction))
  }
  if (sides.length > 0) return sides
  // They do not apply to private endpoints (Learn: Security admin rules in Azure Virtual Network Manager).
  const admin = device.ignoresSourcePorts ? undefined : adminRules(estate, subnet, direction)
  if (admin) sides.push({ ruleSet: { ...admin.ruleSet, policy: { kind: 'accept' } }, jumpsTo: [] })
  if (direction === 'inbound' && device.standardPublic) sides.push(CLOSED)
  const closed = closedPeerings(estate, subnet, direction)
  if (closed) sides.push(closed)
  return sides
}

function groupOfSubnet(subnet: Subnet): { body?: Body; name: string } | undefined {
  if (subnet.securityGroup) return { body: subnet.securityGroup, name: subnet.securityGroup.name }
  const id = subnet.body.reference('networkSecurityGroup')
  return id === undefined ? undefined : { name: id.slice(id.lastIndexOf('/') + 1) }
}

interface PrintedGroup {
  readonly body?: Body
  readonly name: string
  readonly printed: Source
}

/** An NSG that Azure printed as in force on a subnet whose body names none: a policy may have put it there since. */
function printedGroup(estate: Estate, subnet: Subnet): PrintedGroup | undefined {
  const groups = effectiveAnswers(estate).flatMap((one) => one.groups)
  const found = groups.find((one) => one.child('association')?.reference('subnet') === subnet.id)
  const id = found?.reference('networkSecurityGroup')
  if (!found || id === undefined) return undefined
  const body = estate.byId(id)
  return {
    name: id.slice(id.lastIndexOf('/') + 1),
    printed: found.source('networkSecurityGroup'),
    ...(body && { body }),
  }
}

/** An NSG that is referred to and not in the export: nobody can say what it does. */
function unknownSide(
  estate: Estate,
  subnet: Subnet,
  { name, printed }: { readonly name: string; readonly printed?: Source },
  direction: Direction,
): SecuritySide {
  const where = printed ? ', and Azure lists it as in force there' : ''
  const text = `NSG ${name} is not in the export${where}`
  const source = printed ?? subnet.body.source('networkSecurityGroup')
  if (direction === 'inbound') estate.report({ severity: 'warning', code: 'NT1615', message: text, source })
  const rules: Rule[] = [
    ESTABLISHED,
    { name: 'its rules', match: { kind: 'opaque', text }, action: { kind: 'drop' }, source },
  ]
  const ruleSet: RuleSet = {
    name: `${name}/${direction}`,
    label: `NSG ${name} ${direction}`,
    rules,
    policy: { kind: 'accept' },
    policySource: source,
  }
  return { ruleSet, jumpsTo: [] }
}

/**
 * A machine without any NSG does not talk to a peer whose VNet is not given access, though the peering stays connected:
 * nothing allows by address what the tag no longer holds (recorded connection checks of 2017 and 2018).
 */
function closedPeerings(estate: Estate, subnet: Subnet, direction: Direction): SecuritySide | undefined {
  const closed = peersOf(estate, subnet.vnet).filter(({ peering }) => !peering.allowsAccess)
  const [first] = closed
  if (!first) return undefined
  const side = direction === 'inbound' ? 'source' : 'destination'
  const rules = closed.map(({ peering }): Rule => {
    const match = { kind: side, in: addressesOfPrefixes(peering.remotePrefixes) } as const
    const source = peering.body.source('allowVirtualNetworkAccess')
    return { name: `peering ${peering.name} without access`, match, action: { kind: 'drop' }, source }
  })
  const ruleSet: RuleSet = {
    name: `peering-access/${direction}`,
    label: 'no NSG allows it:',
    rules: [ESTABLISHED, ...rules],
    policy: { kind: 'accept' },
    policySource: implied(
      'without an NSG everything else passes (Learn: How network security groups filter network traffic)',
    ),
  }
  return { ruleSet, jumpsTo: [] }
}

const SECURE_BY_DEFAULT = implied(
  'a Standard public IP address is closed to inbound traffic until an NSG allows it (Learn: Public IP addresses)',
)

const CLOSED: SecuritySide = {
  ruleSet: {
    name: 'standard-public-ip/inbound',
    label: 'Standard public IP without an NSG',
    rules: [
      ESTABLISHED,
      {
        name: 'StandardPipNoNsg',
        match: { kind: 'source', in: PUBLIC_SPACE },
        action: { kind: 'drop' },
        source: SECURE_BY_DEFAULT,
      },
    ],
    policy: { kind: 'accept' },
    policySource: SECURE_BY_DEFAULT,
  },
  jumpsTo: [],
}
