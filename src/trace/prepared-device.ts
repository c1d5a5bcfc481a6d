import type { Device, Encapsulation, Hook, Interface, Match, Stage } from '../model/index.ts'
import { addressSetContains, type Flow, hasPorts, type Ip, isIp4, portsContain, reversed } from '../net/index.ts'
import { type Matcher, matcherOf, names, type Surroundings } from './matcher.ts'
import type { Packet } from './packet.ts'
import type { PreparedDevice, PreparedNetwork } from './prepared.ts'
import { indexRoutes } from './route-index.ts'
import { chooseRoute, exitOf } from './routing.ts'
import { prepareRuleSet } from './rule-walk.ts'

/** Makes a device ready; rule sets and tables are made ready when they are first asked for. */
export function prepareDevice(device: Device, network: PreparedNetwork): PreparedDevice {
  const owns = new Map<Ip, Interface>()
  const interfaces = new Map<string, Interface>()
  for (const one of device.interfaces) {
    interfaces.set(one.name, one)
    if (one.disabled && !one.ownsWhenDisabled) continue
    for (const address of one.addresses) if (!owns.has(address.ip)) owns.set(address.ip, one)
  }
  const tables = lazyMap((name: string) => {
    const table = device.tables.find((one) => one.name === name)
    return table && indexRoutes(table)
  })
  const made = new Map<Match, Matcher>()
  const surroundings = surroundingsOf(() => prepared, network)
  const ruleSets = lazyMap((name: string) => {
    const ruleSet = Object.hasOwn(device.ruleSets, name) ? device.ruleSets[name] : undefined
    return ruleSet && prepareRuleSet(ruleSet, surroundings, made)
  })
  const prepared: PreparedDevice = {
    device,
    network,
    owns,
    tableRules: device.tableRules.map((rule) => ({ rule, matcher: matcherOf(rule.match, surroundings) })),
    surroundings,
    table: tables,
    ruleSet: ruleSets,
    interface: (name) => interfaces.get(name),
    link: lazyMap((name: string) => network.linkOf(device.name, name)),
  }
  return prepared
}

function lazyMap<T>(make: (name: string) => T | undefined): (name: string) => T | undefined {
  const made = new Map<string, T | undefined>()
  return (name) => {
    if (!made.has(name)) made.set(name, make(name))
    return made.get(name)
  }
}

/** The stages of a hook that look at packets of an interface. */
export function* stagesAt(device: Device, hook: Hook, interfaceName: string | undefined): Generator<Stage> {
  for (const stage of device.pipeline[hook]) {
    if (stage.kind === 'track' || !stage.interfaces || names(stage.interfaces, interfaceName)) yield stage
  }
}

/** The encapsulation that takes a packet as it is now: the first whose selectors hold it, if it is not a bypass. */
export function encapsulationOf(device: Device, flow: Flow): Encapsulation | undefined {
  const policy = device.encapsulations.find((one) => holdsPacket(one, flow))
  return policy?.action === 'bypass' ? undefined : policy
}

/** Whether an outgoing packet is inside a policy's selectors. */
export function holdsPacket(policy: Encapsulation, flow: Flow): boolean {
  const { local, remote, protocol, localPorts, remotePorts } = policy
  if (!addressSetContains(local, flow.source) || !addressSetContains(remote, flow.destination)) return false
  if (protocol !== undefined && protocol !== flow.protocol) return false
  if (!localPorts && !remotePorts) return true
  if (!hasPorts(flow.protocol)) return false
  return (
    (!localPorts || portsContain([localPorts], flow.sourcePort)) &&
    (!remotePorts || portsContain([remotePorts], flow.destinationPort))
  )
}

function surroundingsOf(self: () => PreparedDevice, { standIns }: PreparedNetwork): Surroundings {
  return {
    ...(standIns.size > 0 && { standIns }),
    wouldEncapsulate: (packet) => encapsulationOf(self().device, packet.flow)?.action === 'encrypt',
    addressType: (address, packet) => addressType(self(), address, packet),
    frameType: (packet) => frameType(self().device, packet),
    reversePath: (packet, mode) => reversePathHolds(self(), packet, mode),
  }
}

/**
 * What kind of address it is. For IPv4 the kernel asks its table of own addresses alone, so that a blackhole route
 * leaves an address unicast; for IPv6 it looks the route up (Linux: xt_addrtype).
 */
function addressType(self: PreparedDevice, address: Ip, packet: Packet): string {
  if (self.owns.has(address)) return 'local'
  if (isMulticast(address)) return 'multicast'
  if (isBroadcast(self.device.interfaces, address)) return 'broadcast'
  if (isIp4(address)) return 'unicast'
  const next = chooseRoute(self, { ...packet, table: undefined }, address).routes[0]?.nextHop
  if (next?.kind === 'discard')
    return next.answer === 'silent' ? 'blackhole' : next.answer === 'prohibited' ? 'prohibit' : 'unreachable'
  return 'unicast'
}

/** A packet to everybody on a network comes to its routers from elsewhere in a frame to them alone. */
function frameType({ interfaces }: Device, { inInterface, original }: Packet): 'unicast' | 'broadcast' | 'multicast' {
  if (inInterface === undefined) return 'unicast'
  const { destination } = original
  if (isMulticast(destination)) return 'multicast'
  const own = interfaces.filter((one) => one.name === inInterface)
  return isBroadcast(own, destination) ? 'broadcast' : 'unicast'
}

function isMulticast(address: Ip): boolean {
  return isIp4(address) ? address >>> 28 === 14 : address >> 120n === 0xffn
}

function isBroadcast(interfaces: Device['interfaces'], address: Ip): boolean {
  if (!isIp4(address)) return false
  if (address === 0xffffffff) return true
  return interfaces.some((one) =>
    one.addresses.some(({ prefix }) => {
      if (!isIp4(prefix.ip) || prefix.length > 30) return false
      return address === prefix.ip + 2 ** (32 - prefix.length) - 1
    }),
  )
}

/**
 * Whether the route back to a packet's source agrees with where it came in (RFC 3704; Linux: rp_filter). Policy rules
 * are asked as for a packet the other way round that came in by `from`, where this one would leave; absent = made here.
 */
export function reversePathHolds(
  self: PreparedDevice,
  packet: Packet,
  mode: 'strict' | 'loose',
  from?: string,
): boolean {
  const { source } = packet.flow
  const back = { ...packet, flow: reversed(packet.flow), inInterface: from, table: undefined, mark: 0, unknownMark: 0 }
  const exits = chooseRoute(self, back, source).routes.map((route) => exitOf(self, route.nextHop, source))
  const usable = exits.flatMap((exit) => (exit.kind === 'link' || exit.kind === 'device' ? [exit] : []))
  if (mode === 'loose') return usable.length > 0
  return usable.some((exit) => (exit.interface ?? self.device.interfaces[0]?.name) === packet.inInterface)
}
