import type { Device, Endpoint, Interface, Link, Network } from '../model/index.ts'
import { type AddressSet, addressesOfRanges, complementOf, type Ip, intersectionOf } from '../net/index.ts'
import type { PreparedDevice, PreparedLink, PreparedNetwork } from './prepared.ts'
import { prepareDevice } from './prepared-device.ts'
import type { OwnedStandIn } from './stand-in.ts'

/** Makes a network ready: linear in its interfaces; rule sets and routes are indexed when first used. */
export function prepare(network: Network): PreparedNetwork {
  const devices = new Map<string, PreparedDevice>()
  const links = new Map<string, PreparedLink>()
  for (const link of network.links) {
    const prepared = { link, owners: ownersOf(network, link) }
    for (const end of link.ends) links.set(endKey(end.device, end.interface), prepared)
  }
  const prepared: PreparedNetwork = {
    network,
    standIns: standInsOf(network),
    device(name) {
      const known = devices.get(name)
      const data = network.devices.get(name)
      if (known || !data) return known
      const made = prepareDevice(data, prepared)
      devices.set(name, made)
      return made
    },
    linkOf: (device, interfaceName) => links.get(endKey(device, interfaceName)),
  }
  return prepared
}

/** The stand-ins of a network. No line of an export speaks of one, so none may turn out to be another. */
function standInsOf(network: Network): Map<Ip, OwnedStandIn> {
  const found = writtenStandIns(network)
  const others = complementOf(addressesOfRanges([...found.keys()].map((ip) => [ip, ip] as const)))
  const free = new Map<AddressSet, AddressSet>()
  for (const [ip, one] of found) {
    const among = free.get(one.among) ?? intersectionOf(one.among, others)
    free.set(one.among, among)
    found.set(ip, { ...one, among })
  }
  return found
}

function writtenStandIns(network: Network): Map<Ip, OwnedStandIn> {
  const found = new Map<Ip, OwnedStandIn>()
  for (const { name, interfaces, resolver } of network.devices.values()) {
    for (const { addresses } of interfaces)
      for (const { ip, standsFor } of addresses) if (standsFor) found.set(ip, { ...standsFor, owner: name })
    if (resolver?.role !== 'public') continue
    for (const { name: owner, value, standsFor } of resolver.zones.flatMap((zone) => zone.records))
      if (standsFor && typeof value !== 'string' && !found.has(value)) found.set(value, { ...standsFor, owner })
  }
  return found
}

function endKey(device: string, interfaceName: string): string {
  return `${device}\n${interfaceName}`
}

function ownersOf(network: Network, link: Link): Map<Ip, Endpoint> {
  const owners = new Map<Ip, Endpoint>()
  for (const end of link.ends) {
    const device = network.devices.get(end.device)
    const interfaceOf = device && interfaceNamed(device, end.interface)
    if (!interfaceOf || interfaceOf.disabled) continue
    // The first owner stays: two owners of one address are reported when the topology is read.
    for (const address of interfaceOf.addresses) if (!owners.has(address.ip)) owners.set(address.ip, end)
  }
  return owners
}

const interfacesByName = new WeakMap<Device, Map<string, Interface>>()

/** A device's interface by its own name. */
export function interfaceNamed(device: Device, name: string): Interface | undefined {
  let byName = interfacesByName.get(device)
  if (!byName) {
    byName = new Map(device.interfaces.map((one) => [one.name, one]))
    interfacesByName.set(device, byName)
  }
  return byName.get(name)
}
