import { allOf, type Match } from '../../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, singlePort, TCP } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { ManagedInstance } from '../estate/managed-instance.ts'

/** A request routing rule with what comes to it. */
export interface GatewayRouting {
  readonly rule: Body
  readonly listener: Body
  /** The frontend's address, the port and the names of the listener. */
  readonly match: Match
}

/** What a listener is: its port, and its names where it has some. */
export function listenerWords(gateway: Body, listener: Body): string {
  const port = portOf(gateway, listener)
  const names = hostsOf(listener)
  return `listener ${listener.name} (port ${port ?? 'unknown'}${names.length > 0 ? `, ${names.join(', ')}` : ''})`
}

/**
 * The rules in the order they are asked, the first that is for a request decides: by priority, and by their order in the
 * older kind, which has none. Where a gateway of the newer kind has none either, exact names come first and listeners for
 * any name last (Learn: Application Gateway multi-site hosting, and its form of 2021).
 */
export function gatewayRoutings(instance: ManagedInstance): GatewayRouting[] {
  const { body } = instance
  const rules = [...body.children('requestRoutingRules'), ...body.children('routingRules')]
  const made = rules.flatMap((rule) => {
    const listener = listenerOf(body, rule)
    const match = listener && listenerMatch(instance, listener)
    return listener && match ? [{ rule, listener, match }] : []
  })
  if (!isNewer(body)) return made
  const priority = ({ rule }: GatewayRouting) => rule.number('priority') ?? Number.MAX_SAFE_INTEGER
  const hasNone = made.every(({ rule }) => rule.number('priority') === undefined)
  const rank = hasNone ? ({ listener }: GatewayRouting) => breadthOf(hostsOf(listener)) : priority
  return made.sort((a, b) => rank(a) - rank(b))
}

/** Whether it is of the kind v2, as all that can be made now are; one whose kind is not said counts as such. */
export function isNewer(gateway: Body): boolean {
  const sku = gateway.child('sku')
  const tier = (sku?.text('tier') ?? sku?.text('name') ?? '').toLowerCase()
  return tier === '' || tier.includes('v2') || tier === 'basic'
}

/** A part of a gateway that another part names by id. */
export function partOf(gateway: Body, member: string, id: string | undefined): Body | undefined {
  const name = id?.slice(id.lastIndexOf('/') + 1)
  return gateway.children(member).find((one) => one.id.toLowerCase() === id || one.name.toLowerCase() === name)
}

function listenerOf(gateway: Body, rule: Body): Body | undefined {
  const web = rule.reference('httpListener')
  return web === undefined
    ? partOf(gateway, 'listeners', rule.reference('listener'))
    : partOf(gateway, 'httpListeners', web)
}

function portOf(gateway: Body, listener: Body): number | undefined {
  return partOf(gateway, 'frontendPorts', listener.reference('frontendPort'))?.number('port')
}

function hostsOf(listener: Body): string[] {
  return [...listener.texts('hostName'), ...listener.texts('hostNames')].map((one) => one.toLowerCase())
}

function breadthOf(hosts: readonly string[]): number {
  if (hosts.length === 0) return 2
  return hosts.some((one) => /[*?]/.test(one)) ? 1 : 0
}

function listenerMatch({ body, inside, outside, ip }: ManagedInstance, listener: Body): Match | undefined {
  const port = portOf(body, listener)
  const id = listener.reference('frontendIPConfiguration')
  const name = id?.slice(id.lastIndexOf('/') + 1)
  const is = (one: { readonly id: string; readonly name: string }) => one.id === id || one.name.toLowerCase() === name
  const to = inside.find(is)?.ip ?? (outside.some(is) ? ip : undefined)
  if (port === undefined || to === undefined) return undefined
  return allOf(
    { kind: 'protocol', in: [TCP] },
    { kind: 'destination', in: addressesOfPrefixes([hostPrefix(to)]) },
    { kind: 'destination-port', in: [singlePort(port)] },
    ...nameMatch(hostsOf(listener)),
  )
}

/** A star in front stands for anything; other wildcards are not told (Learn: wildcard host names in listener). */
function nameMatch(hosts: readonly string[]): Match[] {
  if (hosts.length === 0) return []
  const plain = hosts.filter((one) => /^(\*\.)?[^*?]+$/.test(one))
  const odd = hosts.filter((one) => !plain.includes(one))
  const unsure = odd.map((one): Match => ({ kind: 'opaque', text: `whether the name asked for is ${one}` }))
  return [{ kind: 'some', of: [{ kind: 'server-name', in: plain }, ...unsure] }]
}
