import { parsePortRange } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { isManagedId } from '../estate/managed-id.ts'
import { endpointConnections } from '../estate/private-endpoint-connection.ts'
import { rulesOf } from '../security/network-security-group.ts'
import { decisionOf, type Traffic } from '../security/required-rule.ts'
import { serviceKind, typeInId } from '../services/service-kind.ts'

/** What machine learning workspaces and their compute are going to miss. */
export function reportLearningFindings(estate: Estate): void {
  for (const group of estate.ofType('microsoft.network/networksecuritygroups')) reportLegacyPorts(estate, group)
  for (const compute of estate.ofType('microsoft.machinelearningservices/workspaces/computes')) {
    const kind = compute.unnoticed().text('computeType')?.toLowerCase()
    if (kind === 'amlcompute' || kind === 'computeinstance') reportCompute(estate, compute)
  }
  for (const workspace of estate.ofType('microsoft.machinelearningservices/workspaces')) {
    if (workspace.unnoticed().text('kind')?.toLowerCase() !== 'hub') reportDependents(estate, workspace)
  }
}

const LEGACY = { first: 29876, last: 29877 }

/** The inbound ports of the older node communication (Learn: Azure Machine Learning inference and training traffic flow). */
function reportLegacyPorts(estate: Estate, group: Body): void {
  for (const rule of rulesOf(estate, group, 'inbound')) {
    const plain = rule.unnoticed()
    if (plain.text('access')?.toLowerCase() !== 'allow') continue
    const ports = [...plain.texts('destinationPortRange'), ...plain.texts('destinationPortRanges')]
    const isLegacy = ports.some((text) => {
      const range = parsePortRange(text)
      return text !== '*' && range !== undefined && range.first >= LEGACY.first && range.last <= LEGACY.last
    })
    if (!isLegacy) continue
    const message = `rule ${rule.name} of NSG ${group.name} lets ports 29876-29877 in, which only the older communication of Batch nodes used: compute with public addresses is reached on TCP 44224 from AzureMachineLearning, compute without them by nobody`
    estate.report({ ...rule.diagnostic('note', 'NT1770', message, 'destinationPortRange'), finding: true })
  }
}

/** What compute in a VNet of one's own cannot do without (Learn: Configure inbound and outbound network traffic). */
const MANAGEMENT: readonly (Traffic & { readonly port: number })[] = [
  { direction: 'outbound', tag: 'AzureMachineLearning', protocol: 'udp', port: 5831 },
  { direction: 'outbound', tag: 'BatchNodeManagement', protocol: 'tcp', port: 443 },
]

function reportCompute(estate: Estate, compute: Body): void {
  const settings = compute.unnoticed().child('properties')
  const subnet = estate.subnet(settings?.reference('subnet'))
  const isPublic = settings?.flag('enableNodePublicIp')
  if (settings && isPublic === true) {
    const message = `compute ${compute.name} gives its nodes public addresses (enableNodePublicIp is true)`
    estate.report({ ...compute.diagnostic('note', 'NT1773', message), finding: true })
  }
  if (!subnet?.securityGroup) return
  for (const traffic of MANAGEMENT) reportManagement(estate, compute, subnet, subnet.securityGroup, traffic)
  if (isPublic !== true) return
  const inbound = { direction: 'inbound', tag: 'AzureMachineLearning', protocol: 'tcp' } as const
  if (decisionOf(estate, subnet.securityGroup, inbound, 44224).allowed) return
  const message = `NSG ${subnet.securityGroup.name} of ${subnet.fabric} does not let AzureMachineLearning in on TCP 44224: compute ${compute.name} has public addresses and is managed from there`
  estate.report({ ...subnet.securityGroup.diagnostic('warning', 'NT1774', message, 'name'), finding: true })
}

function reportManagement(
  estate: Estate,
  compute: Body,
  subnet: Subnet,
  group: Body,
  traffic: Traffic & { readonly port: number },
): void {
  const { allowed, rule } = decisionOf(estate, group, traffic, traffic.port)
  const what = `${traffic.tag} on ${traffic.protocol.toUpperCase()} ${traffic.port}`
  if (!allowed) {
    const message = `NSG ${group.name} of ${subnet.fabric} keeps compute from ${what}: ${compute.name} cannot be made or resized`
    estate.report({ ...group.diagnostic('warning', 'NT1772', message, 'name'), finding: true })
    return
  }
  if (rule && (rule.unnoticed().number('priority') ?? 0) < 65000) return
  const message = `NSG ${group.name} of ${subnet.fabric} has no rule that lets compute out to ${what}: only the default rule AllowInternetOutBound does, and a rule that denies the internet will stop it`
  estate.report({ ...group.diagnostic('note', 'NT1771', message, 'name'), finding: true })
}

interface Dependent {
  readonly id: string
  readonly words: string
  readonly groups: ReadonlySet<string>
}

/** A workspace behind private endpoints whose storage, vault or registry is not, or not for all that batch endpoints need. */
function reportDependents(estate: Estate, workspace: Body): void {
  const plain = workspace.unnoticed()
  const endpoints = endpointConnections(estate).filter((one) => !isManagedId(one.body.id))
  const own = endpoints.filter((one) => one.targetId === workspace.id.toLowerCase())
  if (own.length === 0) return
  const dependents = ['storageAccount', 'keyVault', 'containerRegistry'].flatMap((key): Dependent[] => {
    const id = plain.text(key)?.toLowerCase()
    if (id === undefined) return []
    const groups = endpoints.filter((one) => one.targetId === id).flatMap((one) => one.groups)
    return [{ id, words: `${serviceKind(typeInId(id)).label} ${lastPart(id)}`, groups: new Set(groups) }]
  })
  const without = dependents.filter((one) => one.groups.size === 0)
  if (without.length > 0) {
    const which = without.map((one) => one.words).join(', ')
    const message = `workspace ${workspace.name} has a private endpoint and what it works with has none: ${which}`
    estate.report({ ...workspace.diagnostic('note', 'NT1775', message, 'name'), finding: true })
  }
  for (const { words, groups, id } of dependents) {
    if (typeInId(id) !== 'microsoft.storage/storageaccounts' || groups.size === 0) continue
    const missing = ['queue', 'table'].filter((one) => !groups.has(one))
    if (missing.length === 0) continue
    const message = `${words} of workspace ${workspace.name} has no private endpoint for ${missing.join(' and ')}: batch endpoints and parallel jobs need them`
    estate.report({ ...workspace.diagnostic('note', 'NT1776', message, 'storageAccount'), finding: true })
  }
}
