import { describe, expect, test } from 'vitest'
import { ask } from './ask.ts'
import { gateway } from './site-text.ts'

const zone = (id: string, key: string | undefined, ...networks: string[]) => ({
  _id: id,
  name: id,
  ...(key !== undefined && { zone_key: key }),
  network_ids: networks,
})
const ZONES = [
  zone('Internal', 'internal', 'lan-id'),
  zone('External', 'external', 'wan-id'),
  zone('Gateway', 'gateway'),
  zone('VPN', 'vpn'),
  zone('Hotspot', 'hotspot', 'guest-id'),
  zone('Things', undefined, 'iot-id'),
]
const side = (zone_id: string, more = {}) => ({ zone_id, matching_target: 'ANY', port_matching_type: 'ANY', ...more })
const policy = (from: string | object, to: string | object, more = {}) => ({
  _id: 'p',
  name: 'p',
  action: 'BLOCK',
  enabled: true,
  index: 10000,
  predefined: false,
  protocol: 'all',
  ip_version: 'BOTH',
  connection_state_type: 'ALL',
  source: typeof from === 'string' ? side(from) : from,
  destination: typeof to === 'string' ? side(to) : to,
  schedule: { mode: 'ALWAYS' },
  ...more,
})
const site = (...policies: object[]) => ({ 'firewall-zone': ZONES, 'firewall-policies': policies })
const reaches = (policies: object[], from: string, to: string, expected: string) =>
  expect(ask(site(...policies), from, to).slice(0, expected.length)).toBe(expected)

describe('without a policy the matrix of defaults decides', () => {
  test.for([
    ['pc', 'camera:80/tcp', 'yes'],
    ['pc', 'guest:80/tcp', 'yes'],
    ['pc', '198.51.100.7:443/tcp', 'yes'],
    ['pc', '192.168.10.1:443/tcp', 'yes'],
    ['camera', 'pc:80/tcp', 'no: denied, zone policies Things to Internal'],
    ['camera', '198.51.100.7:443/tcp', 'yes'],
    ['camera', '192.168.20.1:53/udp', 'yes'],
    ['guest', 'pc:80/tcp', 'no: denied, zone policies Hotspot to Internal'],
    ['guest', '198.51.100.7:443/tcp', 'yes'],
    ['guest', '192.168.30.1:53/udp', 'yes'],
    ['guest', '192.168.30.1:22/tcp', 'no: denied, zone policies Hotspot to Gateway'],
    ['guest', 'camera:80/tcp', 'unknown'],
    ['stranger', '203.0.113.2:22/tcp', 'no: denied, zone policies External to Gateway'],
  ] as const)('%s to %s', ([from, to, expected]) => {
    reaches([], from, to, expected)
  })
})

describe('policies', () => {
  const block = policy('Things', 'Internal')
  const allow = (respond: boolean) => policy('Internal', 'Things', { action: 'ALLOW', create_allow_respond: respond })
  test.for<[string, object[], string, string, string]>([
    [
      'a block the other way spares the answers that a policy responds to',
      [block, allow(true)],
      'pc',
      'camera:80/tcp',
      'yes',
    ],
    [
      'a block the other way kills the answers of a policy that does not',
      [block, allow(false)],
      'pc',
      'camera:80/tcp',
      'one-way',
    ],
    [
      'a block of what is new leaves answers alone',
      [policy('Things', 'Internal', { connection_state_type: 'CUSTOM', connection_states: ['NEW'] })],
      'pc',
      'camera:80/tcp',
      'yes',
    ],
    [
      'the lower index decides',
      [
        policy('Internal', 'Things', { index: 10002, action: 'ALLOW' }),
        policy('Internal', 'Things', { index: 10001, action: 'REJECT' }),
      ],
      'pc',
      'camera:80/tcp',
      'no: rejected, zone policies Internal to Things policy 10001 p',
    ],
    [
      'those of the user come before predefined ones',
      [
        policy('Internal', 'Things', { index: 1, predefined: true }),
        policy('Internal', 'Things', { index: 99, action: 'ALLOW' }),
      ],
      'pc',
      'camera:80/tcp',
      'yes',
    ],
    [
      'ports and addresses',
      [
        policy(
          'Things',
          side('Internal', {
            matching_target: 'IP',
            ips: ['192.168.10.2'],
            port_matching_type: 'SPECIFIC',
            port: '445,8000-8010',
          }),
          {
            action: 'ALLOW',
            protocol: 'tcp',
          },
        ),
      ],
      'camera',
      'nas:8004/tcp',
      'yes',
    ],
    [
      'the opposite of addresses',
      [
        policy(
          'Internal',
          side('External', { matching_target: 'IP', ips: ['198.51.100.0/24'], match_opposite_ips: true }),
        ),
      ],
      'pc',
      '198.51.100.7:80/tcp',
      'yes',
    ],
    [
      'networks',
      [policy(side('Internal', { matching_target: 'NETWORK', network_ids: ['lan-id'] }), 'External')],
      'pc',
      '198.51.100.7:80/tcp',
      'no: denied, zone policies Internal to External policy 10000 p',
    ],
    [
      'a client by its MAC is a doubt',
      [policy(side('Internal', { matching_target: 'MAC', macs: ['00:11:22:33:44:55'] }), 'External')],
      'pc',
      '198.51.100.7:80/tcp',
      'unknown',
    ],
    [
      'a time of day is a doubt',
      [policy('Internal', 'External', { schedule: { mode: 'EVERY_DAY' } })],
      'pc',
      '198.51.100.7:80/tcp',
      'unknown',
    ],
    [
      'what is switched off is not there',
      [policy('Internal', 'External', { enabled: false })],
      'pc',
      '198.51.100.7:80/tcp',
      'yes',
    ],
    [
      'IPv6 alone is not there',
      [policy('Internal', 'External', { ip_version: 'IPV6' })],
      'pc',
      '198.51.100.7:80/tcp',
      'yes',
    ],
    [
      'into the gateway',
      [policy('Internal', 'Gateway', { protocol: 'udp' })],
      'pc',
      '192.168.10.1:53/udp',
      'no: denied, zone policies Internal to Gateway',
    ],
    ['of a zone nobody knows', [policy('Internal', 'gone')], 'pc', '198.51.100.7:80/tcp', 'unknown'],
  ])('%s', ([, policies, from, to, expected]) => {
    reaches(policies, from, to, expected)
  })

  test('port forwards are let in behind the policies of the user', () => {
    const portforward = [
      { _id: 'f', name: 'web', pfwd_interface: 'wan', proto: 'tcp', src: 'any', dst_port: '443', fwd: '192.168.10.2' },
    ]
    const through = (...policies: object[]) =>
      ask({ ...site(...policies), portforward }, 'stranger', '203.0.113.2:443/tcp')
    expect(through()).toMatch(/^yes/)
    expect(through(policy('External', 'Internal'))).toMatch(/^no: denied, zone policies External to Internal policy/)
  })

  test('a VPN is a zone of its own, although its packets come in by the uplink', () => {
    const { device } = gateway({
      ...site(),
      networkconf: [
        {
          _id: 'wan-id',
          name: 'w',
          purpose: 'wan',
          wan_type: 'static',
          wan_ip: '203.0.113.2',
          wan_netmask: '255.255.255.248',
          wan_gateway: '203.0.113.1',
        },
        { _id: 'lan-id', name: 'LAN', purpose: 'corporate', ip_subnet: '192.168.10.1/24' },
        {
          _id: 'v',
          name: 'Azure',
          purpose: 'site-vpn',
          vpn_type: 'ipsec-vpn',
          ipsec_peer_ip: '198.51.100.4',
          remote_vpn_subnets: ['10.100.0.0/16'],
        },
      ],
    })
    const names = device.ruleSets.zones?.rules.map((rule) => rule.name)
    expect(names).toContain('VPN to Internal')
    expect(device.ruleSets['zone/VPN/Internal']?.policy).toEqual({ kind: 'accept' })
  })

  test('make the rules of before say nothing', () => {
    const { device, diagnostics } = gateway({
      ...site(),
      firewallrule: [{ name: 'old', ruleset: 'LAN_IN', rule_index: 2000, action: 'drop' }],
    })
    expect(device.ruleSets.LAN_IN).toBeUndefined()
    expect(diagnostics.map((one) => [one.severity, one.code])).toEqual([['note', 'NT1417']])
  })
})
