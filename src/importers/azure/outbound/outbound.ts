import {
  type Action,
  ANY,
  allOf,
  implied,
  type Match,
  type NextHop,
  type Rule,
  type RuleSet,
} from '../../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  hostPrefix,
  type Ip,
  type Ip4,
  isIp4,
  prefix,
} from '../../../net/index.ts'
import { PUBLIC_SPACE } from '../estate/address-space.ts'
import { INTERNET } from '../estate/attachment.ts'
import { ESTABLISHED } from '../estate/established.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { type NicConfiguration, nicConfigurationsIn } from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'
import { leaningOn } from '../estate/settings.ts'
import { balancersOut } from './load-balancer-outbound.ts'
import { natGatewayOf } from './nat-gateway.ts'

/** Where a subnet's Internet next hop leads: its NAT gateway where it has one, else straight out. */
export function internetNextHop(estate: Estate, subnet: Subnet): NextHop {
  const wanted = subnet.body.reference('natGateway')
  if (wanted === undefined) return { kind: 'connected', interface: INTERNET }
  const gateway = natGatewayOf(estate, wanted)
  if (gateway) return { kind: 'device', device: gateway.device }
  const name = wanted.slice(wanted.lastIndexOf('/') + 1)
  return { kind: 'unknown', because: `NAT gateway ${name} or its public address is not in the export` }
}

const indexes = perEstate((estate) => new Map([...estate.subnets.keys()].map((id, index) => [id, index])))
const FIRST_STAND_IN = prefix('198.18.0.0/15').ip

/**
 * The address that stands for a public one we cannot know: Microsoft's own for default outbound access, or one that
 * is not allocated. From the range for benchmarks (RFC 2544), which no packet on the internet has; one a subnet.
 */
export function standInAddress(estate: Estate, subnet: Subnet): Ip {
  const index = indexes(estate).get(subnet.id) ?? 0
  return (isIp4(FIRST_STAND_IN) ? FIRST_STAND_IN + index + 1 : 0) as Ip4
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
  const own = addressesOfPrefixes(subnet.prefixes)
  const stamp: Match = { kind: 'stamp', in: [`subnet:${subnet.id}`] }
  const configurations = nicConfigurationsIn(estate, subnet)
  const instances = configurations.filter((one) => one.publicAddress !== undefined)
  const open = allowsDefault(estate, subnet)
  const shutIn = open ? balancersOut(estate, subnet).withoutOutbound : undefined
  const doubtful = subnet.body.isDoubtful('defaultOutboundAccess')
  const unsaid =
    !doubtful && subnet.body.flag('defaultOutboundAccess') === undefined ? leaning(estate, subnet) : undefined
  const accept: Action = { kind: 'accept' }
  const rule = (name: string, match: Match, action: Action, source: Rule['source'], leansOn?: string): Rule => ({
    name,
    match,
    action,
    source,
    ...(leansOn !== undefined && { leansOn }),
  })
  const ofInstances = addressesOfPrefixes(instances.map((one) => hostPrefix(one.ip)))
  const sourceIn = (set: AddressSet): Match => ({ kind: 'source', in: set })
  const filterRules: Rule[] = [
    ESTABLISHED,
    rule('service endpoint', stamp, accept, SERVICE),
    rule('public source', sourceIn(PUBLIC_SPACE), accept, implied('it has a public source address already')),
    ...(instances.length > 0 ? [rule('public IP of the NIC', sourceIn(ofInstances), accept, NO_METHOD)] : []),
    ...(shutIn ? [rule('NoOutboundMethod', sourceIn(shutIn.in), { kind: 'drop' }, shutIn.source)] : []),
    ...(open ? [rule('default outbound access', sourceIn(own), accept, open.source, unsaid)] : []),
    ...(doubtful
      ? [rule('defaultOutboundAccess', sourceIn(own), UNREADABLE, subnet.body.source('defaultOutboundAccess'))]
      : []),
    ...(!open && unsaid !== undefined ? [rule('NoOutboundMethod', ANY, { kind: 'drop' }, UNSAID, unsaid)] : []),
  ]
  // Answers of connections that came in are undone at whatever interface they leave by; new ones only at this one.
  const leaving: Match = { kind: 'out-interface', in: [INTERNET] }
  const translations: Rule[] = [
    rule('service endpoint', allOf(leaving, stamp, sourceIn(own)), rewriteTo(standIn), SERVICE),
    ...instances.map((one) => instanceRule(estate, one, standIn)),
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

const UNREADABLE: Action = { kind: 'opaque', text: 'defaultOutboundAccess is neither true nor false' }

function rewriteTo(address: Ip): Action {
  return { kind: 'rewrite-source', to: { kind: 'address', first: address, last: address } }
}

function instanceRule(estate: Estate, one: NicConfiguration, standIn: Ip): Rule {
  const address = estate.publicIp(one.publicAddress?.id) ?? standIn
  return {
    name: `public IP ${one.publicAddress?.name ?? ''} of ${one.nic.name}`,
    match: allOf(
      { kind: 'out-interface', in: [INTERNET] },
      { kind: 'source', in: addressesOfPrefixes([hostPrefix(one.ip)]) },
    ),
    action: rewriteTo(address),
    source: one.body.source('publicIPAddress'),
  }
}

function leaning({ settings }: Estate, { fabric }: Subnet): string {
  const has = settings.defaultOutboundWhenUndefined ? 'has' : 'has no'
  const what = `${fabric} does not say defaultOutboundAccess and ${has} default outbound access`
  return leaningOn(settings, 'defaultOutboundWhenUndefined', what)
}

/** Whether the subnet has default outbound access, and what says so. */
function allowsDefault(estate: Estate, subnet: Subnet): { readonly source: Rule['source'] } | undefined {
  const said = subnet.body.flag('defaultOutboundAccess')
  if (subnet.body.isDoubtful('defaultOutboundAccess')) return undefined
  if (said !== undefined) return said ? { source: subnet.body.source('defaultOutboundAccess') } : undefined
  return estate.settings.defaultOutboundWhenUndefined ? { source: UNSAID } : undefined
}

const UNSAID = implied(
  'the subnet does not say defaultOutboundAccess: subnets made before the change to private ones have it (Learn: Default outbound access in Azure)',
)
