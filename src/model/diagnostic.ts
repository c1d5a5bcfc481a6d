import type { Source } from './source.ts'

/**
 * What our reading of the input has to say. `error`: the input cannot be used as it stands (exit 65).
 * `warning`: something that could change an answer was not understood. `note`: something was left out that cannot.
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note'
  /** `NT` and four digits; never reused. 1xxx is input. */
  readonly code: string
  /** One sentence: what, and what to do about it. */
  readonly message: string
  readonly source: Source
  /** The line itself was understood; what it names stands elsewhere and was not given. Absent = no. */
  readonly othersMissing?: true
  /** It is about the network, which was read as it is, and not about our reading. Absent = no. */
  readonly finding?: true
  /** A second place that disagrees with the first. */
  readonly other?: { readonly message: string; readonly source: Source }
}
