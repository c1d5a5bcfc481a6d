import { blocks, computed, inside, type Member, plainId, reference, references, same } from './member.ts'
import { part, type ResourceTables, resource } from './table.ts'

const LOCATION = same('location', '^location')

const BGP: readonly Member[] = [
  same('asn', 'bgpSettings/asn'),
  same('bgp_peering_address', 'bgpSettings/bgpPeeringAddress'),
  computed('peer_weight', 'bgpSettings/peerWeight'),
]

const MAPPING: readonly Member[] = [same('address_space'), same('port_range')]

/** Terraform Registry: azurerm_virtual_network_gateway_nat_rule, azurerm_vpn_gateway_nat_rule. */
const NAT_RULE: readonly Member[] = [
  same('mode'),
  same('type'),
  plainId('ip_configuration_id', 'ipConfigurationId'),
  blocks('internal_mapping', 'internalMappings', MAPPING),
  blocks('external_mapping', 'externalMappings', MAPPING),
]

/** Where a gateway speaks BGP: one address for each of its instances (Terraform Registry: azurerm_virtual_network_gateway). */
const peeringAddresses: Member = (scene) => {
  const { block, draft } = scene
  const addresses = block.blocks('peering_addresses').flatMap((one) => one.block.texts('default_addresses'))
  if (addresses.length > 0) {
    draft.set('bgpSettings/bgpPeeringAddress', addresses.join(','), {
      container: block.value,
      key: 'peering_addresses',
    })
  }
}

/** Gateways to other networks. */
export const GATEWAY: ResourceTables = {
  azurerm_virtual_network_gateway: resource(
    'Microsoft.Network/virtualNetworkGateways',
    LOCATION,
    same('type', 'gatewayType'),
    same('vpn_type'),
    same(['bgp_enabled', 'enable_bgp'], 'enableBgp'),
    same('active_active'),
    same('sku', 'sku/name'),
    reference('default_local_network_gateway_id', 'gatewayDefaultSite'),
    blocks(
      'ip_configuration',
      'ipConfigurations',
      [reference('subnet_id', 'subnet'), reference('public_ip_address_id', 'publicIPAddress')],
      { wrapped: true, idUnder: 'ipConfigurations' },
    ),
    inside(
      'bgp_settings',
      computed('asn', 'bgpSettings/asn'),
      peeringAddresses,
      blocks('peering_addresses', 'bgpSettings/bgpPeeringAddresses', [
        computed('default_addresses', 'defaultBgpIpAddresses'),
        same('apipa_addresses', 'customBgpIpAddresses'),
      ]),
    ),
    inside('custom_route', same('address_prefixes', 'customRoutes/addressPrefixes')),
    inside(
      'vpn_client_configuration',
      same('address_space', 'vpnClientConfiguration/vpnClientAddressPool/addressPrefixes'),
      blocks(
        'virtual_network_gateway_client_connection',
        'vpnClientConfiguration/vngClientConnectionConfigurations',
        [same('address_prefixes', 'vpnClientAddressPool/addressPrefixes')],
        { wrapped: true },
      ),
    ),
    same('remote_vnet_traffic_enabled', 'allowRemoteVnetTraffic'),
    same('virtual_wan_traffic_enabled', 'allowVirtualWanTraffic'),
  ),
  azurerm_virtual_network_gateway_nat_rule: part(
    'Microsoft.Network/virtualNetworkGateways/natRules',
    ['azurerm_virtual_network_gateway', 'virtual_network_gateway_id'],
    undefined,
    ...NAT_RULE,
  ),
  azurerm_vpn_gateway_nat_rule: part(
    'Microsoft.Network/vpnGateways/natRules',
    ['azurerm_vpn_gateway', 'vpn_gateway_id'],
    undefined,
    ...NAT_RULE,
  ),
  azurerm_local_network_gateway: resource(
    'Microsoft.Network/localNetworkGateways',
    LOCATION,
    same('address_space', 'localNetworkAddressSpace/addressPrefixes'),
    same('gateway_address', 'gatewayIpAddress'),
    same('gateway_fqdn', 'fqdn'),
    inside('bgp_settings', ...BGP),
  ),
  azurerm_virtual_network_gateway_connection: resource(
    'Microsoft.Network/connections',
    LOCATION,
    same('type', 'connectionType'),
    reference('virtual_network_gateway_id', 'virtualNetworkGateway1'),
    reference('peer_virtual_network_gateway_id', 'virtualNetworkGateway2'),
    reference('local_network_gateway_id', 'localNetworkGateway2'),
    reference('express_route_circuit_id', 'peer'),
    same('connection_protocol'),
    same('connection_mode'),
    same('routing_weight'),
    same(['bgp_enabled', 'enable_bgp'], 'enableBgp'),
    same('use_policy_based_traffic_selectors'),
    same('express_route_gateway_bypass'),
    same('private_link_fast_path_enabled', 'enablePrivateLinkFastPath'),
    references('egress_nat_rule_ids', 'egressNatRules'),
    references('ingress_nat_rule_ids', 'ingressNatRules'),
    blocks('traffic_selector_policy', 'trafficSelectorPolicies', [
      same('local_address_cidrs', 'localAddressRanges'),
      same('remote_address_cidrs', 'remoteAddressRanges'),
    ]),
    blocks('ipsec_policy', 'ipsecPolicies', [
      same('dh_group'),
      same('ike_encryption'),
      same('ike_integrity'),
      same('ipsec_encryption'),
      same('ipsec_integrity'),
      same('pfs_group'),
      computed('sa_lifetime', 'saLifeTimeSeconds'),
      computed('sa_datasize', 'saDataSizeKilobytes'),
    ]),
  ),
  azurerm_express_route_circuit: resource(
    'Microsoft.Network/expressRouteCircuits',
    LOCATION,
    inside('sku', same('tier', '^sku/tier'), same('family', '^sku/family')),
    computed('service_provider_provisioning_state'),
  ),
  azurerm_express_route_circuit_peering: {
    ...part(
      'Microsoft.Network/expressRouteCircuits/peerings',
      ['azurerm_express_route_circuit', 'express_route_circuit_name'],
      'peerings',
      same('peering_type'),
      same('peer_asn', 'peerASN'),
      inside(
        'microsoft_peering_config',
        same('advertised_public_prefixes', 'microsoftPeeringConfig/advertisedPublicPrefixes'),
      ),
    ),
    name: 'peering_type',
  },
}
