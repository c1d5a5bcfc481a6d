import type { AddressSet } from '../net/index.ts'
import type { Device, DhcpRange } from './device.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Link } from './link.ts'
import type { Resolver } from './resolver.ts'
import type { Service } from './service.ts'

/** Microsoft's list of service tags, or the cut of it that was read. Keys are lower case. */
export interface ServiceTags {
  readonly changeNumber: number
  readonly tags: ReadonlyMap<string, AddressSet>
}

/** What one importer read: a part of a network, not yet joined to the rest. */
export interface NetworkPart {
  readonly devices: readonly Device[]
  readonly links: readonly Link[]
  readonly services: readonly Service[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A name server read from its own configuration, to be put on the host it runs on. */
export interface ResolverPart {
  /** Absent when nothing usable was read. */
  readonly resolver?: Resolver
  /** What it offers to DHCP clients; absent = nothing. */
  readonly ranges?: readonly DhcpRange[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The whole network: data that survives `structuredClone`. */
export interface Network {
  readonly name: string
  /** By name. */
  readonly devices: ReadonlyMap<string, Device>
  readonly links: readonly Link[]
  readonly services: readonly Service[]
  readonly serviceTags?: ServiceTags
  readonly diagnostics: readonly Diagnostic[]
}

/** The part that holds nothing. */
export const EMPTY_PART: NetworkPart = { devices: [], links: [], services: [], diagnostics: [] }
