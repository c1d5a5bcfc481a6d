import { formatIp, type Ip, isPrivate, parseIp, prefixContains } from '../../../net/index.ts'
import { type Body, lastPart } from '../estate/body.ts'
import type { Estate, VirtualNetwork } from '../estate/estate.ts'
import { peersOf } from '../estate/peering.ts'
import { parentId } from '../estate/resource-id.ts'
import { gatewayRoutes } from '../gateways/gateway-route.ts'

/** Name servers of forwarding rules that nothing in the export leads to. */
export function reportForwardingFindings(estate: Estate): void {
  for (const rule of estate.ofType('microsoft.network/dnsforwardingrulesets/forwardingrules')) {
    const ruleset = estate.byId(parentId(rule.id))
    const vnets = outboundVnets(estate, ruleset)
    if (vnets.length === 0) continue
    const targets = rule.unnoticed().children('targetDnsServers')
    const ips = targets.flatMap((one) => parseIp(one.text('ipAddress') ?? '') ?? [])
    const lost = ips.filter((ip) => isPrivate(ip) && vnets.every((vnet) => !leadsTo(estate, vnet, ip)))
    if (lost.length === 0) continue
    const from = vnets.map((one) => one.name).join(', ')
    const message = `forwarding rule ${rule.name} of ruleset ${lastPart(parentId(rule.id))} sends to ${lost.map(formatIp).join(' and ')}, which no network known in ${from} holds: no VNet, no peer, no route of a gateway`
    estate.report({ ...rule.diagnostic('warning', 'NT1785', message, 'targetDnsServers'), finding: true })
  }
}

function outboundVnets(estate: Estate, ruleset: Body | undefined): readonly VirtualNetwork[] {
  const ids = ruleset?.unnoticed().references('dnsResolverOutboundEndpoints') ?? []
  return ids.flatMap((id) => estate.subnet(estate.byId(id)?.unnoticed().reference('subnet'))?.vnet ?? [])
}

/** Where a gateway learns routes that are not in the export, anything may lead there. */
function leadsTo(estate: Estate, vnet: VirtualNetwork, ip: Ip): boolean {
  const learned = gatewayRoutes(estate, vnet)
  if (learned.unknown) return true
  const peers = peersOf(estate, vnet).flatMap((one) => one.peering.remotePrefixes)
  const user = vnet.subnets.flatMap((one) => one.routeTable?.unnoticed().children('routes') ?? [])
  if (user.some((one) => one.has('nextHopIpAddress'))) return true
  return [...vnet.prefixes, ...peers, ...learned.routes.map((one) => one.prefix)].some((one) => prefixContains(one, ip))
}
