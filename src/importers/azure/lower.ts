import type { Device, NetworkPart } from '../../model/index.ts'
import { applicationGatewayDevices } from './application-gateway.ts'
import { bastionDevices } from './bastion.ts'
import { dnsResolverParts } from './dns-resolver.ts'
import type { Estate } from './estate.ts'
import { fabricDevices } from './fabric.ts'
import { reportFindings } from './finding.ts'
import { firewallParts } from './firewall.ts'
import { linksOf } from './links.ts'
import { balancerDevices } from './load-balancer-device.ts'
import { withManagedLimits } from './managed-network-limits.ts'
import { natGatewayDevices } from './nat-gateway.ts'
import { nicDevices } from './nic.ts'
import { reportNotCounted } from './not-counted.ts'
import { type Placement, placedDevices } from './placement.ts'
import { privateDnsParts } from './private-dns.ts'
import { privateEndpointParts } from './private-endpoint.ts'
import { reportMissingMembers } from './required-member.ts'
import { reportScaleSets } from './scale-set.ts'
import { serviceParts } from './service.ts'
import { hubDevices } from './virtual-hub-device.ts'
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
    ...nicDevices(estate).map((one) => withManagedLimits(estate, one)),
    ...placedDevices(estate, placements),
    ...fabricDevices(estate),
    ...gatewayDevices(estate),
    ...hubDevices(estate),
    ...natGatewayDevices(estate),
    ...balancerDevices(estate),
    ...applicationGatewayDevices(estate),
    ...bastionDevices(estate),
    ...parts.flatMap((part) => part.devices),
  ]
  reportNotCounted(estate)
  reportMissingMembers(estate)
  reportScaleSets(estate)
  reportFindings(estate)
  return {
    devices,
    links: [...linksOf(estate, devices), ...gatewayLinks(estate), ...parts.flatMap((part) => part.links)],
    services: parts.flatMap((part) => part.services),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  }
}
