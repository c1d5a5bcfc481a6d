import type { Source } from '../../../model/index.ts'

/** Something that cannot be read, on which an answer may hang. */
export interface Doubt {
  /** A sentence for the answer, the member first. */
  readonly text: string
  readonly source: Source
}
