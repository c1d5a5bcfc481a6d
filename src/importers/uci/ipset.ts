import { allOf, type Match, notOf, someOf } from '../../model/index.ts'
import { parsePortRange, parseProtocol } from '../../net/index.ts'
import type { TextFile } from '../../text/index.ts'
import { addressMatch } from './address-match.ts'
import {
  isDisabled,
  listOf,
  sectionsOf,
  textOf,
  type UciPackage,
  type UciSection,
  type UciValue,
  wordsOf,
} from './section.ts'

/** The address sets of a firewall package, by name. */
export type IpSets = ReadonlyMap<string, IpSet>

/** A set and what is in it. */
interface IpSet {
  readonly section: UciSection
  /** Those of the section, then those of its `loadfile`. */
  readonly entries: readonly UciValue[]
  /** What fills it is not known: another program, or a file that was not given. */
  readonly isOpen: boolean
}

/** Reads `config ipset` sections, with the entries of their `loadfile` where it is among the files. */
export function ipSetsOf(firewall: UciPackage | undefined, files: readonly TextFile[]): IpSets {
  const sets = sectionsOf(firewall, 'ipset').filter((section) => !isDisabled(section))
  return new Map(sets.map((section) => [textOf(section, 'name') ?? section.name ?? '', setOf(section, files)]))
}

function setOf(section: UciSection, files: readonly TextFile[]): IpSet {
  const path = textOf(section, 'loadfile')
  const file = path === undefined ? undefined : files.find((one) => path.endsWith(`/${baseName(one.path)}`))
  const loaded = (file?.text.split('\n') ?? []).flatMap((line, index): UciValue[] => {
    const text = line.replace(/#.*/, '').trim()
    if (text === '' || !file) return []
    const source = { kind: 'line', file: file.path, line: index + 1, column: 1, text } as const
    return [{ text, source }]
  })
  const isOpen = (path !== undefined && !file) || textOf(section, 'external', 'timeout') !== undefined
  return { section, entries: [...listOf(section, 'entry'), ...loaded], isOpen }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The test of membership an `ipset` option makes: a set's name, `!` before it, directions behind it, one for each
 * dimension. Sets whose entries stand in the files are read; those that other programs fill are opaque.
 */
export function ipSetMatch(text: string, sets: IpSets): Match {
  const [word = '', ...rest] = text.split(/[\s,]+/)
  const name = word.replace(/^!/, '')
  const set = sets.get(name)
  const member = set && !set.isOpen ? membership(set, rest) : undefined
  const match = member ?? unknown(text, set)
  return word.startsWith('!') ? notOf(match) : match
}

function unknown(text: string, set: IpSet | undefined): Match {
  const isOthers = set === undefined || (set.isOpen && textOf(set.section, 'loadfile') !== undefined)
  return { kind: 'opaque', text: `ipset ${text}`, ...(isOthers && { othersMissing: true }) }
}

type Dimension = (part: UciValue) => Match | undefined

function membership({ section, entries }: IpSet, given: readonly string[]): Match | undefined {
  const dimensions = wordsOf(section, 'match', 'storage_match').map((word, at) => dimension(word.text, given[at]))
  const known = dimensions.filter((one) => one !== undefined)
  if (known.length === 0 || known.length !== dimensions.length || entries.length === 0) return undefined
  const [only] = known
  if (known.length === 1 && only?.all) {
    return only.all(entries.flatMap((entry) => entry.text.split(/\s+/).map((text) => ({ ...entry, text }))))
  }
  const members = entries.map((entry) => {
    const parts = entry.text.split(/[\s,]+/)
    const of = known.map(({ one }, at) => one({ ...entry, text: parts[at] ?? '' }))
    const read = of.filter((match) => match !== undefined)
    return read.length === known.length && parts.length === known.length ? allOf(...read) : undefined
  })
  const read = members.filter((member) => member !== undefined)
  return read.length === members.length ? someOf(...read) : undefined
}

/** One dimension of a set; `all` tests every entry at once. */
interface Tested {
  readonly one: Dimension
  readonly all?: (entries: readonly UciValue[]) => Match | undefined
}

/** `src_ip`, `dest_net`, `dest_port`; the direction may stand where the set is used instead. */
function dimension(word: string, given: string | undefined): Tested | undefined {
  const parts = /^(?:(src|dest|dst)_)?(ip|net|set|port)$/.exec(word)
  if (!parts) return undefined
  const isSource = (given ?? parts[1] ?? 'src').startsWith('src')
  if (parts[2] === 'port') return { one: ({ text }) => portMatch(text, isSource ? 'source-port' : 'destination-port') }
  const side = isSource ? 'source' : 'destination'
  const all = (entries: readonly UciValue[]) => {
    const match = addressMatch(entries, side, new Map())
    return match && allOf(match.match)
  }
  return { one: (part) => all([part]), all }
}

/** `80`, `tcp:80`, `udp:5000-5010` (ipset(8), hash:ip,port). */
function portMatch(text: string, kind: 'source-port' | 'destination-port'): Match | undefined {
  const [, word, range = ''] = /^(?:([a-z0-9]+):)?(.*)$/.exec(text) ?? []
  const ports = parsePortRange(range)
  const protocol = word === undefined ? undefined : parseProtocol(word)
  if (!ports || (word !== undefined && protocol === undefined)) return undefined
  return allOf(
    { kind, in: [ports] },
    ...(protocol === undefined ? [] : [{ kind: 'protocol', in: [protocol] } as const]),
  )
}
