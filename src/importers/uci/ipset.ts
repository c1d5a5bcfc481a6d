import { allOf, type Match, notOf } from '../../model/index.ts'
import { addressMatch } from './address-match.ts'
import { isDisabled, sectionsOf, textOf, type UciPackage, type UciSection, wordsOf } from './section.ts'

/** The address sets of a firewall package, by name. */
export type IpSets = ReadonlyMap<string, UciSection>

/** Reads `config ipset` sections. */
export function ipSetsOf(firewall: UciPackage | undefined): IpSets {
  const sets = sectionsOf(firewall, 'ipset').filter((section) => !isDisabled(section))
  return new Map(sets.map((section) => [textOf(section, 'name') ?? section.name ?? '', section]))
}

/**
 * The test of membership an `ipset` option makes: a set's name, `!` before it, directions behind it. Sets of one
 * address dimension whose entries stand in the file are read; others (loaded from files, filled by programs, several
 * dimensions) are opaque.
 */
export function ipSetMatch(text: string, sets: IpSets): Match {
  const [word = '', ...rest] = text.split(/[\s,]+/)
  const name = word.replace(/^!/, '')
  const section = sets.get(name)
  const member = section && rest.length <= 1 ? membership(section, rest[0]) : undefined
  const match = member ?? { kind: 'opaque', text: `ipset ${text}` }
  return word.startsWith('!') ? notOf(match) : match
}

function membership(section: UciSection, given: string | undefined): Match | undefined {
  const [dimension, ...others] = wordsOf(section, 'match', 'storage_match')
  const parts = /^(?:(src|dest|dst)_)?(ip|net|set)$/.exec(dimension?.text ?? '')
  const entries = wordsOf(section, 'entry')
  const fromOutside = textOf(section, 'loadfile', 'external', 'timeout') !== undefined
  if (!parts || others.length > 0 || entries.length === 0 || fromOutside) return undefined
  const direction = given ?? parts[1] ?? 'src'
  const side = direction.startsWith('src') ? 'source' : 'destination'
  const match = addressMatch(entries, side, new Map())
  return match && allOf(match.match)
}
