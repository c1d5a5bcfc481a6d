import { arityOf, extensionOfProtocol, knownOptions } from './option-names.ts'
import { joinWords, type Word } from './word.ts'

/** One option of a rule, as written. */
export interface Option {
  /** Without dashes, abbreviations resolved: `dport`, `s`. */
  readonly name: string
  readonly negated: boolean
  readonly values: readonly string[]
  /** The words as written, for what cannot be evaluated. */
  readonly text: string
}

/** A match extension (`-m state`, or the one `-p tcp` brings) or the target, with the options that belong to it. */
export interface Extension {
  readonly name: string
  readonly kind: 'match' | 'target'
  readonly options: Option[]
}

/** The words of a rule, sorted by whom they belong to. */
export interface RuleWords {
  /** -p -s -d -i -o -f, under their short names. */
  readonly core: readonly Option[]
  readonly matches: readonly Extension[]
  /** Absent for a rule that only counts. */
  readonly target: (Extension & { readonly by: 'jump' | 'goto' }) | undefined
  /** Words no option takes; their rule cannot be trusted. */
  readonly stray: readonly string[]
}

interface Sorting {
  readonly words: readonly Word[]
  at: number
  negated: boolean
  readonly core: Option[]
  readonly extensions: Extension[]
  target: RuleWords['target']
  readonly stray: string[]
}

/**
 * Sorts a rule's words as the iptables command does (iptables(8), iptables-extensions(8)): `-m` and `-p` bring
 * options into play, `-j` the target's; an option goes to whoever knows its name, the newest first; `!` negates the
 * option behind it, or, as versions before 1.4.3 printed it, the value behind it.
 */
export function sortWords(words: readonly Word[]): RuleWords {
  const sorting: Sorting = { words, at: 0, negated: false, core: [], extensions: [], target: undefined, stray: [] }
  while (sorting.at < words.length) takeOption(sorting)
  const matches = sorting.extensions.filter((one) => one.kind === 'match')
  return { core: sorting.core, matches, target: sorting.target, stray: sorting.stray }
}

function takeOption(sorting: Sorting): void {
  const start = sorting.at
  const word = sorting.words[start]
  if (!word) return
  sorting.at++
  if (!word.quoted && word.text === '!') {
    sorting.negated = true
    return
  }
  if (word.quoted || !/^-{1,2}[A-Za-z46]/.test(word.text)) {
    sorting.stray.push(word.text)
    sorting.negated = false
    return
  }
  if (word.text.startsWith('--')) takeLong(sorting, word.text.slice(2), start)
  else takeShort(sorting, word.text.slice(1), start)
  sorting.negated = false
}

function takeShort(sorting: Sorting, text: string, start: number): void {
  const name = text.charAt(0)
  const attached = text.length > 1 ? text.slice(1) : undefined
  takeCore(sorting, name, start, attached)
}

function takeLong(sorting: Sorting, written: string, start: number): void {
  const equals = written.indexOf('=')
  const name = equals === -1 ? written : written.slice(0, equals)
  const attached = equals === -1 ? undefined : written.slice(equals + 1)
  const exact = newestKnowing(sorting, (known) => known === name)
  const core = CORE_LONG.get(name)
  if (!exact && core !== undefined) {
    takeCore(sorting, core, start, attached)
    return
  }
  const newest = sorting.extensions.at(-1)
  // An extension we know nothing of keeps its own options, whatever they abbreviate elsewhere.
  const foreign = newest !== undefined && knownOptions(newest).length === 0
  const found = exact ?? (foreign ? undefined : newestKnowing(sorting, (known) => known.startsWith(name)))
  const extension = found?.extension ?? newest ?? orphanage(sorting)
  const count = found ? arityOf(extension, found.option) : undefined
  const option = makeOption(sorting, found?.option ?? name, start, count, attached)
  extension.options.push(option)
}

/** Options without an extension that could know them make one without a name, which nobody can evaluate. */
function orphanage(sorting: Sorting): Extension {
  const made: Extension = { name: '', kind: 'match', options: [] }
  sorting.extensions.push(made)
  return made
}

function newestKnowing(
  sorting: Sorting,
  knows: (known: string) => boolean,
): { extension: Extension; option: string } | undefined {
  for (let at = sorting.extensions.length - 1; at >= 0; at--) {
    const extension = sorting.extensions[at]
    const options = extension ? knownOptions(extension).filter(knows) : []
    // An abbreviation of two options is refused by the command, so it is left unknown here.
    if (extension && options.length === 1 && options[0] !== undefined) return { extension, option: options[0] }
  }
  return undefined
}

function takeCore(sorting: Sorting, name: string, start: number, attached: string | undefined): void {
  const count = CORE_ARITY.get(name)
  const option = makeOption(sorting, name, start, count, attached)
  const value = option.values[0]
  if (name === 'm' && value !== undefined) sorting.extensions.push({ name: value, kind: 'match', options: [] })
  else if ((name === 'j' || name === 'g') && value !== undefined) {
    const by = name === 'j' ? 'jump' : 'goto'
    const target: NonNullable<RuleWords['target']> = { name: value, kind: 'target', options: [], by }
    sorting.target = target
    sorting.extensions.push(target)
  } else if ('psdiof'.includes(name)) {
    sorting.core.push(option)
    const brought = name === 'p' && value !== undefined ? extensionOfProtocol(value.toLowerCase()) : undefined
    if (brought !== undefined) sorting.extensions.push({ name: brought, kind: 'match', options: [] })
  } else if (!IGNORED.has(name)) sorting.stray.push(option.text)
}

/** Takes an option's values: `count` of them, or, when nobody knows the option, all words up to the next option. */
function makeOption(
  sorting: Sorting,
  name: string,
  start: number,
  count: number | undefined,
  attached: string | undefined,
): Option {
  const values: string[] = attached === undefined || attached === '' ? [] : [attached]
  let negated = sorting.negated
  for (let word = sorting.words[sorting.at]; word; word = sorting.words[sorting.at]) {
    const bang = !word.quoted && word.text === '!'
    if (count === undefined ? isOption(word) || bang : values.length >= count) break
    // The old order: `-d ! 10.0.0.0/8`.
    if (bang) negated = !negated
    else values.push(word.text)
    sorting.at++
  }
  const text = joinWords(sorting.words.slice(start, sorting.at))
  return { name, negated, values, text: sorting.negated ? `! ${text}` : text }
}

function isOption(word: Word): boolean {
  return !word.quoted && /^-{1,2}[A-Za-z]/.test(word.text)
}

const CORE_LONG: ReadonlyMap<string, string> = new Map([
  ['protocol', 'p'],
  ['proto', 'p'],
  ['source', 's'],
  ['src', 's'],
  ['destination', 'd'],
  ['dst', 'd'],
  ['in-interface', 'i'],
  ['out-interface', 'o'],
  ['match', 'm'],
  ['jump', 'j'],
  ['goto', 'g'],
  ['fragment', 'f'],
  ['set-counters', 'c'],
  ['wait', 'w'],
  ['ipv4', '4'],
  ['ipv6', '6'],
  ['verbose', 'v'],
  ['numeric', 'n'],
])
const CORE_ARITY: ReadonlyMap<string, number> = new Map([
  ...['p', 's', 'd', 'i', 'o', 'm', 'j', 'g', 't'].map((name) => [name, 1] as const),
  ...['f', '4', '6', 'v', 'n', 'w'].map((name) => [name, 0] as const),
  ['c', 2],
])
const IGNORED: ReadonlySet<string> = new Set(['c', '4', '6', 'v', 'n', 'w', 't'])
