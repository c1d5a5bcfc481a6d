import type { DhcpOffer, DhcpReservation, InterfaceAddress } from '../../model/index.ts'
import { type Ip, type Prefix, parseIp, parsePrefix, prefixContains, samePrefix } from '../../net/index.ts'
import type { Addresses } from './addresses.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'
import { numberIn } from './gateway.ts'
import { poolRanges, readPools } from './pools.ts'
import { masterOf, type Ports } from './port.ts'

/**
 * What DHCP servers of the router offer, by interface: the network that holds the interface's address (MikroTik:
 * DHCP). No `dns-server` there: the router itself when it answers clients, else the servers it asks.
 */
export function readDhcpOffers(
  configuration: Configuration,
  ports: Ports,
  addresses: Addresses,
): ReadonlyMap<string, DhcpOffer> {
  const offers = new Map<string, DhcpOffer>()
  const networks = configuration
    .entries('ip dhcp-server network')
    .filter((entry) => !isDisabled(entry))
    .map((entry) => networkOf(configuration, entry))
  const leases = readLeases(configuration)
  const pools = readPools(configuration)
  for (const server of configuration.entries('ip dhcp-server')) {
    if (isDisabled(server)) continue
    const name = masterOf(ports, textOf(server, 'interface') ?? '')?.name
    if (name === undefined || offers.has(name)) continue
    const ranges = poolRanges(pools, textOf(server, 'address-pool'))
    const reservations = leases.filter((one) => one.server === undefined || one.server === textOf(server, 'name'))
    for (const address of addresses.byInterface.get(name) ?? []) {
      const offer = offerAt(configuration, networks, address, ranges)
      if (!offer) continue
      const own = reservations.filter(({ ip }) => prefixContains(address.prefix, ip))
      const kept = own.map(({ ip, macs, source }): DhcpReservation => ({ ip, macs, source }))
      offers.set(name, { ...offer, ...(kept.length > 0 && { reservations: kept }) })
      break
    }
  }
  return offers
}

/** One line of `/ip dhcp-server network`: what clients with an address in it are told. */
interface Network {
  readonly entry: Entry
  readonly prefix: Prefix | undefined
  readonly gateway: Ip | undefined
  readonly search: readonly string[]
  /** The length of their network that clients are told, when it is not that of `prefix`. */
  readonly length: number | undefined
  readonly given: readonly Ip[]
  readonly givesNone: boolean
}

function networkOf(configuration: Configuration, entry: Entry): Network {
  const options = optionsOf(configuration, entry)
  const prefix = parsePrefix(textOf(entry, 'address') ?? '')
  const domain = textOf(entry, 'domain')?.toLowerCase() ?? options.get(DOMAIN)?.toLowerCase()
  const length = numberIn(entry, 'netmask', 0)
  return {
    entry,
    prefix,
    gateway: addressesIn(textOf(entry, 'gateway') ?? options.get(ROUTER))[0],
    search: domain === undefined ? [] : [domain],
    length: length === 0 || length > 32 ? undefined : length,
    given: addressesIn(textOf(entry, 'dns-server') ?? options.get(NAME_SERVERS)),
    givesNone: isYes(entry, 'dns-none'),
  }
}

/**
 * What the clients on an interface's network are told: most of them by the line that holds the addresses of the pool, else
 * the interface's own; clients with other addresses by the line theirs is in (MikroTik: DHCP, network).
 */
function offerAt(
  configuration: Configuration,
  networks: readonly Network[],
  address: InterfaceAddress,
  ranges: readonly (readonly [Ip, Ip])[],
): DhcpOffer | undefined {
  const [first, another] = ranges
  const main = (first && holding(networks, first[0])) ?? ownNetwork(networks, address)
  if (!main) return undefined
  const inside = networks.filter(
    ({ prefix }) => prefix && prefix.length > address.prefix.length && prefixContains(address.prefix, prefix.ip),
  )
  const others = inside
    .filter((one) => one !== main)
    .flatMap((one) => (one.prefix ? [{ within: one.prefix, offer: offerOf(configuration, one, address) }] : []))
  return {
    ...offerOf(configuration, main, address),
    ...(first && !another && { pool: { first: first[0], last: first[1] } }),
    ...(others.length > 0 && { others }),
  }
}

function holding(networks: readonly Network[], ip: Ip): Network | undefined {
  const all = networks.filter(({ prefix }) => prefix && prefixContains(prefix, ip))
  return all.sort((a, b) => (b.prefix?.length ?? 0) - (a.prefix?.length ?? 0))[0]
}

function ownNetwork(networks: readonly Network[], address: InterfaceAddress): Network | undefined {
  return (
    networks.find(({ prefix }) => prefix && samePrefix(prefix, address.prefix)) ??
    networks.find(({ prefix }) => prefix && prefixContains(prefix, address.ip))
  )
}

function offerOf(configuration: Configuration, network: Network, address: InterfaceAddress): DhcpOffer {
  const { gateway, search, length } = network
  return {
    nameServers: nameServersOf(configuration, network, address),
    ...(gateway !== undefined && { gateway }),
    search,
    ...(length !== undefined && length !== address.prefix.length && { prefixLength: length }),
    source: sourceOf(network.entry),
  }
}

interface Lease extends DhcpReservation {
  readonly server: string | undefined
}

/** `/ip dhcp-server lease`: addresses kept for clients. */
function readLeases(configuration: Configuration): readonly Lease[] {
  return configuration.entries('ip dhcp-server lease').flatMap((entry): Lease[] => {
    const ip = parseIp(textOf(entry, 'address') ?? '')
    const mac = textOf(entry, 'mac-address')?.toLowerCase()
    const named = textOf(entry, 'server')
    const server = named === 'all' ? undefined : named
    if (ip === undefined || isDisabled(entry)) return []
    return [{ ip, macs: mac === undefined ? [] : [mac], server, source: sourceOf(entry) }]
  })
}

// RFC 2132.
const ROUTER = '3'
const NAME_SERVERS = '6'
const DOMAIN = '15'

/** The options of `/ip dhcp-server option` a network names, by code (MikroTik: DHCP, DHCP Options). */
function optionsOf(configuration: Configuration, network: Entry): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (const name of (textOf(network, 'dhcp-option') ?? '').split(',')) {
    const option = configuration.entries('ip dhcp-server option').find((entry) => textOf(entry, 'name') === name)
    const code = option && textOf(option, 'code')
    if (option && code !== undefined) options.set(code, optionValue(textOf(option, 'value') ?? '', code === DOMAIN))
  }
  return options
}

/** `'10.0.0.1''10.0.0.2'`, `0x0A000001`, `s'corp.example'` as a comma list of addresses, or a text. */
function optionValue(text: string, isText: boolean): string {
  const hex = /^0x((?:[\da-f]{2})+)$/i.exec(text)?.[1]
  if (hex === undefined) return [...text.matchAll(/'([^']*)'/g)].map((part) => part[1] ?? '').join(',') || text
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  if (isText) return String.fromCharCode(...bytes)
  return Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.slice(at * 4, at * 4 + 4).join('.')).join(',')
}

function nameServersOf(
  configuration: Configuration,
  { given, givesNone }: Network,
  address: InterfaceAddress,
): readonly Ip[] {
  if (givesNone) return []
  if (given.length > 0) return given
  const [dns] = configuration.entries('ip dns')
  if (isYes(dns, 'allow-remote-requests')) return [address.ip]
  return addressesIn(dns && textOf(dns, 'servers'))
}

/** The addresses of a comma list; words that are none are left out. */
export function addressesIn(text: string | undefined): readonly Ip[] {
  return (text ?? '')
    .split(',')
    .map((one) => parseIp(one.trim()))
    .filter((one) => one !== undefined)
}
