import type { Network } from '../../src/model/index.ts'
import { prepare } from '../../src/trace/index.ts'
import { builtNetwork } from './built-network.ts'
import { type Captures, raise } from './kernel.ts'
import type { Outcome, Probe } from './lab-network.ts'
import { type Prediction, predict } from './prediction.ts'
import type { Prober } from './prober.ts'
import type { Experiment } from './random-network.ts'

/** One probe held against the kernel. */
export interface Comparison {
  readonly probe: Probe
  readonly kernel: Outcome
  readonly prediction: Prediction
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
    const kernel = await raised.probe(experiment.probes)
    const comparisons = experiment.probes.map((probe, at) =>
      compare(probe, kernel[at] ?? { result: 'silent' }, predict(prepared, probe)),
    )
    return { comparisons, captures: raised.captures, network }
  } finally {
    await raised.remove()
  }
}

function compare(probe: Probe, kernel: Outcome, prediction: Prediction): Comparison {
  const same = prediction.outcomes.some((one) => outcomeText(one) === outcomeText(kernel))
  const verdict = prediction.outcomes.length === 0 ? 'untold' : same ? 'agreed' : 'disagreed'
  return { probe, kernel, prediction, verdict }
}

/** An outcome in words. */
export function outcomeText({ result, seen }: Outcome): string {
  if (!seen) return result
  const { device, source, sourcePort, destination, destinationPort } = seen
  return `${result}, ${device} saw ${source}:${sourcePort} -> ${destination}:${destinationPort}`
}
