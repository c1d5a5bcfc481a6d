import { describe, expect, test } from 'vitest'
import { body, id, type Json, ref, routes } from '../../importers/azure/arm.ts'
import { asked } from './asked.ts'
import { endpoint, zone } from './endpoint-bodies.ts'
import { application, behind, collection, group, network } from './firewall-bodies.ts'

const BLOB = 'privatelink.blob.core.windows.net'
const NAME = 'acct.blob.core.windows.net'
const outside = { names: { [`acct.${BLOB}`]: '20.60.0.1' } }
/** An account with a private endpoint in the spoke, whose zone the hub alone knows. */
const account = (linked: readonly string[]): Json[] => [
  body('Microsoft.Storage/storageAccounts/acct', { publicNetworkAccess: 'Enabled' }),
  ...endpoint('pe', 'spoke/pe', '10.0.2.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
  ...zone(BLOB, { acct: '10.0.2.4' }, linked),
]
const named = (...destinationFqdns: string[]): Json[] => [
  group('policy', 'g', 200, [
    collection('names', 100, 'Allow', [network('443', { destinationAddresses: [], destinationFqdns })]),
  ]),
]
const proxy = { dnsSettings: { enableProxy: true } }

describe('Learn: Azure Firewall FQDN filtering in network rules', () => {
  test('the firewall compares addresses: a client that another resolver gave another address is denied', () => {
    const answer = asked(behind(proxy, named(NAME), account(['hub']), outside), 'vm', `${NAME}:443`)
    expect([answer.resolved, answer.works, answer.code]).toEqual([['20.60.0.1'], 'no', 'dns-mismatch'])
    for (const word of [NAME, '10.0.2.4', '20.60.0.1', 'DNS proxy']) expect(answer.cause).toContain(word)
  })

  test('with the same answer on both sides it passes', () => {
    const answer = asked(behind(proxy, named(NAME), account([]), outside), 'vm', `${NAME}:443`)
    expect([answer.works, answer.decided.some((one) => one.includes('network rule net-443'))]).toEqual(['yes', true])
  })

  test.for<readonly [string, string]>([
    ['192.0.2.10:443', 'yes'],
    ['142.250.1.1:443', 'no'],
  ])('who asks for the address %s itself is judged by it: %s', ([to, works]) => {
    expect(asked(behind(proxy, named('plant.example')), 'vm', to).works).toBe(works)
  })

  test('a name the input gives no address for leaves a rule open, for that name alone', () => {
    const example = behind(proxy, named('elsewhere.org'))
    expect(asked(example, 'vm', '192.0.2.10:443').works).toBe('unknown')
    expect(asked(example, 'vm', 'plant.example:443').works).toBe('no')
  })

  test('a wildcard, which Azure does not take there, is not guessed at', () => {
    expect(asked(behind(proxy, named('*.example')), 'vm', 'plant.example:443').works).toBe('unknown')
  })
})

describe('Learn: Azure Firewall rule processing logic, application rules and the address behind a name', () => {
  const allowed = [group('policy', 'g', 200, [collection('app', 100, 'Allow', [application(NAME)])])]

  test('the firewall connects where it looks the name up itself, and answers the client in its place', () => {
    const answer = asked(behind({}, allowed, account(['hub']), outside), 'vm', `${NAME}:443`)
    expect([answer.resolved, answer.works, answer.seen]).toEqual([['20.60.0.1'], 'yes', '10.100.0.4'])
    expect(answer.there.at(-1)).toBe('pe')
    expect([answer.back[0], answer.back.at(-1)]).toEqual(['pe', 'vm'])
    expect(answer.notes.join()).toContain('10.0.2.4; the client was given 20.60.0.1')
  })

  test('an answer that the firewall’s own routes do not bring back to the client is lost', () => {
    const table = { firewallSubnet: { routeTable: ref('routeTables/fw-rt') }, ...outside }
    const example = behind({}, allowed, [...account(['hub']), routes('fw-rt', { '10.0.1.0/24': 'None' })], table)
    const answer = asked(example, 'vm', `${NAME}:443`)
    expect(answer.there.at(-1)).toBe('pe')
    expect([answer.works, answer.decision]).toEqual(['one-way', expect.stringContaining('10.0.1.0/24')])
  })
})
