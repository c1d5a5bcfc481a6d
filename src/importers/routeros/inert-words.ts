/** The words of a text as a set, for tables of properties. */
export const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** How a server of dial-in clients speaks with them; what addresses they get is in their profiles (MikroTik: L2TP, SSTP). */
export const SERVER = words(`
  name authentication keepalive-timeout max-mtu max-mru mrru max-sessions certificate tls-version cipher auth mode netmask
  require-client-certificate verify-client-certificate caller-id-type one-session-per-host allow-fast-path pfs ciphers
  force-aes accept-proto-version accept-pseudowire-type l2tpv3-circuit-id l2tpv3-cookie-length l2tpv3-digest-hash
  l2tpv3-ether-interface-list ipsec-secret enable-tun-ipv6 reneg-sec user-auth-method service-name pado-delay
  max-sessions-per-host accept-empty-service
`)

/** What a profile or a secret says of a dialled connection besides its addresses (MikroTik: PPP AAA). */
export const DIALLED = words(`
  name password caller-id limit-bytes-in limit-bytes-out last-logged-out last-caller-id last-disconnect-reason
  bridge-learning use-compression use-encryption use-mpls use-upnp use-vj-compression only-one change-tcp-mss
  session-timeout idle-timeout rate-limit on-up on-down insert-queue-before parent-queue queue-type wins-server
`)

/**
 * Which learned routes are taken and what is written on them: where they lead is unknown all the same (MikroTik: Routing
 * filters).
 */
export const ROUTE_FILTER = words(`
  chain action prefix-length ospf-type bgp-as-path bgp-as-path-length bgp-atomic-aggregate bgp-communities bgp-local-pref
  bgp-med bgp-origin bgp-weight distance invert-match jump-target locally-originated-bgp match-chain protocol
  address-family route-comment route-tag route-target routing-mark scope target-scope pref-src set-bgp-communities
  append-bgp-communities set-bgp-local-pref set-bgp-med set-bgp-prepend set-bgp-prepend-path set-bgp-weight
  set-check-gateway set-disabled set-distance set-pref-src set-route-comment set-route-tag set-route-targets
  append-route-targets set-scope set-site-of-origin set-target-scope set-type set-use-te-nexthop site-of-origin
  set-in-nexthop set-in-nexthop-direct set-in-nexthop-ipv6 set-in-nexthop-linklocal set-out-nexthop set-out-nexthop-ipv6
`)

/** How routers speak of routes: sessions, clocks, measures, what others are told (MikroTik: OSPF, BGP, RIP, IS-IS). */
export const ROUTE_SPEECH = words(`
  name area instance-id cost priority type network-type hello-interval dead-interval retransmit-interval transmit-delay
  authentication authentication-key authentication-key-id auth auth-id auth-key use-bfd prefix-list vlink-transit-area
  vlink-neighbor-id instance remote-as remote-port hold-time keepalive-time ttl multihop route-reflect tcp-md5-key
  nexthop-choice default-originate remove-private-as as-override allow-as-in max-prefix-limit max-prefix-restart-time
  update-source in-filter out-filter cisco-vpls-nlri-len-fmt as cluster-id router-id templates local.address local.role
  local.port local.ttl remote.as remote.port remote.allowed-as remote.ttl output.redistribute output.network
  output.filter-chain output.filter output.default-originate output.keep-sent-attributes output.no-early-cut
  output.no-client-to-client-reflection output.affinity output.remove-private-as output.as-override output.filter-select
  output.default-prepend input.filter input.affinity input.limit-process-routes-ipv4 input.limit-process-routes-ipv6
  input.ignore-as-path-len input.accept-nlri input.accept-communities input.accept-ext-communities input.allow-as
  input.accept-large-communities input.accept-unknown connect listen save-to add-path-out send receive in-prefix-list
  out-prefix-list key-chain levels poison-reverse split-horizon mode password source-addresses
`)
