/**
 * Why what stands at a path of the tree can change neither which packets pass nor how names are answered; `undefined` =
 * it could (Ubiquiti: EdgeOS User Guide; Vyatta and VyOS: Configuration, the command of each node).
 */
export function changesNothing(path: readonly string[]): string | undefined {
  const leaf = path.at(-1) ?? ''
  if (LEAVES.has(leaf)) return `${leaf} changes neither reachability nor names`
  if (isSpeech(path)) return 'how neighbours speak of routes; every route they bring is unknown anyway'
  const found = TREES.find((tree) => tree.every((name, index) => name === '*' || path[index] === name))
  return found && `${found.join(' ')} changes neither reachability nor names`
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const LEAVES = words(`
  description duplex speed mac smp_affinity hw-id log enable-default-log dup-addr-detect-transmits rapid-commit
`)

/** Routing protocols: their sessions, clocks and measures, and what they tell others. What they learn is read. */
function isSpeech([first, protocol, ...rest]: readonly string[]): boolean {
  if (first === 'protocols') return PROTOCOLS.has(protocol ?? '') && rest.some((name) => SPEECH.has(name))
  const at = rest.findIndex((name) => name === 'ospf' || name === 'ospfv3' || name === 'rip' || name === 'ripng')
  return first === 'interfaces' && at !== -1 && rest.slice(at + 1).some((name) => SPEECH.has(name))
}

const PROTOCOLS = words('bgp ospf ospfv3 rip ripng isis bfd')

const SPEECH = words(`
  parameters redistribute timers remote-as update-source maximum-prefix nexthop-self password ebgp-multihop
  soft-reconfiguration capability advertisement-interval allowas-in as-override attribute-unchanged default-originate
  default-information default-metric disable-connected-check disable-send-community disable-capability-negotiation
  local-as override-capability passive port remove-private-as route-reflector-client route-server-client
  strict-capability-match weight export unsuppress-map aggregate-address auto-cost max-metric refresh mpls-te
  dead-interval hello-interval retransmit-interval transmit-delay priority cost mtu-ignore authentication
  area-type shortcut range virtual-link log-adjacency-changes distance access-list default-distance bandwidth
  split-horizon poison-reverse
`)

const TREES: readonly (readonly string[])[] = [
  ['system', 'login'],
  ['system', 'ntp'],
  ['system', 'syslog'],
  ['system', 'time-zone'],
  ['system', 'package'],
  ['system', 'analytics-handler'],
  ['system', 'crash-handler'],
  ['system', 'traffic-analysis'],
  ['system', 'flow-accounting'],
  ['system', 'config-management'],
  ['system', 'console'],
  ['system', 'task-scheduler'],
  ['system', 'offload'],
  ['system', 'options'],
  ['system', 'systemd'],
  ['system', 'coredump'],
  ['system', 'ip', 'arp'],
  ['system', 'conntrack', 'expect-table-size'],
  ['system', 'conntrack', 'hash-size'],
  ['system', 'conntrack', 'table-size'],
  ['system', 'conntrack', 'timeout'],
  ['system', 'conntrack', 'tcp'],
  ['system', 'conntrack', 'log'],
  // Helpers for FTP, SIP and the like: they open what such a connection asks for, beside it.
  ['system', 'conntrack', 'modules'],
  ['traffic-control'],
  ['traffic-policy'],
  ['custom-attribute'],
  ['interfaces', '*', '*', 'poe'],
  ['interfaces', '*', '*', 'traffic-policy'],
  ['interfaces', '*', '*', 'mirror'],
  ['interfaces', '*', '*', 'vif', '*', 'traffic-policy'],
  ['interfaces', '*', '*', 'bridge-group', 'cost'],
  ['interfaces', '*', '*', 'bridge-group', 'priority'],
  ['interfaces', 'bridge', '*', 'aging'],
  ['interfaces', 'bridge', '*', 'forwarding-delay'],
  ['interfaces', 'bridge', '*', 'hello-time'],
  ['interfaces', 'bridge', '*', 'max-age'],
  ['interfaces', 'bridge', '*', 'priority'],
  ['interfaces', 'bridge', '*', 'stp'],
  ['interfaces', '*', '*', 'dhcp-options', 'client-option'],
  ['interfaces', '*', '*', 'dhcp-options', 'global-option'],
  // Clocks of router announcements; the prefixes, the gateway and the name servers in them are not here.
  ...['cur-hop-limit', 'max-interval', 'min-interval', 'reachable-time', 'retrans-timer'].flatMap((leaf) => [
    ['interfaces', '*', '*', 'ipv6', 'router-advert', leaf],
    ['interfaces', '*', '*', 'vif', '*', 'ipv6', 'router-advert', leaf],
  ]),
  ...['valid-lifetime', 'preferred-lifetime'].flatMap((leaf) => [
    ['interfaces', '*', '*', 'ipv6', 'router-advert', 'prefix', '*', leaf],
    ['interfaces', '*', '*', 'vif', '*', 'ipv6', 'router-advert', 'prefix', '*', leaf],
  ]),
  ...['password', 'user-id', 'service-name', 'access-concentrator', 'idle-timeout', 'connect-on-demand', 'mru'].flatMap(
    (leaf) => [
      ['interfaces', '*', '*', 'pppoe', '*', leaf],
      ['interfaces', '*', '*', 'vif', '*', 'pppoe', '*', leaf],
    ],
  ),
  ['interfaces', 'wireguard', '*', 'private-key'],
  ['interfaces', 'wireguard', '*', 'peer', '*', 'preshared-key'],
  ['interfaces', 'wireguard', '*', 'peer', '*', 'persistent-keepalive'],
  ['interfaces', 'bonding', '*', 'mode'],
  ['interfaces', 'bonding', '*', 'hash-policy'],
  ['interfaces', 'bonding', '*', 'primary'],
  ['interfaces', 'bonding', '*', 'arp-monitor'],
  // Marks on routes that are learned at run time; which networks a policy lets in is read.
  ['policy', 'as-path-list'],
  ['policy', 'community-list'],
  ['policy', 'route-map', '*', 'rule', '*', 'set'],
  ['policy', 'route-map', '*', 'rule', '*', 'match', 'as-path'],
  ['policy', 'route-map', '*', 'rule', '*', 'match', 'community'],
  ['policy', 'route-map', '*', 'rule', '*', 'match', 'metric'],
  ['policy', 'route-map', '*', 'rule', '*', 'match', 'origin'],
  ['policy', 'route-map', '*', 'rule', '*', 'match', 'tag'],
  ['policy', 'prefix-list', '*', 'rule', '*', 'le'],
  ['policy', 'prefix-list', '*', 'rule', '*', 'ge'],
  ['policy', 'prefix-list6', '*', 'rule', '*', 'le'],
  ['policy', 'prefix-list6', '*', 'rule', '*', 'ge'],
  ['protocols', 'bgp', '*', 'address-family'],
  ['protocols', 'bgp', '*', 'network'],
  ['service', 'ubnt-discover'],
  ['service', 'ubnt-discover-server'],
  ['service', 'unms'],
  ['service', 'lldp'],
  ['service', 'dns', 'forwarding', 'cache-size'],
  ['service', 'dns', 'dynamic'],
  ['service', 'gui', 'cert-file'],
  ['service', 'gui', 'ca-file'],
  ['service', 'gui', 'dh-file'],
  ['service', 'gui', 'debug'],
  ['service', 'gui', 'older-ciphers'],
  ['service', 'snmp', 'community'],
  ['service', 'snmp', 'contact'],
  ['service', 'snmp', 'location'],
  ['service', 'snmp', 'trap-source'],
  ['service', 'snmp', 'trap-target'],
  ['service', 'snmp', 'v3'],
  ['service', 'ssh', 'protocol-version'],
  ['service', 'ssh', 'allow-root'],
  ['service', 'ssh', 'disable-password-authentication'],
  ['service', 'ssh', 'disable-host-validation'],
  ['service', 'ssh', 'ciphers'],
  ['service', 'telnet', 'allow-root'],
  // Whether it answers for leases it did not give.
  ['service', 'dhcp-server', 'shared-network-name', '*', 'authoritative'],
  ...[
    ...['lease', 'bootfile-name', 'bootfile-server', 'ntp-server', 'time-server', 'time-offset', 'unifi-controller'],
    ...['wins-server', 'smtp-server', 'pop-server', 'tftp-server-name', 'server-identifier'],
  ].map((leaf) => ['service', 'dhcp-server', 'shared-network-name', '*', 'subnet', '*', leaf]),
  ['service', 'dhcpv6-server', 'shared-network-name', '*', 'subnet', '*', 'lease-time'],
  ['service', 'dhcpv6-server', 'preference'],
  ['firewall', 'log-martians'],
  ['firewall', 'syn-cookies'],
  // Redirects tell hosts of a shorter way to the same place; no packet that is traced carries a route of its own.
  ['firewall', 'receive-redirects'],
  ['firewall', 'send-redirects'],
  ['firewall', 'ipv6-receive-redirects'],
  ['firewall', 'ip-src-route'],
  ['firewall', 'ipv6-src-route'],
  ['firewall', 'conntrack-expect-table-size'],
  ['firewall', 'conntrack-hash-size'],
  ['firewall', 'conntrack-table-size'],
  ['firewall', 'conntrack-tcp-loose'],
  ['vpn', 'ipsec', 'esp-group', '*', 'compression'],
  ['vpn', 'ipsec', 'esp-group', '*', 'lifetime'],
  ['vpn', 'ipsec', 'esp-group', '*', 'pfs'],
  ['vpn', 'ipsec', 'esp-group', '*', 'proposal'],
  ['vpn', 'ipsec', 'ike-group'],
  ['vpn', 'ipsec', 'logging'],
  ['vpn', 'ipsec', 'auto-update'],
  ['vpn', 'ipsec', 'nat-traversal'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'authentication'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'connection-type'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'ike-group'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'default-esp-group'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'force-encapsulation'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'ikev2-reauth'],
  ['vpn', 'ipsec', 'site-to-site', 'peer', '*', 'tunnel', '*', 'esp-group'],
  ['vpn', 'rsa-keys'],
]
