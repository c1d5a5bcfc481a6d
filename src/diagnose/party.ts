import type { Device, Network, Service } from '../model/index.ts'
import { type AddressSet, type Ip, ip, isPrivate, parseIp } from '../net/index.ts'
import { nearestNames } from '../text/index.ts'
import { UsageError } from './usage-error.ts'

/** Who a word in a question means. */
export type Party =
  | { readonly kind: 'device'; readonly device: Device }
  | { readonly kind: 'address'; readonly address: Ip; readonly owner?: Device }
  | { readonly kind: 'name'; readonly name: string; readonly service?: Service }
  | { readonly kind: 'internet'; readonly address: Ip }
  | { readonly kind: 'service-tag'; readonly name: string; readonly addresses: AddressSet }

/** The address that stands for "somewhere on the internet": public and in nobody's estate. */
export const SOMEWHERE: Ip = ip('8.8.8.8')

/**
 * Who a word means: a device or host, an address, a service or its name, `internet`, a service tag, any other full name.
 * Devices come first. Throws a UsageError that suggests the nearest names when it means nobody.
 */
export function partyOf(network: Network, word: string): Party {
  const address = parseIp(word)
  if (address !== undefined) {
    const owner = ownerOf(network, address)
    return { kind: 'address', address, ...(owner && { owner }) }
  }
  const wanted = word.toLowerCase().replace(/\.$/, '')
  if (wanted === 'internet') return { kind: 'internet', address: SOMEWHERE }
  const service = serviceOf(network, wanted)
  const device = deviceOf(network, wanted)
  // A service's own device stands for it as a sender; as a destination its name is what clients use.
  if (device && !(service && device.kind === 'service')) return { kind: 'device', device }
  if (service) return { kind: 'name', name: nameOf(service, wanted), service }
  const addresses = network.serviceTags?.tags.get(wanted)
  if (addresses) return { kind: 'service-tag', name: word, addresses }
  if (/^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*$/.test(wanted))
    return { kind: 'name', name: wanted }
  throw new UsageError(unknownName(network, word))
}

/** The device a word means as the one that asks: a sender must be somewhere. */
export function senderOf(network: Network, word: string): { readonly device: Device; readonly address?: Ip } {
  const wanted = word.toLowerCase()
  const named = deviceOf(network, wanted)
  if (named) return senderDevice(word, named)
  const party = partyOf(network, word)
  const internet = network.devices.get('internet')
  if (party.kind === 'internet' && internet) return { device: internet, address: party.address }
  if (party.kind === 'service-tag' && internet) {
    const first = party.addresses.v4[0] as Ip | undefined
    if (first !== undefined) return { device: internet, address: first }
  }
  if (party.kind === 'address') {
    if (party.owner) return { device: party.owner, address: party.address }
    if (internet && !isPrivate(party.address)) return { device: internet, address: party.address }
    throw new UsageError(`nothing in the topology has the address ${word}; add it under hosts:`)
  }
  throw new UsageError(`"${word}" cannot be where the packet starts: it is not a device of the topology`)
}

function senderDevice(word: string, device: Device): { readonly device: Device; readonly address?: Ip } {
  if (device.kind === 'internet') return { device, address: SOMEWHERE }
  if (device.interfaces.some((one) => one.addresses.length > 0)) return { device }
  throw new UsageError(`"${word}" has no address of its own (${device.label}); ask from a host in it`)
}

function deviceOf(network: Network, wanted: string): Device | undefined {
  const exact = network.devices.get(wanted)
  if (exact) return exact
  for (const device of network.devices.values()) {
    if (device.name.toLowerCase() === wanted || device.aliases.some((alias) => alias.toLowerCase() === wanted))
      return device
  }
  return undefined
}

/** The service of a name, alias or one of its full names. */
export function serviceOf(network: Network, wanted: string): Service | undefined {
  return network.services.find(
    (one) =>
      one.name.toLowerCase() === wanted ||
      one.aliases.some((alias) => alias.toLowerCase() === wanted) ||
      one.names.some((name) => name === wanted || (name.startsWith('*.') && wanted.endsWith(name.slice(1)))),
  )
}

function nameOf(service: Service, wanted: string): string {
  const full = service.names.some(
    (name) => name === wanted || (name.startsWith('*.') && wanted.endsWith(name.slice(1))),
  )
  const main = service.names[0]
  if (full) return wanted
  if (main === undefined)
    throw new UsageError(`the ${service.label} ${service.name} has no name to connect to; ask for an address`)
  return main
}

function ownerOf(network: Network, address: Ip): Device | undefined {
  for (const device of network.devices.values()) {
    if (device.interfaces.some((one) => one.addresses.some((own) => own.ip === address))) return device
  }
  return undefined
}

/** The message for a word that means nobody, with the nearest three names. */
function unknownName(network: Network, word: string): string {
  const names = [...network.devices.keys(), ...network.services.map((one) => one.name), 'internet']
  const near = nearestNames(word, names)
  const hint =
    near.length > 0 ? `; did you mean ${near.map((name) => `"${name}"`).join(', ')}?` : '; nettrace devices lists them'
  return `there is no "${word}" in this topology${hint}`
}

/** The device of a name, for the questions that are about one device. Throws a UsageError with the nearest names. */
export function deviceNamed(network: Network, word: string): Device {
  const device = deviceOf(network, word.toLowerCase())
  if (device) return device
  const party = partyOf(network, word)
  if (party.kind === 'address' && party.owner) return party.owner
  throw new UsageError(unknownName(network, word))
}
