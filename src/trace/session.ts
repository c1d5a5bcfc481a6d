import type { Flow } from '../net/index.ts'

/**
 * One tracked connection on one device. `original` is the first packet before any translation here, `reply` the
 * packet expected back, as it arrives here.
 */
export interface Session {
  readonly original: Flow
  readonly reply: Flow
  readonly sourceTranslated: boolean
  readonly destinationTranslated: boolean
  readonly mark: number
  readonly tracked: boolean
  /** Whether a packet of the reply direction has passed. */
  readonly replied: boolean
  /** Its packet ended here; only what answers for that packet here belongs to it. */
  readonly unconfirmed?: true
}
