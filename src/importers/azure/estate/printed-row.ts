import type { Body } from './body.ts'

/** The one of some resources whose name is in the name of a row's file; the longest name counts, `undefined` when none or two fit. */
export function fileNamed<T extends Pick<Body, 'name'>>(row: Body, of: readonly T[]): T | undefined {
  const file = row.file.slice(row.file.lastIndexOf('/') + 1).toLowerCase()
  const named = of.filter((one) => one.name !== '' && file.includes(one.name.toLowerCase()))
  const longest = Math.max(...named.map((one) => one.name.length))
  const best = named.filter((one) => one.name.length === longest)
  return best.length === 1 ? best[0] : undefined
}
