import type { DhcpOffer, Interface, InterfaceAddress, TunnelEnd } from '../../model/index.ts'
import { addressesOfPrefixes, EVERY_ADDRESS, parseIp, parsePrefix } from '../../net/index.ts'
import type { Configuration, EdgeInterface } from './configuration.ts'
import { at, type EdgeNode, isOff, numberAt, placeOf, sourceOf, tagsAt, textAt, textsAt } from './node.ts'
import { type Membership, membershipOf } from './ports.ts'

/** Every interface of the tree, ports of bridges and switches left out: they are other names of the bridge. */
export function readInterfaces(root: EdgeNode): EdgeInterface[] {
  const { ports } = membershipOf(root)
  const found: EdgeInterface[] = []
  for (const kind of tagsAt(root, 'interfaces')) {
    for (const node of tagsAt(kind)) found.push(...withChildren(node, node.name, kind.name, isDisabled(node)))
  }
  return found.filter((one) => !ports.has(one.name))
}

function withChildren(node: EdgeNode, name: string, kind: string, disabled: boolean): EdgeInterface[] {
  const made = readInterface(node, name, kind, disabled)
  const vifs = tagsAt(node, 'vif').flatMap((vif) => {
    const off = disabled || isDisabled(vif)
    return withChildren(vif, `${name}.${vif.name}`, 'vif', off)
  })
  const sessions = tagsAt(node, 'pppoe').map((session) =>
    readInterface(session, `pppoe${session.name}`, 'pppoe', disabled || isDisabled(session)),
  )
  const vlan = kind === 'vif' ? node.name : undefined
  return [{ ...made, ...(vlan !== undefined && { vlan }) }, ...vifs, ...sessions]
}

function isDisabled(node: EdgeNode): boolean {
  return at(node, 'disable') !== undefined && !isOff(node, 'disable')
}

function readInterface(node: EdgeNode, name: string, kind: string, disabled: boolean): EdgeInterface {
  const addresses = (at(node, 'address')?.values ?? []).flatMap((value): InterfaceAddress[] => {
    const ip = parseIp(value.text.split('/')[0] ?? '')
    const prefix = parsePrefix(value.text)
    return ip === undefined || !prefix ? [] : [{ ip, prefix, source: placeOf(value.origin) }]
  })
  const dynamic = kind === 'pppoe' || textsAt(node, 'address').includes('dhcp')
  return { name, kind, node, addresses, dynamic, disabled }
}

/** The model's interfaces: names, ports and descriptions as aliases, tunnels, and what DHCP offers behind each. */
export function lowerInterfaces(
  configuration: Configuration,
  offers: ReadonlyMap<string, DhcpOffer>,
  tunnels: ReadonlyMap<string, TunnelEnd>,
): Interface[] {
  const membership = membershipOf(configuration.root)
  const taken = new Set(configuration.interfaces.map((one) => one.name))
  const descriptions = counted(configuration.interfaces.flatMap((one) => textAt(one.node, 'description') ?? []))
  const lowered: Interface[] = []
  for (const one of configuration.interfaces) {
    if (one.kind === 'loopback' && one.addresses.length === 0) continue
    const tunnel = tunnels.get(one.name) ?? tunnelOf(one)
    const mtu = numberAt(one.node, 'mtu') ?? MTU.get(one.kind)
    const dhcp = offers.get(one.name)
    const aliases = aliasesOf(one, membership, descriptions).filter((alias) => !taken.has(alias))
    for (const alias of aliases) taken.add(alias)
    lowered.push({
      name: one.name,
      aliases,
      addresses: one.addresses,
      ...(mtu !== undefined && { mtu }),
      ...(one.disabled && { disabled: true }),
      ...(tunnel && { tunnel }),
      ...(dhcp && { dhcp }),
      source: sourceOf(one.node, 'address'),
    })
  }
  return lowered
}

// PPPoE takes 8 bytes of each frame (RFC 2516), GRE over IPv4 takes 24 (RFC 2784); WireGuard's default is 1420.
const MTU: ReadonlyMap<string, number> = new Map([
  ['pppoe', 1492],
  ['tunnel', 1476],
  ['wireguard', 1420],
])

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

function aliasesOf(one: EdgeInterface, membership: Membership, descriptions: ReadonlyMap<string, number>): string[] {
  const description = textAt(one.node, 'description')
  const ports = membership.aliases.get(one.name) ?? []
  const vlan = one.vlan === undefined ? [] : [`VLAN${one.vlan}`]
  const named = description !== undefined && descriptions.get(description) === 1 ? [description] : []
  return [...new Set([...vlan, ...ports, ...named])]
}

function tunnelOf(one: EdgeInterface): TunnelEnd | undefined {
  if (one.kind === 'wireguard') return wireguard(one)
  const encapsulation = textAt(one.node, 'encapsulation')
  if (one.kind !== 'tunnel' || !['gre', 'ipip', 'gre-bridge'].includes(encapsulation ?? '')) return undefined
  const local = parseIp(textAt(one.node, 'local-ip') ?? '')
  const remote = parseIp(textAt(one.node, 'remote-ip') ?? '')
  return { kind: 'gre', ...(local !== undefined && { local }), ...(remote !== undefined && { remote }) }
}

/** A peer takes and may send what its `allowed-ips` hold (wg(8)). */
function wireguard(one: EdgeInterface): TunnelEnd {
  const peers = tagsAt(one.node, 'peer')
  const selectors = peers.map((peer) => {
    const allowed = textsAt(peer, 'allowed-ips').flatMap((text) => text.split(','))
    const remote = addressesOfPrefixes(allowed.flatMap((text) => parsePrefix(text.trim()) ?? []))
    return { local: EVERY_ADDRESS, remote, source: sourceOf(peer, 'allowed-ips') }
  })
  const [first] = peers
  const endpoint = peers.length === 1 && first ? textAt(first, 'endpoint')?.replace(/:\d+$/, '') : undefined
  const remote = parseIp(endpoint ?? '')
  return { kind: 'wireguard', ...(remote !== undefined && { remote }), selectors }
}
