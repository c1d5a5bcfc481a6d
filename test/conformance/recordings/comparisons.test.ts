import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compare } from './comparisons.ts'
import { NotReplayable } from './not-replayable.ts'
import { type Case, casesOf, foldersIn, type Json, listOf, RESTATED } from './recorded-case.ts'

const cases = foldersIn(RESTATED).flatMap(casesOf)

/** What became of a comparison: it holds, it differs, or why it cannot be held. */
function outcomeOf(one: Case): string {
  try {
    compare(one)
    return 'holds'
  } catch (thrown) {
    return thrown instanceof NotReplayable ? thrown.message : 'differs'
  }
}

function answered(one: Case, response: Json): Case {
  return { ...one, query: { ...one.query, response } }
}

const flipped: Readonly<Record<string, string>> = {
  Allow: 'Deny',
  Deny: 'Allow',
  Reachable: 'Unreachable',
  Unreachable: 'Reachable',
  Healthy: 'UnHealthy',
  UnHealthy: 'Healthy',
}
const flip = (text: unknown) => flipped[String(text)] ?? String(text)

/** An answer that Azure did not give, by kind. */
const WRONG: Readonly<Record<string, (response: Json) => readonly Json[]>> = {
  effectiveRoutes: (response) => {
    const rows = listOf(response.value)
    const at = rows.findIndex((row) => row.nextHopType !== 'None')
    const others = rows.filter((_, index) => index !== at)
    const changed = { ...rows[at], state: rows[at]?.state === 'Active' ? 'Invalid' : 'Active' }
    return [{ value: others }, { value: [...others, changed] }]
  },
  nextHop: (response) => [
    { ...response, nextHopType: response.nextHopType === 'Internet' ? 'None' : 'Internet' },
    { ...response, nextHopIpAddress: '10.9.9.9' },
    { ...response, routeTableId: '/subscriptions/s/other' },
  ],
  ipFlowVerify: (response) => [
    { ...response, access: flip(response.access) },
    { ...response, ruleName: 'defaultSecurityRules/NobodysRule' },
  ],
  effectiveNsg: (response) =>
    listOf(response.value).map((_, at) => ({
      value: listOf(response.value).map((group, index) =>
        index === at ? { ...group, effectiveSecurityRules: listOf(group.effectiveSecurityRules).slice(1) } : group,
      ),
    })),
  networkConfigurationDiagnostic: (response) => {
    const [result] = listOf(response.results)
    const inside = (result?.networkSecurityGroupResult ?? {}) as Json
    const groups = listOf(inside.evaluatedNetworkSecurityGroups)
    const [first] = groups
    const evaluated = listOf(first?.rulesEvaluationResult)
    const last = evaluated.at(-1)
    const wrong = [...evaluated.slice(0, -1), { ...last, sourceMatched: last?.sourceMatched !== true }]
    const withResult = (value: Json) => ({ results: [{ ...result, networkSecurityGroupResult: value }] })
    return [
      withResult({ ...inside, securityRuleAccessResult: flip(inside.securityRuleAccessResult) }),
      withResult({
        ...inside,
        evaluatedNetworkSecurityGroups: [{ ...first, rulesEvaluationResult: wrong }, ...groups.slice(1)],
      }),
    ]
  },
  connectivityCheck: (response) =>
    listOf(response.hops).some((hop) => listOf(hop.issues).length > 0)
      ? []
      : [{ ...response, connectionStatus: flip(response.connectionStatus) }],
  probe: (response) => [{ ...response, reachable: response.reachable !== true }],
  vpnTroubleshoot: (response) => [{ ...response, code: flip(response.code) }],
  learnedRoutes: (response) => [{ value: listOf(response.value).slice(0, -1).concat(FOREIGN) }],
  advertisedRoutes: () => [{ value: FOREIGN }],
  routeServerLearnedRoutes: (response) => {
    const role = listOf(response.RouteServiceRole_IN_0)
    return [{ RouteServiceRole_IN_0: [...role, { ...role[0], network: '10.9.0.0/16' }] }]
  },
  securityGroupView: (response) => {
    const [nic] = listOf(response.networkInterfaces)
    const associations = (nic?.securityRuleAssociations ?? {}) as Json
    return [{ networkInterfaces: [{ ...nic, securityRuleAssociations: { ...associations, subnetAssociation: {} } }] }]
  },
  topology: (response) => {
    const [nic] = listOf(response.resources)
    const resourceId = '/subscriptions/s/networkSecurityGroups/nobodys'
    return [{ resources: [{ ...nic, associations: [{ associationType: 'Associated', resourceId }] }] }]
  },
  bgpPeerStatus: () => [{ value: [{ neighbor: '10.9.9.9' }] }],
}
const FOREIGN = [
  { localAddress: '', network: '10.9.0.0/16', nextHop: '203.0.113.99', origin: 'Network', asPath: '', weight: 0 },
]

describe('the comparisons', () => {
  const replayed = cases.filter((one) => outcomeOf(one) === 'holds')
  const wrong = replayed.flatMap((one) =>
    (WRONG[one.query.kind]?.(one.query.response) ?? []).map((response, index): [string, Case] => [
      `${one.name}, changed ${index + 1}`,
      answered(one, response),
    ]),
  )
  test('cover every kind that is replayed', () => {
    expect([...new Set(replayed.map((one) => one.query.kind))].filter((kind) => !WRONG[kind])).toEqual([])
    expect(wrong.length).toBeGreaterThan(50)
  })
  test.for(wrong)('notice that Azure did not answer so: %s', ([, one]) => {
    const outcome = outcomeOf(one)
    // The same check the other way round, or asked again, may excuse what was changed; nothing else does.
    expect(['differs', ...EXCUSES]).toContain(outcome)
  })
})

const EXCUSES = [
  'the check the other way round, of the same bodies, is Reachable: the machine did not answer yet',
  'the same question of the same bodies was answered otherwise a moment apart, and that answer holds',
  'shortly after deployment: the default’s old name says that the rules were not programmed yet',
  'it had learned nothing from elsewhere: no tunnel was up yet',
]

describe('a recorded answer that cannot be replayed says why', () => {
  const folder = join(RESTATED, 'two-groups-diagnosed')
  const [first] = casesOf(folder)
  const flow = casesOf(folder).find((one) => one.query.kind === 'ipFlowVerify')
  const of = (base: Case | undefined, query: Json): string =>
    base ? outcomeOf({ ...base, query: { ...base.query, ...query } as Case['query'] }) : 'no such case'

  test.for([
    [
      'a kind nobody wrote a comparison for',
      { kind: 'packetCapture' },
      'no comparison is written for queries of kind "packetCapture"',
    ],
    [
      'a refusal',
      { status: 400, response: { error: { code: 'VMNotRunning' } } },
      'Azure answered 400 VMNotRunning, not a result',
    ],
    [
      'an error without a status',
      { response: { error: { code: 'ResourceNotFound' } } },
      'Azure answered with an error ResourceNotFound, not a result',
    ],
    ['no answer', { response: null }, 'the recording holds no answer'],
    [
      'a rule of an NSG nobody exported',
      { response: { access: 'Allow', ruleName: 'securityRules/CleanupTool' } },
      'rule CleanupTool decided, and no NSG of the estate holds it',
    ],
    [
      'rules not programmed yet',
      {
        request: { ...flow?.query.request, localPort: '22', remoteIPAddress: '198.51.100.5' },
        response: { access: 'Deny', ruleName: 'defaultSecurityRules/DefaultInboundDenyAll' },
      },
      'shortly after deployment: the default’s old name says that the rules were not programmed yet',
    ],
  ] as const)('%s', ([, query, why]) => expect(of(flow, query)).toBe(why))

  test('a machine that is in no body, of several', () => {
    const lost = casesOf(join(RESTATED, 'check-ends-at-a-rule')).find((one) => one.query.kind === 'ipFlowVerify')
    const request = { ...lost?.query.request, targetResourceId: '/subscriptions/s/x/virtualMachines/gone' }
    expect(of(lost, { request })).toBe('gone is not among the bodies of the estate')
  })

  test('an NSG that no body is', () => {
    const group = { networkSecurityGroupId: '/subscriptions/s/networkSecurityGroups/hidden' }
    const results = [
      {
        profile: {
          direction: 'Inbound',
          protocol: 'Tcp',
          source: '1.2.3.4',
          destination: '10.90.1.4',
          destinationPort: '22',
        },
        networkSecurityGroupResult: { evaluatedNetworkSecurityGroups: [group] },
      },
    ]
    expect(of(first, { response: { results } })).toBe('NSG hidden is not among the bodies; the others hold')
  })
  test('a reference that is missing, where our reading says so too', () => {
    const lonely = casesOf(join(RESTATED, 'next-hop-nobody-owns')).find((one) => one.query.kind === 'nextHop')
    const refs = {
      missingReferences: ['/subscriptions/s/x/routeTables/elsewhere'],
      response: { nextHopType: 'Internet' },
    }
    expect(of(lonely, refs)).toBe('differs')
  })
})
