import type { Source } from '../model/index.ts'
import { type Ip, parseIp } from '../net/index.ts'
import { inert, nearestNames } from '../text/index.ts'
import type { Member, Report, Written } from './written.ts'

/** A value and where it stands. */
export interface Located<T> {
  readonly value: T
  readonly source: Source
}

/** Reports an error of the topology. */
export function fault(report: Report, code: string, message: string, source: Source, other?: [string, Source]): void {
  const second = other && { other: { message: other[0], source: other[1] } }
  report({ severity: 'error', code, message, source, ...second })
}

/** A text from a file between quotes, safe to print and not too long. */
export function quoted(text: string): string {
  const safe = inert(text)
  return `"${safe.length > 80 ? `${safe.slice(0, 77)}...` : safe}"`
}

/** `: did you mean "a"?` with the nearest names, or what `otherwise` says when none is near. */
export function suggestion(wanted: string, names: Iterable<string>, otherwise: string): string {
  const near = nearestNames(wanted, names).map(quoted)
  const last = near.pop()
  if (last === undefined) return otherwise
  return `: did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`
}

const FOUND = { text: 'text', list: 'a list', map: 'keys and values', nothing: 'nothing' }

/** Reports a value of the wrong type. `what` names the thing (`the address of host train`), `wanted` what to write. */
export function wrongType(report: Report, value: Written, what: string, wanted: string): void {
  fault(report, 'NT1102', `${what}: expected ${wanted}, found ${FOUND[value.kind]}`, value.source)
}

/** The members of a map with free keys, by key, the first of each; one that comes twice is reported with both places. */
export function entriesOf(value: Written, what: string, report: Report): Map<string, Member> {
  const found = new Map<string, Member>()
  if (value.kind === 'nothing') return found
  if (value.kind !== 'map') {
    wrongType(report, value, what, 'keys and values')
    return found
  }
  for (const member of value.members) {
    const first = found.get(member.key)
    if (!first) found.set(member.key, member)
    else {
      const message = `${what}: ${quoted(member.key)} is there twice; keep one or give one another name`
      fault(report, 'NT1105', message, member.source, ['first here', first.source])
    }
  }
  return found
}

/** The members of a map whose keys are known; others are reported with the nearest known one. */
export function membersOf(value: Written, what: string, keys: readonly string[], report: Report): Map<string, Written> {
  const known = new Map<string, Written>()
  for (const [key, member] of entriesOf(value, what, report)) {
    if (keys.includes(key)) known.set(key, member.value)
    else {
      const hint = suggestion(key, keys, `: the keys are ${keys.join(', ')}`)
      fault(report, 'NT1101', `${what}: unknown key ${quoted(key)}${hint}`, member.source)
    }
  }
  return known
}

/** A text; anything else is reported. Absent and nothing written are `undefined`, the latter reported. */
export function textOf(value: Written | undefined, what: string, report: Report): Located<string> | undefined {
  if (!value) return undefined
  if (value.kind === 'text' && value.text.trim() !== '') return { value: value.text.trim(), source: value.source }
  if (value.kind === 'text') fault(report, 'NT1102', `${what}: expected text, found an empty one`, value.source)
  else wrongType(report, value, what, 'text')
  return undefined
}

/** Texts: a list of them, or a single one. */
export function textsOf(value: Written | undefined, what: string, report: Report): Located<string>[] {
  if (!value) return []
  const items = value.kind === 'list' ? value.items : [value]
  return items.map((item) => textOf(item, what, report)).filter((item) => item !== undefined)
}

/** An address, `undefined` and reported when it is none. */
export function addressOf(text: Located<string>, what: string, report: Report): Located<Ip> | undefined {
  const ip = parseIp(text.value)
  if (ip !== undefined) return { value: ip, source: text.source }
  fault(report, 'NT1110', `${what}: ${quoted(text.value)} is not an IP address`, text.source)
  return undefined
}

/** Addresses: a list of them, or a single one. */
export function addressesOf(value: Written | undefined, what: string, report: Report): Located<Ip>[] {
  return textsOf(value, what, report)
    .map((text) => addressOf(text, what, report))
    .filter((address) => address !== undefined)
}

/** One of some words; anything else is reported with the nearest. */
export function wordOf<T extends string>(
  value: Written | undefined,
  what: string,
  words: readonly T[],
  report: Report,
): T | undefined {
  const text = textOf(value, what, report)
  if (!text) return undefined
  const word = words.find((one) => one === text.value)
  if (word !== undefined) return word
  const hint = suggestion(text.value, words, `: write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`)
  fault(report, 'NT1102', `${what}: unknown word ${quoted(text.value)}${hint}`, text.source)
  return undefined
}

/** `true` or `false`. */
export function flagOf(value: Written | undefined, what: string, report: Report): boolean | undefined {
  const word = wordOf(value, what, ['true', 'false'], report)
  return word === undefined ? undefined : word === 'true'
}
