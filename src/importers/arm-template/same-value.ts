import { isMembers } from './value.ts'

/** Whether two JSON values are the same; texts with regard to case, the order of members without. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((one, index) => sameValue(one, b[index]))
  }
  if (!isMembers(a) || !isMembers(b)) return (a ?? null) === null && (b ?? null) === null
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  )
}
