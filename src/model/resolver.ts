import type { AddressSet, Ip, Ip4, Prefix } from '../net/index.ts'
import type { Source } from './source.ts'
import type { StandIn } from './stand-in.ts'

/** Record types that change where a packet goes; others are kept by name so that NODATA can be told from NXDOMAIN. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'NS' | 'SOA' | 'MX' | 'TXT' | 'SRV'

/** A resource record. Names are lower case, full, without the final dot; `*.x` is the wildcard of RFC 4592. */
export interface ResourceRecord {
  readonly name: string
  readonly type: RecordType
  /** An address for A and AAAA, a name for CNAME, else the text. */
  readonly value: Ip | string
  readonly source: Source
  /** The address is not known, and this one stands for it; absent = it is known, or the record holds none. */
  readonly standsFor?: StandIn
}

/** A zone answered from local data. The zone with the longest matching name is used. */
export interface DnsZone {
  /** Lower case, without the final dot; '' is the root. */
  readonly name: string
  /** The words a person knows it by: `private DNS zone privatelink.blob.core.windows.net`. */
  readonly label: string
  readonly records: readonly ResourceRecord[]
  /** Only the zone's own name, nothing below it. */
  readonly exact?: true
  /** Only names without a dot (dnsmasq's `address=//`); before other zones of its name. */
  readonly plain?: true
  /** Of several IPv4 addresses of a name those on the network of the address that was asked, if there is one (dnsmasq). */
  readonly nearest?: true
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
  /**
   * With `unknown`: what may be missing stands one label below the zone's name (names of DHCP clients); deeper names are
   * not there, and go on as with `forward`.
   */
  readonly lacksOnlyChildren?: true
  /** Its names are there for the types it holds alone: questions for others pass as if the zone were not (reverse names). */
  readonly typesOnly?: true
  /** Where the target of an alias in this zone is looked for, if not as the server's habits say. */
  readonly aliasTarget?: AliasTarget
  /** It belongs to a network that nothing else can join: it never explains what others do not find. Absent = no. */
  readonly closed?: true
  /** The setting that makes it hold or lack a name where a vendor's documentation is silent, as a sentence for the answer. */
  readonly leansOn?: string
  /** The object that makes this resolver answer the zone (a virtual network link); named in explanations. */
  readonly because?: { readonly label: string; readonly source: Source }
  readonly source: Source
}

/** Where a resolver sends a question it does not answer itself. */
export type ForwardTarget =
  /**
   * A packet to this address from the resolver's device (`from` another: an outbound endpoint), over UDP, and over TCP for
   * what UDP cannot hold; `over` absent.
   */
  | {
      readonly kind: 'server'
      readonly ip: Ip
      readonly port: number
      readonly from?: string
      readonly over?: 'tcp'
    }
  /** Another device's resolver, asked without a packet we could trace (Azure's own plumbing). */
  | { readonly kind: 'device'; readonly device: string }
  /** Public DNS, asked without a packet we could trace. */
  | { readonly kind: 'public' }

/** Questions for a name and everything below it go elsewhere. The longest suffix, on label borders, wins. */
export interface DnsForward {
  /** Lower case, without the final dot; '' is everything else; `*.x` the names below x, x itself left out (dnsmasq). */
  readonly suffix: string
  /** Only the name itself, nothing below it (RouterOS without `match-subdomain`). */
  readonly exact?: true
  /** Only names without a dot (dnsmasq's `server=//`); before one of its suffix, the root, that takes all. */
  readonly plain?: true
  /** Other types pass it by (dnsmasq's `bogus-priv`: PTR). Absent = every type. */
  readonly types?: readonly RecordType[]
  /** Names that are no address written backwards, as `4.0.20.10.in-addr.arpa` is, pass it by too. */
  readonly addressesOnly?: true
  /** Empty = answered locally only: NXDOMAIN. */
  readonly to: readonly ForwardTarget[]
  /** `only`: no answer is an end (SERVFAIL); `first`: then public recursion; `first-then-wider`: the forward above first. */
  readonly mode: 'only' | 'first' | 'first-then-wider'
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

/** Addresses, and the line that names them. */
export interface NamedAddresses {
  readonly addresses: AddressSet
  readonly source: Source
}

/** What a server changes in the answers of other servers, its own records aside; in the order of the fields. */
export interface AnswerEdits {
  /** An answer with such an address is thrown away, as if none had come. */
  readonly ignores?: readonly NamedAddresses[]
  /** Addresses that others are put in the place of: the first that holds it; the host part stays. */
  readonly replaces?: readonly {
    readonly first: Ip4
    readonly last: Ip4
    readonly to: Prefix
    readonly source: Source
  }[]
  /** An answer with such an address becomes NXDOMAIN. */
  readonly denies?: readonly NamedAddresses[]
  /** Records of these types are taken out, the aliases before them stay; after the protection against rebinding. */
  readonly withholds?: readonly { readonly type: 'A' | 'AAAA'; readonly source: Source }[]
}

/**
 * Where the target of a CNAME is looked for: with everything the server has, in its own data alone, in the very zone that
 * holds the CNAME, everywhere but in its own zones, or nowhere: it is taken as it came.
 */
export type AliasTarget = 'everything' | 'own-data' | 'same-zone' | 'past-zones' | 'as-given'

/** What a server does by its nature, whatever its configuration; each absent field is as the RFCs have it. */
export interface ResolverHabits {
  /**
   * The target of an alias of its own data (absent = everything), of one another server gave, of one met in public DNS
   * (absent = as `rechasesCname` says).
   */
  readonly aliasTarget?: { readonly own?: AliasTarget; readonly server?: AliasTarget; readonly public?: AliasTarget }
  /** When no server of a forward answers: SERVFAIL of its own (absent), what was heard is passed on, or nothing is said. */
  readonly onFailure?: 'relay' | 'silence'
  /** Of several servers asked at once the SERVFAIL of one may be what the client gets, though another answers. */
  readonly racesErrors?: true
  /** Its denials do not name the zone they come from (no SOA record). */
  readonly withoutSoa?: true
  /** "No such record" is believed only from a zone at or below the name that is forwarded; else it counts as SERVFAIL. */
  readonly checksDenials?: true
  /** A denial from a zone above the name that is forwarded loses that zone's name on its way through. */
  readonly scrubsDenials?: true
  /** Names it holds with other types exist, whatever other servers say; `names-and-above`: those above them too. */
  readonly insistsOn?: 'names' | 'names-and-above'
  /** Its own questions over UDP leave room for as large an answer as the client's did, not for 1232 bytes (RFC 9715). */
  readonly passesRoomOn?: true
}

/** One of several faces of a name server: who meets it, and what it then answers. */
export interface ResolverView {
  readonly clients: AddressSet
  /** Words for clients whose addresses are not known; whoever no view before takes may be one of them. */
  readonly perhaps?: string
  /** Without views of its own. */
  readonly resolver: Resolver
}

/** A name server, as data. Order: who may ask, local zones, forwards, then recursion. */
export interface Resolver {
  /** The words a person knows it by: `BIND on dns-plant`, `Azure-provided DNS of vnet-hub`. */
  readonly label: string
  /**
   * `public`: all of public DNS, as far as it is known, whose names are real. `platform`: the name server a cloud gives
   * its virtual networks, which alone knows the private zones linked to them.
   */
  readonly role?: 'public' | 'platform'
  readonly habits?: ResolverHabits
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
  readonly edits?: AnswerEdits
  /** Who may ask; others are refused or not answered. Absent = everybody. */
  readonly allows?: {
    readonly clients: AddressSet
    readonly otherwise: 'refuse' | 'ignore'
    /** Those of the others that hear nothing, although `otherwise` refuses. */
    readonly ignored?: AddressSet
    /** A refusal does not repeat the question, and other servers take such an answer for none. */
    readonly withoutQuestion?: true
    readonly source: Source
  }
  /** Who may ask for names of the zones here; others are refused those (BIND). Absent = whoever may ask. */
  readonly zonesFor?: { readonly clients: AddressSet; readonly source: Source }
  /**
   * Who may ask for names that are not in a zone here; others are refused those (BIND), and aliases are followed for them
   * in the zone that holds the alias alone. Absent = whoever may ask.
   */
  readonly recursesFor?: { readonly clients: AddressSet; readonly source: Source }
  /**
   * The first view that takes the client answers in this resolver's place, whom none takes is refused (BIND). What stands
   * beside `views` is then only for those who look at the server from outside.
   */
  readonly views?: readonly ResolverView[]
  /** What happens to names no zone and no forward takes. */
  readonly otherwise: 'public' | 'refuse' | 'nxdomain' | 'unknown'
  /** Names without a dot are answered NXDOMAIN, never forwarded (dnsmasq domain-needed). */
  readonly domainNeeded?: boolean
  /**
   * Names that something comes first for which cannot be told what it answers (RouterOS: regexp=). Each `pattern` is a
   * regular expression that takes lower-case names without the final dot.
   */
  readonly doubtfulNames?: readonly DoubtfulNames[]
  /** Facts of the configuration that are not modelled and could change an answer. */
  readonly notModelled: readonly string[]
  readonly source: Source
}

/** Names whose answer is not known, and the entry that answers them. */
export interface DoubtfulNames {
  readonly pattern: string
  readonly because: string
  readonly source: Source
}

/** Servers for the names below a suffix: a link's domain (systemd-resolved), a rule of Windows' NRPT. */
export interface StubRoute {
  /** '' is every name. */
  readonly suffix: string
  /** For the name itself alone, not for those below it. */
  readonly exact?: true
  readonly servers: readonly { readonly ip: Ip; readonly source: Source }[]
  readonly label: string
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
  /**
   * Names that go to servers of their own instead: the longest suffix counts, several of one suffix are asked side by side,
   * and no other server when theirs fail.
   */
  readonly routes?: readonly StubRoute[]
  /** The servers take turns (resolv.conf: `options rotate`): any may be the first. */
  readonly rotate?: true
  /** Bytes an answer over UDP may have; absent = 512. */
  readonly room?: number
  /** Every question goes over TCP (resolv.conf: `options use-vc`). */
  readonly overTcp?: true
  /** Names without a dot, and those below `local`, are asked of no server but a route's (systemd-resolved). */
  readonly multicastNames?: true
  /** DNS over HTTPS, as browsers do it by themselves: this server is asked before all others, hosts files aside. */
  readonly https?: {
    readonly server: Ip
    /** What this server has no address for is asked of the others; else its word is the last. */
    readonly fallsBack: boolean
    readonly label: string
    readonly source: Source
  }
  /** Where the list of servers comes from, in words: `DHCP of usg`, `VNet vnet-ml`, `default of Azure`. */
  readonly label: string
}
