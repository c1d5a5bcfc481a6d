import type { Ip } from '../net/index.ts'
import type { Source } from './source.ts'

/** A promise about one connection that a topology makes (`expect:`), to be held against what the trace says. */
export interface Expectation {
  /** Unique in the topology; what a report calls it. `#3` for the third of its file when the topology gives none. */
  readonly id: string
  /** Who asks, as people type it. */
  readonly from: string
  /** What is asked, as people type it: `name-or-host[:port][/proto]`. */
  readonly to: string
  readonly works: 'yes' | 'no' | 'one-way' | 'unknown'
  /** Devices on the way there, in this order, others between them allowed. Empty = any way. */
  readonly via: readonly string[]
  /** The disposition a failing packet must end with (`denied`, `refused-by-service`); absent = any. */
  readonly blocked?: string
  /** A text that must occur in a rule on the way, in the line that decided, or in the cause. */
  readonly because?: string
  /** The addresses the name must resolve to, in any order; absent = any. */
  readonly resolves?: readonly Ip[]
  readonly source: Source
}
