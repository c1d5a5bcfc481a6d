import { formatFlow, formatIp, formatPrefix } from '../../src/net/index.ts'
import type { Step, Trace } from '../../src/trace/index.ts'
import type { LabDevice, Probe } from './lab-network.ts'
import { nftText, restoreText, setText } from './lab-network.ts'
import { type Figures, type Finding, TIMES, type Unsteady } from './random-run.ts'
import { outcomeText } from './trial.ts'

/** The figures of a run, for people. */
export function figuresText(figures: Figures, seconds: number): string {
  const results = Object.entries(figures.results)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, number]) => `  ${name.padEnd(26)} ${number}`)
  return [
    `${figures.probes} probes in ${figures.networks} networks, ${seconds.toFixed(0)} s`,
    ...results,
    `${figures.untold} the tracer could not tell`,
    `${figures.symptoms} probes had the symptom of the answer held against what the client saw`,
    ...[...figures.reasons].map((reason) => `  could not tell: ${reason}`),
    ...Object.entries(figures.features).map(
      ([name, { probes, differed }]) => `  ${name.padEnd(26)} ${probes}, ${differed} differed when first asked`,
    ),
    `${figures.decided.probes} probes had every decision held against netfilter's trace: ${figures.decided.passages} ways of a packet through a device, ${chainsText(figures.decided.chains)}`,
    `${figures.unsteady.length} differed once and agreed each of ${TIMES} times they were asked again (one more difference would be a disagreement)`,
    ...figures.unsteady.map(unsteadyText),
    ...(figures.unsteady.some((one) => unsteadyText(one).includes('kernel silent')) ? [HELD_BACK] : []),
    `${figures.findings.length} disagreements`,
  ].join('\n')
}

/**
 * Linux answers one sender's unroutable packets with five errors at once and then one a second (`ip_error`,
 * net.ipv4.route.error_burst); the setting is the whole machine's and is left alone. With error_cost 0 none differs.
 */
const HELD_BACK =
  '  (silence where an error was told: Linux holds errors back after five to one sender, net.ipv4.route.error_cost)'

function chainsText(chains: Readonly<Record<string, number>>): string {
  const parts = Object.entries(chains).sort(([a], [b]) => (a < b ? -1 : 1))
  return parts.map(([table, number]) => `${number} in ${table}`).join(', ')
}

function unsteadyText({ seed, first }: Unsteady): string {
  const { probe, kernel, prediction, decisions, lag } = first
  const said = `kernel ${outcomeText(kernel)}, tracer ${prediction.outcomes.map(outcomeText).join(' or ')}`
  const otherwise = [
    ...(decisions?.differences ?? []),
    ...(first.seenOtherwise === undefined ? [] : [first.seenOtherwise]),
  ]
    .map((text) => `; ${text}`)
    .join('')
  return `  network ${seed}, ${probeText(probe)}: ${said}${otherwise}; the prober was held up for ${Math.round(lag * 1000)} ms`
}

/** A disagreement: what was built, what was asked, what happened, what we said. */
export function findingText({ seed, experiment, comparison, captures }: Finding): string {
  const { probe, kernel, prediction } = comparison
  return [
    `--- network ${seed}`,
    ...experiment.network.devices.map(deviceText),
    `probe: ${probeText(probe)}`,
    `kernel: ${outcomeText(kernel)}`,
    `tracer: ${prediction.outcomes.map(outcomeText).join(' or ')}`,
    ...(comparison.decisions?.differences ?? []).map((text) => `decided otherwise: ${text}`),
    ...(comparison.seenOtherwise === undefined ? [] : [comparison.seenOtherwise]),
    ...prediction.traces.map(traceText),
    ...[...captures.values()].flat().map((file) => `>>> ${file.path}\n${file.text.trimEnd()}`),
  ].join('\n')
}

function probeText(probe: Probe): string {
  return `${probe.protocol} ${probe.from}:${probe.sourcePort} -> ${probe.destination}:${probe.port}`
}

function deviceText(device: LabDevice): string {
  const ports = device.interfaces.map((one) => `${one.name}@${one.link} ${one.addresses.join(' ')}`)
  const lines = [
    `${device.name}${device.forwards ? ' (forwards)' : ''}: ${ports.join(', ')}`,
    ...device.routes.map((route) => `  ip route add ${route}`),
    ...device.rules.map((rule) => `  ip rule add ${rule}`),
    ...Object.entries(device.settings).map(([name, value]) => `  ${name} = ${value}`),
    ...setText(device.sets ?? [])
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${line}`),
    ...nftText(device.nft ?? [])
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${line}`),
    ...restoreText(device.tables)
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${line}`),
  ]
  return lines.join('\n')
}

function traceText(trace: Trace): string {
  const steps = trace.hops.flatMap((hop) =>
    hop.steps.flatMap((step) => stepText(step).map((text) => `    ${hop.device} ${text}`)),
  )
  return [`  trace: ${trace.disposition} ${trace.decision?.text ?? ''}`, ...steps].join('\n')
}

function stepText(step: Step): string[] {
  switch (step.kind) {
    case 'originate':
      return [formatFlow(step.flow)]
    case 'session':
      return [step.state]
    case 'filter':
      return [
        `${step.ruleSet.name} ${step.verdict} ${step.visits.map((one) => `${one.ruleSet.name} ${one.rule?.name ?? 'policy'}`).join(', ')}`,
      ]
    case 'translate':
      return [`${step.hook} ${formatFlow(step.before)} becomes ${formatFlow(step.after)}`]
    case 'route':
      return [
        `table ${step.table} to ${formatIp(step.destination)}: ${step.route ? formatPrefix(step.route.prefix) : 'none'}`,
      ]
    case 'receive':
      return [`in by ${step.interface}`]
    case 'send':
      return [`out by ${step.interface}`]
    case 'stop':
      return [step.text]
    default:
      return []
  }
}
