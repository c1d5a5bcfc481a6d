import { attachmentOf } from './attachment.ts'
import { type Block, isObject, memberOf } from './block.ts'
import type { ConfiguredModule } from './configuration.ts'
import type { Instance } from './instance.ts'
import type { References } from './references.ts'
import { isTemplateDeployment } from './template-deployment.ts'

/** Types whose bodies say that they want an address. */
const ASKING: ReadonlySet<string> = new Set([
  ...['azurerm_network_interface', 'azurerm_firewall', 'azurerm_lb', 'azurerm_private_endpoint'],
  'azurerm_private_dns_resolver_inbound_endpoint',
])

// They make subnets, join them to something, or name them in a service's firewall: none of them asks for an address.
const NOT_ASKING =
  /^azurerm_(?:virtual_network|subnet|route_table|network_security_group)$|_virtual_network_(?:peering|rule)$|_network_rules$/
const RULES = /network_rule|network_acl|^virtual_network_subnet_ids$|^virtual_network_rules?$/

/**
 * Tells of a subnet, by its lower-case id, whether a plan holds everybody who may want an address in it: the plan makes
 * it, leaves nothing out, and whatever speaks of it is known to want one address or none.
 */
export function knownSubnets(
  document: unknown,
  instances: readonly Instance[],
  references: References,
  root: ConfiguredModule | undefined,
): (subnet: string) => boolean {
  if (isPartial(document) || isAnyMissing(instances, root)) return () => false
  const others: string[] = []
  for (const instance of instances.filter(speaks)) {
    const found = speaksOf(instance, references)
    if (!found) return () => false
    others.push(...found)
  }
  const made = new Set(instances.filter((one) => one.isNew).map((one) => references.idOf(one).toLowerCase()))
  return (subnet) => {
    const isNew = made.has(subnet) || made.has(subnet.replace(/\/subnets\/[^/]*$/, ''))
    return isNew && !others.some((one) => subnet === one || subnet.endsWith(`/subnets/${one}`))
  }
}

/** Terraform says that there is more to come, or that something went wrong (HashiCorp: JSON Output Format, `complete`). */
function isPartial(document: unknown): boolean {
  const deferred = memberOf(document, 'deferred_changes')
  return (
    memberOf(document, 'complete') === false ||
    memberOf(document, 'errored') === true ||
    (Array.isArray(deferred) && deferred.length > 0)
  )
}

/** Whether something that is configured has no instance, and its count does not say that it has none. */
function isAnyMissing(instances: readonly Instance[], root: ConfiguredModule | undefined): boolean {
  const present = new Map<ConfiguredModule, Set<string>>()
  for (const { scope, type, name, isGone } of instances) {
    if (!scope || isGone) continue
    present.set(scope, (present.get(scope) ?? new Set()).add(`${type}.${name}`))
  }
  const misses = (scope: ConfiguredModule): boolean =>
    scope.managed().some((one) => one.mayBeThere && !present.get(scope)?.has(one.address)) ||
    scope.calls().some((one) => one.mayBeThere && misses(one.module))
  return root !== undefined && misses(root)
}

function speaks({ type, isGone, isData }: Instance): boolean {
  return !isGone && !isData && /^(?:azurerm|azapi)_/.test(type) && !NOT_ASKING.test(type) && !attachmentOf(type)
}

/** The subnets of which an instance speaks and in which it may want more than its body says; `undefined` = any. */
function speaksOf(instance: Instance, references: References): string[] | undefined {
  if (isTemplateDeployment(instance.type)) return undefined
  if (instance.type.startsWith('azapi_')) return instance.block.isUnknown('body') ? undefined : []
  const found: string[] = []
  const walk = (block: Block, isTop: boolean): boolean =>
    block.keys().every((key) => {
      if (RULES.test(key)) return true
      const value = block.raw(key)
      const inner = Array.isArray(value) ? value.some(isObject) : isObject(value)
      if (inner) return block.blocks(key).every((one) => walk(one.block, false))
      if (!/subnet/.test(key) || (value === undefined && !block.isUnknown(key))) return true
      // What no expression gives at the top of a resource is told by Azure, and asks for nothing.
      if (isTop && block.isUnknown(key) && block.referencesOf(key).length === 0) return true
      const { ids, complete } = references.resolve(instance, block, key)
      const isCounted = ASKING.has(instance.type) && key === 'subnet_id' && !isGiven(block)
      if (!isCounted) found.push(...ids.map((one) => one.toLowerCase()))
      return complete
    })
  return walk(instance.block, true) ? found : undefined
}

/** An expression gives the address, so it is not the first free one. */
function isGiven(block: Block): boolean {
  const key = 'private_ip_address'
  return block.isUnknown(key) && block.referencesOf(key).length > 0
}
