import { at, blocks, computed, type Member, plainId, reference, references, same } from './member.ts'
import { part, type ResourceTables, resource } from './table.ts'

const BALANCER = ['azurerm_lb', 'loadbalancer_id'] as const

const FRONTEND: readonly Member[] = [
  same('private_ip_address', 'privateIPAddress'),
  same('private_ip_address_allocation', 'privateIPAllocationMethod'),
  reference('subnet_id', 'subnet'),
  reference('public_ip_address_id', 'publicIPAddress'),
  reference('public_ip_prefix_id', 'publicIPPrefix'),
  reference('gateway_load_balancer_frontend_ip_configuration_id', 'gatewayLoadBalancer'),
]

/** Rules name their frontend; its id is the balancer's with that name (Terraform Registry: azurerm_lb_rule). */
const frontend: Member = ({ block, draft, instance, references: all }) => {
  const stated = block.text('frontend_ip_configuration_id')
  if (stated !== undefined) {
    draft.refer('frontendIPConfiguration', stated, at(block, 'frontend_ip_configuration_id'))
    return
  }
  const name = block.text('frontend_ip_configuration_name')
  const balancer = all.parentIdOf(instance)
  if (name === undefined || balancer === undefined) return
  const id = `${balancer}/frontendIPConfigurations/${name}`
  draft.refer('frontendIPConfiguration', id, at(block, 'frontend_ip_configuration_name'))
}

const frontendsOfOutboundRule: Member = ({ block, draft, instance, references: all }) => {
  const balancer = all.parentIdOf(instance)
  for (const { block: one } of block.blocks('frontend_ip_configuration')) {
    const name = one.text('name')
    const stated = one.text('id')
    const made =
      name !== undefined && balancer !== undefined ? `${balancer}/frontendIPConfigurations/${name}` : undefined
    const id = stated ?? made
    if (id !== undefined) draft.list('frontendIPConfigurations').push(draft.reference(id, { container: one.value }))
  }
}

/** The members of a pool as NICs; a plan does not know them, the associations do. */
const backendConfigurations: Member = (scene) => {
  if (!scene.block.isUnknown('backend_ip_configurations')) {
    references('backend_ip_configurations', 'backendIPConfigurations')(scene)
  }
}

const RULE: readonly Member[] = [
  frontend,
  same('protocol'),
  same('frontend_port'),
  same('backend_port'),
  same(['floating_ip_enabled', 'enable_floating_ip'], 'enableFloatingIP'),
]

/** Terraform Registry: azurerm_lb and the resources that are parts of it. */
export const LOAD_BALANCER: ResourceTables = {
  azurerm_lb: resource(
    'Microsoft.Network/loadBalancers',
    same('location', '^location'),
    same('sku', '^sku/name'),
    same('sku_tier', '^sku/tier'),
    blocks('frontend_ip_configuration', 'frontendIPConfigurations', FRONTEND, {
      wrapped: true,
      idUnder: 'frontendIPConfigurations',
    }),
  ),
  azurerm_lb_backend_address_pool: part(
    'Microsoft.Network/loadBalancers/backendAddressPools',
    BALANCER,
    'backendAddressPools',
    backendConfigurations,
    blocks(
      'backend_address',
      'loadBalancerBackendAddresses',
      [same('ip_address'), reference('virtual_network_id', 'virtualNetwork')],
      { wrapped: true },
    ),
  ),
  azurerm_lb_backend_address_pool_address: part(
    'Microsoft.Network/loadBalancers/backendAddressPools/loadBalancerBackendAddresses',
    ['azurerm_lb_backend_address_pool', 'backend_address_pool_id'],
    'loadBalancerBackendAddresses',
    same('ip_address'),
    reference('virtual_network_id', 'virtualNetwork'),
  ),
  azurerm_lb_rule: part(
    'Microsoft.Network/loadBalancers/loadBalancingRules',
    BALANCER,
    'loadBalancingRules',
    ...RULE,
    references('backend_address_pool_ids', 'backendAddressPools'),
    reference('backend_address_pool_id', 'backendAddressPool'),
    reference('probe_id', 'probe'),
    same('disable_outbound_snat'),
    computed('load_distribution'),
  ),
  azurerm_lb_probe: part(
    'Microsoft.Network/loadBalancers/probes',
    BALANCER,
    'probes',
    same('protocol'),
    same('port'),
    same('request_path'),
    computed('interval_in_seconds'),
    computed('number_of_probes'),
    computed('probe_threshold'),
  ),
  azurerm_lb_nat_rule: part(
    'Microsoft.Network/loadBalancers/inboundNatRules',
    BALANCER,
    'inboundNatRules',
    ...RULE,
    reference('backend_address_pool_id', 'backendAddressPool'),
  ),
  azurerm_lb_outbound_rule: part(
    'Microsoft.Network/loadBalancers/outboundRules',
    BALANCER,
    'outboundRules',
    frontendsOfOutboundRule,
    reference('backend_address_pool_id', 'backendAddressPool'),
    same('protocol'),
    computed('allocated_outbound_ports'),
  ),
  azurerm_private_link_service: resource(
    'Microsoft.Network/privateLinkServices',
    same('location', '^location'),
    computed('alias'),
    references('load_balancer_frontend_ip_configuration_ids', 'loadBalancerFrontendIpConfigurations'),
    blocks(
      'nat_ip_configuration',
      'ipConfigurations',
      [plainId('subnet_id', 'subnet/id'), same('primary'), same('private_ip_address', 'privateIPAddress')],
      { wrapped: true },
    ),
    same('destination_ip_address', 'destinationIPAddress'),
    same(['proxy_protocol_enabled', 'enable_proxy_protocol'], 'enableProxyProtocol'),
    same('auto_approval_subscription_ids', 'autoApproval/subscriptions'),
    same('visibility_subscription_ids', 'visibility/subscriptions'),
  ),
}
