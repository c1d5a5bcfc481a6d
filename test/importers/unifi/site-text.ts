import { importUnifi } from '../../../src/importers/unifi/index.ts'
import type { Device, Diagnostic, Rule } from '../../../src/model/index.ts'

type Json = Readonly<Record<string, unknown>>

/** Two corporate networks, a guest network and a static uplink, as the controller keeps them. */
export const NETWORKS: readonly Json[] = [
  {
    _id: 'wan-id',
    name: 'Internet',
    purpose: 'wan',
    wan_type: 'static',
    wan_networkgroup: 'WAN',
    wan_ip: '203.0.113.2',
    wan_netmask: '255.255.255.248',
    wan_gateway: '203.0.113.1',
    wan_dns1: '9.9.9.9',
  },
  { _id: 'lan-id', name: 'LAN', purpose: 'corporate', ip_subnet: '192.168.10.1/24', networkgroup: 'LAN' },
  { _id: 'iot-id', name: 'IoT', purpose: 'corporate', ip_subnet: '192.168.20.1/24', vlan_enabled: true, vlan: '20' },
  { _id: 'guest-id', name: 'Guests', purpose: 'guest', ip_subnet: '192.168.30.1/24', vlan_enabled: true, vlan: 30 },
]

/** The gateway of a site whose collections are given; `networkconf` is the one above unless it is among them. */
export function gateway(collections: Readonly<Record<string, unknown>>): {
  device: Device
  diagnostics: readonly Diagnostic[]
} {
  const site = { networkconf: NETWORKS, firewallrule: [], ...collections }
  const part = importUnifi('usg', [{ path: 'site.json', text: JSON.stringify(site, null, 1) }])
  const [device] = part.devices
  if (!device) throw new Error(part.diagnostics.map((one) => one.message).join('; '))
  return { device, diagnostics: part.diagnostics }
}

/** The rule one `firewallrule` makes in LAN_IN. */
export function lanRule(words: Json, groups: readonly Json[] = []): Rule {
  const rule = { name: 'r', ruleset: 'LAN_IN', rule_index: 2000, action: 'accept', ...words }
  const made = gateway({ firewallrule: [rule], firewallgroup: groups }).device.ruleSets.LAN_IN?.rules[0]
  if (!made) throw new Error('no rule')
  return made
}
