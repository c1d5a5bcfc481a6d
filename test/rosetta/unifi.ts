import type { Dialect } from './policy.ts'

const network = (id: string, purpose: string, ip_subnet: string, vlan?: number) => ({
  _id: id,
  name: id,
  purpose,
  ip_subnet,
  ...(vlan !== undefined && { vlan_enabled: true, vlan }),
})
const NETWORKS = [
  {
    _id: 'internet',
    name: 'internet',
    purpose: 'wan',
    wan_type: 'static',
    wan_networkgroup: 'WAN',
    wan_ip: '203.0.113.2',
    wan_netmask: '255.255.255.0',
    wan_gateway: '203.0.113.1',
  },
  network('lan', 'corporate', '192.168.10.1/24'),
  network('things', 'corporate', '192.168.20.1/24', 20),
  network('guests', 'guest', '192.168.30.1/24', 30),
]
const rule = (ruleset: string, rule_index: number, action: string, more: object) => ({
  _id: `${ruleset}${rule_index}`,
  name: `r${rule_index}`,
  ruleset,
  rule_index,
  action,
  enabled: true,
  protocol: 'all',
  ...more,
})
const THINGS = { src_networkconf_id: 'things', src_networkconf_type: 'NETv4' }
const LAN = { dst_networkconf_id: 'lan', dst_networkconf_type: 'NETv4' }
const ANSWERS = { state_established: true, state_related: true }
const FORWARD = {
  _id: 'web',
  name: 'web',
  pfwd_interface: 'wan',
  proto: 'tcp',
  src: 'any',
  dst_port: '443',
  fwd: '192.168.10.2',
  fwd_port: '8443',
}
const ROUTE = {
  _id: 'branch',
  name: 'branch',
  type: 'static-route',
  'static-route_type': 'nexthop-route',
  'static-route_network': '10.9.0.0/24',
  'static-route_nexthop': '203.0.113.3',
}

/** UniFi with the classic firewall; the VPN bypass of NAT is an overlay, the controller has no word for it. */
export const UNIFI: Dialect = {
  entry: 'unifi: [gw/site.json, gw/config.gateway.json]',
  wan: 'wan',
  lan: 'lan',
  things: 'things',
  guests: 'guests',
  files: {
    'site.json': JSON.stringify({
      networkconf: NETWORKS,
      portforward: [FORWARD],
      routing: [ROUTE],
      setting: [{ key: 'guest_access', restricted_subnet_1: '192.168.0.0/16', restricted_subnet_2: '10.9.0.0/24' }],
      firewallrule: [
        rule('LAN_IN', 2000, 'accept', ANSWERS),
        rule('LAN_IN', 2001, 'drop', { state_invalid: true }),
        rule('LAN_IN', 2002, 'accept', { ...THINGS, dst_address: '192.168.10.2', dst_port: '1883', protocol: 'tcp' }),
        rule('LAN_IN', 2003, 'drop', { ...THINGS, ...LAN }),
        rule('LAN_IN', 2004, 'accept', { ...THINGS, dst_port: '443', protocol: 'tcp' }),
        rule('LAN_IN', 2005, 'accept', { ...THINGS, dst_port: '123', protocol: 'udp' }),
        rule('LAN_IN', 2006, 'reject', THINGS),
        rule('LAN_LOCAL', 2000, 'accept', ANSWERS),
        rule('LAN_LOCAL', 2001, 'accept', { ...THINGS, dst_port: '53', protocol: 'tcp_udp' }),
        rule('LAN_LOCAL', 2002, 'accept', { ...THINGS, dst_port: '67', protocol: 'udp' }),
        rule('LAN_LOCAL', 2003, 'drop', THINGS),
        rule('WAN_IN', 2000, 'accept', {
          src_address: '10.9.0.0/24',
          dst_address: '192.168.10.2',
          dst_port: '445',
          protocol: 'tcp',
        }),
        // Without it the guest policy drops what guests answer.
        rule('GUEST_IN', 2000, 'accept', ANSWERS),
      ],
    }),
    'config.gateway.json': JSON.stringify({
      service: {
        nat: {
          rule: {
            5000: {
              type: 'masquerade',
              'outbound-interface': 'eth0',
              destination: { address: '10.9.0.0/24' },
              exclude: "''",
            },
          },
        },
      },
    }),
  },
}
