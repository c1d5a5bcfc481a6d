import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/importers/index.ts'

/** What the line of a member means, in a file that holds one object alone. */
function memberLine(path: string, object: object, key: string): string {
  const text = JSON.stringify([object], null, 1)
  const at = text.split('\n').findIndex((line) => line.trim().startsWith(`"${key}":`))
  const line = readLines([{ path, text }], 'unifi').files[0]?.lines[at]
  if (!line) throw new Error('no line')
  return line.relevant ? (line.modelled ? 'modelled' : line.kind) : 'cannot matter'
}

const FORWARD = {
  _id: 'f',
  name: 'web',
  enabled: true,
  fwd: '10.0.0.2',
  dst_port: '80',
  fwd_port: '8080',
  proto: 'tcp',
}
const RULE = { _id: 'r', name: 'r', ruleset: 'LAN_IN', rule_index: 2000, action: 'drop' }
const SSID = { _id: 'w', name: 'plant', enabled: true, wpa_mode: 'wpa2', networkconf_id: 'n' }
const SWITCH = { _id: 'd', mac: '02:00:00:00:00:01', model: 'US8', type: 'usw', name: 'sw-1' }
const POLICY = { _id: 'p', name: 'p', action: 'BLOCK', connection_state_type: 'ALL', index: 1 }

describe('a member of an object whose sibling collections are not given', () => {
  test.for([
    ['portforward.json', FORWARD, 'fwd', 'modelled'],
    ['portforward.json', FORWARD, 'dst_port', 'modelled'],
    ['portforward.json', { ...FORWARD, frobnicate: 1 }, 'frobnicate', 'ignored'],
    ['portforward.json', { ...FORWARD, log: true }, 'log', 'cannot matter'],
    ['firewallrule.json', { ...RULE, src_networkconf_id: 'n' }, 'src_networkconf_id', 'modelled'],
    ['firewallrule.json', { ...RULE, src_firewallgroup_ids: 'g' }, 'src_firewallgroup_ids', 'modelled'],
    ['firewallrule.json', { ...RULE, src_mac_address: '02:00:00:00:00:02' }, 'src_mac_address', 'modelled'],
    ['firewallrule.json', { ...RULE, protocol: 'frob' }, 'protocol', 'partly'],
    ['firewallrule.json', { ...RULE, dst_address_ipv6: '2001:db8::1' }, 'dst_address_ipv6', 'ignored'],
    ['firewallrule.json', { ...RULE, enabled: false, dst_address_ipv6: '::1' }, 'dst_address_ipv6', 'cannot matter'],
    ['wlanconf.json', SSID, 'networkconf_id', 'modelled'],
    ['wlanconf.json', SSID, 'wpa_mode', 'cannot matter'],
    ['wlanconf.json', { ...SSID, l2_isolation: true }, 'l2_isolation', 'partly'],
    ['wlanconf.json', { ...SSID, l2_isolation: false }, 'l2_isolation', 'modelled'],
    ['wlanconf.json', { ...SSID, mac_filter_enabled: true }, 'mac_filter_enabled', 'partly'],
    ['wlanconf.json', { ...SSID, frobnicate: true }, 'frobnicate', 'ignored'],
    ['device.json', { ...SWITCH, uptime: 5 }, 'uptime', 'cannot matter'],
    ['device.json', { ...SWITCH, 'stat-of-tomorrow': 5 }, 'stat-of-tomorrow', 'ignored'],
    ['device.json', { ...SWITCH, port_overrides: [{ port_idx: 2, forward: 'native' }] }, 'forward', 'modelled'],
    ['device.json', { ...SWITCH, port_overrides: [{ port_idx: 2, isolation: true }] }, 'isolation', 'ignored'],
    ['device.json', { ...SWITCH, uplink: { uplink_mac: '02:00:00:00:00:09' } }, 'uplink_mac', 'modelled'],
    ['device.json', { ...SWITCH, jumboframe_enabled: true }, 'jumboframe_enabled', 'ignored'],
    ['device.json', { ...SWITCH, jumboframe_enabled: false }, 'jumboframe_enabled', 'cannot matter'],
    ['firewall_policies.json', { ...POLICY, source: { zone_id: 'z' } }, 'zone_id', 'modelled'],
    ['firewall_policies.json', { ...POLICY, protocol: 'tcp' }, 'protocol', 'modelled'],
    ['firewall_policies.json', { ...POLICY, frobnicate: 'tcp' }, 'frobnicate', 'ignored'],
    [
      'firewall_policies.json',
      { ...POLICY, schedule: { mode: 'ALWAYS', time_range_start: '09:00' } },
      'mode',
      'modelled',
    ],
  ] as const)('%s %j: %s is %s', ([path, object, key, expected]) => {
    expect(memberLine(path, object, key)).toBe(expected)
  })
})

test('a policy for some hours of the day is understood and not in the model', () => {
  const policy = { ...POLICY, schedule: { mode: 'EVERY_DAY', time_range_start: '09:00', time_range_end: '12:00' } }
  expect(memberLine('firewall_policies.json', policy, 'name')).toBe('partly')
})

test('without networks there is no gateway, but for whoever asks what is read of every line', () => {
  const text = JSON.stringify([FORWARD])
  const { diagnostics, files } = readLines([{ path: 'portforward.json', text }], 'unifi')
  expect(diagnostics.map((one) => one.code)).toContain('NT1403')
  expect(files[0]?.lines.filter((line) => line.relevant && !line.modelled)).toEqual([])
})

const folder = join(process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'), 'configs/unifi')
const present = existsSync(folder)
if (!present) console.warn(`skipped: real UniFi exports are not in ${folder}`)

test.skipIf(!present)(
  'of the lines of real exports that matter 97 in 100 are modelled (needs the reference data)',
  () => {
    const names = present ? readdirSync(folder).filter((name) => name.startsWith('aiounifi__')) : []
    let relevant = 0
    let modelled = 0
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8')
      for (const line of readLines([{ path: name, text }], 'unifi').files[0]?.lines ?? []) {
        relevant += line.relevant ? 1 : 0
        modelled += line.modelled ? 1 : 0
      }
    }
    console.info(`UniFi: ${modelled} of ${relevant} lines (${((100 * modelled) / relevant).toFixed(1)} %)`)
    expect(relevant).toBeGreaterThan(100)
    expect(modelled / relevant).toBeGreaterThanOrEqual(0.97)
  },
)
