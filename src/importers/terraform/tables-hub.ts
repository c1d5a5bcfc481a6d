import {
  at,
  blocks,
  computed,
  fixed,
  inside,
  type Member,
  plainId,
  plainIds,
  reference,
  references,
  same,
} from './member.ts'
import { part, type ResourceTables, resource } from './table.ts'

// Hub connections, VPN connections and point-to-site gateways were held against the Registry; the others are from memory.
const LOCATION = same('location', '^location')
const HUB = ['azurerm_virtual_hub', 'virtual_hub_id'] as const
const ROUTING = 'routingConfiguration'

/** The tables that learn what is behind a connection: a block that names none names none, and not the default one. */
function propagation(attribute: string, ids: string): Member {
  return (scene) => {
    const [first] = scene.block.blocks(attribute)
    if (!first) return
    const inner = { ...scene, block: first.block }
    const path = `${ROUTING}/propagatedRouteTables`
    scene.draft.set(`${path}/ids`, [], at(scene.block, attribute))
    referencesAt(ids, `${path}/ids`)(inner)
    same('labels', `${path}/labels`)(inner)
  }
}

function referencesAt(attribute: string, path: string): Member {
  return (scene) => {
    const { ids, complete } = scene.references.resolve(scene.instance, scene.block, attribute)
    const origin = at(scene.block, attribute)
    for (const id of ids) scene.draft.list(path).push(scene.draft.reference(id, origin))
    if (!complete) scene.missing(scene.block, attribute)
  }
}

/** Terraform Registry: azurerm_virtual_hub_connection, `routing`. */
const NETWORK_ROUTING: Member = inside(
  'routing',
  reference('associated_route_table_id', `${ROUTING}/associatedRouteTable`),
  reference('inbound_route_map_id', `${ROUTING}/inboundRouteMap`),
  reference('outbound_route_map_id', `${ROUTING}/outboundRouteMap`),
  propagation('propagated_route_table', 'route_table_ids'),
  same(
    'static_vnet_local_route_override_criteria',
    `${ROUTING}/vnetRoutes/staticRoutesConfig/vnetLocalRouteOverrideCriteria`,
  ),
  same('static_vnet_propagate_static_routes_enabled', `${ROUTING}/vnetRoutes/staticRoutesConfig/propagateStaticRoutes`),
  blocks('static_vnet_route', `${ROUTING}/vnetRoutes/staticRoutes`, [
    same('address_prefixes'),
    same('next_hop_ip_address'),
  ]),
)

/** Terraform Registry: azurerm_vpn_gateway_connection, `routing`; azurerm_express_route_connection, `routing`. */
const GATEWAY_ROUTING: Member = inside(
  'routing',
  reference('associated_route_table', `${ROUTING}/associatedRouteTable`),
  reference('associated_route_table_id', `${ROUTING}/associatedRouteTable`),
  reference('inbound_route_map_id', `${ROUTING}/inboundRouteMap`),
  reference('outbound_route_map_id', `${ROUTING}/outboundRouteMap`),
  referencesAt('propagated_route_tables', `${ROUTING}/propagatedRouteTables/ids`),
  propagation('propagated_route_table', 'route_table_ids'),
)

const INTERNET = same(['internet_security_enabled', 'enable_internet_security'], 'enableInternetSecurity')

const ROUTE: readonly Member[] = [
  same('destinations_type', 'destinationType'),
  same('destinations'),
  same('next_hop_type'),
  plainId('next_hop', 'nextHop'),
]

/** The address of a route server in its subnet: a body of its own, below the virtual hub that a route server is. */
const routeServerSubnet: Member = (scene) => {
  const configuration = scene.draft.nested({ container: scene.block.value }, true)
  configuration.set('^name', 'ipconfig1', { container: scene.block.value })
  const inner = { ...scene, draft: configuration }
  reference('subnet_id', 'subnet')(inner)
  reference('public_ip_address_id', 'publicIPAddress')(inner)
  scene.draft.list('ipConfigurations').push(configuration.object)
}

/** Virtual WAN: hubs, what they are connected to, and Azure Route Server, which is a hub of a kind of its own. */
export const HUB_TABLES: ResourceTables = {
  azurerm_virtual_wan: resource(
    'Microsoft.Network/virtualWans',
    LOCATION,
    same('type'),
    same('allow_branch_to_branch_traffic'),
  ),
  azurerm_virtual_hub: resource(
    'Microsoft.Network/virtualHubs',
    LOCATION,
    same('address_prefix'),
    same('sku'),
    computed('hub_routing_preference'),
    computed('virtual_router_asn'),
    computed('virtual_router_ips'),
    reference('virtual_wan_id', 'virtualWan'),
    blocks('route', 'routeTable/routes', [same('address_prefixes'), same('next_hop_ip_address')]),
  ),
  azurerm_virtual_hub_connection: part(
    'Microsoft.Network/virtualHubs/hubVirtualNetworkConnections',
    HUB,
    undefined,
    reference('remote_virtual_network_id', 'remoteVirtualNetwork'),
    INTERNET,
    NETWORK_ROUTING,
  ),
  azurerm_virtual_hub_route_table: part(
    'Microsoft.Network/virtualHubs/hubRouteTables',
    HUB,
    undefined,
    same('labels'),
    blocks('route', 'routes', ROUTE),
  ),
  azurerm_virtual_hub_route_table_route: {
    ...part(
      'Microsoft.Network/virtualHubs/hubRouteTables/routes',
      ['azurerm_virtual_hub_route_table', 'route_table_id'],
      'routes',
      ...ROUTE,
    ),
    // The default table of a hub is no resource of Terraform's.
    makesParent: true,
    wrapped: false,
  },
  azurerm_virtual_hub_routing_intent: part(
    'Microsoft.Network/virtualHubs/routingIntent',
    HUB,
    undefined,
    blocks('routing_policy', 'routingPolicies', [same('destinations'), plainId('next_hop', 'nextHop')]),
  ),
  azurerm_virtual_hub_bgp_connection: part(
    'Microsoft.Network/virtualHubs/bgpConnections',
    HUB,
    undefined,
    same('peer_asn'),
    same('peer_ip'),
    reference('virtual_network_connection_id', 'hubVirtualNetworkConnection'),
  ),
  azurerm_virtual_hub_ip: part(
    'Microsoft.Network/virtualHubs/ipConfigurations',
    HUB,
    undefined,
    reference('subnet_id', 'subnet'),
    reference('public_ip_address_id', 'publicIPAddress'),
    same('private_ip_address', 'privateIPAddress'),
  ),
  azurerm_route_map: part('Microsoft.Network/virtualHubs/routeMaps', HUB, undefined),
  azurerm_route_server: resource(
    'Microsoft.Network/virtualHubs',
    LOCATION,
    fixed('^kind', 'RouteServer'),
    same('sku'),
    same('branch_to_branch_traffic_enabled', 'allowBranchToBranchTraffic'),
    computed('hub_routing_preference'),
    computed('virtual_router_asn'),
    computed('virtual_router_ips'),
    routeServerSubnet,
  ),
  azurerm_route_server_bgp_connection: part(
    'Microsoft.Network/virtualHubs/bgpConnections',
    ['azurerm_route_server', 'route_server_id'],
    undefined,
    same('peer_asn'),
    same('peer_ip'),
  ),
  azurerm_vpn_gateway: resource(
    'Microsoft.Network/vpnGateways',
    LOCATION,
    reference('virtual_hub_id', 'virtualHub'),
    blocks('ip_configuration', 'ipConfigurations', [
      computed('private_ip_address', 'privateIpAddress'),
      computed('public_ip_address', 'publicIpAddress'),
    ]),
  ),
  azurerm_vpn_gateway_connection: part(
    'Microsoft.Network/vpnGateways/vpnConnections',
    ['azurerm_vpn_gateway', 'vpn_gateway_id'],
    undefined,
    reference('remote_vpn_site_id', 'remoteVpnSite'),
    INTERNET,
    GATEWAY_ROUTING,
    blocks('traffic_selector_policy', 'trafficSelectorPolicies', [
      same('local_address_ranges'),
      same('remote_address_ranges'),
    ]),
    blocks(
      'vpn_link',
      'vpnLinkConnections',
      [
        same('bgp_enabled', 'enableBgp'),
        same('policy_based_traffic_selector_enabled', 'usePolicyBasedTrafficSelectors'),
        reference('vpn_site_link_id', 'vpnSiteLink'),
        references('egress_nat_rule_ids', 'egressNatRules'),
        references('ingress_nat_rule_ids', 'ingressNatRules'),
      ],
      { wrapped: true },
    ),
  ),
  azurerm_vpn_site: resource(
    'Microsoft.Network/vpnSites',
    LOCATION,
    reference('virtual_wan_id', 'virtualWan'),
    same('address_cidrs', 'addressSpace/addressPrefixes'),
    blocks(
      'link',
      'vpnSiteLinks',
      [
        same('ip_address'),
        same('fqdn'),
        inside('bgp', same('asn', 'bgpProperties/asn'), same('peering_address', 'bgpProperties/bgpPeeringAddress')),
      ],
      { wrapped: true, idUnder: 'vpnSiteLinks' },
    ),
  ),
  azurerm_point_to_site_vpn_gateway: resource(
    'Microsoft.Network/p2sVpnGateways',
    LOCATION,
    reference('virtual_hub_id', 'virtualHub'),
    same('dns_servers', 'customDnsServers'),
    blocks(
      'connection_configuration',
      'p2SConnectionConfigurations',
      [
        INTERNET,
        inside('vpn_client_address_pool', same('address_prefixes', 'vpnClientAddressPool/addressPrefixes')),
        inside(
          'route',
          reference('associated_route_table_id', `${ROUTING}/associatedRouteTable`),
          propagation('propagated_route_table', 'ids'),
        ),
      ],
      { wrapped: true },
    ),
  ),
  azurerm_express_route_gateway: resource(
    'Microsoft.Network/expressRouteGateways',
    LOCATION,
    reference('virtual_hub_id', 'virtualHub'),
  ),
  azurerm_express_route_connection: part(
    'Microsoft.Network/expressRouteGateways/expressRouteConnections',
    ['azurerm_express_route_gateway', 'express_route_gateway_id'],
    undefined,
    reference('express_route_circuit_peering_id', 'expressRouteCircuitPeering'),
    INTERNET,
    GATEWAY_ROUTING,
  ),
  azurerm_network_security_perimeter: resource('Microsoft.Network/networkSecurityPerimeters', LOCATION),
  azurerm_network_security_perimeter_profile: part(
    'Microsoft.Network/networkSecurityPerimeters/profiles',
    ['azurerm_network_security_perimeter', 'network_security_perimeter_id'],
    undefined,
  ),
  azurerm_network_security_perimeter_access_rule: part(
    'Microsoft.Network/networkSecurityPerimeters/profiles/accessRules',
    ['azurerm_network_security_perimeter_profile', 'network_security_perimeter_profile_id'],
    undefined,
    same('direction'),
    same('address_prefixes'),
    same('fqdns', 'fullyQualifiedDomainNames'),
    plainIds('subscription_ids', 'subscriptions'),
  ),
  azurerm_network_security_perimeter_association: part(
    'Microsoft.Network/networkSecurityPerimeters/resourceAssociations',
    ['azurerm_network_security_perimeter', 'network_security_perimeter_id'],
    undefined,
    same('access_mode'),
    reference('network_security_perimeter_profile_id', 'profile'),
    reference('resource_id', 'privateLinkResource'),
  ),
}
