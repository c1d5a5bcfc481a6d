import type { AddressSet, Ip } from '../net/index.ts'
import type { Source } from './source.ts'

/** Record types that change where a packet goes; others are kept by name so that NODATA can be told from NXDOMAIN. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'NS' | 'SOA' | 'MX' | 'TXT' | 'SRV'

/** A resource record. Names are lower case, full, without the final dot; `*.x` is the wildcard of RFC 4592. */
export interface ResourceRecord {
  readonly name: string
  readonly type: RecordType
  /** An address for A and AAAA, a name for CNAME, else the text. */
  readonly value: Ip | string
  readonly source: Source
}

/** A zone answered from local data. The zone with the longest matching name is used. */
export interface DnsZone {
  /** Lower case, without the final dot; '' is the root. */
  readonly name: string
  /** The words a person knows it by: `private DNS zone privatelink.blob.core.windows.net`. */
  readonly label: string
  readonly records: readonly ResourceRecord[]
  /**
   * A name that is not there: `nxdomain`, `nodata`, `refuse` and `ignore` (silence) end it; `forward` goes on as if
   * there were no zone (hosts files, dnsmasq records), also for a type that is missing, and its wildcards yield to a
   * longer forward; `public` retries the name at public DNS (Azure NxDomainRedirect); `unknown` = we do not have the
   * whole zone. NS records below the zone's own name delegate. Without any record the zone's own name is not there
   * either.
   */
  readonly onMissing: 'nxdomain' | 'nodata' | 'refuse' | 'ignore' | 'forward' | 'public' | 'unknown'
  /** With `forward`: a name that is there is not passed on for the types it lacks (unbound: transparent). */
  readonly typesWhole?: true
  /** The object that makes this resolver answer the zone (a virtual network link); named in explanations. */
  readonly because?: { readonly label: string; readonly source: Source }
  readonly source: Source
}

/** Where a resolver sends a question it does not answer itself. */
export type ForwardTarget =
  /** A packet to this address, UDP and TCP, from the resolver's device (`from` another: an outbound endpoint). */
  | { readonly kind: 'server'; readonly ip: Ip; readonly port: number; readonly from?: string }
  /** Another device's resolver, asked without a packet we could trace (Azure's own plumbing). */
  | { readonly kind: 'device'; readonly device: string }
  /** Public DNS, asked without a packet we could trace. */
  | { readonly kind: 'public' }

/** Questions for a name and everything below it go elsewhere. The longest suffix, on label borders, wins. */
export interface DnsForward {
  /** Lower case, without the final dot; '' is everything else; `*.x` the names below x, x itself left out (dnsmasq). */
  readonly suffix: string
  /** Other types pass it by (dnsmasq's `bogus-priv`: PTR). Absent = every type. */
  readonly types?: readonly RecordType[]
  /** Empty = answered locally only: NXDOMAIN. */
  readonly to: readonly ForwardTarget[]
  /** `only`: no answer is an end (SERVFAIL); `first`: then public recursion. */
  readonly mode: 'only' | 'first'
  /** `in-order`: the next only on silence; `any`: whichever is fastest, so all are tried and must agree. */
  readonly order: 'in-order' | 'any'
  readonly label: string
  readonly source: Source
}

/** A rule that rewrites or empties answers with private addresses (DNS rebinding protection). */
export interface RebindProtection {
  /** Addresses that are discarded from answers of other servers. */
  readonly discards: AddressSet
  /** Names (with everything below) that are exempt. */
  readonly exempt: readonly string[]
  /** Whether the exemption looks at the name asked for (dnsmasq) or at the name of the record (unbound, BIND). */
  readonly exemptBy: 'queried' | 'owner'
  /** dnsmasq: `empty` NOERROR; unbound: `strip` the address, the CNAME stays; BIND: `servfail`. */
  readonly effect: 'empty' | 'strip' | 'servfail'
  readonly source: Source
}

/** A name server, as data. Order: who may ask, local zones, forwards, then recursion. */
export interface Resolver {
  /** The words a person knows it by: `BIND on dns-plant`, `Azure-provided DNS of vnet-hub`. */
  readonly label: string
  readonly software:
    | 'azure'
    | 'azure-firewall'
    | 'azure-inbound'
    | 'bind'
    | 'unbound'
    | 'dnsmasq'
    | 'routeros'
    | 'public'
    | 'other'
  readonly zones: readonly DnsZone[]
  /**
   * Zones that exist and that this resolver does not answer: they explain why a name was not found in them, and never
   * decide. `because`, where present, is the object that would have made it answer and does not work.
   */
  readonly zonesNotLinked?: readonly DnsZone[]
  readonly forwards: readonly DnsForward[]
  /** Whether the target of a CNAME that came from elsewhere is looked up here again, from the start. */
  readonly rechasesCname: boolean
  readonly rebind?: RebindProtection
  /** Who may ask; others are refused or not answered. Absent = everybody. */
  readonly allows?: {
    readonly clients: AddressSet
    readonly otherwise: 'refuse' | 'ignore'
    /** Those of the others that hear nothing, although `otherwise` refuses. */
    readonly ignored?: AddressSet
    readonly source: Source
  }
  /** Who may ask for names of the zones here; others are refused those (BIND). Absent = whoever may ask. */
  readonly zonesFor?: { readonly clients: AddressSet; readonly source: Source }
  /** Who may ask for names that are not in a zone here; others are refused those (BIND). Absent = whoever may ask. */
  readonly recursesFor?: { readonly clients: AddressSet; readonly source: Source }
  /** What happens to names no zone and no forward takes. */
  readonly otherwise: 'public' | 'refuse' | 'nxdomain' | 'unknown'
  /** Names without a dot are answered NXDOMAIN, never forwarded (dnsmasq domain-needed). */
  readonly domainNeeded?: boolean
  /** Facts of the configuration that are not modelled and could change an answer. */
  readonly notModelled: readonly string[]
  readonly source: Source
}

/** Whom a device asks, in order; the next only when the one before is silent (or refuses, glibc). */
export interface StubResolver {
  readonly servers: readonly { readonly ip: Ip; readonly source: Source }[]
  /** Hosts file entries; they win over every server. */
  readonly hosts: readonly ResourceRecord[]
  /** Search suffixes and how many dots make a name go out as it is first (resolv.conf). */
  readonly search: readonly string[]
  readonly ndots: number
  /** Where the list of servers comes from, in words: `DHCP of usg`, `VNet vnet-ml`, `default of Azure`. */
  readonly label: string
}
