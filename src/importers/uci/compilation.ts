import type { Diagnostic, Source } from '../../model/index.ts'
import type { Dialect } from './dialect.ts'
import type { IpSets } from './ipset.ts'
import type { UciNetworks } from './network.ts'
import type { RuleSets } from './rule-sets.ts'
import { sectionLabel, textOf, type UciPackage, type UciSection } from './section.ts'
import type { FirewallDefaults, FirewallZone } from './zone.ts'

/** A firewall package on its way to rule sets. */
export interface Compilation {
  readonly dialect: Dialect
  readonly firewall: UciPackage | undefined
  readonly defaults: FirewallDefaults
  /** By name, in the order of the file. */
  readonly zones: ReadonlyMap<string, FirewallZone>
  readonly networks: UciNetworks
  readonly ipSets: IpSets
  readonly sets: RuleSets
  readonly diagnostics: Diagnostic[]
  /** Zones whose packets may have had their destination rewritten by a redirect. */
  readonly redirected: Set<string>
}

/** A zone option: a zone of the file, `*` for any, or absent. `unknown` names none: the firewall skips the section. */
export type ZoneReference =
  | { readonly kind: 'zone'; readonly zone: FirewallZone }
  | { readonly kind: 'any' | 'absent' | 'unknown' }

/** The zone an option names; an unknown one is reported. */
export function zoneReference(section: UciSection, key: string, compilation: Compilation): ZoneReference {
  const name = textOf(section, key)
  if (name === undefined) return { kind: 'absent' }
  if (name === '*') return { kind: 'any' }
  const zone = compilation.zones.get(name)
  if (zone) return { kind: 'zone', zone }
  const message = `${section.type} ${sectionLabel(section)} names the zone ${name}, which does not exist: it is left out, as the firewall does.`
  compilation.diagnostics.push({ severity: 'warning', code: 'NT1322', message, source: section.source })
  return { kind: 'unknown' }
}

/** Reports a section that is left out, and why. */
export function leaveOut(section: UciSection, why: string, compilation: Compilation, source?: Source): void {
  const message = `${section.type} ${sectionLabel(section)} is left out, as the firewall does: ${why}.`
  compilation.diagnostics.push({ severity: 'warning', code: 'NT1323', message, source: source ?? section.source })
}
