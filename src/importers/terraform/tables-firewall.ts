import {
  at,
  blocks,
  computed,
  fixed,
  inside,
  joined,
  listed,
  type Member,
  plainIds,
  reference,
  same,
  worded,
} from './member.ts'
import { part, type ResourceTables, resource } from './table.ts'

const LOCATION = same('location', '^location')

const SOURCE: readonly Member[] = [
  same('description'),
  same('source_addresses'),
  plainIds('source_ip_groups', 'sourceIpGroups'),
]

const PROTOCOLS = (attribute: string): Member =>
  blocks(attribute, 'protocols', [same('type', 'protocolType'), same('port')])

/** Terraform Registry: azurerm_firewall_policy_rule_collection_group, `network_rule_collection`. */
const NETWORK_RULE: readonly Member[] = [
  fixed('ruleType', 'NetworkRule'),
  same('protocols', 'ipProtocols'),
  ...SOURCE,
  same('destination_addresses'),
  plainIds('destination_ip_groups', 'destinationIpGroups'),
  same('destination_fqdns'),
  same('destination_ports'),
]

const APPLICATION_RULE: readonly Member[] = [
  fixed('ruleType', 'ApplicationRule'),
  PROTOCOLS('protocols'),
  ...SOURCE,
  same('destination_addresses'),
  same('destination_fqdns', 'targetFqdns'),
  same('destination_urls', 'targetUrls'),
  same('destination_fqdn_tags', 'fqdnTags'),
  same('web_categories'),
  same('terminate_tls', 'terminateTLS'),
]

const NAT_RULE: readonly Member[] = [
  fixed('ruleType', 'NatRule'),
  same('protocols', 'ipProtocols'),
  ...SOURCE,
  listed('destination_address', 'destinationAddresses'),
  same('destination_ports'),
  same('translated_address'),
  same('translated_fqdn'),
  same('translated_port'),
]

function collection(kind: string, rule: readonly Member[]): readonly Member[] {
  return [
    fixed('ruleCollectionType', kind),
    same('priority'),
    same('action', 'action/type'),
    blocks('rule', 'rules', rule),
  ]
}

const FILTER = 'FirewallPolicyFilterRuleCollection'

function classic(standsIn: string, rule: readonly Member[]) {
  return part(
    `Microsoft.Network/azureFirewalls/${standsIn}`,
    ['azurerm_firewall', 'azure_firewall_name'],
    standsIn,
    same('priority'),
    same('action', 'action/type'),
    blocks('rule', 'rules', rule),
  )
}

const IP_CONFIGURATION: readonly Member[] = [
  same('private_ip_address', 'privateIPAddress'),
  reference('subnet_id', 'subnet'),
  reference('public_ip_address_id', 'publicIPAddress'),
]

/** The public addresses of a firewall in a virtual hub. */
const hubAddresses: Member = ({ block, draft }) => {
  for (const address of block.texts('public_ip_addresses')) {
    const one = draft.nested(at(block, 'public_ip_addresses'), false)
    one.set('address', address, at(block, 'public_ip_addresses'))
    draft.list('hubIPAddresses/publicIPs/addresses').push(one.object)
  }
}

/** Azure Firewall, its policies, and its classic rules. */
export const FIREWALL: ResourceTables = {
  azurerm_firewall: resource(
    'Microsoft.Network/azureFirewalls',
    LOCATION,
    same('sku_name', 'sku/name'),
    same('sku_tier', 'sku/tier'),
    reference('firewall_policy_id', 'firewallPolicy'),
    computed('threat_intel_mode'),
    blocks('ip_configuration', 'ipConfigurations', IP_CONFIGURATION, {
      wrapped: true,
      idUnder: 'azureFirewallIpConfigurations',
    }),
    blocks('management_ip_configuration', 'managementIpConfigurations', IP_CONFIGURATION, { wrapped: true }),
    ({ draft, block }) => {
      const list = draft.get('managementIpConfigurations')
      const [first] = Array.isArray(list) ? list : []
      draft.remove('managementIpConfigurations')
      const origin = { container: block.value, key: 'management_ip_configuration' }
      if (first !== undefined) draft.set('managementIpConfiguration', first, origin)
    },
    inside(
      'virtual_hub',
      reference('virtual_hub_id', 'virtualHub'),
      computed('private_ip_address', 'hubIPAddresses/privateIPAddress'),
      hubAddresses,
    ),
    joined('private_ip_ranges', 'additionalProperties/Network.SNAT.PrivateRanges'),
    joined('dns_servers', 'additionalProperties/Network.DNS.Servers'),
    worded('dns_proxy_enabled', 'additionalProperties/Network.DNS.EnableProxy', 'true', 'false'),
  ),
  azurerm_firewall_policy: resource(
    'Microsoft.Network/firewallPolicies',
    LOCATION,
    same('sku', 'sku/tier'),
    reference('base_policy_id', 'basePolicy'),
    same('threat_intelligence_mode', 'threatIntelMode'),
    inside('dns', same('proxy_enabled', 'dnsSettings/enableProxy'), same('servers', 'dnsSettings/servers')),
    same('private_ip_ranges', 'snat/privateRanges'),
    worded('auto_learn_private_ranges_enabled', 'snat/autoLearnPrivateRanges'),
    inside('intrusion_detection', same('mode', 'intrusionDetection/mode')),
    same('sql_redirect_allowed', 'sql/allowSqlRedirect'),
  ),
  azurerm_firewall_policy_rule_collection_group: part(
    'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
    ['azurerm_firewall_policy', 'firewall_policy_id'],
    undefined,
    same('priority'),
    blocks('nat_rule_collection', 'ruleCollections', collection('FirewallPolicyNatRuleCollection', NAT_RULE)),
    blocks('network_rule_collection', 'ruleCollections', collection(FILTER, NETWORK_RULE)),
    blocks('application_rule_collection', 'ruleCollections', collection(FILTER, APPLICATION_RULE)),
  ),
  azurerm_firewall_network_rule_collection: classic('networkRuleCollections', [
    same('protocols'),
    ...SOURCE,
    same('destination_addresses'),
    plainIds('destination_ip_groups', 'destinationIpGroups'),
    same('destination_fqdns'),
    same('destination_ports'),
  ]),
  azurerm_firewall_application_rule_collection: classic('applicationRuleCollections', [
    PROTOCOLS('protocol'),
    ...SOURCE,
    same('target_fqdns'),
    same('fqdn_tags'),
  ]),
  azurerm_firewall_nat_rule_collection: classic('natRuleCollections', [
    same('protocols'),
    ...SOURCE,
    same('destination_addresses'),
    same('destination_ports'),
    same('translated_address'),
    same('translated_port'),
  ]),
  azurerm_ip_group: resource('Microsoft.Network/ipGroups', LOCATION, same('cidrs', 'ipAddresses')),
}
