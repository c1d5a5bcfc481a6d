import type { AddressSet } from '../net/index.ts'

/** An address that nobody says, or that is given out later: which it may be, and why it is not known. */
export interface StandIn {
  /** Every address it may turn out to be; those that the export gives to somebody else are not among them. */
  readonly among: AddressSet
  readonly because: string
}
