import type { DhcpOffer, InterfaceAddress } from '../../model/index.ts'
import { type Ip, parseIp, parsePrefix, prefixContains, samePrefix } from '../../net/index.ts'
import type { Addresses } from './addresses.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'
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
  const networks = configuration.entries('ip dhcp-server network').filter((entry) => !isDisabled(entry))
  for (const server of configuration.entries('ip dhcp-server')) {
    if (isDisabled(server)) continue
    const name = masterOf(ports, textOf(server, 'interface') ?? '')?.name
    if (name === undefined || offers.has(name)) continue
    for (const address of addresses.byInterface.get(name) ?? []) {
      const network = networkOf(networks, address)
      if (!network) continue
      offers.set(name, offerOf(configuration, network, address))
      break
    }
  }
  return offers
}

function networkOf(networks: readonly Entry[], address: InterfaceAddress): Entry | undefined {
  let holding: Entry | undefined
  for (const network of networks) {
    const prefix = parsePrefix(textOf(network, 'address') ?? '')
    if (!prefix) continue
    if (samePrefix(prefix, address.prefix)) return network
    if (prefixContains(prefix, address.ip)) holding ??= network
  }
  return holding
}

function offerOf(configuration: Configuration, network: Entry, address: InterfaceAddress): DhcpOffer {
  const options = optionsOf(configuration, network)
  const gateway = addressesIn(textOf(network, 'gateway') ?? options.get(ROUTER))[0]
  const domain = textOf(network, 'domain')?.toLowerCase() ?? options.get(DOMAIN)?.toLowerCase()
  return {
    nameServers: nameServersOf(configuration, network, address, options.get(NAME_SERVERS)),
    ...(gateway !== undefined && { gateway }),
    search: domain === undefined ? [] : [domain],
    source: sourceOf(network),
  }
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
  network: Entry,
  address: InterfaceAddress,
  option: string | undefined,
): readonly Ip[] {
  if (isYes(network, 'dns-none')) return []
  const given = addressesIn(textOf(network, 'dns-server') ?? option)
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
