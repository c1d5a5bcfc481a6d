import { type Match, notOf } from '../../model/index.ts'
import { noteOnce } from './notes.ts'
import { type Doubt, opaque, type RuleContext } from './rule-context.ts'
import type { Option } from './rule-words.ts'
import type { SavedSet } from './saved-text.ts'
import { type Dimension, type Element, readElements } from './set-element.ts'
import { unionOfElements } from './set-union.ts'

/**
 * `--match-set NAME src,dst`: one direction for each dimension of the set (ipset(8)). The contents come from `ipset
 * save`; without them the test is opaque. `nomatch` entries are exceptions to wider entries: of the networks that
 * hold an address, the smallest decides.
 */
export function matchSet(option: Option, context: RuleContext): Match {
  const [name, directions] = option.values
  const set = context.sets.get(name ?? '')
  if (name === undefined || directions === undefined || !set) return opaque(context, option.text, missing(name ?? ''))
  const key = `set ${name} ${directions}`
  const known = context.memo.get(key)
  if (known) return known
  const made = lowerSet(set, directions.split(','), option, context, 0)
  context.memo.set(key, made)
  return made
}

function lowerSet(set: SavedSet, sides: readonly string[], option: Option, context: RuleContext, depth: number): Match {
  if (set.type === 'list:set') return lowerList(set, sides, option, context, depth)
  const dimensions = DIMENSIONS[set.type]
  if (!dimensions || !plainOptions(set)) {
    return opaque(context, option.text, notUnderstood(set.name, `its type is "${set.type}"`))
  }
  if (sides.length < dimensions.length) {
    return opaque(context, option.text, notUnderstood(set.name, 'a direction for a dimension is missing'))
  }
  const elements: Element[] = []
  for (const entry of set.entries) {
    const element = readElements(entry, dimensions, sides, set)
    if (!element) {
      const why = `the entry "${entry.parts.join(',')}" is not understood`
      noteOnce(
        context.notes,
        `${set.name} entry`,
        'warning',
        'NT1512',
        `The ipset ${set.name} is opaque: ${why}.`,
        entry.source,
      )
      return { kind: 'opaque', text: option.text }
    }
    elements.push(element)
  }
  return decide(elements)
}

/** Widest first, so that each smaller network overrules what came before it. */
function decide(elements: readonly Element[]): Match {
  if (!elements.some((element) => element.nomatch)) return unionOfElements(elements)
  const ordered = [...elements].sort((a, b) => a.specificity - b.specificity)
  let match: Match = { kind: 'some', of: [] }
  for (let from = 0; from < ordered.length; ) {
    const polarity = ordered[from]?.nomatch ?? false
    let to = from
    while (to < ordered.length && ordered[to]?.nomatch === polarity) to++
    const group = unionOfElements(ordered.slice(from, to))
    match = polarity ? { kind: 'all', of: [match, notOf(group)] } : { kind: 'some', of: [match, group] }
    from = to
  }
  return match
}

function lowerList(
  set: SavedSet,
  sides: readonly string[],
  option: Option,
  context: RuleContext,
  depth: number,
): Match {
  const members: Match[] = []
  for (const entry of set.entries) {
    const member = context.sets.get(entry.parts[0] ?? '')
    // Lists cannot hold lists (ipset(8)); a file that says so is not a dump.
    if (!member || member.type === 'list:set' || entry.nomatch || depth > 0) {
      return opaque(context, option.text, missing(entry.parts[0] ?? ''))
    }
    members.push(lowerSet(member, sides, option, context, depth + 1))
  }
  return { kind: 'some', of: members }
}

/** An element of a set with `bitmask` or per-element marks is not what its text says. */
function plainOptions(set: SavedSet): boolean {
  return !set.options.includes('bitmask') && !set.options.includes('markmask')
}

const DIMENSIONS: Readonly<Record<string, readonly Dimension[]>> = {
  'hash:ip': ['address'],
  'hash:net': ['address'],
  'bitmap:ip': ['address'],
  'hash:ip,port': ['address', 'port'],
  'hash:net,port': ['address', 'port'],
  'hash:ip,port,ip': ['address', 'port', 'address'],
  'hash:ip,port,net': ['address', 'port', 'address'],
  'hash:net,port,net': ['address', 'port', 'address'],
  'hash:net,net': ['address', 'address'],
  'hash:net,iface': ['address', 'interface'],
  'hash:ip,mark': ['address', 'mark'],
  'bitmap:port': ['bare-port'],
}

function missing(name: string): Doubt {
  const message = `The contents of the ipset ${name} are not in the export; add the output of "ipset save".`
  return { subject: name, severity: 'warning', code: 'NT1511', message, othersMissing: true }
}

function notUnderstood(name: string, why: string): Doubt {
  return { subject: name, severity: 'warning', code: 'NT1512', message: `The ipset ${name} is opaque: ${why}.` }
}
