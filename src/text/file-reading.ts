import type { LineReading } from './line-ledger.ts'

/** One file and what was made of each of its lines. */
export interface FileReading {
  readonly file: string
  /** The format it was read as, as a topology names it, and in words. */
  readonly format: string
  readonly formatWords: string
  /** The text of every line in order, without its end; secrets are still in it. */
  readonly text: readonly string[]
  /** One for each line of `text`. */
  readonly lines: readonly LineReading[]
}
