import type { Route, Source } from '../model/index.ts'
import { formatFlow, formatIp, formatPrefix } from '../net/index.ts'
import { decisionOf, type Hop, type Step } from '../trace/index.ts'

/** Words about one hop and the place of the fact. */
interface Words {
  readonly text: string
  readonly source?: Source
}

/** What one hop did: the decision that counts there, and a line each for what else let it through or changed it. */
export interface HopWords extends Words {
  readonly sign: string
  readonly more: readonly Words[]
}

/** How a trace goes on after a hop: it is not the last one, or the packet arrives, leaves the network or is lost there. */
export type HopEnd = 'goes-on' | 'arrives' | 'leaves' | 'lost'

/**
 * The words of a hop: what stopped the packet, else what let it through, then what changed it and where it went.
 * `decided` is for a packet that was lost where no step of the hop says why.
 */
export function hopWords(hop: Hop, end: HopEnd, decided?: Words): HopWords {
  const stopStep = hop.steps.find(stops)
  if (stopStep && (end !== 'goes-on' || stopStep.kind === 'filter')) {
    const doubtful = stopStep.kind === 'filter' && stopStep.verdict === 'unknown'
    // What was rewritten before it: the rule saw that packet, not the one the question names.
    const before = hop.steps.slice(0, hop.steps.indexOf(stopStep)).filter((step) => step.kind === 'translate')
    return { ...stepWords(stopStep), sign: doubtful ? '?' : '✗', more: before.map(stepWords) }
  }
  const [first, ...more] = hop.steps.filter(speaks).sort(byWeight).map(stepWords)
  const sign = end === 'lost' ? '✗' : '✓'
  const route = hop.steps.findLast((step) => step.kind === 'route')
  const tunnelled = hop.steps.some((step) => step.kind === 'encapsulate')
  if (first) {
    const then = end === 'goes-on' && !tunnelled && route?.route ? `, then ${nextHopWords(route.route)}` : ''
    return { sign, ...first, text: `${first.text}${then}`, more }
  }
  if (end === 'lost' && !route && decided) return { sign, ...decided, more }
  if (end === 'arrives') return { sign, text: 'takes it', more }
  if (end === 'leaves') return { sign, text: 'it leaves the network here', more }
  return route ? { sign, ...stepWords(route), more } : { sign, text: 'passes it on', more }
}

/** What a filter decided comes first, then what changed the packet. */
const WEIGHT: Readonly<Partial<Record<Step['kind'], number>>> = { filter: 0, translate: 1, encapsulate: 2 }

function byWeight(a: Step, b: Step): number {
  return (WEIGHT[a.kind] ?? 9) - (WEIGHT[b.kind] ?? 9)
}

/** Whether a step ends the packet, or may. */
function stops(step: Step): boolean {
  if (step.kind === 'stop') return true
  return step.kind === 'filter' && step.verdict !== 'accept'
}

/** Whether a step is worth a word in the one line of its hop. */
function speaks(step: Step): boolean {
  switch (step.kind) {
    case 'filter':
      return step.stage !== 'mark' && step.visits[step.visits.length - 1]?.rule !== undefined && !isBookkeeping(step)
    case 'translate':
    case 'encapsulate':
      return true
    default:
      return false
  }
}

// That an answer belongs to a known connection is the normal case and says nothing new.
function isBookkeeping(step: Extract<Step, { kind: 'filter' }>): boolean {
  return step.visits[step.visits.length - 1]?.rule?.source.kind === 'implied'
}

/** One step in words. */
export function stepWords(step: Step): Words {
  switch (step.kind) {
    case 'originate':
      return { text: `sends ${formatFlow(step.flow)}` }
    case 'receive':
      return { text: `receives it on ${step.interface}${step.fromTunnel ? ' out of a tunnel' : ''}` }
    case 'session':
      return { text: `connection state: ${step.state}` }
    case 'filter':
      return filterWords(step)
    case 'translate':
      return translateWords(step)
    case 'route':
      return routeWords(step)
    case 'encapsulate':
      return { text: `into the tunnel by ${step.encapsulation.name}`, source: step.encapsulation.source }
    case 'send':
      return { text: `sends it to ${step.to}${step.link ? ` over ${step.link.name}` : ''}` }
    case 'deliver':
      return { text: 'takes it' }
    case 'stop':
      return { text: step.text, source: step.source }
  }
}

function filterWords(step: Extract<Step, { kind: 'filter' }>): { text: string; source: Source } {
  const doubt = step.doubts[0]
  if (step.verdict === 'unknown' && doubt) {
    const name = doubt.rule?.name ?? 'its policy'
    const text = `${doubt.ruleSet.label} ${name} cannot be evaluated, and it could decide`
    return { text, source: doubt.rule?.source ?? doubt.ruleSet.policySource }
  }
  const last = step.visits[step.visits.length - 1]
  if (last) return decisionOf(last, last.rule?.action ?? last.ruleSet.policy, step.stage === 'gate')
  return decisionOf({ ruleSet: step.ruleSet }, step.ruleSet.policy, step.stage === 'gate')
}

function translateWords(step: Extract<Step, { kind: 'translate' }>): { text: string; source?: Source } {
  const { before, after, by } = step
  const changes: string[] = []
  const end = (address: string, port: number) => (port === 0 ? address : `${address}:${port}`)
  if (before.source !== after.source || before.sourcePort !== after.sourcePort) {
    changes.push(
      `source ${end(formatIp(before.source), before.sourcePort)} becomes ${end(formatIp(after.source), after.sourcePort)}`,
    )
  }
  if (before.destination !== after.destination || before.destinationPort !== after.destinationPort) {
    const to = end(formatIp(after.destination), after.destinationPort)
    changes.push(`destination ${end(formatIp(before.destination), before.destinationPort)} becomes ${to}`)
  }
  const rule = by?.rule
  if (!rule) return { text: `${changes.join(', ')} (known connection)` }
  return { text: `${by.ruleSet.label} ${rule.name}: ${changes.join(', ') || 'nothing changes'}`, source: rule.source }
}

function routeWords(step: Extract<Step, { kind: 'route' }>): { text: string; source?: Source } {
  const { route } = step
  if (!route) return { text: `no route to ${formatIp(step.destination)}` }
  const origin = route.origin === 'connected' ? '' : ` (${route.origin})`
  return { text: `route ${formatPrefix(route.prefix)} ${nextHopWords(route)}${origin}`, source: route.source }
}

/** Where a route leads, in words. */
export function nextHopWords(route: Route): string {
  const next = route.nextHop
  switch (next.kind) {
    case 'connected':
      return `on ${next.interface}`
    case 'via':
      return `via ${formatIp(next.gateway)}${next.interface === undefined ? '' : ` on ${next.interface}`}`
    case 'device':
      return `to ${next.device}`
    case 'table':
      return `by table ${next.table}`
    case 'discard':
      return next.answer === 'silent' ? 'discards' : `refuses (${next.answer})`
    case 'broken':
      return `cannot be followed: ${next.because}`
    case 'unknown':
      return `leads where the export does not say: ${next.because}`
  }
}
