import { describe, expect, test } from 'vitest'
import { compareArrangement } from './recordings/arrangement.ts'
import { EXCEPTIONS, NOT_COMPARED } from './recordings/exceptions.ts'
import {
  compareAdvertised,
  compareLearned,
  comparePeers,
  compareRouteServer,
  compareTroubleshoot,
} from './recordings/gateways.ts'
import { compareConnection, compareLookup, compareProbe } from './recordings/reachability.ts'
import { type Case, cases, folders, present, resourceFiles, snapshot } from './recordings/recorded-case.ts'
import { compareNextHop, compareRoutes } from './recordings/routes.ts'
import { compareDiagnostics, compareFlow, compareGroups, compareView } from './recordings/rules.ts'

/** How the answer of each kind of query is held against ours. */
const COMPARISONS: Readonly<Record<string, (one: Case) => void>> = {
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
  bgpPeerStatus: comparePeers,
  vpnTroubleshoot: compareTroubleshoot,
  topology: compareArrangement,
}

const compared = cases.filter(({ query }) => NOT_COMPARED[query.kind] === undefined)

function compare(one: Case): void {
  const comparison = COMPARISONS[one.query.kind]
  if (!comparison)
    throw new Error(`no comparison for recorded queries of kind "${one.query.kind}": write one, or say why not`)
  comparison(one)
}

describe.skipIf(!present)('recorded answers of Azure', () => {
  test.for(folders.flatMap((folder) => resourceFiles(folder).map((file): [string, string] => [folder, file])))(
    '%s/%s is read without an error',
    ([folder, file]) => {
      const { network } = snapshot(folder, file)
      expect(network.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
      expect(network.devices.size).toBeGreaterThan(0)
    },
  )

  test.for(named(compared.filter(({ name }) => EXCEPTIONS[name] === undefined)))('%s', ([, one]) => compare(one))

  // Expected to fail, each for the reason in its title (recordings/exceptions.ts); one that holds after all fails here.
  // 1: the write-up does not say why one VM of a hub lacks the route server's prefixes, and no body switches them off.
  // 2: the same bodies were reachable the other way round a moment later, so the machine did not answer yet.
  // 3: the connection's body was read after the tool was asked, and says Connected already.
  const exceptions = compared.flatMap((one) => {
    const reason = EXCEPTIONS[one.name]
    return reason === undefined ? [] : [[one.name, reason, one] as const]
  })
  if (exceptions.length > 0) test.fails.for(exceptions)('%s, because %s', ([, , one]) => compare(one))

  test('every exception is about a recorded answer that is compared', () => {
    const names = new Set(compared.map((one) => one.name))
    const listed = Object.keys(EXCEPTIONS).filter((name) => folders.some((folder) => name.startsWith(`${folder} `)))
    expect(listed.filter((name) => !names.has(name))).toEqual([])
  })

  test('every kind of query that is not compared has a reason, and no comparison', () => {
    expect(Object.keys(NOT_COMPARED).filter((kind) => COMPARISONS[kind])).toEqual([])
  })
})

/** `%s` prints a name whole, where `$name` cuts it. */
function named(all: readonly Case[]): [string, Case][] {
  return all.map((one) => [
    EXCEPTIONS[one.name] === undefined ? one.name : `${one.name} (does not hold: ${EXCEPTIONS[one.name]})`,
    one,
  ])
}
