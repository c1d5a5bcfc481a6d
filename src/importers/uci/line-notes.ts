import type { Source } from '../../model/index.ts'
import { type LineLedger, STRUCTURE, type TextFile } from '../../text/index.ts'
import { changesNothing, isDefault } from './inert-options.ts'
import { flagOf, isDisabled, type UciPackage, type UciSection } from './section.ts'

/**
 * Notes what became of every line of UCI files, after they were lowered: an option that lowering asked for is in the
 * model, one that it never asked for is not. Does nothing for files without a ledger.
 */
export function noteLines(files: readonly TextFile[], packages: ReadonlyMap<string, UciPackage>): void {
  const ledgers = new Map(files.flatMap((file) => (file.ledger ? [[file.path, file.ledger] as const] : [])))
  if (ledgers.size === 0) return
  for (const { ledger, text } of files) if (ledger) noteComments(text, ledger)
  for (const { name, sections } of packages.values()) {
    for (const section of sections) noteSection(name, section, ledgers)
  }
}

function noteComments(text: string, ledger: LineLedger): void {
  text.split('\n').forEach((line, index) => {
    if (/^\s*#/.test(line)) ledger.inert(index + 1, 'a comment')
    else if (/^\s*package\s/.test(line)) ledger.inert(index + 1, STRUCTURE)
  })
}

type Ledgers = ReadonlyMap<string, LineLedger>
type Note = (ledger: LineLedger, line: number) => void

function noteSection(packageName: string, section: UciSection, ledgers: Ledgers): void {
  const { type, asked, options, overwritten } = section
  const why = changesNothing(packageName, type)
  // A section nobody asked anything of was not looked at.
  const isRead = asked !== undefined && asked.size > 0
  const head: Note = (ledger, line) => {
    if (why !== undefined) ledger.inert(line, why)
    else if (isRead || options.size === 0) ledger.modelled(line)
    else ledger.unread(line, `sections of type ${type} of the package ${packageName} are not read`)
  }
  at(ledgers, section.source, head)
  for (const source of overwritten ?? []) at(ledgers, source, (ledger, line) => ledger.modelled(line))
  for (const [key, values] of options) {
    const texts = values.map((value) => value.text)
    const inert = why ?? changesNothing(packageName, type, key)
    const note: Note = (ledger, line) => {
      if (asked?.has(key)) ledger.modelled(line)
      else if (inert !== undefined) ledger.inert(line, inert)
      else if (isRead && isOff(packageName, section)) ledger.modelled(line)
      else if (isRead && isDefault(packageName, type, key, texts)) ledger.modelled(line)
      else ledger.unread(line, `the option ${key} of a ${type} section is not read`)
    }
    for (const { source } of values) at(ledgers, source, note)
  }
}

/** Whether a section is left out, by its own words; looking counts as no question. */
function isOff(packageName: string, { asked: _, ...section }: UciSection): boolean {
  const isUnserved = packageName === 'dhcp' && section.type === 'dhcp' && flagOf(section, 'ignore', false)
  return isDisabled(section) || isUnserved || (section.type === 'host' && !flagOf(section, 'enable', true))
}

function at(ledgers: Ledgers, source: Source, note: Note): void {
  const ledger = source.kind === 'line' ? ledgers.get(source.file) : undefined
  if (ledger && source.kind === 'line') note(ledger, source.line)
}
