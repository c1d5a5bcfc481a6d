import { readingJson, readingText } from '../report/index.ts'
import { inert } from '../text/index.ts'
import { DISK, readFiles } from '../topology/index.ts'
import { EXIT } from './exit-code.ts'
import type { Output } from './output.ts'

/** How `read` prints. */
export interface ReadOptions {
  readonly json: boolean
  /** Only lines that could affect an answer and are not in the model. */
  readonly rest: boolean
}

/** `read FILE...`: prints files back with what was made of every line. Exit code 65 when any could not be read. */
export function readBack(paths: readonly string[], output: Output, { json, rest }: ReadOptions): number {
  const { files, refused } = readFiles(paths, DISK)
  for (const { path, problem } of refused) output.err(`nettrace: ${inert(path)}: ${inert(problem)}\n`)
  if (files.length > 0) {
    output.out(json ? `${JSON.stringify(readingJson(files), null, 2)}\n` : readingText(files, rest ? 'rest' : 'all'))
  }
  return refused.length > 0 ? EXIT.unreadable : EXIT.yes
}
