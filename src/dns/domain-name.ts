/** The name one label up: `b.c` for `a.b.c`, '' (the root) for `a`; `undefined` for the root. */
export function parentOf(name: string): string | undefined {
  if (name === '') return undefined
  const dot = name.indexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}

/** Whether a name is a suffix's own or below it, on label borders; everything is within ''. */
export function isWithin(name: string, suffix: string): boolean {
  if (suffix === '' || name === suffix) return true
  return name.length > suffix.length && name.endsWith(suffix) && name[name.length - suffix.length - 1] === '.'
}

/** How many labels a name has; the root has none. */
export function labelCount(name: string): number {
  if (name === '') return 0
  let labels = 1
  for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) labels++
  return labels
}

/**
 * A name without its `privatelink` label: the public name a private zone stands behind (Learn: Azure Private
 * Endpoint private DNS zone values).
 */
export function withoutPrivatelink(name: string): string {
  if (!name.includes('privatelink')) return name
  return name
    .split('.')
    .filter((label) => label !== 'privatelink')
    .join('.')
}

/** A name as the engine compares it: lower case, without the final dot. */
export function normalName(text: string): string {
  const lower = text.trim().toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

/** Why a text cannot be asked for at all (RFC 1035 section 2.3.4), or `undefined` when it can. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > 253) return 'it is longer than 253 characters'
  for (const label of name.split('.')) {
    if (label === '') return 'it has an empty label'
    if (label.length > 63) return `its label ${label.slice(0, 20)}... is longer than 63 characters`
    if (/\s/.test(label)) return 'it holds a blank'
  }
  return undefined
}

/** How a name reads in a sentence: the root is `.`. */
export function shownName(name: string): string {
  return name === '' ? '.' : name
}
