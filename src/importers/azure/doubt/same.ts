/** Whether two values of plain data say the same; members that are `undefined` count as absent. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
    return one.every((each, index) => same(each, other[index]))
  }
  const [ours, theirs] = [one as Record<string, unknown>, other as Record<string, unknown>]
  for (const key of Object.keys(ours)) if (!same(ours[key], theirs[key])) return false
  for (const key of Object.keys(theirs)) if (theirs[key] !== undefined && ours[key] === undefined) return false
  return true
}
