import {
  allOf,
  type Device,
  type Interface,
  implied,
  type Link,
  type NextHop,
  type Route,
  type RouteTable,
  type Rule,
  type RuleSet,
} from '../../../model/index.ts'
import { formatIp, hostPrefix, type Ip, isIp4, prefix, prefixLast } from '../../../net/index.ts'
import { onSegment } from '../estate/attachment.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { type EndpointConnection, endpointConnections } from '../estate/private-endpoint-connection.ts'
import { type PrivateLinkService, privateLinkServices, TO_PROVIDER } from '../estate/private-link-service.ts'

/** A Private Link service that can be followed: with the subnet of its NAT addresses and what it stands before. */
interface Followed {
  readonly service: PrivateLinkService
  readonly subnet: Subnet
  readonly target: NonNullable<PrivateLinkService['target']>
  /** The endpoints it takes packets from. */
  readonly endpoints: readonly Near[]
}

interface Near {
  readonly device: string
  /** The interface of the service that leads back to the endpoint. */
  readonly interface: string
  readonly connection: EndpointConnection
}

function followed(estate: Estate): readonly Followed[] {
  return privateLinkServices(estate).flatMap((service) => {
    const { subnet, target } = service
    reportPolicy(estate, service)
    if (!subnet || !target) {
      const missing = subnet ? 'what it stands before' : 'the subnet of its NAT addresses'
      const message = `private link service ${service.body.name}: ${missing} is not in the export`
      estate.report(service.body.diagnostic('warning', 'NT1668', message, 'name'))
      return []
    }
    const own = endpointConnections(estate).filter(
      (one) => one.service === service && one.approved && one.subnet && one.members.length > 0,
    )
    const endpoints = own.map((connection) => {
      const device = estate.deviceName(connection.body)
      return { device, interface: `endpoint:${device}`, connection }
    })
    return [{ service, subnet, target, endpoints }]
  })
}

/** With the policy on no service can stand there (Learn: Manage network policies for Private Link services). */
function reportPolicy(estate: Estate, { body, subnet }: PrivateLinkService): void {
  // Older API versions do not print it: only what is said counts.
  if (subnet?.body.text('privateLinkServiceNetworkPolicies')?.toLowerCase() !== 'enabled') return
  const message = `privateLinkServiceNetworkPolicies of ${subnet.fabric} is Enabled: private link service ${body.name} cannot take its NAT addresses there until it is Disabled`
  estate.report(subnet.body.diagnostic('warning', 'NT1669', message, 'privateLinkServiceNetworkPolicies'))
}

/** The provider's side of private links, a device for each Private Link service (Learn: What is Azure Private Link service?). */
export function privateLinkServiceDevices(estate: Estate): readonly Device[] {
  return followed(estate).map(serviceDevice)
}

/** The links between the services and the private endpoints that lead to them. */
export function privateLinks(estate: Estate): readonly Link[] {
  return followed(estate).flatMap(({ service, endpoints }) =>
    endpoints.map(
      (one): Link => ({
        name: `private link ${one.device} to ${service.body.name}`,
        kind: 'segment',
        ends: [
          { device: one.device, interface: TO_PROVIDER },
          { device: service.device, interface: one.interface },
        ],
        source: service.body.source('name'),
      }),
    ),
  )
}

const ONE_WAY = implied(
  'connections over a private link are opened by the consumer alone (Learn: What is Azure Private Link service?)',
)

function serviceDevice(one: Followed): Device {
  const { service, subnet, target, endpoints } = one
  const source = service.body.source('name')
  const provider = onSegment(subnet.vnet)
  const ruleSets = [
    passing('private-link/in', []),
    passing('private-link/from', endpoints.map(marks)),
    passing('private-link/back', endpoints.map(goesBack)),
    { ...passing('private-link/nat', [natRule(one)]), label: `private link service ${service.body.name}` },
    { ...passing('private-link/closed', []), label: `private link service ${service.body.name}`, policy: DROP },
  ]
  return {
    name: service.device,
    kind: 'gateway',
    label: `private link service before ${formatIp(target.ip)}`,
    aliases: [service.body.id, service.body.text('alias') ?? ''].filter((name) => name !== ''),
    interfaces: [
      { name: provider, aliases: [], addresses: addressesOf(one), source },
      ...endpoints.map((near): Interface => ({ name: near.interface, aliases: [], addresses: [], source })),
    ],
    tables: [{ name: 'main', routes: routesIn(one, provider) }, ...endpoints.map(tableBack)],
    tableRules: [],
    tableBeforeLocal: true,
    forwards: { enabled: true, source },
    ruleSets: Object.fromEntries(ruleSets.map((set) => [set.name, set])),
    pipeline: {
      prerouting: [
        { kind: 'track' },
        { kind: 'translate', ruleSet: 'private-link/in' },
        { kind: 'mark', ruleSet: 'private-link/from', interfaces: endpoints.map((near) => near.interface) },
        { kind: 'mark', ruleSet: 'private-link/back', interfaces: [provider] },
      ],
      input: [{ kind: 'filter', ruleSet: 'private-link/closed' }],
      forward: [],
      output: [],
      postrouting: [{ kind: 'translate', ruleSet: 'private-link/nat', interfaces: [provider] }],
    },
    encapsulations: [],
    stamps: [],
    notModelled: proxyProtocol(service),
    source,
  }
}

const DROP = { kind: 'drop' } as const

function passing(name: string, rules: readonly Rule[]): RuleSet {
  return { name, label: 'private link', rules, policy: { kind: 'accept' }, policySource: ONE_WAY }
}

function addressesOf({ service, subnet }: Followed): Interface['addresses'] {
  const { natAddresses, body } = service
  const assumed = [{ ip: standIn(subnet), source: body.source('ipConfigurations') }]
  return (natAddresses.length > 0 ? natAddresses : assumed).map(({ ip, source }) => ({
    ip,
    prefix: hostPrefix(ip),
    source,
  }))
}

/** Which endpoint a connection came by is remembered in its mark. */
function marks(near: Near, index: number): Rule {
  return {
    name: `from ${near.device}`,
    match: { kind: 'in-interface', in: [near.interface] },
    action: { kind: 'session-mark', value: index + 1, mask: ALL },
    source: near.connection.statusSource,
  }
}

const ALL = 0xff_ff_ff

function goesBack(near: Near, index: number): Rule {
  return {
    name: `back to ${near.device}`,
    match: allOf({ kind: 'direction', is: 'reply' }, { kind: 'session-mark', value: index + 1, mask: ALL }),
    action: { kind: 'use-table', table: near.interface },
    source: near.connection.statusSource,
  }
}

const EVERYWHERE = [prefix('0.0.0.0/0'), prefix('::/0')]

function tableBack(near: Near): RouteTable {
  const nextHop: NextHop = { kind: 'device', device: near.device, interface: near.interface }
  const source = near.connection.statusSource
  const route = (to: Route['prefix']): Route => ({ prefix: to, nextHop, ...AT_ONCE, origin: 'private link', source })
  return { name: near.interface, routes: EVERYWHERE.map(route) }
}

const AT_ONCE = { distance: 0, metric: 0 } as const

/** To the load balancer in the same VNet; to anything else as the NAT subnet's routes have it. */
function routesIn({ service, subnet, target }: Followed, provider: string): Route[] {
  const source = service.body.source('name')
  const isHere = target.subnet?.vnet === subnet.vnet
  const nextHop: NextHop = isHere
    ? { kind: 'connected', interface: provider }
    : { kind: 'device', device: subnet.fabric, interface: provider }
  return [{ prefix: hostPrefix(target.ip), nextHop, ...AT_ONCE, origin: 'private link', source }]
}

/** All consumers seem to have the service's addresses in its subnet; ports tell them apart. */
function natRule({ service, subnet }: Followed): Rule {
  const [primary] = service.natAddresses
  const ip = primary?.ip ?? standIn(subnet)
  const leansOn = `the export does not hold the NAT addresses of private link service ${service.body.name}: ${formatIp(ip)} of ${subnet.fabric} stands for them`
  return {
    name: 'NAT address',
    match: { kind: 'any' },
    action: { kind: 'rewrite-source', to: { kind: 'address', first: ip, last: ip } },
    ...(!primary && { leansOn }),
    source: primary?.source ?? service.body.source('ipConfigurations'),
  }
}

/** The last address of the subnet that a machine could have: nobody in the export is likely to. */
function standIn({ prefixes }: Subnet): Ip {
  const [first] = prefixes.filter((one) => isIp4(one.ip))
  return first ? ((Number(prefixLast(first)) - 1) as Ip) : STRANGER
}

const STRANGER = prefix('198.18.255.254/32').ip

function proxyProtocol({ body }: PrivateLinkService): string[] {
  if (body.flag('enableProxyProtocol') !== true && !body.isDoubtful('enableProxyProtocol')) return []
  const may = body.isDoubtful('enableProxyProtocol') ? 'may put' : 'puts'
  return [
    `it ${may} a PROXY protocol v2 header before the data of each connection (enableProxyProtocol), which what listens behind the load balancer must read`,
  ]
}
