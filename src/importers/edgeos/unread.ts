import { type Configuration, warn } from './configuration.ts'
import { type EdgeNode, sourceOf } from './node.ts'

const words = (text: string) => new Set(text.split(/\s+/))

// What is lowered, and what cannot change where a packet goes, whether it passes, or what a name means.
const READ: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    interfaces: words(
      'ethernet bonding bridge switch loopback tunnel vti wireguard openvpn l2tp-client pptp-client l2tpv3 wirelessmodem pseudo-ethernet input',
    ),
    firewall: words(
      'name ipv6-name group modify options state-policy all-ping broadcast-ping source-validation ip-src-route ipv6-src-route ipv6-receive-redirects log-martians receive-redirects send-redirects syn-cookies conntrack-expect-table-size conntrack-hash-size conntrack-table-size conntrack-tcp-loose',
    ),
    protocols: words('static bgp ospf ospfv3 rip ripng isis igmp-proxy bfd'),
    service: words(
      'nat dns dhcp-server dhcp-relay dhcpv6-server gui ssh telnet snmp lldp upnp upnp2 mdns ubnt-discover ubnt-discover-server unms suspend sshguard udapi-server pppoe-server lldp bcast-relay',
    ),
    vpn: words('ipsec l2tp pptp rsa-keys'),
  }),
)
const WHOLE = words(
  'port-forward zone-policy system policy load-balance traffic-control traffic-policy custom-attribute users',
)

/** Says which nodes of a whole configuration are not read and could change an answer. */
export function noteUnread(around: Configuration): void {
  // Not by path: what is only looked at here is not read.
  for (const node of around.root.children.values()) {
    const known = READ.get(node.name)
    if (known)
      for (const one of node.children.values()) if (!known.has(one.name)) say(`${node.name} ${one.name}`, one, around)
    if (!known && !WHOLE.has(node.name)) say(node.name, node, around)
  }
  const conntrack = around.root.children.get('system')?.children.get('conntrack')
  for (const one of conntrack?.children.values() ?? [])
    if (one.name === 'ignore') say('system conntrack ignore', one, around)
}

function say(path: string, node: EdgeNode, around: Configuration): void {
  warn(around, 'NT1446', `"${path}" is not read; answers that depend on it may be wrong.`, sourceOf(node))
}
