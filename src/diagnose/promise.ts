import type { Expectation } from '../model/index.ts'
import { formatIp } from '../net/index.ts'
import type { PreparedNetwork } from '../trace/index.ts'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { UsageError } from './usage-error.ts'

/** What became of an expectation: kept, broken (and how), or not to be told. */
export interface PromiseResult {
  readonly expectation: Expectation
  readonly state: 'kept' | 'broken' | 'unknown'
  /** What differs, a sentence each; empty when kept. */
  readonly differences: readonly string[]
  /** Absent when the question could not be asked. */
  readonly connection?: Connection
}

/** Holds one expectation against what the network does. */
export function checkPromise(prepared: PreparedNetwork, expectation: Expectation): PromiseResult {
  let connection: Connection
  try {
    connection = connect(prepared, expectation.from, expectation.to)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { expectation, state: 'broken', differences: [error.message] }
  }
  const differences = differencesOf(expectation, connection)
  const unknown = connection.works === 'unknown' && expectation.works !== 'unknown'
  const state = differences.length === 0 ? 'kept' : unknown ? 'unknown' : 'broken'
  return { expectation, state, differences, connection }
}

function differencesOf(expectation: Expectation, connection: Connection): string[] {
  const differences: string[] = []
  if (connection.works !== expectation.works) {
    differences.push(`expected ${expectation.works}, is ${connection.works}: ${connection.decidedBy.text}`)
  }
  const missing = missingDevice(expectation.via, connection)
  if (missing !== undefined)
    differences.push(`expected to pass ${missing}; it passes ${devicesOf(connection).join(', ')}`)
  if (expectation.blocked !== undefined && connection.works !== 'yes' && connection.outcome !== expectation.blocked) {
    differences.push(`expected to be ${expectation.blocked}, is ${connection.outcome}`)
  }
  if (
    expectation.because !== undefined &&
    !reasons(connection).some((text) => text.includes(expectation.because ?? ''))
  ) {
    differences.push(`expected "${expectation.because}" to decide; it is: ${connection.decidedBy.text}`)
  }
  const addresses = (connection.resolution?.addresses ?? []).map(formatIp).sort()
  const wanted = (expectation.resolves ?? []).map(formatIp).sort()
  if (wanted.length > 0 && addresses.join() !== wanted.join()) {
    differences.push(`expected the name to give ${wanted.join(', ')}, it gives ${addresses.join(', ') || 'nothing'}`)
  }
  return differences
}

/** The first device of `via` that no path passes in that order; `undefined` when every path passes them all. */
function missingDevice(via: readonly string[], connection: Connection): string | undefined {
  for (const path of connection.paths) {
    let at = 0
    for (const hop of path.forward.hops) if (hop.device === via[at]) at++
    if (at < via.length) return via[at]
  }
  return connection.paths.length === 0 ? via[0] : undefined
}

function devicesOf(connection: Connection): string[] {
  return connection.paths[0]?.forward.hops.map((hop) => hop.device) ?? []
}

function reasons(connection: Connection): string[] {
  const steps = connection.paths.flatMap((path) => path.forward.hops).flatMap((hop) => hop.steps)
  const rules = steps.flatMap((step) => {
    const visits = step.kind === 'filter' ? step.visits : step.kind === 'translate' && step.by ? [step.by] : []
    return visits.map((visit) => `${visit.ruleSet.label} ${visit.rule?.name ?? ''} ${visit.rule?.comment ?? ''}`)
  })
  return [connection.decidedBy.text, connection.cause?.message ?? '', ...rules]
}
