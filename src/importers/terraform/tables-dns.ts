import { blocks, computed, type Member, objectsOf, reference, references, same, worded } from './member.ts'
import { part, type ResourceTable, type ResourceTables, resource } from './table.ts'

const LOCATION = same('location', '^location')
const RESOLVER = ['azurerm_private_dns_resolver', 'private_dns_resolver_id'] as const
const RULESET = ['azurerm_private_dns_resolver_dns_forwarding_ruleset', 'dns_forwarding_ruleset_id'] as const

/** A record set (Terraform Registry: azurerm_private_dns_a_record and the others). */
function records(type: string, ...members: readonly Member[]): ResourceTable {
  return part(
    `Microsoft.Network/privateDnsZones/${type}`,
    ['azurerm_private_dns_zone', 'zone_name'],
    undefined,
    same('ttl'),
    ...members,
  )
}

/** Private DNS zones and DNS Private Resolvers. */
export const DNS: ResourceTables = {
  azurerm_private_dns_zone: resource('Microsoft.Network/privateDnsZones', computed('number_of_record_sets')),
  azurerm_private_dns_zone_virtual_network_link: part(
    'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    ['azurerm_private_dns_zone', 'private_dns_zone_name'],
    undefined,
    reference('virtual_network_id', 'virtualNetwork'),
    same('registration_enabled'),
    same('resolution_policy'),
  ),
  azurerm_private_dns_a_record: records('A', objectsOf('records', 'aRecords', 'ipv4Address')),
  azurerm_private_dns_aaaa_record: records('AAAA', objectsOf('records', 'aaaaRecords', 'ipv6Address')),
  azurerm_private_dns_cname_record: records('CNAME', same('record', 'cnameRecord/cname')),
  azurerm_private_dns_ptr_record: records('PTR', objectsOf('records', 'ptrRecords', 'ptrdname')),
  azurerm_private_dns_mx_record: records('MX', blocks('record', 'mxRecords', [same('preference'), same('exchange')])),
  azurerm_private_dns_srv_record: records(
    'SRV',
    blocks('record', 'srvRecords', [same('priority'), same('weight'), same('port'), same('target')]),
  ),
  azurerm_private_dns_txt_record: records('TXT', blocks('record', 'txtRecords', [same('value')])),
  azurerm_private_dns_resolver: resource(
    'Microsoft.Network/dnsResolvers',
    LOCATION,
    reference('virtual_network_id', 'virtualNetwork'),
  ),
  azurerm_private_dns_resolver_inbound_endpoint: part(
    'Microsoft.Network/dnsResolvers/inboundEndpoints',
    RESOLVER,
    undefined,
    LOCATION,
    blocks('ip_configurations', 'ipConfigurations', [
      reference('subnet_id', 'subnet'),
      same('private_ip_address'),
      same('private_ip_allocation_method'),
    ]),
  ),
  azurerm_private_dns_resolver_outbound_endpoint: part(
    'Microsoft.Network/dnsResolvers/outboundEndpoints',
    RESOLVER,
    undefined,
    LOCATION,
    reference('subnet_id', 'subnet'),
  ),
  azurerm_private_dns_resolver_dns_forwarding_ruleset: resource(
    'Microsoft.Network/dnsForwardingRulesets',
    LOCATION,
    references('private_dns_resolver_outbound_endpoint_ids', 'dnsResolverOutboundEndpoints'),
  ),
  azurerm_private_dns_resolver_forwarding_rule: part(
    'Microsoft.Network/dnsForwardingRulesets/forwardingRules',
    RULESET,
    undefined,
    same('domain_name'),
    worded('enabled', 'forwardingRuleState'),
    blocks('target_dns_servers', 'targetDnsServers', [same('ip_address'), same('port')]),
  ),
  azurerm_private_dns_resolver_virtual_network_link: part(
    'Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks',
    RULESET,
    undefined,
    reference('virtual_network_id', 'virtualNetwork'),
  ),
}
