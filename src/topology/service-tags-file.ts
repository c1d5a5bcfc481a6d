import { readServiceTags } from '../importers/index.ts'
import type { Diagnostic } from '../model/index.ts'
import type { TextFile } from '../text/index.ts'

/** Microsoft's list of service tags, checked, as it is kept beside a topology. */
export interface ServiceTagsFile {
  readonly changeNumber: number
  readonly tags: number
  readonly prefixes: number
  /** The list as JSON: every member as published, tags in the order of their names. */
  readonly text: string
}

/** Checks a list of service tags. `file` is absent when it is none; the diagnostics say why. Never throws. */
export function serviceTagsFile(file: TextFile): { file?: ServiceTagsFile; diagnostics: readonly Diagnostic[] } {
  const { tags, diagnostics } = readServiceTags(file)
  if (!tags) return { diagnostics }
  const fault = (message: string): { diagnostics: readonly Diagnostic[] } => {
    const source = { kind: 'line', file: file.path, line: 1, column: 1, text: '' } as const
    return { diagnostics: [...diagnostics, { severity: 'error', code: 'NT1604', message, source }] }
  }
  if (tags.changeNumber <= 0) return fault("the list of service tags has no change number: is it Microsoft's own file?")
  if (tags.tags.size === 0) return fault('the list of service tags names no tag')
  const list = JSON.parse(file.text.replace(/^\ufeff/, '')) as { values: readonly Entry[] }
  const values = [...list.values].sort((a, b) => compared(`${a.name}`, `${b.name}`))
  const prefixes = values.reduce((sum, one) => sum + (one.properties?.addressPrefixes?.length ?? 0), 0)
  const text = `${JSON.stringify({ ...list, values }, null, 2)}\n`
  return { file: { changeNumber: tags.changeNumber, tags: tags.tags.size, prefixes, text }, diagnostics }
}

interface Entry {
  readonly name?: unknown
  readonly properties?: { readonly addressPrefixes?: readonly unknown[] }
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
