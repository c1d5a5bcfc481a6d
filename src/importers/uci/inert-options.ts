/**
 * Why a section, or with `key` an option of it, can change neither which packets pass nor how names are answered;
 * `undefined` = it could (OpenWrt: the UCI system, network, firewall, DHCP and wireless configuration, mwan3, B.A.T.M.A.N.).
 */
export function changesNothing(packageName: string, type: string, key?: string): string | undefined {
  if (key === undefined) {
    const types = PACKAGES[packageName]
    return types === 'all' || types?.includes(type)
      ? `${type} sections of ${packageName} change neither reachability nor names`
      : undefined
  }
  const keys = OPTIONS.get(`${packageName}/${type}`)
  return EVERYWHERE.has(key) || keys?.has(key) ? `${key} changes neither reachability nor names` : undefined
}

/** Packages and section types of the router's own upkeep, and of the speed of what passes. */
const PACKAGES: Readonly<Record<string, 'all' | readonly string[]>> = {
  system: ['led', 'timeserver', 'rngd', 'gpio_switch', 'button', 'watchcat', 'imm'],
  luci: 'all',
  rpcd: 'all',
  fstab: 'all',
  ucitrack: 'all',
  luci_statistics: 'all',
  statistics: 'all',
  collectd: 'all',
  vnstat: 'all',
  nlbwmon: 'all',
  attendedsysupgrade: 'all',
  ubootenv: 'all',
  sqm: 'all',
  qos: 'all',
  wol: 'all',
  etherwake: 'all',
  hd_idle: 'all',
  'hd-idle': 'all',
  lldpd: 'all',
  irqbalance: 'all',
  'prometheus-node-exporter-lua': 'all',
  acme: 'all',
  network: ['switch_port', 'atm-bridge', 'dsl', 'vdsl'],
  dhcp: ['odhcpd', 'boot'],
  wireless: ['wifi-device'],
  mwan3: ['globals'],
  uhttpd: ['cert'],
}

const EVERYWHERE: ReadonlySet<string> = new Set([
  'comment',
  '_comment',
  '.description',
  'description',
  'label',
  'color',
])

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const OPTIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  // What a provider is told of the client, when a session begins, and settings of links that are taken to be up. What is
  // asked for of IPv6 prefixes that come at run time: the export holds none of them.
  [
    'network/interface',
    words(`hostname clientid vendorid keepalive username password reqaddress reqprefix noslaaconly forceprefix demand
      persist maxfail holdoff pppd_options ac service host_uniq sendopts reqopts defaultreqopts norelease userclass
      broadcast force_link send_rs delegate ip6weight private_key nohostroute fwmark_mask apn pincode dialnumber
      modes delay authentication ttl tos encaplimit
      routing_algo hop_penalty orig_interval aggregated_ogms aggregate_ogms bridge_loop_avoidance
      distributed_arp_table fragmentation log_level network_coding bonding multicast_mode multicast_fanout
      elp_interval throughput_override gw_bandwidth gw_sel_class igmp_snooping stp`),
  ],
  ['network/globals', words('packet_steering steering_flows default_ps dhcp_default_duid netifd_debug')],
  [
    'network/device',
    words(`stp igmp_snooping multicast_querier query_interval query_response_interval last_member_interval hash_max
      robustness forward_delay hello_time max_age ageing_time priority bridge_empty txqueuelen multicast_to_unicast
      multicast_fast_leave multicast_router multicast rps xps gro speed duplex autoneg pause rxpause txpause eee dadtransmits
      neighreachabletime neighgcstaletime sendredirects drop_gratuitous_arp drop_unsolicited_na igmpversion mldversion
      ingress_qos_mapping egress_qos_mapping`),
  ],
  ['network/bridge-vlan', words('alias')],
  [
    'network/switch',
    words(`reset mirror_source_port mirror_monitor_port enable_mirror_rx enable_mirror_tx alternate_vlan_disable
      igmp_snooping arl_age_time blinkrate`),
  ],
  ['network/switch_vlan', words('fid')],
  [
    'dhcp/dnsmasq',
    words(`leasefile authoritative readethers dhcpleasemax logqueries cachesize logdhcp logfacility quietdhcp nonegcache
      ednspacket_max tftp_root tftp_unique_root dhcp_boot dnsforwardmax max_ttl min_cache_ttl max_cache_ttl
      sequential_ip allocation_unique rapidcommit addmac addsubnet stripmac stripsubnet umbrella
      queryport minport maxport nonwildcard dhcpscript leasefile_ro scriptarp`),
  ],
  [
    'dhcp/dhcp',
    words(`leasetime force ra_management ra_slaac ra_flags ra_maxinterval ra_mininterval ra_lifetime ra_useleasetime
      ra_preference ra_hoplimit ra_reachabletime ra_retranstime max_preferred_lifetime max_valid_lifetime
      preferred_lifetime dhcpv6_assignall dhcpv6_hostidlength`),
  ],
  ['dhcp/host', words('leasetime broadcast force')],
  [
    'firewall/defaults',
    words(`flow_offloading flow_offloading_hw synflood_rate synflood_burst tcp_syncookies tcp_ecn tcp_window_scaling
      accept_redirects accept_source_route custom_chains auto_includes counters`),
  ],
  ['firewall/zone', words('log log_limit counter auto_helper custom_chains')],
  ['firewall/rule', words('log log_limit limit_burst counter')],
  ['firewall/redirect', words('log log_limit limit_burst counter')],
  ['firewall/forwarding', words('name counter')],
  ['firewall/ipset', words('maxelem hashsize counters counter')],
  ['firewall/include', words('reload')],
  [
    'mwan3/interface',
    words(`track_ip track_method track_gateway track_hosts reliability count size max_ttl check_quality failure_latency
      recovery_latency failure_loss recovery_loss timeout interval keep_failure_interval recovery_interval failure_interval
      down up flush_conntrack httping_ssl`),
  ],
  // Which of several ways a client's later connections keep; the first may take any.
  ['mwan3/rule', words('sticky timeout logging')],
  [
    'system/system',
    words(`timezone zonename ttylogin log_size log_file log_ip log_port log_proto log_remote log_type log_trailer_null
      log_prefix log_buffer_size urandom_seed conloglevel cronloglevel klogconloglevel notes zram_size_mb
      zram_comp_algo compat_version buffersize`),
  ],
  [
    'dropbear/dropbear',
    words(`PasswordAuth RootPasswordAuth RootLogin BannerFile rsakeyfile keyfile IdleTimeout SSHKeepAlive MaxAuthTries
      RecvWindowSize verbose mdns ForceCommand`),
  ],
  [
    'uhttpd/uhttpd',
    words(`home cert key cgi_prefix cgi_timeout lua_prefix lua_handler ucode_prefix ubus_prefix ubus_cors ubus_socket
      script_timeout network_timeout http_keepalive tcp_keepalive max_requests max_connections no_dirlists no_symlinks
      index_page error_page realm config interpreter alias httpauth json_script no_ubusauth redirect_https`),
  ],
  [
    'wireless/wifi-iface',
    words(`device encryption key key1 key2 key3 key4 hidden wmm ieee80211w ieee80211w_max_timeout
      ieee80211w_retry_timeout ieee80211r ieee80211k ieee80211v mobility_domain ft_over_ds ft_psk_generate_local
      nasid r0_key_lifetime r1_key_holder reassociation_deadline pmk_r1_push disassoc_low_ack max_inactivity
      short_preamble dtim_period wpa_group_rekey wpa_pair_rekey wpa_master_rekey wpa_disable_eapol_key_retries
      tdls_prohibit bss_transition wnm_sleep_mode time_advertisement time_zone rrm_neighbor_report rrm_beacon_report
      skip_inactivity_poll max_listen_interval uapsd basic_rate supported_rates mcast_rate beacon_int mesh_rssi_threshold
      sae_pwe sae_password ocv okc rsn_preauth wps_pushbutton wps_label wps_pin multicast_to_unicast wpa_psk_file
      auth_server auth_port auth_secret server port acct_server acct_port acct_secret eap_type identity anonymous_identity
      ca_cert client_cert priv_key priv_key_pwd`),
  ],
])

/** Values that say what holds without them too, by package, type and option (the same pages). */
const DEFAULTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['network/interface/ipv6', ['auto', '1']],
  ['network/interface/gw_mode', ['off']],
  ['network/interface/ap_isolation', ['0']],
  ['network/interface/multipath', ['off']],
  ['dhcp/dhcp/ndp', ['disabled', '']],
  ['dhcp/dhcp/ra_default', ['0']],
  ['wireless/wifi-iface/isolate', ['0']],
  ['wireless/wifi-iface/wds', ['0']],
  ['wireless/wifi-iface/macfilter', ['disable', 'none']],
  ['dropbear/dropbear/GatewayPorts', ['0', 'off']],
  ['uhttpd/uhttpd/rfc1918_filter', ['0']],
])

/** Whether an option of these values says what would hold without it. */
export function isDefault(packageName: string, type: string, key: string, values: readonly string[]): boolean {
  const known = DEFAULTS.get(`${packageName}/${type}/${key}`)
  return known !== undefined && values.every((value) => known.includes(value.trim().toLowerCase()))
}
