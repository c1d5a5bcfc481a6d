import { type AzurePart, importAzure } from '../../../src/importers/azure/index.ts'
import { formatIp } from '../../../src/net/index.ts'
import { refers, type Written } from './plan-of.ts'
import type { Json } from './terraform-file.ts'

// Terraform Registry: private_ip_address of all of these is known only after apply; Azure assigns the next free address
// of the subnet, an Azure Firewall the first one (Learn: Private IP addresses in Azure).
/** Where everything is. */
export const RG = { resource_group_name: 'rg', location: 'westeurope' }

/** A network with one range. */
export function vnet(name: string, space: string): Written {
  return { address: `azurerm_virtual_network.${name}`, values: { name, ...RG, address_space: [space] } }
}

/** A subnet of a network. */
export function subnet(name: string, network: string, range: string, more: Json = {}): Written {
  const values = { name, resource_group_name: 'rg', virtual_network_name: network, address_prefixes: [range], ...more }
  return { address: `azurerm_subnet.${name}`, values }
}

/** A peering to another network. */
export function peering(from: string, to: string): Written {
  return {
    address: `azurerm_virtual_network_peering.${from}`,
    values: {
      ...{ name: `to-${to}`, resource_group_name: 'rg', virtual_network_name: from },
      ...{ allow_virtual_network_access: true, allow_forwarded_traffic: true },
    },
    later: { remote_virtual_network_id: refers(`azurerm_virtual_network.${to}.id`) },
  }
}

/** A network interface with one configuration in a subnet. */
export function nic(name: string, on: string, configuration: Json = {}, resource: Json = {}): Written {
  const one = { name: 'c', private_ip_address_allocation: 'Dynamic', ...configuration }
  const own = 'private_ip_address' in configuration ? {} : { private_ip_address: null }
  return {
    address: `azurerm_network_interface.${name}`,
    values: { name, ...RG, ip_configuration: [one], ...resource },
    later: {
      private_ip_address: null,
      ip_configuration: [{ subnet_id: refers(`azurerm_subnet.${on}.id`), ...own }],
    },
  }
}

/** A private endpoint of a vault, with a zone group. */
export function endpoint(name: string, on: string, target: string): Written {
  return {
    address: `azurerm_private_endpoint.${name}`,
    values: {
      ...{ name: `pe-${name}`, ...RG },
      private_service_connection: [{ name: 'c', is_manual_connection: false, subresource_names: ['vault'] }],
      private_dns_zone_group: [{ name: 'default', private_dns_zone_ids: [null] }],
    },
    later: {
      subnet_id: refers(`azurerm_subnet.${on}.id`),
      private_service_connection: [
        { private_connection_resource_id: refers(`${target}.id`), private_ip_address: null },
      ],
      private_dns_zone_group: [{ private_dns_zone_ids: refers('azurerm_private_dns_zone.z.id') }],
    },
  }
}

/** A public address. */
export const PUBLIC: Written = {
  address: 'azurerm_public_ip.pip',
  values: { name: 'pip', ...RG, sku: 'Standard', allocation_method: 'Static' },
  later: { ip_address: null },
}

/** What the importer makes of a plan. */
export function read(plan: Json): AzurePart {
  return importAzure([{ path: 'plan.json', text: JSON.stringify(plan, null, 1) }], { placements: [] })
}

/** The addresses of a device. */
export function addressesOf(part: AzurePart, name: string) {
  return part.devices.find((one) => one.name === name)?.interfaces.flatMap((one) => one.addresses) ?? []
}

/** The same as texts. */
export function textsOf(part: AzurePart, name: string): string[] {
  return addressesOf(part, name).map((one) => formatIp(one.ip))
}

/** What is said to be known only after apply. */
export const codes = (part: AzurePart) =>
  part.diagnostics.filter((one) => one.code === 'NT1661').map((one) => one.message)
