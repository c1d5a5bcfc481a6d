import type { Match } from '../model/index.ts'
import type { NearRule } from './near-rule.ts'

/** Below this many labels in common (`com`, `co`) two names have nothing to do with each other. */
const RELATED = 2

/**
 * Of rules that lack nothing but the server name, those that name its nearest relatives: the most labels in common from the
 * end. All of them where none is related.
 */
export function nearestByName(near: readonly NearRule[], name: string | undefined): readonly NearRule[] {
  if (name === undefined) return near
  const counted = near.map((one) => ({ one, common: one.lacks === 'server name' ? commonIn(one.rule.match, name) : 0 }))
  const most = Math.max(0, ...counted.map(({ common }) => common))
  if (most < RELATED) return near
  return counted.filter(({ one, common }) => one.lacks !== 'server name' || common === most).map(({ one }) => one)
}

function commonIn(match: Match, name: string): number {
  switch (match.kind) {
    case 'all':
    case 'some':
      return Math.max(0, ...match.of.map((one) => commonIn(one, name)))
    case 'server-name':
      return Math.max(0, ...match.in.map((pattern) => commonLabels(pattern, name)))
    default:
      return 0
  }
}

function commonLabels(a: string, b: string): number {
  const [left, right] = [a.split('.').reverse(), b.split('.').reverse()]
  const differs = left.findIndex((label, at) => label !== right[at])
  return differs === -1 ? left.length : differs
}
