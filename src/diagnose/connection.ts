import type { Resolution } from '../dns/index.ts'
import type { Source } from '../model/index.ts'
import type { Ip, Protocol } from '../net/index.ts'
import type { Decision, Disposition, Trace } from '../trace/index.ts'
import type { Symptom } from './symptom-kind.ts'

/** Whether it works. `one-way`: packets arrive, what should come back does not. `unknown`: a fact is missing. */
export type Works = 'yes' | 'no' | 'one-way' | 'unknown'

/** What became of the whole question: a packet's disposition, or the name failed before there was a packet. */
export type Outcome =
  | Disposition
  /** No server gave an address. */
  | 'name-not-resolved'
  /** The name gave a public address where a private one exists, and that way is closed. */
  | 'wrong-address'

/** Why it does not work: a stable code, one sentence, and the place to look at. */
export interface Cause {
  readonly code: string
  readonly message: string
  readonly source: Source
  /** What to look at first, where that is not on the device the packet ended on. */
  readonly look?: Look
}

/** A view of one device: its rules, its interfaces and what is cut off from them, or its routes to an address. */
export type Look =
  | { readonly kind: 'rules' | 'show'; readonly device: string }
  | { readonly kind: 'routes'; readonly device: string; readonly to: Ip }

/** A fact that is missing for an answer. */
export interface Missing extends Decision {
  /** What a person can add so that it can be told; absent = nothing of the input would. */
  readonly add?: string
}

/** The question, understood. */
export interface ConnectQuestion {
  readonly from: string
  readonly to: string
  readonly protocol: Protocol
  /** 0 when the protocol has no ports. */
  readonly port: number
}

/** One way a packet can go, and what comes back. */
export interface Path {
  readonly forward: Trace
  readonly replies: readonly Trace[]
  /** The third packet of a TCP handshake, when the answer came back. */
  readonly acknowledgements: readonly Trace[]
  /** What the server says first after a TCP handshake, when the third packet came through. */
  readonly data: readonly Trace[]
  readonly works: Works
}

/** The whole answer to "can A reach B". */
export interface Connection {
  readonly question: ConnectQuestion
  /** The device the packet starts at, and its address there. */
  readonly sender: { readonly device: string; readonly address?: Ip }
  readonly works: Works
  readonly outcome: Outcome
  /** What decided, in one line with its place. */
  readonly decidedBy: Decision
  /** Absent when it works. */
  readonly cause?: Cause
  /** What the one who asks will see; absent when it works and when it cannot be told. */
  readonly symptom?: Symptom
  /** The name's story, when there was a name. */
  readonly resolution?: Resolution
  /** Every path of every address tried, in order. */
  readonly paths: readonly Path[]
  /** What would have to be known, for an answer that cannot be told. */
  readonly unknowns: readonly Missing[]
  /** What the answer assumes or does not look at, as sentences. */
  readonly notes: readonly string[]
}
