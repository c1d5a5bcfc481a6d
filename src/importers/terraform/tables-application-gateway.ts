import { at, blocks, inside, type Member, reference, same } from './member.ts'
import { type ResourceTables, resource } from './table.ts'

/** A part of the same gateway, named by an attribute: `up` is how many parts stand around the one that names it. */
function sibling(attribute: string, path: string, kind: string, up = 1): Member {
  return ({ block, draft, id }) => {
    const name = block.text(attribute)
    if (name === undefined) return
    const gateway = id
      .split('/')
      .slice(0, -2 * up)
      .join('/')
    draft.refer(path, `${gateway}/${kind}/${name}`, at(block, attribute))
  }
}

const FRONTEND: readonly Member[] = [
  same('private_ip_address', 'privateIPAddress'),
  same('private_ip_address_allocation', 'privateIPAllocationMethod'),
  reference('subnet_id', 'subnet'),
  reference('public_ip_address_id', 'publicIPAddress'),
]

const BACKEND = (prefix: string, path: string, up?: number): readonly Member[] => [
  sibling(`${prefix}backend_address_pool_name`, `${path}AddressPool`, 'backendAddressPools', up),
  sibling(`${prefix}backend_http_settings_name`, `${path}HttpSettings`, 'backendHttpSettingsCollection', up),
]

/** The addresses of a pool: texts in two lists. */
const addresses: Member = ({ block, draft }) => {
  for (const [attribute, key] of [
    ['ip_addresses', 'ipAddress'],
    ['fqdns', 'fqdn'],
  ] as const) {
    for (const text of block.texts(attribute)) {
      const one = draft.nested(at(block, attribute), false)
      one.set(key, text, at(block, attribute))
      draft.list('backendAddresses').push(one.object)
    }
  }
}

function parts(attribute: string, path: string, ...members: readonly Member[]): Member {
  return blocks(attribute, path, members, { wrapped: true, idUnder: path })
}

/** Terraform Registry: azurerm_application_gateway. */
export const APPLICATION_GATEWAY: ResourceTables = {
  azurerm_application_gateway: resource(
    'Microsoft.Network/applicationGateways',
    same('location', '^location'),
    inside('sku', same('name', 'sku/name'), same('tier', 'sku/tier')),
    reference('firewall_policy_id', 'firewallPolicy'),
    inside(
      'waf_configuration',
      same('enabled', 'webApplicationFirewallConfiguration/enabled'),
      same('firewall_mode', 'webApplicationFirewallConfiguration/firewallMode'),
    ),
    parts('gateway_ip_configuration', 'gatewayIPConfigurations', reference('subnet_id', 'subnet')),
    parts('frontend_ip_configuration', 'frontendIPConfigurations', ...FRONTEND),
    parts('frontend_port', 'frontendPorts', same('port')),
    parts('backend_address_pool', 'backendAddressPools', addresses),
    parts(
      'backend_http_settings',
      'backendHttpSettingsCollection',
      same('port'),
      same('protocol'),
      same('host_name'),
      sibling('probe_name', 'probe', 'probes'),
    ),
    parts(
      'http_listener',
      'httpListeners',
      sibling('frontend_ip_configuration_name', 'frontendIPConfiguration', 'frontendIPConfigurations'),
      sibling('frontend_port_name', 'frontendPort', 'frontendPorts'),
      same('protocol'),
      same('host_name'),
      same('host_names'),
    ),
    parts(
      'url_path_map',
      'urlPathMaps',
      ...BACKEND('default_', 'defaultBackend'),
      sibling('default_redirect_configuration_name', 'defaultRedirectConfiguration', 'redirectConfigurations'),
      parts(
        'path_rule',
        'pathRules',
        same('paths'),
        ...BACKEND('', 'backend', 2),
        sibling('redirect_configuration_name', 'redirectConfiguration', 'redirectConfigurations', 2),
      ),
    ),
    parts(
      'request_routing_rule',
      'requestRoutingRules',
      same('rule_type'),
      same('priority'),
      sibling('http_listener_name', 'httpListener', 'httpListeners'),
      ...BACKEND('', 'backend'),
      sibling('url_path_map_name', 'urlPathMap', 'urlPathMaps'),
      sibling('redirect_configuration_name', 'redirectConfiguration', 'redirectConfigurations'),
    ),
    parts('redirect_configuration', 'redirectConfigurations', same('redirect_type'), same('target_url')),
    parts('probe', 'probes', same('protocol'), same('host'), same('path'), same('port')),
  ),
}
