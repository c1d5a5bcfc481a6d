import type { Diagnostic } from '../../model/index.ts'
import type { TextFile } from '../../text/index.ts'
import { inert } from '../../text/index.ts'
import { isBlank, type LogicalLine, logicalLines, sourceIn } from './logical-line.ts'
import { isKnownMenu } from './menus.ts'
import { splitWords, type Words } from './words.ts'

/** One line that does something: `add`, `set` ... in a menu, every word with its place. */
export interface Command extends Words {
  /** The words of the path: `ip firewall filter`. */
  readonly menu: string
  readonly verb: string
  readonly line: LogicalLine
}

/** What the comment lines at the top say; see MikroTik: Configuration Management, export. */
export interface Header {
  /** `7.16.1`; absent when no line says it. */
  readonly version?: string
  readonly model?: string
}

/** An export taken apart, nothing interpreted. */
export interface RouterosText {
  readonly header: Header
  readonly commands: readonly Command[]
  readonly diagnostics: readonly Diagnostic[]
}

interface Reader {
  menu: string
  header: { version?: string; model?: string }
  readonly commands: Command[]
  readonly diagnostics: Diagnostic[]
  /** Braces of a script that are open, and where the first script line stands. */
  depth: number
  script: { line: LogicalLine; count: number } | undefined
  strange: number
}

const STRANGE_SHOWN = 10
const LINES_READ = 250_000

/** Reads an export. Never throws; what it cannot read is in the diagnostics (NT1200 to NT1206). */
export function readRouteros(file: TextFile): RouterosText {
  const reader: Reader = {
    menu: '',
    header: {},
    commands: [],
    diagnostics: [],
    depth: 0,
    script: undefined,
    strange: 0,
  }
  if (file.text.includes('\0')) {
    report(reader, 'error', 'NT1200', 'This is a binary file, not the text of a RouterOS /export.', firstLine(file))
    return reader
  }
  if (hasMoreLinesThan(file.text, LINES_READ)) {
    const message = `This file has more than ${LINES_READ} lines and is not read; no router has a configuration of that size.`
    report(reader, 'error', 'NT1200', message, firstLine(file))
    return reader
  }
  for (const line of logicalLines(file)) readLine(reader, line)
  if (reader.commands.length === 0) {
    const message = 'No line of this file is a RouterOS command; give the output of /export.'
    report(reader, 'error', 'NT1200', message, firstLine(file))
  }
  finishScript(reader)
  if (reader.strange > STRANGE_SHOWN) {
    const message = `${reader.strange - STRANGE_SHOWN} more lines were not understood either.`
    report(reader, 'warning', 'NT1204', message, firstLine(file))
  }
  return reader
}

function hasMoreLinesThan(text: string, most: number): boolean {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) if (++count > most) return true
  return false
}

function firstLine(file: TextFile): LogicalLine {
  return { file: file.path, text: '', starts: [0], places: [{ line: 1, column: 1 }] }
}

function report(
  reader: Reader,
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  line: LogicalLine,
): void {
  reader.diagnostics.push({ severity, code, message, source: sourceIn(line) })
}

function readLine(reader: Reader, line: LogicalLine): void {
  const { text } = line
  if (text.startsWith('#')) {
    readComment(reader, line)
    return
  }
  if (reader.depth > 0 || /^[:{}$]/.test(text)) {
    readScript(reader, line)
    return
  }
  // A prompt with the command that was typed is no part of the configuration.
  if (/^\[[^\]]*@[^\]]*\]\s*(\/[\w /-]*)?>/.test(text)) return
  const head = readHead(text, reader.menu)
  if (head.verb === undefined) {
    readPath(reader, line, head)
    return
  }
  if (!text.startsWith('/') && head.menu !== reader.menu && !isKnownMenu(head.menu)) {
    strange(reader, line)
    return
  }
  // A whole command on one line does not change the menu that lines below stand in.
  readCommand(reader, line, head.menu, head.verb, head.end)
}

function readCommand(reader: Reader, line: LogicalLine, menu: string, verb: string, from: number): void {
  const words = splitWords(line.text, from)
  if (words.openBraces > 0) {
    reader.script ??= { line, count: 0 }
    reader.depth = words.openBraces
  }
  if (words.unclosed) {
    report(reader, 'warning', 'NT1202', 'A quote or bracket on this line never closes; is the file cut off?', line)
  }
  reader.commands.push({ ...words, menu, verb, line })
  if (words.nextMenu !== undefined) reader.menu = words.nextMenu
}

/** Verbs that change the configuration, and the others the console knows. */
const VERBS: ReadonlySet<string> = new Set([
  ...['add', 'set', 'remove', 'enable', 'disable', 'move', 'unset', 'edit', 'comment'],
  ...['print', 'export', 'find', 'get', 'monitor', 'reset', 'reset-counters', 'run', 'flush', 'ping', 'fetch'],
  ...['make-static', 'renew', 'release', 'send', 'generate', 'import', 'reboot', 'reset-configuration', 'install'],
])

interface Head {
  readonly menu: string
  readonly verb: string | undefined
  /** Where reading stopped. */
  readonly end: number
}

// `/ip firewall filter add ...`, `/ip/firewall/filter/add ...`, or a verb in the current menu.
function readHead(text: string, current: string): Head {
  const absolute = text.startsWith('/')
  let menu = absolute ? '' : current
  let at = absolute ? 1 : 0
  for (;;) {
    while (at < text.length && (isBlank(text.charCodeAt(at)) || text[at] === '/')) at++
    let end = at
    while (end < text.length && isPathCode(text.charCodeAt(end))) end++
    const next = text[end]
    if (
      end === at ||
      text.charCodeAt(at) < 0x61 ||
      (next !== undefined && next !== ' ' && next !== '\t' && next !== '/' && next !== ';')
    )
      break
    const word = text.slice(at, end)
    at = end
    if (VERBS.has(word)) return { menu, verb: word, end }
    menu = menu === '' ? word : `${menu} ${word}`
    if (menu.length > 100) break
  }
  return { menu, verb: undefined, end: at }
}

function isPathCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d
}

function readPath(reader: Reader, line: LogicalLine, head: Head): void {
  const complete = head.end >= line.text.length
  if (complete && line.text === '/') reader.menu = ''
  else if (complete && (line.text.startsWith('/') || isKnownMenu(head.menu))) reader.menu = head.menu
  else strange(reader, line)
}

function readComment(reader: Reader, line: LogicalLine): void {
  const { text } = line
  if (/^#\s*error exporting/i.test(text)) {
    const message = `RouterOS could not export a section ("${inert(text.replace(/^#\s*/, '')).slice(0, 80)}"); it is missing here.`
    report(reader, 'warning', 'NT1201', message, line)
  }
  if (reader.commands.length > 0) return
  const version = /\bRouterOS\s+v?(\d+\.\d+[\w.]*)/i.exec(text)?.[1]
  if (version !== undefined) reader.header.version ??= version
  const model = /^#\s*model\s*=\s*(\S.*)$/.exec(text)?.[1]
  if (model !== undefined) reader.header.model ??= inert(model)
}

// Scripts are never run: what they would do depends on the router's state.
function readScript(reader: Reader, line: LogicalLine): void {
  reader.script ??= { line, count: 0 }
  reader.script.count++
  reader.depth = Math.max(0, reader.depth + braceBalance(line.text))
}

function braceBalance(text: string): number {
  let balance = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) quoted = !quoted
    else if (!quoted && code === 0x7b) balance++
    else if (!quoted && code === 0x7d) balance--
  }
  return balance
}

function finishScript(reader: Reader): void {
  if (!reader.script) return
  const { line, count } = reader.script
  const message =
    reader.depth > 0
      ? 'A script block begins here and never ends; everything below it was skipped.'
      : `This file has ${count || 1} script lines from here on; they were skipped, only plain commands are read.`
  report(reader, 'warning', 'NT1203', message, line)
}

function strange(reader: Reader, line: LogicalLine): void {
  reader.strange++
  if (reader.strange > STRANGE_SHOWN) return
  // A router knows no name that begins with a capital letter: such a line is somebody's prose.
  const severity = /^[A-Z]/.test(line.text) ? 'note' : 'warning'
  report(reader, severity, 'NT1204', 'This line is no RouterOS command and was skipped.', line)
}
