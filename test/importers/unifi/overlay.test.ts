import { describe, expect, test } from 'vitest'
import { importUnifi } from '../../../src/importers/unifi/index.ts'
import { ip } from '../../../src/net/index.ts'
import { ask } from './ask.ts'
import { NETWORKS } from './site-text.ts'

/** The gateway of the networks with some rules, under an overlay. */
function overlaid(overlay: object, firewallrule: object[] = []) {
  const part = importUnifi('usg', [
    { path: 'site.json', text: JSON.stringify({ networkconf: NETWORKS, firewallrule }) },
    { path: 'config.gateway.json', text: JSON.stringify(overlay, null, 1) },
  ])
  const [device] = part.devices
  if (!device) throw new Error('no gateway')
  return { device, diagnostics: part.diagnostics }
}

const rule = (more: object) => ({ action: 'drop', ...more })
const named = (name: string, rules: object, more = {}) => ({ firewall: { name: { [name]: { rule: rules, ...more } } } })

describe('an overlay', () => {
  const nat = (rules: object) => ({ service: { nat: { rule: rules } } })
  test.for<[string, object, string, string, string]>([
    [
      'adds rules to those of the controller',
      named('LAN_IN', { 2500: rule({ source: { address: '192.168.20.0/24' }, state: { new: 'enable' } }) }),
      'camera',
      'pc:80/tcp',
      'no: denied, LAN_IN rule 2500',
    ],
    [
      'and leaves what they do not name alone',
      named('LAN_IN', { 2500: rule({ source: { address: '192.168.20.0/24' }, state: { new: 'enable' } }) }),
      'pc',
      'camera:80/tcp',
      'yes',
    ],
    [
      'changes the default action',
      named('LAN_IN', {}, { 'default-action': 'drop' }),
      'camera',
      'pc:80/tcp',
      'no: denied, LAN_IN',
    ],
    [
      'binds rule sets of its own',
      {
        firewall: { name: { IOT: { 'default-action': 'drop' } } },
        interfaces: { ethernet: { eth1: { vif: { 20: { firewall: { in: { name: 'IOT' } } } } } } },
      },
      'camera',
      'pc:80/tcp',
      'no: denied, firewall name IOT',
    ],
    [
      'to one interface only',
      {
        firewall: { name: { IOT: { 'default-action': 'drop' } } },
        interfaces: { ethernet: { eth1: { vif: { 20: { firewall: { in: { name: 'IOT' } } } } } } },
      },
      'pc',
      '198.51.100.7:80/tcp',
      'yes',
    ],
    [
      'says again what the controller says anyway',
      { interfaces: { ethernet: { eth1: { firewall: { in: { name: 'LAN_IN' }, out: { name: 'LAN_OUT' } } } } } },
      'camera',
      'pc:80/tcp',
      'yes',
    ],
    [
      'forwards a port, which WAN_IN must let in',
      nat({
        1: {
          type: 'destination',
          'inbound-interface': 'eth0',
          protocol: 'tcp',
          destination: { port: '8080' },
          'inside-address': { address: '192.168.10.2', port: '80' },
        },
      }),
      'stranger',
      '203.0.113.2:8080/tcp',
      'no: denied, WAN_IN',
    ],
    [
      'forwards a port with a firewall rule of its own',
      {
        'port-forward': {
          'wan-interface': 'eth0',
          'auto-firewall': 'enable',
          rule: {
            1: {
              protocol: 'tcp',
              'original-port': '8080',
              'forward-to': { address: '192.168.10.2', port: '80' },
            },
          },
        },
      },
      'stranger',
      '203.0.113.2:8080/tcp',
      'yes',
    ],
    [
      'excludes from the masquerading of the controller',
      nat({ 5000: { type: 'masquerade', 'outbound-interface': 'eth0', exclude: "''" } }),
      'pc',
      '198.51.100.7:80/tcp',
      'no',
    ],
    [
      'adds static routes',
      { protocols: { static: { route: { '198.51.100.0/24': { blackhole: "''" } } } } },
      'pc',
      '198.51.100.7:80/tcp',
      'no: null-routed',
    ],
    [
      'routes by policy',
      {
        firewall: { modify: { LB: { rule: { 10: { action: 'modify', modify: { 'lb-group': 'G' } } } } } },
        interfaces: { ethernet: { eth1: { firewall: { in: { modify: 'LB' } } } } },
        'load-balance': { group: { G: {} } },
      },
      'pc',
      '198.51.100.7:80/tcp',
      'unknown',
    ],
    [
      'with what is not evaluated makes answers unknown',
      { 'zone-policy': { zone: {} } },
      'pc',
      'camera:80/tcp',
      'unknown',
    ],
  ])('%s', ([, overlay, from, to, expected]) => {
    expect(ask({}, from, to, overlay).slice(0, expected.length)).toBe(expected)
  })

  test('puts its rules among the others by number', () => {
    const { device } = overlaid(
      named('WAN_IN', { 2500: rule({}), 3005: rule({}), 1: { action: 'accept', protocol: 'icmp' } }),
      [{ name: 'a', ruleset: 'WAN_IN', rule_index: 2000, action: 'drop' }],
    )
    expect(device.ruleSets.WAN_IN?.rules.map((one) => one.name)).toEqual([
      'rule 1',
      'rule 2000 a',
      'rule 2500',
      'predefined 3001 allow established and related',
      'predefined 3002 drop invalid',
      'rule 3005',
    ])
  })

  test('that changes a rule of the controller leaves it in doubt', () => {
    const { device } = overlaid(named('LAN_IN', { 2000: { source: { address: '10.0.0.1' } } }), [
      { name: 'a', ruleset: 'LAN_IN', rule_index: 2000, action: 'drop' },
    ])
    expect(device.ruleSets.LAN_IN?.rules.map((one) => [one.match.kind, one.action.kind])).toEqual([['opaque', 'drop']])
  })

  test('may forward names elsewhere and know hosts', () => {
    const { device } = overlaid({
      service: { dns: { forwarding: { options: ['server=/corp.example/10.0.0.53'] } } },
      system: { 'static-host-mapping': { 'host-name': { 'nas.lab': { inet: ['192.168.10.2'] } } } },
    })
    expect(device.resolver?.forwards.map((one) => one.suffix)).toEqual(['corp.example', ''])
    expect(device.resolver?.zones.flatMap((zone) => zone.records.map((record) => record.name))).toContain('nas.lab')
  })

  test('adds interfaces, addresses and VPNs', () => {
    const { device } = overlaid({
      interfaces: { ethernet: { eth1: { address: ['10.5.5.1/24'], vif: { 77: { address: '10.7.7.1/24' } } } } },
      vpn: {
        ipsec: {
          'auto-firewall-nat-exclude': 'enable',
          'site-to-site': {
            peer: {
              '198.51.100.9': {
                authentication: { 'pre-shared-secret': 'hunter2' },
                'local-address': '203.0.113.2',
                tunnel: { 1: { local: { prefix: '192.168.10.0/24' }, remote: { prefix: '10.9.0.0/24' } } },
              },
            },
          },
        },
      },
    })
    expect(device.interfaces.find((one) => one.name === 'eth1')?.addresses.map((one) => one.ip)).toEqual([
      ip('192.168.10.1'),
      ip('10.5.5.1'),
    ])
    expect(device.interfaces.map((one) => one.name)).toContain('eth1.77')
    expect(device.interfaces.at(-1)).toMatchObject({
      name: 'ipsec:198.51.100.9',
      tunnel: { arrivesAs: 'eth0', remote: ip('198.51.100.9') },
    })
    expect(device.ruleSets['nat/POSTROUTING']?.rules[0]?.name).toMatch(/^no translation/)
    expect(JSON.stringify(device, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      'hunter2',
    )
  })
})
