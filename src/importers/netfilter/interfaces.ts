import type { Interface, InterfaceAddress, Route, TunnelEnd } from '../../model/index.ts'
import { addressSet, addressSetContains, isIp4, type Prefix, parseIp, prefixOf } from '../../net/index.ts'
import { childRows, numberOf, type Row, sourceOf, textOf, wordsOf } from './row.ts'

/**
 * The interfaces of `ip -j addr`. Ports of a bridge or bond that have no address of their own are other names of it:
 * routed packets arrive by the bridge. Loopback and link-local addresses are left out, every host has the same.
 */
export function lowerInterfaces(rows: readonly Row[]): Interface[] {
  const ports = new Map<string, string[]>()
  const kept: Row[] = []
  for (const row of rows) {
    const master = textOf(row, 'master')
    const name = textOf(row, 'ifname')
    if (name === undefined) continue
    if (master !== undefined && addressesOf(row).length === 0) ports.set(master, [...(ports.get(master) ?? []), name])
    else kept.push(row)
  }
  return kept.map((row) => lowerInterface(row, ports.get(textOf(row, 'ifname') ?? '') ?? []))
}

function lowerInterface(row: Row, ports: readonly string[]): Interface {
  const name = textOf(row, 'ifname') ?? ''
  const labels = childRows(row, 'addr_info').flatMap((one) => textOf(one, 'label') ?? [])
  const aliases = new Set([...wordsOf(row, 'altnames'), ...labels, ...ports])
  aliases.delete(name)
  const mtu = numberOf(row, 'mtu')
  const tunnel = tunnelOf(row)
  const mac = textOf(row, 'link_type') === 'ether' ? textOf(row, 'address')?.toLowerCase() : undefined
  const up = !Array.isArray(row.value.flags) || wordsOf(row, 'flags').includes('UP')
  return {
    name,
    aliases: [...aliases],
    addresses: addressesOf(row),
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(up ? {} : { disabled: true, ownsWhenDisabled: true as const }),
    ...(tunnel ? { tunnel } : {}),
    source: sourceOf(row, 'ifname'),
  }
}

const SAME_EVERYWHERE = addressSet('127.0.0.0/8', '::1', 'fe80::/10')

function addressesOf(row: Row): InterfaceAddress[] {
  return childRows(row, 'addr_info').flatMap((info) => {
    const ip = parseIp(textOf(info, 'local') ?? '')
    const length = numberOf(info, 'prefixlen')
    if (ip === undefined || addressSetContains(SAME_EVERYWHERE, ip)) return []
    // With a peer the connected network is the peer's (ip-address(8)).
    const peer = parseIp(textOf(info, 'address') ?? '') ?? ip
    const prefix = prefixOf(peer, length ?? (isIp4(ip) ? 32 : 128))
    return [{ ip, prefix, source: sourceOf(info, 'local') }]
  })
}

/** `link/gre 192.0.2.1 peer 198.51.100.1`: JSON calls the ends address and broadcast. */
function tunnelOf(row: Row): TunnelEnd | undefined {
  if (textOf(row, 'link_type') !== 'gre') return undefined
  const local = parseIp(textOf(row, 'address') ?? '')
  const remote = parseIp(textOf(row, 'broadcast') ?? '')
  return { kind: 'gre', ...(local ? { local } : {}), ...(remote ? { remote } : {}) }
}

/** The routes the kernel makes for addresses; for exports without a routing table. */
export function connectedRoutes(interfaces: readonly Interface[]): Route[] {
  return interfaces.flatMap((one) =>
    one.addresses
      .filter((address) => !isHost(address.prefix) && !one.disabled)
      .map((address) => ({
        prefix: address.prefix,
        nextHop: { kind: 'connected', interface: one.name } as const,
        distance: 0,
        metric: 0,
        origin: 'connected',
        source: address.source,
      })),
  )
}

function isHost(prefix: Prefix): boolean {
  return prefix.length === (isIp4(prefix.ip) ? 32 : 128)
}
