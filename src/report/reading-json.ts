import { type FileReading, inert, type LineReading, withoutSecrets } from '../text/index.ts'
import { readingTotals, shortfalls } from './reading-totals.ts'

/** Files read back, for programs: totals, why what is missing is missing, and the lines of each kind in order. */
export function readingJson(files: readonly FileReading[]): object {
  const ofKind = (kind: LineReading['kind']) =>
    files.flatMap((file) => file.lines.filter((line) => line.kind === kind).map((line) => lineJson(file, line)))
  return {
    files: files.map((file) => ({ file: file.file, format: file.format, totals: readingTotals([file]) })),
    totals: readingTotals(files),
    reasons: shortfalls(files),
    lines: { understood: ofKind('understood'), partly: ofKind('partly'), ignored: ofKind('ignored') },
  }
}

function lineJson({ file, text }: FileReading, { line, relevant, modelled, because }: LineReading): object {
  return {
    file,
    line,
    text: inert(withoutSecrets(text[line - 1] ?? '')).slice(0, TEXT_SHOWN),
    relevant,
    modelled,
    ...(because !== undefined && { because }),
  }
}

const TEXT_SHOWN = 500
