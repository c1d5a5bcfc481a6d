import type { Body } from '../estate/body.ts'
import type { Managed } from './managed-network-resource.ts'

/** What runs in a managed network may reach this, or may not. */
export interface TagRule {
  readonly name: string
  /** A service tag, or address ranges. */
  readonly to: readonly string[]
  readonly protocol: string
  readonly ports: readonly string[]
  readonly access: string
  /** Absent = Azure's own. */
  readonly body?: Body
}

/** What Azure always allows in approved mode (Learn: Workspace managed virtual network isolation, required rules). */
function requiredTags(region: string): TagRule[] {
  const tag = (name: string, protocol: string, ...ports: string[]): TagRule => ({
    name: `required ${name} ${protocol}`,
    to: [name],
    protocol,
    ports,
    access: 'Allow',
  })
  return [
    tag('AzureActiveDirectory', 'Tcp', '80', '443'),
    tag('AzureMachineLearning', 'Tcp', '443', '8787', '18881'),
    tag('AzureMachineLearning', 'Udp', '5831'),
    tag(`BatchNodeManagement.${region}`, 'Tcp', '443'),
    tag('AzureResourceManager', 'Tcp', '443'),
    tag('AzureFrontDoor.FirstParty', 'Tcp', '443'),
    tag('MicrosoftContainerRegistry', 'Tcp', '443'),
    tag('AzureMonitor', 'Tcp', '443'),
  ]
}

/**
 * The tags of a managed network's rules, then those that Azure always allows. Address prefixes of a rule stand instead of its tag
 * (Learn: Microsoft.MachineLearningServices workspaces/outboundRules, ServiceTagDestination).
 */
export function tagRules({ workspace, rules }: Managed): TagRule[] {
  const own = rules.flatMap((one): TagRule[] => {
    const destination = one.type === 'servicetag' ? one.body.child('destination') : undefined
    const tag = destination?.text('serviceTag')
    const prefixes = destination?.texts('addressPrefixes') ?? []
    const to = prefixes.length > 0 ? prefixes : tag === undefined ? [] : [tag]
    if (!destination || to.length === 0) return []
    const ports = (destination.text('portRanges') ?? '*').split(',').map((text) => text.trim())
    const access = destination.text('action') ?? 'Allow'
    return [{ name: one.name, to, protocol: destination.text('protocol') ?? '*', ports, access, body: one.body }]
  })
  const region = (workspace.text('location') ?? '').replaceAll(' ', '').toLowerCase()
  return [...own, ...requiredTags(region)]
}
