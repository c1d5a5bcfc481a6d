/** Linux hosts: iptables-save, ipset save, sysctl, and the JSON of `ip addr`, `ip route` and `ip rule`. */

import { EMPTY_PART, type NetworkPart, type Source } from '../../model/index.ts'
import { readJson, type TextFile } from '../../text/index.ts'
import { type HostText, lowerHost } from './host.ts'
import { type Notes, newNotes, note } from './notes.ts'
import { fileSource, readText } from './read-text.ts'
import { type Row, rowsOf, sourceOf } from './row.ts'

export { parseIcmpType } from './icmp-types.ts'

type Output = 'addresses' | 'routes' | 'rules'

/**
 * The device `name` from the files of one Linux host, in any order; what a file is shows in what it says. Reading
 * never throws. Nothing usable gives an empty part with an error; a rule set alone gives a device without interfaces,
 * for a topology to place.
 */
export function importNetfilter(name: string, files: readonly TextFile[]): NetworkPart {
  const notes = newNotes()
  const saved = { tables: new Map(), sets: new Map(), settings: new Map() }
  const outputs = new Map<Output, Row[]>()
  let understood = 0
  for (const file of files) {
    const known = isJson(file.text) ? readOutput(file, outputs, notes) : readText(file, saved, notes)
    if (known) understood++
    else if (!notes.list.some((one) => one.severity === 'error' && isIn(one.source, file))) {
      const message = `${file.path} is none of iptables-save, ipset save, sysctl -a, ip -j addr, ip -j route, ip -j rule.`
      note(notes, 'error', 'NT1501', message, fileSource(file))
    }
  }
  const [first] = files
  if (understood === 0 || !first) return { ...EMPTY_PART, diagnostics: notes.list }
  const text: HostText = { saved, ...Object.fromEntries(outputs) }
  const device = lowerHost(name, text, fileSource(first), notes)
  return { ...EMPTY_PART, devices: [device], diagnostics: notes.list }
}

/** A rule set may start with counters (`[0:0] -A`) or a prompt (`[root@host ~]#`). */
function isJson(text: string): boolean {
  return /^\ufeff?\s*(?:\{|\[\s*(?:[{\]]|$))/.test(text)
}

function isIn(source: Source, file: TextFile): boolean {
  return source.kind !== 'implied' && source.file === file.path
}

/** Reads the JSON of one `ip -j` call; the members of its objects tell which. An empty list is nothing to tell by. */
function readOutput(file: TextFile, outputs: Map<Output, Row[]>, notes: Notes): boolean {
  const document = readJson(file.text)
  if (document.problem) {
    const { message, place } = document.problem
    const text = document.line(place.line).trim().slice(0, 200)
    note(notes, 'error', 'NT1502', `${message}.`, { kind: 'line', file: file.path, ...place, text })
    return false
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
