import type { Output } from './output.ts'

/** One line that says what a long run is doing. */
export interface Progress {
  /** Replaces the line. */
  show(text: string): void
  /** A line that stays. */
  keep(text: string): void
  /** Takes the line away. */
  end(): void
}

const QUIET_FOR = 400
const BETWEEN = 100
const CLEAR = '\r\u001b[2K'

/**
 * Progress on the error stream, from 400 ms on. A terminal has one line, written over and over; where nobody looks (a pipe, a
 * log) only the lines that stay are written.
 */
export function progressOn(
  output: Output,
  terminal: { readonly isTTY?: boolean; readonly columns?: number },
): Progress {
  const live = terminal.isTTY === true
  const width = Math.max(20, (terminal.columns ?? 80) - 1)
  let next = performance.now() + QUIET_FOR
  let shown = false
  const clear = (): string => (shown ? CLEAR : '')
  return {
    show(text) {
      const now = performance.now()
      if (!live || now < next) return
      next = now + BETWEEN
      output.err(`${CLEAR}${text.slice(0, width)}`)
      shown = true
    },
    keep(text) {
      output.err(`${clear()}${text}\n`)
      shown = false
    },
    end() {
      if (shown) output.err(CLEAR)
      shown = false
    },
  }
}
