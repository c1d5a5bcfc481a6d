/**
 * What a failure looks like to the one who asks. `not-sent`: their own machine refuses to send. `hang`: it connects and
 * then stands still. `reset`: it connects and is then cut off. `service-refusal`: the far end says no in its own words. `unsupported`: it cannot
 * even be set up.
 */
export type SymptomKind =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'not-sent'
  | 'hang'
  | 'reset'
  | 'service-refusal'
  | 'unsupported'
  | 'name-not-found'
  | 'no-address'
  | 'name-failure'
  | 'name-timeout'

/** What the person will see, in words programs print. */
export interface Symptom {
  readonly kind: SymptomKind
  /** One line, the words to search for first. */
  readonly words: string
  /** The error of connect() or of sending, by Linux' name; absent where a program waits by itself or the service speaks. */
  readonly errno?: string
  /** The HTTP status, where the refusal is one. */
  readonly status?: number
}
