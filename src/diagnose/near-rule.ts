import type { Match, Rule, RuleSet } from '../model/index.ts'
import { addressSetContains, type Flow, hasPorts, portsContain } from '../net/index.ts'

/** A rule that would let a packet in, but for one thing. */
export interface NearRule {
  readonly rule: Rule
  readonly lacks: Lack
}

type Lack = 'protocol' | 'source' | 'destination' | 'port' | 'server name'

/**
 * The accepting rules of a rule set that come before the one that decided (all of them, when its policy did) and match
 * a new packet in everything but one thing. Rules that look at anything else than addresses, ports, protocol and name
 * are left out.
 */
export function nearRules(ruleSet: RuleSet, decided: Rule | undefined, flow: Flow): NearRule[] {
  const at = decided ? ruleSet.rules.indexOf(decided) : ruleSet.rules.length
  return ruleSet.rules.slice(0, at).flatMap((rule) => {
    const lacking = rule.action.kind === 'accept' ? lacks(rule.match, flow) : undefined
    const [only, ...more] = lacking ?? []
    return only !== undefined && more.length === 0 ? [{ rule, lacks: only }] : []
  })
}

/** What of a match a packet lacks, each thing once; `undefined` when the match looks at something else. */
function lacks(match: Match, flow: Flow): readonly Lack[] | undefined {
  switch (match.kind) {
    case 'any':
      return []
    case 'all':
      return allOf(match.of, flow)
    case 'some':
      return fewest(match.of, flow)
    case 'not': {
      const inner = match.of
      if (inner.kind !== 'source' && inner.kind !== 'destination') return undefined
      return lacks(inner, flow)?.length === 0 ? [inner.kind] : []
    }
    default:
      return single(match, flow)
  }
}

function allOf(of: readonly Match[], flow: Flow): readonly Lack[] | undefined {
  const found = new Set<Lack>()
  for (const one of of) {
    const lacking = lacks(one, flow)
    if (!lacking) return undefined
    for (const word of lacking) found.add(word)
  }
  return [...found]
}

/** The alternative that lacks least. */
function fewest(of: readonly Match[], flow: Flow): readonly Lack[] | undefined {
  const found = of.flatMap((one) => {
    const lacking = lacks(one, flow)
    return lacking ? [lacking] : []
  })
  return found.length < of.length ? undefined : [...found].sort((a, b) => a.length - b.length)[0]
}

function single(match: Match, flow: Flow): readonly Lack[] | undefined {
  switch (match.kind) {
    case 'protocol':
      return match.in.includes(flow.protocol) ? [] : ['protocol']
    case 'source':
      return addressSetContains(match.in, flow.source) ? [] : ['source']
    case 'destination':
      return addressSetContains(match.in, flow.destination) ? [] : ['destination']
    case 'destination-port':
      return hasPorts(flow.protocol) && portsContain(match.in, flow.destinationPort) ? [] : ['port']
    case 'server-name':
      return flow.serverName === undefined ? undefined : named(match.in, flow.serverName) ? [] : ['server name']
    default:
      return undefined
  }
}

function named(patterns: readonly string[], name: string): boolean {
  return patterns.some((one) => one === '*' || one === name || (one.startsWith('*.') && name.endsWith(one.slice(1))))
}
