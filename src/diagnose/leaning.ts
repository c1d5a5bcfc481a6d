import type { Query, Resolution } from '../dns/index.ts'
import type { Route } from '../model/index.ts'
import type { PreparedNetwork, Step, Trace } from '../trace/index.ts'

/**
 * The settings an answer leans on where a vendor's documentation is of two minds, a sentence each: what a packet met that
 * would be otherwise under another setting, and zones that decided a name.
 */
export function leaningOf(
  prepared: PreparedNetwork,
  traces: readonly Trace[],
  resolution: Resolution | undefined,
): readonly string[] {
  const steps = traces.flatMap((one) => one.hops).flatMap((hop) => hop.steps)
  return [...steps.flatMap(ofStep), ...ofZones(prepared, resolution)].filter((one) => one !== undefined)
}

function ofStep(step: Step): (string | undefined)[] {
  switch (step.kind) {
    case 'filter':
      return step.visits.map((visit) => visit.rule?.leansOn)
    case 'translate':
      return [step.by?.rule?.leansOn]
    case 'route':
      return [step.route?.leansOn, ...rivals(step.route, step.passedOver).map((one) => one.leansOn)]
    default:
      return []
  }
}

/** Routes out of force that would have been taken: those at least as long as the one that was. */
function rivals(route: Route | undefined, passedOver: readonly Route[]): readonly Route[] {
  return passedOver.filter((one) => one.inactive !== undefined && one.prefix.length >= (route?.prefix.length ?? 0))
}

function ofZones({ network }: PreparedNetwork, resolution: Resolution | undefined): (string | undefined)[] {
  const all = (queries: readonly Query[]): readonly Query[] => queries.flatMap((one) => [one, ...all(one.asked)])
  return all(resolution?.queries ?? []).flatMap(({ answeredBy, question }) => {
    const zones = network.devices.get(answeredBy ?? '')?.resolver?.zones ?? []
    const holding = zones.filter((one) => `.${question.name}`.endsWith(`.${one.name}`))
    return holding.map((one) => one.leansOn)
  })
}
