import type { Encapsulation, Interface, Route } from '../../model/index.ts'
import { addressesOfPrefixes, type Ip, type Prefix, parseIp, parsePrefix } from '../../net/index.ts'
import { type Entry, flagOf, sourceOf, textOf, textsOf } from './entry.ts'
import { idOf, nameOf } from './networks.ts'
import type { Site, WanNetwork } from './site.ts'

/** What the site-to-site VPNs add to the gateway. */
export interface Tunnels {
  readonly interfaces: readonly Interface[]
  readonly encapsulations: readonly Encapsulation[]
  readonly routes: readonly Route[]
  /** VPNs of kinds that are not modelled, for the answers they may touch. */
  readonly notModelled: readonly string[]
}

type Lans = Pick<Site, 'lans' | 'wans' | 'diagnostics'>

/**
 * Lowers `site-vpn` networks of type IPsec (go-unifi: NetworkConf). With `ipsec_dynamic_routing` the tunnel is an
 * interface that carries everything and the remote subnets are routes; without, it takes what goes from a local to a
 * remote subnet, after routing.
 */
export function lowerTunnels(entries: readonly Entry[], site: Lans): Tunnels {
  const interfaces: Interface[] = []
  const encapsulations: Encapsulation[] = []
  const routes: Route[] = []
  const notModelled: string[] = []
  for (const entry of entries) {
    const purpose = textOf(entry, 'purpose') ?? ''
    if (flagOf(entry, 'enabled') === false || !['site-vpn', 'vpn-client', 'remote-user-vpn'].includes(purpose)) continue
    if (purpose !== 'site-vpn' || textOf(entry, 'vpn_type') !== 'ipsec-vpn') {
      notModelled.push(leaveOut(entry, purpose, site))
      continue
    }
    const name = `vti${64 + interfaces.length}`
    const remote = prefixesOf(entry, 'remote_vpn_subnets')
    const routed = flagOf(entry, 'ipsec_dynamic_routing') === true
    interfaces.push(tunnelInterface(entry, name, routed, remote, site))
    if (routed) routes.push(...remote.map((prefix) => tunnelRoute(entry, name, prefix)))
    else encapsulations.push(encapsulation(entry, name, remote, site))
  }
  return { interfaces, encapsulations, routes, notModelled }
}

function leaveOut(entry: Entry, purpose: string, site: Lans): string {
  const kind = textOf(entry, 'vpn_type') ?? purpose
  const message = `The VPN ${nameOf(entry)} (${kind}) is not modelled; what goes through it is not known.`
  site.diagnostics.push({ severity: 'warning', code: 'NT1413', message, source: sourceOf(entry) })
  return `the VPN ${nameOf(entry)} (${kind})`
}

function tunnelInterface(
  entry: Entry,
  name: string,
  routed: boolean,
  remote: readonly Prefix[],
  site: Lans,
): Interface {
  const wan = uplinkOf(entry, site)
  const local = addressOf(entry, 'ipsec_local_ip') ?? wan?.ip
  const peer = addressOf(entry, 'ipsec_peer_ip')
  const source = sourceOf(entry)
  const own = flagOf(entry, 'ipsec_tunnel_ip_enabled') ? (textOf(entry, 'ipsec_tunnel_ip') ?? '') : ''
  const ip = parseIp(own.split('/')[0] ?? '')
  const prefix = parsePrefix(own)
  const selector = { local: localSubnets(site), remote: addressesOfPrefixes(remote), source }
  return {
    name,
    aliases: [nameOf(entry), idOf(entry)].filter((alias) => alias !== ''),
    addresses: ip !== undefined && prefix ? [{ ip, prefix, source: sourceOf(entry, 'ipsec_tunnel_ip') }] : [],
    tunnel: {
      kind: 'ipsec',
      ...(local === undefined ? {} : { local }),
      ...(peer === undefined ? {} : { remote: peer }),
      ...(routed ? {} : { selectors: [selector], ...(wan ? { arrivesAs: wan.interface } : {}) }),
    },
    source,
  }
}

function tunnelRoute(entry: Entry, name: string, prefix: Prefix): Route {
  const source = sourceOf(entry, 'remote_vpn_subnets')
  const nextHop = { kind: 'connected', interface: name } as const
  return { prefix, nextHop, distance: 1, metric: 0, origin: `VPN ${nameOf(entry)}`, source }
}

function encapsulation(entry: Entry, name: string, remote: readonly Prefix[], site: Lans): Encapsulation {
  return {
    name: nameOf(entry),
    local: localSubnets(site),
    remote: addressesOfPrefixes(remote),
    action: 'encrypt',
    interface: name,
    source: sourceOf(entry, 'remote_vpn_subnets'),
  }
}

function localSubnets(site: Lans) {
  return addressesOfPrefixes(site.lans.filter((lan) => lan.kind === 'corporate').map((lan) => lan.subnet))
}

function uplinkOf(entry: Entry, site: Lans): WanNetwork | undefined {
  const group = textOf(entry, 'ipsec_interface') ?? 'wan'
  return site.wans.find((wan) => wan.group === group) ?? site.wans[0]
}

function prefixesOf(entry: Entry, key: string): Prefix[] {
  return textsOf(entry, key).flatMap((text) => parsePrefix(text) ?? [])
}

function addressOf(entry: Entry, key: string): Ip | undefined {
  return parseIp(textOf(entry, key) ?? '')
}
