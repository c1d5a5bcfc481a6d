import type { CutOff, Source } from '../../model/index.ts'
import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, sourceOf, sourceOfProperty, textOf } from './entry.ts'
import type { Ports } from './port.ts'

/** What a bridge with `vlan-filtering=yes` carries where (MikroTik: Bridge VLAN Table). */
interface FilteringBridge {
  readonly name: string
  readonly entry: Entry
  /** Its ports by name, the line that says so and the VLAN of untagged frames. */
  readonly members: ReadonlyMap<string, Member>
  /** The lines of its VLAN table. */
  readonly table: readonly Entry[]
}

/** A port of a filtering bridge; the kinds of frames it lets in (`frame-types`). */
interface Member {
  readonly entry: Entry
  readonly pvid: string
  readonly takesTagged: boolean
  readonly takesUntagged: boolean
  /** Frames of VLANs it is no member of come in, and what answers them does not go out (`ingress-filtering=no`). */
  readonly leaks: boolean
}

/**
 * Whether frames of a VLAN come from a bridge's ports to the router itself: the bridge is a tagged member of the VLAN.
 * From 7.16 on the router adds that by itself for each VLAN interface; without a version it is taken to be so.
 */
export function reachesRouter(configuration: Configuration, bridge: string, id: string): boolean {
  const [major = 0, minor = 0] = (configuration.header.version ?? '99.0')
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  if (major > 7 || (major === 7 && minor >= 16)) return true
  return tableOf(configuration, bridge).some((entry) => holds(entry, id) && isListed(entry, 'tagged', bridge))
}

/**
 * The places of filtering bridges that do not reach the network of their VLAN: ports whose VLAN the router is no member of,
 * `port.vlan` for trunks that do not carry it, access ports of a VLAN without an interface.
 */
export function cutOffPlaces(configuration: Configuration, ports: Ports): CutOff[] {
  const taken = new Set(
    [...ports.values()].flatMap((port) => (port.master === undefined ? [port.name, ...port.aliases] : port.aliases)),
  )
  const found = filteringBridges(configuration).flatMap((bridge) => [
    ...onVlans(configuration, bridge),
    ...withoutInterface(configuration, bridge),
  ])
  return found.filter((one) => {
    const isNew = !taken.has(one.name)
    taken.add(one.name)
    return isNew
  })
}

function filteringBridges(configuration: Configuration): FilteringBridge[] {
  return configuration
    .entries('interface bridge')
    .filter((entry) => isYes(entry, 'vlan-filtering') && !isDisabled(entry))
    .flatMap((entry) => {
      const name = textOf(entry, 'name')
      return name === undefined
        ? []
        : [{ name, entry, members: membersOf(configuration, name), table: tableOf(configuration, name) }]
    })
}

function membersOf(configuration: Configuration, bridge: string): FilteringBridge['members'] {
  const own = configuration
    .entries('interface bridge port')
    .filter((entry) => textOf(entry, 'bridge') === bridge && !isDisabled(entry))
  return new Map(own.map((entry) => [textOf(entry, 'interface') ?? '', memberOf(entry)]))
}

function memberOf(entry: Entry): Member {
  const kinds = textOf(entry, 'frame-types') ?? 'admit-all'
  return {
    entry,
    pvid: textOf(entry, 'pvid') ?? '1',
    takesTagged: kinds !== 'admit-only-untagged-and-priority-tagged',
    takesUntagged: kinds !== 'admit-only-vlan-tagged',
    leaks: textOf(entry, 'ingress-filtering') === 'no',
  }
}

function tableOf(configuration: Configuration, bridge: string): Entry[] {
  return configuration
    .entries('interface bridge vlan')
    .filter((entry) => textOf(entry, 'bridge') === bridge && !isDisabled(entry))
}

/** Whether a line's `vlan-ids` (`10,20-29`) hold a VLAN. */
function holds(entry: Entry, id: string): boolean {
  return (textOf(entry, 'vlan-ids') ?? '').split(',').some((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number)
    return first <= Number(id) && Number(id) <= last
  })
}

function isListed(entry: Entry, key: 'tagged' | 'untagged', port: string): boolean {
  return (textOf(entry, key) ?? '').split(',').includes(port)
}

/** For each VLAN interface of a bridge: the ports it does not reach. */
function onVlans(configuration: Configuration, bridge: FilteringBridge): CutOff[] {
  return configuration.entries('interface vlan').flatMap((vlan) => {
    const id = textOf(vlan, 'vlan-id') ?? '1'
    const from = textOf(vlan, 'name')
    if (textOf(vlan, 'interface') !== bridge.name || from === undefined || isDisabled(vlan)) return []
    const own = bridge.table.filter((entry) => holds(entry, id))
    const isMember = reachesRouter(configuration, bridge.name, id)
    return [...bridge.members].flatMap(([port, { entry, pvid, takesTagged, takesUntagged, leaks }]) => {
      const isTagged = own.some((one) => isListed(one, 'tagged', port))
      const untagged = own.find((one) => isListed(one, 'untagged', port))
      const name = pvid === id ? port : `${port}.${id}`
      if ((pvid === id && !takesUntagged) || (pvid !== id && isTagged && !takesTagged)) {
        const because = `${port} of bridge ${bridge.name} lets in no ${pvid === id ? 'untagged' : 'tagged'} frames (frame-types)`
        return [place(name, from, because, sourceOfProperty(entry, 'frame-types'))]
      }
      if ((pvid === id || isTagged) && isMember) return []
      if (pvid === id || isTagged) {
        const because = `bridge ${bridge.name} is no tagged member of VLAN ${id} (/interface bridge vlan), so ${from} hears nothing of its ports`
        return [place(name, from, because, own[0] ? sourceOfProperty(own[0], 'tagged') : sourceOf(bridge.entry))]
      }
      const but = leaks ? '; its frames come in all the same (ingress-filtering=no), answers do not go out' : ''
      const because =
        untagged && !isTagged
          ? `${port} sends VLAN ${id} of bridge ${bridge.name} untagged and takes untagged frames for VLAN ${pvid} (pvid), so nothing comes back`
          : `${port} is no tagged member of VLAN ${id} on bridge ${bridge.name} (/interface bridge vlan)${but}`
      return [place(name, from, because, own[0] ? sourceOfProperty(own[0], 'tagged') : sourceOf(entry))]
    })
  })
}

/** Access ports of a VLAN that no interface of the router is in. */
function withoutInterface(configuration: Configuration, bridge: FilteringBridge): CutOff[] {
  const ids = new Set(
    configuration
      .entries('interface vlan')
      .filter((vlan) => textOf(vlan, 'interface') === bridge.name)
      .map((vlan) => textOf(vlan, 'vlan-id') ?? '1'),
  )
  const native = textOf(bridge.entry, 'pvid') ?? '1'
  return [...bridge.members].flatMap(([port, { entry, pvid }]) => {
    if (pvid === native || ids.has(pvid)) return []
    const others = bridge.table
      .filter((one) => holds(one, pvid))
      .flatMap((one) => ['tagged', 'untagged'].flatMap((key) => (textOf(one, key) ?? '').split(',')))
      .filter((one) => one !== '' && one !== port && one !== bridge.name)
    const beside = others.length === 0 ? '' : ` with ${[...new Set(others)].slice(0, 4).join(', ')}`
    const because = `${port} is in VLAN ${pvid} of bridge ${bridge.name} (pvid)${beside}, and no /interface vlan on it has that number`
    return [place(port, undefined, because, sourceOfProperty(entry, 'pvid'))]
  })
}

function place(name: string, from: string | undefined, because: string, source: Source): CutOff {
  return { name, ...(from !== undefined && { from }), because, source }
}
