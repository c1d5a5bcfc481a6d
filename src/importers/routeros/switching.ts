import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, textOf } from './entry.ts'
import { masterOf, type Port } from './port.ts'
import { reachesRouter } from './vlan-table.ts'

/** Puts ports into their bridges and bonds and gives what has the IP addresses the names of the ports behind it. */
export function joinSwitches(ports: Map<string, Port>, configuration: Configuration): void {
  enslave(ports, configuration)
  nameVlans(ports, configuration)
}

function enslave(ports: Map<string, Port>, configuration: Configuration): void {
  // The master of a VRRP group answers for its address on the interface below (MikroTik: VRRP).
  for (const port of ports.values())
    if (port.kind === 'vrrp' && !port.disabled && port.below !== undefined) join(ports, port.name, port.below)
  for (const bond of configuration.entries('interface bonding')) {
    const name = textOf(bond, 'name')
    if (name === undefined || isDisabled(bond)) continue
    for (const slave of (textOf(bond, 'slaves') ?? '').split(',')) join(ports, slave, name)
  }
  for (const entry of configuration.entries('interface bridge port')) {
    const bridge = textOf(entry, 'bridge')
    if (bridge === undefined || isDisabled(entry) || !ports.has(bridge)) continue
    for (const port of membersNamed(configuration, textOf(entry, 'interface') ?? '')) join(ports, port, bridge)
  }
  for (const port of ports.values()) {
    if (port.master === undefined || filtersVlans(configuration, port.master)) continue
    masterOf(ports, port.name)?.aliases.push(port.name, ...port.aliases)
  }
}

// A bridge port may name an interface list instead of an interface.
function membersNamed(configuration: Configuration, name: string): readonly string[] {
  const isList = configuration.entries('interface list').some((list) => textOf(list, 'name') === name)
  if (!isList) return [name]
  return configuration
    .entries('interface list member')
    .filter((member) => textOf(member, 'list') === name && !isDisabled(member))
    .flatMap((member) => textOf(member, 'interface') ?? [])
}

function join(ports: Map<string, Port>, slave: string, master: string): void {
  const port = ports.get(slave)
  if (port && port.master === undefined && slave !== master && masterOf(ports, master)?.name !== slave)
    port.master = master
}

function filtersVlans(configuration: Configuration, bridge: string): boolean {
  return isYes(bridgeNamed(configuration, bridge), 'vlan-filtering')
}

function bridgeNamed(configuration: Configuration, name: string): Entry | undefined {
  return configuration.entries('interface bridge').find((entry) => textOf(entry, 'name') === name)
}

/** Gives VLAN interfaces the names a topology may use for the place: `ether2.10`, an access port's own. */
function nameVlans(ports: Map<string, Port>, configuration: Configuration): void {
  const vlans = new Map<string, Port>()
  for (const entry of configuration.entries('interface vlan')) {
    const port = ports.get(textOf(entry, 'name') ?? '')
    const below = textOf(entry, 'interface')
    const id = textOf(entry, 'vlan-id') ?? '1'
    if (!port || below === undefined) continue
    vlans.set(`${below} ${id}`, port)
    for (const name of [below, ...(ports.get(below)?.aliases ?? [])]) port.aliases.push(`${name}.${id}`)
  }
  for (const entry of configuration.entries('interface bridge port')) {
    const bridge = textOf(entry, 'bridge')
    const port = ports.get(textOf(entry, 'interface') ?? '')
    const filters = bridge !== undefined && filtersVlans(configuration, bridge)
    if (bridge === undefined || !port || isDisabled(entry) || !filters) continue
    const isShut = textOf(entry, 'frame-types') === 'admit-only-vlan-tagged'
    const native = textOf(bridgeNamed(configuration, bridge) ?? entry, 'pvid') ?? '1'
    const pvid = textOf(entry, 'pvid') ?? '1'
    const reached = (id: string) =>
      reachesRouter(configuration, bridge, id) ? vlans.get(`${bridge} ${id}`) : undefined
    const own = bridgeNamed(configuration, bridge)
    const hearsUntagged = (own && textOf(own, 'frame-types')) !== 'admit-only-vlan-tagged'
    const owner = pvid !== native ? reached(pvid) : hearsUntagged ? ports.get(bridge) : undefined
    if (!isShut) owner?.aliases.push(port.name, ...port.aliases)
    const takesTags = textOf(entry, 'frame-types') !== 'admit-only-untagged-and-priority-tagged'
    for (const tag of tagsOf(configuration, bridge, port.name)) {
      if (takesTags) reached(tag)?.aliases.push(`${port.name}.${tag}`)
    }
  }
}

function tagsOf(configuration: Configuration, bridge: string, port: string): readonly string[] {
  return configuration
    .entries('interface bridge vlan')
    .filter((entry) => textOf(entry, 'bridge') === bridge && !isDisabled(entry))
    .filter((entry) => (textOf(entry, 'tagged') ?? '').split(',').includes(port))
    .flatMap((entry) => (textOf(entry, 'vlan-ids') ?? '').split(',').flatMap(idsIn))
}

const LAST_VLAN = 4095

/** The VLANs of a number or a range (`20-29`), as text. */
function idsIn(part: string): string[] {
  const [first = Number.NaN, last = first] = part.split('-').map(Number)
  if (!(first >= 0 && last <= LAST_VLAN)) return [part]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => `${first + index}`)
}
