import type { Diagnostic, ResolverPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { noteLines } from './line-notes.ts'
import { lowerUnbound } from './lower.ts'
import { baseName, readUnbound } from './read.ts'

/**
 * The name server an unbound.conf describes, with the files it includes, which are found among `files` by their base
 * names. The roots are the files called unbound.conf; without one, those that hold a clause.
 */
export function importUnbound(files: readonly TextFile[]): ResolverPart {
  const unreadable = files.filter((file) => file.text.includes('\0'))
  const readable = files.filter((file) => !unreadable.includes(file))
  const main = readable.filter((file) => baseName(file.path) === 'unbound.conf')
  const roots = main.length > 0 ? main : readable.filter(looksLikeConfiguration)
  const reading = readUnbound(roots, readable)
  const lowered = lowerUnbound(reading.clauses)
  noteLines(readable, reading.clauses, lowered)
  const diagnostics: Diagnostic[] = [...unreadable.map(notText), ...reading.diagnostics, ...lowered.diagnostics]
  const first = files[0]
  if (!lowered.resolver && diagnostics.length === 0 && first) diagnostics.push(nothing(first))
  return { ...lowered, diagnostics }
}

function looksLikeConfiguration(file: TextFile): boolean {
  return /^\s*(server|forward-zone|stub-zone|auth-zone|view|remote-control):/m.test(file.text)
}

function notText(file: TextFile): Diagnostic {
  const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
  return { severity: 'error', code: 'NT1853', message: 'The file is not text; give an unbound.conf.', source }
}

function nothing(file: TextFile): Diagnostic {
  const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
  return { severity: 'error', code: 'NT1854', message: 'There is no clause of unbound in this file.', source }
}
