import type { NextHop, Route } from '../../model/index.ts'
import { prefix } from '../../net/index.ts'
import type { EdgeInterface } from './configuration.ts'
import { at, type EdgeNode, isOff, sourceOf, tagsAt, textAt } from './node.ts'

const EVERYTHING = prefix('::/0')

/**
 * What DHCPv6 prefix delegation and router announcements bring at run time: IPv6 goes somewhere by this interface, and
 * the networks behind others are parts of a prefix no configuration says (EdgeOS: DHCPv6 Prefix Delegation).
 */
export function delegatedRoutes(one: EdgeInterface): Route[] {
  if (one.disabled) return []
  const delegation = at(one.node, 'dhcpv6-pd')
  const announced = at(one.node, 'ipv6', 'address', 'autoconf')
  const node = delegation ?? (announced && !isOff(one.node, 'ipv6', 'address', 'autoconf') ? announced : undefined)
  if (!node) return []
  const parts = tagsAt(delegation, 'pd').flatMap((pd) => tagsAt(pd, 'interface').map((part) => shown(part, pd)))
  const networks = parts.length === 0 ? '' : `; of that prefix ${parts.join(', ')}`
  const because = `What IPv6 network ${one.name} is on, and its gateway, come at run time${networks}.`
  const nextHop: NextHop = { kind: 'unknown', because }
  const origin = `${delegation ? 'DHCPv6' : 'router announcement'} on ${one.name}`
  return [{ prefix: EVERYTHING, nextHop, distance: 210, metric: 0, origin, source: sourceOf(node) }]
}

/** `eth1 has host ::1 of part :0 of a /56 (slaac)`. */
function shown(part: EdgeNode, pd: EdgeNode): string {
  const host = textAt(part, 'host-address') ?? '::1'
  const length = textAt(pd, 'prefix-length') ?? '/64'
  return `${part.name} has host ${host} of part ${textAt(part, 'prefix-id') ?? '?'} of a ${length} (${textAt(part, 'service') ?? 'not announced'})`
}
