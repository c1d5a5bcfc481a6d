import type { Network } from '../../src/model/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { builtNetwork } from './built-network.ts'
import { compareDecisions, type Decisions } from './deciding-rule.ts'
import { type Captures, raise } from './kernel.ts'
import { journeysOf } from './kernel-trace.ts'
import type { Outcome, Probe } from './lab-network.ts'
import { type Prediction, predict } from './prediction.ts'
import type { Prober } from './prober.ts'
import type { Experiment } from './random-network.ts'
import { seenOtherwise } from './what-people-see.ts'

/** One probe held against the kernel. */
export interface Comparison {
  readonly probe: Probe
  readonly kernel: Outcome
  readonly prediction: Prediction
  /** Of the way that agrees best; absent = not looked at: our tracer cannot tell, sees a loop, or the trace was not read whole. */
  readonly decisions?: Decisions
  /** The longest that the prober could not run while it waited for this probe, in seconds: how busy the machine was. */
  readonly lag: number
  /** What our answer says the person will see, where the kernel showed the client something else. */
  readonly seenOtherwise?: string
  /** Whether what the person sees was compared. */
  readonly symptomTold: boolean
  /** `untold`: our tracer cannot tell. */
  readonly verdict: 'agreed' | 'disagreed' | 'untold'
}

/** What one network showed. */
export interface Trial {
  readonly comparisons: readonly Comparison[]
  readonly captures: Captures
  readonly network: Network
}

/** Builds the network, probes it, and compares with what the tracer makes of the captures. */
export async function tryOut(experiment: Experiment, prober: Prober): Promise<Trial> {
  const raised = await raise(experiment.network, prober)
  try {
    const network = builtNetwork(experiment.network, raised.captures)
    const prepared = prepare(network)
    const { outcomes, lags, trace } = await raised.probe(experiment.probes)
    const journeys = journeysOf(trace, experiment.probes)
    const isWhole = [...trace.values()].every((one) => !one.lost)
    const comparisons = experiment.probes.map((probe, at): Comparison => {
      const kernel = outcomes[at] ?? { result: 'silent' }
      const prediction = predict(prepared, probe)
      const person = seenOtherwise(prepared, probe, kernel, prediction)
      const agree = prediction.ways.filter((way) => outcomeText(way.outcome) === outcomeText(kernel))
      const [decisions] = (isWhole ? agree : [])
        .map((way) => compareDecisions(way, journeys[at] ?? new Map(), network, raised.places))
        .sort((a, b) => a.differences.length - b.differences.length)
      return {
        probe,
        kernel,
        prediction,
        lag: lags[at] ?? 0,
        symptomTold: person.told,
        ...(person.difference !== undefined && { seenOtherwise: person.difference }),
        ...(decisions && { decisions }),
        verdict: person.difference === undefined ? verdictOn(kernel, prediction, decisions) : 'disagreed',
      }
    })
    return { comparisons, captures: raised.captures, network }
  } finally {
    await raised.remove()
  }
}

function verdictOn(kernel: Outcome, { outcomes }: Prediction, decisions: Decisions | undefined): Comparison['verdict'] {
  if (outcomes.length === 0) return 'untold'
  if (!outcomes.some((one) => outcomeText(one) === outcomeText(kernel))) return 'disagreed'
  return decisions && decisions.differences.length > 0 ? 'disagreed' : 'agreed'
}

/** An outcome in words. */
export function outcomeText({ result, seen }: Outcome): string {
  if (!seen) return result
  const { device, source, sourcePort, destination, destinationPort } = seen
  return `${result}, ${device} saw ${source}:${sourcePort} -> ${destination}:${destinationPort}`
}
