import { describe, expect, test } from 'vitest'
import { gateway } from './site-text.ts'

const PROFILES = [
  { _id: 'all', name: 'All', forward: 'all' },
  { _id: 'iot', name: 'IoT', forward: 'native', native_networkconf_id: 'iot-id' },
  { _id: 'off', name: 'Disabled', forward: 'disabled' },
  { _id: 'trunk', name: 'no guests', forward: 'customize', excluded_networkconf_ids: ['guest-id'] },
]
const port = (port_idx: number, portconf_id: string, more = {}) => ({ port_idx, portconf_id, ...more })
const usw = (overrides: object[], uplink = 'all') => ({
  _id: 'd',
  mac: '00:11:22:33:44:55',
  model: 'US8',
  type: 'usw',
  name: 'sw-1',
  port_table: [port(1, uplink, { is_uplink: true }), port(2, 'all')],
  port_overrides: overrides,
})
const names = (collections: object, name: string) =>
  gateway({ portconf: PROFILES, ...collections }).device.interfaces.find((one) => one.name === name)?.aliases

describe('SSIDs', () => {
  const wlanconf = [
    { _id: 'w', name: 'things', wpa_mode: 'wpa2', enabled: true, networkconf_id: 'iot-id' },
    { _id: 'x', name: 'home', wpa_mode: 'wpa2', enabled: true },
    { _id: 'y', name: 'off', wpa_mode: 'wpa2', enabled: false, networkconf_id: 'iot-id' },
    { _id: 'z', name: 'IoT', wpa_mode: 'wpa2', enabled: true, networkconf_id: 'lan-id' },
  ]
  const device = [{ _id: 'a', mac: '00:11:22:33:44:66', model: 'U7PG2', type: 'uap', name: 'uap-1' }]

  test('are other names of their network, at each access point', () => {
    expect(names({ wlanconf, device }, 'eth1.20')).toEqual(['IoT', 'VLAN20', 'iot-id', 'things', 'uap-1:things'])
  })

  test('are on the default network unless they say otherwise, and take no name that is another network’s', () => {
    expect(names({ wlanconf, device }, 'eth1')).toEqual(['LAN', 'lan-id', 'home', 'uap-1:home', 'uap-1:IoT'])
  })
})

describe('switch ports', () => {
  test('are names of what they carry: untagged by number, tagged with the VLAN', () => {
    const device = [usw([port(3, 'iot'), port(4, 'off'), port(5, 'trunk')])]
    expect(names({ device }, 'eth1')).toEqual(['LAN', 'lan-id', 'sw-1:2', 'sw-1:5'])
    expect(names({ device }, 'eth1.20')).toEqual(['IoT', 'VLAN20', 'iot-id', 'sw-1:2.20', 'sw-1:3', 'sw-1:5.20'])
    expect(names({ device }, 'eth1.30')).toEqual(['Guests', 'VLAN30', 'guest-id', 'sw-1:2.30'])
  })

  test('on a network the uplink does not carry lead nowhere, and that is said', () => {
    const device = [usw([port(3, 'all', { native_networkconf_id: 'guest-id' }), port(4, 'iot')], 'trunk')]
    const made = gateway({ portconf: PROFILES, device })
    expect(made.device.cutOff?.find((one) => one.name === 'sw-1:3')).toMatchObject({ from: 'eth1.30' })
    expect(made.diagnostics.map((one) => [one.code, one.message])).toEqual([
      [
        'NT1418',
        'sw-1:3 is cut off: the uplink of sw-1 (port 1) does not carry Guests (VLAN 30): port profile no guests; what is connected there reaches nobody.',
      ],
    ])
    expect(names({ device }, 'eth1.20')).toContain('sw-1:4')
  })
})
