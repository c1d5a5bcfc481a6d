import type { Diagnostic, ResolverPart } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { noteLines } from './line-notes.ts'
import { lowerZoneFile } from './lone-zone.ts'
import { lowerBind } from './lower.ts'
import { readBind } from './read.ts'
import { baseName } from './statement.ts'

/**
 * The name server a named.conf describes, with the files it names: includes and zone files are found among `files` by
 * their base names. The roots are the files called named.conf; without one, those that read like a configuration.
 */
export function importBind(files: readonly TextFile[]): ResolverPart {
  const unreadable = files.filter((file) => file.text.includes('\0'))
  const readable = files.filter((file) => !unreadable.includes(file))
  const main = readable.filter((file) => baseName(file.path) === 'named.conf')
  const roots = main.length > 0 ? main : readable.filter(looksLikeConfiguration)
  const diagnostics: Diagnostic[] = unreadable.map(notText)
  const reading = readBind(roots, readable)
  for (const one of reading.diagnostics) diagnostics.push(one)
  const zone = roots.length === 0 ? readable.find((file) => SOA.test(file.text)) : undefined
  const lowered = zone ? lowerZoneFile(zone, readable) : lowerBind(reading.statements, readable)
  noteLines(readable, roots, reading)
  for (const one of lowered.diagnostics) diagnostics.push(one)
  const first = files[0]
  if (!lowered.resolver && diagnostics.length === 0 && first) diagnostics.push(nothing(first))
  return { ...lowered, diagnostics }
}

function looksLikeConfiguration(file: TextFile): boolean {
  return /^\s*(options\s*\{|zone\s+"|acl\s|include\s+"|view\s+")/m.test(file.text)
}

const SOA = /^(?![;\s]*(?:\/\/|#)).*\sSOA\s/im

function notText(file: TextFile): Diagnostic {
  const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
  return {
    severity: 'error',
    code: 'NT1800',
    message: 'The file is not text; give a named.conf or a zone file.',
    source,
  }
}

function nothing(file: TextFile): Diagnostic {
  const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
  return { severity: 'error', code: 'NT1807', message: 'There is no statement of named in this file.', source }
}
