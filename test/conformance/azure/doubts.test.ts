import { describe, expect, test } from 'vitest'
import { SETTINGS_BY_NAME } from '../../../src/importers/index.ts'
import { body, id, type Json, nic, ref, routes, vnet } from '../../importers/azure/arm.ts'
import { asked, reported } from './asked.ts'
import type { Doubt } from './doubt.ts'
import { endpoint } from './endpoint-bodies.ts'
import { PACKET_DOUBTS } from './packet-doubts.ts'
import { ROUTE_DOUBTS } from './route-doubts.ts'

const DOUBTS = [...ROUTE_DOUBTS, ...PACKET_DOUBTS]

describe('what Microsoft’s pages leave open is decided by a setting, and the answer says so', () => {
  const both = DOUBTS.flatMap((doubt) =>
    [true, false].map((value): [string, boolean, string, Doubt] => [doubt.setting, value, doubt.about, doubt]),
  )
  test.for(both)('%s %s: %s', ([setting, value, , doubt]) => {
    const answer = asked({ ...doubt.example, settings: { [setting]: value } }, doubt.from, doubt.to)
    expect(doubt.told(answer), answer.decision).toEqual(value ? doubt.whenTrue : doubt.whenFalse)
    const usual = value === doubt.usual ? ' (the default)' : ''
    const said = answer.notes.filter((note) => note.startsWith(`azure setting ${setting} is ${value}${usual}: `))
    expect(said, answer.notes.join('\n')).not.toEqual([])
  })

  test.for(DOUBTS.map((doubt): [string, boolean, Doubt] => [doubt.setting, doubt.usual, doubt]))(
    '%s is %s where nobody says otherwise',
    ([, usual, doubt]) => {
      const answer = asked(doubt.example, doubt.from, doubt.to)
      expect(doubt.told(answer), answer.decision).toEqual(usual ? doubt.whenTrue : doubt.whenFalse)
    },
  )

  test('an answer that leans on none of them says nothing of settings', () => {
    const bodies = [
      vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
      nic('a', 'v/s', '10.0.1.4'),
      nic('b', 'v/s', '10.0.1.5'),
    ]
    expect(asked({ bodies }, 'a', 'b:443').notes.filter((note) => note.startsWith('azure setting'))).toEqual([])
  })

  const manager = 'networkManagers/m'
  const admin = (priority: number): Json[] => [
    vnet('v', ['10.0.0.0/16'], { s: { addressPrefix: '10.0.1.0/24' } }),
    body(`${manager}/networkGroups/g/staticMembers/one`, { resourceId: id('virtualNetworks/v') }),
    body(`${manager}/securityAdminConfigurations/c/ruleCollections/rc`, {
      appliesToGroups: [{ networkGroupId: id(`${manager}/networkGroups/g`) }],
    }),
    body(`${manager}/securityAdminConfigurations/c/ruleCollections/rc/rules/r`, {
      priority,
      access: 'Deny',
      direction: 'Inbound',
      protocol: 'Any',
    }),
    nic('vm', 'v/s', '10.0.1.4'),
  ]
  test.for([
    [false, 0, true],
    [false, 99, false],
    [false, 4096, false],
    [true, 0, false],
    [true, 99, false],
    [true, 100, true],
  ] as const)(
    'admin-rule-priorities-to-99 %s: a security admin rule of priority %i is reported: %s',
    ([value, priority, is]) => {
      const settings = { 'admin-rule-priorities-to-99': value }
      const said = reported({ bodies: admin(priority), settings }).filter((one) =>
        one.includes('azure setting admin-rule-priorities-to-99'),
      )
      expect(said.length > 0).toBe(is)
    },
  )

  // The page says "prefix length equal or larger" in one place, "prefix size equal or smaller" in another.
  test.for<readonly [string, boolean]>([
    ['10.1.0.0/16', true],
    ['10.1.0.0/24', true],
    ['10.1.0.0/25', true],
    ['10.0.0.0/8', false],
    ['0.0.0.0/0', false],
  ])(
    'both wordings of one page: a user route for %s takes a private endpoint’s packets in 10.1.0.0/16: %s',
    ([prefix, takes]) => {
      const table = { routeTable: ref('routeTables/rt') }
      const bodies = [
        vnet('v', ['10.1.0.0/16'], {
          pe: { addressPrefix: '10.1.0.0/24', privateEndpointNetworkPolicies: 'RouteTableEnabled' },
          s: { addressPrefix: '10.1.1.0/24', ...table },
        }),
        routes('rt', { [prefix]: 'None' }),
        ...endpoint('pe', 'v/pe', '10.1.0.4', id('Microsoft.Storage/storageAccounts/acct'), 'blob'),
        nic('vm', 'v/s', '10.1.1.4'),
      ]
      const answer = asked({ bodies }, 'vm', '10.1.0.4:443')
      expect([answer.works, answer.notes.filter((note) => note.startsWith('azure setting'))]).toEqual([
        takes ? 'no' : 'yes',
        [],
      ])
    },
  )

  test('every setting is tried with both values here', () => {
    const tried = [...DOUBTS.map((one) => one.setting), 'admin-rule-priorities-to-99']
    expect(Object.keys(SETTINGS_BY_NAME).sort()).toEqual([...tried].sort())
  })
})
