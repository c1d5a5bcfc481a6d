import type { Source } from '../../model/index.ts'
import { type Notes, note } from './notes.ts'
import type { Chain, RuleLine, Table } from './saved-text.ts'
import { joinWords, type Word } from './word.ts'

/** A line that changes a table. */
export interface Command {
  /** Set for a command line (`iptables -A ...`), absent for a line of a save. */
  readonly program?: 'iptables' | 'ip6tables'
  /** Where the words start in the trimmed line. */
  readonly offset: number
}

/** Whether a trimmed line changes a table: a line of a save, with or without counters, or an iptables command. */
export function commandOf(text: string): Command | undefined {
  const saved =
    /^(?:\[\d+:\d+\]\s*)?(?=-[AIDRNPFXZE]\b|--(?:append|insert|delete|replace|new-chain|policy|flush)\b)/.exec(text)
  if (saved) return { offset: saved[0].length }
  // A prompt may stand in front: `root@host:~# iptables -A ...`.
  const typed = /^(?:\S*[#$>]\s+)?(?:sudo\s+)?(?:\/\S*\/)?(ip6?tables)(?:-legacy|-nft)?\s+(?=-)/.exec(text)
  if (!typed) return undefined
  return { program: typed[1] === 'ip6tables' ? 'ip6tables' : 'iptables', offset: typed[0].length }
}

/** Applies a line's words to a table; whether the line was understood. */
export function runCommand(table: Table, words: readonly Word[], source: Source, notes: Notes): boolean {
  // Command lines put options such as -w before the verb.
  const at = words.findIndex((word) => VERBS.has(word.text))
  const verb = VERBS.get(words[at]?.text ?? '')
  const name = words[at + 1]?.text
  if (verb === undefined) return false
  if (verb === 'ignore') return true
  if (name === undefined) {
    if (verb !== 'flush') return false
    for (const chain of table.chains.values()) chain.rules.length = 0
    return true
  }
  const chain = chainOf(table, name, source)
  const rest = words.slice(at + 2)
  const number = /^\d+$/.test(rest[0]?.text ?? '') ? Number(rest[0]?.text) : undefined
  const rule: RuleLine = { words: number === undefined || verb === 'append' ? rest : rest.slice(1), source }
  if (verb === 'append') chain.rules.push(rule)
  else if (verb === 'insert') chain.rules.splice(Math.max(0, (number ?? 1) - 1), 0, rule)
  else if (verb === 'replace' && number !== undefined && number >= 1) chain.rules.splice(number - 1, 1, rule)
  else if (verb === 'flush') chain.rules.length = 0
  else if (verb === 'policy') Object.assign(chain, { policy: rest[0]?.text ?? 'ACCEPT', source })
  else if (verb === 'delete') remove(chain, rule, number, notes)
  return true
}

function remove(chain: Chain, rule: RuleLine, number: number | undefined, notes: Notes): void {
  const text = joinWords(rule.words)
  const at = number === undefined ? chain.rules.findIndex((one) => joinWords(one.words) === text) : number - 1
  if (at >= 0 && at < chain.rules.length) chain.rules.splice(at, 1)
  else note(notes, 'warning', 'NT1507', `There is no such rule in ${chain.name} to delete.`, rule.source)
}

function chainOf(table: Table, name: string, source: Source): Chain {
  const chain = table.chains.get(name) ?? { name, source, rules: [] }
  table.chains.set(name, chain)
  return chain
}

type Verb = 'append' | 'insert' | 'delete' | 'replace' | 'new' | 'policy' | 'flush' | 'ignore'
const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['-A', 'append'],
  ['--append', 'append'],
  ['-I', 'insert'],
  ['--insert', 'insert'],
  ['-D', 'delete'],
  ['--delete', 'delete'],
  ['-R', 'replace'],
  ['--replace', 'replace'],
  ['-N', 'new'],
  ['--new-chain', 'new'],
  ['-P', 'policy'],
  ['--policy', 'policy'],
  ['-F', 'flush'],
  ['--flush', 'flush'],
  ['-X', 'ignore'],
  ['-Z', 'ignore'],
  ['-L', 'ignore'],
  ['-S', 'ignore'],
])
