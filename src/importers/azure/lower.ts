import type { Device, NetworkPart } from '../../model/index.ts'
import { dnsResolverParts } from './dns-resolver.ts'
import type { Estate } from './estate.ts'
import { fabricDevices } from './fabric.ts'
import { firewallParts } from './firewall.ts'
import { linksOf } from './links.ts'
import { balancerDevices } from './load-balancer-device.ts'
import { natGatewayDevices } from './nat-gateway.ts'
import { nicDevices } from './nic.ts'
import { type Placement, placedDevices } from './placement.ts'
import { privateDnsParts } from './private-dns.ts'
import { privateEndpointParts } from './private-endpoint.ts'
import { serviceParts } from './service.ts'
import { reportUnmodelled, unmodelledDevices } from './unmodelled.ts'
import { gatewayDevices, gatewayLinks } from './virtual-network-gateway.ts'

/** Turns an estate into devices, links and services. Reports about it go to the estate and are not in the part. */
export function lowerAzure(estate: Estate, placements: readonly Placement[]): NetworkPart {
  const parts = [
    firewallParts(estate),
    privateEndpointParts(estate),
    privateDnsParts(estate),
    dnsResolverParts(estate),
    serviceParts(estate),
  ]
  const devices: Device[] = [
    ...nicDevices(estate),
    ...placedDevices(estate, placements),
    ...fabricDevices(estate),
    ...gatewayDevices(estate),
    ...natGatewayDevices(estate),
    ...balancerDevices(estate),
    ...unmodelledDevices(estate),
    ...parts.flatMap((part) => part.devices),
  ]
  reportUnmodelled(estate)
  return {
    devices,
    links: [...linksOf(estate, devices), ...gatewayLinks(estate), ...parts.flatMap((part) => part.links)],
    services: parts.flatMap((part) => part.services),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  }
}
