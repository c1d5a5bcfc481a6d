import type { Action, Match } from '../model/index.ts'
import type { Decision, Visit } from './trace.ts'

/** What a rule (or a policy) did, in words, the object first: `NSG nsg-pe inbound rule 110 AllowSmb accepts`. */
export function decisionOf(visit: Visit, action: Action, isGate = false): Decision {
  const { ruleSet, rule } = visit
  // A gate's rules are reasons, not rules with names; "drops" would be untrue, for the packet did arrive.
  if (isGate && (action.kind === 'drop' || (action.kind === 'accept' && rule))) {
    const did = `${ruleSet.label.replace(/:$/, '')} ${action.kind === 'drop' ? 'refuses' : 'accepts'}`
    return { text: rule ? `${did}: ${rule.name}` : did, source: rule?.source ?? ruleSet.policySource }
  }
  if (!rule) return { text: `${ruleSet.label}: no rule matches, ${policyWords(action)}`, source: ruleSet.policySource }
  const comment = rule.comment && !rule.name.includes(rule.comment) ? ` "${rule.comment}"` : ''
  return { text: `${ruleSet.label} ${rule.name}${comment} ${verb(action)}`, source: rule.source }
}

/** A rule we cannot evaluate, in words; `addresses`: what is not known of the packet's own. */
export function doubtOf(visit: Visit, would: Action, addresses: readonly string[]): Decision {
  const { ruleSet, rule } = visit
  const name = rule ? rule.name : 'its policy'
  const open = rule ? opaqueTexts(rule.match) : []
  const asked = open.length > 0 ? [`it asks for what is not modelled or not known: ${open.join('; ')}`] : addresses
  const why = asked.length > 0 ? ` (${asked.join('; ')})` : ''
  return {
    text: `${ruleSet.label} ${name} may or may not match${why}, and ${verb(would)} if it does`,
    source: rule ? rule.source : ruleSet.policySource,
  }
}

/** What of a match cannot be evaluated, in its own words, each once. */
function opaqueTexts(match: Match): string[] {
  switch (match.kind) {
    case 'opaque':
      return [match.text]
    case 'not':
      return opaqueTexts(match.of)
    case 'all':
    case 'some':
      return [...new Set(match.of.flatMap(opaqueTexts))]
    default:
      return []
  }
}

function verb(action: Action): string {
  switch (action.kind) {
    case 'accept':
      return 'accepts'
    case 'drop':
      return 'drops'
    case 'reject':
      return `rejects (${action.with})`
    case 'unsupported':
      return `is not supported: ${action.because}`
    case 'opaque':
      return `hands over to something we cannot read (${action.text})`
    case 'rewrite-source':
      return 'rewrites the source'
    case 'rewrite-destination':
      return 'rewrites the destination'
    case 'use-table':
      return `routes by table ${action.table}`
    case 'no-track':
      return 'turns tracking off'
    default:
      return `does ${action.kind}`
  }
}

function policyWords(action: Action): string {
  switch (action.kind) {
    case 'accept':
      return 'the default accepts'
    case 'drop':
      return 'the default drops'
    case 'reject':
      return `the default rejects (${action.with})`
    default:
      return verb(action)
  }
}
