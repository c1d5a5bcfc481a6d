import type { Configuration } from './configuration.ts'
import { type Entry, isDisabled, isYes, textOf } from './entry.ts'
import { masterOf, type Port } from './port.ts'

/** Puts ports into their bridges and bonds and gives what has the IP addresses the names of the ports behind it. */
export function joinSwitches(ports: Map<string, Port>, configuration: Configuration): void {
  enslave(ports, configuration)
  nameVlans(ports, configuration)
}

function enslave(ports: Map<string, Port>, configuration: Configuration): void {
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
    if (bridge === undefined || !port || isDisabled(entry) || !filtersVlans(configuration, bridge)) continue
    const native = textOf(bridgeNamed(configuration, bridge) ?? entry, 'pvid') ?? '1'
    const pvid = textOf(entry, 'pvid') ?? '1'
    const owner = pvid === native ? ports.get(bridge) : vlans.get(`${bridge} ${pvid}`)
    owner?.aliases.push(port.name, ...port.aliases)
    for (const tag of tagsOf(configuration, bridge, port.name)) {
      vlans.get(`${bridge} ${tag}`)?.aliases.push(`${port.name}.${tag}`)
    }
  }
}

function tagsOf(configuration: Configuration, bridge: string, port: string): readonly string[] {
  return configuration
    .entries('interface bridge vlan')
    .filter((entry) => textOf(entry, 'bridge') === bridge && !isDisabled(entry))
    .filter((entry) => (textOf(entry, 'tagged') ?? '').split(',').includes(port))
    .flatMap((entry) => (textOf(entry, 'vlan-ids') ?? '').split(','))
}
