import { allOf, type Encapsulation, type Interface, type Match, type Rule, type TunnelEnd } from '../../model/index.ts'
import { addressesOfPrefixes, type Ip, type Prefix, parseIp, parsePrefix } from '../../net/index.ts'
import { type Configuration, warn } from './configuration.ts'
import { at, type EdgeNode, isOff, isOn, sourceOf, tagsAt, textAt } from './node.ts'

/** The site-to-site VPNs of a configuration. */
export interface Ipsec {
  /** One for each peer whose tunnels name networks: `ipsec:<peer>`. */
  readonly interfaces: readonly Interface[]
  readonly encapsulations: readonly Encapsulation[]
  /** The tunnels of `vti` interfaces, by the interface's name. */
  readonly routed: ReadonlyMap<string, TunnelEnd>
  /** With `auto-firewall-nat-exclude`: no translation into the tunnels, and what comes out of them is let in. */
  readonly bypass: readonly Rule[]
  readonly firewall: readonly Rule[]
}

/**
 * `vpn ipsec site-to-site` (EdgeOS User Guide: IPsec VPN). A tunnel with a local and a remote prefix takes what goes from
 * one to the other, after source NAT; a peer with `vti bind` is an interface that routes point to.
 */
export function lowerIpsec(around: Configuration): Ipsec {
  const node = at(around.root, 'vpn', 'ipsec')
  const interfaces: Interface[] = []
  const encapsulations: Encapsulation[] = []
  const routed = new Map<string, TunnelEnd>()
  for (const peer of tagsAt(node, 'site-to-site', 'peer')) {
    if (isSwitchedOff(peer)) continue
    const ends = endsOf(peer, around)
    const bound = textAt(peer, 'vti', 'bind')
    if (bound !== undefined) routed.set(bound, { kind: 'ipsec', ...ends })
    const own = tagsAt(peer, 'tunnel').filter((tunnel) => !isSwitchedOff(tunnel))
    const made = own.flatMap((tunnel) => encapsulation(peer, tunnel, around))
    if (made.length === 0) continue
    encapsulations.push(...made)
    interfaces.push(peerInterface(peer, made, ends, arrivesBy(node, ends.local, around)))
  }
  const exempt = isOn(node, 'auto-firewall-nat-exclude')
  return {
    interfaces,
    encapsulations,
    routed,
    bypass: exempt ? encapsulations.map((one) => bypassRule(one)) : [],
    firewall: exempt ? encapsulations.map((one) => firewallRule(one)) : [],
  }
}

function isSwitchedOff(node: EdgeNode): boolean {
  return at(node, 'disable') !== undefined && !isOff(node, 'disable')
}

type Ends = Pick<TunnelEnd, 'local' | 'remote'>

function endsOf(peer: EdgeNode, around: Configuration): Ends {
  const written = parseIp(textAt(peer, 'local-address') ?? textAt(peer, 'local-ip') ?? '')
  const by = textAt(peer, 'dhcp-interface')
  const own = around.interfaces.find((one) => one.name === by)?.addresses[0]?.ip
  const local = written === undefined || written === 0 ? own : written
  const remote = parseIp(peer.name)
  return { ...(local !== undefined && { local }), ...(remote !== undefined && remote !== 0 && { remote }) }
}

/** The interface that decrypted packets seem to come in by: the one with the tunnel's own address, else the one named. */
function arrivesBy(node: EdgeNode | undefined, local: Ip | undefined, around: Configuration): string | undefined {
  const holder = around.interfaces.find((one) => one.addresses.some((address) => address.ip === local))
  const named = textAt(node, 'ipsec-interfaces', 'interface') ?? tagsAt(node, 'ipsec-interfaces', 'interface')[0]?.name
  return holder?.name ?? named ?? around.interfaces.find((one) => one.dynamic)?.name
}

function encapsulation(peer: EdgeNode, tunnel: EdgeNode, around: Configuration): Encapsulation[] {
  const local = prefixAt(tunnel, 'local')
  const remote = prefixAt(tunnel, 'remote')
  if (!local || !remote) {
    const message = `Tunnel ${tunnel.name} of the peer ${peer.name} does not name both networks; it was left out.`
    warn(around, 'NT1443', message, sourceOf(tunnel))
    return []
  }
  return [
    {
      name: `peer ${peer.name} tunnel ${tunnel.name}`,
      local: addressesOfPrefixes([local]),
      remote: addressesOfPrefixes([remote]),
      action: 'encrypt',
      interface: interfaceName(peer),
      source: sourceOf(tunnel, 'remote', 'prefix'),
    },
  ]
}

/** `local prefix`, in old versions `local subnet` or `local-subnet`. */
function prefixAt(tunnel: EdgeNode, side: 'local' | 'remote'): Prefix | undefined {
  const text = textAt(tunnel, side, 'prefix') ?? textAt(tunnel, side, 'subnet') ?? textAt(tunnel, `${side}-subnet`)
  return parsePrefix(text ?? '')
}

function interfaceName(peer: EdgeNode): string {
  return `ipsec:${peer.name}`
}

function peerInterface(
  peer: EdgeNode,
  made: readonly Encapsulation[],
  ends: Ends,
  arrivesAs: string | undefined,
): Interface {
  const description = textAt(peer, 'description')
  return {
    name: interfaceName(peer),
    aliases: description === undefined ? [] : [description],
    addresses: [],
    tunnel: {
      kind: 'ipsec',
      ...ends,
      selectors: made.map(({ local, remote, source }) => ({ local, remote, source })),
      ...(arrivesAs !== undefined && { arrivesAs }),
    },
    source: sourceOf(peer),
  }
}

function bypassRule(one: Encapsulation): Rule {
  const match = allOf({ kind: 'source', in: one.local }, { kind: 'destination', in: one.remote })
  return { name: `no translation for ${one.name}`, match, action: { kind: 'accept' }, source: one.source }
}

function firewallRule(one: Encapsulation): Rule {
  const arrived: Match = { kind: 'tunnel', direction: 'in', present: true }
  const match = allOf(arrived, { kind: 'source', in: one.remote }, { kind: 'destination', in: one.local })
  return { name: `from ${one.name}`, match, action: { kind: 'accept' }, source: one.source }
}
