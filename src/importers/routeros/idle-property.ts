import type { Configuration } from './configuration.ts'
import type { Entry } from './entry.ts'

/**
 * Whether a property says nothing where it stands, because of what else the configuration says: VLANs of a bridge without
 * `vlan-filtering=yes` (MikroTik: Bridge VLAN Table), the template for policies that no identity asks for (MikroTik:
 * IPsec), the settings of a server that is switched off. Looks, and asks for nothing.
 */
export function isIdle(configuration: Configuration, entry: Entry, key: string): boolean {
  const value = (name: string) => entry.properties.get(name)?.value
  switch (entry.menu) {
    case 'interface bridge':
      return VLAN_WORDS.has(key) && value('vlan-filtering') !== 'yes'
    case 'interface bridge port':
      return (
        (key === 'horizon' && value(key) === 'none') ||
        (VLAN_WORDS.has(key) && !filters(configuration, value('bridge')))
      )
    case 'interface bridge vlan':
      return !filters(configuration, value('bridge'))
    case 'ip dhcp-server lease':
      return key === 'block-access' && value(key) === 'no'
    case 'ip ipsec policy':
      return value('template') === 'yes' && !makesPolicies(configuration)
    case 'ip ipsec peer':
      return !isUsed(configuration, value('name'))
    case 'ip upnp':
    case 'ip nat-pmp':
    case 'ip smb':
    case 'system ntp server':
      return value('enabled') !== 'yes'
    default:
      return entry.menu.endsWith('-server server') && value('enabled') !== 'yes' && value('disabled') !== 'no'
  }
}

const VLAN_WORDS: ReadonlySet<string> = new Set(['pvid', 'frame-types', 'ingress-filtering', 'ether-type'])

function filters(configuration: Configuration, bridge: string | undefined): boolean {
  return configuration
    .entries('interface bridge')
    .some(
      ({ properties }) => properties.get('name')?.value === bridge && properties.get('vlan-filtering')?.value === 'yes',
    )
}

function makesPolicies(configuration: Configuration): boolean {
  return configuration
    .entries('ip ipsec identity')
    .some(({ properties }) => (properties.get('generate-policy')?.value ?? 'no') !== 'no')
}

// A peer that no policy names protects nothing.
function isUsed(configuration: Configuration, name: string | undefined): boolean {
  const policies = configuration
    .entries('ip ipsec policy')
    .filter((one) => one.properties.get('disabled')?.value !== 'yes')
  return policies.some(({ properties }) => {
    const peer = properties.get('peer')?.value
    return peer === name || (peer === undefined && properties.get('template')?.value !== 'yes')
  })
}
