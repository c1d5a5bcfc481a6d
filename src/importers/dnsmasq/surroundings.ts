import type { Source } from '../../model/index.ts'
import type { AddressSet } from '../../net/index.ts'
import type { HostEntry, NameServer } from './hosts.ts'

/** What a dnsmasq finds on its device, beside its own options. */
export interface DnsmasqSurroundings {
  /** The words a person knows it by: `dnsmasq on lede-lab`. */
  readonly label: string
  /** Where the resolver as a whole is described. */
  readonly source: Source
  /** Names of hosts files. */
  readonly hosts: readonly HostEntry[]
  /** Servers of the resolv-file; asked unless `no-resolv` is set. */
  readonly nameServers: readonly NameServer[]
  /** Why the list of `nameServers` may lack some, as a sentence; absent = it is whole. */
  readonly nameServersLacking?: string
  /** Facts beside the options that could change an answer and are not known, as short words. */
  readonly lacking?: readonly string[]
  /** Networks the device is on; absent = not known here. */
  readonly attached?: AddressSet
}
