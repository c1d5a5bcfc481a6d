import type { AddressSet, Ip } from '../net/index.ts'
import type { ResourceRecord } from './resolver.ts'
import type { RuleSet } from './rule-set.ts'
import type { Source } from './source.ts'

/** One name people use a service by, and where it leads when all is set up. */
export interface ServiceName {
  /** A full name, lower case; never a pattern. */
  readonly name: string
  /** What it is for, in words: `API`, `blob`, `login`, `compute instance ci-1`. */
  readonly use: string
  /** The public zone that a name server outside must forward for it: `blob.core.windows.net`. Absent = not known. */
  readonly forward?: string
  /** The private endpoints that stand for the name, each with its address for it. Empty = it is public only. */
  readonly endpoints: readonly { readonly device: string; readonly ip: Ip; readonly source: Source }[]
}

/**
 * A named service of a platform: a storage account, a workspace, a registry. Its private endpoints are devices of
 * their own; what it refuses at its public front door is its `gate`, which the internet asks by server name.
 */
export interface Service {
  /** What people type: the resource's name. */
  readonly name: string
  /** What it is, in words: `storage account`. */
  readonly label: string
  /** Other names people type: the resource id. */
  readonly aliases: readonly string[]
  /** The names it answers to, lower case, the main one first; `*.x` for all names below x. */
  readonly names: readonly string[]
  /** The port people mean when they name none. */
  readonly port: number
  /** What the public front door lets in. Policy accept = open. It may not jump. */
  readonly gate: RuleSet
  /** Public records that exist because of it: its name to its `privatelink` name where it has a private endpoint. */
  readonly records: readonly ResourceRecord[]
  /** Every name of it and of its parts that are services of their own, in the order people look at them; absent = `names`. */
  readonly allNames?: readonly ServiceName[]
  /** Names of it that public DNS does not hold, because the platform publishes them in private zones alone. */
  readonly unpublished?: readonly string[]
  /** The public address, where the topology gives one. */
  readonly publicAddress?: Ip
  /** What its public addresses are among, where the platform publishes that; absent = they may be any. */
  readonly publicRange?: AddressSet
  /** Words on packets the service itself sends (`resource:<id in lower case>`, `trusted-azure-service`). */
  readonly stamps: readonly string[]
  readonly source: Source
}
