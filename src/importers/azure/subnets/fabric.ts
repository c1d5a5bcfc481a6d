import {
  allOf,
  type Device,
  type Interface,
  implied,
  notOf,
  type Route,
  type RouteTable,
  type Rule,
  type RuleSet,
  type Source,
} from '../../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, type Ip } from '../../../net/index.ts'
import { PUBLIC_SPACE } from '../estate/address-space.ts'
import { FABRIC_VNET, INTERNET } from '../estate/attachment.ts'
import { endpointsIn } from '../estate/endpoint-address.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { gatewayBalancerOf, throughAppliances } from '../estate/gateway-load-balancer.ts'
import { managedInstancesIn } from '../estate/managed-instance.ts'
import { nicConfigurationsIn } from '../estate/nic-configuration.ts'
import { leaningOn } from '../estate/settings.ts'
import { natGatewayIdOf } from '../estate/subnet-nat-gateway.ts'
import { subnetStamp } from '../estate/subnet-stamp.ts'
import { balancersOut } from '../outbound/load-balancer-outbound.ts'
import { outboundAccess, TO_NAT_GATEWAY } from '../outbound/outbound.ts'
import { effectiveRoutesOf } from '../routes/effective-routes.ts'
import { peeringChecks } from './peering-doubt.ts'
import { serviceEndpointPolicyRules } from './service-endpoint-policy.ts'

/** The devices of the subnets' fabrics, and those that private endpoints answer through. */
export function fabricDevices(estate: Estate): readonly Device[] {
  const withEndpoints = new Set(estate.vnets.flatMap((vnet) => endpointsIn(estate, vnet).map((one) => one.subnet)))
  return [...estate.subnets.values()].flatMap((subnet) => {
    const fabric = fabricDevice(estate, subnet)
    return withEndpoints.has(subnet) ? [fabric, endpointFabric(estate, subnet)] : [fabric]
  })
}

const FORWARDS = { enabled: true, source: implied('a subnet’s fabric passes on what its routes let it') }

/**
 * A subnet's fabric: its `main` table holds the effective routes, and every packet that leaves the subnet meets it.
 * Packets from the internet for a public address of its NICs come in here too and go straight to the NIC, because
 * route tables act only on what leaves a subnet.
 */
function fabricDevice(estate: Estate, subnet: Subnet): Device {
  const main = effectiveRoutesOf(estate, subnet)
  const outbound = outboundAccess(estate, subnet)
  const inbound = inboundRules(estate, subnet)
  const published = nicConfigurationsIn(estate, subnet).map((one) => estate.publicIp(one.publicAddress?.id))
  const managed = managedInstancesIn(estate, subnet).flatMap((one) => one.outside.map(({ ip }) => ip))
  const addresses = [...outbound.addresses, ...published.filter((one) => one !== undefined), ...managed]
  const peerings = peeringChecks(estate, subnet)
  const policy = serviceEndpointPolicyRules(estate, subnet)
  const ruleSets = [
    tableRules(estate, subnet),
    inbound,
    outbound.filter,
    outbound.translation,
    ...peerings.map((one) => one.ruleSet),
    ...(policy ? [policy] : []),
  ]
  return {
    ...bare(subnet, subnet.fabric, 'Azure subnet', main, addresses),
    aliases: [subnet.id],
    tables: [
      { name: 'main', routes: main },
      inboundTable(subnet),
      ...outboundTables(estate, subnet, main),
      ...instanceTable(estate, subnet, main),
    ],
    tableBeforeLocal: true,
    ruleSets: Object.fromEntries(ruleSets.map((one) => [one.name, one])),
    pipeline: {
      prerouting: [
        { kind: 'track' },
        { kind: 'mark', ruleSet: TABLES },
        { kind: 'translate', ruleSet: inbound.name, interfaces: [INTERNET] },
      ],
      input: [],
      forward: policy ? [{ kind: 'filter', ruleSet: policy.name }] : [],
      output: [],
      postrouting: [
        ...peerings.map((one) => one.stage),
        { kind: 'filter', ruleSet: outbound.filter.name, interfaces: [INTERNET] },
        // What came in by a public address and leaves by an appliance or a gateway keeps its private source.
        { kind: 'translate', ruleSet: outbound.translation.name, interfaces: [INTERNET, TO_NAT_GATEWAY] },
      ],
    },
  }
}

/** What a private endpoint answers through: the system routes, because its provider cannot be routed by a table. */
function endpointFabric(estate: Estate, subnet: Subnet): Device {
  const main = effectiveRoutesOf(estate, subnet, true)
  return bare(subnet, subnet.endpointFabric, 'Azure subnet, as private endpoints answer through it', main, [])
}

function bare(subnet: Subnet, name: string, label: string, routes: readonly Route[], addresses: readonly Ip[]): Device {
  const source = subnet.body.source('name')
  return {
    name,
    kind: 'subnet',
    label,
    aliases: [],
    interfaces: interfacesOf(routes, addresses, source),
    tables: [{ name: 'main', routes }],
    tableRules: [],
    forwards: FORWARDS,
    ruleSets: {},
    pipeline: { prerouting: [], input: [], forward: [], output: [], postrouting: [] },
    encapsulations: [],
    listeners: [],
    stamps: [],
    notModelled: [],
    source,
  }
}

/** One interface for each link the routes lead to; `vnet` and `internet` are always there. */
function interfacesOf(routes: readonly Route[], addresses: readonly Ip[], source: Source): Interface[] {
  const names = new Set([FABRIC_VNET])
  for (const { nextHop } of routes) {
    if (nextHop.kind === 'connected' || nextHop.kind === 'via') names.add(nextHop.interface ?? FABRIC_VNET)
    if (nextHop.kind === 'device' && nextHop.interface !== undefined) names.add(nextHop.interface)
  }
  names.delete(INTERNET)
  return [...names, INTERNET].map((name) => ({
    name,
    aliases: [],
    addresses: name === INTERNET ? addresses.map((ip) => ({ ip, prefix: hostPrefix(ip), source })) : [],
    source,
  }))
}

const TABLES = 'fabric/tables'

/** Which table a packet meets: from the internet the VNet alone; from inside the subnet's routes, never our own address. */
function tableRules(estate: Estate, subnet: Subnet): RuleSet {
  const source = implied(
    'route tables act on packets that leave a subnet, not on those that arrive (Learn: Virtual network traffic routing)',
  )
  const fromInternet = { kind: 'in-interface', in: [INTERNET] } as const
  const use = (name: string, match: Rule['match'], table: string, from: Source): Rule => ({
    name,
    match,
    action: { kind: 'use-table', table },
    source: from,
  })
  const outbound = balancersOut(estate, subnet).ways.map((one) =>
    use(
      `outbound by ${one.device}`,
      { kind: 'all', of: [notOf(fromInternet), one.match] },
      `outbound ${one.device}`,
      one.source,
    ),
  )
  return {
    name: TABLES,
    label: `tables of ${subnet.fabric}`,
    rules: [
      use('from inside', notOf(fromInternet), 'main', source),
      use('from the internet', fromInternet, 'inbound', source),
      ...outbound,
      ...instanceRules(estate, subnet),
    ],
    policy: { kind: 'accept' },
    policySource: source,
  }
}

/**
 * NICs with a public address of their own in a subnet with a NAT gateway: the NAT pages send them through the gateway,
 * the load balancer's page lets their own address come first (Learn: Use SNAT for outbound connections).
 */
function instanceRules(estate: Estate, subnet: Subnet): Rule[] {
  const instances = nicConfigurationsIn(estate, subnet).filter((one) => one.hasPublicAddress)
  const [first] = instances
  if (!first || natGatewayIdOf(estate, subnet) === undefined) return []
  const own = estate.settings.instanceAddressBeatsNatGateway
  const what = `NICs of ${subnet.fabric} with a public address leave ${own ? 'with it' : 'through the NAT gateway'}`
  const leansOn = leaningOn(estate.settings, 'instanceAddressBeatsNatGateway', what)
  const match = allOf(
    notOf({ kind: 'in-interface', in: [INTERNET] }),
    { kind: 'source', in: addressesOfPrefixes(instances.map((one) => hostPrefix(one.ip))) },
    { kind: 'destination', in: PUBLIC_SPACE },
  )
  const source = first.body.source('publicIPAddress')
  const name = own ? 'own public address' : 'NAT gateway before the own public address'
  const table: Rule = { name, match, action: { kind: 'use-table', table: INSTANCE_TABLE }, source }
  return [...(own ? [table] : []), { name, match, action: { kind: 'accept' }, leansOn, source }]
}

const INSTANCE_TABLE = 'own public address'

/** The subnet's routes with Internet straight out, past the NAT gateway. */
function instanceTable(estate: Estate, subnet: Subnet, main: readonly Route[]): RouteTable[] {
  if (!estate.settings.instanceAddressBeatsNatGateway || natGatewayIdOf(estate, subnet) === undefined) return []
  const nextHop = { kind: 'connected', interface: INTERNET } as const
  const routes = main.map((one) => (one.listing?.nextHopType === 'Internet' ? { ...one, nextHop } : one))
  return [{ name: INSTANCE_TABLE, routes }]
}

function inboundTable(subnet: Subnet): RouteTable {
  const routes = subnet.vnet.prefixes.map((one): Route => {
    const nextHop = { kind: 'connected', interface: FABRIC_VNET } as const
    return {
      prefix: one,
      nextHop,
      distance: 0,
      metric: 0,
      origin: `VNet ${subnet.vnet.name}`,
      source: subnet.body.source('name'),
    }
  })
  return { name: 'inbound', routes }
}

/** The subnet's routes once more for each load balancer that gives members a way out: Internet leads to it. */
function outboundTables(estate: Estate, subnet: Subnet, main: readonly Route[]): RouteTable[] {
  const devices = new Set(balancersOut(estate, subnet).ways.map((one) => one.device))
  return [...devices].map((device) => ({
    name: `outbound ${device}`,
    routes: main.map((route): Route => {
      const leaves = route.nextHop.kind === 'connected' && route.nextHop.interface === INTERNET
      return leaves && route.stamp !== subnetStamp(subnet.id)
        ? { ...route, nextHop: { kind: 'device', device } }
        : route
    }),
  }))
}

/** Public addresses of the subnet's NICs become their private ones. */
function inboundRules(estate: Estate, subnet: Subnet): RuleSet {
  const rules: Rule[] = []
  for (const one of nicConfigurationsIn(estate, subnet)) {
    const address = estate.publicIp(one.publicAddress?.id)
    if (address === undefined) continue
    const chained = gatewayBalancerOf(one.body)
    rules.push({
      name: `public IP ${one.publicAddress?.name ?? ''} of ${one.nic.name}`,
      match: { kind: 'destination', in: addressesOfPrefixes([hostPrefix(address)]) },
      action:
        chained === undefined
          ? { kind: 'rewrite-destination', to: { kind: 'address', first: one.ip, last: one.ip } }
          : throughAppliances(chained),
      source: one.body.source(chained === undefined ? 'publicIPAddress' : 'gatewayLoadBalancer'),
    })
  }
  for (const { body, ip, outside } of managedInstancesIn(estate, subnet)) {
    for (const frontend of outside) {
      rules.push({
        name: `public frontend ${frontend.name} of ${body.name}`,
        match: { kind: 'destination', in: addressesOfPrefixes([hostPrefix(frontend.ip)]) },
        action: { kind: 'rewrite-destination', to: { kind: 'address', first: ip, last: ip } },
        source: frontend.source,
      })
    }
  }
  const policySource = implied('an address nobody has is delivered nowhere')
  return {
    name: 'inbound/public-addresses',
    label: `public addresses of ${subnet.fabric}`,
    rules,
    policy: { kind: 'accept' },
    policySource,
  }
}
