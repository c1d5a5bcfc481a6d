import type { DhcpOffer } from '../../model/index.ts'
import { type Ip, parseIp, parsePrefix, samePrefix } from '../../net/index.ts'
import type { HostEntry } from '../dnsmasq/index.ts'
import type { Configuration } from './configuration.ts'
import { at, type EdgeNode, isOff, isOn, sourceOf, tagsAt, textAt, textsAt } from './node.ts'

/** What `service dhcp-server` offers, by the interface whose network it serves. */
export function lowerDhcp(around: Configuration): ReadonlyMap<string, DhcpOffer> {
  const offers = new Map<string, DhcpOffer>()
  for (const subnet of subnetsOf(around)) {
    const prefix = parsePrefix(subnet.name)
    const owner = around.interfaces.find((one) =>
      one.addresses.some((address) => prefix && samePrefix(address.prefix, prefix)),
    )
    if (owner) offers.set(owner.name, offerOf(subnet))
  }
  return offers
}

function offerOf(subnet: EdgeNode): DhcpOffer {
  const servers = textsAt(subnet, 'dns-server').flatMap((text): Ip[] => {
    const server = parseIp(text)
    return server === undefined ? [] : [server]
  })
  const gateway = parseIp(textAt(subnet, 'default-router') ?? '')
  const domain = textAt(subnet, 'domain-name')
  return {
    nameServers: servers,
    ...(gateway !== undefined && { gateway }),
    search: domain === undefined ? [] : [domain.toLowerCase()],
    source: sourceOf(subnet, at(subnet, 'dns-server') ? 'dns-server' : 'default-router'),
  }
}

function subnetsOf(around: Configuration): EdgeNode[] {
  const server = at(around.root, 'service', 'dhcp-server')
  if (!server || (at(server, 'disabled') && isOn(server, 'disabled'))) return []
  return tagsAt(server, 'shared-network-name')
    .filter((network) => at(network, 'disable') === undefined || isOff(network, 'disable'))
    .flatMap((network) => tagsAt(network, 'subnet'))
}

/** Names of reservations, which the name server knows with `hostfile-update` or `use-dnsmasq`. */
export function reservedNames(around: Configuration): HostEntry[] {
  const server = at(around.root, 'service', 'dhcp-server')
  if (!isOn(server, 'hostfile-update') && !isOn(server, 'use-dnsmasq')) return []
  return subnetsOf(around).flatMap((subnet) =>
    tagsAt(subnet, 'static-mapping').flatMap((mapping): HostEntry[] => {
      const ip = parseIp(textAt(mapping, 'ip-address') ?? '')
      return ip === undefined ? [] : [{ name: mapping.name.toLowerCase(), ip, source: sourceOf(mapping, 'ip-address') }]
    }),
  )
}
