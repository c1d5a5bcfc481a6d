import type { Encapsulation, Interface, Route, Source, TrafficSelector } from '../../model/index.ts'
import {
  addressesOfPrefixes,
  type Ip,
  type PortRange,
  type Prefix,
  parseIp,
  parsePortRange,
  parsePrefix,
  prefixContains,
} from '../../net/index.ts'
import { inert } from '../../text/index.ts'
import type { Addresses } from './addresses.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'
import { protocolNamed } from './protocol-name.ts'

/** The IPsec of a router: its policies in order, and an interface for each peer that has one. */
export interface Ipsec {
  readonly interfaces: readonly Interface[]
  readonly encapsulations: readonly Encapsulation[]
  /** Whether the router speaks IKE at all. */
  readonly active: boolean
}

/**
 * `/ip ipsec policy` in order, the first that matches takes the packet, looked up behind source NAT (MikroTik: Packet
 * Flow in RouterOS; IPsec). A peer with policies becomes the interface `ipsec:<peer>`; a decrypted packet seems to come
 * in by the interface that the tunnel's own packets use. Whether a policy asks for `require`, `unique` or `use` does
 * not matter to a tunnel that is up. Templates are for policies made at run time and left out, and so are policies in
 * transport mode, which change no packet's way.
 */
export function readIpsec(configuration: Configuration, addresses: Addresses, main: readonly Route[]): Ipsec {
  const peers = peersOf(configuration)
  const known = identifiedPeers(configuration)
  const tunnels = new Map<string, Tunnel>()
  const encapsulations: Encapsulation[] = []
  for (const entry of configuration.entries('ip ipsec policy')) {
    const policy = policyOf(entry)
    if (isDisabled(entry) || isYes(entry, 'template')) continue
    const wrong = policy ? notModelled(entry, peers) : 'its addresses, protocol or ports were not understood'
    // Transport mode: the packets of two hosts are encrypted, their way is the same.
    if (policy?.action === 'encrypt' && wrong === undefined && !isYes(entry, 'tunnel')) continue
    if (!policy || wrong !== undefined) {
      const message = `This IPsec policy is not part of the answer: ${inert(wrong ?? '')}.`
      configuration.diagnostics.push({ severity: 'warning', code: 'NT1220', message, source: sourceOf(entry) })
      continue
    }
    const name = policy.action === 'encrypt' ? joinTunnel(tunnels, peers, entry, policy) : undefined
    encapsulations.push(encapsulationOf(policy, name))
  }
  const interfaces = [...tunnels.values()].map((tunnel) => ({
    ...interfaceOf(tunnel, addresses, main),
    ...(known && !known.has(tunnel.name.replace(/^ipsec:/, '')) && { disabled: true }),
  }))
  return { interfaces, encapsulations, active: peers.size > 0 }
}

interface Policy {
  readonly local: Prefix
  readonly remote: Prefix
  readonly localText: string
  readonly remoteText: string
  readonly protocol: number | undefined
  readonly ports: Pick<Encapsulation, 'localPorts' | 'remotePorts'>
  readonly action: Encapsulation['action']
  readonly source: Source
}

interface Tunnel {
  readonly name: string
  readonly peer: Entry
  readonly local: Ip | undefined
  readonly remote: Ip | undefined
  readonly selectors: TrafficSelector[]
}

function peersOf(configuration: Configuration): ReadonlyMap<string, Entry> {
  const peers = new Map<string, Entry>()
  for (const entry of configuration.entries('ip ipsec peer')) {
    // Before 6.44 a peer had no name; its address was all that a policy could mean.
    const name = textOf(entry, 'name') ?? hostOf(textOf(entry, 'address'))
    if (name !== undefined && !isDisabled(entry) && !peers.has(name)) peers.set(name, entry)
  }
  return peers
}

/**
 * The peers that `/ip ipsec identity` has a way to know: without one a peer is never up. Absent = the export has no such
 * menu, as before 6.44 (MikroTik: IPsec, identities).
 */
function identifiedPeers(configuration: Configuration): ReadonlySet<string> | undefined {
  const identities = configuration.entries('ip ipsec identity')
  for (const entry of identities) {
    const made = textOf(entry, 'generate-policy') ?? 'no'
    if (made === 'no' || isDisabled(entry)) continue
    const message = 'Policies are made here at run time, as the other end asks; they are not part of the answer.'
    configuration.diagnostics.push({ severity: 'warning', code: 'NT1220', message, source: sourceOf(entry) })
  }
  const named = identities.flatMap((entry) => {
    const peer = textOf(entry, 'peer')
    return peer === undefined || isDisabled(entry) ? [] : [peer]
  })
  return identities.length > 0 ? new Set(named) : undefined
}

function hostOf(text: string | undefined): string | undefined {
  return text?.replace(/\/32$/, '')
}

function addressIn(text: string | undefined): Ip | undefined {
  const address = parseIp(hostOf(text) ?? '')
  return address === 0 ? undefined : address
}

const ACTIONS: ReadonlyMap<string, Encapsulation['action']> = new Map<string, Encapsulation['action']>([
  ['encrypt', 'encrypt'],
  ['none', 'bypass'],
  ['discard', 'discard'],
])

function policyOf(entry: Entry): Policy | undefined {
  const localText = textOf(entry, 'src-address') ?? '0.0.0.0/0'
  const remoteText = textOf(entry, 'dst-address') ?? '0.0.0.0/0'
  const local = parsePrefix(localText)
  const remote = parsePrefix(remoteText)
  const action = ACTIONS.get(textOf(entry, 'action') ?? 'encrypt')
  const word = textOf(entry, 'protocol') ?? 'all'
  const protocol = word === 'all' || word === '255' ? undefined : protocolNamed(word)
  if (!local || !remote || !action || (protocol === undefined && word !== 'all' && word !== '255')) return undefined
  const localPorts = portsOf(entry, 'src-port')
  const remotePorts = portsOf(entry, 'dst-port')
  if (localPorts === 'unread' || remotePorts === 'unread') return undefined
  const ports = { ...(localPorts && { localPorts }), ...(remotePorts && { remotePorts }) }
  return { local, remote, localText, remoteText, protocol, ports, action, source: sourceOf(entry) }
}

function portsOf(entry: Entry, key: string): PortRange | undefined | 'unread' {
  const text = textOf(entry, key)
  if (text === undefined || text === 'any' || text === '0') return undefined
  return parsePortRange(text) ?? 'unread'
}

// Why a policy cannot be said in the model, in words.
function notModelled(entry: Entry, peers: ReadonlyMap<string, Entry>): string | undefined {
  if ((textOf(entry, 'action') ?? 'encrypt') !== 'encrypt') return undefined
  const named = textOf(entry, 'peer')
  const peer = named === undefined ? undefined : peers.get(named)
  if (named !== undefined && !peer) return `its peer ${named} is disabled or missing`
  const end = peer && addressIn(textOf(peer, 'address'))
  const to = parsePrefix(textOf(entry, 'dst-address') ?? '0.0.0.0/0')
  if (!isYes(entry, 'tunnel') && end !== undefined && to && !prefixContains(to, end))
    return `it protects no packets to its peer ${named ?? ''}, as transport mode must`
  const own = peer && addressIn(textOf(peer, 'local-address'))
  const from = parsePrefix(textOf(entry, 'src-address') ?? '0.0.0.0/0')
  if (!isYes(entry, 'tunnel') && own !== undefined && from && !prefixContains(from, own))
    return `it protects no packets from the address its peer ${named ?? ''} uses, as transport mode must`
  return undefined
}

function joinTunnel(
  tunnels: Map<string, Tunnel>,
  peers: ReadonlyMap<string, Entry>,
  entry: Entry,
  policy: Policy,
): string {
  const remoteName = hostOf(textOf(entry, 'sa-dst-address'))
  const peerName = textOf(entry, 'peer') ?? remoteName ?? 'unnamed'
  const peer = peers.get(peerName) ?? entry
  let tunnel = tunnels.get(peerName)
  if (!tunnel) {
    const local = addressIn(textOf(peer, 'local-address')) ?? addressIn(textOf(entry, 'sa-src-address'))
    const remote = addressIn(textOf(peer, 'address')) ?? addressIn(remoteName)
    tunnel = { name: `ipsec:${peerName}`, peer, local, remote, selectors: [] }
    tunnels.set(peerName, tunnel)
  }
  const { local, remote, source } = policy
  tunnel.selectors.push({ local: addressesOfPrefixes([local]), remote: addressesOfPrefixes([remote]), source })
  return tunnel.name
}

function encapsulationOf(policy: Policy, name: string | undefined): Encapsulation {
  const { local, remote, localText, remoteText, protocol, ports, action, source } = policy
  return {
    name: `IPsec policy ${localText} to ${remoteText}`,
    local: addressesOfPrefixes([local]),
    remote: addressesOfPrefixes([remote]),
    ...(protocol !== undefined && { protocol }),
    ...ports,
    action,
    ...(name !== undefined && { interface: name }),
    source,
  }
}

function interfaceOf(tunnel: Tunnel, addresses: Addresses, main: readonly Route[]): Interface {
  const out = outerInterface(tunnel, addresses, main)
  const local = tunnel.local ?? (out === undefined ? undefined : addresses.byInterface.get(out)?.[0]?.ip)
  return {
    name: tunnel.name,
    aliases: [],
    addresses: [],
    tunnel: {
      kind: 'ipsec',
      ...(local !== undefined && { local }),
      ...(tunnel.remote !== undefined && { remote: tunnel.remote }),
      selectors: tunnel.selectors,
      ...(out !== undefined && { arrivesAs: out }),
    },
    source: sourceOf(tunnel.peer),
  }
}

/** The interface that owns the tunnel's local address, else the one the best route to the far end leaves by. */
function outerInterface(tunnel: Tunnel, addresses: Addresses, main: readonly Route[]): string | undefined {
  const { local, remote } = tunnel
  for (const [name, own] of addresses.byInterface) if (own.some((one) => one.ip === local)) return name
  let best: Route | undefined
  for (const route of main) {
    if (route.inactive !== undefined || remote === undefined || !prefixContains(route.prefix, remote)) continue
    const longer = !best || route.prefix.length > best.prefix.length
    if (longer || (best && route.prefix.length === best.prefix.length && route.distance < best.distance)) best = route
  }
  const hop = best?.nextHop
  return hop?.kind === 'via' || hop?.kind === 'connected' ? hop.interface : undefined
}
