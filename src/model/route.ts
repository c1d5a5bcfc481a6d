import type { Ip, Prefix } from '../net/index.ts'
import type { Match } from './match.ts'
import type { Source } from './source.ts'

/** Where a route sends a packet. */
export type NextHop =
  /** The destination itself is on the interface's link. */
  | { readonly kind: 'connected'; readonly interface: string }
  /** A neighbour: on the given interface's link, else on the link of the connected route to the gateway. */
  | { readonly kind: 'via'; readonly gateway: Ip; readonly interface?: string }
  /** Handed to another device without a link in between (an Azure NIC to its subnet's fabric). */
  | { readonly kind: 'device'; readonly device: string; readonly interface?: string }
  /** Looked up again in another table of this device. */
  | { readonly kind: 'table'; readonly table: string }
  /** Dropped: `silent` (blackhole), or answered. */
  | { readonly kind: 'discard'; readonly answer: 'silent' | 'unreachable' | 'prohibited' }
  /** The route is active but its next hop cannot work; `because` says why, `code` is a cause code. */
  | { readonly kind: 'broken'; readonly because: string; readonly code: string }
  /** The route exists at run time, where it leads is not in the export. */
  | { readonly kind: 'unknown'; readonly because: string }

/**
 * One route. Selection: longest prefix, then lowest `distance`, then lowest `metric`; several equal best ones are
 * ECMP and the trace forks.
 */
export interface Route {
  readonly prefix: Prefix
  readonly nextHop: NextHop
  /** Administrative distance, lower wins: connected 0, static 1 unless the export says otherwise. */
  readonly distance: number
  readonly metric: number
  /** The words a person knows the origin by: `static`, `connected`, `VNet peering`, `user route to-fw`. */
  readonly origin: string
  readonly source: Source
  /** The source of packets that this device itself sends this way; counts only while the device has that address. */
  readonly preferredSource?: Ip
  /** Put on every packet that takes this route; see the `stamp` match. */
  readonly stamp?: string
  /**
   * Not a candidate, kept for the explanation: it lost to or was replaced by another (`Invalid` in Azure) and
   * this says why.
   */
  readonly inactive?: string
  /** The setting that puts it in force or out of it where a vendor's documentation is of two minds, as a sentence for the answer. */
  readonly leansOn?: string
  /** The service tag whose prefixes were looked up in Microsoft's list to make it, as the export spells it. */
  readonly serviceTag?: string
  /** Facts of the vendor's own listing of this route, shown but never decided on (Azure: source, next hop type). */
  readonly listing?: Readonly<Record<string, string>>
}

/** A named table of routes, in any order. The name of the one every device has is `main`. */
export interface RouteTable {
  readonly name: string
  readonly routes: readonly Route[]
}

/** A policy routing rule; rules are tried in order, `main` follows when none decided. */
export interface TableRule {
  /** The words a person knows it by: `ip rule 100`. */
  readonly name: string
  readonly match: Match
  readonly action: /** A miss goes on to the next rule, or ends as no route with `onMiss: 'stop'`. */
    | {
        readonly kind: 'lookup'
        readonly table: string
        readonly onMiss: 'continue' | 'stop'
        /** Routes of this length or shorter found in the table count as a miss. */
        readonly suppressPrefixLength?: number
      }
    | { readonly kind: 'discard'; readonly answer: 'silent' | 'unreachable' | 'prohibited' }
  readonly source: Source
}
