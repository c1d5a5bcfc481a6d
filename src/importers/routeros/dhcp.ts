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
  const gateway = addressesIn(textOf(network, 'gateway'))[0]
  const domain = textOf(network, 'domain')?.toLowerCase()
  return {
    nameServers: nameServersOf(configuration, network, address),
    ...(gateway !== undefined && { gateway }),
    search: domain === undefined ? [] : [domain],
    source: sourceOf(network),
  }
}

function nameServersOf(configuration: Configuration, network: Entry, address: InterfaceAddress): readonly Ip[] {
  if (isYes(network, 'dns-none')) return []
  const given = addressesIn(textOf(network, 'dns-server'))
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
