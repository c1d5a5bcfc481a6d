import type { Draft } from './draft.ts'
import { draftOf } from './draft.ts'
import type { Instance } from './instance.ts'
import type { Scene } from './member.ts'
import { at, same, unknownId } from './member.ts'
import { STORAGE_RULES } from './tables-service.ts'

/** What an association is applied to. */
export interface Attaching {
  readonly instance: Instance
  /** The draft whose id an attribute of the association holds; absent when it is not in the file or not known. */
  readonly draftAt: (attribute: string) => Draft | undefined
  /** The id in an attribute of the association. */
  readonly idAt: (attribute: string) => string | undefined
  /** The scene of the association's own attributes, writing into a draft. */
  readonly scene: (draft: Draft) => Scene
}

/** Applies an association; false when neither end is in the file. */
type Attach = (attaching: Attaching) => boolean

/** Resources that have no ARM body: they set a property of another (Terraform Registry: the azurerm_*_association pages). */
const ATTACHMENTS: Readonly<Record<string, Attach>> = {
  azurerm_subnet_network_security_group_association: ofSubnet('network_security_group_id', 'networkSecurityGroup'),
  azurerm_subnet_route_table_association: ofSubnet('route_table_id', 'routeTable'),
  azurerm_subnet_nat_gateway_association: ofSubnet('nat_gateway_id', 'natGateway'),
  azurerm_nat_gateway_public_ip_association: into('nat_gateway_id', 'publicIpAddresses', 'public_ip_address_id'),
  azurerm_nat_gateway_public_ip_prefix_association: into('nat_gateway_id', 'publicIpPrefixes', 'public_ip_prefix_id'),
  azurerm_network_interface_security_group_association: (one) => {
    const attribute = 'network_security_group_id'
    const id = one.idAt(attribute) ?? unknownId(one.instance, attribute)
    const draft = one.draftAt('network_interface_id')
    draft?.refer('networkSecurityGroup', id, place(one, attribute))
    return draft !== undefined
  },
  azurerm_network_interface_application_security_group_association: (one) =>
    intoConfigurations(one, 'applicationSecurityGroups', 'application_security_group_id', undefined),
  azurerm_network_interface_backend_address_pool_association: (one) =>
    intoConfigurations(one, 'loadBalancerBackendAddressPools', 'backend_address_pool_id', configurationName(one)),
  azurerm_network_interface_nat_rule_association: (one) => {
    const rule = one.draftAt('nat_rule_id')
    const nic = one.idAt('network_interface_id')
    const name = configurationName(one)
    if (!rule || nic === undefined || name === undefined) return false
    rule.refer('backendIPConfiguration', `${nic}/ipConfigurations/${name}`, place(one, 'ip_configuration_name'))
    return true
  },
  azurerm_private_endpoint_application_security_group_association: into(
    'private_endpoint_id',
    'applicationSecurityGroups',
    'application_security_group_id',
  ),
  azurerm_storage_account_network_rules: (one) => {
    const draft = one.draftAt('storage_account_id')
    if (!draft) return false
    draft.remove('networkAcls')
    for (const member of STORAGE_RULES) member(one.scene(draft))
    return true
  },
  azurerm_virtual_network_dns_servers: (one) => {
    const draft = one.draftAt('virtual_network_id')
    if (draft) same('dns_servers', 'dhcpOptions/dnsServers')(one.scene(draft))
    return draft !== undefined
  },
}

/** How a type is applied to another resource; `undefined` when it is no such type. */
export function attachmentOf(type: string): Attach | undefined {
  return Object.hasOwn(ATTACHMENTS, type) ? ATTACHMENTS[type] : undefined
}

/** Associations that other resources list as well, and the property that holds no longer once they are destroyed. */
const UNDONE: Readonly<Record<string, readonly [attribute: string, path: string]>> = {
  azurerm_subnet_network_security_group_association: ['subnet_id', 'networkSecurityGroup'],
  azurerm_subnet_route_table_association: ['subnet_id', 'routeTable'],
  azurerm_subnet_nat_gateway_association: ['subnet_id', 'natGateway'],
  azurerm_storage_account_network_rules: ['storage_account_id', 'networkAcls'],
}

/** Takes back what an association that a plan destroys has set. */
export function undo(one: Pick<Attaching, 'instance' | 'draftAt'>): void {
  const { type } = one.instance
  const [attribute, path] = (Object.hasOwn(UNDONE, type) ? UNDONE[type] : undefined) ?? []
  if (attribute !== undefined && path !== undefined) one.draftAt(attribute)?.remove(path)
}

function place({ instance }: Attaching, attribute: string) {
  return at(instance.block, attribute)
}

function configurationName({ instance }: Attaching): string | undefined {
  return instance.block.text('ip_configuration_name')
}

/** A subnet's reference; a subnet that is not in the file is named by what is attached to it. */
function ofSubnet(attribute: string, path: string): Attach {
  return (one) => {
    const subnet = one.draftAt('subnet_id')
    if (subnet) {
      subnet.refer(path, one.idAt(attribute) ?? unknownId(one.instance, attribute), place(one, attribute))
      return true
    }
    const attached = one.draftAt(attribute)
    const subnetId = one.idAt('subnet_id')
    if (!attached || subnetId === undefined) return false
    attached.list('subnets').push(attached.reference(subnetId, place(one, 'subnet_id')))
    return true
  }
}

/** A reference added to a list of the owner. */
function into(owner: string, path: string, attribute: string): Attach {
  return (one) => {
    const draft = one.draftAt(owner)
    const id = one.idAt(attribute)
    if (!draft || id === undefined) return false
    draft.list(path).push(draft.reference(id, place(one, attribute)))
    return true
  }
}

/** A reference added to a list of a network interface's configurations: the named one, or all. */
function intoConfigurations(one: Attaching, path: string, attribute: string, name: string | undefined): boolean {
  const nic = one.draftAt('network_interface_id')
  const id = one.idAt(attribute)
  if (!nic || id === undefined) return false
  const configurations = nic
    .list('ipConfigurations')
    .map(draftOf)
    .filter((draft) => draft !== undefined)
  for (const draft of configurations) {
    if (name !== undefined && draft.object.name !== name) continue
    draft.list(path).push(draft.reference(id, place(one, attribute)))
  }
  return true
}
