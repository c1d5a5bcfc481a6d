import { formatPrefix, type Prefix, parsePrefix, prefixCovers } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { isManagedId } from '../estate/managed-id.ts'

/** What AKS clusters keep from their pods, and the zone of their API server. */
export function reportClusterFindings(estate: Estate): void {
  for (const cluster of estate.ofType('microsoft.containerservice/managedclusters')) {
    reportInnerRanges(estate, cluster)
    reportImplicitZone(estate, cluster)
  }
}

/** What each member is for, and its default, which networks elsewhere often have too. */
const INNER = [
  ['serviceCidr', 'services', '10.0.0.0/16'],
  ['podCidr', 'pods', '10.244.0.0/16'],
  ['dockerBridgeCidr', 'docker bridge', '172.17.0.0/16'],
] as const

/** Addresses inside a cluster hide the same ones outside (Learn: Configure kubenet networking in AKS, IP address planning). */
function reportInnerRanges(estate: Estate, cluster: Body): void {
  const profile = cluster.unnoticed().child('networkProfile')
  if (!profile) return
  const free: string[] = []
  let place: string | undefined
  for (const [key, what, usual] of INNER) {
    const prefix = parsePrefix(profile.text(key) ?? '')
    if (!prefix) continue
    const shadowed = estate.vnets.filter((vnet) => overlaps(vnet, prefix))
    for (const vnet of shadowed) {
      const message = `cluster ${cluster.name} keeps ${formatPrefix(prefix)} to itself (${what}), and VNet ${vnet.name} has addresses of it: what stands there cannot be reached from pods`
      estate.report({ ...profile.diagnostic('warning', 'NT1777', message, key), finding: true })
    }
    if (shadowed.length > 0 || formatPrefix(prefix) !== usual) continue
    free.push(`${formatPrefix(prefix)} (${what})`)
    place ??= key
  }
  if (place === undefined) return
  const message = `cluster ${cluster.name} keeps ${free.join(' and ')} to itself, as by default: networks with such addresses, of which there is none here, cannot be reached from its pods`
  estate.report({ ...profile.diagnostic('note', 'NT1778', message, place), finding: true })
}

function overlaps(vnet: VirtualNetwork, prefix: Prefix): boolean {
  if (isManagedId(vnet.body.id)) return false
  return vnet.prefixes.some((one) => prefixCovers(one, prefix) || prefixCovers(prefix, one))
}

/** The zone Azure makes is linked to the nodes' VNet alone (Learn: Create a private AKS cluster, "Hub and spoke with custom DNS"). */
function reportImplicitZone(estate: Estate, cluster: Body): void {
  const profile = cluster.unnoticed().child('apiServerAccessProfile')
  if (profile?.flag('enablePrivateCluster') !== true) return
  const zone = profile.text('privateDNSZone')?.toLowerCase() ?? 'system'
  if (zone !== 'system') return
  const zones = estate.ofType('microsoft.network/privatednszones')
  if (zones.some((one) => one.name.toLowerCase().endsWith('.azmk8s.io'))) return
  const message = `the API server of private cluster ${cluster.name} is named in a zone that Azure makes and links to the VNet of its nodes alone: it is not in the export, and from other VNets or sites the name is not found`
  estate.report({ ...profile.diagnostic('note', 'NT1779', message, 'enablePrivateCluster'), finding: true })
}
