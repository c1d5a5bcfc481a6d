import type { Device, Interface, InterfaceAddress, StandIn } from '../../model/index.ts'
import {
  type AddressSet,
  addressesOfPrefixes,
  addressesOfRanges,
  complementOf,
  hostPrefix,
  type Ip,
  intersectionOf,
  isIp4,
  type Prefix,
  parseIp,
  prefixContains,
  prefixLast,
} from '../../net/index.ts'
import { PUBLIC_SPACE } from './estate/address-space.ts'
import type { Body } from './estate/body.ts'
import type { Estate } from './estate/estate.ts'

const KEYS = ['privateIPAddress', 'ipAddress'] as const
const LISTS = ['ipConfigurations', 'frontendIPConfigurations'] as const
const HOLDERS = [
  'microsoft.network/networkinterfaces',
  'microsoft.network/privateendpoints',
  'microsoft.network/azurefirewalls',
  'microsoft.network/loadbalancers',
  'microsoft.network/dnsresolvers/inboundendpoints',
  'microsoft.network/publicipaddresses',
]

/**
 * Marks the addresses of devices that Azure will assign only at deployment: what reads a template or a plan wrote one
 * that stands for it, with `privateIPAddressStandsIn` beside it. It may be any of the subnet that nobody else has.
 */
export function withStandIns(estate: Estate, devices: readonly Device[]): readonly Device[] {
  const standing = new Map(HOLDERS.flatMap((type) => estate.ofType(type)).flatMap(standInsOf))
  if (standing.size === 0) return devices
  const fixed = fixedAddresses(devices, standing)
  const marked = (address: InterfaceAddress): InterfaceAddress => {
    const because = standing.get(address.ip)
    if (because === undefined) return address
    const range = rangeOf(estate, address.ip)
    const among = intersectionOf(range ? assignable(range) : PUBLIC_SPACE, complementOf(fixed))
    const standsFor: StandIn = { among, because }
    return { ...address, standsFor }
  }
  const withMarks = (one: Interface): Interface => ({ ...one, addresses: one.addresses.map(marked) })
  return devices.map((device) => {
    const concerned = device.interfaces.some(({ addresses }) => addresses.some(({ ip }) => standing.has(ip)))
    return concerned ? { ...device, interfaces: device.interfaces.map(withMarks) } : device
  })
}

/** The addresses of a resource that stand for others, each with why. */
function standInsOf(body: Body): [Ip, string][] {
  const configurations = [body, ...LISTS.flatMap((list) => body.children(list))]
  return configurations.flatMap((one) =>
    KEYS.flatMap((key): [Ip, string][] => {
      const ip = one.flag(`${key}StandsIn`) ? parseIp(one.text(key) ?? '') : undefined
      const source = one.source(key)
      return ip === undefined || source.kind !== 'implied' ? [] : [[ip, source.because]]
    }),
  )
}

function fixedAddresses(devices: readonly Device[], standing: ReadonlyMap<Ip, string>): AddressSet {
  const all = devices.flatMap((device) => device.interfaces.flatMap((one) => one.addresses.map(({ ip }) => ip)))
  return addressesOfPrefixes(all.filter((ip) => !standing.has(ip)).map((ip) => hostPrefix(ip)))
}

function rangeOf(estate: Estate, ip: Ip): Prefix | undefined {
  const subnets = estate.vnets.flatMap((vnet) => vnet.subnets)
  return subnets.flatMap((one) => one.prefixes).find((one) => prefixContains(one, ip))
}

/** Azure keeps the first four addresses of a subnet and the last one (Learn: Virtual network FAQ). */
function assignable(range: Prefix): AddressSet {
  const last = prefixLast(range)
  if (!isIp4(range.ip) || !isIp4(last)) return addressesOfPrefixes([range])
  return addressesOfRanges([[(range.ip + 4) as Ip, (last - 1) as Ip]])
}
