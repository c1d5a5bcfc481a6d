import type { LineLedger } from './line-ledger.ts'

/** A file's text and the path it is known by in messages: as the topology names it, never absolute. */
export interface TextFile {
  readonly path: string
  readonly text: string
  /** Where readers note what they made of each line; absent when nobody asked for an account. */
  readonly ledger?: LineLedger
}
