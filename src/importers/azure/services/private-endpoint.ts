import { type Device, implied, type NetworkPart, type Rule, type RuleSet } from '../../../model/index.ts'
import { ICMP, ICMP6 } from '../../../net/index.ts'
import { lastPart } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { type EndpointConnection, endpointConnections, subnetPrefix } from '../estate/private-endpoint-connection.ts'
import { namesPrivateLinkService } from '../estate/private-link-service.ts'
import { deviceInSubnet } from '../estate/service-device.ts'
import { nsgStages } from '../security/nsg-stage.ts'
import { otherPorts } from './endpoint-port.ts'
import { relayed } from './private-link-relay.ts'
import { serviceKind, typeInId } from './service-kind.ts'

/**
 * Each private endpoint as a device on its VNet: guarded by its subnet's NSG where the subnet's policy says so, then
 * by the gate of its connection (Learn: What is a private endpoint? Manage network policies for private endpoints).
 * What is not in a subnet of the export, or has no address there, is reported and left out.
 */
export function privateEndpointParts(estate: Estate): NetworkPart {
  const devices: Device[] = []
  for (const connection of endpointConnections(estate)) {
    const { body, subnet, members } = connection
    if (subnet && members.length > 0) devices.push(endpointDevice(estate, connection, subnet))
    else if (subnet) {
      const message = `private endpoint ${body.name} has no address in the export (its NIC is missing): it is left out`
      estate.report(body.diagnostic('warning', 'NT1720', message, 'networkInterfaces'))
    } else {
      const message = `private endpoint ${body.name} stands in a subnet that is not in the export: it is left out`
      estate.report(body.diagnostic('warning', 'NT1721', message, 'subnet'))
    }
  }
  return { devices, links: [], services: [], diagnostics: [] }
}

function endpointDevice(estate: Estate, connection: EndpointConnection, subnet: Subnet): Device {
  const { body, members } = connection
  const addresses = members.map(({ ip, source }) => ({ ip, prefix: subnetPrefix(subnet, ip), source }))
  const policy = subnet.endpointPolicy
  const ignoresSubnetGroup = policy !== 'Enabled' && policy !== 'NetworkSecurityGroupEnabled'
  // Security admin rules act on VMs; no page says that they see private endpoints.
  const guard = ignoresSubnetGroup ? undefined : nsgStages(estate, subnet, { ignoresSourcePorts: true })
  const gate = gateOf(estate, connection)
  const ground = deviceInSubnet(estate, { body, subnet, addresses, fabric: subnet.endpointFabric })
  // Only what comes in is filtered: an endpoint opens no connection itself.
  const inbound = guard?.prerouting ?? []
  const outbound = new Set(guard?.postrouting.map((stage) => (stage.kind === 'track' ? '' : stage.ruleSet)))
  const others = Object.entries(guard?.ruleSets ?? {}).filter(([name]) => !outbound.has(name))
  const device: Device = {
    ...ground,
    kind: 'private-endpoint',
    label: `private endpoint of ${targetWords(connection)}`,
    ruleSets: { ...Object.fromEntries(others), [gate.name]: gate },
    pipeline: {
      ...ground.pipeline,
      prerouting: [{ kind: 'track' }, ...inbound],
      input: [{ kind: 'gate', ruleSet: gate.name }],
      output: [{ kind: 'track' }],
    },
  }
  return relayed(connection, device, gate.name)
}

/** `storage account stmlvision (blob)`, as the export spells the names. */
function targetWords({ targetId, body }: EndpointConnection): string {
  if (targetId === undefined) return 'a resource that the export does not name'
  const [written] = [
    ...body.children('privateLinkServiceConnections'),
    ...body.children('manualPrivateLinkServiceConnections'),
  ]
  const name = lastPart(written?.text('privateLinkServiceId') ?? targetId)
  const groups = written?.texts('groupIds') ?? []
  return `${serviceKind(typeInId(targetId)).label} ${name}${groups.length > 0 ? ` (${groups.join(', ')})` : ''}`
}

/** What an endpoint itself refuses: everything until its owner approved, and ICMP always. */
function gateOf(estate: Estate, connection: EndpointConnection): RuleSet {
  const { body, approved, status, statusSource, targetId, service } = connection
  const noIcmp = implied('a private endpoint answers TCP and UDP of its service, no ICMP')
  const pending: Rule = {
    name: `its connection is ${status} (PrivateEndpointNotApproved)`,
    match: { kind: 'any' },
    action: { kind: 'drop' },
    refusal: { kind: 'silence' },
    source: statusSource,
  }
  const icmp: Rule = {
    name: 'IcmpUnsupported',
    match: { kind: 'protocol', in: [ICMP, ICMP6] },
    action: { kind: 'drop' },
    refusal: { kind: 'silence' },
    source: noIcmp,
  }
  const provider = `private link service ${lastPart(targetId ?? '')}`
  const elsewhere = `${provider} is not in the export: its provider knows the rest of the way`
  const beyond: Rule = {
    name: `to ${provider}`,
    match: { kind: 'any' },
    action: { kind: 'opaque', text: elsewhere },
    source: statusSource,
  }
  const isElsewhere = !service && targetId !== undefined && namesPrivateLinkService(targetId)
  return {
    name: 'gate',
    label: approved ? `private endpoint ${body.name}` : `private endpoint ${body.name}:`,
    rules: approved ? [icmp, ...(isElsewhere ? [beyond] : []), ...otherPorts(estate, connection)] : [pending],
    policy: { kind: approved ? 'accept' : 'drop' },
    policySource: statusSource,
  }
}
