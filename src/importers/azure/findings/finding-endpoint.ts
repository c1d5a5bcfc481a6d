import { lastPart } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { isManagedId } from '../estate/managed-id.ts'
import { endpointConnections } from '../estate/private-endpoint-connection.ts'
import { decisionOf } from '../security/required-rule.ts'
import { subnetWords } from '../services/service-access.ts'
import { serviceAccess } from '../services/service-gate-access.ts'
import { serviceKind, typeInId } from '../services/service-kind.ts'

/** What private endpoints and services that need them do not let through. */
export function reportEndpointFindings(estate: Estate): void {
  reportPending(estate)
  for (const type of ['microsoft.storage/storageaccounts', 'microsoft.keyvault/vaults']) reportClosed(estate, type)
  for (const subnet of estate.subnets.values()) reportFileShares(estate, subnet)
}

function reportPending(estate: Estate): void {
  for (const { body, approved, status, targetId } of endpointConnections(estate)) {
    if (approved || isManagedId(body.id)) continue
    const target =
      targetId === undefined ? 'its target' : `${serviceKind(typeInId(targetId)).label} ${lastPart(targetId)}`
    const message = `the connection of private endpoint ${body.name} to ${target} is ${status}: nothing passes until its owner approves it`
    estate.report({
      ...body.diagnostic('warning', 'NT1780', message, 'manualPrivateLinkServiceConnections'),
      finding: true,
    })
  }
}

/** A firewall that refuses everybody and names nobody who is there. */
function reportClosed(estate: Estate, type: string): void {
  for (const body of estate.ofType(type)) {
    const { defaultAction, publicAccess, ipRules, subnets, resources, defaultSource } = serviceAccess(
      estate,
      type,
      body.unnoticed(),
    )
    if (defaultAction !== 'deny' && publicAccess !== 'disabled') continue
    const isOpen = publicAccess !== 'disabled' && (ipRules.length > 0 || resources.length > 0)
    const working = subnets.filter((one) => one.lapsed === undefined)
    const lets = publicAccess !== 'disabled' && working.some((one) => estate.subnet(one.value) !== undefined)
    const endpoints = endpointConnections(estate).some((one) => one.targetId === body.id.toLowerCase())
    if (isOpen || lets || endpoints) continue
    const named = working.map((one) => subnetWords(one.value))
    const only =
      named.length > 0 && publicAccess !== 'disabled'
        ? `: its rules name only ${named.join(', ')}, which the export does not hold`
        : ''
    const message = `${serviceKind(type).label} ${body.name} lets no network in and has no private endpoint in the export${only}`
    estate.report({
      severity: 'note',
      code: 'NT1781',
      message,
      finding: true,
      source: defaultSource.kind === 'implied' ? body.source('name') : defaultSource,
    })
  }
}

/** An NSG over private endpoints that lets 443 in and SMB not. */
function reportFileShares(estate: Estate, subnet: Subnet): void {
  const { endpointPolicy, securityGroup } = subnet
  if (!securityGroup || (endpointPolicy !== 'Enabled' && endpointPolicy !== 'NetworkSecurityGroupEnabled')) return
  const groups = endpointConnections(estate)
    .filter((one) => one.subnet === subnet)
    .flatMap((one) => one.groups)
  if (groups.length > 0 && !groups.includes('file')) return
  if (groups.length === 0 && !/end-?point|private-?link|\bpe\b/i.test(subnet.name)) return
  const from = { direction: 'inbound', tag: 'VirtualNetwork', protocol: 'tcp' } as const
  const passes = (port: number) => decisionOf(estate, securityGroup, from, port).allowed
  if (!passes(443) || passes(445)) return
  const message = `NSG ${securityGroup.name} of ${subnet.fabric} lets VirtualNetwork in on 443 and not on 445: file shares behind private endpoints there cannot be mounted`
  estate.report({ ...securityGroup.diagnostic('note', 'NT1782', message, 'name'), finding: true })
}
