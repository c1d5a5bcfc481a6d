import { basename } from 'node:path'
import { compareArrangement } from './arrangement.ts'
import { compareDiagnostics } from './diagnostics.ts'
import { NOT_COMPARED } from './exceptions.ts'
import { compareAdvertised, compareLearned, comparePeers, compareRouteServer, compareTroubleshoot } from './gateways.ts'
import { NotReplayable } from './not-replayable.ts'
import { compareConnection, compareLookup, compareProbe } from './reachability.ts'
import { type Case, casesOf, fileOf, type Json, snapshotOf } from './recorded-case.ts'
import { compareNextHop, compareRoutes } from './routes.ts'
import { compareFlow, compareGroups, compareView } from './rules.ts'

/** How the answer of each kind of query is held against ours. */
export const COMPARISONS: Readonly<Record<string, (one: Case) => void>> = {
  effectiveRoutes: compareRoutes,
  nextHop: compareNextHop,
  ipFlowVerify: compareFlow,
  effectiveNsg: compareGroups,
  securityGroupView: compareView,
  networkConfigurationDiagnostic: compareDiagnostics,
  connectivityCheck: compareConnection,
  probe: compareProbe,
  dnsLookup: compareLookup,
  learnedRoutes: compareLearned,
  routeServerLearnedRoutes: compareRouteServer,
  advertisedRoutes: compareAdvertised,
  routeServerAdvertisedRoutes: compareAdvertised,
  bgpPeerStatus: comparePeers,
  vpnTroubleshoot: compareTroubleshoot,
  topology: compareArrangement,
}

/**
 * Holds a recorded answer against ours: returns when it holds, throws `NotReplayable` with the reason when nothing of it
 * can be held, and what differs otherwise.
 */
export function compare(one: Case): void {
  const { kind, status, response } = one.query
  const reason = NOT_COMPARED[kind]
  if (reason !== undefined) throw new NotReplayable(reason)
  const comparison = COMPARISONS[kind]
  if (!comparison) throw new NotReplayable(`no comparison is written for queries of kind "${kind}"`)
  const refusal = refusalOf(status, response)
  if (refusal !== undefined) throw new NotReplayable(refusal)
  try {
    comparison(one)
  } catch (difference) {
    const why = difference instanceof NotReplayable ? undefined : excuse(one, comparison)
    throw why === undefined ? difference : new NotReplayable(why)
  }
}

/** An error instead of an answer says nothing of the network. */
function refusalOf(status: number | undefined, response: Json | null | undefined): string | undefined {
  const error = response?.error as Json | undefined
  const code = error?.code === undefined ? '' : ` ${error.code}`
  if (status !== undefined && status >= 400) return `Azure answered ${status}${code}, not a result`
  if (response === null || response === undefined) return 'the recording holds no answer'
  return error === undefined ? undefined : `Azure answered with an error${code}, not a result`
}

/** Why a difference says nothing against our answer, as the case itself or our own reading of it proves. */
function excuse(one: Case, comparison: (one: Case) => void): string | undefined {
  const missing = saidToBeMissing(one)
  if (missing !== undefined) return `${missing} is not among the bodies, and our reading says so`
  if (/unexplained/i.test(one.query.note ?? '')) return `the recorder calls it unexplained: ${one.query.note}`
  const question = questionOf(one)
  const twin = casesOf(one.folder).find(
    (other) => other.name !== one.name && questionOf(other) === question && holds(other, comparison),
  )
  return twin && 'the same question of the same bodies was answered otherwise a moment apart, and that answer holds'
}

function holds(one: Case, comparison: (one: Case) => void): boolean {
  try {
    comparison(one)
    return true
  } catch {
    return false
  }
}

function questionOf({ query }: Case): string {
  return JSON.stringify([query.kind, query.target, query.request, fileOf(query)])
}

/** The first of the recording's missing references that a diagnostic of ours names. */
function saidToBeMissing(one: Case): string | undefined {
  const missing = (one.query.missingReferences ?? []).map((id) => basename(String(id)))
  if (missing.length === 0) return undefined
  const said = snapshotOf(one).network.diagnostics.map((each) => each.message.toLowerCase())
  return missing.find((name) => said.some((message) => message.includes(name.toLowerCase())))
}
