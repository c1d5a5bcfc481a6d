import { DIALLED, ROUTE_FILTER, ROUTE_SPEECH, SERVER, words } from './inert-words.ts'

/**
 * Whether a property of a menu's entries can change neither which packets pass, nor where they go, nor how names are
 * answered: what is shown, logged, timed, or of the wire and the air below an address (MikroTik: RouterOS, the property
 * tables of each menu).
 */
export function isInert(menu: string, property: string): boolean {
  if (EVERYWHERE.has(property)) return true
  return BY_MENU.some(
    ([start, properties]) => (menu === start || menu.startsWith(`${start} `)) && properties.has(property),
  )
}

const EVERYWHERE = words(`
  comment log log-prefix numbers l2mtu mac-address admin-mac auto-mac orig-mac-address default-name
  speed advertise auto-negotiation full-duplex rx-flow-control tx-flow-control bandwidth cable-settings mdix-enable
  disable-running-check fec-mode sfp-shutdown-temperature sfp-rate-select sfp-ignore-rx-los combo-mode
  poe-out poe-priority poe-voltage power-cycle-interval power-cycle-ping-address power-cycle-ping-enabled
  power-cycle-ping-timeout loop-protect loop-protect-disable-time loop-protect-send-interval
  hw-offload suppress-hw-offload arp-timeout
`)

const RADIO = words(`
  adaptive-noise-immunity allow-sharedkey allow-roaming ampdu-priorities amsdu-limit amsdu-threshold antenna antenna-gain area
  arp-timeout band basic-rates-a/g basic-rates-b bridge-mode burst-time channel channel-width compression
  configuration configuration.antenna-gain configuration.chains configuration.country configuration.distance
  configuration.mode configuration.tx-power country default-ap-tx-limit default-authentication default-client-tx-limit
  disable-csa disconnect-timeout distance frame-lifetime frequency frequency-mode frequency-offset guard-interval
  ht-basic-mcs ht-rxchains ht-supported-mcs ht-txchains hw-fragmentation-threshold hw-protection-mode
  hw-protection-threshold hw-retries installation interworking-profile keepalive-frames max-station-count mode
  multicast-buffering multicast-helper noise-floor-threshold nv2-cell-radius nv2-downlink-ratio nv2-mode
  nv2-noise-floor-offset nv2-preshared-key nv2-qos nv2-queue-count nv2-security nv2-sync-secret on-fail-retry-time
  periodic-calibration periodic-calibration-interval preamble-mode radio-mac radio-name rate-selection rate-set
  rx-chains scan-list secondary-channel secondary-frequency security security-profile security.authentication-types
  security.ft security.ft-over-ds security.passphrase security.connect-priority security.wps skip-dfs-channels
  station-bridge-clone-mac station-roaming supported-rates-a/g supported-rates-b tdma-period-size tx-chains tx-power
  tx-power-mode update-stats-interval vht-basic-mcs vht-supported-mcs wds-cost-range wds-default-cost wds-ignore-ssid
  wireless-protocol wmm-support wps-mode steering aaa.mac-caching
`)

// A bridge's choice among loops, and how long it remembers; all of it ends in the same shared segment.
const SPANNING_TREE = words(`
  ageing-time priority path-cost internal-path-cost edge bpdu-guard point-to-point restricted-role restricted-tcn
  protocol-mode fast-forward igmp-snooping igmp-version mld-version forward-delay hello-time max-message-age
  max-hops transmit-hold-count region-name region-revision multicast-router multicast-querier multicast-query-interval
  last-member-interval last-member-query-count membership-interval querier-interval query-interval
  query-response-interval startup-query-count startup-query-interval hw learn fast-leave port-cost-mode
  unknown-multicast-flood unknown-unicast-flood broadcast-flood dhcp-snooping add-dhcp-option82 auto-isolate trusted
  mvrp mvrp-applicant-state mvrp-registrar-state tag-stacking ether-type
`)

const PROPOSALS = words(`
  auth-method certificate compatibility-options dh-group dpd-interval dpd-maximum-failures enc-algorithm
  exchange-mode hash-algorithm key lifebytes lifetime my-id nat-traversal
  notrack-chain pfs-group policy-template-group profile proposal proposal-check remote-certificate remote-id
  secret send-initial-contact username password eap-methods match-by ipsec-protocols sa-src-address level group
`)

const BY_MENU: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['interface wireless', RADIO],
  ['interface wifi', RADIO],
  ['interface wifiwave2', RADIO],
  ['interface w60g', RADIO],
  ...['l2tp', 'sstp', 'pptp', 'ovpn', 'pppoe'].map((kind) => [`interface ${kind}-server server`, SERVER] as const),
  ['ppp profile', DIALLED],
  ['ppp secret', DIALLED],
  ['ip pool', words('name')],
  [
    'ip dhcp-server lease',
    words(
      'client-id lease-time always-broadcast rate-limit use-src-mac allow-dual-stack-queue insert-queue-before parent-queue queue-type',
    ),
  ],
  ['ip smb', words('allow-guests domain interfaces')],
  [
    'ip tftp',
    words(
      'real-filename req-filename allow allow-rollover allow-overwrite read-only reading-window-size max-block-size',
    ),
  ],
  ['ip upnp', words('show-dummy-rule allow-disable-external-interface')],
  [
    'system ntp server',
    words('broadcast broadcast-addresses multicast manycast use-local-clock local-clock-stratum auth-key'),
  ],
  ['routing filter', ROUTE_FILTER],
  ...['ospf', 'ospf-v3', 'rip', 'isis', 'bgp'].map((protocol) => [`routing ${protocol}`, ROUTE_SPEECH] as const),
  [
    'interface lte',
    words(
      'allow-roaming band network-mode nr-band pin modem-init operator sms-read sms-protocol apn ip-type use-network-apn use-peer-dns authentication user password',
    ),
  ],
  [
    'interface ppp-client',
    words(
      'apn data-channel dial-command dial-on-demand info-channel modem-init null-modem phone pin port user password profile keepalive-timeout allow',
    ),
  ],
  [
    'interface pppoe-client',
    words('user password service-name ac-name allow dial-on-demand keepalive-timeout profile max-mru mrru host-uniq'),
  ],
  [
    'interface l2tp-client',
    words(
      'allow user password profile dial-on-demand keepalive-timeout max-mru mrru l2tp-proto-version l2tpv3-digest-hash l2tpv3-cookie-length ipsec-secret use-ipsec allow-fast-path',
    ),
  ],
  ['interface pptp-client', words('allow user password profile dial-on-demand keepalive-timeout max-mru mrru')],
  [
    'interface sstp-client',
    words(
      'user password profile authentication certificate dial-on-demand keepalive-timeout http-proxy proxy-port tls-version verify-server-certificate verify-server-address-from-certificate add-sni ciphers pfs',
    ),
  ],
  [
    'interface ovpn-client',
    words(
      'user password profile auth cipher certificate mode protocol tls-version verify-server-certificate use-peer-dns route-nopull',
    ),
  ],
  [
    'interface wireguard',
    words(
      'private-key public-key preshared-key persistent-keepalive client-dns client-listen-port client-keepalive is-responder responder',
    ),
  ],
  ['interface bridge', SPANNING_TREE],
  ['interface bridge settings', words('allow-fast-path')],
  [
    'interface bonding',
    words(
      'mode transmit-hash-policy lacp-rate link-monitoring mii-interval arp-interval arp-ip-targets down-delay up-delay primary min-links forced-mac-address lacp-user-key mlag-id lacp-mode',
    ),
  ],
  [
    'interface vrrp',
    words(
      'authentication password priority preemption-mode version vrid interval on-master on-backup on-fail sync-connection-tracking remote-address connection-tracking-mode connection-tracking-port group-master group-authority',
    ),
  ],
  ['interface gre', words('keepalive dont-fragment dscp ipsec-secret allow-fast-path')],
  ['interface ipip', words('keepalive dont-fragment dscp ipsec-secret allow-fast-path')],
  ['interface eoip', words('keepalive dont-fragment dscp ipsec-secret allow-fast-path tunnel-id')],
  [
    'ip dns',
    words(
      'cache-max-ttl cache-size max-concurrent-queries max-concurrent-tcp-sessions max-udp-packet-size query-server-timeout query-total-timeout verify-doh-cert doh-max-concurrent-queries doh-max-server-connections doh-timeout address-list-extra-time',
    ),
  ],
  ['ip dns static', words('ttl text mx-exchange mx-preference ns srv-port srv-priority srv-target srv-weight')],
  ['ip dhcp-client', words('dhcp-options use-peer-ntp script host-name client-id')],
  [
    'ip dhcp-server',
    words(
      'lease-time lease-script authoritative name add-arp always-broadcast bootp-support bootp-lease-time delay-threshold conflict-detection use-radius parent-queue insert-queue-before use-framed-as-classless client-mac-limit support-broadband-tr101',
    ),
  ],
  [
    'ip dhcp-server network',
    words('caps-manager ntp-server ntp-none wins-server boot-file-name next-server dhcp-option dhcp-option-set'),
  ],
  ['ip firewall', words('address-list-timeout new-priority new-dscp')],
  ['ipv6 firewall', words('address-list-timeout new-priority new-dscp')],
  [
    'ip firewall connection tracking',
    words(
      'generic-timeout icmp-timeout loose-tcp-tracking tcp-close-timeout tcp-close-wait-timeout tcp-established-timeout tcp-fin-wait-timeout tcp-last-ack-timeout tcp-max-retrans-timeout tcp-syn-received-timeout tcp-syn-sent-timeout tcp-time-wait-timeout tcp-unacked-timeout udp-stream-timeout udp-timeout liberal-tcp-tracking',
    ),
  ],
  ['ip ipsec', PROPOSALS],
  [
    'ip settings',
    words(
      // No packet that is traced carries a route of its own.
      'accept-source-route accept-redirects send-redirects secure-redirects tcp-syncookies tcp-timestamps icmp-rate-limit icmp-rate-mask max-neighbor-entries arp-timeout allow-fast-path route-cache icmp-errors-use-inbound-interface-address ipv4-multipath-hash-policy',
    ),
  ],
  [
    'ipv6 settings',
    words(
      'accept-redirects max-neighbor-entries stale-neighbor-detect-interval stale-neighbor-timeout min-neighbor-entries soft-max-neighbor-entries allow-fast-path multipath-hash-policy',
    ),
  ],
  ['ip service', words('certificate tls-version max-sessions')],
  [
    'snmp',
    words(
      'contact location engine-id engine-id-suffix trap-community trap-generators trap-interfaces trap-target trap-version src-address',
    ),
  ],
  ['tool bandwidth-server', words('authenticate max-sessions allocate-udp-ports-from')],
]
