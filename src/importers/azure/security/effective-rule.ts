import type { Rule } from '../../../model/index.ts'
import type { Body } from '../estate/body.ts'
import { effectiveAnswers } from '../estate/effective-answer.ts'
import type { Estate } from '../estate/estate.ts'
import { type Direction, rulesOf, type SecuritySide } from './network-security-group.ts'

/** A written rule that is not the same in the export and in what Azure printed as in force. */
export interface RuleDifference {
  readonly words: string
  /** The export's rule; absent = it has none. */
  readonly mine?: Body
  /** Azure's rule; absent = it printed none. */
  readonly theirs?: Body
}

/** Where the written rules of an NSG that Azure printed differ from the export's, by name, priority and access; the defaults are every NSG's. */
export function ruleDifferences(estate: Estate, nsg: Body, group: Body, direction: Direction): RuleDifference[] {
  const printed = group.children('effectiveSecurityRules')
  const theirs = printed.filter((one) => one.text('direction')?.toLowerCase() === direction)
  // Of some NSGs Azure prints one direction only.
  if (theirs.length === 0) return []
  const left = new Map(rulesOf(estate, nsg, direction).map((one) => [one.name.toLowerCase(), one]))
  const differences: RuleDifference[] = []
  for (const rule of theirs) {
    const name = writtenName(rule)
    if (name === undefined) continue
    const mine = left.get(name.toLowerCase())
    left.delete(name.toLowerCase())
    if (mine && wordsOf(mine) === wordsOf(rule)) continue
    const ours = mine ? `the export says ${wordsOf(mine)}` : 'the export has no such rule'
    const words = `of NSG ${nsg.name} Azure says ${direction} rule ${name}: ${wordsOf(rule)}, ${ours}`
    differences.push({ words, theirs: rule, ...(mine && { mine }) })
  }
  for (const mine of left.values()) {
    if ((mine.number('priority') ?? 0) >= FIRST_DEFAULT) continue
    const words = `the export's ${direction} rule ${mine.name} of NSG ${nsg.name} (${wordsOf(mine)}) is not among Azure's effective rules`
    differences.push({ words, mine })
  }
  return differences
}

/** One side of an NSG, undecided where Azure printed other rules than the export holds. */
export function withPrintedRules(estate: Estate, nsg: Body, side: SecuritySide, direction: Direction): SecuritySide {
  const groups = effectiveAnswers(estate).flatMap((one) => one.groups)
  const own = groups.filter((one) => one.reference('networkSecurityGroup') === nsg.id.toLowerCase())
  const differences = own.flatMap((group) => ruleDifferences(estate, nsg, group, direction))
  if (differences.length === 0) return side
  let rules = side.ruleSet.rules.map((rule): Rule => {
    const found = differences.find(({ mine }) => mine && rule.name === nameOf(mine, mine.name))
    return found ? { ...rule, action: { kind: 'opaque', text: found.words } } : rule
  })
  for (const { words, mine, theirs } of differences) {
    const priority = theirs?.number('priority')
    if (!theirs || priority === undefined || mine?.number('priority') === priority) continue
    const drops = theirs.text('access')?.toLowerCase() === 'deny'
    const rule: Rule = {
      name: nameOf(theirs, writtenName(theirs) ?? ''),
      match: { kind: 'opaque', text: words },
      action: { kind: drops ? 'drop' : 'accept' },
      source: theirs.source('name'),
    }
    // Those for platform addresses stand before what follows, whatever their number.
    const at = rules.findLastIndex((one) => priorityOf(one) < priority) + 1
    rules = rules.toSpliced(at, 0, rule)
  }
  return { ...side, ruleSet: { ...side.ruleSet, rules } }
}

const FIRST_DEFAULT = 65000

function nameOf(rule: Body, name: string): string {
  return `rule ${rule.number('priority') ?? '?'} ${name}`
}

/** What stands before the rules by number (the session, the platform's addresses) stays there. */
function priorityOf({ name }: Rule): number {
  return Number(/^rule (\d+) /.exec(name)?.[1] ?? -1)
}

/** The name of a written rule as Azure prints it; `undefined` of a default. */
function writtenName(rule: Body): string | undefined {
  return /^securityRules\/(.*)$/i.exec(rule.text('name') ?? '')?.[1]
}

function wordsOf(rule: Body): string {
  return `${rule.text('access') ?? 'no access'} at ${rule.number('priority') ?? 'no priority'}`
}
