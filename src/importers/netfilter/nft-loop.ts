import type { RuleSet } from '../../model/index.ts'
import { type Notes, noteOnce } from './notes.ts'

/**
 * Replaces the jumps that close a loop of chains by what cannot be said. The kernel refuses such rule sets (nft(8):
 * jump), so only text that was never loaded has them; without them every walk ends.
 */
export function cutLoops(ruleSets: Record<string, RuleSet>, notes: Notes): void {
  const done = new Set<string>()
  const open = new Set<string>()
  for (const root of Object.keys(ruleSets)) {
    if (done.has(root)) continue
    const stack = [{ name: root, at: 0 }]
    open.add(root)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const rule = ruleSets[top.name]?.rules[top.at++]
      if (!rule) {
        open.delete(top.name)
        done.add(top.name)
        stack.pop()
        continue
      }
      const { action } = rule
      if ((action.kind !== 'jump' && action.kind !== 'goto') || done.has(action.to)) continue
      if (open.has(action.to)) cut(ruleSets, top.name, top.at - 1, notes)
      else if (ruleSets[action.to]) {
        open.add(action.to)
        stack.push({ name: action.to, at: 0 })
      }
    }
  }
}

function cut(ruleSets: Record<string, RuleSet>, name: string, at: number, notes: Notes): void {
  const set = ruleSets[name]
  const rule = set?.rules[at]
  if (!set || !rule || (rule.action.kind !== 'jump' && rule.action.kind !== 'goto')) return
  const text = `${rule.action.kind} ${rule.action.to}`
  const message = `"${text}" closes a loop of chains, which the kernel refuses; this table was never loaded as it stands.`
  noteOnce(notes, text, 'warning', 'NT1544', message, rule.source)
  const rules = set.rules.map((one, index) =>
    index === at ? { ...one, action: { kind: 'opaque', text } as const } : one,
  )
  ruleSets[name] = { ...set, rules }
}
