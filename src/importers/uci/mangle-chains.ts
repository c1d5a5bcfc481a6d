import { allOf, type Match } from '../../model/index.ts'
import { TCP } from '../../net/index.ts'
import type { Compilation } from './compilation.ts'
import { flagOf, placeOf } from './section.ts'

const SYN: Match = allOf({ kind: 'protocol', in: [TCP] }, { kind: 'tcp-flags', mask: 'SR', set: 'S' })

/** `mtu_fix`: the MSS of connections through a zone is clamped to the path, both ways (OpenWrt: firewall3, zones.c; firewall4, "MTU fixing"). */
export function mssRules({ zones, sets, dialect }: Compilation): void {
  for (const zone of zones.values()) {
    if (!flagOf(zone.section, 'mtu_fix', false) || zone.from === undefined || zone.to === undefined) continue
    const source = placeOf(zone.section, 'mtu_fix')
    const clamp = { kind: 'clamp-mss', to: 'path' } as const
    const name = `mtu_fix of zone ${zone.name}`
    sets.append(dialect.base[dialect.mssEgress], { name, match: allOf(zone.to, SYN), action: clamp, source })
    sets.append(dialect.base['mangle-forward'], { name, match: allOf(zone.from, SYN), action: clamp, source })
  }
}
