import type { Network } from '../../src/model/index.ts'
import { dice } from './dice.ts'
import { featuresOf } from './features.ts'
import type { Captures } from './kernel.ts'
import type { Prober } from './prober.ts'
import { type Experiment, randomExperiment } from './random-network.ts'
import { shrink } from './shrink.ts'
import { type Comparison, tryOut } from './trial.ts'

/** What is asked of a random run. */
export interface RandomRun {
  readonly seed: number
  readonly probes: number
  readonly perNetwork: number
  /** Networks that exist at one time. */
  readonly atOnce: number
  /** Disagreements after which the run stops. */
  readonly most: number
  /** The network to start with; absent = the seed's first. */
  readonly from?: number
}

/** A probe on which our tracer and the kernel differ, twice, in the smallest network that still shows it. */
export interface Finding {
  readonly seed: number
  readonly experiment: Experiment
  readonly comparison: Comparison
  /** What the devices of the smallest network printed. */
  readonly captures: Captures
}

/** A probe that differed and then agreed every time. */
export interface Unsteady {
  readonly seed: number
  readonly first: Comparison
}

/** The figures of a run. */
export interface Figures {
  networks: number
  probes: number
  untold: number
  /** Probes for which the answer's symptom was held against what the client saw. */
  symptoms: number
  /** Why the tracer could not tell. */
  readonly reasons: Set<string>
  /** Differed once and agreed each of the times it was asked again. */
  readonly unsteady: Unsteady[]
  readonly results: Record<string, number>
  /** Probes whose packets met a thing, and how many of them differed. */
  readonly features: Record<string, { probes: number; differed: number }>
  /** Probes every decision of which was held against netfilter's trace, the ways through a device in them, and chains by table. */
  decided: { probes: number; passages: number; chains: Record<string, number> }
  readonly findings: Finding[]
}

/** Tries random networks until enough probes were asked or too many disagree. */
export async function runRandom(run: RandomRun, prober: Prober, say: (line: string) => void): Promise<Figures> {
  const figures: Figures = {
    networks: 0,
    probes: 0,
    untold: 0,
    symptoms: 0,
    reasons: new Set(),
    unsteady: [],
    results: {},
    features: {},
    decided: { probes: 0, passages: 0, chains: {} },
    findings: [],
  }
  let next = run.from ?? 0
  const worker = async () => {
    while (figures.probes < run.probes && figures.findings.length < run.most) {
      const at = next++
      const seed = run.seed * 1_000_003 + at
      const experiment = randomExperiment(dice(seed), run.perNetwork)
      const { comparisons, network } = await tryOut(experiment, prober)
      figures.networks++
      count(figures, comparisons, network)
      const differing = comparisons.filter((one) => one.verdict === 'disagreed')
      const [first] = differing
      if (!first) continue
      const finding = await confirm(seed, experiment, differing, prober, figures)
      if (finding) {
        figures.findings.push(finding)
        say(`network ${seed}: ${differing.length} of ${comparisons.length} probes differ`)
      }
    }
  }
  await Promise.all(Array.from({ length: run.atOnce }, worker))
  return figures
}

function count(figures: Figures, comparisons: readonly Comparison[], network: Network): void {
  figures.probes += comparisons.length
  for (const { probe, kernel, verdict, prediction, decisions, symptomTold } of comparisons) {
    if (symptomTold) figures.symptoms++
    if (decisions) {
      figures.decided.probes++
      figures.decided.passages += decisions.passages
      for (const [table, number] of Object.entries(decisions.compared))
        figures.decided.chains[table] = (figures.decided.chains[table] ?? 0) + number
    }
    for (const name of featuresOf(prediction.traces, network)) {
      const { probes, differed } = figures.features[name] ?? { probes: 0, differed: 0 }
      figures.features[name] = { probes: probes + 1, differed: differed + Number(verdict === 'disagreed') }
    }
    if (verdict === 'untold') {
      figures.untold++
      const why = prediction.traces.flatMap((trace) => trace.unknowns).map((one) => one.text)
      figures.reasons.add(why[0] ?? 'no trace')
    }
    const key = `${probe.protocol} ${kernel.result}`
    figures.results[key] = (figures.results[key] ?? 0) + 1
  }
}

async function confirm(
  seed: number,
  experiment: Experiment,
  differing: readonly Comparison[],
  prober: Prober,
  figures: Figures,
): Promise<Finding | undefined> {
  // A race or a choice among equal routes differs again sooner or later, a busy machine does not: once more is enough
  // to make it a disagreement.
  for (let time = 0; time < TIMES; time++) {
    const again = await tryOut({ ...experiment, probes: differing.map((one) => one.probe) }, prober)
    const comparison = again.comparisons.find((one) => one.verdict === 'disagreed')
    if (!comparison) continue
    const failing = { comparison, captures: again.captures }
    const small = await shrink({ ...experiment, probes: [comparison.probe] }, failing, prober)
    return { seed, ...small }
  }
  figures.unsteady.push(...differing.map((first) => ({ seed, first })))
  return undefined
}

/** How often a probe that differed is asked again; it must agree each time. */
export const TIMES = 5
