import { ANY, allOf, type Match, type Source, someOf } from '../../model/index.ts'
import { type Notes, noteOnce } from './notes.ts'
import { canonicalMatch } from './option-names.ts'
import { opaque, type RuleContext } from './rule-context.ts'
import type { Extension, Option } from './rule-words.ts'

/** What an answer leans on that met a rule with a limit; absent for rules without. */
export function leaningOnLimit(limited: boolean, rule: string): { readonly leansOn?: string } {
  return limited ? { leansOn: `the limit of rule ${rule} is taken as not reached: this is about one connection` } : {}
}

/** Whether a rule has a limit. */
export function isLimited(extensions: readonly Extension[]): boolean {
  return extensions.some((one) => LIMITS.has(canonicalMatch(one.name)))
}

const LIMITS: ReadonlySet<string> = new Set(['limit', 'hashlimit', 'connlimit'])

function wordsOf(extension: Extension): string {
  return [`-m ${extension.name}`, ...extension.options.map((option) => option.text)].join(' ')
}

/**
 * Notes the assumption that limits are not reached: a question is about one connection, which is under any limit. So
 * `limit rate 25/second` holds for it and `limit rate over 25/second` does not. Gives `holds` back.
 */
export function underLimit(notes: Notes, text: string, holds: boolean, source: Source): boolean {
  const message = `"${text}" is taken as ${holds ? 'met' : 'not met'}: answers are about one connection, which reaches no limit.`
  noteOnce(notes, text, 'note', 'NT1549', message, source)
  return holds
}

/**
 * The match of `-m limit`, `-m hashlimit` and `-m connlimit` for one connection alone (iptables-extensions(8)): it is under
 * the rate, and it is the only one.
 */
export function matchLimit(name: string, extension: Extension, context: RuleContext): Match {
  const text = wordsOf(extension)
  if (name === 'limit') return settled(context, text, true)
  const tests = extension.options.flatMap((option) => resultOf(name, option) ?? [])
  if (tests.length === 0) return opaque(context, text)
  return allOf(...tests.map((holds) => settled(context, text, holds)))
}

function resultOf(name: string, { name: option, values, negated }: Option): boolean | undefined {
  if (name === 'hashlimit') {
    if (option === 'hashlimit' || option === 'hashlimit-upto') return !negated
    return option === 'hashlimit-above' ? negated : undefined
  }
  const isNone = Number(values[0]) === 0
  if (option === 'connlimit-above') return isNone !== negated
  return option === 'connlimit-upto' ? isNone === negated : undefined
}

function settled(context: RuleContext, text: string, holds: boolean): Match {
  return underLimit(context.notes, text, holds, context.source) ? ANY : someOf()
}
