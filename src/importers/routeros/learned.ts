import type { InterfaceAddress, Route } from '../../model/index.ts'
import { type Prefix, parsePrefix, prefix, prefixContains } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, textOf } from './entry.ts'

const EVERYTHING = { 4: prefix('0.0.0.0/0'), 6: prefix('::/0') } as const
type Family = keyof typeof EVERYTHING

/** A route of unknown way that stands for what a protocol may have learned, and the table it is in. */
export interface LearnedRoute {
  readonly table: string
  readonly route: Route
}

interface Speaker {
  readonly protocol: string
  /** The interface, network or neighbour it learns from. */
  readonly name: string
  readonly families: readonly Family[]
  readonly entry: Entry
}

/** The addresses of interfaces by name, as far as they are in the export. */
type AddressesOf = ReadonlyMap<string, readonly InterfaceAddress[]>

/**
 * What routing protocols learned is not in an export: where goes what no other route takes is not known, in `main` and
 * in the tables that a filter puts learned routes into. OSPF and RIP learn on the interfaces in their networks that
 * are not passive, BGP from each peer (MikroTik: OSPF, BGP, RIP, Routing filters).
 */
export function learnedRoutes(configuration: Configuration, addresses: AddressesOf): readonly LearnedRoute[] {
  const speakers = [...areaSpeakers(configuration, addresses), ...peers(configuration)]
  const routes: LearnedRoute[] = []
  const known = new Set<string>()
  for (const { protocol, families, entry } of speakers) {
    for (const family of families) {
      if (known.has(`${protocol} ${family}`)) continue
      known.add(`${protocol} ${family}`)
      const from = speakers.filter((one) => one.protocol === protocol && one.families.includes(family))
      const names = [...new Set(from.map((one) => one.name))].slice(0, 6).join(', ')
      const because = `routes learned by ${protocol} from ${names} are not in the export`
      routes.push({ table: 'main', route: routeOf(EVERYTHING[family], because, protocol, entry) })
    }
  }
  return speakers.length > 0 ? [...routes, ...filteredRoutes(configuration)] : routes
}

function routeOf(to: Prefix, because: string, origin: string, entry: Entry): Route {
  const nextHop = { kind: 'unknown', because } as const
  return { prefix: to, nextHop, distance: 254, metric: 0, origin, source: sourceOf(entry) }
}

/** A filter may put what it takes into a table of its own (`set-routing-mark`, RouterOS 6). */
function filteredRoutes(configuration: Configuration): LearnedRoute[] {
  return configuration.entries('routing filter').flatMap((entry): LearnedRoute[] => {
    const to = parsePrefix(textOf(entry, 'prefix') ?? '0.0.0.0/0') ?? EVERYTHING[4]
    const action = textOf(entry, 'action')
    const table = textOf(entry, 'set-routing-mark')
    if (table === undefined || isDisabled(entry) || action === 'discard' || action === 'reject') return []
    const because = `routes that a filter puts into the table ${table} are learned and not in the export`
    return [{ table, route: routeOf(to, because, 'learned', entry) }]
  })
}

/** OSPF, RIP and IS-IS: by the networks or the interfaces they are spoken on. */
function areaSpeakers(configuration: Configuration, addresses: AddressesOf): Speaker[] {
  const passive = passiveInterfaces(configuration)
  const found: Speaker[] = []
  for (const menu of AREA_MENUS) {
    const protocol = (menu.split(' ')[1] ?? '').toUpperCase()
    for (const entry of configuration.entries(menu)) {
      const families = familiesOf(configuration, menu, entry)
      const names = namesOf(entry, addresses)
      if (isDisabled(entry) || isYes(entry, 'passive') || families.length === 0) continue
      for (const name of names) if (!passive.has(name)) found.push({ protocol, name, families, entry })
    }
  }
  return found
}

const AREA_MENUS = [
  ...['routing ospf network', 'routing ospf interface-template', 'routing ospf-v3 interface', 'routing rip network'],
  ...['routing rip interface-template', 'routing isis interface-template'],
]

/** `/routing ospf interface` (6) says more of an interface that a network already brought in. */
function passiveInterfaces(configuration: Configuration): ReadonlySet<string> {
  const names = new Set<string>()
  for (const entry of configuration.entries('routing ospf interface')) {
    const name = textOf(entry, 'interface')
    const isPassive = isYes(entry, 'passive')
    if (name !== undefined && isPassive && !isDisabled(entry)) names.add(name)
  }
  return names
}

/** The interfaces an entry names, or whose addresses are in its networks; else the networks themselves. */
function namesOf(entry: Entry, addresses: AddressesOf): readonly string[] {
  const named = textOf(entry, 'interfaces') ?? textOf(entry, 'interface')
  const networks = (textOf(entry, 'network') ?? textOf(entry, 'networks') ?? '').split(',')
  if (named !== undefined) return named.split(',')
  return networks.flatMap((text) => {
    const network = parsePrefix(text)
    if (!network) return text === '' ? ['every interface'] : [text]
    const inside = [...addresses].filter(([, own]) => own.some(({ ip }) => prefixContains(network, ip)))
    // An address that comes at run time may be in it.
    return inside.length > 0 ? inside.map(([name]) => name) : [text]
  })
}

/** OSPF of version 3 carries IPv6; an area or instance that is switched off learns nothing (MikroTik: OSPF). */
function familiesOf(configuration: Configuration, menu: string, entry: Entry): readonly Family[] {
  if (menu === 'routing ospf-v3 interface') return [6]
  if (menu.startsWith('routing isis')) return [4, 6]
  if (!menu.startsWith('routing ospf')) return [4]
  const named = (path: string, name: string | undefined) =>
    configuration.entries(path).find((one) => name !== undefined && textOf(one, 'name') === name)
  const area = named('routing ospf area', textOf(entry, 'area'))
  const instance = area && named('routing ospf instance', textOf(area, 'instance'))
  if ((area && isDisabled(area)) || (instance && isDisabled(instance))) return []
  return instance && textOf(instance, 'version') === '3' ? [6] : [4]
}

const PEER_MENUS = ['routing bgp peer', 'routing bgp connection']

function peers(configuration: Configuration): Speaker[] {
  return PEER_MENUS.flatMap((menu) =>
    configuration.entries(menu).flatMap((entry): Speaker[] => {
      const remote = textOf(entry, 'remote-address') ?? textOf(entry, 'remote.address')
      const name = remote ?? textOf(entry, 'name') ?? 'a peer'
      const listed = (textOf(entry, 'address-families') ?? textOf(entry, 'afi') ?? 'ip').split(',')
      const families = [4, 6] as const
      const spoken = families.filter((family) => listed.includes(family === 4 ? 'ip' : 'ipv6'))
      return isDisabled(entry) ? [] : [{ protocol: 'BGP', name, families: spoken, entry }]
    }),
  )
}
