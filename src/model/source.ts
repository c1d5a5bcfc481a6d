/**
 * Where a fact stands. `line` and `column` count from 1. `file` is the path as the topology names it (never
 * absolute). `text` is the line as written, trimmed, secrets replaced; it may be cut at 200 characters.
 */
export type Source =
  | {
      readonly kind: 'line'
      readonly file: string
      readonly line: number
      readonly column: number
      readonly text: string
    }
  | {
      readonly kind: 'pointer'
      readonly file: string
      /** A JSON pointer (RFC 6901) into the file. */
      readonly pointer: string
      readonly line: number
      readonly column: number
      readonly text: string
    }
  /** No line says it: a default of the platform, and why we hold it. */
  | { readonly kind: 'implied'; readonly because: string }

/** A fact that no line states. `because` is a full reason a person can check, with the page it comes from. */
export function implied(because: string): Source {
  return { kind: 'implied', because }
}

/** A source as people write it: `file:line:column`, or why it is implied. */
export function formatSource(source: Source): string {
  return source.kind === 'implied' ? source.because : `${source.file}:${source.line}:${source.column}`
}
