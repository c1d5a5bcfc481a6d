import type { Interface, Route, Source } from '../../model/index.ts'
import {
  addressesOfRanges,
  hostPrefix,
  type Ip,
  type Ip4,
  type Prefix,
  parseIp,
  parsePrefix,
  prefixContains,
  prefixOf,
} from '../../net/index.ts'
import type { Addresses } from './addresses.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'
import { type Pools, poolRanges, readPools } from './pools.ts'

/** What clients that dial in bring: which of them has dialled in, only the running router says. */
export interface DialIn {
  /** Routes to the addresses that clients get and to the networks behind them. */
  readonly routes: readonly Route[]
  /** Holds the router's own addresses on such links that are on no other interface; absent = there is none. */
  readonly interface?: Interface
  readonly notModelled: readonly string[]
}

const KINDS = ['l2tp', 'sstp', 'pptp', 'ovpn', 'pppoe'] as const

/**
 * `/interface l2tp-server server` and its like, `/ppp secret` and `/ppp profile`: a client gets the address of its
 * secret, else of the profile (MikroTik: PPP AAA); a packet to such an address goes nobody knows where, not by the
 * default route.
 */
export function readDialIn(configuration: Configuration, addresses: Addresses): DialIn {
  const profiles = new Map<string, Entry>()
  for (const entry of configuration.entries('ppp profile')) profiles.set(textOf(entry, 'name') ?? '', entry)
  const pools = readPools(configuration)
  const links = new Map([...profiles].map(([name, entry]) => [name, linkOf(pools, entry)] as const))
  const servers = runningServers(configuration)
  const clients = configuration.entries('ppp secret').flatMap((entry): Client[] => {
    const link = linkOf(pools, entry)
    const shared = links.get(textOf(entry, 'profile') ?? 'default')
    const service = textOf(entry, 'service') ?? 'any'
    const served = service === 'any' ? servers.length > 0 : servers.some((one) => one.kind === service)
    if (isDisabled(entry) || !served) return []
    return [{ name: textOf(entry, 'name') ?? 'a client', link: inherited(link, shared), source: sourceOf(entry) }]
  })
  const guests = servers.flatMap(({ profile, entry }): Client[] => {
    const link = links.get(profile)
    return link ? [{ name: `a client of profile ${profile}`, link, source: sourceOf(entry) }] : []
  })
  const inside = ownInterface([...clients, ...guests], addresses)
  return {
    routes: [...clients, ...guests].flatMap((client) => routesTo(client, addresses)),
    ...(inside && { interface: inside }),
    notModelled: servers.map(({ entry }) => `/${entry.menu}: clients that dial in are not in an export`),
  }
}

interface Server {
  readonly kind: string
  readonly profile: string
  readonly entry: Entry
}

/** Every server that is switched on: by `enabled=yes`, the ones that are several by `disabled=no`. */
function runningServers(configuration: Configuration): Server[] {
  return KINDS.flatMap((kind) =>
    configuration.entries(`interface ${kind}-server server`).flatMap((entry): Server[] => {
      const profile = textOf(entry, 'default-profile') ?? (kind === 'pppoe' ? 'default' : 'default-encryption')
      return isServing(entry) ? [{ kind, profile, entry }] : []
    }),
  )
}

/** Whether a server of dial-in clients is switched on. */
export function isServing(entry: Entry): boolean {
  const isEnabled = isYes(entry, 'enabled')
  return textOf(entry, 'disabled') === 'no' || isEnabled
}

interface Client {
  readonly name: string
  readonly link: Link
  readonly source: Source
}

interface Link {
  readonly local: Ip | undefined
  /** What the client may get. */
  readonly remote: readonly Prefix[]
  /** Networks behind it (`routes=` of a secret). */
  readonly behind: readonly Prefix[]
}

function linkOf(pools: Pools, entry: Entry): Link {
  const local = parseIp(textOf(entry, 'local-address') ?? '')
  const behind = (textOf(entry, 'routes') ?? '')
    .split(',')
    .flatMap((text) => parsePrefix(text.trim().split(' ')[0] ?? '') ?? [])
  const ranges = poolRanges(pools, textOf(entry, 'remote-address'))
  const isAny = ranges.every(([first, last]) => first === 0 && last === 0)
  return { local: local === 0 ? undefined : local, remote: isAny ? [] : prefixesOf(ranges), behind }
}

function inherited(link: Link, shared: Link | undefined): Link {
  const remote = link.remote.length > 0 ? link.remote : (shared?.remote ?? [])
  return { local: link.local ?? shared?.local, remote, behind: link.behind }
}

function routesTo({ name, link, source }: Client, { routes }: Addresses): Route[] {
  const because = `whether ${name} has dialled in, and on which interface, only the running router says`
  // Of addresses on a network of its own the router is asked by neighbours, and hosts there may have them too.
  const isNear = (to: Prefix) =>
    routes.some((own) => own.prefix.length <= to.length && prefixContains(own.prefix, to.ip))
  return [...link.remote.filter((to) => !isNear(to)), ...link.behind].map((to) => {
    const nextHop = { kind: 'unknown', because } as const
    return { prefix: to, nextHop, distance: 0, metric: 0, origin: 'dial-in client', source }
  })
}

function ownInterface(clients: readonly Client[], { byInterface }: Addresses): Interface | undefined {
  const own = new Set([...byInterface.values()].flatMap((some) => some.map((one) => one.ip)))
  const addresses = new Map<Ip, Client>()
  for (const client of clients) {
    const { local } = client.link
    if (local !== undefined && !own.has(local) && !addresses.has(local)) addresses.set(local, client)
  }
  const [first] = addresses.values()
  if (!first) return undefined
  return {
    name: 'dial-in',
    aliases: [],
    addresses: [...addresses].map(([ip, { source }]) => ({ ip, prefix: hostPrefix(ip), source })),
    source: first.source,
  }
}

const MOST_PREFIXES = 64

/** The fewest networks that hold exactly some ranges of IPv4 addresses. */
function prefixesOf(ranges: readonly (readonly [Ip, Ip])[]): Prefix[] {
  const found: Prefix[] = []
  const { v4 } = addressesOfRanges(ranges.map(([first, last]) => [first, last]))
  for (let at = 0; at + 1 < v4.length; at += 2) {
    let first = v4[at] ?? 0
    const last = v4[at + 1] ?? 0
    while (first <= last && found.length < MOST_PREFIXES) {
      let length = 32
      while (length > 0 && first % 2 ** (33 - length) === 0 && first + 2 ** (33 - length) - 1 <= last) length--
      found.push(prefixOf(first as Ip4, length))
      first += 2 ** (32 - length)
    }
  }
  return found
}
