import {
  allOf,
  type Device,
  implied,
  type Match,
  notOf,
  type Rule,
  type RuleSet,
  type StubResolver,
  someOf,
} from '../../../model/index.ts'
import { addressesOfPrefixes, hostPrefix, type Ip, PRIVATE_ADDRESSES, parseIp } from '../../../net/index.ts'
import type { Body } from '../estate/body.ts'
import type { Estate, Subnet } from '../estate/estate.ts'
import { perEstate } from '../estate/per-estate.ts'
import { endpointConnections, subnetPrefix } from '../estate/private-endpoint-connection.ts'
import { deviceInSubnet } from '../estate/service-device.ts'
import { serviceNames } from '../names/service-names.ts'
import { nsgStages } from '../security/nsg-stage.ts'
import { approvedGroups, declaredNames } from './service-endpoint-group.ts'
import { serviceAccess } from './service-gate-access.ts'
import { serviceKind } from './service-kind.ts'

/**
 * Container groups in a subnet: devices that cannot use a registry or a workspace whose access is restricted, whatever
 * the network lets through (Learn: Secure workspace resources with virtual networks: ACI is not supported with a
 * private endpoint; Troubleshoot ACR access: ACI and network-restricted registries).
 */
export function containerGroupDevices(estate: Estate): Device[] {
  return estate.ofType('microsoft.containerinstance/containergroups').flatMap((body) => {
    const device = containerGroup(estate, body)
    return device ? [device] : []
  })
}

function containerGroup(estate: Estate, body: Body): Device | undefined {
  const subnet = subnetOf(estate, body)
  if (!subnet) return undefined
  const address = body.child('ipAddress')
  const text = address?.text('ip')
  const ip = text === undefined ? undefined : parseIp(text)
  if (ip === undefined || !address) {
    const message = `container group ${body.name} has no address in the export: it is left out`
    estate.report(body.diagnostic('warning', 'NT1760', message, 'ipAddress'))
    return undefined
  }
  return deviceOf(estate, body, subnet, ip, address)
}

function subnetOf(estate: Estate, body: Body): Subnet | undefined {
  for (const id of body.references('subnetIds')) {
    const subnet = estate.subnet(id)
    if (subnet) return subnet
  }
  const profile = estate.byId(body.reference('networkProfile'))
  const configurations = profile?.children('containerNetworkInterfaceConfigurations') ?? []
  const first = configurations[0]?.children('ipConfigurations')[0]
  return estate.subnet(first?.reference('subnet'))
}

function deviceOf(estate: Estate, body: Body, subnet: Subnet, ip: Ip, address: Body): Device {
  const guard = nsgStages(estate, subnet)
  const unsupported = unsupportedRules(estate)
  const addresses = [{ ip, prefix: subnetPrefix(subnet, ip), source: address.source('ip') }]
  const ground = deviceInSubnet(estate, { body, subnet, addresses, fabric: subnet.fabric })
  const first = unsupported ? [{ kind: 'filter', ruleSet: unsupported.name } as const] : []
  const stub = stubResolverOf(body)
  return {
    ...ground,
    kind: 'host',
    label: 'container group',
    ...(stub && { stubResolver: stub }),
    ruleSets: { ...guard.ruleSets, ...(unsupported && { [unsupported.name]: unsupported }) },
    pipeline: {
      ...ground.pipeline,
      prerouting: [{ kind: 'track' }, ...guard.prerouting],
      output: [{ kind: 'track' }],
      postrouting: [...first, ...guard.postrouting],
    },
  }
}

/** The name servers that `dnsConfig` gives a group; without it none is known. */
function stubResolverOf(body: Body): StubResolver | undefined {
  const config = body.child('dnsConfig')
  const addresses = (config?.texts('nameServers') ?? []).map(parseIp).filter((ip) => ip !== undefined)
  if (!config || addresses.length === 0) return undefined
  const source = config.source('nameServers')
  const servers = addresses.map((ip) => ({ ip, source }))
  return { servers, hosts: [], search: [], ndots: 1, label: `dnsConfig of container group ${body.name}` }
}

const RESTRICTED = new Map([
  [
    'microsoft.containerregistry/registries',
    'Azure Container Instances cannot pull from a network-restricted registry (Learn: Troubleshoot registry network access)',
  ],
  [
    'microsoft.machinelearningservices/workspaces',
    'a workspace with a private endpoint cannot deploy to Azure Container Instances (Learn: Secure a workspace with virtual networks)',
  ],
])

/** Names and private addresses of registries and workspaces that are closed to the public; `undefined` = none is. */
const unsupportedRules = perEstate((estate): RuleSet | undefined => {
  const rules: Rule[] = []
  for (const [type, because] of RESTRICTED) {
    for (const body of estate.ofType(type)) {
      const access = serviceAccess(estate, type, body)
      const endpoints = endpointConnections(estate).filter((one) => one.targetId === body.id.toLowerCase())
      if (access.publicAccess === 'enabled' && access.defaultAction === 'allow') continue
      const names = serviceNames(type, body, declaredNames(endpoints), approvedGroups(estate, type, body, endpoints))
      const addresses = endpoints.flatMap((one) => one.members.map((member) => hostPrefix(member.ip)))
      const matches: Match[] = [{ kind: 'destination', in: addressesOfPrefixes(addresses) }, ofName(names)]
      const source = access.publicAccess === 'enabled' ? access.defaultSource : access.publicSource
      const name = `with ${serviceKind(type).label} ${body.name}, whose access is restricted,`
      rules.push({ name, match: someOf(...matches), action: { kind: 'unsupported', because }, source })
    }
  }
  if (rules.length === 0) return undefined
  const policySource = implied('other destinations are not concerned')
  return {
    name: 'container-instances',
    label: 'Azure Container Instances',
    rules,
    policy: { kind: 'accept' },
    policySource,
  }
})

/** By name only towards public addresses: there an unknown name is a doubt, elsewhere the address tells. */
function ofName(names: readonly string[]): Match {
  return allOf(notOf({ kind: 'destination', in: PRIVATE_ADDRESSES }), { kind: 'server-name', in: names })
}
