import { type LineLedger, STRUCTURE, type TextFile } from '../../text/index.ts'
import type { Configuration } from './configuration.ts'
import type { Entry } from './entry.ts'
import { isIdle } from './idle-property.ts'
import { isInert } from './inert-properties.ts'
import { logicalLines, placeIn } from './logical-line.ts'
import { doubtAbout, isNetworkMenu, isOffByDefault, menuUse } from './menus.ts'
import type { Command } from './read.ts'
import type { Argument } from './words.ts'

/**
 * Notes what became of every line of an export, after it was lowered: a property that lowering asked for is in the
 * model, one that it never asked for is not. Does nothing for files without a ledger.
 */
export function noteLines(files: readonly TextFile[], configuration: Configuration): void {
  const ledgers = new Map(files.flatMap((file) => (file.ledger ? [[file.path, file.ledger] as const] : [])))
  if (ledgers.size === 0) return
  for (const file of files) if (file.ledger) noteComments(file, file.ledger)
  const written = propertiesByPlace(configuration)
  for (const command of configuration.commands) {
    const ledger = ledgers.get(command.line.file)
    if (ledger) noteCommand(command, ledger, written, configuration)
  }
}

const NO_COMMAND = 'no command: names of menus and commands begin in lower case, and a router refuses others'

function noteComments(file: TextFile, ledger: LineLedger): void {
  for (const { text, places } of logicalLines(file)) {
    const because = text.startsWith('#') ? 'a comment' : /^\/[a-z0-9 /-]*$/.test(text) ? STRUCTURE : undefined
    if (because !== undefined) for (const { line } of places) ledger.inert(line, because)
    else if (/^[A-Z]/.test(text)) for (const { line } of places) ledger.inert(line, NO_COMMAND)
    else if (/^\[[^\]]*@[^\]]*\]\s*(\/[\w /-]*)?>/.test(text)) {
      for (const { line } of places) ledger.inert(line, 'a prompt of the console')
    } else if (text.startsWith(':')) for (const { line } of places) ledger.unread(line, 'scripts are not run')
  }
}

interface Written {
  readonly entry: Entry
  readonly key: string
}

type Places = ReadonlyMap<Command['line'], ReadonlyMap<number, Written>>

// What each property that is still set at the end was written by.
function propertiesByPlace(configuration: Configuration): Places {
  const places = new Map<Command['line'], Map<number, Written>>()
  for (const menu of configuration.menus) {
    for (const entry of configuration.entries(menu)) {
      for (const [key, { line, offset }] of entry.properties) {
        const known = places.get(line) ?? new Map<number, Written>()
        // One `set [find]` writes many entries; one of them asked about is enough.
        const other = known.get(offset)
        if (!other || !wasAsked(other)) known.set(offset, { entry, key })
        places.set(line, known)
      }
    }
  }
  return places
}

function wasAsked({ entry, key }: Written): boolean {
  return entry.asked?.has(key) === true
}

interface Note {
  readonly kind: 'modelled' | 'known' | 'unread' | 'inert'
  readonly because: string
}

const MODELLED: Note = { kind: 'modelled', because: '' }

function noteCommand(command: Command, ledger: LineLedger, places: Places, configuration: Configuration): void {
  const { line } = command
  const whole = noteOfMenu(command, configuration)
  const words = command.arguments
  if (whole) {
    for (const place of line.places) tell(ledger, place.line, whole)
    return
  }
  const first = words[0]
  for (let at = placeIn(line, 0).line; at < placeIn(line, first?.offset ?? line.text.length).line; at++) {
    ledger.inert(at, STRUCTURE)
  }
  if (words.length === 0) tell(ledger, placeIn(line, 0).line, MODELLED)
  for (const [index, word] of words.entries()) {
    const note = noteOfWord(command, word, places, configuration)
    const end = (words[index + 1]?.offset ?? line.text.length) - 1
    for (let at = placeIn(line, word.offset).line; at <= placeIn(line, end).line; at++) tell(ledger, at, note)
  }
}

function noteOfMenu({ menu, verb, arguments: words }: Command, configuration: Configuration): Note | undefined {
  // What it brings stands in the other file.
  if (menu === '' && verb === 'import') return MODELLED
  const use = menuUse(menu)
  if (use === 'inert') return { kind: 'inert', because: `/${menu} changes neither reachability nor names` }
  if (use === 'doubt')
    return isOff(words) || neverOn(menu, configuration)
      ? MODELLED
      : { kind: 'known', because: `/${menu}: ${doubtAbout(menu)}` }
  if (use === undefined) {
    const because = `/${menu} is not known`
    return { kind: isNetworkMenu(menu) || menu === '' ? 'unread' : 'inert', because }
  }
  if (READING_VERBS.has(verb)) return { kind: 'inert', because: `"${verb}" changes nothing` }
  if (!CARRIED_OUT.has(verb)) return { kind: 'unread', because: `"${verb}" is not carried out` }
  return undefined
}

const READING_VERBS: ReadonlySet<string> = new Set(['print', 'export', 'find', 'get', 'monitor', 'ping'])
const CARRIED_OUT: ReadonlySet<string> = new Set(['add', 'set', 'remove', 'enable', 'disable'])

// A service that no line switches on does not run, whatever its settings.
function neverOn(menu: string, configuration: Configuration): boolean {
  return (
    isOffByDefault(menu) &&
    !configuration.entries(menu).some((entry) => entry.properties.get('enabled')?.value === 'yes')
  )
}

function isOff(words: readonly Argument[]): boolean {
  return words.some(
    ({ key, value }) => (key === 'disabled' && value === 'yes') || (key === 'enabled' && value === 'no'),
  )
}

function noteOfWord(command: Command, word: Argument, places: Places, configuration: Configuration): Note {
  const written = word.form === 'unset' ? undefined : places.get(command.line)?.get(word.offset)
  // Set again by a later line, removed, or the name of what the line is about.
  if (!written || wasAsked(written) || word.value === '') return MODELLED
  if (isInert(command.menu, word.key)) {
    return { kind: 'inert', because: `${word.key} changes neither reachability nor names` }
  }
  // RouterOS keeps what is switched off and never evaluates it.
  if (isOffAtTheEnd(written.entry) || isIdle(configuration, written.entry, written.key)) return MODELLED
  return { kind: 'unread', because: `/${command.menu} ${word.key}: this property is not read` }
}

function isOffAtTheEnd({ properties }: Entry): boolean {
  const word = properties.get('disabled')?.value
  return word === 'yes' || word === 'true'
}

function tell(ledger: LineLedger, line: number, { kind, because }: Note): void {
  if (kind === 'modelled') ledger.modelled(line)
  else ledger[kind](line, because)
}
