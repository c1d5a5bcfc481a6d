import type { Device, DnsForward, Network, Resolver } from '../model/index.ts'
import { formatIp, type Ip } from '../net/index.ts'
import { isWithin, withoutPrivatelink } from './domain-name.ts'
import type { PrivateRecord } from './private-record.ts'
import type { Query } from './resolution.ts'
import { failed, type Server } from './walk.ts'

/** The last query that Azure's own name server answered, wherever it stands; `undefined` when it was never asked. */
export function azureQuery(network: Network, queries: readonly Query[]): Query | undefined {
  for (const query of [...queries].reverse()) {
    const inner = azureQuery(network, query.asked)
    if (inner) return inner
    if (resolverOf(network, query)?.role === 'platform') return query
  }
  return undefined
}

/** The server of the network whose own rules sent the question to public DNS. */
export interface DecidingServer {
  readonly query: Query
  /** Absent: the asking device itself asks a public server. */
  readonly server?: Server
}

/** Follows the answers down to the last server before public DNS; `undefined` when nobody answered. */
export function decidingServer(network: Network, queries: readonly Query[]): DecidingServer | undefined {
  const query = [...queries].reverse().find((one) => !failed(one.answer))
  if (!query) return undefined
  const device = query.answeredBy === undefined ? undefined : network.devices.get(query.answeredBy)
  if (!device?.resolver) return undefined
  if (device.resolver.role === 'public') return { query }
  const deeper = decidingServer(network, query.asked)
  return deeper?.server ? deeper : { query, server: { device, resolver: device.resolver } }
}

/** Whether a server sends any question to Azure's name servers, by itself or through those it forwards to. */
export function reachesAzure(network: Network, server: Server, seen = new Set<string>()): boolean {
  if (seen.has(server.device.name)) return false
  seen.add(server.device.name)
  for (const forward of server.resolver.forwards) {
    for (const target of forward.to) {
      if (target.kind === 'public') continue
      if (target.kind === 'server' && formatIp(target.ip) === '168.63.129.16') return true
      const device = target.kind === 'device' ? network.devices.get(target.device) : ownerOf(network, target.ip)
      if (!device?.resolver) continue
      if (device.resolver.role === 'platform') return true
      if (reachesAzure(network, { device, resolver: device.resolver }, seen)) return true
    }
  }
  return false
}

/** Whether a device stands on a VNet: on a link where Azure's name server is, too. */
export function isInVnet(network: Network, device: Device): boolean {
  return network.links.some(
    (link) =>
      link.kind === 'segment' &&
      link.ends.some((end) => end.device === device.name) &&
      link.ends.some((end) => network.devices.get(end.device)?.resolver?.role === 'platform'),
  )
}

/** The zone a forwarder must name for a question to reach a private zone: the public name (Learn: Private Endpoint DNS integration). */
export function forwarderFor(held: PrivateRecord, asked: string): string {
  const publicName = withoutPrivatelink(held.zone.name)
  if (isWithin(asked, publicName)) return publicName
  const dot = asked.indexOf('.')
  return dot === -1 ? asked : asked.slice(dot + 1)
}

/** A forward for the `privatelink` form of a name, which a question for the name itself does not meet. */
export function relatedForward(resolver: Resolver, name: string): DnsForward | undefined {
  return resolver.forwards.find(
    (forward) =>
      forward.suffix !== '' &&
      !isWithin(name, forward.suffix) &&
      isWithin(withoutPrivatelink(name), withoutPrivatelink(forward.suffix)),
  )
}

function resolverOf(network: Network, query: Query): Resolver | undefined {
  return query.answeredBy === undefined ? undefined : network.devices.get(query.answeredBy)?.resolver
}

function ownerOf(network: Network, address: Ip): Device | undefined {
  for (const device of network.devices.values()) {
    if (device.interfaces.some((one) => one.addresses.some((own) => own.ip === address))) return device
  }
  return undefined
}
