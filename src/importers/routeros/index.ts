/** RouterOS: the text of `/export` to the model. */
import type { NetworkPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { configurationOf } from './configuration.ts'
import { noteLines } from './line-notes.ts'
import { lowerRouteros } from './lower.ts'
import { readRouteros } from './read.ts'

/**
 * One router called `name` from its export; several files are carried out one after the other. Never throws: what was
 * not understood is in the diagnostics (NT12xx).
 */
export function importRouteros(name: string, files: readonly TextFile[]): NetworkPart {
  const configuration = configurationOf(
    files.map(readRouteros),
    files.some((file) => file.ledger),
  )
  const part = lowerRouteros(name, configuration)
  noteLines(files, configuration)
  return part
}
