/** Kleene's three values: false, true, and not known. */
export type Truth = 0 | 1 | 2

export const NO: Truth = 0
export const YES: Truth = 1
export const UNKNOWN: Truth = 2

/** The opposite; of unknown it is unknown. */
export function negated(value: Truth): Truth {
  return value === NO ? YES : value === YES ? NO : UNKNOWN
}
