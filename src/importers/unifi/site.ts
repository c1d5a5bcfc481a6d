import type { Diagnostic, Interface, Source } from '../../model/index.ts'
import type { Ip, Prefix } from '../../net/index.ts'
import type { Collection } from './collections.ts'
import type { Entry } from './entry.ts'

/** A network the gateway routes: one of its LAN interfaces. */
export interface LanNetwork {
  readonly kind: 'corporate' | 'guest'
  readonly id: string
  readonly name: string
  readonly entry: Entry
  readonly interface: string
  readonly ip: Ip
  readonly subnet: Prefix
}

/** An uplink. */
export interface WanNetwork {
  readonly id: string
  readonly name: string
  readonly entry: Entry
  /** `wan`, `wan2`. */
  readonly group: string
  readonly interface: string
  /** Absent when it comes by DHCP or PPPoE and the export does not say what came. */
  readonly ip?: Ip
  readonly subnet?: Prefix
  readonly gateway?: { readonly ip: Ip; readonly source: Source }
  /** Those the provider gave, as the gateway reports them; absent = not in the export. */
  readonly nameServers?: readonly { readonly ip: Ip; readonly source: Source }[]
}

/** What of an export other parts refer to: its networks, uplinks and groups. Disabled networks are not here. */
export interface Site {
  readonly lans: readonly LanNetwork[]
  readonly wans: readonly WanNetwork[]
  readonly interfaces: readonly Interface[]
  /** firewallgroup by `_id`. */
  readonly groups: ReadonlyMap<string, Entry>
  /** The settings of the site by their `key`: `guest_access`, `usg`, `global_nat`. */
  readonly settings: ReadonlyMap<string, Entry>
  /** The collections that were not given, to which rules refer. */
  readonly lacks: ReadonlySet<Collection>
  readonly diagnostics: Diagnostic[]
}

/** What a rule says beside an object of a collection that was not given; nothing where the object itself is missing. */
export function othersMissing({ lacks }: Pick<Site, 'lacks'>, ...collections: Collection[]): { othersMissing?: true } {
  return collections.some((one) => lacks.has(one)) ? { othersMissing: true } : {}
}

/** The interfaces of some networks, in order. */
export function interfaceNames(networks: readonly { readonly interface: string }[]): string[] {
  return networks.map((network) => network.interface)
}
