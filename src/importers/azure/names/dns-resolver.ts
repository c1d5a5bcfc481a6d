import { type Device, implied, type NetworkPart, type Resolver } from '../../../model/index.ts'
import { type Ip, isIp4, type Prefix, parseIp, prefixFirst } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { subnetPrefix } from '../estate/private-endpoint-connection.ts'
import { deviceInSubnet } from '../estate/service-device.ts'
import { nsgStages } from '../security/nsg-stage.ts'
import { dnsListeners } from './private-dns-listener.ts'

/**
 * The endpoints of Azure DNS Private Resolvers as devices in their subnets. An inbound endpoint answers as the
 * Azure-provided DNS of its VNet does, rulesets included; an outbound endpoint sends what rulesets forward (Learn:
 * Azure DNS Private Resolver endpoints and rulesets).
 */
export function dnsResolverParts(estate: Estate): NetworkPart {
  const inbound = estate.ofType('microsoft.network/dnsresolvers/inboundendpoints')
  const outbound = estate.ofType('microsoft.network/dnsresolvers/outboundendpoints')
  const devices = [
    ...inbound.map((body) => inboundEndpoint(estate, body)),
    ...outbound.map((body) => outboundEndpoint(estate, body)),
  ]
  return { devices: devices.filter((one) => one !== undefined), links: [], services: [], diagnostics: [] }
}

function inboundEndpoint(estate: Estate, body: Body): Device | undefined {
  const [configuration] = body.children('ipConfigurations')
  const subnet = estate.subnet(configuration?.reference('subnet'))
  const text = configuration?.text('privateIpAddress')
  const ip = text === undefined ? undefined : parseIp(text)
  if (!configuration || !subnet || ip === undefined) {
    const what = subnet ? 'has no address in the export' : 'stands in a subnet that is not in the export'
    estate.report(body.diagnostic('warning', 'NT1742', `DNS inbound endpoint ${body.name} ${what}: it is left out`))
    return undefined
  }
  const ground = guardedDevice(estate, body, subnet, ip, configuration.source('privateIpAddress'))
  const label = `DNS resolver inbound endpoint ${body.name}`
  const source = body.source()
  const resolver: Resolver = {
    label,
    zones: [],
    forwards: [
      {
        suffix: '',
        to: [{ kind: 'device', device: subnet.vnet.resolver }],
        mode: 'only',
        order: 'in-order',
        label: `Azure-provided DNS of ${subnet.vnet.name}`,
        source: implied(
          'an inbound endpoint answers as Azure-provided DNS of its VNet does (Learn: Azure DNS Private Resolver)',
        ),
      },
    ],
    rechasesCname: false,
    otherwise: 'refuse',
    notModelled: [],
    source,
  }
  return {
    ...ground,
    kind: 'resolver',
    label: 'DNS resolver inbound endpoint',
    listeners: dnsListeners(source),
    resolver,
  }
}

function outboundEndpoint(estate: Estate, body: Body): Device | undefined {
  const subnet = estate.subnet(body.reference('subnet'))
  const range = subnet?.prefixes.find((one) => isIp4(one.ip))
  if (!subnet || !range) {
    const message = `DNS outbound endpoint ${body.name} stands in a subnet that is not in the export: it is left out`
    estate.report(body.diagnostic('warning', 'NT1742', message))
    return undefined
  }
  const source = implied(
    `an outbound endpoint sends from addresses of its subnet ${subnet.name}; the export does not say which`,
  )
  const ground = guardedDevice(estate, body, subnet, firstUsable(range), source)
  return { ...ground, kind: 'resolver', label: 'DNS resolver outbound endpoint', listeners: [] }
}

/** Azure keeps the first four addresses of a subnet for itself (Learn: Virtual network FAQ). */
function firstUsable(range: Prefix): Ip {
  const first = prefixFirst(range)
  return (isIp4(first) ? first + 4 : first + 4n) as Ip
}

function guardedDevice(estate: Estate, body: Body, subnet: Subnet, ip: Ip, source: Device['source']) {
  const addresses = [{ ip, prefix: subnetPrefix(subnet, ip), source }]
  const ground = deviceInSubnet(estate, { body, subnet, addresses, fabric: subnet.fabric })
  const { ruleSets, prerouting, postrouting } = nsgStages(estate, subnet)
  return {
    ...ground,
    ruleSets,
    pipeline: {
      ...ground.pipeline,
      prerouting: [{ kind: 'track' } as const, ...prerouting],
      output: [{ kind: 'track' } as const],
      postrouting,
    },
  }
}
