import type { FileReading, LineReading } from '../text/index.ts'

/** How many lines of some files are what. The last four count among the relevant lines only. */
export interface ReadingTotals {
  readonly lines: number
  /** Lines that could affect reachability or names. */
  readonly relevant: number
  /** Relevant lines whose every word is understood, in the model or not. */
  readonly understood: number
  /** Relevant lines that are in the model whole. */
  readonly modelled: number
  readonly partly: number
  readonly ignored: number
}

/** The totals of files read back. */
export function readingTotals(files: readonly FileReading[]): ReadingTotals {
  const all = files.flatMap((file) => file.lines)
  const relevant = all.filter((line) => line.relevant)
  const ofKind = (kind: LineReading['kind']) => relevant.filter((line) => line.kind === kind).length
  return {
    lines: all.length,
    relevant: relevant.length,
    understood: ofKind('understood'),
    modelled: relevant.filter((line) => line.modelled).length,
    partly: ofKind('partly'),
    ignored: ofKind('ignored'),
  }
}

/** What is not in the model, by reason, the most frequent first. */
export interface Shortfall {
  readonly because: string
  readonly count: number
  /** The first line it is the reason for. */
  readonly file: string
  readonly line: number
}

/** Why relevant lines are not in the model, the most frequent reason first. */
export function shortfalls(files: readonly FileReading[]): Shortfall[] {
  const byReason = new Map<string, Shortfall>()
  for (const { file, lines } of files) {
    for (const { relevant, modelled, because, line } of lines) {
      if (!relevant || modelled || because === undefined) continue
      const known = byReason.get(because)
      byReason.set(because, known ? { ...known, count: known.count + 1 } : { because, count: 1, file, line })
    }
  }
  return [...byReason.values()].sort((a, b) => b.count - a.count || (a.because < b.because ? -1 : 1))
}
