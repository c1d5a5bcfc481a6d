import type { Hook, Stage } from '../model/index.ts'
import { decisionOf, doubtOf } from './describe-visit.ts'
import { stagesAt } from './prepared-device.ts'
import { type Effects, type Ending, type Walk, walkRuleSet } from './rule-walk.ts'
import type { Run, Stop } from './run.ts'
import { standInWords } from './stand-in.ts'
import type { Verdict } from './trace.ts'
import { sameTuple, track } from './tracking.ts'
import { byRule, bySession, rewritesDestination } from './translation.ts'

/** What of a hook is run, and what is asked after each stage. */
export interface HookRun {
  /** Stages for which it is false are left out; absent = none is. */
  readonly wants?: (stage: Stage) => boolean
  /** Asked after each stage that let the packet on. */
  readonly after?: (stage: Stage) => Stop | undefined
}

/** Runs a packet through a hook of the device it is on; the reason it ends there, if it does. */
export function runHook(run: Run, hook: Hook, { wants, after }: HookRun = {}): Stop | undefined {
  const { packet, self } = run
  const interfaceName = hook === 'output' || hook === 'postrouting' ? packet.outInterface : packet.inInterface
  if (!packet.isTracked && self.device.pipeline[hook].some((stage) => stage.kind === 'track')) packet.state = 'invalid'
  for (const stage of stagesAt(self.device, hook, interfaceName)) {
    if (wants && !wants(stage)) continue
    const stop = runStage(run, hook, stage) ?? after?.(stage)
    if (stop) return stop
  }
  return undefined
}

/** Runs what looks at a packet before tracking does, as raw tables; tracking that knows it already cannot be turned off there (Linux: xt_CT). */
export function runBeforeTracking(run: Run): Stop | undefined {
  const { packet, self } = run
  const { noTrack, state } = packet
  const stages = [...stagesAt(self.device, 'prerouting', packet.inInterface)]
  for (const stage of stages.slice(
    0,
    Math.max(
      0,
      stages.findIndex((one) => one.kind === 'track'),
    ),
  )) {
    const stop = runStage(run, 'prerouting', stage)
    if (stop) return stop
  }
  packet.noTrack = noTrack
  packet.state = state
  return undefined
}

function runStage(run: Run, hook: Hook, stage: Stage): Stop | undefined {
  if (stage.kind === 'track') {
    track(run.packet, run.sessions.get(run.self.device.name) ?? [])
    run.steps.push({ kind: 'session', state: run.packet.state })
    return undefined
  }
  if (stage.kind === 'translate') return runTranslation(run, hook, stage.ruleSet)
  return runFilter(run, hook, stage.kind, stage.ruleSet)
}

function walkStage(run: Run, name: string): Walk | undefined {
  const prepared = run.self.ruleSet(name)
  return prepared && walkRuleSet(prepared, run.packet, run.self.ruleSet, effectsOn(run))
}

function runFilter(run: Run, hook: Hook, stage: 'filter' | 'gate' | 'mark', name: string): Stop | undefined {
  const prepared = run.self.ruleSet(name)
  const walk = walkStage(run, name)
  if (!prepared || !walk) return missingRuleSet(run, name)
  const hard = walk.doubts.find(({ would }) => would.kind === 'use-table' || would.kind === 'no-track')
  const unsure = walk.doubts.length > 0 || walk.ending?.kind === 'opaque'
  const verdict = unsure ? 'unknown' : verdictOf(walk.ending)
  const { ruleSet } = prepared
  // A marking stage that decides nothing says nothing.
  const leans = walk.visits.some((visit) => visit.rule?.leansOn !== undefined)
  if (stage !== 'mark' || verdict !== 'accept' || walk.visits.length > 1 || leans) {
    const doubts = walk.doubts.map((doubt) => doubt.visit)
    run.steps.push({ kind: 'filter', hook, stage, ruleSet, verdict, visits: walk.visits, doubts })
  }
  if (hard) return unknownStop(run, walk)
  if (unsure) {
    run.doubts = [...run.doubts, ...decisionsOf(run, walk)]
    return undefined
  }
  const last = walk.visits[walk.visits.length - 1]
  if (!walk.ending || walk.ending.kind === 'accept') {
    // A rule nobody wrote (replies pass, a platform's default plumbing) is not what a person would call the decision.
    const written = last?.rule !== undefined && last.rule.source.kind !== 'implied'
    if (last && walk.ending && stage !== 'mark' && (written || !run.lastFilter))
      run.lastFilter = decisionOf(last, walk.ending)
    return undefined
  }
  const visit = last ?? { ruleSet }
  return refusal(stage, walk.ending, decisionOf(visit, walk.ending, stage === 'gate'))
}

function verdictOf(ending: Ending | undefined): Verdict {
  switch (ending?.kind) {
    case 'drop':
      return 'drop'
    case 'reject':
      return 'reject'
    case 'unsupported':
      return 'unsupported'
    default:
      return 'accept'
  }
}

function refusal(stage: 'filter' | 'gate' | 'mark', ending: Ending, decision: Stop['decision']): Stop | undefined {
  if (ending.kind === 'unsupported') return { disposition: 'unsupported', decision }
  if (ending.kind === 'drop') return { disposition: stage === 'gate' ? 'refused-by-service' : 'denied', decision }
  if (ending.kind === 'reject') {
    return { disposition: stage === 'gate' ? 'refused-by-service' : 'rejected', decision, rejection: ending.with }
  }
  return undefined
}

function runTranslation(run: Run, hook: Hook, name: string): Stop | undefined {
  const { packet } = run
  if (packet.state === 'untracked' || packet.state === 'invalid') return undefined
  const before = packet.flow
  if (packet.session) {
    packet.flow = bySession(packet, hook)
    // Several stages of a hook translate once.
    if (!sameTuple(packet.flow, before)) run.steps.push({ kind: 'translate', hook, before, after: packet.flow })
    return undefined
  }
  if (alreadyTranslated(run, hook)) return undefined
  const walk = walkStage(run, name)
  if (!walk) return missingRuleSet(run, name)
  if (walk.doubts.length > 0 || walk.ending?.kind === 'opaque') return unknownStop(run, walk)
  const visit = walk.visits[walk.visits.length - 1]
  const { ending } = walk
  if (!ending || !visit || ending.kind === 'accept') return undefined
  if (ending.kind !== 'rewrite-source' && ending.kind !== 'rewrite-destination') {
    return refusal('filter', ending, decisionOf(visit, ending))
  }
  const after = byRule(run.self, packet, ending, run.neighbor ?? packet.flow.destination)
  if (!after) {
    const text = `${visit.ruleSet.label} ${visit.rule?.name ?? ''} rewrites to this device's own address, which is not in the export`
    const decision = { text, source: decisionOf(visit, ending).source }
    return { disposition: 'unknown', decision, unknowns: [decision] }
  }
  if (ending.kind === 'rewrite-source') packet.sourceSettled = true
  else packet.destinationSettled = true
  // A connection rewritten to what it was is not a translated one (Linux: nf_nat_setup_info).
  if (sameTuple(before, after)) return undefined
  packet.flow = after
  if (ending.kind === 'rewrite-source') packet.sourceTranslated = true
  else packet.destinationTranslated = true
  const ruleSet = run.self.ruleSet(name)?.ruleSet ?? visit.ruleSet
  run.steps.push({ kind: 'translate', hook, before, after, by: visit, ruleSet })
  return undefined
}

// The first rule that maps a connection wins, even to what it was; later nat chains of the same hook are not asked (nftables wiki: NAT).
function alreadyTranslated(run: Run, hook: Hook): boolean {
  return rewritesDestination(hook) ? run.packet.destinationSettled : run.packet.sourceSettled
}

function decisionsOf(run: Run, walk: Walk): Stop['decision'][] {
  const addresses = standInWords(run.self.network.standIns, run.packet.flow)
  const doubts = walk.doubts.map(({ visit, would }) => doubtOf(visit, would, addresses))
  const last = walk.visits[walk.visits.length - 1]
  if (walk.ending?.kind === 'opaque' && last) doubts.push(decisionOf(last, walk.ending))
  return doubts
}

function unknownStop(run: Run, walk: Walk): Stop {
  const unknowns = decisionsOf(run, walk)
  const decision = unknowns[0] ?? {
    text: 'a rule we cannot evaluate',
    source: { kind: 'implied', because: 'no place' } as const,
  }
  return { disposition: 'unknown', decision, unknowns }
}

function missingRuleSet(run: Run, name: string): Stop {
  const text = `${run.self.device.name} uses the rule set ${name}, which is not in the export`
  const decision = { text, source: run.self.device.source }
  return { disposition: 'unknown', decision, unknowns: [decision] }
}

function effectsOn(run: Run): Effects {
  return {
    clampMss(to) {
      const { packet } = run
      if (packet.mss === undefined) return
      packet.mss = Math.min(packet.mss, to === 'path' ? pathMss(run) : to)
    },
  }
}

// TCPMSS --clamp-mss-to-pmtu: the smaller MTU of the way in and the way out, less 40 (iptables-extensions(8)).
function pathMss(run: Run): number {
  const mtu = (name: string | undefined) => {
    const link = name === undefined ? undefined : run.self.link(name)?.link.mtu
    const own = name === undefined ? undefined : run.self.interface(name)?.mtu
    return Math.min(link ?? 1500, own ?? 1500)
  }
  return Math.min(mtu(run.packet.inInterface), mtu(run.packet.outInterface)) - 40
}
