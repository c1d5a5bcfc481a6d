import type { Diagnostic } from '../../model/index.ts'
import { inert } from '../../text/index.ts'
import { type Entry, NO_LINE, type Property } from './entry.ts'
import { type LogicalLine, sourceIn } from './logical-line.ts'
import { menuUse } from './menus.ts'
import type { Command, Header, RouterosText } from './read.ts'
import type { Argument } from './words.ts'

/** What an export leaves behind when all its lines were carried out in order. */
export interface Configuration {
  readonly header: Header
  /** 6 or 7: from the header, else from menus that only one of them has, else 7. */
  readonly major: number
  /** The entries of a menu in their order; empty for a menu that is not there. */
  entries(menu: string): readonly Entry[]
  /** Every menu that a line names, in order of appearance. */
  readonly menus: readonly string[]
  /** Every command, in order. */
  readonly commands: readonly Command[]
  readonly diagnostics: Diagnostic[]
}

/**
 * Whether the text may be a part of a configuration: `/export` puts a header on top, and what a text without one names
 * may stand elsewhere.
 */
export function isPart({ header }: Configuration): boolean {
  return header.version === undefined
}

interface WritableEntry extends Entry {
  readonly properties: Map<string, Property>
  line: LogicalLine | undefined
}

interface Menu {
  /** Whether its entries keep what is asked of them. */
  readonly isNoted: boolean
  readonly entries: WritableEntry[]
  /** Entries by the value of one property, made when first asked, dropped when that property changes. */
  readonly byValue: Map<string, Map<string, WritableEntry[]>>
}

/** Carries out the lines of one or more texts, in order. `isNoted`: what is asked of the entries is kept. */
export function configurationOf(texts: readonly RouterosText[], isNoted = false): Configuration {
  const menus = new Map<string, Menu>()
  const diagnostics: Diagnostic[] = texts.flatMap((text) => text.diagnostics)
  const commands = texts.flatMap((text) => text.commands)
  addBuiltIn(menuOf(menus, 'ip service', isNoted), 'ip service', SERVICES)
  // The first IPsec policy of every router is the default template (MikroTik: IPsec).
  addBuiltIn(menuOf(menus, 'ip ipsec policy', isNoted), 'ip ipsec policy', [{ template: 'yes' }])
  addBuiltIn(menuOf(menus, 'ppp profile', isNoted), 'ppp profile', PROFILES)
  const named = new Set<string>()
  for (const command of commands) {
    named.add(command.menu)
    carryOut(menuOf(menus, command.menu, isNoted), command, diagnostics)
  }
  const header = texts.map((text) => text.header).find((one) => one.version !== undefined) ?? texts[0]?.header ?? {}
  const entries = (menu: string): readonly Entry[] => menus.get(menu)?.entries ?? []
  return { header, major: majorOf(header, named, entries), entries, menus: [...named], commands, diagnostics }
}

const SERVICES = [
  { name: 'telnet', port: '23' },
  { name: 'ftp', port: '21' },
  { name: 'www', port: '80' },
  { name: 'ssh', port: '22' },
  { name: 'www-ssl', port: '443', disabled: 'yes' },
  { name: 'api', port: '8728' },
  { name: 'winbox', port: '8291' },
  { name: 'api-ssl', port: '8729' },
]

// The profiles every router has; an export calls them by their numbers (MikroTik: PPP AAA).
const PROFILES = [
  { name: 'default', '.id': '*0' },
  { name: 'default-encryption', '.id': '*FFFFFFFE' },
]

function addBuiltIn(menu: Menu, path: string, all: readonly Readonly<Record<string, string>>[]): void {
  for (const one of all) {
    const properties = new Map(
      Object.entries(one).map(([key, value]) => [key, { value, line: NO_LINE, offset: 0 }] as const),
    )
    menu.entries.push({ menu: path, properties, line: undefined, ...(menu.isNoted && { asked: new Set<string>() }) })
  }
}

function menuOf(menus: Map<string, Menu>, path: string, isNoted: boolean): Menu {
  let menu = menus.get(path)
  if (!menu) {
    menu = { isNoted, entries: [], byValue: new Map() }
    menus.set(path, menu)
  }
  return menu
}

function majorOf(header: Header, named: ReadonlySet<string>, entries: (menu: string) => readonly Entry[]): number {
  const major = header.version === undefined ? undefined : Number.parseInt(header.version, 10)
  if (major !== undefined) return major <= 6 ? 6 : 7
  if (named.has('routing table') || named.has('routing rule')) return 7
  if (named.has('ip route rule')) return 6
  return entries('ip route').some((route) => route.properties.has('routing-mark')) ? 6 : 7
}

function carryOut(menu: Menu, command: Command, diagnostics: Diagnostic[]): void {
  switch (command.verb) {
    case 'add':
      add(menu, command, diagnostics)
      return
    case 'set':
      for (const entry of selected(menu, command, diagnostics)) assign(menu, entry, command)
      return
    case 'enable':
    case 'disable':
      for (const entry of selected(menu, command, diagnostics)) {
        const value = command.verb === 'enable' ? 'no' : 'yes'
        entry.properties.set('disabled', { value, line: command.line, offset: 0 })
      }
      return
    case 'remove':
      removeAll(menu, selected(menu, command, diagnostics))
      return
    case 'import':
      diagnostics.push({
        severity: 'warning',
        code: 'NT1203',
        message: 'Another file is imported here; give its text as well.',
        source: sourceIn(command.line),
        othersMissing: true,
      })
      return
    case 'move':
    case 'unset':
    case 'edit':
      if (menuUse(command.menu) === 'read') {
        warn(
          diagnostics,
          'NT1205',
          `"${command.verb}" is not carried out; give the output of /export instead.`,
          command,
        )
      }
      return
    default:
      return
  }
}

function warn(diagnostics: Diagnostic[], code: string, message: string, command: Command): void {
  diagnostics.push({ severity: 'warning', code, message, source: sourceIn(command.line) })
}

function add(menu: Menu, command: Command, diagnostics: Diagnostic[]): void {
  const entry = entryOf(menu, command)
  write(entry, command, command.arguments)
  const before = entry.properties.get('place-before')?.value
  const at = before !== undefined && /^\d{1,6}$/.test(before) ? Number(before) : undefined
  if (at !== undefined) {
    menu.entries.splice(at, 0, entry)
    menu.byValue.clear()
  } else append(menu, entry)
  if (before !== undefined && at === undefined) {
    warn(diagnostics, 'NT1205', 'place-before is not followed here: the rule was put last.', command)
  }
}

function entryOf(menu: Menu, command: Command): WritableEntry {
  const entry = { menu: command.menu, properties: new Map(), line: command.line }
  return menu.isNoted ? { ...entry, asked: new Set() } : entry
}

function append(menu: Menu, entry: WritableEntry): void {
  menu.entries.push(entry)
  for (const [key, index] of menu.byValue) {
    const value = entry.properties.get(key)?.value
    const same = value === undefined ? undefined : index.get(value)
    if (same) same.push(entry)
    else if (value !== undefined) index.set(value, [entry])
  }
}

function write(entry: WritableEntry, command: Command, words: readonly Argument[]): void {
  for (const { key, value, form, offset } of words) {
    if (form === 'unset') entry.properties.delete(key)
    else if (form === 'value') entry.properties.set(key, { value, line: command.line, offset })
    // A bare word is a switch that is on: `fib`, `blackhole` (RouterOS 7).
    else if (form === 'flag') entry.properties.set(key, { value: 'yes', line: command.line, offset })
  }
}

function assign(menu: Menu, entry: WritableEntry, command: Command): void {
  write(
    entry,
    command,
    command.arguments.filter((word) => word.form === 'value' || word.form === 'unset'),
  )
  entry.line ??= command.line
  for (const word of command.arguments) menu.byValue.delete(word.key)
}

function removeAll(menu: Menu, gone: readonly WritableEntry[]): void {
  if (gone.length === 0) return
  const set = new Set(gone)
  const kept = menu.entries.filter((entry) => !set.has(entry))
  menu.entries.length = 0
  for (const entry of kept) menu.entries.push(entry)
  menu.byValue.clear()
}

/** The entries a command acts on: `[ find ... ]`, a name, a number, or the only one of a menu of settings. */
function selected(menu: Menu, command: Command, diagnostics: Diagnostic[]): readonly WritableEntry[] {
  if (command.find) return found(menu, command, command.find, diagnostics)
  const numbers = command.arguments.find((word) => word.key === 'numbers' && word.form === 'value')
  const first = numbers ? numbers.value : targetOf(command)
  if (first === undefined) return [theSettings(menu, command)]
  const result: WritableEntry[] = []
  for (const name of first.split(',')) {
    const entry = /^\d+$/.test(name) ? byNumber(menu, command, Number(name)) : byName(menu, name)
    if (entry) result.push(entry)
    else missing(command, diagnostics)
  }
  return result
}

// Behind `set` a name comes first, before any `key=value`.
function targetOf(command: Command): string | undefined {
  const first = command.arguments[0]
  return first && (first.form === 'flag' || (first.form === 'other' && first.key.startsWith('*')))
    ? first.key
    : undefined
}

function theSettings(menu: Menu, command: Command): WritableEntry {
  const only = menu.entries[0]
  if (only) return only
  const entry = entryOf(menu, command)
  menu.entries.push(entry)
  return entry
}

/** Ports of a switch chip are there without a line that adds them, and an export calls them by number. */
const NUMBERED = 'interface ethernet switch port'
const MOST_PORTS = 64

function byNumber(menu: Menu, command: Command, number: number): WritableEntry | undefined {
  if (command.menu === NUMBERED && number < MOST_PORTS) {
    while (menu.entries.length <= number) append(menu, entryOf(menu, command))
  }
  return menu.entries[number]
}

function byName(menu: Menu, name: string): WritableEntry | undefined {
  return valued(menu, 'name', name)[0] ?? valued(menu, 'default-name', name)[0] ?? valued(menu, '.id', name)[0]
}

function valued(menu: Menu, key: string, value: string): readonly WritableEntry[] {
  let index = menu.byValue.get(key)
  if (!index) {
    index = new Map()
    for (const entry of menu.entries) {
      const own = entry.properties.get(key)?.value
      if (own === undefined) continue
      const same = index.get(own)
      if (same) same.push(entry)
      else index.set(own, [entry])
    }
    menu.byValue.set(key, index)
  }
  return index.get(value) ?? []
}

function found(
  menu: Menu,
  command: Command,
  where: readonly Argument[],
  diagnostics: Diagnostic[],
): readonly WritableEntry[] {
  const conditions = where.filter((one) => !(one.form === 'flag' && one.key === 'and'))
  if (conditions.some((one) => one.form !== 'value')) {
    const tests = conditions.map(conditionOf)
    const known = tests.filter((test) => test !== undefined)
    if (known.length === tests.length) return menu.entries.filter((entry) => known.every((test) => test(entry)))
    missing(command, diagnostics)
    return []
  }
  const [first, ...rest] = conditions
  if (!first) return menu.entries.length > 0 ? [...menu.entries] : [made(menu, command, [])]
  const matching = valued(menu, first.key, first.value).filter((entry) =>
    rest.every((one) => entry.properties.get(one.key)?.value === one.value),
  )
  if (matching.length > 0) return matching
  // Built-in objects (a port by its default name, the default profile) exist without a line that adds them.
  if (first.key === 'default-name' || first.key === 'default') return [made(menu, command, where)]
  if (first.key === 'name' && !command.menu.startsWith('ip firewall')) return [made(menu, command, where)]
  missing(command, diagnostics)
  return []
}

/** `name="x"`, `disabled`, `!disabled`, `name!="x"`, `comment~"text"` (MikroTik: Scripting, find); else `undefined`. */
function conditionOf({ form, key, value }: Argument): ((entry: WritableEntry) => boolean) | undefined {
  const own = (entry: WritableEntry, name: string) => entry.properties.get(name)?.value ?? ''
  if (form === 'value') return (entry) => own(entry, key) === value
  const isKey = /^[a-z][\w.-]*$/.test(key) && key !== 'or'
  if (form === 'flag' && isKey) return (entry) => own(entry, key) === 'yes'
  if (form === 'unset' && isKey) return (entry) => own(entry, key) !== 'yes'
  const [, name = '', sign, text = ''] = /^([a-z][\w.-]*)(!=|~)"?([^"]*)"?$/.exec(key) ?? []
  if (sign === '!=') return (entry) => own(entry, name) !== text
  // Only patterns that are plain text, with or without an anchor.
  const [, start, plain, end] = /^(\^)?([\w .:/-]*)(\$)?$/.exec(text) ?? []
  if (sign !== '~' || plain === undefined) return undefined
  return (entry) => {
    const at = own(entry, name)
    if (start && end) return at === plain
    return start ? at.startsWith(plain) : end ? at.endsWith(plain) : at.includes(plain)
  }
}

function made(menu: Menu, command: Command, where: readonly Argument[]): WritableEntry {
  const entry = entryOf(menu, command)
  write(entry, command, where)
  append(menu, entry)
  return entry
}

function missing(command: Command, diagnostics: Diagnostic[]): void {
  if (menuUse(command.menu) !== 'read') return
  const message = `This "${command.verb}" names nothing that we can find in /${inert(command.menu)}; it was skipped.`
  warn(diagnostics, 'NT1205', message, command)
}
