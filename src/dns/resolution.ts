import type { RecordType, ResourceRecord, Source } from '../model/index.ts'
import type { Ip } from '../net/index.ts'
import type { Trace } from '../trace/index.ts'

/** What is asked: a name (lower case, without the final dot) and a type. */
export interface Question {
  readonly name: string
  readonly type: RecordType
}

/** How a question ends. `timeout`: nobody answered. `unknown`: the answer needs a fact we do not have. */
export type AnswerKind = 'answer' | 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'timeout' | 'unknown'

/** A stable word for why a question ended badly; see `missing` for the words and what to do. */
export type DnsCause =
  | 'DnsServerUnreachable'
  | 'DnsServerRefuses'
  | 'DnsLoop'
  | 'DnsRebindStripped'
  | 'DnsRecordMissing'
  | 'DnsForwarderMissing'
  | 'DnsOverHttps'
  | 'DnsZoneNotLinked'
  | 'DnsZoneMisnamed'
  | 'DnsNoAzureForwarder'
  | 'DnsNxDomainShadow'

/** What a server sends back. */
export interface Answer {
  readonly kind: AnswerKind
  /** The chain of CNAMEs and the final records, in order. Empty for NXDOMAIN without a chain. */
  readonly records: readonly ResourceRecord[]
  /** What made the answer so: the zone, the forwarder, the missing record; one line, the object first. */
  readonly because: string
  readonly source: Source
  /** Absent where the kind says it all. */
  readonly cause?: DnsCause
  /** With `nodata` and `nxdomain`: the zone whose SOA record vouches for it; absent where none is sent or it is not known. */
  readonly deniedBy?: string
  /** With `nodata`: it only names the servers to be asked instead. */
  readonly referral?: true
  /** It came only after another server had kept silent: who asked may have given up before. */
  readonly late?: true
  /** Only who puts the very same question again hears it (dnsmasq with strict-order, once a server kept silent). */
  readonly onRepeat?: true
  /** The question is not repeated in it: servers that asked take it for no answer. */
  readonly withoutQuestion?: true
  /**
   * Only with `unknown`: everything about the answer is known but the address itself, because public DNS holds
   * this name and the input gives no address for it. The client gets some public address.
   */
  readonly publicName?: string
}

/** Something a server looked at: a zone or a forwarder, taken or passed over, and why. */
export interface Consideration {
  readonly text: string
  readonly taken: boolean
  readonly source: Source
}

/** One question sent to one server: the packets that carried it, what the server did, and whom it asked in turn. */
export interface Query {
  /** The device that asks. */
  readonly by: string
  readonly question: Question
  /** The address asked; absent when the platform passes the question on without a packet we could trace. */
  readonly server?: Ip
  /** The device that answered, when the packet reached one. */
  readonly answeredBy?: string
  /** The words the server is known by: `BIND on dns-plant`. */
  readonly label: string
  /** The packet there and back; empty when there is no packet. */
  readonly transport: readonly Trace[]
  readonly considered: readonly Consideration[]
  readonly asked: readonly Query[]
  readonly answer: Answer
}

/** The whole story of one name asked from one device. */
export interface Resolution {
  readonly device: string
  readonly question: Question
  readonly answer: Answer
  /** Addresses in the answer, in its order. Empty unless the answer's kind is `answer`. */
  readonly addresses: readonly Ip[]
  /** Where the list of servers came from: `DHCP of usg`. */
  readonly askedBecause: string
  /** Every server asked, in order, those it asked in turn inside. Empty when a hosts file answered. */
  readonly queries: readonly Query[]
}
