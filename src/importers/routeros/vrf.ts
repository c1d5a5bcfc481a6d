import type { Source, TableRule } from '../../model/index.ts'
import type { Configuration } from './configuration.ts'
import { isDisabled, sourceOf, textOf } from './entry.ts'
import type { InterfaceLists } from './interface-lists.ts'
import { masterOf, type Ports } from './port.ts'

/** A table of its own for some interfaces: their connected routes, and where their packets are looked up. */
export interface Vrf {
  /** Also the name of its table. */
  readonly name: string
  readonly interfaces: readonly string[]
  readonly source: Source
}

/**
 * `/ip vrf` (7) and `/ip route vrf` (6), where the routing mark is the name. The first that names an interface has it;
 * the built-in `main` takes the rest (MikroTik: Virtual Routing and Forwarding).
 */
export function readVrfs(configuration: Configuration, ports: Ports, lists: InterfaceLists): readonly Vrf[] {
  const taken = new Set<string>()
  const vrfs: Vrf[] = []
  for (const [menu, key] of MENUS) {
    for (const entry of configuration.entries(menu)) {
      const name = textOf(entry, key)
      if (name === undefined || name === 'main' || isDisabled(entry)) continue
      const named = (textOf(entry, 'interfaces') ?? '').split(',').flatMap((one) => lists.get(one) ?? [one])
      const own = named.map((one) => masterOf(ports, one)?.name ?? one).filter((one) => one !== '' && !taken.has(one))
      for (const one of own) taken.add(one)
      vrfs.push({ name, interfaces: [...new Set(own)], source: sourceOf(entry) })
    }
  }
  return vrfs
}

const MENUS = [
  ['ip vrf', 'name'],
  ['ip route vrf', 'routing-mark'],
] as const

/**
 * Packets of a VRF's interfaces are looked up in its table alone; a miss is an end there, unlike with a routing mark
 * (MikroTik: Virtual Routing and Forwarding, differences from policy routing).
 */
export function vrfRules(vrfs: readonly Vrf[]): TableRule[] {
  return vrfs
    .filter((vrf) => vrf.interfaces.length > 0)
    .map(({ name, interfaces, source }) => ({
      name: `VRF ${name}`,
      match: { kind: 'in-interface', in: interfaces },
      action: { kind: 'lookup', table: name, onMiss: 'stop' },
      source,
    }))
}

/**
 * The names a rule means by an interface: all members of a VRF by the VRF's own name. Since 7.14 rules see the VRF
 * instead of its member (MikroTik: VRF), so the member's name means nothing then.
 */
export function seenByRules(vrfs: readonly Vrf[], configuration: Configuration, name: string): readonly string[] {
  const vrf = vrfs.find((one) => one.name === name)
  if (vrf) return vrf.interfaces
  return hidesMembers(configuration) && vrfs.some((one) => one.interfaces.includes(name)) ? [] : [name]
}

function hidesMembers({ header, major }: Configuration): boolean {
  const [, minor] = (header.version ?? '').split('.')
  return major >= 7 && (minor === undefined || Number.parseInt(minor, 10) >= 14)
}
