/** The names nearest to a mistyped one, best first, at most `most`; a name too far away to be meant is left out. */
export function nearestNames(wanted: string, names: Iterable<string>, most = 3): string[] {
  const target = wanted.toLowerCase()
  const scored: { name: string; score: number }[] = []
  for (const name of new Set(names)) {
    const candidate = name.toLowerCase()
    const distance = editDistance(target, candidate)
    const contains = target.length >= 3 && (candidate.includes(target) || target.includes(candidate))
    const limit = Math.max(2, Math.floor(Math.max(target.length, candidate.length) / 3))
    if (distance <= limit || contains) scored.push({ name, score: contains ? Math.min(distance, 1) : distance })
  }
  scored.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
  return scored.slice(0, most).map((entry) => entry.name)
}

/** Damerau's distance: insertions, deletions, replacements and swaps of neighbours each cost one. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 12) return Number.POSITIVE_INFINITY
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
