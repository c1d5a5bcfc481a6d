import { at, type EdgeNode, isOn, tagsAt, textAt, textsAt } from './node.ts'

/** Which ports are part of which bridge or switch. */
export interface Membership {
  /** Interfaces that are ports of another one and have no life of their own. */
  readonly ports: ReadonlySet<string>
  /** The other names of an interface: the ports whose untagged or tagged frames are on its segment. */
  readonly aliases: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads `bridge-group` of ports and VLANs and `switch-port` of switches. Without `vlan-aware` every port carries the
 * switch's own segment untagged and each of its VLANs tagged; with it, `vlan pvid` is what a port carries untagged and
 * `vlan vid` what it carries tagged (EdgeOS User Guide: Switch interfaces).
 */
export function membershipOf(root: EdgeNode): Membership {
  const ports = new Set<string>()
  const aliases = new Map<string, string[]>()
  const add = (name: string, alias: string) => aliases.set(name, [...(aliases.get(name) ?? []), alias])
  for (const kind of tagsAt(root, 'interfaces')) {
    for (const node of tagsAt(kind)) {
      for (const [name, member] of portsIn(node)) {
        const bridge = textAt(member, 'bridge-group', 'bridge') ?? textAt(member, 'bond-group')
        if (bridge === undefined) continue
        ports.add(name)
        add(bridge, name)
      }
      if (kind.name === 'switch') readSwitch(node, ports, add)
    }
  }
  return { ports, aliases }
}

function portsIn(node: EdgeNode): [string, EdgeNode][] {
  return [[node.name, node], ...tagsAt(node, 'vif').map((vif): [string, EdgeNode] => [`${node.name}.${vif.name}`, vif])]
}

function readSwitch(node: EdgeNode, ports: Set<string>, add: (name: string, alias: string) => void): void {
  const aware = isOn(node, 'switch-port', 'vlan-aware')
  const vlans = tagsAt(node, 'vif').map((vif) => vif.name)
  const segment = (vlan: string) => (vlans.includes(vlan) ? `${node.name}.${vlan}` : undefined)
  for (const port of tagsAt(node, 'switch-port', 'interface')) {
    ports.add(port.name)
    const untagged = aware ? textAt(port, 'vlan', 'pvid') : undefined
    const own = untagged === undefined ? node.name : segment(untagged)
    if (own !== undefined) add(own, port.name)
    const tagged = aware ? textsAt(at(port, 'vlan'), 'vid') : vlans
    for (const vlan of tagged) {
      const name = segment(vlan)
      if (name !== undefined) add(name, `${port.name}.${vlan}`)
    }
  }
}
