import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importUnifi } from '../../../src/importers/unifi/index.ts'
import { NETWORKS } from './site-text.ts'

const SEED = 20260101
const FIXTURE = readFileSync(join(import.meta.dirname, '../../../fixtures/vision-plant/usg.json'), 'utf8')
const DATA = process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data')
const REAL = join(DATA, 'configs/unifi')
const present = existsSync(REAL)
if (!present) console.warn(`skipped: real UniFi exports are read from ${REAL}, which is not there (set NETTRACE_DATA)`)

const files = (named: Readonly<Record<string, unknown>>) =>
  Object.entries(named).map(([path, value]) => ({ path, text: JSON.stringify(value) }))

describe('an export', () => {
  const rule = { name: 'r', ruleset: 'LAN_IN', rule_index: 2000, action: 'drop' }
  const shapes: [string, Readonly<Record<string, unknown>>][] = [
    [
      'is one object of collections',
      { 'site.json': { networkconf: { meta: { rc: 'ok' }, data: NETWORKS }, firewallrule: [rule] } },
    ],
    [
      'is a file per collection, named so',
      { 'x/networkconf.json': { meta: {}, data: NETWORKS }, 'x/firewallrule.json': [rule] },
    ],
    [
      'is a file per collection, with any prefix',
      { 'my__networkconf.json': NETWORKS, 'my__firewallrule.json': { data: [rule] } },
    ],
    ['is a file per collection, told by its objects', { 'a.json': NETWORKS, 'b.json': [rule] }],
  ]
  test.for(shapes)('%s', ([, named]) => {
    const part = importUnifi('usg', files(named))
    expect(part.diagnostics).toEqual([])
    expect(part.devices[0]?.ruleSets.LAN_IN?.rules.map((one) => one.name)).toEqual(['rule 2000 r'])
  })

  test('without networks is an error, without rules a warning', () => {
    expect(
      importUnifi('usg', files({ 'firewallrule.json': [rule] })).diagnostics.map((one) => [one.severity, one.code]),
    ).toEqual([['error', 'NT1403']])
    expect(
      importUnifi('usg', files({ 'networkconf.json': NETWORKS })).diagnostics.map((one) => [one.severity, one.code]),
    ).toEqual([['warning', 'NT1404']])
  })

  test('that is cut or of something else is an error with its place', () => {
    const part = importUnifi('usg', [
      { path: 'a.json', text: '{\n "networkconf": [' },
      { path: 'b.json', text: '{"hello": 1}' },
    ])
    expect(part.devices).toEqual([])
    expect(part.diagnostics.map((one) => [one.code, one.source.kind === 'line' && one.source.line])).toEqual([
      ['NT1402', 2],
      ['NT1401', false],
    ])
  })

  test('with an overlay that says nothing about packets is read without it', () => {
    const networks = { 'networkconf.json': NETWORKS, 'firewallrule.json': [rule] }
    const harmless = importUnifi('usg', files({ ...networks, 'config.gateway.json': { system: { 'host-name': 'x' } } }))
    expect(harmless.devices[0]?.ruleSets.unread).toBeUndefined()
    expect(harmless.diagnostics.map((one) => [one.severity, one.code])).toEqual([['note', 'NT1421']])
  })
})

describe.skipIf(!present)('real exports of controllers', () => {
  const names = present ? readdirSync(REAL).filter((name) => name.endsWith('.json')) : []
  test.for(names)('%s is read', (name) => {
    const part = importUnifi('usg', [{ path: name, text: readFileSync(join(REAL, name), 'utf8') }])
    // None of them holds networkconf, so each says what is missing or that it is nothing we know.
    expect(part.devices).toEqual([])
  })

  test('all of them beside a site’s networks make one gateway', () => {
    const real = names.map((name) => ({ path: name, text: readFileSync(join(REAL, name), 'utf8') }))
    const part = importUnifi('usg', [{ path: 'networkconf.json', text: JSON.stringify(NETWORKS) }, ...real])
    expect(part.devices).toHaveLength(1)
    expect(part.devices[0]?.ruleSets.unread?.rules.length).toBeGreaterThan(0)
  })
})

describe('reading never throws', () => {
  test('on the fixture cut anywhere', () => {
    for (let length = 0; length < FIXTURE.length; length += 29) {
      importUnifi('usg', [{ path: 'usg.json', text: FIXTURE.slice(0, length) }])
    }
  })

  test('on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        importUnifi('usg', [{ path: 'usg.json', text }])
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  test('on objects of any shape', () => {
    const keys = fc.constantFrom(
      '_id',
      'name',
      'purpose',
      'ip_subnet',
      'vlan',
      'wan_type',
      'wan_ip',
      'wan_netmask',
      'wan1',
      'ruleset',
      'rule_index',
      'action',
      'protocol',
      'src_address',
      'dst_port',
      'dst_firewallgroup_ids',
      'group_type',
      'group_members',
      'fwd',
      'fwd_port',
      'pfwd_interface',
      'static-route_type',
      'static-route_network',
      'target_devices',
      'vpn_type',
      'remote_vpn_subnets',
      'enabled',
      '__proto__',
    )
    const scalar = fc.constantFrom<unknown>(
      'corporate',
      'wan',
      'guest',
      'site-vpn',
      'ipsec-vpn',
      'static',
      '10.0.0.1/24',
      '10.0.0.1',
      '255.255.255.0',
      'LAN_IN',
      'WAN_IN',
      'accept',
      'tcp',
      'wan',
      '80',
      '1-9',
      20,
      -1,
      null,
      true,
      false,
    )
    const row = fc.dictionary(
      keys,
      fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }), fc.dictionary(keys, scalar, { maxKeys: 3 })),
      { maxKeys: 8 },
    )
    const rows = fc.array(row, { maxLength: 4 })
    const collections = fc.record({
      networkconf: rows,
      firewallrule: rows,
      firewallgroup: rows,
      portforward: rows,
      routing: rows,
      trafficrules: rows,
      device: rows,
      setting: rows,
      wlanconf: rows,
    })
    fc.assert(
      fc.property(collections, (site) => {
        importUnifi('usg', [{ path: 'usg.json', text: JSON.stringify(site) }])
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  test('on zones and overlays of any shape', () => {
    const key = fc.constantFrom(
      ...'_id zone_key network_ids index action source destination zone_id matching_target ips port port_matching_type port_group_id protocol schedule mode connection_state_type firewall name rule WAN_IN LAN_IN 1 2000 3001 interfaces ethernet eth1 vif 20 address service nat type vpn ipsec site-to-site peer protocols static route next-hop portconf_id port_idx port_table in constructor __proto__'.split(
        ' ',
      ),
    )
    const scalar = fc.constantFrom<unknown>(
      'internal',
      'constructor',
      '__proto__',
      'Z',
      'lan-id',
      'ALLOW',
      'IP',
      '10.0.0.1',
      '80',
      'tcp',
      "''",
      7,
      true,
      null,
    )
    const tree = fc.letrec((tie) => ({
      node: fc.dictionary(
        key,
        fc.oneof({ depthSize: 'small' }, scalar, fc.array(scalar, { maxLength: 2 }), tie('node')),
        {
          maxKeys: 5,
        },
      ),
    })).node
    const rows = fc.array(tree, { maxLength: 3 })
    fc.assert(
      fc.property(rows, rows, rows, tree, (zones, policies, devices, overlay) => {
        const keyed = [{ _id: 'Z', zone_key: 'internal' }, ...zones]
        const site = { networkconf: NETWORKS, 'firewall-zone': keyed, 'firewall-policies': policies, device: devices }
        importUnifi('usg', files({ 'site.json': site, 'config.gateway.json': { firewall: {}, ...overlay } }))
        importUnifi('usg', files({ 'networkconf.json': NETWORKS, 'config.gateway.json': { service: overlay } }))
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('importing twice gives equal data that survives structuredClone', () => {
    const part = importUnifi('usg', [{ path: 'usg.json', text: FIXTURE }])
    expect(importUnifi('usg', [{ path: 'usg.json', text: FIXTURE }])).toEqual(part)
    expect(structuredClone(part)).toEqual(part)
  })
})
