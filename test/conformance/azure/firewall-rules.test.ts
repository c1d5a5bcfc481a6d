import { describe, expect, test } from 'vitest'
import { connect } from '../../../src/diagnose/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { body, type Json, ref } from '../../importers/azure/arm.ts'
import { asked, type Example, networkOf } from './asked.ts'
import { allowing, application, behind, collection, group, network } from './firewall-bodies.ts'

const web = 'plant.example:443'
const inheriting = (base: readonly Json[], child: readonly Json[]): Example =>
  behind({ basePolicy: ref('firewallPolicies/base') }, [
    body('firewallPolicies/base', {}),
    group('base', 'b', 60000, base),
    group('policy', 'c', 100, child),
  ])

describe('Learn: Azure Firewall rule processing logic, a policy and its parent', () => {
  const deny = collection('deny', 65000, 'Deny', [network('443')])
  const allow = collection('allow', 100, 'Allow', [network('443')])
  const byName = collection('app', 100, 'Allow', [application('plant.example')])
  test.for<readonly [string, readonly Json[], readonly Json[], string, string]>([
    ['the parent denies whatever the child’s priorities are', [deny], [allow], 'no', 'collection deny 65000'],
    ['the parent allows what the child denies', [allow], [deny], 'yes', 'collection allow 100'],
    ['the parent says nothing of it', [collection('ssh', 100, 'Deny', [network('22')])], [allow], 'yes', 'allow'],
    ['a network rule of the child comes before an application rule of the parent', [byName], [deny], 'no', 'deny'],
    ['an application rule of the child is reached where no network rule matches', [], [byName], 'yes', 'app'],
  ])('%s', ([, base, child, works, decided]) => {
    const answer = asked(inheriting(base, child), 'vm', web)
    expect([answer.works, answer.decision]).toEqual([works, expect.stringContaining(decided)])
  })
})

describe('Learn: Azure Firewall rule processing logic, what matches', () => {
  const one = (extra: Record<string, Json>, ports = '443') => behind({}, allowing(ports, extra))
  test.for<readonly [string, Example, string, string]>([
    ['Any with a port is UDP, too', one({ ipProtocols: ['Any'] }, '53'), '192.0.2.10:53/udp', 'yes'],
    ['TCP is not UDP', one({}, '53'), '192.0.2.10:53/udp', 'no'],
    ['ICMP has no ports', one({ ipProtocols: ['ICMP'] }), '192.0.2.10/icmp', 'yes'],
    ['a range of ports', one({}, '400-500'), web, 'yes'],
    ['a range of addresses', one({ destinationAddresses: ['192.0.2.1-192.0.2.20'] }), web, 'yes'],
    ['another source', one({ sourceAddresses: ['10.7.0.0/16'] }), web, 'no'],
    ['nothing is allowed', behind({}, []), web, 'no'],
  ])('%s', ([, example, to, works]) => {
    expect(asked(example, 'vm', to).works).toBe(works)
  })

  test('classic collections are ignored beside a policy', () => {
    const rules = [
      { name: 'x', protocols: ['TCP'], sourceAddresses: ['*'], destinationAddresses: ['*'], destinationPorts: ['443'] },
    ]
    const networkRuleCollections = [{ name: 'c', properties: { priority: 100, action: { type: 'Allow' }, rules } }]
    expect(asked(behind({}, [], [], { firewall: { networkRuleCollections } }), 'vm', web).works).toBe('no')
    const alone = { firewall: { networkRuleCollections, firewallPolicy: null } }
    expect(asked(behind({}, [], [], alone), 'vm', web).works).toBe('yes')
  })
})

describe('lists of Microsoft’s leave an answer open, and say so', () => {
  const all = collection('all', 200, 'Allow', [application('*')])
  const first = (action: string, extra: Record<string, Json>) =>
    behind({}, [
      group('policy', 'g', 200, [
        collection('lists', 100, action, [application('x', undefined, { targetFqdns: [], ...extra })]),
        all,
      ]),
    ])
  test.for<readonly [Record<string, Json>, string]>([
    [{ webCategories: ['Gambling'] }, 'web category Gambling'],
    [{ fqdnTags: ['WindowsUpdate'] }, 'FQDN tag WindowsUpdate'],
    [{ targetUrls: ['plant.example/a'] }, 'target URL'],
  ])('%j', ([extra, named]) => {
    const answer = asked(first('Deny', extra), 'vm', web)
    expect([answer.works, answer.decision]).toEqual(['unknown', expect.stringContaining(named)])
    expect(asked(first('Allow', extra), 'vm', web).works).toBe('yes')
  })

  test.for<readonly [Record<string, Json>, string]>([
    [{ threatIntelMode: 'Deny' }, 'threat intelligence'],
    [{ intrusionDetection: { mode: 'Deny' } }, 'intrusion detection'],
  ])('%j is a note on every answer through the firewall', ([policy, named]) => {
    const answer = asked(behind(policy, allowing()), 'vm', web)
    expect([answer.works, answer.notes.some((note) => note.includes(named))]).toEqual(['yes', true])
    const alert = asked(
      behind({ threatIntelMode: 'Alert', intrusionDetection: { mode: 'Alert' } }, allowing()),
      'vm',
      web,
    )
    expect(alert.notes.some((note) => note.includes(named))).toBe(false)
  })

  test('a parent’s threat intelligence counts for the child, which may only be stricter', () => {
    const example = behind({ basePolicy: ref('firewallPolicies/base') }, [
      body('firewallPolicies/base', { threatIntelMode: 'Deny' }),
      ...allowing(),
    ])
    expect(asked(example, 'vm', web).notes.some((note) => note.includes('threat intelligence'))).toBe(true)
  })
})

describe('Learn: Troubleshoot connections, what the client of a firewall that denies sees', () => {
  const other = [group('policy', 'g', 200, [collection('app', 100, 'Allow', [application('google.com')])])]
  const named = [group('policy', 'g', 200, [collection('app', 100, 'Deny', [application('plant.example')])])]
  const dropped = [group('policy', 'g', 200, [collection('net', 100, 'Deny', [network('443')])])]
  test.for<readonly [string, readonly Json[], string, string]>([
    ['no application rule names it: it connects, and is cut off', other, web, 'reset'],
    ['an application rule denies it', named, web, 'reset'],
    ['a network rule denies it: nothing answers', dropped, web, 'timeout'],
    ['nothing is said of the port: nothing answers', other, 'plant.example:22', 'timeout'],
  ])('%s', ([, groups, to, kind]) => {
    const answer = connect(prepare(networkOf(behind({}, groups))), 'vm', to)
    expect([answer.works, answer.symptom?.kind]).toEqual(['no', kind])
  })
})
