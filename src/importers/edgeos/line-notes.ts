import { type LineLedger, STRUCTURE, type TextFile } from '../../text/index.ts'
import { changesNothing } from './inert-nodes.ts'
import { type EdgeNode, placeOf } from './node.ts'

/**
 * Notes what became of every line of a configuration, after it was lowered: a leaf that lowering asked for is in the
 * model, one that it never asked for is not. Does nothing for files without a ledger.
 */
export function noteLines(files: readonly TextFile[], root: EdgeNode): void {
  const ledgers = new Map(files.flatMap((file) => (file.ledger ? [[file.path, file.ledger] as const] : [])))
  if (ledgers.size === 0) return
  for (const { text, ledger } of files) if (ledger) noteComments(text, ledger)
  for (const node of root.children.values()) noteNode(node, [node.name], false, ledgers)
}

function noteComments(text: string, ledger: LineLedger): void {
  let open = false
  text.split('\n').forEach((line, index) => {
    const words = line.trim()
    if (open || words.startsWith('/*')) ledger.inert(index + 1, 'a comment')
    if (words.startsWith('/*')) open = true
    if (words.includes('*/')) open = false
  })
}

type Ledgers = ReadonlyMap<string, LineLedger>

function noteNode(node: EdgeNode, path: readonly string[], isOff: boolean, ledgers: Ledgers): void {
  const off = isOff || node.children.get('disable') !== undefined
  const inert = changesNothing(path)
  if (node.children.size > 0) {
    // What holds others counts only where it could hold nothing that matters.
    at(ledgers, node, (ledger, line) => ledger.inert(line, inert ?? STRUCTURE))
    for (const child of node.children.values()) noteNode(child, [...path, child.name], off, ledgers)
  }
  const note = (ledger: LineLedger, line: number) => {
    if (node.isAsked) ledger.modelled(line)
    else if (inert !== undefined) ledger.inert(line, inert)
    else if (isOff) ledger.modelled(line)
    else ledger.unread(line, `"${shown(path)}" is not read`)
  }
  for (const { origin } of node.values) at(ledgers, { ...node, origin }, note)
  if (node.values.length === 0 && node.children.size === 0) at(ledgers, node, note)
}

function at(ledgers: Ledgers, { origin }: EdgeNode, note: (ledger: LineLedger, line: number) => void): void {
  const ledger = ledgers.get(origin.file)
  const source = ledger && placeOf(origin)
  if (!ledger || !source || source.kind === 'implied') return
  note(ledger, source.line)
  for (const line of elementLines(origin)) note(ledger, line)
}

// A list of JSON stands on lines of its own, which mean what the member they belong to means.
function elementLines(origin: EdgeNode['origin']): readonly number[] {
  if (origin.kind !== 'member') return []
  const value: unknown = (origin.container as Readonly<Record<string, unknown>>)[origin.key]
  if (!Array.isArray(value)) return []
  return [...(origin.document.placesIn?.(value)?.values() ?? [])].map((place) => place.line)
}

// Names of rules, interfaces and addresses differ from one file to the next and say nothing of the kind.
function shown(path: readonly string[]): string {
  return path.map((name) => (/^[a-z][a-z-]*$/.test(name) ? name : '...')).join(' ')
}
