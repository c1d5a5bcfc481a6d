/** The names a regular expression of `/ip dns static` takes, as far as it says no more than a name. */
export interface NamePattern {
  /** Lower case, without the final dot. */
  readonly name: string
  /** The name itself, those below it, or both. */
  readonly takes: 'itself' | 'below' | 'both'
}

/**
 * The names of a pattern that only stands for a name, its subdomains or both: `^(.*\.)?x\.y$`, `.*\.x\.y`, `^x\.y$`.
 * A pattern is not anchored unless it says so (MikroTik: DNS); one that is open at its end is read as if it ended with
 * the name, since no name people ask goes on behind a whole domain. `undefined` for every other pattern.
 */
export function namePattern(regexp: string): NamePattern | undefined {
  const parts = /^(\^)?(.*?)(\$)?$/s.exec(regexp.trim().toLowerCase())
  const [, anchored, body = '', closed] = parts ?? []
  const both = BOTH.exec(body)
  if (both) return named(body.slice(both[0].length), 'both', closed)
  const below = BELOW.exec(body)
  if (below) return named(body.slice(below[0].length), 'below', closed)
  // `x\.y$` also takes `notx.y`.
  return anchored && closed ? named(body, 'itself', closed) : undefined
}

// `(.*\.)?`, `(^|\.)`, `(.+\.|)`, `([a-z0-9-]+\.)*`.
const BOTH =
  /^(?:\((?:\?:)?\.[*+]\\\.\)[?*]|\((?:\^\|\\\.|\\\.\|\^)\)|\((?:\.[*+]\\\.\||\|\.[*+]\\\.)\)|\(\[[^\]]+\]\+\\\.\)\*)/
// `.*\.`, `.+\.`, `\.`.
const BELOW = /^(?:\.[*+])?\\\./

function named(text: string, takes: NamePattern['takes'], closed: string | undefined): NamePattern | undefined {
  const name = text.replaceAll('\\.', '.').replaceAll('\\-', '-')
  // A dot without a backslash is any character; only a name people would write so is taken for one.
  const plain = /^[\w-]{1,63}(?:\.[\w-]{1,63})*$/.test(name)
  if (!plain || (closed === undefined && !name.includes('.'))) return undefined
  return { name, takes }
}
