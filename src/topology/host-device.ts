import type { ResolvConf } from '../importers/index.ts'
import {
  type Device,
  type DhcpRange,
  type Interface,
  type InterfaceAddress,
  implied,
  NO_STAGES,
  type Resolver,
  type Route,
  type Source,
  type StubResolver,
} from '../model/index.ts'
import {
  formatIp,
  formatPrefix,
  hostPrefix,
  type Ip,
  isIp4,
  type Prefix,
  prefix,
  prefixContains,
  prefixOf,
} from '../net/index.ts'
import { offering, offerTo } from './dhcp-offer.ts'
import type { FoundEndpoint } from './endpoint.ts'
import { hostStub, offeredStub } from './host-stub.ts'
import type { HostPlan } from './plan.ts'
import { askingPublicDns, toInternet } from './public-host.ts'
import { fault } from './shape.ts'
import type { Report } from './written.ts'

/** The name of a host's one interface, where no export of its own says otherwise. */
const NIC = 'eth0'

/** What a host's own files say of it. */
export interface OwnFiles {
  /** From its packet filter's export. */
  readonly device?: Device
  readonly resolvConf?: ResolvConf
  /** From its name server's configuration. */
  readonly resolver?: Resolver
  /** What its name server offers to DHCP clients. */
  readonly ranges?: readonly DhcpRange[]
}

/** A host and the interface of it that joins the link. */
export interface PlacedHost {
  readonly device: Device
  readonly interface: string
}

/**
 * A host on the link of another device's interface. Its gateway and name servers are its own, else those that DHCP
 * offers there, else that interface's address. `undefined`, reported: the address is not in that interface's network.
 */
export function hostOn(plan: HostPlan, end: FoundEndpoint, files: OwnFiles, report: Report): PlacedHost | undefined {
  const router = asMeant(end)
  const network = networkOf(plan, router, report)
  if (!network) return undefined
  const gateway = gatewayOf(plan, router)
  const address = { ip: plan.address.value, prefix: network, source: plan.address.source }
  const stub = hostStub(plan, files.resolvConf, offeredStub(plan, router, gateway?.value))
  const placed = dressed(plan, address, gateway ? [defaultRoute(gateway.value, gateway.source)] : [], stub, files)
  return withReservedMac(placed, plan.address.value, router.at)
}

/** A host at an address that the DHCP server keeps for one Ethernet address has that one, unless its own export says so. */
function withReservedMac(placed: PlacedHost, ip: Ip, near: Interface): PlacedHost {
  const macs = near.dhcp?.reservations?.find((one) => one.ip === ip)?.macs ?? []
  const [mac] = macs
  if (mac === undefined || macs.length > 1) return placed
  const interfaces = placed.device.interfaces.map((one) =>
    one.name === placed.interface && one.mac === undefined ? { ...one, mac } : one,
  )
  return { ...placed, device: { ...placed.device, interfaces } }
}

/** A place that is cut off from its network: the host is set up as if it were not, which is how people meet it. */
function asMeant(end: FoundEndpoint): FoundEndpoint {
  const cut = end.of.cutOff?.find((one) => one.name === end.interface)
  const meant = end.of.interfaces.find((one) => one.name === cut?.from)
  return meant ? { ...end, at: meant } : end
}

/** A host on the internet. */
export function hostOnInternet(plan: HostPlan, files: OwnFiles): PlacedHost {
  const { value, source } = plan.address
  const address = { ip: value, prefix: hostPrefix(value), source }
  return dressed(plan, address, toInternet([value]), hostStub(plan, files.resolvConf, askingPublicDns()), files)
}

/** A host that the Azure importer placed, with what the topology says of it beside. */
export function placedInAzure(plan: HostPlan, device: Device, files: OwnFiles, report: Report): Device {
  const stub = hostStub(plan, files.resolvConf, device.stubResolver)
  if (plan.gateway) {
    const message = `host ${plan.name} is in a subnet, whose routes decide: "gateway" has no meaning there, take it out`
    fault(report, 'NT1103', message, plan.gateway.source)
  }
  const filter = plan.netfilter[0]
  if (filter) {
    const message = `the packet filter of host ${plan.name} is not modelled: of a host in a subnet only the NSGs are`
    report({ severity: 'warning', code: 'NT1119', message, source: filter.source })
  }
  return {
    ...device,
    ...(stub && { stubResolver: stub }),
    ...(files.resolver && { resolver: named(files.resolver, plan.name) }),
    notModelled: filter ? [...device.notModelled, `packet filter of ${plan.name}`] : device.notModelled,
  }
}

function networkOf(plan: HostPlan, router: FoundEndpoint, report: Report): Prefix | undefined {
  const { value, source } = plan.address
  const near = router.at.addresses.filter((one) => isIp4(one.ip) === isIp4(value))
  const around = near.find((one) => prefixContains(one.prefix, value))
  if (around) return plan.length === undefined ? around.prefix : prefixOf(value, plan.length)
  const first = near[0]
  const where = `${router.device}:${router.interface}`
  if (first) {
    const message = `host ${plan.name} has ${formatIp(value)}, which is outside ${formatPrefix(first.prefix)} of ${where}`
    fault(report, 'NT1107', message, source, [`${where} has this address`, first.source])
    return undefined
  }
  if (plan.length !== undefined) return prefixOf(value, plan.length)
  const message = `${where} has no address that would say how large its network is: write ${formatIp(value)}/24 or the like`
  fault(report, 'NT1107', message, source)
  return undefined
}

function gatewayOf(plan: HostPlan, router: FoundEndpoint): { value: Ip; source: Source } | undefined {
  if (plan.gateway) return plan.gateway
  const family = isIp4(plan.address.value)
  const offer = offerTo(router.at.dhcp, plan.address.value)
  if (offer?.gateway !== undefined && isIp4(offer.gateway) === family)
    return { value: offer.gateway, source: offer.source }
  if (!family && offer?.advertisesGateway === false) return undefined
  const near = router.at.addresses.filter((one) => isIp4(one.ip) === family && one.ip !== plan.address.value)
  const own = near.find((one) => prefixContains(one.prefix, plan.address.value)) ?? near[0]
  return own && { value: own.ip, source: own.source }
}

function defaultRoute(gateway: Ip, source: Source): Route {
  return {
    prefix: prefix(isIp4(gateway) ? '0.0.0.0/0' : '::/0'),
    nextHop: { kind: 'via', gateway },
    distance: 1,
    metric: 0,
    origin: 'default gateway',
    source,
  }
}

/** The device of a host: what its own export says, with the address, routes and name servers it lacks. */
function dressed(
  plan: HostPlan,
  address: InterfaceAddress,
  routes: readonly Route[],
  stub: StubResolver | undefined,
  files: OwnFiles,
): PlacedHost {
  const own = files.device ?? plainHost(plan)
  const { interfaces, used } = withAddress(own.interfaces, address)
  const main = own.tables.find((one) => one.name === 'main')?.routes ?? []
  const has = (one: Route) =>
    main.some((two) => two.prefix.ip === one.prefix.ip && two.prefix.length === one.prefix.length)
  const added = [connected(address, used), ...routes].filter((one) => !has(one))
  const stubResolver = stub ?? own.stubResolver
  const device: Device = {
    ...own,
    ...(plan.label !== undefined && { label: plan.label }),
    interfaces: offering(interfaces, files.ranges),
    tables: [{ name: 'main', routes: [...main, ...added] }, ...own.tables.filter((one) => one.name !== 'main')],
    ...(stubResolver && { stubResolver }),
    ...(files.resolver && { resolver: named(files.resolver, plan.name) }),
  }
  return { device, interface: used }
}

function plainHost(plan: HostPlan): Device {
  return {
    name: plan.name,
    kind: 'host',
    label: 'host',
    aliases: [],
    interfaces: [],
    tables: [],
    tableRules: [],
    forwards: { enabled: false, source: implied('a host passes nothing on unless its export says so') },
    ruleSets: {},
    pipeline: NO_STAGES,
    encapsulations: [],
    stamps: [],
    notModelled: [],
    source: plan.source,
  }
}

/** The interface that has the address; else the only one without any gets it; else there is a new one. */
function withAddress(
  interfaces: readonly Interface[],
  address: InterfaceAddress,
): { interfaces: readonly Interface[]; used: string } {
  const owner = interfaces.find((one) => one.addresses.some(({ ip }) => ip === address.ip))
  if (owner) return { interfaces, used: owner.name }
  const bare = interfaces.filter(
    (one) => one.addresses.length === 0 && !one.tunnel && !one.disabled && one.name !== 'lo',
  )
  const only = bare.length === 1 ? bare[0] : undefined
  if (only) {
    const given = interfaces.map((one) => (one === only ? { ...one, addresses: [address] } : one))
    return { interfaces: given, used: only.name }
  }
  const taken = new Set(interfaces.map((one) => one.name))
  const name = taken.has(NIC) ? `${NIC}-link` : NIC
  return {
    interfaces: [...interfaces, { name, aliases: [], addresses: [address], source: address.source }],
    used: name,
  }
}

function connected(address: InterfaceAddress, interfaceName: string): Route {
  return {
    prefix: address.prefix,
    nextHop: { kind: 'connected', interface: interfaceName },
    distance: 0,
    metric: 0,
    origin: 'connected',
    source: address.source,
  }
}

/** A resolver by the words people know it by: with the host it runs on. */
function named(resolver: Resolver, host: string): Resolver {
  return resolver.label.includes(host) ? resolver : { ...resolver, label: `${resolver.label} on ${host}` }
}
