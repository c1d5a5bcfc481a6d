import type { DhcpOffer, DhcpReservation } from '../../model/index.ts'
import { type Ip, parseIp, parsePrefix, samePrefix } from '../../net/index.ts'
import type { HostEntry } from '../dnsmasq/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, isOff, isOn, sourceOf, tagsAt, textAt, textsAt } from './node.ts'

/**
 * What `service dhcp-server` offers, by the interface whose network it serves; the name servers of `dhcpv6-server` are
 * added to it (EdgeOS: DHCP Server).
 */
export function lowerDhcp(around: Configuration): ReadonlyMap<string, DhcpOffer> {
  const offers = new Map<string, DhcpOffer>()
  for (const { subnet, offer } of [...subnetsOf(around), ...subnets6Of(around)]) {
    const prefix = parsePrefix(subnet.name)
    const owner = around.interfaces.find((one) =>
      one.addresses.some((address) => prefix && samePrefix(address.prefix, prefix)),
    )
    if (!owner) continue
    const before = offers.get(owner.name)
    offers.set(owner.name, before ? { ...before, nameServers: [...before.nameServers, ...offer.nameServers] } : offer)
  }
  return offers
}

interface Subnet {
  readonly subnet: EdgeNode
  readonly offer: DhcpOffer
}

function subnetsOf(around: Configuration): Subnet[] {
  const server = at(around.root, 'service', 'dhcp-server')
  if (!server || (at(server, 'disabled') && isOn(server, 'disabled'))) return []
  return tagsAt(server, 'shared-network-name')
    .filter((network) => at(network, 'disable') === undefined || isOff(network, 'disable'))
    .flatMap((network) => tagsAt(network, 'subnet'))
    .map((subnet) => ({ subnet, offer: offerOf(subnet, around) }))
}

function offerOf(subnet: EdgeNode, around: Configuration): DhcpOffer {
  const gateway = parseIp(textAt(subnet, 'default-router') ?? '')
  const domain = textAt(subnet, 'domain-name') ?? textAt(subnet, 'domain-search')
  const pool = poolOf(subnet, around)
  const reservations = tagsAt(subnet, 'static-mapping').flatMap(reservationOf)
  return {
    nameServers: addressesAt(subnet, 'dns-server'),
    ...(gateway !== undefined && { gateway }),
    search: domain === undefined ? [] : [domain.toLowerCase()],
    ...(pool && { pool }),
    ...(reservations.length > 0 && { reservations }),
    source: sourceOf(subnet, at(subnet, 'dns-server') ? 'dns-server' : 'default-router'),
  }
}

function addressesAt(node: EdgeNode, leaf: string): Ip[] {
  return textsAt(node, leaf).flatMap((text) => parseIp(text) ?? [])
}

/** `start 192.168.1.100 { stop 192.168.1.200 }`, in newer versions `range 0 { start ... stop ... }`. */
function poolOf(subnet: EdgeNode, around: Configuration): DhcpOffer['pool'] {
  const starts = tagsAt(subnet, 'start').map((start) => [start, start.name] as const)
  const ranges = tagsAt(subnet, 'range').map((range) => [range, textAt(range, 'start') ?? ''] as const)
  const pools = [...starts, ...ranges].flatMap(([node, start]) => {
    const first = parseIp(start)
    const last = parseIp(textAt(node, 'stop') ?? '')
    return first === undefined || last === undefined ? [] : [{ node, first, last }]
  })
  const [only, another] = pools
  if (another) {
    const message = `More than one range of ${subnet.name}: which addresses are given out is not modelled.`
    warn(around, 'NT1447', message, sourceOf(another.node))
  }
  return only && !another ? { first: only.first, last: only.last } : undefined
}

function reservationOf(mapping: EdgeNode): DhcpReservation[] {
  const ip = parseIp(textAt(mapping, 'ip-address') ?? '')
  const mac = textAt(mapping, 'mac-address')?.toLowerCase()
  if (ip === undefined || isDisabled(mapping)) return []
  return [{ ip, macs: mac === undefined ? [] : [mac], source: sourceOf(mapping, 'ip-address') }]
}

function isDisabled(mapping: EdgeNode): boolean {
  return at(mapping, 'disable') !== undefined && !isOff(mapping, 'disable')
}

function subnets6Of(around: Configuration): Subnet[] {
  return tagsAt(around.root, 'service', 'dhcpv6-server', 'shared-network-name')
    .flatMap((network) => tagsAt(network, 'subnet'))
    .map((subnet) => {
      const search = textsAt(subnet, 'domain-search').map((text) => text.toLowerCase())
      return { subnet, offer: { nameServers: addressesAt(subnet, 'name-server'), search, source: sourceOf(subnet) } }
    })
}

/**
 * How the name server learns of DHCP clients: `hostfile-update` writes them into the hosts file, with `use-dnsmasq` it
 * gives the leases itself (EdgeOS: DHCP Server).
 */
function knowsClients(around: Configuration): boolean {
  const server = at(around.root, 'service', 'dhcp-server')
  const writes = isOn(server, 'hostfile-update')
  return isOn(server, 'use-dnsmasq') || writes
}

/** Names of reservations, which the name server knows where it knows of DHCP clients. */
export function reservedNames(around: Configuration): HostEntry[] {
  if (!knowsClients(around)) return []
  return subnetsOf(around).flatMap(({ subnet }) =>
    tagsAt(subnet, 'static-mapping').flatMap((mapping): HostEntry[] => {
      const ip = parseIp(textAt(mapping, 'ip-address') ?? '')
      if (ip === undefined || isDisabled(mapping)) return []
      return [{ name: mapping.name.toLowerCase(), ip, source: sourceOf(mapping, 'ip-address') }]
    }),
  )
}

/** What the name server may know at run time beside what is written, in words. */
export function leasedNames(around: Configuration): readonly string[] {
  return knowsClients(around) && subnetsOf(around).length > 0 ? ['names of DHCP clients, known at run time'] : []
}
