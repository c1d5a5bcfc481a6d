import type { Source } from '../../src/model/index.ts'
import { prepare, type Trace } from '../../src/trace/index.ts'
import { builtNetwork } from './built-network.ts'
import { type Counted, type Counters, type RaisedNetwork, raise } from './kernel.ts'
import type { Probe } from './lab-network.ts'
import { type Prediction, predict } from './prediction.ts'
import type { Prober } from './prober.ts'
import type { Experiment } from './random-network.ts'

/** The rules that decided one probe's packets, ours held against those the kernel counted. */
export interface DecidingRules {
  readonly probe: Probe
  /** Rules we say decided and the kernel did not count, as `r1 *filter -A FORWARD -j DROP`. */
  readonly notCounted: readonly string[]
  /** Rules the kernel counted of which we say nothing; not looked for where packets follow that we do not trace. */
  readonly notTraced: readonly string[]
  /** How many decisions of ours the kernel was asked about. */
  readonly decisions: number
}

/** Sends the TCP probes of an experiment one after another and reads the counters of every device after each. */
export async function decidingRules(experiment: Experiment, prober: Prober, most: number): Promise<DecidingRules[]> {
  const raised = await raise(experiment.network, prober)
  try {
    const prepared = prepare(builtNetwork(experiment.network, raised.captures))
    const asked = experiment.probes
      .filter((probe) => probe.protocol === 'tcp')
      .map((probe) => ({ probe, prediction: predict(prepared, probe) }))
      .filter(({ prediction }) => isCertain(prediction))
      // Those that make no connection first: a connection's late packets would count for the next probe.
      .sort((a, b) => Number(arrives(a.prediction)) - Number(arrives(b.prediction)))
    const found: DecidingRules[] = []
    for (const one of asked.slice(0, most)) {
      const rules = await countedFor(one.probe, one.prediction, raised)
      found.push(differs(rules) ? await countedFor(one.probe, one.prediction, raised) : rules)
    }
    return found
  } finally {
    await raised.remove()
  }
}

/** Whether ours and the kernel's rules differ. */
export function differs({ notCounted, notTraced }: DecidingRules): boolean {
  return notCounted.length + notTraced.length > 0
}

function isCertain({ outcomes, traces }: Prediction): boolean {
  return outcomes.length === 1 && traces.every((trace) => trace.disposition !== 'loop')
}

/** Whether no packets follow that we do not trace: those of a connection, and words about a reply that is not delivered. */
function isWhole({ traces: [forward, ...later] }: Prediction): boolean {
  return !forward?.arrival && later.every(({ disposition }) => disposition === 'accepted' || disposition === 'denied')
}

function arrives({ traces }: Prediction): boolean {
  return traces[0]?.arrival !== undefined
}

async function countedFor(probe: Probe, prediction: Prediction, raised: RaisedNetwork): Promise<DecidingRules> {
  const before = await raised.counters()
  await raised.probe([probe])
  const after = await raised.counters()
  const counted = new Map<string, string>()
  for (const [device, lines] of after) {
    for (const [line, one] of lines) {
      const earlier = before.get(device)?.get(line)?.packets ?? 0
      if (one.packets > earlier && decides(one)) counted.set(`${device}/iptables-save:${line}`, words(device, one))
    }
  }
  const traced = tracedRules(prediction.traces, after)
  const missing = (of: ReadonlyMap<string, string>, from: ReadonlyMap<string, string>) =>
    [...of].filter(([key]) => !from.has(key)).map(([, text]) => text)
  return {
    probe,
    notCounted: missing(traced, counted),
    notTraced: isWhole(prediction) ? missing(counted, traced) : [],
    decisions: traced.size,
  }
}

/** Of the rules that match, those that end a packet's way through a table; that other tables let it pass says nothing. */
function decides({ table, verdict }: Counted): boolean {
  return verdict === 'DROP' || verdict === 'REJECT' || (verdict === 'ACCEPT' && table === 'filter')
}

/** What decided, by place, in every filter our traces met. */
function tracedRules(traces: readonly Trace[], counters: Counters): Map<string, string> {
  const rules = new Map<string, string>()
  for (const trace of traces) {
    for (const hop of trace.hops) {
      for (const step of hop.steps) {
        const visit = step.kind === 'filter' ? step.visits[step.visits.length - 1] : undefined
        const place = visit && placeOf(visit.rule?.source ?? visit.ruleSet.policySource)
        const one = place && counters.get(hop.device)?.get(place.line)
        if (place && one && decides(one)) rules.set(place.key, words(hop.device, one))
      }
    }
  }
  return rules
}

function placeOf(source: Source): { key: string; line: number } | undefined {
  return source.kind === 'line' ? { key: `${source.file}:${source.line}`, line: source.line } : undefined
}

function words(device: string, { table, text }: Counted): string {
  return `${device} *${table} ${text}`
}
