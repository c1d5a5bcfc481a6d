import type { Resolution } from '../dns/index.ts'
import type { Network, Service, ServiceName } from '../model/index.ts'
import { formatIp, type Ip, isPrivate, TCP } from '../net/index.ts'
import { type PreparedNetwork, sourceAddress, trace } from '../trace/index.ts'
import type { Cause } from './connection.ts'

/** Ports people's systems take for outgoing connections start about here (RFC 6335). */
const CLIENT_PORT = 40000

/**
 * A private zone holds an address for the name that no private endpoint of the resource has any more: the record of one that
 * is gone, or made by hand (Learn: Azure Private Endpoint DNS integration). `undefined` when a packet arrives there.
 */
export function staleRecordCause(prepared: PreparedNetwork, resolution: Resolution): Cause | undefined {
  const found = namedService(prepared.network, resolution.question.name)
  const [stands] = found?.of.endpoints ?? []
  const held = resolution.answer.records.find((record) => typeof record.value !== 'string')
  if (!found || !stands || !held || typeof held.value === 'string' || !isPrivate(held.value)) return undefined
  if (found.of.endpoints.some(({ ip }) => resolution.addresses.includes(ip))) return undefined
  if (resolution.addresses.some((ip) => reaches(prepared, resolution, found.service, ip))) return undefined
  const message = `${resolution.answer.because}: no private endpoint of ${found.service.name} has that address, a packet for it arrives nowhere; ${stands.device} stands for the name at ${formatIp(stands.ip)}`
  return { code: 'dns-stale-record', message, source: held.source }
}

/**
 * Two private endpoints of one resource keep one record in a zone they share: each overwrites the other's, so a name leads
 * to the endpoint of another network, which the caller cannot reach, while its own stands near (Learn: Azure Private
 * Endpoint DNS integration scenarios). `undefined` when the name leads where a packet arrives.
 */
export function endpointRecordCause(prepared: PreparedNetwork, resolution: Resolution): Cause | undefined {
  const found = namedService(prepared.network, resolution.question.name)
  if (!found || found.of.endpoints.length < 2) return undefined
  const { service, of } = found
  const arrives = (ip: Ip) => reaches(prepared, resolution, service, ip)
  const used = of.endpoints.filter(({ ip }) => resolution.addresses.includes(ip))
  const [first] = used
  if (!first || used.some(({ ip }) => arrives(ip))) return undefined
  const near = of.endpoints.find(({ ip, device }) => device !== first.device && arrives(ip))
  if (!near) return undefined
  const held = resolution.answer.records.find((record) => record.value === first.ip)
  const message = `${resolution.answer.because}: that is private endpoint ${first.device}, which ${resolution.device} cannot reach; ${near.device} at ${formatIp(near.ip)} stands for the name as well, and the two overwrite one record in the zone they share`
  return { code: 'dns-record-overwritten', message, source: held?.source ?? resolution.answer.source }
}

function namedService(network: Network, name: string): { service: Service; of: ServiceName } | undefined {
  for (const service of network.services) {
    const of = service.allNames?.find((one) => one.name === name)
    if (of) return { service, of }
  }
  return undefined
}

function reaches(prepared: PreparedNetwork, { device }: Resolution, { port }: Service, destination: Ip): boolean {
  const source = sourceAddress(prepared, device, destination, { protocol: TCP, destinationPort: port })
  if (source === undefined) return false
  const ports = { sourcePort: CLIENT_PORT, destinationPort: port }
  return trace(prepared, device, { protocol: TCP, source, destination, ...ports }).some((one) => one.arrival)
}
