import type { Match, Network } from '../model/index.ts'
import type { Step, Trace } from '../trace/index.ts'

type Visit = Extract<Step, { kind: 'filter' }>['visits'][number]

const NAMED = 3

/**
 * Which edition of Microsoft's list of service tags an answer used, and for which tags: rules that were considered, those
 * before the one that decided too, and routes that hold the destination. `undefined` when it used none.
 */
export function serviceTagsNote({ serviceTags }: Network, traces: readonly Trace[]): string | undefined {
  if (!serviceTags) return undefined
  const used = new Set(traces.flatMap((one) => one.hops.flatMap((hop) => hop.steps.flatMap(tagsOfStep))))
  if (used.size === 0) return undefined
  const names = [...used].sort()
  const shown = names.length > NAMED + 1 ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names
  const list = shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown.join('')
  return `service tags: change number ${serviceTags.changeNumber} (${list})`
}

function tagsOfStep(step: Step): readonly string[] {
  switch (step.kind) {
    case 'filter':
      return [...step.visits, ...step.doubts].flatMap(tagsConsidered)
    case 'translate':
      return step.by ? tagsConsidered(step.by) : []
    case 'route':
      return [step.route, ...step.passedOver].flatMap((one) => (one?.serviceTag === undefined ? [] : [one.serviceTag]))
    default:
      return []
  }
}

/** The tags of the rules a walk met in a rule set: all up to the one it ended at, all when it ended at the policy. */
function tagsConsidered({ ruleSet, rule }: Visit): readonly string[] {
  const end = rule ? ruleSet.rules.indexOf(rule) : -1
  const met = end === -1 ? ruleSet.rules : ruleSet.rules.slice(0, end + 1)
  return met.flatMap(({ match }) => tagsOfMatch(match))
}

function tagsOfMatch(match: Match): readonly string[] {
  switch (match.kind) {
    case 'all':
    case 'some':
      return match.of.flatMap(tagsOfMatch)
    case 'not':
      return tagsOfMatch(match.of)
    case 'source':
    case 'destination':
      return match.serviceTags ?? []
    default:
      return []
  }
}
