import { type Format, formatOf, readLines } from '../importers/index.ts'
import type { Diagnostic } from '../model/index.ts'
import type { FileReading, TextFile } from '../text/index.ts'
import type { FileReader } from './file-reader.ts'

/** Files read back: every line of each accounted for. */
export interface FilesRead {
  readonly files: readonly FileReading[]
  readonly diagnostics: readonly Diagnostic[]
  /** Paths that could not be read, or hold nothing nettrace knows, with the reason in words that follow the path. */
  readonly refused: readonly { readonly path: string; readonly problem: string }[]
}

/**
 * Reads files as the importers do and accounts for every line. The format is told by what each file says; files of one
 * format are read together, as those of one device or estate. A folder stands for the files directly in it.
 */
export function readFiles(paths: readonly string[], reader: FileReader): FilesRead {
  const refused: { path: string; problem: string }[] = []
  const byFormat = new Map<Format, TextFile[]>()
  const order: string[] = []
  for (const path of paths.flatMap((one) => expanded(one, reader))) {
    const outcome = reader.read(path)
    const problem = 'problem' in outcome ? outcome.problem : problemOf(outcome.text)
    if (problem !== undefined || 'problem' in outcome) {
      refused.push({ path, problem: problem ?? '' })
      continue
    }
    const file = { path, text: outcome.text.replace(/^\ufeff/, '') }
    const format = formatOf(file)
    if (format === undefined) {
      refused.push({ path, problem: problemOf(file.text) ?? 'it looks like none of the formats nettrace reads' })
      continue
    }
    order.push(path)
    byFormat.set(format, [...(byFormat.get(format) ?? []), file])
  }
  const read = [...byFormat].map(([format, files]) => readLines(files, format))
  const files = read.flatMap((one) => one.files)
  return {
    files: order.flatMap((path) => files.filter((one) => one.file === path).slice(0, 1)),
    diagnostics: read.flatMap((one) => one.diagnostics),
    refused,
  }
}

function expanded(path: string, reader: FileReader): string[] {
  const names = reader.list(path)
  if (!names) return [path]
  const shown = names.filter((name) => !name.startsWith('.') && !name.endsWith('~'))
  return shown.sort().map((name) => `${path.replace(/\/$/, '')}/${name}`)
}

function problemOf(text: string): string | undefined {
  if (text.includes('\0')) return 'it is not text; is it a binary backup instead of an export?'
  if (text.trim() === '') return 'it is empty'
  if (/^(?:name|devices|links|hosts|expect|azure|public):/m.test(text) && !/[;{]\s*$/m.test(text))
    return 'it looks like a topology: nettrace validate reads it'
  return undefined
}
