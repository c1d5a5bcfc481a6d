import type { Route } from '../../model/index.ts'
import { type Prefix, parsePrefix, prefix, prefixContains } from '../../net/index.ts'
import type { Configuration } from './configuration.ts'
import { at, type EdgeNode, isOff, sourceOf, tagsAt, textAt, textsAt } from './node.ts'
import { readRoutePolicies } from './route-policy.ts'

const FAMILIES = [4, 6] as const
type Family = (typeof FAMILIES)[number]

const EVERYTHING: Readonly<Record<Family, Prefix>> = { 4: prefix('0.0.0.0/0'), 6: prefix('::/0') }

/** Protocols that bring routes at run time. */
export const ROUTING_PROTOCOLS = ['bgp', 'ospf', 'ospfv3', 'rip', 'ripng', 'isis'] as const
type Protocol = (typeof ROUTING_PROTOCOLS)[number]

/** Something routes may be learned from, and the networks it is let to bring. */
interface Speaker {
  readonly protocol: Protocol
  readonly name: string
  readonly family: Family
  readonly takes: readonly Prefix[]
  readonly node: EdgeNode
}

/**
 * What routing protocols learn is not in a configuration: where the networks go that a neighbour is let to bring is not
 * known, unless another route of the same length is there. OSPF and RIP learn on the interfaces that they are spoken on,
 * BGP from each neighbour that is not shut down, in the families it is activated for, what its import policy permits
 * (Vyatta: BGP, OSPF, Routing policies).
 */
export function learnedRoutes(around: Configuration): Route[] {
  const policies = readRoutePolicies(around)
  const speakers = [
    ...tagsAt(around.root, 'protocols', 'bgp').flatMap((own) => neighbours(own, policies)),
    ...ospfSpeakers(around),
    ...listedSpeakers(around),
  ]
  const routes = new Map<string, { readonly first: Speaker; readonly to: Prefix; readonly names: Set<string> }>()
  for (const one of speakers) {
    for (const to of one.takes) {
      const key = `${one.protocol} ${to.ip}/${to.length} ${typeof to.ip}`
      const known = routes.get(key) ?? { first: one, to, names: new Set<string>() }
      known.names.add(one.name)
      routes.set(key, known)
    }
  }
  return [...routes.values()].map(({ first, to, names }) => {
    const from = [...names].slice(0, 6).join(', ')
    const because = `Routes learned by ${first.protocol} from ${from} are not in the configuration.`
    const nextHop = { kind: 'unknown', because } as const
    const source = sourceOf(first.node)
    return { prefix: to, nextHop, distance: 254, metric: 0, origin: first.protocol, source }
  })
}

function isSwitchedOff(node: EdgeNode, name: string): boolean {
  return at(node, name) !== undefined && !isOff(node, name)
}

function neighbours(own: EdgeNode, policies: ReadonlyMap<string, readonly Prefix[]>): Speaker[] {
  return tagsAt(own, 'neighbor').flatMap((neighbour): Speaker[] => {
    const group = textAt(neighbour, 'peer-group')
    const shared = group === undefined ? undefined : at(own, 'peer-group', group)
    const both = [neighbour, ...(shared ? [shared] : [])]
    if (both.some((node) => isSwitchedOff(node, 'shutdown'))) return []
    return FAMILIES.flatMap((family): Speaker[] => {
      const parts = family === 4 ? both : both.flatMap((node) => at(node, 'address-family', 'ipv6-unicast') ?? [])
      const isActive = family === 6 ? parts.length > 0 : !both.some((node) => isSwitchedOff(node, 'no-activate'))
      const takes = taken(parts, family, policies)
      if (!isActive || takes.length === 0) return []
      return [{ protocol: 'bgp', name: neighbour.name, family, takes, node: neighbour }]
    })
  })
}

/** What the import policies of a neighbour permit: all of them must, so the first is enough to bound it. */
function taken(
  parts: readonly EdgeNode[],
  family: Family,
  policies: ReadonlyMap<string, readonly Prefix[]>,
): readonly Prefix[] {
  const permitted = parts.flatMap((node) =>
    ['route-map', 'prefix-list'].flatMap((kind) => {
      const name = textAt(node, kind, 'import')
      const found = name === undefined ? undefined : policies.get(`${kind} ${name}`)
      return found ? [found.filter((one) => familyOf(one) === family)] : []
    }),
  )
  return permitted.find((one) => one.length === 0) ?? permitted[0] ?? [EVERYTHING[family]]
}

function familyOf({ ip }: Prefix): Family {
  return typeof ip === 'bigint' ? 6 : 4
}

/** OSPF is spoken on interfaces with an address in a network of an area, unless they are passive. */
function ospfSpeakers(around: Configuration): Speaker[] {
  const node = at(around.root, 'protocols', 'ospf')
  const networks = tagsAt(node, 'area').flatMap((area) =>
    tagsAt(area, 'network').flatMap((one) => parsePrefix(one.name) ?? []),
  )
  const passive = new Set(textsAt(node, 'passive-interface'))
  const active = new Set(textsAt(node, 'passive-interface-exclude'))
  return around.interfaces.flatMap((one): Speaker[] => {
    const isPassive = passive.has(one.name) || (passive.has('default') && !active.has(one.name))
    const spoken = one.addresses.some(({ ip }) => networks.some((network) => prefixContains(network, ip)))
    if (!node || !spoken || isPassive || one.disabled || one.kind === 'loopback') return []
    return [{ protocol: 'ospf', name: one.name, family: 4, takes: [EVERYTHING[4]], node }]
  })
}

/** The protocols that name their interfaces; what they name beside them counts as a neighbour. */
function listedSpeakers(around: Configuration): Speaker[] {
  const { root } = around
  const loopbacks = new Set(around.interfaces.filter((one) => one.kind === 'loopback').map((one) => one.name))
  const listed = (protocol: Protocol, family: Family, names: readonly string[]): Speaker[] => {
    const node = at(root, 'protocols', protocol)
    const heard = names.filter((name) => !loopbacks.has(name))
    return node ? heard.map((name) => ({ protocol, name, family, takes: [EVERYTHING[family]], node })) : []
  }
  const areas = tagsAt(root, 'protocols', 'ospfv3', 'area')
  const onAreas = areas.flatMap((area) => tagsAt(area, 'interface').map((one) => one.name))
  const named = (protocol: string) =>
    ['network', 'interface', 'neighbor'].flatMap((key) =>
      tagsAt(root, 'protocols', protocol, key).map((one) => one.name),
    )
  return [
    ...listed('ospfv3', 6, onAreas),
    ...listed('rip', 4, named('rip')),
    ...listed('ripng', 6, named('ripng')),
    ...FAMILIES.flatMap((family) => listed('isis', family, named('isis'))),
  ]
}
