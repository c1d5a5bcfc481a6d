import {
  ANY,
  type Device,
  type DeviceKind,
  implied,
  type Route,
  type RuleSet,
  type Source,
  type Stage,
  type StubResolver,
} from '../../../model/index.ts'
import { hostPrefix, type Ip, parseIp, prefix, prefixContains } from '../../../net/index.ts'
import { PLATFORM_ADDRESS } from '../estate/address-space.ts'
import { onSegment } from '../estate/attachment.ts'
import type { Body } from '../estate/body.ts'
import { isEndpointNic } from '../estate/endpoint-nic.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { isStandard, type NicConfiguration, nicConfigurations } from '../estate/nic-configuration.ts'
import { perEstate } from '../estate/per-estate.ts'
import { nicOwner } from '../estate/virtual-machine.ts'
import { type BackendSide, backendSide } from '../outbound/load-balancer-backend.ts'
import { type GuardedDevice, nsgStages } from '../security/nsg-stage.ts'

/** What makes a device that sits in a subnet behind its NSG. */
export interface NicFacts {
  readonly name: string
  readonly label: string
  readonly kind?: DeviceKind
  readonly aliases: readonly string[]
  readonly subnet: Subnet
  readonly addresses: readonly { readonly ip: Ip; readonly source: Source }[]
  readonly guarded?: GuardedDevice
  /** Whether packets for other addresses are passed on; absent = they are not. */
  readonly forwards?: Device['forwards']
  /** Why it is not known whether they are; then `forwards` says that they are, and the answer is unknown. */
  readonly forwardsUnknown?: string
  readonly stubResolver?: StubResolver
  readonly notModelled?: readonly string[]
  /** Switched off: it neither sends nor receives. */
  readonly disabled?: boolean
  readonly source: Source
}

const FORWARDS = { enabled: false, source: implied('a network interface takes only packets for its own addresses') }

/** A device with one interface on its VNet's link, its default route to the fabric, and its NSG sides. */
export function nicDevice(estate: Estate, facts: NicFacts): Device {
  const { subnet, addresses } = facts
  const ips = addresses.map((one) => one.ip)
  const backend = backendSide(estate, subnet.vnet, ips)
  const standardPublic = facts.guarded?.standardPublic === true || backend?.standardPublic === true
  const security = nsgStages(estate, subnet, { ...facts.guarded, standardPublic })
  return {
    name: facts.name,
    kind: facts.kind ?? 'host',
    label: facts.label,
    aliases: facts.aliases,
    interfaces: [
      {
        name: onSegment(subnet.vnet),
        aliases: [],
        addresses: addresses.map(({ ip, source }) => ({ ip, prefix: prefixAround(subnet, ip), source })),
        ...(facts.disabled && { disabled: true }),
        source: facts.source,
      },
    ],
    tables: [{ name: 'main', routes: defaultRouteToFabric(subnet.fabric) }],
    tableRules: [],
    forwards: facts.forwards ?? FORWARDS,
    ruleSets: {
      ...security.ruleSets,
      ...(backend && backendRuleSets(backend)),
      ...(facts.forwardsUnknown !== undefined && { [FORWARDING]: unknownForwarding(facts, facts.forwardsUnknown) }),
    },
    pipeline: {
      prerouting: [
        { kind: 'track' },
        ...backendStages(backend, 'in'),
        ...security.prerouting,
        ...backendStages(backend, 'behind'),
      ],
      input: [],
      forward: facts.forwardsUnknown === undefined ? [] : [{ kind: 'filter', ruleSet: FORWARDING }],
      output: [{ kind: 'track' }],
      postrouting: [...security.postrouting, ...backendStages(backend, 'out')],
    },
    encapsulations: [],
    ...(facts.stubResolver && { stubResolver: facts.stubResolver }),
    stamps: [],
    notModelled: facts.notModelled ?? [],
    source: facts.source,
  }
}

const FORWARDING = 'ip-forwarding'

/** `enableIPForwarding` is there and is neither true nor false: a packet that is passed on may be, or may not. */
function unknownForwarding({ source, forwards }: NicFacts, text: string): RuleSet {
  const from = forwards?.source ?? source
  const rules: RuleSet['rules'] = [
    { name: 'enableIPForwarding', match: ANY, action: { kind: 'opaque', text }, source: from },
  ]
  return { name: FORWARDING, label: 'IP forwarding', rules, policy: { kind: 'accept' }, policySource: from }
}

function backendRuleSets({ ruleSet, floating, floatingSeen }: BackendSide): Record<string, RuleSet> {
  const behind = floating.rules.length > 0 ? [floating, floatingSeen] : []
  return Object.fromEntries([ruleSet, ...behind, ANSWERS].map((one) => [one.name, one]))
}

function backendStages(backend: BackendSide | undefined, way: 'in' | 'behind' | 'out'): Stage[] {
  if (!backend) return []
  const floats = backend.floating.rules.length > 0
  if (way === 'behind') return floats ? [{ kind: 'translate', ruleSet: backend.floating.name }] : []
  const seen: Stage[] = way === 'in' && floats ? [{ kind: 'mark', ruleSet: backend.floatingSeen.name }] : []
  return [...seen, { kind: 'translate', ruleSet: way === 'in' ? backend.ruleSet.name : ANSWERS.name }]
}

const ANSWERS: RuleSet = {
  name: 'load-balancer/answers',
  label: 'load balancer',
  rules: [],
  policy: { kind: 'accept' },
  policySource: implied('answers get the address of the frontend back; nothing else is rewritten here'),
}

function prefixAround(subnet: Subnet, ip: Ip) {
  return subnet.prefixes.find((one) => prefixContains(one, ip)) ?? hostPrefix(ip)
}

const toFabric = new Map<string, readonly Route[]>()
const HANDED = implied(
  'every packet of a network interface meets its subnet’s routes (Learn: Virtual network traffic routing)',
)

/** The routes of a device in a subnet: everything goes to the subnet's fabric. One array for all devices of a fabric. */
export function defaultRouteToFabric(fabric: string): readonly Route[] {
  const known = toFabric.get(fabric)
  if (known) return known
  const routes = ['0.0.0.0/0', '::/0'].map((text): Route => {
    const nextHop = { kind: 'device', device: fabric } as const
    return { prefix: prefix(text), nextHop, distance: 0, metric: 0, origin: 'subnet', source: HANDED }
  })
  toFabric.set(fabric, routes)
  return routes
}

const PLATFORM_DNS = implied(
  'without DNS servers of its own a VNet uses 168.63.129.16 (Learn: Name resolution for resources in Azure virtual networks)',
)

const stubs = perEstate(() => new Map<string, StubResolver>())

/** Whom a device in a VNet asks: the NIC's servers, else the VNet's, else 168.63.129.16. */
export function stubResolverOf(estate: Estate, subnet: Subnet, nic?: Body): StubResolver {
  const settings = nic?.child('dnsSettings')
  const texts = settings?.texts('dnsServers') ?? []
  if (settings && texts.length > 0) {
    // The word stands for 168.63.129.16.
    const ips = texts.map((text) => (/^azureprovideddns$/i.test(text) ? PLATFORM_ADDRESS.ip : parseIp(text)))
    const source = settings.source('dnsServers')
    const servers = ips.filter((one) => one !== undefined).map((ip) => ({ ip, source }))
    return { servers, hosts: [], search: [], ndots: 1, label: `network interface ${nic?.name ?? ''}` }
  }
  const { vnet } = subnet
  const memory = stubs(estate)
  const known = memory.get(vnet.id)
  if (known) return known
  const own = vnet.dnsServers.length > 0 || vnet.dnsServersUnread === true
  const listed = vnet.dnsServersUnread ? [] : vnet.dnsServers
  const servers = own ? listed : [{ ip: PLATFORM_ADDRESS.ip, source: PLATFORM_DNS }]
  const label = own ? `VNet ${vnet.name}` : `default of VNet ${vnet.name}`
  const made: StubResolver = { servers, hosts: [], search: [], ndots: 1, label }
  memory.set(vnet.id, made)
  return made
}

/** The devices of the network interfaces that are no private endpoint's; one without an address is there too. */
export function nicDevices(estate: Estate): readonly Device[] {
  const byNic = new Map<Body, NicConfiguration[]>()
  for (const one of nicConfigurations(estate)) {
    const list = byNic.get(one.nic)
    if (list) list.push(one)
    else byNic.set(one.nic, [one])
  }
  return estate.ofType('microsoft.network/networkinterfaces').flatMap((nic) => {
    const configurations = byNic.get(nic) ?? []
    const subnet = configurations[0]?.subnet ?? subnetOf(estate, nic)
    return subnet && !isEndpointNic(estate, nic) ? [deviceOf(estate, nic, subnet, configurations)] : []
  })
}

function subnetOf(estate: Estate, nic: Body): Subnet | undefined {
  const subnets = nic.children('ipConfigurations').map((one) => estate.subnet(one.reference('subnet')))
  return subnets.find((one) => one !== undefined)
}

function deviceOf(estate: Estate, nic: Body, subnet: Subnet, configurations: readonly NicConfiguration[]): Device {
  const owner = nicOwner(estate, nic)
  const group = nic.reference('networkSecurityGroup')
  const body = estate.byId(group)
  const doubtful = nic.isDoubtful('enableIPForwarding')
  const forwarding = nic.flag('enableIPForwarding') ?? doubtful
  const name = estate.deviceName(nic)
  const stopped = owner?.stopped
  if (stopped) {
    const message = `VM ${stopped.name} is stopped: nothing reaches it, and it forwards nothing`
    estate.report(stopped.diagnostic('note', 'NT1630', message, 'name'))
  }
  const aliases = [nic.id, nic.name, owner?.first ? owner.id : ''].filter((one) => one !== '' && one !== name)
  return nicDevice(estate, {
    name,
    label: owner ? 'Azure virtual machine' : 'Azure network interface',
    aliases: [...new Set(aliases)],
    subnet,
    addresses: configurations.map((one) => ({ ip: one.ip, source: one.body.source('privateIPAddress') })),
    guarded: {
      ...(group !== undefined && {
        nicGroup: { ...(body && { body }), name: group.slice(group.lastIndexOf('/') + 1) },
      }),
      standardPublic: configurations.some((one) => isStandard(one.publicAddress)),
    },
    forwards: { enabled: forwarding, source: nic.source('enableIPForwarding') },
    ...(doubtful && { forwardsUnknown: `enableIPForwarding of ${nic.name} is neither true nor false` }),
    stubResolver: stubResolverOf(estate, subnet, nic),
    notModelled: notModelled(name, owner?.nics ?? 1, forwarding),
    disabled: stopped !== undefined,
    source: nic.source('name'),
  })
}

function notModelled(name: string, siblings: number, forwarding: boolean): string[] {
  const sentences = [`the firewall of ${name}'s operating system`]
  if (siblings > 1) sentences.push(`the routes between the ${siblings} network interfaces of ${name}`)
  if (forwarding) sentences.push(`the forwarding rules of ${name}'s operating system`)
  return sentences
}
