import { isBlank } from './logical-line.ts'
import { isKnownMenu } from './menus.ts'
import { unescaped } from './unescaped.ts'

/** One word behind a verb. */
export interface Argument {
  readonly key: string
  /** Without quotes and escapes; a leading `!` is kept. Empty for a flag. */
  readonly value: string
  /** `value`: `key=value`. `flag`: `key` alone. `unset`: `!key` alone. `other`: a comparison, a script expression. */
  readonly form: 'value' | 'flag' | 'unset' | 'other'
  /** Where it stands in the logical line. */
  readonly offset: number
}

/** What stands behind a verb on one line. */
export interface Words {
  /** The conditions of `[ find ... ]`; absent when there is none. */
  readonly find?: readonly Argument[]
  readonly arguments: readonly Argument[]
  /** A menu path glued to the end of the line; see `splitWords`. */
  readonly nextMenu?: string
  /** Braces left open: a script block goes on below. */
  readonly openBraces: number
  /** A quote or bracket that never closes. */
  readonly unclosed: boolean
}

const QUOTE = 0x22
const SLASH = 0x2f
const EQUALS = 0x3d
const NOT = 0x21
const SEMICOLON = 0x3b
const OPENING = '[({'
const CLOSING = '])}'

/**
 * Splits a logical line from an offset on. RouterOS prints a menu path without a newline behind the last value when
 * the next object has a status comment (seen in real `export terse` output): an unquoted `/` that begins a known menu
 * and runs to the line's end is that path, never part of a value.
 */
export function splitWords(text: string, from: number): Words {
  const words: Splitting = { found: [], find: undefined, nextMenu: undefined, openBraces: 0, unclosed: false }
  let at = from
  while (at < text.length && words.nextMenu === undefined) {
    const code = text.charCodeAt(at)
    if (isBlank(code) || code === SEMICOLON) at++
    else if (OPENING.includes(text[at] ?? ' ')) at = takeGroup(words, text, at)
    else at = takeWord(words, text, at)
  }
  const { found, find, nextMenu, openBraces, unclosed } = words
  return {
    ...(find && { find }),
    arguments: found,
    ...(nextMenu !== undefined && { nextMenu }),
    openBraces,
    unclosed,
  }
}

interface Splitting {
  readonly found: Argument[]
  find: readonly Argument[] | undefined
  nextMenu: string | undefined
  openBraces: number
  unclosed: boolean
}

function takeGroup(words: Splitting, text: string, start: number): number {
  const end = endOfGroup(text, start)
  const brace = text[start] === '{'
  if (brace) words.openBraces += end.open
  else if (end.open > 0) words.unclosed = true
  const inner = text[start] === '[' && !words.find ? findConditions(text, start, end.at) : undefined
  if (inner) words.find = inner
  else words.found.push({ key: text.slice(start, end.at), value: '', form: 'other', offset: start })
  return end.at
}

function takeWord(words: Splitting, text: string, start: number): number {
  const menu = text.charCodeAt(start) === SLASH ? gluedMenu(text, start) : undefined
  if (menu !== undefined) {
    words.nextMenu = menu
    return text.length
  }
  const word = readWord(text, start)
  words.found.push(word.argument)
  words.nextMenu = word.nextMenu
  words.openBraces += word.openBraces
  words.unclosed ||= word.unclosed
  return word.end
}

interface ReadWord {
  readonly argument: Argument
  readonly end: number
  readonly nextMenu: string | undefined
  readonly openBraces: number
  readonly unclosed: boolean
}

function readWord(text: string, start: number): ReadWord {
  if (text.charCodeAt(start) === QUOTE) {
    const quoted = readQuoted(text, start)
    return wordOf({ key: quoted.value, value: '', form: 'flag', offset: start }, quoted)
  }
  const unset = text.charCodeAt(start) === NOT
  let at = start + (unset ? 1 : 0)
  while (at < text.length && isKeyCode(text.charCodeAt(at))) at++
  const key = text.slice(start + (unset ? 1 : 0), at)
  if (text.charCodeAt(at) === EQUALS && key !== '') {
    const value = readValue(text, at + 1)
    return wordOf({ key, value: value.value, form: unset ? 'other' : 'value', offset: start }, value)
  }
  const end = endOfBare(text, at)
  if (end === at) return wordOf({ key, value: '', form: unset ? 'unset' : 'flag', offset: start }, { end })
  // Not `key=value`: `telnet,ftp`, `*E`, `name~"x"`, `$variable`.
  const whole = text.slice(start, end)
  const form = /^[\w.,*<>-]+$/.test(whole) ? 'flag' : 'other'
  return wordOf({ key: whole, value: '', form, offset: start }, { end })
}

function wordOf(argument: Argument, value: Partial<ReadValue> & { end: number }): ReadWord {
  return {
    argument,
    end: value.end,
    nextMenu: value.nextMenu,
    openBraces: value.openBraces ?? 0,
    unclosed: value.unclosed ?? false,
  }
}

interface ReadValue {
  readonly value: string
  readonly end: number
  readonly nextMenu?: string | undefined
  readonly openBraces?: number
  readonly unclosed?: boolean
}

function readValue(text: string, start: number): ReadValue {
  const code = text.charCodeAt(start)
  if (code === QUOTE) return readQuoted(text, start)
  if (code === NOT && text.charCodeAt(start + 1) === QUOTE) {
    const quoted = readQuoted(text, start + 1)
    return { ...quoted, value: `!${quoted.value}` }
  }
  if (OPENING.includes(text[start] ?? ' ') && start < text.length) {
    const end = endOfGroup(text, start)
    const brace = text[start] === '{'
    return {
      value: text.slice(start, end.at),
      end: end.at,
      openBraces: brace ? end.open : 0,
      unclosed: !brace && end.open > 0,
    }
  }
  const end = endOfBare(text, start)
  for (let slash = text.indexOf('/', start); slash !== -1 && slash < end; slash = text.indexOf('/', slash + 1)) {
    const nextMenu = gluedMenu(text, slash)
    if (nextMenu !== undefined) return { value: unescaped(text.slice(start, slash)), end: text.length, nextMenu }
  }
  return { value: unescaped(text.slice(start, end)), end }
}

function readQuoted(text: string, start: number): ReadValue {
  let at = start + 1
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) break
    if (code === 0x5c) at++
  }
  const unclosed = at >= text.length
  const value = unescaped(text.slice(start + 1, Math.min(at, text.length)))
  if (unclosed) return { value, end: text.length, unclosed }
  const end = at + 1
  const nextMenu = text.charCodeAt(end) === SLASH ? gluedMenu(text, end) : undefined
  return { value, end: nextMenu === undefined ? end : text.length, nextMenu }
}

function gluedMenu(text: string, slash: number): string | undefined {
  const first = text.charCodeAt(slash + 1)
  if (first < 0x61 || first > 0x7a || text.length - slash > 60) return undefined
  const path = text.slice(slash + 1)
  if (!/^[a-z][a-z0-9 /-]*$/.test(path)) return undefined
  const menu = path.trim().split(/[ /]+/).join(' ')
  return isKnownMenu(menu) ? menu : undefined
}

function findConditions(text: string, open: number, close: number): readonly Argument[] | undefined {
  const inner = /^\[\s*find\b/.exec(text.slice(open, close))
  if (!inner) return undefined
  const end = text[close - 1] === ']' ? close - 1 : close
  return splitWords(text.slice(0, end), open + inner[0].length).arguments.filter(
    (one) => !(one.form === 'flag' && one.key === 'where'),
  )
}

// Where a bracket's group ends; `open` = how many brackets the line leaves open.
function endOfGroup(text: string, start: number): { at: number; open: number } {
  let open = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? ' '
    if (character === '"') {
      at = readEnd(text, at)
    } else if (OPENING.includes(character)) open++
    else if (CLOSING.includes(character) && --open === 0) return { at: at + 1, open: 0 }
  }
  return { at: text.length, open }
}

function readEnd(text: string, quote: number): number {
  let at = quote + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === 0x5c ? 2 : 1
  return at
}

function endOfBare(text: string, start: number): number {
  let at = start
  while (at < text.length && !isBlank(text.charCodeAt(at))) at++
  return at
}

function isKeyCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x5f ||
    (code >= 0x41 && code <= 0x5a)
  )
}
