import type { Encapsulation, Hook, Link, Route, Rule, RuleSet, SessionState, Source } from '../model/index.ts'
import type { Flow, Ip } from '../net/index.ts'
import type { Session } from './session.ts'

/** What finally becomes of a packet. */
export type Disposition =
  /** It arrived at a device we model, which takes it. */
  | 'accepted'
  /** It left for a public address that nothing in the model owns. */
  | 'exits-network'
  /** Dropped without a word: the sender sees a timeout. */
  | 'denied'
  /** Dropped with an answer: refused or unreachable, at once. */
  | 'rejected'
  | 'no-route'
  /** A route that drops (blackhole, Azure None). */
  | 'null-routed'
  /** The next hop or the destination is not on the link. */
  | 'neighbor-unreachable'
  /** It arrived, and the service itself refuses it. */
  | 'refused-by-service'
  | 'loop'
  | 'too-big'
  | 'unsupported'
  | 'unknown'

/** What decided: words for a person, and where they stand. */
export interface Decision {
  /** One line, the object first: `NSG nsg-pe inbound rule 110 AllowSmb accepts`. */
  readonly text: string
  readonly source: Source
}

/** A rule met on the way through a rule set. */
export interface Visit {
  readonly ruleSet: RuleSet
  /** Absent: the rule set's policy. */
  readonly rule?: Rule
}

/** How a rule set ended for one packet. */
export type Verdict = 'accept' | 'drop' | 'reject' | 'unsupported' | 'unknown'

/** One decision on one device. */
export type Step =
  | { readonly kind: 'originate'; readonly flow: Flow }
  | { readonly kind: 'receive'; readonly interface: string; readonly link?: Link; readonly fromTunnel: boolean }
  | { readonly kind: 'session'; readonly state: SessionState }
  | {
      readonly kind: 'filter'
      readonly hook: Hook
      readonly stage: 'filter' | 'gate' | 'mark'
      readonly ruleSet: RuleSet
      readonly verdict: Verdict
      /** Where the walk ended, the jumps that led there before it. The last one decided. */
      readonly visits: readonly Visit[]
      /** Rules that could have decided otherwise but whose match we cannot evaluate. */
      readonly doubts: readonly Visit[]
    }
  | {
      readonly kind: 'translate'
      readonly hook: Hook
      readonly before: Flow
      readonly after: Flow
      /** The rule, for a connection's first packet; absent: the session's translation is applied or undone. */
      readonly by?: Visit
      /** The rule set in which the walk to that rule began; absent as `by` is. */
      readonly ruleSet?: RuleSet
    }
  | {
      readonly kind: 'route'
      readonly table: string
      readonly destination: Ip
      /** Absent: no route. */
      readonly route?: Route
      /** Routes that hold the destination and lost, best first. */
      readonly passedOver: readonly Route[]
    }
  | { readonly kind: 'encapsulate'; readonly encapsulation: Encapsulation }
  | { readonly kind: 'send'; readonly interface: string; readonly link?: Link; readonly to: string }
  | { readonly kind: 'deliver'; readonly interface?: string }
  /** The packet ends here for a reason that is no rule: no route, no neighbour, a loop, a check of the device itself. */
  | { readonly kind: 'stop'; readonly text: string; readonly source: Source }

/** A device on the way and what it did, in order. */
export interface Hop {
  readonly device: string
  /** The packet as it came in or was made. */
  readonly flow: Flow
  readonly steps: readonly Step[]
}

/** One path of one packet. */
export interface Trace {
  readonly from: string
  readonly flow: Flow
  readonly hops: readonly Hop[]
  readonly disposition: Disposition
  /** What decided; for an accepted packet, the last filter that let it in, if any filter did. */
  readonly decision?: Decision
  /** Why an `unknown` is unknown: what we would have to know. Empty otherwise. */
  readonly unknowns: readonly Decision[]
  /** A stable word for the cause, where the reason is not a rule: `ip-forwarding-disabled`, `reverse-path` ... */
  readonly causeCode?: string
  /** The rejection's answer, for `rejected`. */
  readonly rejection?: string
  /** Where it arrived and how it looked there; absent when it did not. */
  readonly arrival?: {
    readonly device: string
    readonly interface?: string
    readonly flow: Flow
    /** For an ICMP error: the packet it is about, as it looks there. */
    readonly about?: Flow
  }
  /** The largest TCP payload its SYN announced after all clamping; absent for other packets. */
  readonly mss?: number
  /** The connections it made or used, by device; the reply is traced through them. */
  readonly sessions: ReadonlyMap<string, readonly Session[]>
}
