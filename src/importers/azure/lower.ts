import type { Device, NetworkPart } from '../../model/index.ts'
import { applicationGatewayDevices } from './edges/application-gateway.ts'
import { bastionDevices } from './edges/bastion.ts'
import { balancerDevices } from './edges/load-balancer-device.ts'
import { privateLinkServiceDevices, privateLinks } from './edges/private-link-service.ts'
import { hubDevices } from './edges/virtual-hub-device.ts'
import { gatewayDevices, gatewayLinks } from './edges/virtual-network-gateway.ts'
import type { Estate } from './estate/estate.ts'
import { reportMissingMembers } from './estate/required-member.ts'
import { reportFindings } from './findings/finding.ts'
import { firewallParts } from './firewall/firewall.ts'
import { dnsResolverParts } from './names/dns-resolver.ts'
import { privateDnsParts } from './names/private-dns.ts'
import { reportNotCounted } from './not-counted.ts'
import { natGatewayDevices } from './outbound/nat-gateway.ts'
import { type Placement, placedDevices } from './placement.ts'
import { withManagedLimits } from './services/managed-network-limits.ts'
import { privateEndpointParts } from './services/private-endpoint.ts'
import { serviceParts } from './services/service.ts'
import { withStandIns } from './stand-ins.ts'
import { fabricDevices } from './subnets/fabric.ts'
import { linksOf } from './subnets/links.ts'
import { nicDevices } from './subnets/nic.ts'
import { reportScaleSets } from './subnets/scale-set.ts'

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
    ...privateLinkServiceDevices(estate),
    ...parts.flatMap((part) => part.devices),
  ]
  reportNotCounted(estate)
  reportMissingMembers(estate)
  reportScaleSets(estate)
  reportFindings(estate)
  return {
    devices: withStandIns(estate, devices),
    links: [
      ...linksOf(estate, devices),
      ...gatewayLinks(estate),
      ...privateLinks(estate),
      ...parts.flatMap((part) => part.links),
    ],
    services: parts.flatMap((part) => part.services),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  }
}
