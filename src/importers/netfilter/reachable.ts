import type { RuleWords } from './rule-words.ts'
import type { Chain } from './saved-text.ts'

/** A chain with its rules' words sorted. */
export interface SortedChain {
  readonly chain: Chain
  readonly rules: readonly RuleWords[]
}

/** The chains a table's packets can start in (iptables(8)); all others are only jumped to. */
export const BUILT_IN: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'])

/** For each chain, the built-in chains from which packets get there. */
export function startsOf(chains: ReadonlyMap<string, SortedChain>): Map<string, Set<string>> {
  const starts = new Map<string, Set<string>>()
  for (const name of chains.keys()) {
    if (!BUILT_IN.has(name)) continue
    const waiting = [name]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const known = starts.get(at) ?? new Set()
      if (known.has(name)) continue
      starts.set(at, known.add(name))
      waiting.push(...nextOf(chains, at))
    }
  }
  return starts
}

function nextOf(chains: ReadonlyMap<string, SortedChain>, name: string): string[] {
  const rules = chains.get(name)?.rules ?? []
  return rules.flatMap((rule) => (rule.target && chains.has(rule.target.name) ? [rule.target.name] : []))
}

/**
 * The rules whose jump closes a loop. The kernel refuses such a table, so only text that was never loaded has them;
 * without them every walk ends.
 */
export function loopClosers(chains: ReadonlyMap<string, SortedChain>): Set<RuleWords> {
  const closers = new Set<RuleWords>()
  const done = new Set<string>()
  const open = new Set<string>()
  for (const root of chains.keys()) {
    const stack: { name: string; at: number }[] = done.has(root) ? [] : [{ name: root, at: 0 }]
    if (stack.length > 0) open.add(root)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const rule = chains.get(top.name)?.rules[top.at++]
      if (!rule) {
        open.delete(top.name)
        done.add(top.name)
        stack.pop()
        continue
      }
      const next = rule.target?.name
      if (next === undefined || !chains.has(next) || done.has(next)) continue
      if (open.has(next)) closers.add(rule)
      else {
        open.add(next)
        stack.push({ name: next, at: 0 })
      }
    }
  }
  return closers
}
