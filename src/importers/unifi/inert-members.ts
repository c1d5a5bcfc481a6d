import type { Collection } from './collections.ts'

/** A member of an entry of a collection: the keys from the entry on, the member's own last. */
export interface EntryMember {
  readonly collection: Collection | undefined
  readonly names: readonly string[]
  readonly value: unknown
  /** The objects around it, the entry first. */
  readonly around: readonly object[]
}

/**
 * Why a member of a controller's object can change neither which packets pass nor how names are answered; `undefined` =
 * it could (go-unifi: the fields of the controller's collections, 9.5; aiounifi: what devices report).
 */
export function changesNothing({ collection, names, value, around }: EntryMember): string | undefined {
  const key = names.at(-1) ?? ''
  if (isNothing(value)) return `${key} is empty`
  if (value === false && OFF.has(key)) return `${key} is off`
  const because = `${key} changes neither reachability nor names`
  if (EVERYWHERE.has(key) || key.startsWith('attr_')) return because
  if (collection === undefined) return undefined
  if (names.some((name) => TREES[collection]?.has(name))) return because
  if (KEYS[collection] === 'all' || KEYS[collection]?.has(key)) return because
  return collection === 'device' ? deviceReports(names, value, around) : undefined
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** Counters, and settings of a device that say what holds without them. */
function deviceReports(names: readonly string[], value: unknown, around: readonly object[]): string | undefined {
  const key = names.at(-1) ?? ''
  if (COUNTERS.test(key)) return `${key} is a counter or a measurement`
  // How the device itself is managed; by DHCP it says no more than what came.
  const inside = around.findLast((one) => !Array.isArray(one))
  if (names.at(-2) === 'config_network' && inside && 'type' in inside && inside.type === 'dhcp') {
    return 'a device manages itself by the address DHCP gave it'
  }
  const within = names.at(-2) ?? ''
  if (REPORTS.has(within) && !SETTINGS.has(key)) return `what ${within} reports stands in networkconf too`
  if (within === 'port_table' && key === 'name') return 'the name of a port is for people'
  if (within === 'port_table' && 'ifname' in (inside ?? {})) return 'a port reports what wan1 and networkconf say'
  if (names.length === 1 && (key === 'model' || key === 'version'))
    return `${key} changes neither reachability nor names`
  if (within === 'port_table' || names.length === 1) {
    if (value === true && key === 'enable') return 'enable is on'
    if (value === 'switch' && key === 'op_mode') return 'op_mode is what it is without'
  }
  return undefined
}

/** Parts of a device that say how it runs. */
const REPORTS: ReadonlySet<string> = new Set(['uplink', 'last_uplink', 'wan1', 'wan2'])
const SETTINGS: ReadonlySet<string> = new Set([
  'uplink_mac',
  'uplink_remote_port',
  'port_idx',
  'ip',
  'ifname',
  'gateway',
])

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const COUNTERS =
  /^(?:[rt]x_|(?:guest|user|lan|wan|guest-wlan|user-wlan)-(?:num_|[rt]x_)|num_|bytes(?:-|$)|(?:stat|poe|temp|fan|led|lcm|radio|speedtest|latency|uptime|upgrade|heartbeat)_|.*[-_](?:bytes|packets|errors|dropped|retries|uptime|latency|temperature|at|seen|caps)(?:-[rd])?$|_?uptime$|_last_seen)/

const EVERYWHERE = words(`_id site_id external_id log logging description note rc setting_preference hidden_id no_delete
  no_edit ipv6_setting_preference timeout_setting_preference minrate_setting_preference`)

/** Switches that do nothing while they are off. */
const OFF = words(`dot1x_portctrl_enabled jumboframe_enabled isolated vwireEnabled igmp_snooping dhcp_relay_enabled
  dhcpguard_enabled port_security_enabled isolation geo_ip_filtering_enabled upnp_lan_enabled mdns_enabled dpi_enabled
  dhcpd_boot_enabled dhcpd_ntp_enabled dhcpd_wins_enabled dhcpd_time_offset_enabled dhcpd_dns_enabled
  dhcpd_gateway_enabled vlan_enabled wan_vlan_enabled wan_smartq_enabled auto_scale_enabled remote_vpn_dynamic_subnets_enabled
  interface_mtu_enabled dhcpdv6_enabled ipv6_ra_enabled require_mschapv2 vpn_client_default_route vpn_client_pull_dns
  mac_override_enabled uid_policy_enabled radius_mac_auth_enabled private_preshared_keys_enabled dynamic_vlan_enabled
  sae_psk_vlan_required proxy_arp p2p p2p_cross_connect mdns_proxy_enabled dhcpdv6_allow_slaac exposed_to_site_vpn
  igmp_proxy_upstream aggregated_by masked lag_member disabled is_guest enabled kill_switch_enabled fallback_enabled
  allow_legacy_mode dhcp_snoop acl_device_isolation virtual_network_override_enabled blocked unsupported
  upnp_enabled upnp_nat_pmp_enabled broadcast_ping echo_server unbind_wan_monitors restricted_dns_enabled`)

/** Members of which nothing inside matters, by collection. */
const TREES: Readonly<Partial<Record<Collection, ReadonlySet<string>>>> = {
  device: words(`stat sys_stats system-stats uptime_stats speedtest-status vap_table radio_table radio_table_stats
    antenna_table storage temperatures lldp_table mac_table port_delta downlink_table countrycode_table switch_caps
    scan_radio_table scan_table rogueap_table mesh_sta_vap_enabled reboot_duration country_code hw_caps
    geo_info wan_magic ipv4_active_leases ssh_session_table dhcp_server_table last_wan_interfaces active_geo_info
    last_wan_status sfp_table outlet_table outlet_overrides led_state ether_lighting rps_override rps lcm_settings
    vwire_table anomalies uplink_table discovered_via bandsteering_mode connected_battery_overrides antenna_id
    nutserver ups_battery setup_provision_tracking network_table mesh_uplink_1 mesh_uplink_2 multi_ap_table
    ethernet_table element_uplink_ap_mac x_vwire state_reason power_supply_info cloud_key fw2_caps
    shadow_mode stp_domains dot1x_table`),
  wlanconf: words(`hotspot2 schedule schedule_with_duration mdns_proxy_custom wlan_bands sae_groups sae_psk`),
  portconf: words('qos_profile multicast_router_networkconf_ids'),
  networkconf: words('wan_provider_capabilities igmp_querier_switches wan_dhcp_options wan_dhcpv6_options'),
  trafficrules: words('bandwidth_limit'),
}

/** Members that do not matter, wherever they stand in an entry of a collection. */
const KEYS: Readonly<Partial<Record<Collection, ReadonlySet<string> | 'all'>>> = {
  site: 'all',
  sysinfo: 'all',
  // What a device is, how it looks, what it is doing, and how it is reached by its controller; what it reports of an
  // address or a network beside that stands in networkconf.
  device: words(`_uptime adoptable_when_upgraded adopted adoption_completed architecture board_rev cfgversion
    connect_request_ip connect_request_port connected_at considered_lost_at country_code default device_id device_domain
    discovered_via displayable_version element_peer_mac element_adopt fan_level fw_caps fw2_caps gateway_mac
    general_temperature guest_token guest_kicks has_eth1 has_fan has_speaker has_temperature has_vpn hash_id hide_ch_width
    hw_caps inform_ip inform_url internet ip ipv6 kernel_version known_cfgversion last_seen last_wan_ip last_lan_ip
    last_connection_network_id last_connection_network_name last_uplink_id license_state locating manufacturer_id
    meshv3_peer_mac mesh_sta_vap_enabled minimum_satisfaction model_in_eol model_in_lts model_incompatible
    next_heartbeat_at next_interval outdoor_mode_override overheating power_source power_source_voltage
    prev_non_busy_state previous_non_busy_state provisioned_at required_version rollupgrade safe_for_autoupgrade
    satisfaction scanning serial spectrum_scanning speedtest-status-saved start_connected_millis
    start_disconnected_millis startup_timestamp state stp_priority stp_version sys_error_caps syslog_key
    total_max_power total_used_power two_phase_adopt unsupported_reason upgradable uplink_depth usg_caps usg2_caps udapi_caps
    wifi_caps wifi_caps2 x_aes_gcm x_authkey x_fingerprint x_has_ssh_hostkey x_inform_authkey x_ssh_hostkey_fingerprint
    x_vwirekey x_baresip_password anon_id led_override led_override_color led_override_color_brightness lcm_brightness
    lcm_brightness_override lcm_night_mode_begins flowctrl_enabled flowctrl_rx flowctrl_tx full_duplex autoneg speed
    speed_caps jumbo media mac_table_count max_speed max_vlan drops latency speedtest_lastrun speedtest_ping
    speedtest_status xput_up xput_down up availability nameservers gateways port_poe poe_mode poe_class poe_current
    poe_enable poe_good poe_power poe_voltage sfp_found stp_pathcost stp_state stp_port_mode dot1x_mode dot1x_status
    satisfaction_reason anomalies radio radio_name snmp_contact snmp_location bandsteering_mode
    atf_enabled heightInMeters x y map_id locked nutserver wlangroup_id antenna_gain channel ht lldpmed_enabled
    lldpmed_notify_enabled egress_rate_limit_kbps egress_rate_limit_kbps_enabled stormctrl_bcast_enabled
    stormctrl_bcast_rate stormctrl_mcast_enabled stormctrl_ucast_enabled tx_power_mode port_keepalive_enabled
    fec_mode setting_preference version_incompatible is_access_point support_wifi6e
    supports_fingerprint_ml power_source_ctrl_enabled volume upgrade_to_firmware`),
  wlanconf:
    words(`security wpa_mode wpa_enc wpa3_support wpa3_transition wpa3_fast_roaming wpa3_enhanced_192 x_passphrase
    x_wep x_iapp_key iapp_enabled iapp_key wep_idx radiusprofile_id hide_ssid usergroup_id group_rekey uapsd_enabled
    dtim_mode dtim_ng dtim_na dtim_6e minrate_ng_enabled minrate_ng_data_rate_kbps minrate_ng_advertising_rates
    minrate_ng_beacon_rate_kbps minrate_ng_mgmt_rate_kbps minrate_ng_cck_rates_enabled minrate_na_enabled
    minrate_na_data_rate_kbps minrate_na_advertising_rates minrate_na_beacon_rate_kbps minrate_na_mgmt_rate_kbps no2ghz_oui
    bc_filter_enabled bc_filter_list mcastenhance_enabled fast_roaming_enabled rrm_enabled bss_transition pmf_mode
    pmf_cipher auth_cache roam_cluster_id tdls_prohibit enhanced_iot optimize_iot_wifi_connectivity country_beacon
    b_supported wlan_band wlan_bands hotspot2conf_enabled radius_das_enabled radius_macacl_format
    radius_macacl_empty_password mlo_enabled sae_anti_clogging sae_sync log_level element_adopt dpi_enabled dpigroup_id
    name_combine_enabled name_combine_suffix nas_identifier nas_identifier_type priority schedule_reversed
    uid_workspace_url wpa_psk_radius setting_preference mdns_proxy_mode`),
  portconf:
    words(`poe_mode autoneg speed full_duplex fec_mode stormctrl_type stormctrl_ucast_enabled stormctrl_ucast_level
    stormctrl_ucast_rate stormctrl_mcast_enabled stormctrl_mcast_level stormctrl_mcast_rate stormctrl_bcast_enabled
    stormctrl_bcast_level stormctrl_bcast_rate priority_queue1_level priority_queue2_level priority_queue3_level
    priority_queue4_level lldpmed_enabled lldpmed_notify_enabled stp_port_mode egress_rate_limit_kbps
    egress_rate_limit_kbps_enabled port_keepalive_enabled dot1x_idle_timeout show_traffic_restriction_as_allowlist`),
  networkconf: words(`igmp_fastleave igmp_flood_unknown_multicast igmp_supression igmp_maxresponse igmp_mcrtrexpiretime
    igmp_groupmembership igmp_snooping igmp_proxy_for igmp_proxy_downstream_networkconf_ids priority dhcpd_start dhcpd_stop
    dhcpd_leasetime dhcpd_wins_enabled dhcpd_wins_1 dhcpd_wins_2 dhcpd_ntp_enabled dhcpd_ntp_1 dhcpd_ntp_2 dhcpd_boot_enabled
    dhcpd_boot_server dhcpd_boot_filename dhcpd_unifi_controller dhcpd_time_offset_enabled dhcpd_time_offset
    dhcpd_wpad_url dhcpd_tftp_server dhcpd_conflict_checking usergroup_id dpi_enabled dpigroup_id lte_lan_enabled
    ipsec_profile ipsec_encryption ipsec_hash ipsec_dh_group ipsec_ike_dh_group ipsec_ike_encryption ipsec_ike_hash
    ipsec_ike_lifetime ipsec_esp_dh_group ipsec_esp_encryption ipsec_esp_hash ipsec_esp_lifetime ipsec_key_exchange
    ipsec_pfs ipsec_local_identifier ipsec_local_identifier_enabled ipsec_remote_identifier ipsec_remote_identifier_enabled
    ipsec_separate_ikev2_networks x_ipsec_pre_shared_key l2tp_allow_weak_ciphers openvpn_username
    openvpn_encryption_cipher openvpn_configuration_filename x_openvpn_password x_openvpn_shared_secret_key x_auth_key
    x_ca_crt x_ca_key x_server_crt x_server_key x_dh_key x_shared_client_crt x_shared_client_key pptpc_username
    x_pptpc_password pptpc_require_mppe radiusprofile_id report_wan_event wan_username wan_pppoe_username_enabled
    x_wan_password wan_pppoe_password_enabled wan_egress_qos wan_smartq_enabled wan_smartq_up_rate wan_smartq_down_rate
    wan_load_balance_weight wan_dhcp_cos wan_dhcpv6_cos wan_sla mac_override mac_override_enabled uid_workspace_url
    ipv6_ra_priority ipv6_ra_valid_lifetime ipv6_ra_preferred_lifetime dhcpdv6_leasetime dhcpdv6_start dhcpdv6_stop
    x_wireguard_private_key wireguard_public_key wireguard_client_preshared_key wireguard_client_preshared_key_enabled
    wireguard_client_configuration_filename vrrp_vrid`),
  setting: words(`arp_cache_base_reachable arp_cache_timeout icmp_timeout other_timeout tcp_close_timeout
    tcp_close_wait_timeout tcp_established_timeout tcp_fin_wait_timeout tcp_last_ack_timeout tcp_syn_recv_timeout
    tcp_syn_sent_timeout tcp_time_wait_timeout udp_other_timeout udp_stream_timeout lldp_enable_all offload_accounting
    offload_l2_blocking offload_sch syn_cookies send_redirects receive_redirects upnp_secure_mode stp_version
    flowctrl_enabled auth_url facebook_app_id facebook_enabled google_client_id google_enabled template_engine
    portal_customized expire expire_number expire_unit redirect_url redirect_enabled voucher_enabled`),
  user: words(`last_seen first_seen oui usergroup_id hostname_source is_wired dev_cat dev_family dev_id dev_vendor os_name
    fingerprint_override noted icon`),
  'static-dns': words('ttl'),
  'firewall-policies': words('origin_id origin_type'),
  'firewall-zone': words('default_zone'),
}
