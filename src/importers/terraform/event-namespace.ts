import type { ArmDocument } from './arm-document.ts'
import { Draft } from './draft.ts'
import type { Instance } from './instance.ts'
import { at, blocks, type Member, objectsOf, reference, type Scene, same, worded } from './member.ts'

/** Terraform Registry: azurerm_eventhub_namespace, `network_rulesets`. */
const EVENT_HUBS: readonly Member[] = [
  same('default_action'),
  worded('public_network_access_enabled', 'publicNetworkAccess'),
  same('trusted_service_access_enabled'),
  blocks('ip_rule', 'ipRules', [same('ip_mask'), same('action')]),
  blocks('virtual_network_rule', 'virtualNetworkRules', [reference('subnet_id', 'subnet')]),
]

/** Terraform Registry: azurerm_servicebus_namespace, `network_rule_set`. */
const SERVICE_BUS: readonly Member[] = [
  same('default_action'),
  worded('public_network_access_enabled', 'publicNetworkAccess'),
  same('trusted_services_allowed', 'trustedServiceAccessEnabled'),
  objectsOf('ip_rules', 'ipRules', 'ipMask', { action: 'Allow' }),
  blocks('network_rules', 'virtualNetworkRules', [reference('subnet_id', 'subnet')]),
]

const KINDS = new Map([
  ['azurerm_eventhub_namespace', ['network_rulesets', 'Microsoft.EventHub', EVENT_HUBS] as const],
  ['azurerm_servicebus_namespace', ['network_rule_set', 'Microsoft.ServiceBus', SERVICE_BUS] as const],
])

/** The network rule set of a namespace: a resource of its own in ARM, a block in Terraform. */
export function besideNamespace(
  document: ArmDocument,
  instance: Instance,
  id: string,
  sceneOf: (draft: Draft) => Scene,
): Draft[] {
  const kind = KINDS.get(instance.type)
  const [first] = kind ? instance.block.blocks(kind[0]) : []
  if (!kind || !first) return []
  const origin = at(instance.block, kind[0])
  const draft = new Draft(document, origin, true)
  draft.set('^id', `${id}/networkRuleSets/default`, origin)
  draft.set('^name', 'default', origin)
  draft.set('^type', `${kind[1]}/namespaces/networkRuleSets`, origin)
  for (const member of kind[2]) member({ ...sceneOf(draft), block: first.block })
  return [draft]
}
