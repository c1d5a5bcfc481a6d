import type { Source } from '../../model/index.ts'

/** One value of an option and where it stands. */
export interface UciValue {
  readonly text: string
  readonly source: Source
}

/** One `config` section, its options in the order of the file. */
export interface UciSection {
  readonly type: string
  /** Absent for an unnamed section. */
  readonly name?: string
  /** The position among the sections of its type in its package, from 0: the `n` of `@type[n]`. */
  readonly index: number
  readonly source: Source
  /** `option` gives one value (the last one written), `list` one value a line. */
  readonly options: ReadonlyMap<string, readonly UciValue[]>
  /** The options somebody asked for. */
  readonly asked?: Set<string>
  /** Where values stood that a later line replaced. */
  readonly overwritten?: readonly Source[]
}

/** The sections of one package (`network`, `firewall`), in the order of its files. */
export interface UciPackage {
  readonly name: string
  readonly sections: readonly UciSection[]
}

/** An option's first value that is not empty. */
export function optionOf(section: UciSection, ...keys: string[]): UciValue | undefined {
  for (const key of keys) {
    section.asked?.add(key)
    const found = section.options.get(key)?.find((value) => value.text.trim() !== '')
    if (found) return found
  }
  return undefined
}

/** The text of an option's first value that is not empty, blanks at the ends taken off. */
export function textOf(section: UciSection, ...keys: string[]): string | undefined {
  return optionOf(section, ...keys)?.text.trim()
}

/** The values of an option as they are written, blanks at the ends taken off, empty ones left out. */
export function listOf(section: UciSection, key: string): UciValue[] {
  section.asked?.add(key)
  const values = (section.options.get(key) ?? []).map(({ text, source }) => ({ text: text.trim(), source }))
  return values.filter((value) => value.text !== '')
}

/** All words of an option: `list` values, and one value with blanks in it, read alike (OpenWrt: fw4, parse_options). */
export function wordsOf(section: UciSection, ...keys: string[]): UciValue[] {
  const words: UciValue[] = []
  for (const key of keys) {
    section.asked?.add(key)
    for (const value of section.options.get(key) ?? []) {
      for (const word of value.text.split(/\s+/)) if (word !== '') words.push({ text: word, source: value.source })
    }
  }
  return words
}

/** A boolean option in any of UCI's spellings; `otherwise` when it is absent or spelled in another way. */
export function flagOf(section: UciSection, key: string, otherwise: boolean): boolean {
  const text = textOf(section, key)?.toLowerCase() ?? ''
  if (['1', 'yes', 'on', 'true', 'enabled'].includes(text)) return true
  if (['0', 'no', 'off', 'false', 'disabled'].includes(text)) return false
  return otherwise
}

/** A number option; `undefined` when it is absent or no whole number (a leading 0x is read). */
export function numberOf(section: UciSection, key: string): number | undefined {
  const text = textOf(section, key) ?? ''
  return /^(\d{1,10}|0x[0-9a-f]{1,8})$/i.test(text) ? Number(text) : undefined
}

/** Whether a section is left out: `enabled 0` or `disabled 1`. */
export function isDisabled(section: UciSection): boolean {
  return !flagOf(section, 'enabled', true) || flagOf(section, 'disabled', false)
}

/** The sections of a type. */
export function sectionsOf(of: UciPackage | undefined, ...types: string[]): UciSection[] {
  return (of?.sections ?? []).filter((section) => types.includes(section.type))
}

/** A section as people write it: its name, or `@type[n]`. */
export function sectionLabel(section: UciSection): string {
  return textOf(section, 'name') ?? section.name ?? `@${section.type}[${section.index}]`
}

/** Where an option stands; where its section stands when the option is absent. */
export function placeOf(section: UciSection, ...keys: string[]): Source {
  return optionOf(section, ...keys)?.source ?? section.source
}
