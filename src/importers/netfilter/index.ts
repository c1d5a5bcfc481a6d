/** Linux hosts: iptables-save, ipset save, nft list ruleset (text and JSON), sysctl, and the JSON of `ip addr`, `ip route` and `ip rule`. */

import { EMPTY_PART, type NetworkPart, type Source } from '../../model/index.ts'
import { type JsonDocument, readJson, type TextFile } from '../../text/index.ts'
import { type HostText, lowerHost } from './host.ts'
import { noteJson } from './line-notes.ts'
import { isNftJson, readNftJson } from './nft-json.ts'
import { holdsNftText, readNftText } from './nft-text.ts'
import type { NftRuleset } from './nft-tree.ts'
import { withoutTwins } from './nft-twin.ts'
import { type Notes, newNotes, note } from './notes.ts'
import { fileSource, readText } from './read-text.ts'
import { type Row, rowsOf, sourceOf } from './row.ts'
import type { SavedText } from './saved-text.ts'

export { parseIcmpType } from './icmp-types.ts'

type Output = 'addresses' | 'routes' | 'rules'

/**
 * The device `name` from the files of one Linux host, in any order; what a file is shows in what it says. Reading
 * never throws. Nothing usable gives an empty part with an error; a rule set alone gives a device without interfaces,
 * for a topology to place.
 */
export function importNetfilter(name: string, files: readonly TextFile[]): NetworkPart {
  const notes = newNotes()
  const saved: SavedText = { tables: new Map(), sets: new Map(), settings: new Map() }
  const outputs = new Map<Output, Row[]>()
  const nft: Nft = { ruleset: new Map(), files: 0, documents: new Map() }
  let understood = 0
  // What iptables-save, ipset save and nft print where there is nothing to print.
  const isEmpty = (file: TextFile) => /^\ufeff?\s*$/.test(file.text)
  const isAlone = files.every(isEmpty)
  for (const file of files) {
    if (isEmpty(file) && !isAlone) {
      const message = `${file.path} is empty: taken as the output of a host without rules. A command that failed leaves an empty file too.`
      note(notes, 'warning', 'NT1550', message, fileSource(file))
      continue
    }
    if (isTooLong(file.text)) {
      const message = `${file.path} has more than ${LINES_READ} lines and is not read.`
      note(notes, 'error', 'NT1500', message, { kind: 'line', file: file.path, line: 1, column: 1, text: '' })
      continue
    }
    const known = isJson(file.text) ? readOutput(file, outputs, nft, notes) : readAnyText(file, saved, nft, notes)
    if (known) understood++
    else if (!notes.list.some((one) => one.severity === 'error' && isIn(one.source, file))) {
      const message = `${file.path} is none of iptables-save, ipset save, nft list ruleset, sysctl -a, ip -j addr, ip -j route, ip -j rule.`
      note(notes, 'error', 'NT1501', message, fileSource(file))
    }
  }
  const [first] = files
  if (understood === 0 || !first) return { ...EMPTY_PART, diagnostics: notes.list }
  const text: HostText = {
    saved,
    ...Object.fromEntries(outputs),
    ...(nft.files > 0 ? { nft: withoutTwins(nft.ruleset, saved, notes) } : {}),
  }
  const device = lowerHost(name, text, fileSource(first), notes)
  noteJson(nft.documents)
  return { ...EMPTY_PART, devices: [device], diagnostics: notes.list }
}

/** What nft printed, and how many files held some of it: an empty rule set is one too. */
interface Nft {
  readonly ruleset: NftRuleset
  files: number
  /** Every file of JSON, nft's or not. */
  readonly documents: Map<TextFile, JsonDocument>
}

/** Reads the tables of nft in a text, then whatever else stands around them. */
function readAnyText(file: TextFile, saved: SavedText, nft: Nft, notes: Notes): boolean {
  if (!holdsNftText(file.text)) return readText(file, saved, notes)
  nft.files++
  const rest = readNftText(file, nft.ruleset, notes)
  readText({ ...file, text: rest }, saved, notes)
  return true
}

/** What a kernel takes minutes to load; reading more would need more memory than many machines have. */
const LINES_READ = 500_000

function isTooLong(text: string): boolean {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) if (++count > LINES_READ) return true
  return false
}

/** A rule set may start with counters (`[0:0] -A`) or a prompt (`[root@host ~]#`). */
function isJson(text: string): boolean {
  return /^\ufeff?\s*(?:\{|\[\s*(?:[{\]]|$))/.test(text)
}

function isIn(source: Source, file: TextFile): boolean {
  return source.kind !== 'implied' && source.file === file.path
}

/** Reads the JSON of one `ip -j` call; the members of its objects tell which. An empty list is nothing to tell by. */
function readOutput(file: TextFile, outputs: Map<Output, Row[]>, nft: Nft, notes: Notes): boolean {
  const document = readJson(file.text, file.ledger !== undefined)
  nft.documents.set(file, document)
  if (document.problem) {
    const { message, place } = document.problem
    const text = document.line(place.line).trimEnd().slice(0, 200)
    note(notes, 'error', 'NT1502', `not JSON: ${message}`, { kind: 'line', file: file.path, ...place, text })
    return false
  }
  if (isNftJson(document.value)) {
    nft.files++
    readNftJson(document, file.path, nft.ruleset, notes)
    return true
  }
  const rows = rowsOf(document, file.path, document.value)
  const output = rows.map(outputOf).find((one) => one !== undefined)
  if (!output) return Array.isArray(document.value) && document.value.length === 0
  const odd = rows.find((row) => Object.keys(row.value).length > 0 && outputOf(row) !== output)
  if (odd)
    note(notes, 'warning', 'NT1524', `This object is not of ip -j ${WORDS[output]}; it was left out.`, sourceOf(odd))
  outputs.set(output, [...(outputs.get(output) ?? []), ...rows.filter((row) => outputOf(row) === output)])
  return true
}

const WORDS: Readonly<Record<Output, string>> = { addresses: 'addr', routes: 'route', rules: 'rule' }

function outputOf(row: Row): Output | undefined {
  if (Object.hasOwn(row.value, 'ifname')) return 'addresses'
  if (Object.hasOwn(row.value, 'priority')) return 'rules'
  return Object.hasOwn(row.value, 'dst') ? 'routes' : undefined
}
