import {
  type Action,
  ANY,
  allOf,
  implied,
  type Match,
  type NextHop,
  notOf,
  type Rule,
  type RuleSet,
} from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  hostPrefix,
  ICMP,
  ICMP6,
  type Ip,
  isIp4,
  type Prefix,
  unionOf,
} from '../../../net/index.ts'
import { PUBLIC_SPACE } from '../estate/address-space.ts'
import { INTERNET } from '../estate/attachment.ts'
import { lastPart } from '../estate/body.ts'
import { ESTABLISHED } from '../estate/established.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { gatewayBalancerOf, throughAppliances } from '../estate/gateway-load-balancer.ts'
import { type NicConfiguration, nicConfigurationsIn } from '../estate/nic-configuration.ts'
import { leaningOn } from '../estate/settings.ts'
import { standInAddress } from '../estate/stand-in-address.ts'
import { natGatewayIdOf } from '../estate/subnet-nat-gateway.ts'
import { subnetStamp } from '../estate/subnet-stamp.ts'
import { ownDefaults } from './default-outbound.ts'
import { balancersOut } from './load-balancer-outbound.ts'
import { natGatewayOf } from './nat-gateway.ts'

/** The side of a fabric that its NAT gateway is on. */
export const TO_NAT_GATEWAY = 'nat-gateway'

/**
 * Where a subnet's Internet next hop leads: its NAT gateway where it has one, else straight out. IPv6 passes a gateway by
 * that has no IPv6 address: only the StandardV2 kind can (Learn: Azure NAT Gateway resource).
 */
export function internetNextHop(estate: Estate, subnet: Subnet, { ip }: Prefix): NextHop {
  const wanted = natGatewayIdOf(estate, subnet)
  if (wanted === undefined) return { kind: 'connected', interface: INTERNET }
  const gateway = natGatewayOf(estate, wanted)
  if (gateway?.addresses.some((one) => isIp4(one) === isIp4(ip))) {
    return { kind: 'device', device: gateway.device, interface: TO_NAT_GATEWAY }
  }
  if (gateway && !isIp4(ip)) return { kind: 'connected', interface: INTERNET }
  const name = wanted.slice(wanted.lastIndexOf('/') + 1)
  return { kind: 'unknown', because: `NAT gateway ${name} or its public address is not in the export` }
}

/** How packets for the internet leave a subnet's fabric. */
export interface OutboundAccess {
  /** Keeps in what has no way out. */
  readonly filter: RuleSet
  /** Gives the rest its public source address. */
  readonly translation: RuleSet
  /** Addresses the fabric answers to on the internet. */
  readonly addresses: readonly Ip[]
}

const SERVICE = implied(
  'a service endpoint needs no public address: the service sees the private one and the subnet (Learn: Virtual network service endpoints); the stand-in address only brings the answer back',
)
const NO_METHOD = implied(
  'a private subnet needs an explicit way out: NAT gateway, public IP, load balancer or appliance (Learn: Default outbound access in Azure)',
)

/**
 * Outbound access from a subnet, for what its routes send to the internet: an instance's public address, else a load
 * balancer (a device of its own), else default outbound access. A NAT gateway comes before all of them and takes the
 * packets to its own device (Learn: Use Source Network Address Translation for outbound connections).
 */
export function outboundAccess(estate: Estate, subnet: Subnet): OutboundAccess {
  const standIn = standInAddress(estate, subnet)
  // Default outbound access has IPv4 addresses alone.
  const own = addressesOfPrefixes(subnet.prefixes.filter((one) => isIp4(one.ip)))
  const stamp: Match = { kind: 'stamp', in: [subnetStamp(subnet.id)] }
  const configurations = nicConfigurationsIn(estate, subnet)
  const instances = configurations.filter((one) => one.hasPublicAddress)
  const open = allowsDefault(estate, subnet)
  const shutIn = open ? balancersOut(estate, subnet).withoutOutbound : undefined
  const doubtful = !isOfFirewall(subnet) && subnet.body.isDoubtful('defaultOutboundAccess')
  const unsaid =
    !doubtful && !isOfFirewall(subnet) && subnet.body.flag('defaultOutboundAccess') === undefined
      ? leaning(estate, subnet)
      : undefined
  const accept: Action = { kind: 'accept' }
  const rule = (name: string, match: Match, action: Action, source: Rule['source'], leansOn?: string): Rule => ({
    name,
    match,
    action,
    source,
    ...(leansOn !== undefined && { leansOn }),
  })
  const forwarded = forwardedRules(estate, subnet, open !== undefined || doubtful)
  const ofInstances = addressesOfPrefixes(instances.map((one) => hostPrefix(one.ip)))
  const sourceIn = (set: AddressSet): Match => ({ kind: 'source', in: set })
  const filterRules: Rule[] = [
    ESTABLISHED,
    rule('service endpoint', stamp, accept, SERVICE),
    rule('public source', sourceIn(PUBLIC_SPACE), accept, implied('it has a public source address already')),
    ...(instances.length > 0 ? [rule('public IP of the NIC', sourceIn(ofInstances), accept, NO_METHOD)] : []),
    ...(shutIn ? [rule(SHUT_IN, sourceIn(shutIn.in), { kind: 'drop' }, shutIn.source)] : []),
    ...ownDefaults(estate, subnet),
    ...(open ? [NO_PING, rule('default outbound access', sourceIn(own), accept, open.source, unsaid)] : []),
    ...(doubtful
      ? [rule('defaultOutboundAccess', sourceIn(own), UNREADABLE, subnet.body.source('defaultOutboundAccess'))]
      : []),
    ...forwarded.map((one) => ({ ...one, action: accept })),
    ...(!open && unsaid !== undefined ? [rule('NoOutboundMethod', ANY, { kind: 'drop' }, UNSAID, unsaid)] : []),
  ]
  // Answers of connections that came in are undone at whatever interface they leave by; new ones only at this one.
  const leaving: Match = { kind: 'out-interface', in: [INTERNET] }
  const translations: Rule[] = [
    rule('service endpoint', allOf(leaving, stamp, sourceIn(own)), rewriteTo(standIn), SERVICE),
    ...instances.map((one) => instanceRule(estate, one, standIn)),
    ...forwarded,
    ...(open || doubtful
      ? [rule('default outbound access', allOf(leaving, sourceIn(own)), rewriteTo(standIn), open?.source ?? UNSAID)]
      : []),
  ]
  return {
    filter: {
      name: 'outbound/access',
      label: `outbound access of ${subnet.fabric}: NoOutboundMethod`,
      rules: filterRules,
      policy: { kind: 'drop' },
      policySource: subnet.body.has('defaultOutboundAccess') ? subnet.body.source('defaultOutboundAccess') : NO_METHOD,
    },
    translation: {
      name: 'outbound/translation',
      label: `outbound translation of ${subnet.fabric}`,
      rules: translations,
      policy: accept,
      policySource: NO_METHOD,
    },
    addresses: [standIn],
  }
}

const NO_PING: Rule = {
  name: 'IcmpUnsupported',
  match: { kind: 'protocol', in: [ICMP, ICMP6] },
  action: { kind: 'drop' },
  source: implied('default outbound access carries no pings (Learn: Default outbound access in Azure, "Constraints")'),
}

/** What an appliance in the subnet sends on under another's address: its own translation is in no export. */
function forwardedRules(estate: Estate, subnet: Subnet, open: boolean): Rule[] {
  const forwarding = nicConfigurationsIn(estate, subnet).filter((one) => one.nic.flag('enableIPForwarding') === true)
  const [first] = forwarding
  const hasWay = forwarding.some((one) => one.hasPublicAddress) || balancersOut(estate, subnet).ways.length > 0
  if (!first || (!hasWay && !open)) return []
  const text = `whether ${first.nic.name} translates the source of what it forwards: its operating system is not in the export`
  const match = allOf(
    { kind: 'out-interface', in: [INTERNET] },
    notOf({ kind: 'source', in: unionOf(PUBLIC_SPACE, addressesOfPrefixes(subnet.prefixes)) }),
  )
  return [
    { name: 'forwarded', match, action: { kind: 'opaque', text }, source: first.nic.source('enableIPForwarding') },
  ]
}

const SHUT_IN = 'no rule of the Standard load balancer it is a member of gives it this way out:'
const UNREADABLE: Action = { kind: 'opaque', text: 'defaultOutboundAccess is neither true nor false' }

function rewriteTo(address: Ip): Action {
  return { kind: 'rewrite-source', to: { kind: 'address', first: address, last: address } }
}

function instanceRule(estate: Estate, one: NicConfiguration, standIn: Ip): Rule {
  const address = estate.publicIp(one.publicAddress?.id) ?? standIn
  const chained = gatewayBalancerOf(one.body)
  return {
    name: `public IP ${lastPart(one.body.reference('publicIPAddress') ?? '')} of ${one.nic.name}`,
    match: allOf(
      { kind: 'out-interface', in: [INTERNET] },
      { kind: 'source', in: addressesOfPrefixes([hostPrefix(one.ip)]) },
    ),
    action: chained === undefined ? rewriteTo(address) : throughAppliances(chained),
    source: one.body.source(chained === undefined ? 'publicIPAddress' : 'gatewayLoadBalancer'),
  }
}

function leaning({ settings }: Estate, { fabric }: Subnet): string {
  const has = settings.defaultOutboundWhenUndefined ? 'has' : 'has no'
  const what = `${fabric} does not say defaultOutboundAccess and ${has} default outbound access`
  return leaningOn(settings, 'defaultOutboundWhenUndefined', what)
}

/** A firewall gets out by its own public addresses, whatever its subnet says (Learn: Azure Firewall forced tunneling). */
function isOfFirewall({ name }: Subnet): boolean {
  return name.toLowerCase() === 'azurefirewallsubnet'
}

/** Whether the subnet has default outbound access, and what says so. */
function allowsDefault(estate: Estate, subnet: Subnet): { readonly source: Rule['source'] } | undefined {
  if (isOfFirewall(subnet)) return undefined
  const said = subnet.body.flag('defaultOutboundAccess')
  if (subnet.body.isDoubtful('defaultOutboundAccess')) return undefined
  if (said !== undefined) return said ? { source: subnet.body.source('defaultOutboundAccess') } : undefined
  return estate.settings.defaultOutboundWhenUndefined ? { source: UNSAID } : undefined
}

const UNSAID = implied(
  'the subnet does not say defaultOutboundAccess: subnets made before the change to private ones have it (Learn: Default outbound access in Azure)',
)
