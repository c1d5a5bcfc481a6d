/** EdgeOS: `config.boot` of an EdgeRouter, or the same tree as JSON. */
import { type Diagnostic, EMPTY_PART, type NetworkPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { noteLines } from './line-notes.ts'
import { configurationOf, lowerRouter } from './lower.ts'
import { readTree } from './read.ts'

export { layOver } from './overlay.ts'

/**
 * The router `name` of a configuration, in the text form of `config.boot` or as JSON; several files are laid one over
 * the other. Reading never throws; nothing usable gives an empty part with an error.
 */
export function importEdgeos(name: string, files: readonly TextFile[]): NetworkPart {
  const { root, diagnostics } = readTree(files)
  if (root.children.size === 0) return { ...EMPTY_PART, diagnostics }
  const collected: Diagnostic[] = [...diagnostics]
  const device = lowerRouter(name, configurationOf(root, collected))
  noteLines(files, root)
  return { ...EMPTY_PART, devices: [device], diagnostics: collected }
}
