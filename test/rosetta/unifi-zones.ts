import type { Dialect } from './policy.ts'
import { UNIFI } from './unifi.ts'

const zone = (id: string, key: string | undefined, ...network_ids: string[]) => ({
  _id: id,
  name: id,
  ...(key !== undefined && { zone_key: key }),
  network_ids,
})
const ZONES = [
  zone('Internal', 'internal', 'lan'),
  zone('External', 'external', 'internet'),
  zone('Gateway', 'gateway'),
  zone('VPN', 'vpn'),
  zone('Hotspot', 'hotspot', 'guests'),
  zone('Things', undefined, 'things'),
]
const ips = (...list: string[]) => ({ matching_target: 'IP', ips: list })
const port = (text: string) => ({ port_matching_type: 'SPECIFIC', port: text })
let index = 10000
const policy = (from: string, to: string, action: string, protocol: string, source: object, destination: object) => ({
  _id: `p${++index}`,
  name: `p${index}`,
  index,
  action,
  protocol,
  enabled: true,
  ip_version: 'BOTH',
  connection_state_type: 'ALL',
  create_allow_respond: action === 'ALLOW',
  source: { zone_id: from, ...source },
  destination: { zone_id: to, ...destination },
})
const BRANCH = '10.9.0.0/24'

/** UniFi with zones: what the classic rules say, as policies between zones. */
export const UNIFI_ZONES: Dialect = {
  ...UNIFI,
  files: {
    ...UNIFI.files,
    'site.json': JSON.stringify({
      ...JSON.parse(UNIFI.files['site.json'] ?? '{}'),
      firewallrule: [],
      'firewall-zone': ZONES,
      'firewall-policies': [
        policy('Things', 'Internal', 'ALLOW', 'tcp', {}, { ...ips('192.168.10.2'), ...port('1883') }),
        policy('Things', 'External', 'ALLOW', 'tcp', {}, port('443')),
        policy('Things', 'External', 'ALLOW', 'udp', {}, port('123')),
        policy('Internal', 'Things', 'ALLOW', 'all', {}, {}),
        policy('Things', 'External', 'REJECT', 'all', {}, {}),
        policy('Things', 'Gateway', 'ALLOW', 'tcp_udp', {}, port('53,67')),
        policy('Things', 'Gateway', 'BLOCK', 'all', {}, {}),
        policy('Hotspot', 'External', 'BLOCK', 'all', {}, ips(BRANCH)),
        policy('Hotspot', 'Things', 'BLOCK', 'all', {}, {}),
        policy('Internal', 'Hotspot', 'ALLOW', 'all', {}, {}),
        policy('External', 'Internal', 'ALLOW', 'tcp', ips(BRANCH), { ...ips('192.168.10.2'), ...port('445') }),
      ],
    }),
  },
}
